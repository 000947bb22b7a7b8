"""The two modes that watch PyTorch, and the recorder that enters them."""

from __future__ import annotations

from types import TracebackType
from typing import Any, Self

import torch
from torch.overrides import TorchFunctionMode
from torch.utils._python_dispatch import TorchDispatchMode

from ..recording import Recording
from .calls import STANDS_FOR, WAYS, ordinary
from .custom_function import applied
from .dispatch import Operations
from .foreach import SINGLE, one_by_one
from .reader import next_number
from .summary import lightly, transformed, transforming

is_inference = torch.is_inference_mode_enabled


class _Dispatch(TorchDispatchMode):
    """Sees every operation below autograd, with its values: lets it be measured, and writes it down.

    One mode does both, because each costs more than most operations.
    """

    def __init__(self, owner: Recorder) -> None:
        super().__init__()
        self.owner = owner

    @classmethod
    def _should_skip_dynamo(cls) -> bool:
        return False  # nothing is compiled here, and the guard costs more than the mode

    def __torch_dispatch__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        owner = self.owner
        if owner.is_quiet:  # the recorder itself is reading
            return func(*args, **kwargs) if kwargs else func(*args)
        if is_inference() and func._can_decompose():  # what it is made of comes here by itself under autograd only
            with self:
                return func.decompose(*args, **(kwargs or {}))
        if owner.gauge is not None:
            func = owner.gauge.weigh(func, args, kwargs or {})
        if owner.is_light or owner.is_whole:
            return func(*args, **kwargs) if kwargs else func(*args)
        if owner.passes and not owner.passes[-1].event.create_graph:
            return owner.in_rule(func, args, kwargs or {})
        if func in SINGLE:
            return one_by_one(owner.operation, SINGLE[func], args, kwargs or {})
        return owner.operation(func, args, kwargs or {})


class _Functions(TorchFunctionMode):
    """Sees the calls of the program: what belongs together, and what never reaches the dispatcher."""

    def __init__(self, owner: Recorder) -> None:
        super().__init__()
        self.owner = owner

    def __torch_function__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        owner = self.owner
        func = STANDS_FOR.get(func, func)
        if transforming() is not None:
            return transformed(owner, lambda: func(*args, **(kwargs or {})))
        if owner.is_light:
            if owner.gauge is not None and owner.gauge.is_small(func, args, kwargs):
                return func(*args, **kwargs) if kwargs else func(*args)
            return lightly(owner, func, args, kwargs or {})
        return WAYS.get(func, ordinary)(owner, func, args, kwargs or {})


class Recorder(Operations):
    """Watches PyTorch while it is entered, and leaves the graph as it would have been.

    >>> import torch
    >>> recording = Recording("", "torch")
    >>> with Recorder(recording):
    ...     x = torch.ones(2, requires_grad=True)
    ...     (x * 3).sum().backward()
    >>> [event.kind for event in recording.finish().steps]
    ['create', 'forward', 'forward', 'backward', 'vjp', 'vjp', 'accumulate']
    """

    def __init__(self, recording: Recording) -> None:
        super().__init__(recording)
        self.functions, self.dispatch = _Functions(self), _Dispatch(self)

    def __enter__(self) -> Self:
        self.last_number = next_number()
        self._functions_told = applied(self.apply, self.applied)
        self._functions_told.__enter__()
        self.functions.__enter__()
        self.watch()
        return self

    def __exit__(
        self, type: type[BaseException] | None, value: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.unwatch()
        self.functions.__exit__(type, value, traceback)
        self._functions_told.__exit__(None, None, None)
        if not self.is_light:
            self.settle()
        self.is_quiet = True

    def stop_watching(self) -> None:
        """Takes the costly mode away."""
        self._pending = self._written = None
        self.fresh.clear()
        self.unwatch()

    def watch_again(self) -> None:
        """Brings it back."""
        self.last_number = next_number()
        self.watch()
