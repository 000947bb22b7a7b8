"""Lays pictures out in worker processes: Graphviz is not thread-safe, holds the GIL, and can abort a whole process."""

from __future__ import annotations

import atexit
import contextlib
import os
import queue
import select
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator, Mapping
from io import RawIOBase
from pathlib import Path
from typing import cast

from . import worker
from .image import LayoutError, image
from .label import Piece, take
from .tidy import tidy

FORMATS = ("svg", "png", "pdf")
WORKERS = 2
TIMEOUT = 5.0
"""Seconds that one layout may take before its worker is ended."""

START = 30.0
"""Seconds that a worker may take to be ready, on a machine that is busy."""


def svg(dot_source: str, timeout: float = TIMEOUT, style: bool = True) -> str:
    """The picture that DOT text describes, as SVG text.

    `style=False` leaves the CSS out, for a page that has `style.css()` already. Safe from any thread. Raises
    LayoutError where Graphviz fails, crashes or needs more than `timeout` seconds.

    >>> svg("digraph { a -> b }").startswith("<svg")
    True
    """
    bare, labels = take(dot_source)
    return labelled(bare, labels, timeout, style)


def labelled(bare: str, labels: Mapping[str, list[Piece]], timeout: float = TIMEOUT, style: bool = True) -> str:
    """As `svg`, from DOT text without labels and the labels beside it."""
    return tidy(_pool.draw(bare, timeout).decode(), labels, style, is_wide="rankdir=LR" in bare)


def render(dot_source: str, format: str = "svg", timeout: float = TIMEOUT, style: bool = True) -> str | bytes:
    """The picture that DOT text describes: SVG as text, "png" and "pdf" as bytes; the rest as in `svg`.

    Raises ValueError for another format.

    >>> render("digraph { a -> b }", "png")[1:4]
    b'PNG'
    """
    if format not in FORMATS:
        raise ValueError(f"format {format!r}: choose one of {', '.join(FORMATS)}")
    return svg(dot_source, timeout, style) if format == "svg" else image(svg(dot_source, timeout, style=False), format)


class _Worker:
    """One worker process and the pipes to it, which are unbuffered: a forked child can close them without a lock."""

    is_late = False

    def __init__(self) -> None:
        try:
            self.process = subprocess.Popen(
                [sys.executable, "-P", str(Path(worker.__file__).resolve())],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                bufsize=0,
            )
        except OSError as error:
            raise LayoutError(f"The process that draws pictures could not be started: {error}") from error
        if self._receive(1, START)[0] != b"ready":
            self.end()
            raise LayoutError("The process that draws pictures did not start; please try again.")

    @property
    def is_alive(self) -> bool:
        return self.process.poll() is None

    def ask(self, dot: bytes, timeout: float) -> bytes:
        """The picture; where there is none, LayoutError says why and the process may be gone."""
        self.is_late = False
        verdict, body = self._receive(2, timeout, dot)
        if verdict is None or body is None:
            self.end()
            raise LayoutError(
                f"The picture was not ready after {timeout:g} seconds: the graph is too large to be drawn whole."
                if self.is_late
                else f"The process that draws pictures ended while it worked (exit code {self.process.returncode});"
                " the next picture gets a new one."
            )
        if verdict != b"ok":
            raise LayoutError(_refusal(body.decode(errors="replace")))
        return body

    def _receive(self, count: int, timeout: float, *messages: bytes) -> list[bytes | None]:
        """Sends messages and waits for so many back; None in their place where the process ended or was too slow."""
        sink, source = cast(RawIOBase, self.process.stdin), cast(RawIOBase, self.process.stdout)
        with self._watched(timeout) as is_answered, contextlib.suppress(OSError, ValueError):
            worker.write(sink, *messages)
            if is_answered():
                return [worker.read(source) for _ in range(count)]
        return [None] * count

    @contextlib.contextmanager
    def _watched(self, timeout: float) -> Iterator[Callable[[], bool]]:
        """Ends the process when its time is up; gives a function that waits for the answer to begin."""
        if hasattr(select, "poll"):  # much less than a thread for each picture
            poll = select.poll()
            poll.register(cast(RawIOBase, self.process.stdout), select.POLLIN)
            yield lambda: bool(poll.poll(timeout * 1000)) or self._stop()
            return
        alarm = threading.Timer(timeout, self._stop)
        alarm.daemon = True
        alarm.start()
        try:
            yield lambda: True
        finally:
            alarm.cancel()

    def _stop(self) -> bool:
        self.is_late = True
        self.process.kill()
        return False

    def end(self) -> None:
        """Ends the process and waits for it."""
        self.process.kill()
        self.let_go()
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.process.wait(2)

    def let_go(self) -> None:
        """Closes our ends of the pipes; a worker whose stdin ends goes by itself."""
        for stream in (self.process.stdin, self.process.stdout):
            with contextlib.suppress(OSError):
                if stream is not None:
                    stream.close()


class _Pool:
    """At most `WORKERS` processes, each started when it is first needed; the one used last is used first."""

    def __init__(self) -> None:
        self.free: queue.LifoQueue[_Worker | None] = queue.LifoQueue()
        self.started: list[_Worker] = []
        for _ in range(WORKERS):
            self.free.put(None)

    def draw(self, dot: str, timeout: float) -> bytes:
        """One picture by a free worker, or by the next that is free."""
        try:
            chosen = self.free.get(timeout=4 * timeout + 1)
        except queue.Empty:
            raise LayoutError("Too many pictures are being drawn at this moment; please try again.") from None
        try:
            chosen = self._living(chosen)
            return chosen.ask(dot.encode("utf-8", "replace"), timeout)
        finally:
            self.free.put(chosen)

    def _living(self, chosen: _Worker | None) -> _Worker:
        if chosen is not None and chosen.is_alive:
            return chosen
        if chosen is not None:
            chosen.end()
            self.started.remove(chosen)
        new = _Worker()
        self.started.append(new)
        return new

    def end(self) -> None:
        """Ends all workers."""
        for one in self.started:
            one.end()

    def forget(self) -> None:
        """In a forked child: the workers are the parent's; our copies of the pipes would keep them alive."""
        for one in self.started:
            one.let_go()
            one.process.returncode = 0


def _refusal(said: str) -> str:
    if said.startswith(("ModuleNotFoundError", "ImportError")):
        return f"Pictures need pygraphviz, which could not be imported ({said}). Install it: pip install pygraphviz"
    return f"Graphviz could not draw this graph: {said}"


def _in_child() -> None:
    global _pool
    _pool.forget()
    _pool = _Pool()


_pool = _Pool()
atexit.register(lambda: _pool.end())
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_in_child)
