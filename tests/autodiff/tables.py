"""The rows of the tables of what PyTorch does, and how one row is run on a namespace that looks like torch."""

from __future__ import annotations

import copy
import csv
import importlib
import pathlib
import re
import warnings
from typing import Any

import numpy as np

DATA = pathlib.Path(__file__).parents[1] / "data"


def rows(table: str) -> list[dict[str, str]]:
    """Read one of the tables."""
    with (DATA / f"{table}.csv").open(newline="") as file:
        return list(csv.DictReader(file))


def inputs(torch: Any) -> dict[str, Any]:
    """Make the fresh leaves that every expression of the grad_fn table is evaluated on."""

    def leaf(*shape: int, grad: bool = True) -> Any:
        n = 1
        for d in shape:
            n *= d
        values = torch.arange(1, n + 1, dtype=torch.float32) / 10
        return values.reshape(shape).clone().requires_grad_(grad)

    return {
        "torch": torch, "F": _namespace(torch)["F"],
        "s": leaf(), "x": leaf(3), "y": leaf(3), "c": leaf(3, grad=False),
        "A": leaf(2, 3), "B": leaf(2, 3), "C": leaf(2, 3, grad=False), "M": leaf(3, 4), "S": leaf(3, 3),
        "P": (torch.eye(3) * 2 + 0.1).requires_grad_(),
        "T": leaf(2, 3, 4), "U": leaf(2, 4, 5), "b": leaf(4), "r": leaf(1, 3),
        "img": leaf(1, 1, 4, 4), "ker": leaf(1, 1, 2, 2), "emb": leaf(5, 3),
        "d": torch.tensor([0.1, 0.2, 0.3], dtype=torch.float64, requires_grad=True),
        "i": torch.tensor([1, 2, 3]), "idx": torch.tensor([0, 2]), "t": torch.tensor([0, 2]),
        "mask": torch.tensor([True, False, True]), "gi": torch.tensor([[0, 1, 2], [2, 1, 0]]),
        "h": torch.tensor([0.0, 1.0, 1.0]),
    }  # fmt: skip


def evaluate(torch: Any, expression: str, env: dict[str, Any]) -> Any:
    """Run an expression; of several lines, the last one's value counts."""
    *head, last = expression.split("\n")
    if head:
        exec("\n".join(head), env)
    return eval(last, env)


def name_of(node: Any) -> str:
    """Name a node as the table does."""
    return "None" if node is None else node.name().rsplit("::", 1)[-1]


def chain(node: Any) -> list[str]:
    """List the names of all nodes from a root on, depth first, each node once."""
    seen: set[Any] = set()
    found: list[str] = []

    def visit(n: Any) -> None:
        if n is None or n in seen:
            return
        seen.add(n)
        found.append(name_of(n))
        for following, _ in n.next_functions:
            visit(following)

    visit(node)
    return found


def described(out: Any) -> dict[str, str]:
    """Describe a result in the columns of the grad_fn table."""
    fn = out.grad_fn
    return {
        "grad_fn": "None" if fn is None else type(fn).__name__,
        "next_functions": "" if fn is None else " | ".join(name_of(n) for n, _ in fn.next_functions),
        "output_shape": str(tuple(out.shape)),
        "output_dtype": str(out.dtype).removeprefix("torch."),
        "requires_grad": str(out.requires_grad),
        "is_leaf": str(out.is_leaf),
        "is_view": str(out._is_view()),
        "output_nr": str(out.output_nr),
        "saved": "" if fn is None else " ".join(a.removeprefix("_saved_") for a in dir(fn) if a.startswith("_saved_")),
        "graph": " > ".join(chain(fn)),
    }


def _namespace(torch: Any) -> dict[str, Any]:
    return {"torch": torch, "F": importlib.import_module(f"{torch.__name__}.nn.functional"), "np": np, "copy": copy}


def outcome(torch: Any, code: str) -> tuple[str, str]:
    """Run a snippet of the error table; give the exception or warning and its text."""
    env = _namespace(torch)
    code = code.replace("from torch.", f"from {torch.__name__}.")
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        try:
            exec(code, env)
        except Exception as fault:
            return type(fault).__name__, str(fault)
    for warning in caught:
        if issubclass(warning.category, (UserWarning, DeprecationWarning, FutureWarning)):
            return warning.category.__name__, re.sub(r"\s*\(Triggered internally at .*?\)", "", str(warning.message))
    return "(none)", repr(env.get("print_", "no error"))


def answer(torch: Any, code: str) -> str:
    """Run a snippet of the semantics table; give the repr of what it binds to `out`."""
    env = _namespace(torch)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        exec(code, env)
    return repr(env["out"])
