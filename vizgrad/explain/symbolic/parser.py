"""A formula that a reader types, read without trusting it: names of tensors, numbers, operators and functions."""

from __future__ import annotations

import ast
import re
from collections.abc import Mapping
from typing import Any

import numpy as np
import sympy as sp

from .elements import TooLarge, power

LONGEST = 400
"""Characters; a derivative that is longer is not typed by hand."""

DEEPEST = 40
LARGEST = 1e300
"""The largest number that may be typed."""

SPELLINGS = {
    "^": "**", "·": "*", "⋅": "*", "×": "*", "−": "-", "÷": "/", "½": "(1/2)", "¼": "(1/4)", "⅓": "(1/3)",
    "²": "**2", "³": "**3", "⁴": "**4", "π": "pi",
}  # fmt: skip
TOKEN = re.compile(
    r"(?P<space>\s+)|(?P<number>\d+\.?\d*(?:[eE][+-]?\d+)?|\.\d+)"
    r"|(?P<name>[^\W\d]\w*(?:\.[^\W\d]\w*|\.\d+)*)|(?P<index>\[\s*-?\w+(?:\s*,\s*-?\w+)*\s*\])"
    r"|(?P<sign>\*\*|[-+*/(),@])"
)
INDEX = re.compile(r"_\{?[a-z]{1,4}\}?$|[ᵢⱼₖ]+$")
"""The index letters of an element: elementwise, xᵢ is written like x."""

FUNCTIONS: dict[str, tuple[Any, Any]] = {
    "exp": (np.exp, sp.exp),
    "log": (np.log, sp.log),
    "ln": (np.log, sp.log),
    "sqrt": (np.sqrt, sp.sqrt),
    "sin": (np.sin, sp.sin),
    "cos": (np.cos, sp.cos),
    "tan": (np.tan, sp.tan),
    "sinh": (np.sinh, sp.sinh),
    "cosh": (np.cosh, sp.cosh),
    "tanh": (np.tanh, sp.tanh),
    "abs": (np.abs, sp.Abs),
    "sign": (np.sign, sp.sign),
    "sigmoid": (lambda x: 1 / (1 + np.exp(-x)), lambda x: 1 / (1 + sp.exp(-x))),
    "relu": (lambda x: np.maximum(x, 0), None),
    "sum": (np.sum, None),
    "mean": (np.mean, None),
}
"""Functions by name: on arrays, and on formulae, where they have one."""

NUMBERS = {"pi": (np.pi, sp.pi), "e": (np.e, sp.E)}
OPERATORS: dict[type[ast.operator], Any] = {
    ast.Add: lambda a, b: a + b,
    ast.Sub: lambda a, b: a - b,
    ast.Mult: lambda a, b: a * b,
    ast.Div: lambda a, b: a / b,
    ast.Pow: lambda a, b: a**b,
    ast.MatMult: lambda a, b: a @ b,
}


class Unreadable(ValueError):
    """The text is no formula; the message is a sentence for the reader."""


class Typed:
    """A formula over the tensors in `names` (what a reader calls them → their ids).

    Multiplication signs may be left out; powers are `^` or `**`, elements `x`, `x_i` or `x[i]`, one of them `x[0]`.
    Raises Unreadable.

    >>> Typed("5(x_i + 1)^2", {"x": 0}).at({0: np.array([1.0, 2.0])})
    array([20., 45.])
    >>> Typed("x.__class__", {"x": 0})  # doctest: +ELLIPSIS
    Traceback (most recent call last):
    vizgrad...Unreadable: There is no x.__class__ here: write x, or functions such as exp, log, sum.
    """

    def __init__(self, text: str, names: Mapping[str, int]) -> None:
        self.names = names
        self._stand_ins: dict[str, int] = {}
        if len(text) > LONGEST:
            raise Unreadable(f"The formula has more than {LONGEST} characters.")
        joined = self._joined(text)
        if not joined.strip():
            raise Unreadable("Type a formula, such as 2 * x.")
        try:
            self.tree = ast.parse(joined.strip(), mode="eval").body
        except (SyntaxError, MemoryError, RecursionError, ValueError):
            raise Unreadable("This cannot be read: is a bracket or an operator missing?") from None
        self._check(self.tree, DEEPEST)

    def at(self, values: Mapping[int, np.ndarray]) -> np.ndarray:
        """The formula's value where the tensors have these values; raises Unreadable for shapes that do not fit."""
        with np.errstate(all="ignore"):
            try:
                return np.asarray(self._on_arrays(self.tree, values), dtype=float)
            except (ValueError, IndexError, TypeError) as error:
                raise Unreadable(f"The shapes do not fit: {error}.") from None

    def symbolic(self, symbols: Mapping[int, sp.Expr]) -> sp.Expr | None:
        """The formula as SymPy's, with these symbols for elements; None where it is more than elementwise."""
        return self._on_symbols(self.tree, symbols)

    # -- reading

    def _joined(self, text: str) -> str:
        for spelled, meant in SPELLINGS.items():
            text = text.replace(spelled, meant)
        parts: list[str] = []
        ends = False  # whether what stands before is a whole factor
        was_function = False
        place = 0
        while place < len(text):
            match = TOKEN.match(text, place)
            if match is None:
                raise Unreadable(f"{text[place]!r} has no meaning here.")
            place = match.end()
            kind, token = match.lastgroup, match[0]
            if kind == "space":
                continue
            if kind == "index":
                if not ends:
                    raise Unreadable(f"{token} stands behind no tensor.")
                inner = token[1:-1].strip()
                if not re.fullmatch(r"[a-z](\s*,\s*[a-z])*", inner):  # index letters say: each element
                    parts.append(f"[{inner}]")
                continue
            begins = kind in ("number", "name") or token == "("
            if begins and ends and not (was_function and token == "("):
                parts.append("*")
            was_function = kind == "name" and token in FUNCTIONS and token not in self.names
            parts.append(self._stand_in(token) if kind == "name" else token)
            ends = kind in ("number", "name") or token == ")"
        return " ".join(parts)

    def _stand_in(self, name: str) -> str:
        for known in (name, INDEX.sub("", name)):
            if known in self.names:
                stand_in = f"t{self.names[known]}"
                self._stand_ins[stand_in] = self.names[known]
                return stand_in
        if name in FUNCTIONS or name in NUMBERS:
            return name
        tensors = ", ".join(sorted(self.names)[:6])
        raise Unreadable(f"There is no {name} here: write {tensors}, or functions such as exp, log, sum.")

    def _check(self, node: ast.expr, depth: int) -> None:
        """Refuses all but arithmetic, before anything is computed."""
        if depth <= 0:
            raise Unreadable("The formula is nested too deeply.")
        match node:
            case ast.Constant(value=int() | float() as value):
                if value > LARGEST:
                    raise Unreadable("A number is too large to be computed with.")
                return
            case ast.Name(id=name) if name in self._stand_ins or name in NUMBERS:
                return
            case ast.UnaryOp(op=ast.USub() | ast.UAdd(), operand=operand):
                self._check(operand, depth - 1)
                return
            case ast.BinOp(left=left, op=op, right=right) if type(op) in OPERATORS:
                self._check(left, depth - 1)
                self._check(right, depth - 1)
                return
            case ast.Call(func=ast.Name(id=name), args=[argument, *rest], keywords=[]) if name in FUNCTIONS:
                if rest and not (name in ("sum", "mean") and len(rest) == 1 and isinstance(rest[0], ast.Constant)):
                    raise Unreadable(f"{name} takes one argument.")
                self._check(argument, depth - 1)
                return
            case ast.Subscript(value=value, slice=index) if _places(index) is not None:
                self._check(value, depth - 1)
                return
            case ast.Name(id=name):
                raise Unreadable(f"{name} is a function: write {name}(…).")
        raise Unreadable("This cannot be read: use numbers, tensors, + - * / ^, brackets and functions.")

    # -- computing

    def _on_arrays(self, node: ast.expr, values: Mapping[int, np.ndarray]) -> Any:
        match node:
            case ast.Constant(value=int() | float() as value):
                return np.float64(value)  # a float: an integer's power could fill the memory
            case ast.Name(id=name):
                return values[self._stand_ins[name]] if name in self._stand_ins else np.float64(NUMBERS[name][0])
            case ast.UnaryOp(op=ast.USub(), operand=operand):
                return -self._on_arrays(operand, values)
            case ast.UnaryOp(operand=operand):
                return self._on_arrays(operand, values)
            case ast.BinOp(left=left, op=op, right=right):
                return OPERATORS[type(op)](self._on_arrays(left, values), self._on_arrays(right, values))
            case ast.Call(func=ast.Name(id=name), args=[argument, *rest]):
                arguments = [self._on_arrays(argument, values)]
                arguments += [int(r.value) for r in rest if isinstance(r, ast.Constant)]  # type: ignore[arg-type]
                return FUNCTIONS[name][0](*arguments)
            case ast.Subscript(value=value, slice=index):
                return self._on_arrays(value, values)[_places(index)]
        raise AssertionError(node)  # _check lets nothing else pass

    def _on_symbols(self, node: ast.expr, symbols: Mapping[int, sp.Expr]) -> sp.Expr | None:
        match node:
            case ast.Constant(value=int() | float() as value):
                return sp.Rational(str(value)) if abs(value) < 1e6 else None
            case ast.Name(id=name):
                return symbols.get(self._stand_ins[name]) if name in self._stand_ins else NUMBERS[name][1]
            case ast.UnaryOp(op=op, operand=operand):
                inner = self._on_symbols(operand, symbols)
                return inner if inner is None or isinstance(op, ast.UAdd) else -inner
            case ast.BinOp(left=left, op=op, right=right):
                a, b = self._on_symbols(left, symbols), self._on_symbols(right, symbols)
                if a is None or b is None or isinstance(op, ast.MatMult):
                    return None
                if isinstance(op, ast.Pow):
                    try:
                        return power(a, b)
                    except TooLarge:
                        return None
                return OPERATORS[type(op)](a, b)
            case ast.Call(func=ast.Name(id=name), args=[argument]):
                inner, function = self._on_symbols(argument, symbols), FUNCTIONS[name][1]
                return None if inner is None or function is None else function(inner)
        return None


def _places(index: ast.expr) -> tuple[int, ...] | None:
    """The whole numbers of a subscript; None for anything else."""
    parts = index.elts if isinstance(index, ast.Tuple) else [index]
    places = []
    for part in parts:
        sign = -1 if isinstance(part, ast.UnaryOp) and isinstance(part.op, ast.USub) else 1
        inner = part.operand if isinstance(part, ast.UnaryOp) else part
        if not isinstance(inner, ast.Constant) or type(inner.value) is not int:
            return None
        places.append(sign * inner.value)
    return tuple(places)
