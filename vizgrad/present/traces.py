"""Reading the trace that comes with a request: it may be from anybody."""

from __future__ import annotations

from ..program.source import tidy
from ..trace import Scene, Trace
from .request import NotPresented


def read(body: bytes, source: str | None = None, engine: str | None = None) -> Trace:
    """The trace that a request's body holds; it must be of this program and this engine, where they are named.

    Raises NotPresented for what is no trace, or another program's.
    """
    try:
        trace = Trace.from_json(body)
    except ValueError:
        raise NotPresented("The record of this run cannot be read.") from None
    if (source is not None and trace.source != tidy(source)) or (engine is not None and trace.engine != engine):
        raise NotPresented("This is the record of another program.")
    return trace


def scene_of(trace: Trace, scene: int) -> Scene:
    """A scene by its index; raises NotPresented where there is none."""
    if not -len(trace.scenes) <= scene < len(trace.scenes):
        raise NotPresented("This run has no such scene.")
    return trace.scenes[scene]
