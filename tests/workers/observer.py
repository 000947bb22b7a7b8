"""Looks at a confined child from outside and lets it tell of itself; prints both as JSON.

Started as `python -m tests.workers.observer WHO [5.8]`: WHO is "root" or "user"; Linux 5.8 could not close a range.
"""

from __future__ import annotations

import errno
import fcntl
import json
import os
import resource
import sys
from pathlib import Path

from vizgrad.workers.confinement import confine, descriptors, kernel

from .children import become_ordinary

call = kernel.call
ROOM = 300 << 20


def open_ones() -> list[int]:
    """The descriptors that are open."""
    found = []
    for descriptor in range(1024):
        try:
            fcntl.fcntl(descriptor, fcntl.F_GETFD)
        except OSError:
            continue
        found.append(descriptor)
    return found


def told() -> dict[str, object]:
    """What the child says."""
    try:
        size: int | None = len(bytearray(ROOM))
    except MemoryError:
        size = None
    kinds = {name: getattr(resource, name) for name in dir(resource) if name.startswith("RLIMIT_")}
    return {
        "open": open_ones(),
        "got": size,
        "limits": {name: resource.getrlimit(kind) for name, kind in kinds.items()},
        "groups": [os.getuid(), os.geteuid(), os.getgid(), os.getegid()],
    }


def without_ranges(number: int, *words: int) -> int:
    """A system call on an old kernel."""
    if number == descriptors.CLOSE_RANGE:
        raise OSError(errno.ENOSYS, "close_range")
    return call(number, *words)


def main(who: str, version: str = "") -> None:
    """Confines a child and looks."""
    if version:
        kernel.call = without_ranges
    if who == "user":
        become_ordinary()
    from_child, to_parent = os.pipe()
    from_parent, to_child = os.pipe()
    mapped = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
    child = os.fork()
    if child == 0:
        try:
            confine({to_parent, from_parent}, mapped + ROOM // 2)
            text = json.dumps(told() | {"kept": sorted({to_parent, from_parent}), "memory": mapped + ROOM // 2})
            os.write(to_parent, text.encode())
            os.read(from_parent, 1)
        finally:
            os._exit(0)
    os.close(to_parent)
    said = json.loads(os.read(from_child, 1 << 16))
    status = dict(line.split(":", 1) for line in Path(f"/proc/{child}/status").read_text().splitlines())
    owner = os.stat(f"/proc/{child}/environ").st_uid
    os.write(to_child, b"x")
    os.waitpid(child, 0)
    seen = {name: value.strip() for name, value in status.items()} | {"owner": owner}
    json.dump({"said": said, "seen": seen, "me": os.getuid()}, sys.stdout)


if __name__ == "__main__":
    main(*sys.argv[1:])
