"""The system calls that a confined process may make; every other is refused.

Each line has a call's name and its number on x86-64 and on aarch64, "-" where it has none. The numbers of aarch64 come
from the kernel's table; no such machine has tried them yet.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

ARCHITECTURES = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}
"""The architectures that the tables know, by what `platform.machine` calls them, and the kernel's number for each."""

ALLOWED = """
read               0    63
write              1    64
close              3    57
fstat              5    80
lseek              8    62
pread64           17    67

brk               12   214
mmap               9   222
mprotect          10   226
mremap            25   216
munmap            11   215
madvise           28   233

rt_sigaction      13   134
rt_sigprocmask    14   135
rt_sigreturn      15   139
sigaltstack      131   132
restart_syscall  219   128

exit              60    93
exit_group       231    94
getpid            39   172
gettid           186   178
getuid           102   174
geteuid          107   175
getgid           104   176
getegid          108   177
getcpu           309   168
getrusage         98   165
rseq             334   293
sched_yield       24   124

time             201     -
times            100   153
gettimeofday      96   169
nanosleep         35   101
getrandom        318   278
"""
"""Allowed with any arguments: they reach nothing but the process itself and the files that it has open."""

LIMITED = """
sendto            44   206
recvfrom          45   207
fcntl             72    25
futex            202    98
kill              62   129
tkill            200   130
tgkill           234   131
prlimit64        302   261
sched_getaffinity 204  123
clock_gettime    228   113
clock_getres     229   114
clock_nanosleep  230   115
"""
"""Allowed with the arguments that `TESTS` tells, refused with others."""

ABSENT = """
clone             56   220
clone3           435   435
fork              57     -
vfork             58     -
execve            59   221
execveat         322   281
"""
"""Refused as if the kernel did not know them: then the C library and thread pools do without instead of failing."""

WHOLE = 0xFFFFFFFF


@dataclass(frozen=True, slots=True)
class Test:
    """What a call's argument must be: its low half, as far as `mask` goes, one of the values.

    Of an argument that `is_long` the high half must be 0; of the others the kernel does not look at it.
    """

    argument: int
    values: tuple[int, ...]
    mask: int = WHOLE
    is_long: bool = False


def null(argument: int) -> Test:
    """No pointer is given."""
    return Test(argument, (0,), is_long=True)


SELF = 0x5E1F_5E1F
"""Stands in a test for the number of the process itself; larger than any."""

_OWN_CLOCK = Test(0, (0,), mask=0xFFFFFFF0)  # those of other processes have large numbers
_FUTEX_FLAGS = 128 | 256
_FUTEX_PLAIN = (0, 1, 3, 4, 5, 9, 10)  # wait, wake, requeue, compare, wake_op, both by bits; no inheriting of priority
_GETFD, _GETFL = 1, 3

TESTS: Mapping[str, tuple[Test, ...]] = {
    "sendto": (null(4),),  # without an address: to whom the socket is connected
    "recvfrom": (null(4),),
    "fcntl": (Test(1, (_GETFD, _GETFL)),),
    "futex": (Test(1, _FUTEX_PLAIN, mask=WHOLE & ~_FUTEX_FLAGS),),
    "kill": (Test(0, (SELF,)),),
    "tkill": (Test(0, (SELF,)),),
    "tgkill": (Test(0, (SELF,)), Test(1, (SELF,))),
    "prlimit64": (Test(0, (0,)), null(2)),  # reads a limit of its own
    "sched_getaffinity": (Test(0, (0, SELF)),),
    "clock_gettime": (_OWN_CLOCK,),
    "clock_getres": (_OWN_CLOCK,),
    "clock_nanosleep": (_OWN_CLOCK,),
}


def numbers(table: str, machine: str) -> dict[str, int]:
    """The calls of a table that an architecture has, with their numbers.

    >>> numbers(ABSENT, "aarch64")
    {'clone': 220, 'clone3': 435, 'execve': 221, 'execveat': 281}
    """
    column = 1 + list(ARCHITECTURES).index(machine)
    rows = [line.split() for line in table.splitlines() if line]
    return {row[0]: int(row[column]) for row in rows if row[column] != "-"}
