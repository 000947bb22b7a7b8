"""Which boxes and arrows a scene has at which detail: pure data, the same for all its steps."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Literal, get_args

from vizgrad.trace import Scene, Trace

from .builder import Builder
from .heatmap import with_maps
from .parts import Arrow, Box
from .spine import shared, spine

Detail = Literal["full", "simple", "pytorch"]
Direction = Literal["LR", "TB"]


@dataclass(frozen=True)
class Drawing:
    """What a scene's picture consists of, the same for all its steps.

    `boxes` and `arrows` have stable ids: "t<tensor>" (with "v<version>" after a tracked in-place operation), "a<node>"
    for an AccumulateGrad, "n<node>" for a node alone, "c<node>-<operand>" for a constant, "u<box>-<box>" for a tensor
    named again at a use far off; "f:<tail>-<head>-<operand>" and "g:<tail>-<head>-<slot>". `roots` are the tensors that
    backward passes start from; `shared` the ids of gradient arrows whose contributions are summed up, `spine` those of
    the chain that lies straight.
    """

    scene: int
    detail: str
    direction: str
    boxes: tuple[Box, ...]
    arrows: tuple[Arrow, ...]
    roots: tuple[int, ...]
    names: dict[int, str]
    shared: frozenset[str]
    spine: frozenset[str]

    @cached_property
    def by_id(self) -> dict[str, Box | Arrow]:
        """Every box and arrow by its id."""
        found: dict[str, Box | Arrow] = {box.id: box for box in self.boxes}
        return found | {arrow.id: arrow for arrow in self.arrows}

    @cached_property
    def of_tensor(self) -> dict[int, list[Box]]:
        """The boxes of each tensor, in the order of its versions."""
        found: dict[int, list[Box]] = {}
        for box in self.boxes:
            if box.tensor is not None and box.kind in ("leaf", "op", "untracked"):
                found.setdefault(box.tensor, []).append(box)
        return found

    @cached_property
    def of_node(self) -> dict[int, Box]:
        """The box at which each node is shown: alone, or with the tensor that it made."""
        found: dict[int, Box] = {}
        for box in self.boxes:
            if box.node is not None and (box.node not in found or box.tensor is None):
                found[box.node] = box
        return found


def drawing(trace: Trace, scene: Scene, detail: str = "full", direction: str = "LR") -> Drawing:
    """The boxes and arrows of a scene.

    `detail` is "full" (everything), "simple" (names, values, gradients) or "pytorch" (grad_fn nodes as torchviz draws
    them); `direction` is "LR" or "TB". Raises ValueError for any other word.
    """
    for word, known, what in ((detail, get_args(Detail), "detail"), (direction, get_args(Direction), "direction")):
        if word not in known:
            raise ValueError(f"{what}={word!r}: choose one of {', '.join(known)}")
    made = Builder(trace, scene, detail)
    made.build()
    attempt, arrows = made.faults.attempt, tuple(made.arrows.values())
    return Drawing(
        scene.index,
        detail,
        direction,
        tuple(attempt("the heat maps", lambda: with_maps(made.boxes, trace, scene), made.boxes).values()),
        arrows,
        made.roots,
        {t: made.name(t) for t in scene.tensors},
        attempt("which gradients meet", lambda: shared(arrows), frozenset()),
        attempt("the chain that lies straight", lambda: spine(made.boxes, arrows), frozenset()),
    )
