"""What the tensors of a scene are called: their names in the program, and the expressions that made them."""

from __future__ import annotations

import ast
import re
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

from . import events as ev
from .records import Span
from .scenes import Scene

if TYPE_CHECKING:
    from .trace import Trace

SUBSCRIPTS = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")
INTERMEDIATE_LETTERS = "vutzq"
CONSTANT_LETTERS = "ckdj"
INFIX = {"add": "+", "sub": "-", "mul": "*", "div": "/", "pow": "**", "mm": "@", "mv": "@", "dot": "@", "bmm": "@"}
GREEK_LETTERS = {
    **dict(zip("αβγδεζη", "alpha beta gamma delta epsilon zeta eta".split(), strict=True)),
    **dict(zip("θικλμν", "theta iota kappa lambda mu nu".split(), strict=True)),
    **dict(zip("ξπρστφχψω", "xi pi rho sigma tau phi chi psi omega".split(), strict=True)),
}
GREEK = frozenset(GREEK_LETTERS.values()) | {"Gamma", "Delta", "Theta", "Lambda", "Sigma", "Phi", "Psi", "Omega"}
LONELY_PARENTHESES = re.compile(r"(?<![\w\])])\(([\w.]+)\)")


LONGEST = 400
"""Characters of an expression that are read and told; a longer one is written from its record, and cut off."""


class Origin(NamedTuple):
    """The operation that made a tensor, and which names meant its operands at that moment."""

    event: ev.Forward | ev.Inplace
    aliases: dict[str, int]
    is_inner: bool  # a later operation of the same expression uses it (cross_entropy's log_softmax)


class Place(NamedTuple):
    """A part of an expression: where it stands in the program and in the expression's text; `name` if it is a name.

    `over` counts the parts that it holds, which follow it.
    """

    span: tuple[int, int, int, int]
    start: int
    end: int
    name: str | None
    over: int


class Parsed(NamedTuple):
    """An expression's text in parentheses, and its parts, each before those that it holds."""

    text: str
    places: list[Place]


class Notation:
    """Names and expressions for the tensors of one scene.

    A tensor is called what the program calls it first; a name that the program gives to several tensors gets a
    subscript (h, h₂, h₃). What the program gives no name is v₁, v₂ … in order, as in an evaluation trace; untracked
    ones c₁, c₂ …. The letters change if the program uses them itself.

    >>> Notation.tex_of("v₁"), Notation.tex_of("w1"), Notation.tex_of("x_hat"), Notation.tex_of("alpha")
    ('v_{1}', 'w_{1}', '\\\\mathrm{x\\\\_hat}', '\\\\alpha')
    """

    def __init__(self, trace: Trace, scene: Scene) -> None:
        self.trace, self.scene = trace, scene
        self._read: dict[Span, Parsed | None] = {}

    def name(self, tensor: int) -> str:
        """The tensor's name in plain text."""
        return self._names[tensor]

    def latex(self, tensor: int) -> str:
        """The tensor's name in LaTeX."""
        return self.tex_of(self._names[tensor])

    def expression(self, tensor: int) -> str:
        """The expression that made the tensor, its parts replaced by their names: `5 * v₂`; "" if none is known."""
        origin = self._origins.get(tensor)
        if origin is None:
            return self._segment(self.trace.tensors[tensor].span)
        span = origin.event.span
        if not origin.is_inner and span is not None and (text := self._rewritten(span, origin)) is not None:
            return text
        return self._composed(origin.event)

    def of_inplace(self, event: ev.Inplace) -> str:
        """What an in-place operation makes of its tensor: `y * 2` for `y.mul_(2)`, `y[0] ← 5.0` for `y[0] = 5.0`."""
        if event.op == "setitem" and event.span is not None:
            return f"{self._segment(event.span)} ← {_short(self.of_operand(event.inputs[-1]))}"
        return self._composed(event)

    def of_operand(self, operand: ev.Operand) -> str:
        """An operand's name, or its text where it is a plain value."""
        if operand.tensor is None:
            return operand.text or ""
        return self._names.get(operand.tensor, "?")

    @staticmethod
    def tex_of(name: str) -> str:
        """A name of the program in LaTeX: a subscript for trailing digits, Greek letters, upright if it is a word."""
        plain = "".join(str("₀₁₂₃₄₅₆₇₈₉".index(c)) if c in "₀₁₂₃₄₅₆₇₈₉" else c for c in name)
        match = re.fullmatch(r"(.*?)_?(\d*)", plain)
        assert match is not None
        stem, digits = match[1], match[2]
        stem = GREEK_LETTERS.get(stem, stem)
        if stem in GREEK:
            tex = "\\" + stem
        elif len(stem) == 1:
            tex = stem
        else:
            tex = r"\mathrm{" + (stem or "?").replace("_", r"\_") + "}"
        return f"{tex}_{{{digits}}}" if digits else tex

    # -- names

    @cached_property
    def _names(self) -> dict[int, str]:
        given, taken = self.trace.bindings.first, self.trace.bindings.names
        letter = next((c for c in INTERMEDIATE_LETTERS if c not in taken), "v")
        constant = next((c for c in CONSTANT_LETTERS if c not in taken and c != letter), "c")
        names, counts = {}, {"tracked": 0, "untracked": 0}
        uses: dict[str, int] = {}
        for tensor in self.scene.tensors:
            if tensor in given and given[tensor].event < self.scene.stop:
                name = given[tensor].name
                uses[name] = uses.get(name, 0) + 1
                names[tensor] = name if uses[name] == 1 else name + _subscript(uses[name])
            else:
                kind = "tracked" if self.trace.tensors[tensor].requires_grad else "untracked"
                counts[kind] += 1
                names[tensor] = (letter if kind == "tracked" else constant) + _subscript(counts[kind])
        return names

    # -- expressions

    @cached_property
    def _origins(self) -> dict[int, Origin]:
        origins: dict[int, Origin] = {}
        meaning: dict[str, int] = {}
        called: dict[int, dict[str, None]] = {}  # the names of each tensor at this moment
        for name, tensor in self.trace.at(self.scene.start).names.items():
            _rename(name, tensor, meaning, called)
        for event in self.trace.events[self.scene.start : self.scene.stop]:
            if isinstance(event, ev.Bind):
                _rename(event.name, event.tensor, meaning, called)
            elif isinstance(event, ev.Forward):
                operands = dict.fromkeys(o.tensor for o in event.inputs if o.tensor is not None)
                aliases = {name: o for o in operands for name in called.get(o, ())}
                if event.span is not None:
                    for o in operands:  # made by the same expression: it is a part, whose text is not the whole
                        part = origins.get(o)
                        if part is not None and part.event.span == event.span and not called.get(o):
                            origins[o] = part._replace(is_inner=True)
                for output in event.outputs:
                    origins[output] = Origin(event, aliases, False)
        return origins

    def _rewritten(self, span: Span, origin: Origin) -> str | None:
        """The source text of `span` with the parts that have a name of their own replaced by it."""
        parsed = self._parsed(span)
        if parsed is None:
            return None
        operands, aliases = self._made_from(origin)
        named = set(aliases.values())
        parts = {
            (s.line, s.column, s.end_line, s.end_column): self._names[t]
            for t in operands
            if t in self._names and t not in named and (s := self.trace.tensors[t].span) is not None and s != span
        }
        named_parts: list[tuple[int, int, str]] = []
        i = 0
        while i < len(parsed.places):
            place = parsed.places[i]
            i += 1
            text = parts.get(place.span)
            if text is None and place.name in aliases:
                text = self._names.get(aliases[place.name])
            if text is not None:
                named_parts.append((place.start, place.end, text))
                i += place.over
        out: list[str] = []
        done = 0
        for start, end, text in sorted(named_parts):
            out += parsed.text[done:start], text
            done = end
        return LONELY_PARENTHESES.sub(r"\1", " ".join("".join([*out, parsed.text[done:]])[1:-1].split()))

    def _parsed(self, span: Span) -> Parsed | None:
        """The expression that stands there, read once; None where none does, or one that is too long."""
        if span not in self._read:
            text = span.of(self.trace.source)
            self._read[span] = _parse(text, span) if len(text) <= LONGEST else None
        return self._read[span]

    def _made_from(self, origin: Origin) -> tuple[dict[int, None], dict[str, int]]:
        """The tensors and names of which an expression was made, through the inner operations of a composite."""
        seen: dict[int, None] = {}
        aliases = dict(origin.aliases)
        pending = [origin]
        while pending:
            own = pending.pop()
            for name, tensor in own.aliases.items():
                aliases.setdefault(name, tensor)
            for operand in own.event.inputs:
                if operand.tensor is not None and operand.tensor not in seen:
                    seen[operand.tensor] = None
                    part = self._origins.get(operand.tensor)
                    if part is not None and part.is_inner and part.event.span == own.event.span:
                        pending.append(part)
        return seen, aliases

    def _composed(self, event: ev.Forward | ev.Inplace) -> str:
        """The operation written out from its record: infix where it has a sign, a call otherwise."""
        words, room = [], LONGEST
        for i, operand in enumerate(event.inputs):
            is_plain = operand.tensor is None and i >= 2
            words.append(_short(f"{operand.name}={operand.text}" if is_plain else self.of_operand(operand)))
            room -= len(words[-1]) + 2
            if room < 0 and i + 1 < len(event.inputs):
                words.append("…")
                break
        if event.op in INFIX and len(words) == 2:
            return f"{words[0]} {INFIX[event.op]} {words[1]}"
        if event.op == "neg" and len(words) == 1:
            return f"-{words[0]}"
        return f"{event.op}({', '.join(words)})"

    def _segment(self, span: Span | None) -> str:
        """The text of a span on one line."""
        return "" if span is None else _short(" ".join(_short(span.of(self.trace.source), 2 * LONGEST).split()))


def _rename(name: str, tensor: int | None, meaning: dict[str, int], called: dict[int, dict[str, None]]) -> None:
    """From now on `name` means `tensor`, or no tensor any more."""
    before = meaning.pop(name, None)
    if before is not None:
        called[before].pop(name)
    if tensor is not None:
        meaning[name] = tensor
        called.setdefault(tensor, {})[name] = None


def _parse(segment: str, span: Span) -> Parsed | None:
    text = f"({segment})"
    try:
        tree = ast.parse(text, mode="eval")
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None
    lines = text.split("\n")
    before = [0]
    for line in lines:
        before.append(before[-1] + len(line) + 1)
    places: list[Place] = []

    def add(node: ast.AST) -> None:
        own = None
        if isinstance(node, ast.expr) and not isinstance(node, ast.Constant):
            assert node.end_lineno is not None and node.end_col_offset is not None
            start = _column(lines, node.lineno, node.col_offset)
            end = _column(lines, node.end_lineno, node.end_col_offset)
            where = (*_absolute(span, node.lineno, start), *_absolute(span, node.end_lineno, end))
            name = node.id if isinstance(node, ast.Name) else None
            own = len(places)
            places.append(Place(where, before[node.lineno - 1] + start, before[node.end_lineno - 1] + end, name, 0))
        for child in ast.iter_child_nodes(node):
            add(child)
        if own is not None:
            places[own] = places[own]._replace(over=len(places) - own - 1)

    try:
        add(tree.body)
    except RecursionError:
        return None
    return Parsed(text, places)


def _short(text: str, most: int = LONGEST) -> str:
    return text if len(text) <= most else f"{text[: most - 1]}…"


def _subscript(number: int) -> str:
    return str(number).translate(SUBSCRIPTS)


def _column(lines: list[str], line: int, byte: int) -> int:
    """Python's ast counts columns in bytes of UTF-8; we count characters."""
    text = lines[line - 1]
    return byte if text.isascii() else len(text.encode()[:byte].decode(errors="replace"))


def _absolute(span: Span, line: int, column: int) -> tuple[int, int]:
    """A place in the parenthesised segment as a place in the program."""
    return span.line + line - 1, column + (span.column - 1 if line == 1 else 0)
