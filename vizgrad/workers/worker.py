"""The processes that do the work.

A zygote has loaded what one kind of work needs and does nothing itself; for each request it forks a worker, which gives
up all its rights, answers once, and ends. Where there is no fork, a worker is a process of its own.
Started as `python -m vizgrad.workers.worker zygote MODULE VARIANT FD` or `... worker spawned MODULE VARIANT`.
"""

from __future__ import annotations

import contextlib
import faulthandler
import gc
import importlib
import os
import signal
import socket
import sys
import traceback
from collections.abc import Callable, Collection
from typing import Protocol, cast

import msgspec

from . import clock, memory
from .confinement import let_go, lock, missing, stay_single_threaded
from .protocol import AHEAD, MIB, NUMBER, READY, Note, Read, Reply, Request, Say, decode, encode, frame, receive

LONGEST_BODY = 512 * MIB
SLACK = 192
"""MiB of address space beyond the limit on memory: what is mapped is always more than what is used."""
EXAMPLE = encode(Request("", 1.0, 1, msgspec.Raw(encode(None))))
"""A request for nothing."""
LONGEST_REPORT = 16_000
"""Bytes of a traceback: less than a pipe holds while nobody reads it."""


class Work(Protocol):
    """What a module that does work offers, such as those in `vizgrad.workers.kinds`."""

    def prepare(self, variant: str) -> None:
        """Loads everything that an answer could need: later no file can be opened."""

    def warm_up(self, variant: str) -> None:
        """Does a little work of its own, so that the memory it takes is this process's own when a request comes."""

    def answer(self, variant: str, work: bytes, body: bytes, say: Say) -> tuple[bytes, bytes]:
        """The head (MessagePack) and the body of the answer to one request."""
        ...


def load(module: str, variant: str) -> Work:
    """The kind of work of this name, ready for its first request."""
    kind = cast(Work, importlib.import_module(module))
    kind.prepare(variant)
    missing()  # what it finds out about the system is inherited
    gc.collect()
    gc.freeze()
    return kind


def serve(kind: Work, variant: str, read: Read, write: Callable[[bytes], object], keep: Collection[int]) -> None:
    """Gives up all rights, waits for one request, and answers it; `keep` are the open files that this takes.

    What can be given up before the request comes is: whoever asks need not wait for it.
    """
    let_go(keep)
    decode(EXAMPLE, type=Request)  # so that what reads it is in memory of this process's own
    try:
        head, body = receive(read, LONGEST_BODY)
    except (EOFError, OSError):
        return
    request = decode(head, type=Request)
    clock.end_after(request.seconds)
    mapped = memory.mapped()
    lock(mapped + (request.memory + SLACK) * MIB if mapped else None)

    def say(note: str) -> None:
        write(frame(encode(Note(request.nonce, note))))

    answer, bulk = kind.answer(variant, bytes(request.work), body, say)
    write(frame(encode(Reply(request.nonce, msgspec.Raw(answer))), bulk))


def forked(kind: Work, variant: str, connection: socket.socket, fault_file: int, is_ahead: bool) -> None:
    """The life of a forked worker; one that is made ahead of its request uses the time.

    A page of memory is copied when a forked process first writes on it, and every Python object that is only looked at
    is written on: that takes several times as long as a small program itself.
    """
    if is_ahead:
        kind.warm_up(variant)
    memory.reopen()
    report_to(fault_file)
    keep = {connection.fileno(), fault_file, memory.figures_file() or 0, 0, 1, 2}
    serve(kind, variant, connection.recv, connection.sendall, keep)


def spawned(module: str, variant: str) -> None:
    """The life of a worker where there is no fork: its request comes on the standard input."""
    out = os.fdopen(os.dup(1), "wb")
    silence(1)  # nothing else may write where the answer is read
    kind = load(module, variant)
    report_to(sys.stderr.fileno())
    out.write(READY)
    out.flush()

    def write(data: bytes) -> None:
        out.write(data)
        out.flush()

    keep = {0, 1, 2, out.fileno(), memory.figures_file() or 0}
    serve(kind, variant, sys.stdin.buffer.read, write, keep)


def zygote(module: str, variant: str, control: socket.socket) -> None:
    """Forks a worker for each pair of files that arrives, until the app has gone."""
    stay_single_threaded()  # a fork inherits no thread, and would wait for it for ever
    kind = load(module, variant)
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody waits for the workers
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the app, which then closes the connection
    silence(2)
    control.sendall(READY)
    while True:
        message, fds, _, _ = socket.recv_fds(control, 1, 2)
        if not message:
            return
        pid = os.fork()
        if pid == 0:
            try:
                control.close()
                forked(kind, variant, socket.socket(fileno=fds[0]), fds[1], message == AHEAD)
            except BaseException:
                with contextlib.suppress(OSError):  # the app logs it
                    os.write(fds[1], traceback.format_exc().encode(errors="replace")[-LONGEST_REPORT:])
            finally:
                os._exit(0)
        for fd in fds:
            os.close(fd)
        control.sendall(NUMBER.pack(pid))


def report_to(fault_file: int) -> None:
    """Lets this process say where it was when it crashes, or when its time is over."""
    faulthandler.enable(fault_file)
    clock.report_to(fault_file)


def silence(stream: int) -> None:
    """Lets what is written to a standard stream vanish."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, stream)
    os.close(nowhere)


def main(arguments: list[str]) -> None:
    """What the command line asks for."""
    how, module, variant, *rest = arguments
    if how == "zygote":
        zygote(module, variant, socket.socket(fileno=int(rest[0])))
    else:
        spawned(module, variant)


if __name__ == "__main__":
    main(sys.argv[1:])
