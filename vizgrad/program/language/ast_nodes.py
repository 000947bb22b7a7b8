"""New nodes for a program's syntax tree, each at the place of the one it stands for."""

from __future__ import annotations

import ast
from typing import Any, TypeVar

N = TypeVar("N", bound=ast.AST)
Scope = dict[str, Any]


def at(new: N, old: Any) -> N:
    """`new` at the place of `old`."""
    new.lineno, new.col_offset = old.lineno, old.col_offset  # type: ignore[attr-defined]
    new.end_lineno, new.end_col_offset = old.end_lineno, old.end_col_offset  # type: ignore[attr-defined]
    return new


def placed(new: N, old: ast.AST) -> N:
    """`new` and all nodes in it that have no place yet, at the place of `old`."""
    at(new, old)
    for child in ast.iter_child_nodes(new):
        if "lineno" in child._attributes and not hasattr(child, "lineno"):
            placed(child, old)
    return new


def guard(name: str, old: ast.AST, *args: Any) -> ast.Call:
    """A call of the guard `@name`, at the place of `old`; plain values become constants."""
    nodes: list[Any] = [a if isinstance(a, ast.AST) else at(ast.Constant(a), old) for a in args]
    return at(ast.Call(at(ast.Name("@" + name, ast.Load()), old), nodes, []), old)


def header(node: Any, words: str) -> ast.AST:
    """The place of the first words of a statement with a body."""
    place = at(ast.Pass(), node)
    place.end_lineno, place.end_col_offset = node.lineno, node.col_offset + len(words.encode())
    return place


def statement(call: ast.expr) -> ast.stmt:
    """An expression as a statement, at its own place."""
    return at(ast.Expr(call), call)


def names_in(target: ast.AST | None) -> list[str]:
    """The names that an assignment to `target` binds, each once, in order."""
    if target is None:
        return []
    return list(
        dict.fromkeys(n.id for n in ast.walk(target) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store))
    )


def function_scope(node: ast.FunctionDef) -> Scope:
    """What must be known about a function to say where its names live."""
    shared: set[str] = set()
    outer: set[str] = set()
    is_generator = False
    stack: list[ast.AST] = list(node.body)
    while stack:
        part = stack.pop()
        if isinstance(part, ast.FunctionDef | ast.Lambda | ast.ClassDef):
            continue
        if isinstance(part, ast.Global):
            shared |= set(part.names)
        elif isinstance(part, ast.Nonlocal):
            outer |= set(part.names)
        is_generator |= isinstance(part, ast.Yield | ast.YieldFrom)
        stack.extend(ast.iter_child_nodes(part))
    # a generator's calls interleave with its caller's: its names are left out of the record
    kind = "generator" if is_generator else "function"
    return {"kind": kind, "shared": frozenset(shared), "outer": frozenset(outer), "binds": False}
