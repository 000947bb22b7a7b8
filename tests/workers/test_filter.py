"""The filter of system calls as a program, on both architectures."""

from __future__ import annotations

import errno

import pytest

from vizgrad.workers.confinement import bpf, seccomp
from vizgrad.workers.confinement.calls import ABSENT, ALLOWED, ARCHITECTURES, LIMITED, TESTS, numbers
from vizgrad.workers.confinement.descriptors import gaps

from .calls import NUMBERS
from .machine import run

PID = 4321
ALLOW, KILL = 0x7FFF0000, 0x80000000
REFUSED, UNKNOWN = 0x00050000 | errno.EPERM, 0x00050000 | errno.ENOSYS
ONES = (-1,) * 6
BOTH = pytest.mark.parametrize("machine", ARCHITECTURES)


def end(machine, name, *arguments, filter=seccomp.program):
    """What becomes of a call."""
    found = {}
    for table in (ALLOWED, LIMITED, ABSENT):
        found |= numbers(table, machine)
    program = filter(machine, PID) if filter is seccomp.program else filter(machine)
    return run(program, ARCHITECTURES[machine], found[name], (*arguments, *(0,) * (6 - len(arguments))))


@BOTH
def test_every_number_as_the_table_says(machine):
    allowed, limited, absent = (set(numbers(table, machine).values()) for table in (ALLOWED, LIMITED, ABSENT))
    program = seccomp.program(machine, PID)
    for number in range(1024):
        ends = {run(program, ARCHITECTURES[machine], number, words) for words in ((0,) * 6, ONES)}
        if number in allowed:
            assert ends == {ALLOW}, number
        elif number in absent:
            assert ends == {UNKNOWN}, number
        elif number in limited:
            assert REFUSED in ends <= {ALLOW, REFUSED}, number
        else:
            assert ends == {REFUSED}, number


@BOTH
def test_no_call_stands_twice(machine):
    tables = [numbers(table, machine) for table in (ALLOWED, LIMITED, ABSENT)]
    assert len({n for table in tables for n in table.values()}) == sum(map(len, tables))
    assert set(TESTS) == set(numbers(LIMITED, "x86_64"))


@BOTH
def test_no_call_that_an_attacker_wants_is_allowed(machine):
    column = 1 + list(ARCHITECTURES).index(machine)
    rows = [line.split() for line in NUMBERS.splitlines() if line]
    wanted = {int(row[column]): row[0] for row in rows if row[column] != "-"}
    allowed = set(numbers(ALLOWED, machine).values())
    assert not [name for number, name in wanted.items() if number in allowed]
    named = {number: name for table in (LIMITED, ABSENT) for name, number in numbers(table, machine).items()}
    assert {number: wanted[number] for number in named if number in wanted} == {
        number: name for number, name in named.items() if number in wanted
    }


@BOTH
def test_other_architectures_are_killed(machine):
    program = seccomp.program(machine, PID)
    for other in (0x40000003, 0x40000028, 0, 0xC000003E ^ 0xC00000B7 ^ ARCHITECTURES[machine]):
        for number in range(0, 1024, 7):
            assert run(program, other, number) == KILL


@BOTH
@pytest.mark.parametrize("number", [0x40000000, 0x40000000 | 39, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF])
def test_short_pointers_are_killed(machine, number):
    assert run(seccomp.program(machine, PID), ARCHITECTURES[machine], number) == KILL


HIGH = 1 << 32
CASES = [
    ("kill", (PID, 9), (PID + 1, 9), (-1, 9), (0, 9), (-PID, 9)),
    ("tkill", (PID, 9), (PID + 1, 9), (0, 9)),
    ("tgkill", (PID, PID, 9), (PID, PID + 1, 9), (PID + 1, PID, 9), (-1, PID, 9)),
    ("prlimit64", (0, 7, 0, 99), (0, 7, 99, 0), (0, 7, HIGH, 0), (PID + 1, 7, 0, 99), (PID, 7, 0, 99)),
    ("sendto", (3, 99, 5, 0, 0, 0), (3, 99, 5, 0, 99, 16), (3, 99, 5, 0, HIGH, 16)),
    ("recvfrom", (3, 99, 5, 0, 0, 0), (3, 99, 5, 0, 99, 99), (3, 99, 5, 0, HIGH, 99)),
    ("fcntl", (3, 1), (3, 0), (3, 2, 1), (3, 4, 0), (3, 8, 1), (3, 1030)),
    ("fcntl", (3, 3), (3, 10, 9), (3, 1024, 1)),
    ("futex", (99, 0 | 128), (99, 6), (99, 7 | 128), (99, 8), (99, 11), (99, 12), (99, 13)),
    ("futex", (99, 9 | 128 | 256), (99, 2), (99, 1 | 64)),
    ("futex", (99, 1), (99, 9 | 512)),
    ("sched_getaffinity", (0, 8, 99), (PID + 1, 8, 99), (1, 8, 99)),
    ("sched_getaffinity", (PID, 8, 99), (-1, 8, 99)),
    ("clock_gettime", (1, 99), ((~(PID + 1) << 3) | 2, 99), ((~0 << 3) | 2, 99), (16, 99)),
    ("clock_nanosleep", (1, 0, 99, 0), ((~(PID + 1) << 3) | 2, 0, 99, 0)),
    ("clock_getres", (0, 99), ((~(PID + 1) << 3) | 2, 99)),
]


@BOTH
@pytest.mark.parametrize(("name", "good", "bad"), [(name, good, bad) for name, good, *bad in CASES])
def test_arguments(machine, name, good, bad):
    assert end(machine, name, *good) == ALLOW
    assert [end(machine, name, *words) for words in bad] == [REFUSED] * len(bad)


@BOTH
def test_each_limited_call_has_a_case(machine):
    assert {name for name, *_ in CASES} == set(numbers(LIMITED, machine))


@BOTH
def test_a_filter_is_made_for_one_process(machine):
    program = seccomp.program(machine, PID)
    assert program.count(PID.to_bytes(4, "little")) == 5  # kill, tkill, tgkill twice, sched_getaffinity
    assert len(program) == len(seccomp.program(machine, 1))


@BOTH
def test_refusing_threads(machine):
    def of(*call):
        return end(machine, *call, filter=seccomp.no_threads)

    assert of("clone", 0x3D0F00) == UNKNOWN  # with which the C library makes a thread
    assert of("clone", 0x1200011) == ALLOW  # and with which it forks
    assert of("clone3", 99, 88) == UNKNOWN  # what it asks for cannot be seen
    assert of("execve", 99) == ALLOW
    assert run(seccomp.no_threads(machine), 0x40000003, 120) == ALLOW


def test_an_architecture_without_a_table():
    with pytest.raises(KeyError):
        seccomp.program("riscv64", PID)


def test_a_jump_too_far():
    code = bpf.Assembler()
    code.equal(1, then="end")
    for _ in range(256):
        code.load(bpf.NUMBER)
    code.label("end")
    code.answer(ALLOW)
    with pytest.raises(ValueError, match="jumps too far"):
        code.assemble()


def test_two_places_of_one_name():
    code = bpf.Assembler()
    code.label("here")
    with pytest.raises(ValueError, match="two places"):
        code.label("here")


@pytest.mark.parametrize("keep", [set(), {0}, {1}, {0, 1, 2}, {3, 900, 7}])
def test_the_gaps_are_all_that_is_not_kept(keep):
    closed = {number for first, last in gaps(keep) for number in range(first, min(last, 1000) + 1)}
    assert closed == set(range(1001)) - keep
