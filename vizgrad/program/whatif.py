"""What a reader changes about a run without touching the program: elements of tensors that are made, and precision."""

from __future__ import annotations

import msgspec


class WhatIf(msgspec.Struct, frozen=True):
    """Other elements for tensors that the program makes, by their number in the trace, in order of their places.

    A tensor of another size is left as it is: with other numbers a program may take another way. `double` lets Python's
    floats become float64, as for finite differences.

    >>> WhatIf().is_nothing, WhatIf(((0, (1.0, 2.0)),)).is_nothing
    (True, False)
    """

    elements: tuple[tuple[int, tuple[float, ...]], ...] = ()
    double: bool = False

    @property
    def is_nothing(self) -> bool:
        """Whether the run is the program's own."""
        return not self.elements and not self.double


NOTHING = WhatIf()
