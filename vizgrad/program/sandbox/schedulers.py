"""What a scheduler knows, as a program may have it: a copy of its numbers, and nothing of anybody's `__dict__`."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from types import FunctionType, MethodType
from typing import Any

from ..exceptions import NotOffered

NUMBERS = (int, float, str, bool, type(None))


def state_of(tensor: type, scheduler: Any) -> dict[str, Any]:
    """The state of a scheduler without its optimizer; None stands for its functions.

    Raises NotOffered if it calls an object of the program's that is no function: PyTorch would give what is in it.
    """
    kind = type(scheduler).__mro__[-2]

    def plain(value: Any) -> Any:
        if type(value) in NUMBERS or isinstance(value, tensor):
            return value
        if type(value) in (list, tuple):
            return type(value)(map(plain, value))
        if type(value) in (dict, Counter):
            return type(value)({key: plain(each) for key, each in value.items()})
        if isinstance(value, kind):
            return state_of(tensor, value)
        if type(value) in (FunctionType, MethodType):
            return None
        raise NotOffered(
            "vizgrad runs a safe part of PyTorch; the state_dict of a scheduler that calls an object is not in it: "
            "give it a function"
        )

    state = {name: plain(value) for name, value in vars(scheduler).items() if name not in LEFT_OUT}
    for name in LAST:
        if name in state:
            state[name] = state.pop(name)
    return state


def state_dict(tensor: type) -> Callable[[Any], Callable[[], dict[str, Any]]]:
    """The guard of `scheduler.state_dict`."""
    return lambda scheduler: lambda: state_of(tensor, getattr(scheduler, "__self__", scheduler))


LEFT_OUT = frozenset({"optimizer", "_scale_fn_ref"})
LAST = ("lr_lambdas", "_schedulers", "_scale_fn_custom")
"""What PyTorch puts behind everything else."""
