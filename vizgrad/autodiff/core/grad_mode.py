"""What surrounds a computation: is it recorded for backward, and who is watching."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar, Token
from typing import Any, NamedTuple, TypeVar, overload

F = TypeVar("F", bound=Callable[..., Any])


class Mode(NamedTuple):
    """The state that every operation looks at, once."""

    grad: bool = True
    inference: bool = False
    observer: Any = None  # an Observer: what it is told of is built upon this
    measure: Callable[[Any, Sequence[Any]], None] | None = None  # told what will be computed; may raise to refuse it
    in_rule: bool = False  # a derivative rule is running on tensors: its numbers are PyTorch's C++ scalars


PLAIN = Mode()
_mode: ContextVar[Mode] = ContextVar("mode", default=PLAIN)
current = _mode.get  # every operation calls this: a bound C method, not a Python function
change = _mode.set
restore = _mode.reset


@contextmanager
def observe(observer: Any) -> Iterator[None]:
    """Tell an `Observer` everything that happens inside the block."""
    token = change(current()._replace(observer=observer))
    try:
        yield
    finally:
        restore(token)


def is_grad_enabled() -> bool:
    """Say whether operations are recorded.

    >>> is_grad_enabled()
    True
    """
    return current().grad


def is_inference_mode_enabled() -> bool:
    """Say whether an `inference_mode` block is being run."""
    return current().inference


class _GradMode:
    """A context manager that is also a decorator; `no_grad` and its kin."""

    name = ""
    grad = True
    inference = False

    def __init__(self) -> None:
        self._tokens: list[Token[Mode]] = []

    def __enter__(self) -> None:
        now = current()
        self._tokens.append(change(now._replace(grad=self.grad, inference=self.inference or now.inference)))
        if now.observer is not None:
            now.observer.mode(self.name, True)

    def __exit__(self, *fault: object) -> None:
        observer = current().observer
        restore(self._tokens.pop())
        if observer is not None:
            observer.mode(self.name, False)

    def __call__(self, function: F) -> F:
        @functools.wraps(function)
        def wrapper(*args: Any, **kwargs: Any) -> Any:
            with type(self)() if type(self) is not set_grad_enabled else set_grad_enabled(self.grad, _lasting=False):
                return function(*args, **kwargs)

        return wrapper  # type: ignore[return-value]


class _Bare(_GradMode):
    """A mode that may decorate without parentheses: `@no_grad`."""

    @overload
    def __new__(cls, function: None = None) -> _Bare: ...
    @overload
    def __new__(cls, function: F) -> F: ...  # type: ignore[misc]
    def __new__(cls, function: Callable[..., Any] | None = None) -> Any:
        if function is None:
            return super().__new__(cls)
        mode = super().__new__(cls)
        mode.__init__()  # type: ignore[misc]
        return mode(function)


class no_grad(_Bare):
    """Record nothing inside the block, or the decorated function."""

    name = "no_grad"
    grad = False


class enable_grad(_Bare):
    """Record again, inside a `no_grad` block."""

    name = "enable_grad"


class inference_mode(_GradMode):
    """Record nothing, and mark the tensors made as never to be recorded."""

    name = "inference_mode"
    grad = False
    inference = True

    def __new__(cls, mode: Any = True) -> Any:
        """Make the mode, or decorate a function with it."""
        made = super().__new__(cls)
        if callable(mode):
            made._tokens = []
            return made(mode)
        return made

    def __init__(self, mode: bool = True) -> None:
        super().__init__()
        if not mode:
            self.grad, self.inference = current().grad, False


class set_grad_enabled(_GradMode):
    """Switch recording on or off: at once, and back at the end of the block if used with `with`."""

    def __init__(self, mode: bool, *, _lasting: bool = True) -> None:
        super().__init__()
        self.grad = bool(mode)
        self.name = "enable_grad" if self.grad else "no_grad"
        self._before = current()
        if _lasting:
            change(self._before._replace(grad=self.grad))

    def __enter__(self) -> None:
        change(current()._replace(grad=self._before.grad))
        super().__enter__()

    def __call__(self, function: F) -> F:
        """Run a function in the mode whenever it is called."""
        change(current()._replace(grad=self._before.grad))
        return super().__call__(function)


@contextmanager
def recording(enabled: bool) -> Iterator[None]:
    """Switch the recording of operations on or off inside the block, without telling an observer of a mode."""
    token = change(current()._replace(grad=enabled))
    try:
        yield
    finally:
        restore(token)
