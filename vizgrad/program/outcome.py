"""A program as a function of its leaves: what it makes of them, and the gradients of its first backward pass."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec
import numpy as np

from ..trace import Backward, Create, Notation, RequiresGrad, Trace, Value
from ..trace.gradients import arrived, written

MOST_ELEMENTS = 12
"""Elements that a leaf may have for each to get a control of its own."""
MOST_LEAVES = 64
MOST_GRADIENT = 64
"""Elements that a gradient may have to be told."""

Elements = Mapping[int, tuple[float, ...]]
"""The elements of leaves, by the tensor's number."""


class Leaf(msgspec.Struct, frozen=True):
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


class Outcome(msgspec.Struct, frozen=True):
    """What the first backward pass of a run started from, and the gradient's elements that it brought to each leaf."""

    name: str
    value: float
    gradients: dict[int, tuple[float, ...]]


def leaves(trace: Trace, most: int = MOST_ELEMENTS) -> tuple[Leaf, ...]:
    """The leaves that require a gradient and have at most `most` elements, in order of birth."""
    late = {event.tensor for event in trace.events if isinstance(event, RequiresGrad)}
    found: list[Leaf] = []
    for event in trace.events:
        if not isinstance(event, Create) or len(found) == MOST_LEAVES:
            continue
        record, array = trace.tensors[event.tensor], event.value.array
        wants = record.is_leaf and (record.requires_grad or record.id in late)
        if wants and array is not None and 0 < array.size <= most and array.dtype.kind == "f":
            found.append(Leaf(record.id, name_of(trace, record.id), record.shape, numbers(array)))
    return tuple(found)


def name_of(trace: Trace, tensor: int) -> str:
    """What the pictures call a tensor where it is first seen."""
    for scene in trace.scenes:
        if tensor in scene.tensors:
            return Notation(trace, scene).name(tensor)
    return f"tensor {tensor}"


def outcome(trace: Trace) -> Outcome | None:
    """The first scalar that is sent backward, and its gradient; None where the program comes to none."""
    values: dict[int, Value] = {}
    for event in trace.events:
        values.update(written(event))
        if isinstance(event, Backward) and len(event.roots) == 1:
            (root,) = event.roots
            value = scalar(values[root])
            if value is None:
                return None
            came = arrived(trace.nodes, trace.events, event.number).items()
            small = {leaf: numbers(gradient) for leaf, gradient in came if gradient.size <= MOST_GRADIENT}
            return Outcome(name_of(trace, root), value, small)
    return None


def numbers(array: np.ndarray) -> tuple[float, ...]:
    """The elements in order of their places."""
    return tuple(float(element) for element in np.ravel(array))


def scalar(value: Value | None) -> float | None:
    """The number of a value that is one real number."""
    array = None if value is None else value.array
    return float(array.reshape(())) if array is not None and array.size == 1 and array.dtype.kind == "f" else None


def moved(leaf: Leaf, elements: Elements, place: int, to: float) -> dict[int, tuple[float, ...]]:
    """The elements with one of them changed."""
    own = list(elements.get(leaf.tensor, leaf.elements))
    own[place] = to
    return {**elements, leaf.tensor: tuple(own)}
