"""A program as a function of its leaves: run with other numbers, and read for its first scalar and its gradient."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from ..program.whatif import WhatIf
from ..trace import Backward, Create, Notation, RequiresGrad, Trace, Value
from ..trace.numbers import arrived, written
from . import runs

MOST_ELEMENTS = 12
"""Elements that a leaf may have for each to get a control of its own."""

SECONDS = 6.0
"""For how long a section runs the program again and again: a slow program is looked at in fewer places."""

Elements = Mapping[int, tuple[float, ...]]


@dataclass(frozen=True, slots=True)
class Leaf:
    """A leaf whose numbers can be changed: its id, its name, its shape and the elements that the program gives it."""

    tensor: int
    name: str
    shape: tuple[int, ...]
    elements: tuple[float, ...]

    def labels(self) -> list[str]:
        """What each element is called.

        >>> Leaf(0, "x", (2,), (1.0, 2.0)).labels(), Leaf(0, "w", (), (1.0,)).labels()
        (['x[0]', 'x[1]'], ['w'])
        """
        return [f"{self.name}[{', '.join(map(str, at))}]" if at else self.name for at in np.ndindex(self.shape)]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What the first backward pass of a run started from, and the gradient that it brought to each leaf."""

    name: str
    value: float
    gradients: Mapping[int, np.ndarray]


def leaves(trace: Trace, most: int = MOST_ELEMENTS) -> tuple[Leaf, ...]:
    """The leaves that require a gradient and have at most `most` elements, in order of birth."""
    late = {event.tensor for event in trace.events if isinstance(event, RequiresGrad)}
    found = []
    for event in trace.events:
        if not isinstance(event, Create):
            continue
        record, array = trace.tensors[event.tensor], event.value.array
        wants = record.is_leaf and (record.requires_grad or record.id in late)
        if wants and array is not None and 0 < array.size <= most and array.dtype.kind == "f":
            elements = tuple(float(e) for e in np.ravel(array))
            found.append(Leaf(record.id, name_of(trace, record.id), record.shape, elements))
    return tuple(found)


def name_of(trace: Trace, tensor: int) -> str:
    """What the pictures call a tensor where it is first seen."""
    for scene in trace.scenes:
        if tensor in scene.tensors:
            return Notation(trace, scene).name(tensor)
    return f"tensor {tensor}"


def run(source: str, engine: str, elements: Elements, double: bool = False) -> Trace:
    """Runs the program with these elements in the place of its own."""
    return runs.run(source, engine, what_if=WhatIf.of(elements, double))


def outcome(trace: Trace) -> Outcome | None:
    """The first scalar that is sent backward, and its gradient; None where the program comes to none."""
    values: dict[int, Value] = {}
    for event in trace.events:
        values.update(written(event))
        if isinstance(event, Backward) and len(event.roots) == 1:
            (root,) = event.roots
            value = scalar(values[root])
            gradients = arrived(trace.nodes, trace.events, event.number)
            return None if value is None else Outcome(name_of(trace, root), value, gradients)
    return None


def scalar(value: Value | None) -> float | None:
    """The number of a value that is one real number."""
    array = None if value is None else value.array
    return float(array.reshape(())) if array is not None and array.size == 1 and array.dtype.kind == "f" else None


def moved(leaf: Leaf, elements: Elements, place: int, to: float) -> dict[int, tuple[float, ...]]:
    """The elements with one of them changed."""
    own = list(elements.get(leaf.tensor, leaf.elements))
    own[place] = to
    return {**elements, leaf.tensor: tuple(own)}


def coarse_to_fine(count: int) -> Iterator[range]:
    """The places 0, 1, …, count - 1 in ever finer selections, each of which holds the one before.

    >>> [list(places) for places in coarse_to_fine(5)]
    [[0, 4], [0, 2, 4], [0, 1, 2, 3, 4]]
    """
    stride = count - 1
    while stride > 1:
        yield range(0, count, stride)
        stride = stride // 2 if stride % 2 == 0 else 1
    yield range(count)


class Sampling:
    """The scalar and autograd's derivative where elements have other values, for as long as `seconds` last.

    What was looked at is kept: a finer look costs only the places between.
    """

    def __init__(self, source: str, engine: str, seconds: float | None = None) -> None:
        self.source, self.engine = source, engine
        self._until = time.monotonic() + (SECONDS if seconds is None else seconds)
        self._found: dict[WhatIf, Outcome | None] = {}

    @property
    def is_over(self) -> bool:
        """Whether the time is up."""
        return time.monotonic() >= self._until

    def outcome(self, elements: Elements) -> Outcome | None:
        """What the program gives with these elements; None where it gives none."""
        key = WhatIf.of(elements)
        if key not in self._found:
            self._found[key] = outcome(run(self.source, self.engine, elements))
        return self._found[key]

    def curve(
        self, elements: Elements, leaf: Leaf, place: int, at: Sequence[float]
    ) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Where one element was looked at, of all of `at` if there is time, with the scalar and its derivative there.

        NaN where the program gives none.
        """
        done: dict[int, tuple[float, float]] = {}
        for places in coarse_to_fine(len(at)):
            for i in places:
                if i not in done and not (self.is_over and len(done) > 1):
                    done[i] = self._point(moved(leaf, elements, place, float(at[i])), leaf, place)
        kept = sorted(done)
        values, slopes = np.array([done[i] for i in kept]).T
        return np.asarray(at, dtype=float)[kept], values, slopes

    def _point(self, elements: Elements, leaf: Leaf, place: int) -> tuple[float, float]:
        found = self.outcome(elements)
        if found is None:
            return np.nan, np.nan
        gradient = found.gradients.get(leaf.tensor)
        return found.value, np.nan if gradient is None else float(np.ravel(gradient)[place])
