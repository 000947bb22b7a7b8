"""What one run has used so far, and the end when it is too much."""

from __future__ import annotations

import gc
import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, NoReturn

from ...workers import memory
from ..exceptions import EndsProgram, LimitReached, OutOfMemory, OutOfTime, told
from .cost import Cost
from .limits import Limits
from .uncopied import Uncopied

current: ContextVar[Budget | None] = ContextVar("current", default=None)
"""The budget of the run that is going on in this context."""

PIECE = 50
"""How many items of a list one tensor counts for."""
PAUSE = 64
"""Ticks between two looks at the clock and the memory."""


class Budget(Uncopied):
    """Counts what one run uses; a limit that was reached stays reached, whatever the program catches.

    >>> budget = Budget(Limits(items=10))
    >>> budget.items(11)
    Traceback (most recent call last):
    vizgrad.program.exceptions.OutOfMemory: this would make 11 items; the limit is 10 items
    >>> budget.tick()
    Traceback (most recent call last):
    vizgrad.program.exceptions.OutOfMemory: this would make 11 items; the limit is 10 items
    """

    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        self.until = time.process_time() + limits.deadline
        self.at_rest = memory.resident()
        self.spent: EndsProgram | None = None  # what has ended the run
        self.done = 0  # tensor operations
        self.printed = 0
        self.passes = 0  # backward passes that are running, one inside of another
        self._left = PAUSE

    def tick(self) -> None:
        """A loop's body, a function or a comprehension's element begins."""
        self._left -= 1
        if self._left <= 0:
            self.look()

    def operation(self) -> None:
        """A tensor operation begins."""
        self.done += 1
        if self.done > self.limits.operations:
            self.spend(LimitReached(f"the program ran more than {self.limits.describe('operations')} on tensors"))
        self._left -= 4
        if self._left <= 0:
            self.look()

    def look(self) -> None:
        """Looks at the clock and the memory; raises the limit that is reached."""
        if self.spent is not None:
            raise self.spent
        if time.process_time() > self.until:
            self.spend(OutOfTime(f"the program ran for too long: the limit is {self.limits.describe('seconds')}"))
        if self.is_too_large():
            gc.collect()  # which otherwise comes seldom while a program runs
            if self.is_too_large():
                self.spend(out_of_memory(self.limits))
        self._left = PAUSE

    def is_too_large(self) -> bool:
        """Whether the process has grown by more than a program may use."""
        return memory.resident() - self.at_rest > self.limits.memory * memory.MIB

    def spend(self, error: LimitReached) -> NoReturn:
        """Ends the run with this error, or with what has ended it before."""
        self.end(error)
        raise self.spent or error

    def end(self, error: EndsProgram) -> None:
        """Remembers the first thing that ends the run: whatever the program catches, it comes again at once."""
        if self.spent is None:
            self.spent = error
        self._left = 0

    def items(self, n: int, what: str = "items") -> None:
        """`n` items, characters or pieces are about to be made at once."""
        if n > self.limits.items:
            limit = f"{self.limits.items:,} {what}"
            self.spend(OutOfMemory(f"this would make {n:,} {what}; the limit is {limit}"))
        self._left -= n >> 12

    def sized(self, value: Any) -> Any:
        """The same value, its items counted as about to be copied."""
        if type(value) in (list, tuple, str, set, dict, range, bytes):
            self.items(len(value))
        return value

    def bits(self, n: int) -> None:
        """A whole number of `n` bits is about to be made."""
        if n > self.limits.bits:
            limit = self.limits.describe("bits")
            self.spend(OutOfMemory(f"this would make a whole number of {n:,} bits; the limit is {limit}"))

    def elements(self, n: int) -> None:
        """A tensor of `n` elements is about to be made."""
        if n > self.limits.elements:
            limit = self.limits.describe("elements")
            self.spend(OutOfMemory(f"this would make a tensor of {n:,} elements; the limit is {limit}"))

    def pieces(self, n: int) -> None:
        """`n` tensors are made at once."""
        if n * PIECE > self.limits.items:
            limit = self.limits.items // PIECE
            self.spend(OutOfMemory(f"this would make {n:,} tensors at once; the limit is {limit:,}"))

    def work(self, n: int) -> None:
        """One tensor operation is about to take `n` multiplications."""
        if n > self.limits.work:
            limit = self.limits.describe("work")
            self.spend(OutOfTime(f"this one operation would take {n:,} steps; the limit is {limit}"))

    def charge(self, cost: int | Cost) -> None:
        """A tensor operation of this cost, or of so many elements, is about to run."""
        if isinstance(cost, Cost):
            self.work(cost.work)
            self.pieces(cost.pieces)
            cost = cost.elements
        self.elements(cost)

    def write(self, n: int) -> None:
        """`n` characters are about to be printed; after its end a program prints no more."""
        if self.spent is not None:
            raise self.spent
        self.printed += n
        if self.printed > self.limits.printed:
            self.spend(LimitReached(f"the program printed more than {self.limits.describe('printed')}"))


def out_of_memory(limits: Limits) -> OutOfMemory:
    """The error of a program that has grown too large."""
    return OutOfMemory(f"the program needs too much memory: the limit is {limits.describe('memory')}")


@contextmanager
def charged(budget: Budget) -> Iterator[None]:
    """Makes it the budget of the run that is going on."""
    token, telling = current.set(budget), told.set(budget.end)
    try:
        yield
    finally:
        current.reset(token)
        told.reset(telling)
