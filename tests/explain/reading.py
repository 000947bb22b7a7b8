"""Reads back the LaTeX that an explanation prints, and works out what it says."""

from __future__ import annotations

import math
import re
from itertools import pairwise

import numpy as np

TOKEN = re.compile(
    r"\\\\|\\begin\{bmatrix\}|\\end\{bmatrix\}|\\[a-zA-Z]+|\\.|\d+(?:\.\d+)?|[-+&^_{}()\[\],<>=]|[a-zA-Z]"
)
FUNCTIONS = {
    r"\sin": np.sin,
    r"\cos": np.cos,
    r"\tan": np.tan,
    r"\ln": np.log,
    r"\tanh": np.tanh,
    r"\sinh": np.sinh,
    r"\cosh": np.cosh,
}
RELATIONS = re.compile(r"&?(?:(?<!\\text\{)=|\\approx)")


class NotNumbers(Exception):
    """The text is not an expression of numbers alone."""


def lines(latex: str) -> list[str]:
    """The equations of a formula, one by one."""
    body = re.fullmatch(r"\\begin\{aligned\} (.*) \\end\{aligned\}", latex, re.S)
    if body is None:
        return [latex]
    found, depth, start = [], 0, 0
    for match in re.finditer(r"\\begin\{|\\end\{| \\\\ ", body[1]):
        depth += {r"\begin{": 1, r"\end{": -1}.get(match[0], 0)
        if match[0] == r" \\ " and not depth:
            found.append(body[1][start : match.start()])
            start = match.end()
    return [*found, body[1][start:]]


def statements(latex: str) -> list[tuple[np.ndarray, np.ndarray, float, float]]:
    """Every `left = right` of which both sides are numbers, evaluated.

    Gives left, right, the digits' tolerance, and the largest number that is added up in them: addends that are printed
    to a few digits may cancel to far less than those digits tell.
    """
    found = []
    for line in lines(latex):
        sides = []
        for text in _sides(line):
            try:
                sides.append((*evaluate(text), tolerance(text)))
            except NotNumbers:
                sides.append(None)
        for left, right in pairwise(sides):
            if left is not None and right is not None:
                found.append((left[0], right[0], max(left[2], right[2]), max(left[1], right[1])))
    return found


def _sides(line: str) -> list[str]:
    """The line cut at the relations that stand outside of all brackets."""
    cuts, depth = [], 0
    for match in re.finditer(r"\\left|\\right|\\begin|\\end|[{}]|&?(?:=|\\approx)", line):
        token = match[0]
        if token in (r"\left", r"\begin", "{"):
            depth += 1
        elif token in (r"\right", r"\end", "}"):
            depth -= 1
        elif not depth:
            cuts.append(match.span())
    edges = [0, *(x for cut in cuts for x in cut), len(line)]
    return [line[a:b].strip() for a, b in zip(edges[::2], edges[1::2], strict=True)]


def tolerance(text: str) -> float:
    """Half a unit of the last printed digit, relative to the number, at its worst; 0 where all are integers."""
    worst = 0.0
    for number in re.findall(r"\d+\.\d+|\d{4,}", text):
        unit = 10.0 ** -len(number.partition(".")[2])
        if float(number):
            worst = max(worst, unit / float(number))
    return worst


def evaluate(text: str) -> tuple[np.ndarray, float]:
    """The value of an expression of numbers, rows and matrices, and the largest number that was added up in it."""
    tokens = [t for t in TOKEN.findall(text) if t not in (r"\,", r"\ ")]
    parser = Parser(tokens)
    value = parser.sum()
    if parser.i != len(tokens):
        raise NotNumbers(text)
    return value, parser.largest


class Parser:
    """A small recursive parser; juxtaposition is the matrix product."""

    def __init__(self, tokens: list[str]) -> None:
        self.tokens, self.i, self.largest = tokens, 0, 0.0

    def peek(self) -> str:
        return self.tokens[self.i] if self.i < len(self.tokens) else ""

    def take(self, token: str | None = None) -> str:
        found = self.peek()
        if not found or (token is not None and found != token):
            raise NotNumbers(f"{found!r} instead of {token!r}")
        self.i += 1
        return found

    def sum(self) -> np.ndarray:
        value = self.product()
        while self.peek() in ("+", "-"):
            sign, addend = self.take(), self.product()
            self.added(value)
            self.added(addend)
            value = value + addend if sign == "+" else value - addend
        return value

    def product(self) -> np.ndarray:
        if self.peek() == "-":
            self.take()
            return -self.product()
        value = self.factor()
        while True:
            token = self.peek()
            if token in (r"\cdot", r"\odot"):
                self.take()
                right = self.factor()
                is_dot = token == r"\cdot" and value.ndim and right.ndim  # elements are multiplied with a ring
                value = value @ right if is_dot else value * right
            elif token and token not in (
                "+",
                "-",
                "}",
                ")",
                "]",
                ",",
                "&",
                r"\\",
                r"\right",
                r"\end{bmatrix}",
                ">",
                "<",
                "=",
                r"\ge",
                r"\le",
                "/",
            ):
                value = value @ self.factor()
            else:
                return value

    def factor(self) -> np.ndarray:
        value = self.atom()
        while self.peek() == "^":
            self.take()
            if self.peek() == r"\top" or self.tokens[self.i : self.i + 3] == ["{", r"\top", "}"]:
                self.i += 1 if self.peek() == r"\top" else 3
                value = value.T
            else:
                value = np.asarray(value, float) ** self.atom()
        return value

    def group(self) -> np.ndarray:
        self.take("{")
        value = self.sum()
        self.take("}")
        return value

    def atom(self) -> np.ndarray:
        token = self.take()
        if token[0].isdigit():
            return np.asarray(float(token))
        if token == "{":
            self.i -= 1
            return self.group()
        if token == r"\infty":
            return np.asarray(math.inf)
        if token == "e" and self.peek() == "^":
            self.take()
            return np.exp(self.group())
        if token == r"\frac":
            return self.group() / self.group()
        if token == r"\sqrt":
            return np.sqrt(self.group())
        if token in FUNCTIONS:
            return FUNCTIONS[token](self.factor())
        if token == r"\mathrm" and self.tokens[self.i : self.i + 5] == ["{", "n", "a", "n", "}"]:
            self.i += 5
            return np.asarray(math.nan)
        if token == r"\sum":
            return self.reduction()
        if token == r"\left":
            return self.bracket()
        if token == r"\begin{bmatrix}":
            return self.matrix()
        raise NotNumbers(token)

    def reduction(self) -> np.ndarray:
        dims = None
        if self.peek() == "_":
            end = self.tokens.index("}", self.tokens.index("}", self.i) + 1)
            dims = tuple(int(t) for t in self.tokens[self.i : end] if t.isdigit())
            self.i = end + 1
        addends = self.product()
        self.added(addends)
        return addends.sum(axis=dims)

    def added(self, addends: np.ndarray) -> None:
        """Takes note of the largest number in a sum."""
        self.largest = max(self.largest, float(np.abs(addends[np.isfinite(addends)]).max(initial=0.0)))

    def bracket(self) -> np.ndarray:
        kind = self.take()
        items = [self.sum()]
        relation = None
        while self.peek() in (",", ">", "<", r"\ge", "="):
            relation = self.take()
            items.append(self.sum())
        self.take(r"\right")
        self.take(")" if kind == "(" else "]" if kind == "[" else "|")
        if kind == "(":
            return items[0]
        if kind == "[" and relation in (">", "<", r"\ge", "="):
            compare = {">": np.greater, "<": np.less, r"\ge": np.greater_equal, "=": np.equal}[relation]
            return compare(*items).astype(float)
        return np.stack(items)

    def matrix(self) -> np.ndarray:
        rows = [[self.sum()]]
        while (token := self.take()) != r"\end{bmatrix}":
            if token == r"\\":
                rows.append([self.sum()])
            elif token == "&":
                rows[-1].append(self.sum())
            else:
                raise NotNumbers(token)
        return np.asarray(rows, float)
