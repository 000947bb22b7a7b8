"""What surrounds a computation: is it recorded for backward, and who is watching."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar, Token
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol, TypeVar, overload

if TYPE_CHECKING:
    from .engine import BackwardCall, Step
    from .node import Node
    from .op import Op
    from .tensor import Tensor

F = TypeVar("F", bound=Callable[..., Any])


class Observer(Protocol):
    """Someone who is told what happens, as it happens; set with `observe`.

    While it has a true attribute `is_light`, it is not told of operations: what it would be told costs time.
    """

    def created(self, tensor: Tensor, op: str) -> None:
        """A factory function (`ones`, `tensor`, `zeros_like` …) made a tensor."""

    def computed(self, op: Op, inputs: dict[str, Any], outputs: tuple[Tensor, ...], node: Node | None) -> None:
        """An operation ran; `inputs` by schema name, without those left at their default."""

    def mutated(self, op: Op, tensor: Tensor, inputs: dict[str, Any], node: Node | None) -> None:
        """An in-place operation has written to `tensor`."""

    def mode(self, name: str, entered: bool) -> None:
        """A grad mode ("no_grad", "enable_grad", "inference_mode") was entered or left."""

    def grad_set(self, tensor: Tensor) -> None:
        """`tensor.grad` was assigned, perhaps to None."""

    def backward(self, call: BackwardCall, steps: Iterator[Step]) -> Iterator[Step]:
        """A backward pass begins; yields every step on."""
        ...

    def hook(self, owner: Any, before: Any, after: Any) -> None:
        """A hook ran on a tensor or node and turned `before` into `after`."""


class Mode(NamedTuple):
    """The state that every operation looks at, once."""

    grad: bool = True
    inference: bool = False
    observer: Observer | None = None
    measure: Callable[[Op, Sequence[Any]], None] | None = None  # told what will be computed; may raise to refuse it
    in_rule: bool = False  # a derivative rule is running on tensors: its numbers are PyTorch's C++ scalars


PLAIN = Mode()
_mode: ContextVar[Mode] = ContextVar("mode", default=PLAIN)
current = _mode.get  # every operation calls this: a bound C method, not a Python function
change = _mode.set
restore = _mode.reset


@contextmanager
def observe(observer: Observer | None) -> Iterator[None]:
    """Tell an observer everything that happens inside the block."""
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
