"""Which tensors the program's names mean, told to the record as it changes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from ...recorders.recording import Recording
from ..limits.uncopied import Uncopied


class Meanings(Uncopied):
    """The guards behind every assignment.

    A function's own names mean something only while it runs: at its end the record is told what they meant before,
    to the caller or to the module. Names of generators are left out, since their calls interleave with others.
    """

    def __init__(
        self, tensor: type, module: type, recording: Recording, names: Mapping[str, Any], tick: Callable[[], None]
    ) -> None:
        self.shown_kinds = (tensor, module)  # the tensors inside a module are named with it
        self.recording, self.names, self.tick = recording, names, tick
        self.shown: set[str] = set()  # names that mean something in the record
        self.frames: list[dict[str, Any]] = []

    def bind(self, name: str, value: Any) -> None:
        """A name of the module now means `value`."""
        if isinstance(value, self.shown_kinds):
            self.shown.add(name)
            self.recording.bind(name, value)
        elif name in self.shown:
            self.unbind(name)

    def unbind(self, name: str) -> None:
        """A name means no tensor any more."""
        if name in self.shown:
            self.shown.discard(name)
            inner = name + "."
            for known in [n for n in self.recording.names if n == name or n.startswith(inner)]:
                self.recording.unbind(known)

    def bound(self, name: str, value: Any) -> Any:
        """`(name := value)` in the module."""
        self.bind(name, value)
        return value

    def enter(self) -> None:
        """A function begins that gives names to things."""
        self.tick()
        self.frames.append({})

    def bind_local(self, name: str, value: Any) -> None:
        """A name of the innermost function now means `value`."""
        if isinstance(value, self.shown_kinds):
            self.frames[-1][name] = value
            self.shown.add(name)
            self.recording.bind(name, value)
        elif name in self.shown:
            self.frames[-1][name] = None
            self.unbind(name)

    def unbind_local(self, name: str) -> None:
        """`del name` in a function."""
        self.bind_local(name, None)

    def bound_local(self, name: str, value: Any) -> Any:
        """`(name := value)` in a function."""
        self.bind_local(name, value)
        return value

    def leave(self) -> None:
        """The innermost function ends."""
        for name in self.frames.pop():
            self.bind(name, self.meaning(name))

    def meaning(self, name: str) -> Any:
        """What a name means in the innermost function that has it, else in the module."""
        for frame in reversed(self.frames):
            if name in frame:
                return frame[name]
        return self.names.get(name)
