"""Pictures in stencils: those that are alike, as the iterations of a loop are, are laid out once."""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Mapping
from typing import Any, NamedTuple

from vizgrad.contained import Faults
from vizgrad.draw.errors import LayoutError
from vizgrad.draw.layout.dot import title
from vizgrad.draw.layout.positions import positions
from vizgrad.draw.model.drawing import Drawing
from vizgrad.draw.model.parts import Arrow, Box

from .stencils import stencilled
from .text_table import Words

UNDRAWN = "This picture cannot be drawn. The fault is vizgrad's, not the program's; what is said of the steps stands."


class Laid(NamedTuple):
    """A picture whose parts are told by their numbers in the drawing, with stencils of its own."""

    frame: str
    parts: list[float]
    stencils: list[str]


class Pictures:
    """Makes pictures, and remembers for one payload how each kind of them was laid out.

    With `undrawn`, a sentence that says why, there are none.
    """

    def __init__(self, faults: Faults, undrawn: str | None = None) -> None:
        self._faults, self._undrawn = faults, undrawn
        self._laid: dict[Hashable, Laid | str] = {}

    def picture(
        self, plan: Drawing, places: Mapping[str, int], words: Words
    ) -> tuple[dict[str, Any] | None, str | None]:
        """The picture in stencils, its parts told by their `places`; or None and why there is none."""
        if not plan.boxes or self._undrawn is not None:
            return None, self._undrawn
        try:
            key = _key(plan)
            laid = self._laid.get(key)
            if laid is None:
                laid = self._laid[key] = _lay(plan)
            if isinstance(laid, str):
                return None, laid
            own = [places.get(id) for id in plan.by_id]
            parts: list[float] = []
            for i in range(0, len(laid.parts), 4):
                number, x, y, stencil = laid.parts[i : i + 4]
                place = own[int(number)]
                if place is not None:
                    parts += place, x, y, words.place(laid.stencils[int(stencil)])
            return {"frame": laid.frame, "parts": parts}, None
        except Exception:
            self._faults.note(f"the picture of scene {plan.scene + 1}")
            return None, UNDRAWN


def _lay(plan: Drawing) -> Laid | str:
    words = Words()
    try:
        told = stencilled(plan, positions(plan), words)
    except LayoutError as error:
        return str(error)
    return Laid(told.frame, told.parts, words.table)


def _key(plan: Drawing) -> Hashable:
    """All that a layout and its stencils depend on, with numbers in the place of names."""
    number = {id: i for i, id in enumerate(plan.by_id)}
    return plan.direction, title(plan), tuple(_part_keys(plan, number))


def _part_keys(plan: Drawing, number: Mapping[str, int]) -> Iterator[Hashable]:
    for id, part in plan.by_id.items():
        common = part.kind, id in plan.spine
        if isinstance(part, Box):
            rows = tuple((row.height, tuple((c.ink, c.width, c.what) for c in row.cells)) for row in part.rows)
            maps = tuple(tuple((code.count("/"), len(code)) for code in codes) for codes in part.maps)
            beside = None if part.beside is None else number.get(part.beside)
            yield *common, part.width, part.height, rows, maps, beside, part.made_by
        else:
            assert isinstance(part, Arrow)
            ends = number[part.tail], number[part.head]
            yield *common, ends, part.room, part.is_tracked, id in plan.shared, part.node is None
