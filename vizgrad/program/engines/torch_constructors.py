"""PyTorch's old constructors, `torch.FloatTensor(...)` and `torch.Tensor(...)`: they too read copies of lists.

They ask the elements for numbers while they read a list, and an element could change that list.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch

from ...recorders.torch.calls import STANDS_FOR
from ..limits.literals import is_sequence, taken
from ..sandbox.numpy_calls import has_own

NAMES = "Float Double Half BFloat16 Long Int Short Char Byte Bool".split()


class Legacy:
    """`torch.FloatTensor` as programs see it.

    >>> Legacy(torch.FloatTensor)([1, 2])
    tensor([1., 2.])
    >>> isinstance(torch.ones(2), Legacy(torch.FloatTensor))
    True
    """

    def __init__(self, kind: Any) -> None:
        self.kind = kind

    def __call__(self, *values: Any, **named: Any) -> torch.Tensor:
        """A new tensor."""
        return self.kind(*map(read, values), **named)

    def __instancecheck__(self, value: Any) -> bool:
        return isinstance(value, self.kind)

    def __repr__(self) -> str:
        return repr(self.kind)


def read(value: Any) -> Any:
    """A copy of a list, and what is none as it is."""
    return taken(value) if is_sequence(value) and not isinstance(value, torch.Size) else value


def unwrapped(name: str) -> Callable[[Any], Callable[..., Any]]:
    """The guard of a method that takes such a type: `x.type(torch.FloatTensor)`."""

    def of(owner: Any) -> Callable[..., Any]:
        own = getattr(owner, name)

        def calling(*values: Any, **named: Any) -> Any:
            return own(*map(bare, values), **{word: bare(value) for word, value in named.items()})

        calling.__name__ = calling.__qualname__ = name
        return calling

    return of


def bare(value: Any) -> Any:
    """PyTorch's own type for ours."""
    return value.kind if isinstance(value, Legacy) else value


def read_copies() -> None:
    """Has `torch.Tensor(...)` itself do so: every program can reach the class, by `type(x)`."""
    plain = torch._C.TensorBase.__new__

    def __new__(cls: Any, *values: Any, **named: Any) -> Any:
        if "data" in named:
            named["data"] = read(named["data"])
        return plain(cls, *map(read, values), **named)

    setattr(torch.Tensor, "__new__", staticmethod(__new__))  # noqa: B010 - mypy takes a plain assignment for a method
    for name in ("__getitem__", "__setitem__"):
        if getattr(torch.Tensor, name) not in STANDS_FOR:
            setattr(torch.Tensor, name, indexed(getattr(torch.Tensor, name)))


def indexed(plain: Callable[..., Any]) -> Callable[..., Any]:
    """`x[index]`, which reads lists in the index once."""

    def calling(tensor: torch.Tensor, index: Any, *value: Any) -> Any:
        return plain(tensor, index if type(index) in AT_ONCE else read_index(index), *value)

    calling.__name__ = calling.__qualname__ = plain.__name__
    STANDS_FOR[calling] = plain
    return calling


AT_ONCE = (int, slice, torch.Tensor, type(None), type(Ellipsis), bool)


def read_index(index: Any) -> Any:
    """The same index, in which objects of a program's classes cannot change a list while it is read."""
    if isinstance(index, tuple):
        return tuple(part if type(part) in AT_ONCE else read_index(part) for part in index)
    if type(index) is list and not has_own(index):
        return index
    return read(index)


def offered() -> dict[str, Legacy]:
    """The old constructors, by their names in `torch`."""
    return {f"{name}Tensor": Legacy(getattr(torch, f"{name}Tensor")) for name in NAMES}
