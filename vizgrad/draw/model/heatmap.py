"""Small heat maps of tensors too large to be written out: signed colours, zero as the ground is."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from functools import lru_cache

import numpy as np

from vizgrad.trace import Scene, TensorRecord, Trace, Value
from vizgrad.trace import events as ev

from .. import style
from .numbers import is_summed
from .parts import Box

SIDE = 8
"""Rows and columns of a map at most: the corner that a trace keeps of any tensor."""

LONGEST = 16
"""Cells of a vector's map at most."""

CELL = 4
STRIP = 10
"""Pixels: the side of a cell, and the height of a vector's."""

LEVELS = "EDCBA0abcde"
"""A cell's letter, from the most negative to the most positive; ODD is for what is not finite."""

ODD = "x"
LETTERS = np.frombuffer(LEVELS.encode(), np.uint8)


def is_mapped(shape: tuple[int, ...], dtype: str) -> bool:
    """Whether values of this shape and dtype get a map: those of which a box gives the mean only.

    >>> is_mapped((2, 3), "float32"), is_mapped((64, 784), "float32"), is_mapped((0, 9), "float32")
    (False, True, False)
    """
    return 0 not in shape and is_summed(shape, dtype)


def size(shape: tuple[int, ...]) -> tuple[int, int]:
    """The width and height of a map in pixels."""
    if len(shape) == 1:
        return min(shape[0], LONGEST) * CELL, STRIP
    return min(shape[-1], SIDE) * CELL, min(shape[-2], SIDE) * CELL


def cells(value: Value) -> str:
    """A map as text: a letter for each cell, rows parted by a slash.

    >>> cells(Value.of(np.array([[-1.0, 0.0], [0.5, np.nan]])))
    'E0/bx'
    """
    array = value.corner
    while array.ndim > 2:
        array = array[0]
    grid = np.atleast_2d(array)[:SIDE, : LONGEST if array.ndim < 2 else SIDE]
    numbers = (np.abs(grid) if grid.dtype.kind == "c" else grid).astype(np.float64)
    is_finite = np.isfinite(numbers)
    most = float(np.abs(numbers[is_finite]).max(initial=0.0)) or 1.0
    middle = len(LEVELS) // 2
    levels = np.rint(np.where(is_finite, numbers, 0) / most * middle).astype(int) + middle
    return "/".join([bytes(row).decode() for row in np.where(is_finite, LETTERS[levels], ord(ODD)).astype(np.uint8)])


@lru_cache(1024)
def drawn(code: str) -> str:
    """A map's cells as SVG, its corner at the origin; cells of one colour are one path.

    >>> drawn("e0").count("<path")
    2
    """
    rows = code.split("/")
    high = STRIP if len(rows) == 1 else CELL
    strokes: dict[str, str] = {}
    for i, row in enumerate(rows):
        for j, letter in enumerate(row):
            if letter != LEVELS[len(LEVELS) // 2]:
                strokes[letter] = strokes.get(letter, "") + f"M{j * CELL} {i * high + high // 2}h{CELL}"
    width, height = len(rows[0]) * CELL, len(rows) * high
    out = [
        f'<path class="rim" d="M-.5-.5h{width + 1}v{height + 1}h-{width + 1}z" fill="{style.GROUND.light}"'
        f' stroke="{style.GHOST.light}" stroke-width="1"/>\n'
    ]
    middle = len(LEVELS) // 2
    for letter in sorted(strokes):
        level = LEVELS.find(letter) - middle
        sign, tone = ("warm", style.WARM) if level > 0 else ("cool", style.COOL)
        if letter == ODD:
            level, sign, tone = middle, "odd", style.FLOW
        out.append(
            f'<path class="{sign}{" tall" if high == STRIP else ""}" d="{strokes[letter]}" fill="none"'
            f' stroke="{tone.light}" stroke-width="{high}" opacity="{abs(level) / middle:g}"/>\n'
        )
    return "".join(out)


def with_maps(boxes: Mapping[str, Box], trace: Trace, scene: Scene) -> dict[str, Box]:
    """The boxes, those of large tensors with all maps that they show in the course of a scene."""
    large = [box for box in boxes.values() if box.tensor is not None and _shows(box, trace.tensors[box.tensor])]
    if not large:
        return dict(boxes)
    found = _Found({b.tensor for b in large}, trace, scene)
    return dict(boxes) | {
        box.id: replace(
            box,
            maps=(
                found.of(("value", box.tensor, 0)),
                found.of(("grad", box.tensor, 0) if box.has_grad else ("flow", box.node, box.output_nr)),
            ),
        )
        for box in large
    }


def _shows(box: Box, record: TensorRecord) -> bool:
    return is_mapped(record.shape, record.dtype) and any(cell.what == "value" for cell in box.cells)


class _Found:
    """The maps of what some tensors, their `.grad` and the gradients that arrive for them are in a scene."""

    def __init__(self, tensors: set[int | None], trace: Trace, scene: Scene) -> None:
        self.maps: dict[tuple[str, int | None, int], dict[str, None]] = {}
        self.tensors = tensors
        state = trace.at(scene.start)
        self._values(state.values.items())
        for tensor, grad in state.grads.items():
            self._add("grad", tensor, grad)
        for event in trace.events[scene.start : scene.stop]:
            self._meet(event, trace)

    def of(self, key: tuple[str, int | None, int]) -> tuple[str, ...]:
        """The maps under a key, in order of appearance."""
        return tuple(self.maps.get(key, ()))[: style.LAYERS]

    def _meet(self, event: ev.Event, trace: Trace) -> None:
        match event:
            case ev.Create():
                self._add("value", event.tensor, event.value)
            case ev.Forward():
                self._values(zip(event.outputs, event.values, strict=True))
            case ev.Inplace():
                self._values((seen.tensor, seen.value) for seen in event.seen)
            case ev.Accumulate():
                self._add("grad", event.tensor, event.after)
            case ev.SetGrad():
                self._add("grad", event.tensor, event.grad)
            case ev.Backward():
                for root, seed in zip(event.roots, event.seeds, strict=True):
                    self._flow(trace.tensors[root].node, trace.tensors[root].output_nr, seed)
            case ev.Vjp():
                for nr, arrival in enumerate(event.arrivals):
                    self._flow(event.node, nr, arrival.grad)
            case ev.Hook(tensor=int() as tensor):
                self._flow(trace.tensors[tensor].node, trace.tensors[tensor].output_nr, event.after)

    def _values(self, pairs: Iterable[tuple[int, Value]]) -> None:
        for tensor, value in pairs:
            self._add("value", tensor, value)

    def _add(self, what: str, tensor: int, value: Value | None) -> None:
        if value is not None and tensor in self.tensors and is_mapped(value.shape, value.dtype):
            self.maps.setdefault((what, tensor, 0), {})[cells(value)] = None

    def _flow(self, node: int | None, nr: int, value: Value | None) -> None:
        if value is not None and is_mapped(value.shape, value.dtype):
            self.maps.setdefault(("flow", node, nr), {})[cells(value)] = None
