"""What the tensors of a scene are called: their names in the program, and the expressions that made them."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
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


class Origin(NamedTuple):
    """The operation that made a tensor, and which names meant its operands at that moment."""

    event: ev.Forward | ev.Inplace
    aliases: dict[str, int]
    is_inner: bool  # a later operation of the same expression uses it (cross_entropy's log_softmax)


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
            return f"{self._segment(event.span)} ← {self.of_operand(event.inputs[-1])}"
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
        given = self._given
        taken = {e.name for e in self.trace.events if isinstance(e, ev.Bind)}
        letter = next((c for c in INTERMEDIATE_LETTERS if c not in taken), "v")
        constant = next((c for c in CONSTANT_LETTERS if c not in taken and c != letter), "c")
        names, counts = {}, {"tracked": 0, "untracked": 0}
        uses: dict[str, int] = {}
        for tensor in self.scene.tensors:
            if tensor in given:
                name = given[tensor]
                uses[name] = uses.get(name, 0) + 1
                names[tensor] = name if uses[name] == 1 else name + _subscript(uses[name])
            else:
                kind = "tracked" if self.trace.tensors[tensor].requires_grad else "untracked"
                counts[kind] += 1
                names[tensor] = (letter if kind == "tracked" else constant) + _subscript(counts[kind])
        return names

    @cached_property
    def _given(self) -> dict[int, str]:
        """The first name that the program gives to each tensor, up to the end of the scene."""
        first: dict[int, str] = {}
        for event in self.trace.events[: self.scene.stop]:
            if isinstance(event, ev.Bind) and event.tensor is not None:
                first.setdefault(event.tensor, event.name)
        return first

    # -- expressions

    @cached_property
    def _origins(self) -> dict[int, Origin]:
        origins: dict[int, Origin] = {}
        meaning: dict[str, int | None] = {}
        events = self.trace.events
        for i, event in enumerate(events[: self.scene.stop]):
            if isinstance(event, ev.Bind):
                meaning[event.name] = event.tensor
            elif isinstance(event, ev.Forward) and i >= self.scene.start:
                operands = {o.tensor for o in event.inputs if o.tensor is not None}
                aliases = {name: t for name, t in meaning.items() if t in operands and t is not None}
                if event.span is not None:
                    for o in operands:  # made by the same expression: it is a part, whose text is not the whole
                        part = origins.get(o)
                        if part is not None and part.event.span == event.span and o not in aliases.values():
                            origins[o] = part._replace(is_inner=True)
                            aliases |= {n: t for n, t in part.aliases.items() if n not in aliases}
                for output in event.outputs:
                    origins[output] = Origin(event, aliases, False)
        return origins

    def _rewritten(self, span: Span, origin: Origin) -> str | None:
        """The source text of `span` with the parts that have a name of their own replaced by it."""
        segment = span.of(self.trace.source)
        try:
            tree = ast.parse(f"({segment})", mode="eval")
        except (SyntaxError, ValueError):
            return None
        lines = f"({segment})".split("\n")
        parts = {
            (s.line, s.column, s.end_line, s.end_column): self._names[t]
            for t in self._operands(origin.event)
            if t in self._names
            and (s := self.trace.tensors[t].span) is not None
            and s != span
            and t not in origin.aliases.values()
        }
        out = "\n".join(lines)
        for start, end, text in sorted(self._replacements(tree.body, lines, span, parts, origin.aliases), reverse=True):
            out = out[:start] + text + out[end:]
        return LONELY_PARENTHESES.sub(r"\1", " ".join(out[1:-1].split()))

    def _replacements(
        self,
        node: ast.AST,
        lines: list[str],
        span: Span,
        parts: dict[tuple[int, int, int, int], str],
        aliases: dict[str, int],
    ) -> Iterator[tuple[int, int, str]]:
        if isinstance(node, ast.expr):
            assert node.end_lineno is not None and node.end_col_offset is not None
            start, end = (
                _column(lines, node.lineno, node.col_offset),
                _column(lines, node.end_lineno, node.end_col_offset),
            )
            place = (*_absolute(span, node.lineno, start), *_absolute(span, node.end_lineno, end))
            text = parts.get(place)
            if text is None and isinstance(node, ast.Name) and node.id in aliases:
                text = self._names.get(aliases[node.id])
            if text is not None:
                before = [len(line) + 1 for line in lines]
                yield sum(before[: node.lineno - 1]) + start, sum(before[: node.end_lineno - 1]) + end, text
                return
        for child in ast.iter_child_nodes(node):
            yield from self._replacements(child, lines, span, parts, aliases)

    def _operands(self, event: ev.Forward | ev.Inplace) -> Iterator[int]:
        """The tensors that the expression of `event` was made from, through the inner operations of a composite."""
        for operand in event.inputs:
            if operand.tensor is not None:
                yield operand.tensor
                origin = self._origins.get(operand.tensor)
                if origin is not None and origin.is_inner and origin.event.span == event.span:
                    yield from self._operands(origin.event)

    def _composed(self, event: ev.Forward | ev.Inplace) -> str:
        """The operation written out from its record: infix where it has a sign, a call otherwise."""
        words = [
            self.of_operand(o) if o.tensor is not None or i < 2 else f"{o.name}={o.text}"
            for i, o in enumerate(event.inputs)
        ]
        if event.op in INFIX and len(words) == 2:
            return f"{words[0]} {INFIX[event.op]} {words[1]}"
        if event.op == "neg" and len(words) == 1:
            return f"-{words[0]}"
        return f"{event.op}({', '.join(words)})"

    def _segment(self, span: Span | None) -> str:
        """The text of a span on one line."""
        return "" if span is None else " ".join(span.of(self.trace.source).split())


def _subscript(number: int) -> str:
    return str(number).translate(SUBSCRIPTS)


def _column(lines: list[str], line: int, byte: int) -> int:
    """Python's ast counts columns in bytes of UTF-8; we count characters."""
    text = lines[line - 1]
    return byte if text.isascii() else len(text.encode()[:byte].decode(errors="replace"))


def _absolute(span: Span, line: int, column: int) -> tuple[int, int]:
    """A place in the parenthesised segment as a place in the program."""
    return span.line + line - 1, column + (span.column - 1 if line == 1 else 0)
