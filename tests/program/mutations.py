"""Hostile programs, crossed with each other and with tutorials: what nobody thought of."""

from __future__ import annotations

import ast
import copy
import random
from collections.abc import Iterator
from pathlib import Path

from .corpus import everything

NAMES = """
    __class__ __globals__ __dict__ __array_interface__ __setattr__ __init__ __call__ _parameters _forward_hooks grad_fn
    data numpy backward apply forward shape sum format join sort register_buffer T view item tolist args name
""".split()
VALUES = [0, -1, 10**9, "x", "{0.__class__}", None, 1.5, True, b"x"]


def programs() -> list[str]:
    """What is crossed; without those that only the clock of the system ends."""
    tutorials = (Path(__file__).parent / "tutorials").glob("*.txt")
    texts = [path.read_text(encoding="utf-8") for path in sorted(tutorials)]
    return texts + [hostile.source for hostile in everything() if hostile.group != "worker"]


def mutated(seed: int, count: int) -> Iterator[str]:
    """`count` programs, the same for the same seed."""
    choose = random.Random(seed)
    parsed = []
    for text in programs():
        try:
            parsed.append(ast.parse(text))
        except SyntaxError:
            continue
    for _ in range(count):
        tree = copy.deepcopy(choose.choice(parsed))
        for _ in range(choose.randint(1, 4)):
            change(tree, choose.choice(parsed), choose)
        try:
            yield ast.unparse(ast.fix_missing_locations(tree))
        except (ValueError, TypeError, RecursionError):
            continue


def change(tree: ast.Module, other: ast.Module, choose: random.Random) -> None:
    """Changes one thing in a program: an attribute, an argument, a statement, a name or a value."""
    nodes = list(ast.walk(tree))
    kind = choose.choice(["attribute", "argument", "argument", "statement", "name", "value"])
    if kind == "statement":
        tree.body.insert(choose.randint(0, len(tree.body)), copy.deepcopy(choose.choice(other.body)))
    elif kind == "attribute" and (found := [n for n in nodes if isinstance(n, ast.Attribute)]):
        choose.choice(found).attr = choose.choice(NAMES)
    elif kind == "argument" and (found := [n for n in nodes if isinstance(n, ast.Call) and n.args]):
        call = choose.choice(found)
        loads = [
            n for n in ast.walk(other) if isinstance(n, ast.expr) and isinstance(getattr(n, "ctx", None), ast.Load)
        ]
        if loads:
            call.args[choose.randrange(len(call.args))] = copy.deepcopy(choose.choice(loads))
    elif kind == "name" and len(found := [n for n in nodes if isinstance(n, ast.Name)]) > 1:
        a, b = choose.sample(found, 2)
        a.id = b.id
    elif kind == "value" and (found := [n for n in nodes if isinstance(n, ast.Constant)]):
        choose.choice(found).value = choose.choice(VALUES)
