"""A run being written down lightly: of each scene, what its backward passes started from and the gradients they left.

Nothing is seen of its operations. Where scenes begin is read off the graph that a backward pass runs through: nodes
are numbered in order, so a node that is younger than the pass before, and leads to none of the scene's own, begins the
next scene.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from typing import Any, NamedTuple

import numpy as np

from ..trace import Event, Light, Norm, Span, Value
from ..trace.values import STORED_AS

UNTOLD = Light()
REAL = {"complex64": "float32", "complex128": "float64"}
"""The dtype of a norm, where it is another than the numbers'."""


class Survey(NamedTuple):
    """What a graph tells before a pass runs through it: its leaves, and the node that begins a new scene, if one does.

    `kinds` are the types of its nodes, `size` is how many there are.
    """

    leaves: list[Any]
    begins: int | None
    kinds: set[type]
    size: int


class Lightly:
    """Writes down scenes lightly, from the scene `index` on, whose first node has number `first`.

    `after` is the number that the next node had when the scene's newest backward pass had ended; None before its
    first. `now` tells the number that the next node will have.
    """

    def __init__(
        self, events: list[Event], now: Callable[[], int], index: int, first: int, after: int | None, is_rest: bool
    ) -> None:
        self.events, self.now = events, now
        self.index, self.first, self.after = index, first, after
        self._waiting: list[tuple[int, Event]] = []  # printed since the newest pass, and the next node's number then
        self._begin(is_rest)

    def _begin(self, is_rest: bool = False) -> None:
        self._place, self._is_rest = len(self.events), is_rest
        self._losses: list[Value] = []
        self._norms: tuple[Norm, ...] = ()
        self._span: Span | None = None
        self.events.append(UNTOLD)  # its place is kept; what it says is known when the scene has ended

    def told(self, event: Event) -> None:
        """Something happened beside computing: text was printed."""
        self._waiting.append((self.now(), event))

    def surveyed(self, begins: int | None) -> None:
        """A backward pass is about to run; the node of that number, if any, begins a new scene."""
        if begins is not None:
            self._flush(begins)
            self._close()
            self.index += 1
            self.first = begins
            self._begin()
        self._flush()

    def passed(self, losses: Sequence[Value], norms: Iterable[Norm], span: Span | None) -> None:
        """It has run."""
        self._losses += losses
        self._norms = tuple(sorted(norms, key=lambda norm: norm.tensor))
        self._span = span
        self.after = self.now()

    def end(self) -> None:
        """The record goes on in full, or is over."""
        self._flush()
        self._close()

    def _flush(self, before: int | None = None) -> None:
        """Puts down what was printed, up to the node of that number."""
        done = [event for number, event in self._waiting if before is None or number <= before]
        self._waiting = self._waiting[len(done) :]
        self.events += done

    def _close(self) -> None:
        self.events[self._place] = Light(
            losses=tuple(self._losses), norms=self._norms, is_rest=self._is_rest, span=self._span
        )


def survey(
    roots: Iterable[Any],
    first: int,
    after: int | None,
    number_of: Callable[[Any], int],
    leaf_kind: type,
) -> Survey:
    """Walks through the graph of `roots`, given the number of the scene's first node and of the first after its pass.

    `number_of` gives the number of a node that is not of `leaf_kind`.
    """
    leaves: dict[int, Any] = {}
    kinds: set[type] = set()
    seen: set[int] = set()
    stack = [root for root in roots if root is not None]
    begins = None
    while stack:
        node = stack.pop()
        kind = type(node)
        kinds.add(kind)
        if kind is leaf_kind:
            leaves[id(node.variable)] = node.variable
            continue
        number = number_of(node)
        if number in seen:
            continue
        seen.add(number)
        is_first = after is not None and number >= after
        for source, _ in node.next_functions:
            if source is not None:
                stack.append(source)
                if is_first and type(source) is not leaf_kind and number_of(source) >= first:
                    is_first = False
        if is_first and (begins is None or number < begins):
            begins = number
    return Survey(list(leaves.values()), begins, kinds, len(seen))


def norm_of(array: np.ndarray, dtype: str) -> Value:
    """The Euclidean norm of a gradient, as a scalar of its dtype.

    >>> norm_of(np.array([3.0, -4.0], dtype="float32"), "float32").array.item()
    5.0
    """
    name = REAL.get(dtype, dtype)
    if array.size == 1:
        norm = abs(array.item())
    else:
        flat = array.ravel().astype(np.complex128 if array.dtype.kind == "c" else np.float64)
        norm = math.sqrt(abs(np.vdot(flat, flat)))
    return Value((), name, np.array(norm, STORED_AS.get(name, name)).tobytes())
