"""Gradients that meet: a tensor used several times gets the sum of what comes back from each use."""

from __future__ import annotations

from typing import NamedTuple

from vizgrad.trace import Arrival

from ..explanation import Term
from ..notation.equations import equals, shown
from ..notation.names import Names
from ..notation.numeric_symbol import Figure
from ..rules.classify import agrees


class Meeting(NamedTuple):
    """The sum in symbols, with numbers, and as data."""

    symbols: str
    numbers: str
    term: Term


def meeting(arrival: Arrival, tensor: int, backward: int, node: int | None, names: Names) -> Meeting:
    """The sum of an arrival's contributions; `node` is the tensor's maker, None for a leaf."""
    assert arrival.grad is not None
    gradient = names.gradient(tensor, backward, node)
    latex = names.latex(tensor, node)
    paths = [
        gradient if c.node is None else names.path(c.node, c.slot or 0, latex, backward) for c in arrival.contributions
    ]
    figures = [Figure.of(c.value, p) for c, p in zip(arrival.contributions, paths, strict=True)]
    term = Term(
        "sum", arrival.grad, tensor, names.plain(tensor, node), parts=tuple(c.value for c in arrival.contributions)
    )
    total = figures[0]
    for figure in figures[1:]:
        total = total + figure
    if is_sum(term):
        numbers = equals(total.tex, arrival.grad, gradient, not total.exact, mark="&")
        return Meeting(rf"{gradient} &= {' + '.join(paths)}", numbers, term)
    numbers = rf"{total.tex} &\mapsto {shown(arrival.grad, gradient).latex}"
    return Meeting(rf"{' + '.join(paths)} &\mapsto {gradient}", numbers, term)


def is_sum(term: Term) -> bool:
    """Whether the parts add up to what arrived; a hook in between may have changed it."""
    found = term.evaluate()
    return found is None or agrees(found, term.result)
