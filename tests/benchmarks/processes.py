"""The processes of a server that was started in a session of its own: what they are, and what they hold."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

MIB = 1 << 20
PAGE = os.sysconf("SC_PAGE_SIZE")
PROC = Path("/proc")


@dataclass(frozen=True)
class Seen:
    """A process as it was when it was looked at; `ticks` is the time of the processor that it has used."""

    pid: int
    parent: int
    state: str
    threads: int
    ticks: int
    command: str


def family(session: int) -> list[Seen]:
    """The processes of a session, those that have lost their parent included."""
    return [seen for path in PROC.glob("[0-9]*") if (seen := _seen(path, session)) is not None]


def _seen(path: Path, session: int) -> Seen | None:
    try:
        fields = (path / "stat").read_text().rpartition(")")[2].split()
        if int(fields[3]) != session or fields[0] in "ZX":
            return None
        words = (path / "cmdline").read_bytes().decode(errors="replace").split("\0")
    except (OSError, IndexError):
        return None
    at = words.index("-m") + 1 if "-m" in words else 1
    command = " ".join(word.rpartition("/")[2] for word in words[at:] if word)
    return Seen(int(path.name), int(fields[1]), fields[0], int(fields[17]), int(fields[11]) + int(fields[12]), command)


def share(pid: int) -> float:
    """MiB of memory that are a process's: its part of what it shares, too, where that may be read; else its own."""
    try:
        for line in (PROC / str(pid) / "smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                return int(line.split()[1]) / 1024
    except OSError:
        pass
    try:
        _, resident, shared = map(int, (PROC / str(pid) / "statm").read_text().split()[:3])
    except OSError:
        return 0.0
    return (resident - shared) * PAGE / MIB


def resident(pid: int) -> float:
    """MiB of a process that are in memory, shared ones included."""
    return int((PROC / str(pid) / "statm").read_text().split()[1]) * PAGE / MIB


def descriptors(pid: int) -> int:
    """How many descriptors a process holds open."""
    return len(os.listdir(PROC / str(pid) / "fd"))


@dataclass(frozen=True)
class Holdings:
    """What a server holds: MiB of its own process and of the others, and counts."""

    server: float
    others: float
    processes: int
    threads: int
    descriptors: int

    @classmethod
    def of(cls, pid: int) -> Holdings:
        """What the server with this number holds now."""
        seen = family(pid)
        return cls(
            server=resident(pid),
            others=sum(share(one.pid) for one in seen if one.pid != pid),
            processes=len(seen),
            threads=sum(one.threads for one in seen if one.pid == pid),
            descriptors=descriptors(pid),
        )

    @property
    def memory(self) -> float:
        """MiB of all."""
        return self.server + self.others


def total(session: int) -> float:
    """MiB of all processes of a session, each part that they share counted once."""
    return sum(share(one.pid) for one in family(session))


def workers(server: int) -> Iterator[tuple[str, Seen]]:
    """The server's other processes, each with what it was started as, and whether it was forked off one of those."""
    for one in family(server):
        if one.pid != server:
            name = one.command.removeprefix("vizgrad.").rstrip("0123456789 ")
            yield (name if one.parent == server else f"{name}, a fork of it"), one
