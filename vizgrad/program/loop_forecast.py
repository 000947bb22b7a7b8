"""How often a loop of the program will still run, where its text tells."""

from __future__ import annotations

import ast
from collections.abc import Mapping
from typing import Any


class Forecast:
    """Which scene will be the last one of a training loop: `for t in range(2000):` in the module itself.

    It may be wrong where a loop is left early, or more follows after it; that costs a second run.

    >>> source = "n = 3" + chr(10) + "for t in range(n):" + chr(10) + "    step()"
    >>> Forecast(ast.parse(source)).last_scene(scene=1, line=3, names={"n": 3, "t": 1})
    2
    """

    def __init__(self, tree: ast.Module) -> None:
        self._loops = [node for node in tree.body if isinstance(node, ast.For)]

    def last_scene(self, scene: int, line: int, names: Mapping[str, Any]) -> int | None:
        """The index of the loop's last scene, when number `scene` begins in this line; None if that is not known."""
        loop = next((n for n in self._loops if n.lineno <= line <= (n.end_lineno or n.lineno)), None)
        if loop is None or not isinstance(loop.target, ast.Name):
            return None
        every, now = _range(loop.iter, names), names.get(loop.target.id)
        if every is None or type(now) is not int or now not in every:
            return None
        turn = every.index(now)
        if not turn or scene % turn:
            return None
        return scene // turn * len(every) - 1


def _range(node: ast.expr, names: Mapping[str, Any]) -> range | None:
    if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Name) or node.func.id != "range":
        return None
    bounds = [_number(argument, names) for argument in node.args]
    if node.keywords or not 1 <= len(bounds) <= 3:
        return None
    known = [bound for bound in bounds if bound is not None]
    return range(*known) if len(known) == len(bounds) and (len(known) < 3 or known[2]) else None


def _number(node: ast.expr, names: Mapping[str, Any]) -> int | None:
    value = names.get(node.id) if isinstance(node, ast.Name) else getattr(node, "value", None)
    return value if type(value) is int else None
