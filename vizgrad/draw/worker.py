"""The process that lays graphs out: reads requests from stdin, writes SVG to stdout, until stdin ends.

Run by its path (`python -P worker.py`), so it imports nothing of ours. A message is a 4-byte length and that many
bytes: a request is one of them (DOT text), an answer is two (b"ok" or b"no", the picture or why not).
The first message of all is b"ready".
"""

from __future__ import annotations

import contextlib
import os
import struct
import tempfile
import threading
import time
from io import FileIO, RawIOBase
from typing import IO


def read(stream: RawIOBase) -> bytes | None:
    """The next message, or None where the stream ends."""
    head = _exactly(stream, 4)
    return None if head is None else _exactly(stream, struct.unpack(">I", head)[0])


def write(stream: RawIOBase, *messages: bytes) -> None:
    """Sends messages off."""
    rest = memoryview(b"".join(struct.pack(">I", len(m)) + m for m in messages))
    while rest:
        rest = rest[stream.write(rest) or 0 :]


def _exactly(stream: RawIOBase, length: int) -> bytes | None:
    parts = []
    while length:
        part = stream.read(length)
        if not part:
            return None
        parts.append(part)
        length -= len(part)
    return b"".join(parts)


def picture(dot: bytes, desk: IO[bytes]) -> bytes:
    """One layout by Graphviz, which reads DOT from a file; `desk` is one to write on."""
    import pygraphviz

    desk.seek(0)
    desk.truncate()
    desk.write(dot)
    desk.seek(0)
    graph = pygraphviz.AGraph()
    try:
        graph.read(desk)
        return graph.draw(format="svg", prog="dot") or b""
    finally:
        graph.close()


def follow(parent: int) -> None:
    """Ends this process when its parent is gone, even where another process keeps our stdin open."""
    while os.getppid() == parent:
        time.sleep(5)
    os._exit(0)


def main() -> None:
    """Serves requests. What C code prints goes to a file of its own, never between the messages."""
    requests, answers = FileIO(os.dup(0), "rb"), FileIO(os.dup(1), "wb")
    complaints = tempfile.TemporaryFile()  # noqa: SIM115 (open until the process ends)
    desk = tempfile.TemporaryFile()  # noqa: SIM115 (as well)
    os.dup2(complaints.fileno(), 2)
    os.dup2(complaints.fileno(), 1)
    if os.name == "posix":
        threading.Thread(target=follow, args=(os.getppid(),), daemon=True).start()
    with contextlib.suppress(ImportError):  # told when a picture is asked for
        import pygraphviz  # noqa: F401 (the slow part of the start)
    write(answers, b"ready")
    while (dot := read(requests)) is not None:
        complaints.seek(0)
        complaints.truncate()
        try:
            made = picture(dot, desk)
        except Exception as error:
            complaints.seek(0)
            said = complaints.read(2000).decode(errors="replace").strip()
            write(answers, b"no", f"{type(error).__name__}: {error} {said}".strip().encode())
        else:
            write(answers, b"ok", made)


if __name__ == "__main__":
    main()
