"""A program as a function of its leaves: which can be changed, and the curves and surfaces of what was sampled."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
import numpy as np

from ..program.outcome import Leaf, Outcome, leaves, outcome, scalar
from ..trace import Backward, Trace, Value
from ..trace.gradients import written
from .figures import LONGEST, made
from .request import STUDY, NotPresented, Request, ask
from .traces import read

LONGEST_NAME = 80
MOST_STEPS = 5_000
"""Points of a loop's path that are drawn."""
NO_SCALAR = "No scalar is sent backward, so there is no function to plot."

Place = tuple[int, int]
"""An element of a leaf: the tensor's number, and the element's place among all of them."""


class Changeable(msgspec.Struct, frozen=True):
    """The small leaves of a run, and whether a scalar is sent backward in it."""

    leaves: tuple[Leaf, ...]
    has_scalar: bool


class Leaves(Request, frozen=True, tag="leaves"):
    """The leaves of a run whose numbers can be changed."""

    def answer(self, body: bytes) -> tuple[Changeable, bytes]:
        """The leaves; no bytes."""
        trace = read(body)
        found = tuple(msgspec.structs.replace(leaf, name=_short(leaf.name)) for leaf in leaves(trace))
        return Changeable(found, outcome(trace) is not None), b""


class Axis(msgspec.Struct, frozen=True):
    """One element along which a program was sampled: its place, what it is called, the points, and where it is now."""

    tensor: int
    place: int
    label: str
    points: tuple[float, ...]
    at: float


class Curve(Request, frozen=True, tag="curve"):
    """The scalar and autograd's derivative along one element, as they were sampled."""

    variant = STUDY
    stands_back = True

    axis: Axis
    values: tuple[float, ...]
    slopes: tuple[float, ...]
    dark: bool = False
    zoom: float = 1.0

    def answer(self, body: bytes) -> tuple[None, bytes]:
        """The figure as JSON, with the tangent of the run that comes as the body."""
        from .. import plots

        trace, axis = read(body), self.axis
        here = _here(trace)
        data = plots.Curve(
            element=axis.label,
            scalar=_short(here.name),
            x=np.asarray(axis.points),
            y=np.asarray(self.values),
            slope=np.asarray(self.slopes),
            at=axis.at,
            y_at=here.value,
            slope_at=_slope(here, axis, np.nan),
            path=[(x, y) for (x,), y in path(trace, [(axis.tensor, axis.place)])],
        )
        return None, made(plots.curve(data, dark=self.dark), self.zoom)


class Surface(Request, frozen=True, tag="surface"):
    """The scalar over two elements, as it was sampled: `heights` row by row, a row for each point of the second."""

    variant = STUDY
    stands_back = True

    axes: tuple[Axis, Axis]
    heights: tuple[tuple[float, ...], ...]
    dark: bool = False
    zoom: float = 1.0

    def answer(self, body: bytes) -> tuple[None, bytes]:
        """The figure as JSON, with the gradient of the run that comes as the body."""
        from .. import plots

        trace = read(body)
        here = _here(trace)
        first, second = self.axes
        data = plots.Surface(
            elements=(first.label, second.label),
            scalar=_short(here.name),
            x=np.asarray(first.points),
            y=np.asarray(second.points),
            z=np.asarray(self.heights),
            at=(first.at, second.at),
            gradient=(_slope(here, first, 0.0), _slope(here, second, 0.0)),
            path=[(x, y) for (x, y), _ in path(trace, [(axis.tensor, axis.place) for axis in self.axes])],
        )
        return None, made(plots.surface(data, dark=self.dark), self.zoom)


def _here(trace: Trace) -> Outcome:
    found = outcome(trace)
    if found is None:
        raise NotPresented(NO_SCALAR)
    return found


def _slope(here: Outcome, axis: Axis, otherwise: float) -> float:
    gradient = here.gradients.get(axis.tensor, ())
    return gradient[axis.place] if axis.place < len(gradient) else otherwise


def _short(name: str) -> str:
    return name if len(name) <= LONGEST_NAME else name[:LONGEST_NAME] + "…"


def path(trace: Trace, places: Sequence[Place]) -> list[tuple[tuple[float, ...], float]]:
    """Where the elements were at each backward pass, and what it started from; one point without a loop."""
    values: dict[int, Value] = {}
    found: list[tuple[tuple[float, ...], float]] = []
    for event in trace.events:
        values.update(written(event))
        if isinstance(event, Backward) and event.roots and len(found) < MOST_STEPS:
            root = scalar(values.get(event.roots[0]))
            arrays = [values[tensor].array for tensor, _ in places if tensor in values]
            whole = [array for array in arrays if array is not None]
            if root is not None and len(whole) == len(places):
                at = tuple(float(np.ravel(a)[place]) for a, (_, place) in zip(whole, places, strict=True))
                found.append((at, root))
    return found


def changeable(trace: bytes) -> Changeable:
    """The leaves of a run, whose trace is given as JSON; raises NotPresented."""
    return ask(Leaves(), Changeable, trace, most=0)[0]


def drawn(trace: bytes, figure: Curve | Surface) -> bytes:
    """The figure as JSON, with what the run, whose trace is given as JSON, came to; raises NotPresented."""
    return ask(figure, type(None), trace, most=LONGEST)[1]


def prepare() -> None:
    """Nothing is read here but what is imported."""


def rehearsals(trace: bytes) -> tuple[tuple[Request, bytes], ...]:
    """Requests that use everything that is imported here."""
    axis, second = Axis(0, 0, "w", (0.0, 1.0, 2.0), 3.0), Axis(1, 0, "v[0]", (0.0, 1.0), 0.0)
    curve = (1.0, 2.0, float("nan")), (1.0, 2.0, 3.0)
    surface = (axis, second), ((1.0, 2.0, 3.0), (3.0, 2.0, 1.0))
    curves = [Curve(axis, *curve, zoom=zoom) for zoom in (1.0, 2.0)]
    surfaces = [Surface(*surface, zoom=zoom) for zoom in (1.0, 2.0)]
    return tuple((request, trace) for request in (Leaves(), *curves, *surfaces))
