"""A file as a program: Python text, a notebook, or a recorded run that is shown as it was recorded."""

from __future__ import annotations

import base64
import codecs
import io
import tokenize
from dataclasses import dataclass

from ..draw.scene import Detail
from ..program import notebook
from ..program.limits import Limits
from ..program.source import tidy
from ..trace import Fault, Trace, sound
from .jobs import Job
from .runs import ENGINES, Result

ENDINGS = ("py", "ipynb", "json")

LONGEST = Limits().text
LARGEST = 5_000_000
"""Bytes of a file that is opened; the record of a long run has about a million."""


class OpeningError(ValueError):
    """A file that cannot be opened; the text says why, and what to do."""


@dataclass(frozen=True, slots=True, eq=False)
class Opened:
    """What was in a file: a program, for a recorded run the `recording`, and what the reader should know besides."""

    name: str
    source: str
    recording: Trace | None = None
    notes: tuple[str, ...] = ()


def read_dropped(name: str, content: str | None) -> Opened:
    """As `read`, from what the browser sends of a file that was dropped: base64, or None where it is too large.

    >>> read_dropped("x.py", "eCA9IDE=").source
    'x = 1'
    """
    try:
        if content is None:
            raise OpeningError(f"it has more than {LARGEST:,} bytes")
        sent = base64.b64decode(content, validate=True)
    except ValueError as error:
        raise OpeningError(f"{name} cannot be opened: {error}.") from None
    return read(name, sent)


def read(name: str, content: bytes) -> Opened:
    """Reads a file by what its name ends in; raises OpeningError with a sentence for the reader.

    >>> read("x.py", b"x = 1\\r\\n").source
    'x = 1\\n'
    >>> read("x.png", b"")
    Traceback (most recent call last):
    vizgrad.ui.opening.OpeningError: x.png cannot be opened: it is none of .py, .ipynb, .json.
    """
    ways = {"py": _python, "ipynb": _notebook, "json": _recording}
    try:
        way = ways.get(name.rpartition(".")[2].lower())
        if way is None:
            raise OpeningError("it is none of .py, .ipynb, .json")
        if len(content) > LARGEST:
            raise OpeningError(f"it has {len(content):,} bytes; the limit is {LARGEST:,}")
        if not content.strip(b"\0\r\n\t "):
            raise OpeningError("it is empty")
        opened = way(name, content)
        if len(opened.source) > LONGEST:
            raise OpeningError(f"its program has {len(opened.source):,} characters; the limit is {LONGEST:,}")
    except ValueError as error:
        raise OpeningError(f"{name} cannot be opened: {str(error).rstrip('.')}.") from None
    return opened


def _python(name: str, content: bytes) -> Opened:
    return Opened(name, tidy(_text(content)))


def _text(content: bytes) -> str:
    """Text as Python itself would read it: in UTF-8 or what its first lines name; or in UTF-16 with its mark."""
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        encoding = "utf-16"
    else:
        try:
            encoding, _ = tokenize.detect_encoding(io.BytesIO(content).readline)
        except SyntaxError:
            encoding = "utf-8"
    try:
        text = content.decode(encoding)
    except (UnicodeError, LookupError):
        raise OpeningError("it is not text in UTF-8. Save it as UTF-8, and open it again") from None
    if "\0" in text:
        raise OpeningError("it is not text")
    return text


def _notebook(name: str, content: bytes) -> Opened:
    found = notebook.read(content)
    return Opened(name, found.source, notes=tuple(f"Line {note.line}: {note.text}" for note in found.notes))


def _recording(name: str, content: bytes) -> Opened:
    trace = Trace.from_json(content)
    sound.check(trace)
    if trace.engine not in ENGINES:
        raise OpeningError(f"it was recorded with the unknown engine {trace.engine[:40]!r}")
    return Opened(name, tidy(trace.source), trace)


class Showing(Job):
    """The drawing of a recorded run, in the place of a run."""

    def __init__(self, opened: Opened, scene: int, detail: Detail) -> None:
        assert opened.recording is not None
        self.opened, self.recording = opened, opened.recording
        super().__init__(opened.source, opened.recording.engine, scene, detail)

    def make(self) -> Result:
        """The picture of the record; where it cannot be drawn, an error beside the program says so."""
        from ..player.payload import payload

        scene, detail = self.what[2:4]
        trace = self.recording
        try:
            return Result(trace, payload(trace, scene if -1 <= scene < len(trace.scenes) else -1, detail=detail))
        except Exception:  # it is from outside: whatever is wrong with it must not take the page down
            fault = Fault(
                type="ValueError",
                message=f"the record in {self.opened.name} cannot be drawn",
                hint="Run the program to record it again.",
            )
            bare = Trace(engine=trace.engine, source=self.opened.source, tensors=(), nodes=(), events=(fault,))
            return Result(bare, payload(bare))


def job(before: Job | None, opened: Opened, scene: int, detail: Detail) -> Job:
    """The drawing of a recorded run: the one from before if it is the same, else a new one."""
    if isinstance(before, Showing) and (before.opened, *before.what[2:4]) == (opened, scene, detail):
        return before
    if before is not None:
        before.abandon()
    return Showing(opened, scene, detail)
