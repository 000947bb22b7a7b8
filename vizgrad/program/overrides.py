"""What a reader changes about a run without touching the program: elements of tensors that are made, and precision."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec


class WhatIf(msgspec.Struct, frozen=True):
    """Other elements for tensors that the program makes, by their number in the trace, in order of their places.

    A tensor of another size is left as it is: with other numbers a program may take another way. `double` lets Python's
    floats become float64, as for finite differences.

    >>> WhatIf.of({3: (0.5,), 0: (1.0, 2.0)}).elements
    ((0, (1.0, 2.0)), (3, (0.5,)))
    """

    elements: tuple[tuple[int, tuple[float, ...]], ...] = ()
    double: bool = False

    @classmethod
    def of(cls, elements: Mapping[int, tuple[float, ...]], double: bool = False) -> WhatIf:
        """The same for the same elements, in whichever order they were changed."""
        return cls(tuple(sorted(elements.items())), double)


NOTHING = WhatIf()
