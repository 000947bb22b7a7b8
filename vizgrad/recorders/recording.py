"""A run being written down: identities and events, engine-neutral."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any
from weakref import ref

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
from .location import Where
from .plan import EVERYTHING, Plan


def _nothing(obj: Any) -> None:
    return None


class Recording:
    """Collects what happens in one run, in order; `finish()` gives the Trace.

    `where` tells the running expression. A recorder of an engine sets `identify` (the id of an object that is a
    tensor, made on first sight; None for anything else), `parts` (parameters and modules inside a module, by path),
    `running` (the modules whose forward runs, innermost first), `settle` (called before anything else is written, for
    an operation whose result is not known yet) and `close`.

    >>> recording = Recording("print('hello')", "numpy")
    >>> recording.printed("hello\\n")
    >>> recording.finish().stdout
    'hello\\n'
    """

    def __init__(self, source: str, engine: str, where: Where | None = None, plan: Plan = EVERYTHING) -> None:
        self.source, self.engine, self.plan = source, engine, plan
        self.instead: Mapping[int, Sequence[float]] = {}  # other elements for tensors that are made, by their number
        self.told: Callable[[Event], None] | None = None  # where the run is written down lightly
        self.meant: dict[str, Any] = {}  # what names have come to mean meanwhile
        self.where = where or Where("<nowhere>")
        self.locate = self.where
        self.tensors: list[TensorRecord] = []
        self.nodes: list[NodeRecord] = []
        self.events: list[Event] = []
        self.names: dict[str, int] = {}
        self.identify: Callable[[Any], int | None] = _nothing
        self.parts: Callable[[Any], tuple[dict[str, Any], dict[str, Any]] | None] = _nothing
        self.running: Callable[[], Any] = lambda: None
        self._modules: dict[int, tuple[Callable[[], Any], str]] = {}
        self.settle: Callable[[], None] = lambda: None
        self.close: Callable[[], None] = lambda: None

    def module(self) -> str | None:
        """The path of the innermost named module whose forward is running ("net.0")."""
        running = self.running() if self._modules else None
        for module in running or ():
            found = self._modules.get(id(module))
            if found is not None and found[0]() is module:
                return found[1]
        return None

    # -- what the program does beside computing

    def bind(self, name: str, obj: Any) -> None:
        """The program's variable `name` now means `obj`; a module's parameters are named too ("net.0.weight")."""
        if self.told is not None:
            self.meant[name] = obj
            return
        tensor = self.identify(obj)
        if tensor is None:
            if self._is_named(obj):
                return
            parts = self.parts(obj)
            if parts is not None:
                self._mean(name, None)
                parameters, modules = parts
                self.name_modules(name, modules)
                for path, parameter in parameters.items():
                    self.bind(f"{name}.{path}", parameter)
                return
        self._mean(name, tensor)

    def name_modules(self, name: str, modules: Mapping[str, Any]) -> None:
        """Modules, by path inside of the one that `name` means."""
        self._modules |= {id(m): (ref(m), f"{name}.{path}" if path else name) for path, m in modules.items()}

    def _is_named(self, obj: Any) -> bool:
        """Whether an object is a module whose parameters go by its name: `self`, in its methods, adds none."""
        found = self._modules.get(id(obj))
        if found is None or found[0]() is not obj:
            return False
        inner = found[1] + "."
        return any(name.startswith(inner) for name in self.names)

    def unbind(self, name: str) -> None:
        """The program's variable `name` means nothing any more."""
        if self.told is not None:
            self.meant[name] = None
            return
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

    def printed(self, text: str, is_result: bool = False) -> None:
        """The program printed `text`; `is_result` says that it is a cell's value, as a notebook shows it."""
        if text:
            span = self.locate()
            self._tell(Print(text=text, span=span, is_result=is_result, top_line=self._top_line(span)))

    def warned(self, category: str, message: str) -> None:
        """PyTorch warned the program."""
        span = self.locate()
        self._tell(Warned(category=category, message=message, span=span, top_line=self._top_line(span)))

    def fault(
        self, type: str, message: str, span: Span | None = None, hint: str | None = None, top_line: int | None = None
    ) -> None:
        """The program ended with an error; `top_line` is the line of its top level that was being run."""
        elsewhere = top_line if span is None or span.line != top_line else None
        self._tell(Fault(type=type, message=message, span=span, hint=hint, top_line=elsewhere))

    def _top_line(self, span: Span | None) -> int | None:
        """The line of the program's top level that is being run, if it is not the span's."""
        line = self.where.top_line()
        return None if span is not None and span.line == line else line

    def _tell(self, event: Event) -> None:
        if self.told is not None:
            self.told(event)
            return
        self.settle()
        self.events.append(event)

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
