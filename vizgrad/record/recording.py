"""A run being written down: identities and events, engine-neutral."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ..trace import (
    Bind,
    Event,
    Fault,
    NodeRecord,
    Print,
    Span,
    TensorRecord,
    Trace,
    Warned,
)
from .where import Where


def _nothing(obj: Any) -> int | None:
    return None


class Recording:
    """Collects what happens in one run, in order; `finish()` gives the Trace.

    `where` tells the running expression. A recorder of an engine sets `identify` (the id of an object that is a
    tensor, made on first sight; None for anything else), `parts` (the tensors inside a module, by their path),
    `settle` (called before anything else is written, for an operation whose result is not known yet) and `close`.

    >>> recording = Recording("print('hello')", "numpy")
    >>> recording.printed("hello\\n")
    >>> recording.finish().stdout
    'hello\\n'
    """

    def __init__(self, source: str, engine: str, where: Where | None = None) -> None:
        self.source, self.engine = source, engine
        self.where = where or Where("<nowhere>")
        self.locate = self.where
        self.tensors: list[TensorRecord] = []
        self.nodes: list[NodeRecord] = []
        self.events: list[Event] = []
        self.names: dict[str, int] = {}
        self.identify: Callable[[Any], int | None] = _nothing
        self.parts: Callable[[Any], dict[str, Any] | None] = _nothing  # type: ignore[assignment]
        self.settle: Callable[[], None] = lambda: None
        self.close: Callable[[], None] = lambda: None

    # -- what the program does beside computing

    def bind(self, name: str, obj: Any) -> None:
        """The program's variable `name` now means `obj`; a module's parameters are named too ("net.0.weight")."""
        tensor = self.identify(obj)
        if tensor is None:
            parts = self.parts(obj)
            if parts:
                for path, part in parts.items():
                    self.bind(f"{name}.{path}", part)
                return
        self._mean(name, tensor)

    def unbind(self, name: str) -> None:
        """The program's variable `name` means nothing any more."""
        self._mean(name, None)

    def _mean(self, name: str, tensor: int | None) -> None:
        if self.names.get(name) == tensor:
            return
        self.settle()
        if tensor is None:
            del self.names[name]
        else:
            self.names[name] = tensor
        self.events.append(Bind(name=name, tensor=tensor))

    def printed(self, text: str) -> None:
        """The program printed `text`."""
        if text:
            self.settle()
            self.events.append(Print(text=text, span=self.locate()))

    def warned(self, category: str, message: str) -> None:
        """PyTorch warned the program."""
        self.settle()
        self.events.append(Warned(category=category, message=message, span=self.locate()))

    def fault(self, type: str, message: str, span: Span | None = None, hint: str | None = None) -> None:
        """The program ended with an error."""
        self.settle()
        self.events.append(Fault(type=type, message=message, span=span, hint=hint))

    def finish(self) -> Trace:
        """The whole record."""
        self.settle()
        self.close()
        return Trace(
            engine=self.engine,
            source=self.source,
            tensors=tuple(self.tensors),
            nodes=tuple(self.nodes),
            events=tuple(self.events),
        )
