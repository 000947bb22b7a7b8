"""A file as a program: Python text, a notebook, or a recorded run that is shown as it was recorded."""

from __future__ import annotations

import base64
from dataclasses import dataclass

from ...present.opening import ENDINGS, LARGEST, found_in
from ...present.player import played
from ...present.request import NotPresented
from ...workers import turns
from .. import visitor
from ..runs.job import Job
from ..runs.results import Result

__all__ = ["ENDINGS", "LARGEST", "Opened", "OpeningError", "Showing", "job", "read", "read_dropped"]

LONGEST_NAME = 200


class OpeningError(ValueError):
    """A file that cannot be opened; the text says why, and what to do."""


@dataclass(frozen=True, slots=True, eq=False)
class Opened:
    """What was in a file: a program, for a recorded run the `recording`, and what the reader should know besides.

    A recording is the trace's JSON; `engine` made it, and of its `scenes` those in the ranges `whole` can be shown.
    """

    name: str
    source: str
    recording: bytes | None = None
    notes: tuple[str, ...] = ()
    engine: str = ""
    scenes: int = 0
    whole: tuple[tuple[int, int], ...] = ()

    def shows(self, scene: int) -> bool:
        """Whether the recording shows a scene without the program being run; -1 and a number too high are the last.

        >>> opened = Opened("run.json", "", b"{}", scenes=5, whole=((0, 2), (4, 5)))
        >>> [opened.shows(scene) for scene in (-1, 0, 1, 2, 9)]
        [True, True, True, False, True]
        """
        last = self.scenes - 1
        place = last if not 0 <= scene < last else scene
        return self.recording is not None and any(first <= place < stop for first, stop in self.whole)


def read_dropped(name: str, content: str | None) -> Opened:
    """As `read`, from what the browser sends of a file that was dropped: base64, or None where it is too large.

    >>> read_dropped("x.py", "eCA9IDE=").source
    'x = 1'
    """
    try:
        if content is None or len(content) > 4 * (LARGEST // 3 + 1):
            raise OpeningError(f"it has more than {LARGEST:,} bytes")
        sent = base64.b64decode(content, validate=True)
    except ValueError as error:
        raise OpeningError(f"{name[:LONGEST_NAME]} cannot be opened: {error}.") from None
    return read(name, sent)


def read(name: str, content: bytes) -> Opened:
    """Reads a file by what its name ends in; raises OpeningError with a sentence for the reader.

    >>> read("x.py", b"x = 1\\r\\n").source
    'x = 1\\n'
    >>> read("x.png", b"")
    Traceback (most recent call last):
    vizgrad.ui.files.open.OpeningError: x.png cannot be opened: it is none of .py, .ipynb, .json.
    """
    ending = name.rpartition(".")[2].lower()
    name = name[-LONGEST_NAME:]
    try:
        if ending not in ENDINGS:
            raise OpeningError("it is none of .py, .ipynb, .json")
        if len(content) > LARGEST:
            raise OpeningError(f"it has {len(content):,} bytes; the limit is {LARGEST:,}")
        if not content.strip(b"\0\r\n\t "):
            raise OpeningError("it is empty")
        with turns.on_behalf_of(visitor.session()):
            found, record = found_in(ending, content)
    except (OpeningError, NotPresented) as error:
        raise OpeningError(f"{name} cannot be opened: {str(error).rstrip('.')}.") from None
    return Opened(name, found.source, record or None, found.notes, found.engine, found.scenes, found.whole)


class Showing(Job):
    """The drawing of a recorded run, in the place of a run."""

    def __init__(self, opened: Opened, scene: int, detail: str) -> None:
        assert opened.recording is not None
        self.opened, self.recording = opened, opened.recording
        super().__init__(opened.source, opened.engine, scene, detail)

    def known(self) -> Result | None:
        """Nothing: what is remembered are runs."""
        return None

    def make(self) -> Result:
        """The picture of the record; where it cannot be drawn, an error beside the program says so."""
        source, engine, scene, detail, _ = self.what
        shown, payload = played(self.recording, source, engine, scene, detail)
        return Result(self.recording, payload, shown)


def job(before: Job | None, opened: Opened, scene: int, detail: str) -> Job:
    """The drawing of a recorded run: the one from before if it is the same, else a new one."""
    if isinstance(before, Showing) and (before.opened, *before.what[2:4]) == (opened, scene, detail):
        return before
    if before is not None:
        before.abandon()
    return Showing(opened, scene, detail)
