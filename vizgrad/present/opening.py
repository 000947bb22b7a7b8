"""Files that are opened: a program, a notebook, or a recorded run, whatever is in them."""

from __future__ import annotations

import codecs
import io
import tokenize

import msgspec

from ..program.limits.limits import Limits
from ..trace import Trace
from . import rehearsal
from .request import STUDY, NotPresented, Request, ask

ENDINGS = ("py", "ipynb", "json")
LARGEST = 5_000_000
"""Bytes of a file that is opened; the record of a long run has about a million."""
MOST_NOTES, LONGEST_NOTE = 100, 300
MOST_RANGES = 1_000


class Found(msgspec.Struct, frozen=True):
    """What was in a file: a program, and what the reader should know besides.

    Of a recorded run, `engine` is the one that it was recorded with ("": the file holds none), `scenes` how many it has
    and `whole` which of them are recorded whole: ranges, the first of each and the first that is not.
    """

    source: str
    notes: tuple[str, ...] = ()
    engine: str = ""
    scenes: int = 0
    whole: tuple[tuple[int, int], ...] = ()


class OpenFile(Request, frozen=True, tag="open"):
    """The content of a file whose name ends so; a recorded run comes back as the answer's bytes."""

    variant = STUDY

    ending: str

    def answer(self, body: bytes) -> tuple[Found, bytes]:
        """What was in it."""
        ways = {"py": python, "ipynb": notebook, "json": recording}
        try:
            found, kept = ways[self.ending](body)
        except ValueError as error:
            raise NotPresented(str(error)) from None
        if len(found.source) > Limits().text:
            raise NotPresented(f"its program has {len(found.source):,} characters; the limit is {Limits().text:,}")
        return found, kept


def found_in(ending: str, content: bytes) -> tuple[Found, bytes]:
    """What was in a file, and the record of a recorded run; raises NotPresented, which says what is wrong with it."""
    return ask(OpenFile(ending), Found, content, most=8 * LARGEST)


def python(content: bytes) -> tuple[Found, bytes]:
    """A program's text."""
    from ..program.source import tidy

    return Found(tidy(text_of(content))), b""


def text_of(content: bytes) -> str:
    """Text as Python itself would read it: in UTF-8 or what its first lines name; or in UTF-16 with its mark."""
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        encoding = "utf-16"
    else:
        try:
            encoding, _ = tokenize.detect_encoding(io.BytesIO(content).readline)
        except (SyntaxError, OSError):  # unknown, or not loaded
            encoding = "utf-8"
    try:
        text = content.decode(encoding)
    except (UnicodeError, LookupError, OSError):
        raise ValueError("it is not text in UTF-8. Save it as UTF-8, and open it again") from None
    if "\0" in text:
        raise ValueError("it is not text")
    return text


def notebook(content: bytes) -> tuple[Found, bytes]:
    """A notebook as a program, and what was left out of it."""
    from ..program.notebook import ipynb as notebook

    found = notebook.read(content)
    notes = [f"Line {note.line}: {note.text}"[:LONGEST_NOTE] for note in found.notes[:MOST_NOTES]]
    if len(found.notes) > MOST_NOTES:
        notes.append(f"… and {len(found.notes) - MOST_NOTES:,} more")
    return Found(found.source, tuple(notes)), b""


def recording(content: bytes) -> tuple[Found, bytes]:
    """A recorded run: what is wrong with it is found before it is shown."""
    from ..program.engines.registry import NAMES
    from ..program.source import tidy
    from ..trace import validation

    trace = Trace.from_json(content)
    validation.check(trace)
    if trace.engine not in NAMES:
        raise ValueError(f"it was recorded with the unknown engine {trace.engine[:40]!r}")
    trace = msgspec.structs.replace(trace, source=tidy(trace.source))
    found = Found(trace.source, (), trace.engine, len(trace.scenes), ranges_of(trace))
    return found, trace.to_json().encode()


def ranges_of(trace: Trace) -> tuple[tuple[int, int], ...]:
    """Which scenes are recorded whole; what lies behind very many gaps counts as if it were not."""
    ranges: list[tuple[int, int]] = []
    for number, scene in enumerate(trace.scenes):
        if not (scene.is_whole or scene.steps):
            continue
        if ranges and ranges[-1][1] == number:
            ranges[-1] = ranges[-1][0], number + 1
        elif len(ranges) < MOST_RANGES:
            ranges.append((number, number + 1))
    return tuple(ranges)


def prepare() -> None:
    """Loads the encodings that a program may name."""
    for name in ("utf-16", "utf-32", "latin-1", "iso8859-15", "cp1252", "cp1251", "cp437", "koi8-r", "gbk", "shift_jis",
                 "euc_jp", "euc_kr", "big5", "gb18030", "mac_roman"):  # fmt: skip
        codecs.lookup(name)


def rehearsals(trace: bytes) -> tuple[tuple[Request, bytes], ...]:
    """A file of each kind."""
    from ..program.notebook import ipynb as notebook

    program = notebook.write(rehearsal.PROGRAM).encode()
    return (OpenFile("py"), b"x = 1\n"), (OpenFile("ipynb"), program), (OpenFile("json"), trace)
