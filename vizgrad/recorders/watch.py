"""Recording ordinary Python: a `with` block in a script, with real PyTorch or our core in it."""

from __future__ import annotations

import linecache
import re
import sys
import warnings
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, ExitStack
from types import FrameType, TracebackType
from typing import Any, Self, TextIO

from ..trace import Span, Trace
from .location import Where
from .recording import Recording

IMPORTS_TORCH = re.compile(r"^\s*(?:import|from)\s+torch\b", re.MULTILINE)


class Watch:
    """Records what happens in a block of a file: operations, names, prints, warnings, and the error that ends it.

    `frame` is the block's. Where the text is known, spans are places in the whole file. Names are found by looking at
    the variables of the block's function, and of the file's functions that it calls, whenever something happens;
    variables from before the block are named once they are used. Nothing is isolated, and an error is raised as usual.
    """

    def __init__(self, frame: FrameType) -> None:
        self._frame: FrameType | None = frame
        filename = frame.f_code.co_filename
        self.source = "".join(linecache.getlines(filename, frame.f_globals))
        self._where = _Watchful(filename, self.source, self._look)
        self._stack = ExitStack()
        self._watched: list[_Watched] = []
        self._is_looking = False

    def __enter__(self) -> Self:
        if IMPORTS_TORCH.search(self.source):
            import torch  # noqa: F401 - too late to watch if it were first imported inside of the block
        assert self._frame is not None
        before = dict(self._frame.f_locals)
        for engine, recorder in _recorders():
            recording = Recording(self.source, engine, self._where)
            entered = recorder(recording)
            self._stack.enter_context(entered)
            self._watched.append(_Watched(recording, entered, before))
        self._stack.enter_context(_Tee(self._printed))
        self._stack.enter_context(_warned(self._warned))
        return self

    def __exit__(
        self, type: type[BaseException] | None, value: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._look(self._frame)
        self._stack.close()
        if type is not None:
            span = self._where.raised_at(traceback)
            for watched in self._watched:
                watched.recording.fault(type.__name__, str(value), span)
        self._frame = None

    def trace(self) -> Trace:
        """The record, once the block has ended: of the engine that was used, PyTorch if it was both."""
        traces = [watched.recording.finish() for watched in self._watched]
        return next((t for t in traces if t.tensors), traces[-1])

    # -- names

    def _look(self, frame: FrameType | None) -> None:
        """Something is about to happen in `frame`: what have the names come to mean?"""
        if self._is_looking or self._frame is None or frame is None:
            return
        self._is_looking = True
        try:
            names = self._frame.f_locals
            if frame is not self._frame and frame.f_code.co_name != "<module>":
                names = {**names, **frame.f_locals}
            for watched in self._watched:
                watched.look(names)
        finally:
            self._is_looking = False

    # -- beside computing

    def _printed(self, text: str) -> None:
        self._look(self._where.frame())
        for watched in self._watched:
            watched.recording.printed(text)

    def _warned(self, category: str, message: str) -> None:
        for watched in self._watched:
            watched.recording.warned(category, message)


class _Watched:
    """One engine's recording, and what its names mean so far."""

    def __init__(self, recording: Recording, recorder: Any, before: Mapping[str, Any]) -> None:
        self.recording, self.recorder = recording, recorder
        self.meant: dict[str, int] = {name: id(value) for name, value in before.items()}
        self.old: dict[str, Any] = {}  # from before the block, and not used in it yet
        self.bound: set[str] = set()
        for name, value in before.items():
            if recorder.is_tensor(value):
                self.old[name] = value
            elif (parts := recorder.parts(value)) is not None:
                parameters, modules = parts
                recording.name_modules(name, modules)
                self.old |= {f"{name}.{path}": parameter for path, parameter in parameters.items()}

    def look(self, names: Mapping[str, Any]) -> None:
        """Tells what is new."""
        for name, value in list(names.items()):
            if self.meant.get(name) != id(value):
                self.meant[name] = id(value)
                self.old.pop(name, None)
                self._mean(name, value)
        for name in [n for n in self.meant if n not in names]:
            del self.meant[name]
            self._mean(name, None)
        for name, value in list(self.old.items()):
            if self.recorder.known(value) is not None:
                del self.old[name]
                self._mean(name, value)

    def _mean(self, name: str, value: Any) -> None:
        recording = self.recording
        if self.recorder.is_tensor(value) or self.recorder.parts(value) is not None:
            recording.bind(name, value)
            self.bound.add(name)
        elif name in self.bound:
            self.bound.discard(name)
            inner = name + "."
            for known in [n for n in recording.names if n == name or n.startswith(inner)]:
                recording.unbind(known)


class _Watchful(Where):
    """Looks at the program's variables whenever it is asked where the program is."""

    def __init__(self, filename: str, source: str, look: Callable[[FrameType | None], None]) -> None:
        super().__init__(filename, source)
        self._look = look

    def __call__(self) -> Span | None:
        """The running expression; names are brought up to date on the way."""
        self._look(self.frame())
        return super().__call__()


class _Tee(AbstractContextManager["_Tee"]):
    """Stands in for sys.stdout: passes everything on, and tells line by line."""

    def __init__(self, tell: Callable[[str], None]) -> None:
        self._tell, self._line = tell, ""

    def __enter__(self) -> Self:
        self._real: TextIO = sys.stdout
        sys.stdout = self
        return self

    def __exit__(self, *fault: object) -> None:
        if sys.stdout is self:
            sys.stdout = self._real
        if self._line:
            self._tell(self._line)

    def write(self, text: str) -> int:
        """As a file's."""
        written = self._real.write(text)
        *lines, self._line = (self._line + text).split("\n")
        if lines:
            self._tell("\n".join(lines) + "\n")
        return written

    def __getattr__(self, name: str) -> Any:
        return getattr(self._real, name)


class _warned(AbstractContextManager[None]):
    """Hears of warnings, and lets them be shown as usual."""

    def __init__(self, tell: Callable[[str, str], None]) -> None:
        self._tell = tell

    def __enter__(self) -> None:
        self._real = warnings.showwarning
        warnings.showwarning = self._show

    def __exit__(self, *fault: object) -> None:
        if warnings.showwarning == self._show:
            warnings.showwarning = self._real

    def _show(self, message: Warning | str, category: type[Warning], *more: Any, **named: Any) -> None:
        self._tell(category.__name__, str(message))
        self._real(message, category, *more, **named)


def _recorders() -> Iterator[tuple[str, Callable[[Recording], Any]]]:
    """The engines that can be at work: PyTorch if somebody has imported it, our core always."""
    if "torch" in sys.modules:
        from .torch import Recorder as OfTorch

        yield "torch", OfTorch
    from .numpy import Recorder as OfOurs

    yield "numpy", OfOurs
