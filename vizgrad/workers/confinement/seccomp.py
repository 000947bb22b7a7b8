"""The filter of system calls.

A call of another architecture ends the process: its numbers mean other things. A call outside the table is refused
with EPERM. The filter holds for good, since nothing in the table can take it away.

A process can always hold back a signal (returning from a handler sets the mask), so its own clock, SIGALRM, is a
courtesy that says where the program was. It cannot be set again, but only the parent's SIGKILL is sure to end it.
"""

from __future__ import annotations

import ctypes
import errno
import os
import platform
import sys
from functools import cache

from . import bpf, kernel
from .calls import ABSENT, ALLOWED, ARCHITECTURES, LIMITED, SELF, TESTS, WHOLE, Test, numbers

ALLOW, KILL, ERROR = 0x7FFF0000, 0x80000000, 0x00050000
"""The kernel's actions; ERROR with an errno in its lower half."""
ANSWERS = {
    "allow": ALLOW,
    "refuse": ERROR | errno.EPERM,
    "absent": ERROR | errno.ENOSYS,
    "kill": KILL,
}
X32 = 0x40000000
"""Numbers from here on are calls of x86-64 with short pointers."""
FILTER = 2
CLONE_THREAD = 0x10000


class _Program(ctypes.Structure):
    _fields_ = [("length", ctypes.c_ushort), ("code", ctypes.c_void_p)]


def architecture() -> str | None:
    """What this process runs on, if the tables have it, else None."""
    machine = platform.machine()
    return machine if machine in ARCHITECTURES and sys.maxsize > 1 << 32 else None


@cache
def is_available() -> bool:
    """Whether the kernel filters system calls and this architecture has a table; changes nothing."""
    if architecture() is None:
        return False
    try:
        kernel.prctl(kernel.SECCOMP, FILTER)
    except OSError as error:
        return error.errno == errno.EFAULT  # it would have read the filter
    return False


def program(machine: str, process: int) -> bytes:
    """The filter for an architecture and the process that it will hold.

    Raises KeyError for an architecture that the tables do not have.
    """
    return _template(machine).replace(SELF.to_bytes(4, sys.byteorder), process.to_bytes(4, sys.byteorder))


@cache
def _template(machine: str) -> bytes:
    """The filter for any process: SELF stands for its number."""
    code = bpf.Assembler()
    code.load(bpf.ARCHITECTURE)
    code.equal(ARCHITECTURES[machine], otherwise="kill")
    code.load(bpf.NUMBER)
    code.at_least(X32, then="kill")
    limited = numbers(LIMITED, machine)
    for name, number in limited.items():
        code.equal(number, then=name)
    for number in numbers(ALLOWED, machine).values():
        code.equal(number, then="allow")
    for number in numbers(ABSENT, machine).values():
        code.equal(number, then="absent")
    code.answer(ERROR | errno.EPERM)
    for name in limited:
        code.label(name)
        for test in TESTS[name]:
            _test(code, test)
        code.answer(ALLOW)
    _answers(code, *ANSWERS)
    return code.assemble()


def _answers(code: bpf.Assembler, *labels: str) -> None:
    """How the filter ends where it jumps to a label."""
    for label in labels:
        code.label(label)
        code.answer(ANSWERS[label])


def _test(code: bpf.Assembler, test: Test) -> None:
    """Goes on where the test is passed; the call is refused elsewhere."""
    if test.is_long:
        code.load(bpf.argument(test.argument, high=True))
        code.equal(0, otherwise="refuse")
    code.load(bpf.argument(test.argument))
    if test.mask != WHOLE:
        code.keep(test.mask)
    passed = f"{len(code)} passed"
    *others, last = test.values
    for value in others:
        code.equal(value, then=passed)
    code.equal(last, otherwise="refuse")
    code.label(passed)


def install() -> None:
    """Lets the kernel hold this process to the table from now on; it must have given up new privileges before.

    Raises OSError if the kernel refuses, KeyError on an architecture that the tables do not have.
    """
    _set(program(architecture() or platform.machine(), os.getpid()))


def no_threads(machine: str) -> bytes:
    """A filter that refuses new threads, and nothing else: thread pools then do with the thread that asks.

    Raises KeyError for an architecture that the tables do not have.
    """
    absent = numbers(ABSENT, machine)
    code = bpf.Assembler()
    code.load(bpf.ARCHITECTURE)
    code.equal(ARCHITECTURES[machine], otherwise="allow")
    code.load(bpf.NUMBER)
    code.equal(absent["clone3"], then="absent")  # its flags cannot be seen; the C library then uses clone
    code.equal(absent["clone"], otherwise="allow")
    code.load(bpf.argument(0))
    code.keep(CLONE_THREAD)
    code.equal(0, otherwise="absent")
    _answers(code, "allow", "absent")
    return code.assemble()


def refuse_threads() -> None:
    """Lets the kernel refuse new threads to this process and its children; raises as `install` does."""
    _set(no_threads(architecture() or platform.machine()))


def _set(filter: bytes) -> None:
    code = ctypes.create_string_buffer(filter, len(filter))
    head = _Program(len(filter) // 8, ctypes.addressof(code))
    kernel.prctl(kernel.SECCOMP, FILTER, ctypes.addressof(head))


if (_machine := architecture()) is not None:
    _template(_machine)  # once, before any process is forked
