"""A process that may ask for memory and use what is open, and nothing else: no file, no thread, no process (x86-64)."""

from __future__ import annotations

import ctypes
import errno
import os
import resource
import struct
import sys
import warnings

from vizgrad.draw import LayoutError, render
from vizgrad.draw.layout import graphviz_wasm
from vizgrad.draw.render.picture import prepare

from .traces import named, seed

READ, EQUAL, RETURN = 0x20, 0x15, 0x06
ALLOW, ERROR, KILL = 0x7FFF0000, 0x00050000, 0x80000000
X86_64 = 0xC000003E
ALLOWED = {
    "read": 0, "write": 1, "close": 3, "fstat": 5, "lseek": 8, "mmap": 9, "mprotect": 10, "munmap": 11, "brk": 12,
    "rt_sigaction": 13, "rt_sigprocmask": 14, "rt_sigreturn": 15, "sched_yield": 24, "mremap": 25, "madvise": 28,
    "getpid": 39, "exit": 60, "sigaltstack": 131, "gettid": 186, "futex": 202, "sched_getaffinity": 204,
    "clock_gettime": 228, "exit_group": 231, "getrandom": 318,
}  # fmt: skip
UNKNOWN = {"clone": 56, "clone3": 435}
"""Answered as by a kernel that has no threads."""


def lock(memory: int) -> None:
    """Locks this process for good; it may grow by so many bytes."""
    with open("/proc/self/statm") as file:
        own = int(file.read().split()[0]) * resource.getpagesize()
    resource.setrlimit(resource.RLIMIT_AS, (own + memory, own + memory))

    def word(code: int, value: int, yes: int = 0, no: int = 0) -> bytes:
        return struct.pack("HBBI", code, yes, no, value)

    program = [word(READ, 4), word(EQUAL, X86_64, 1), word(RETURN, KILL), word(READ, 0)]
    for number in ALLOWED.values():
        program += [word(EQUAL, number, 0, 1), word(RETURN, ALLOW)]
    for number in UNKNOWN.values():
        program += [word(EQUAL, number, 0, 1), word(RETURN, ERROR | errno.ENOSYS)]
    code = ctypes.create_string_buffer(b"".join([*program, word(RETURN, ERROR | errno.EPERM)]))
    filter = ctypes.create_string_buffer(struct.pack("HP", len(program) + 1, ctypes.addressof(code)))
    libc = ctypes.CDLL(None, use_errno=True)
    libc.prctl.argtypes = [ctypes.c_int] + [ctypes.c_ulong] * 4
    for request in ((38, 1, 0), (22, 2, ctypes.addressof(filter))):
        if libc.prctl(*request, 0, 0):
            raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))


def picture(format: str) -> None:
    """Writes the picture of the seed lesson to stdout."""
    made = render(seed, format)
    os.write(1, made.encode() if isinstance(made, str) else made)


def hungry(heavy: str) -> None:
    """Asks for more memory than there is, and then for a picture as if nothing had been."""
    try:
        graphviz_wasm.lay_out(heavy)
    except LayoutError as error:
        os.write(1, str(error).encode())
    picture("svg")


def foreign(name: str) -> None:
    """Writes the warnings and then the picture of a tensor whose name is in no font of Typst's."""
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always")
        made = render(named(name), "png")
    os.write(1, "".join(f"{one.message}\n" for one in told).encode())
    os.write(1, made if isinstance(made, bytes) else b"")


WORKS = {work.__name__: work for work in (picture, hungry, foreign)}


def main(work: str, argument: str, memory: str) -> int:
    """Loads what pictures need and works in a forked and locked child; 0 where it went well with one thread before."""
    prepare()
    threads = len(os.listdir("/proc/self/task"))
    child = os.fork()
    if not child:
        status = 1
        try:
            lock(int(memory))
            WORKS[work](argument)
            status = 0
        except BaseException as error:
            os.write(2, f"{type(error).__name__}: {error}\n".encode())
        finally:
            os._exit(status)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) or threads - 1


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
