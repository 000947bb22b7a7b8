"""What an attacker tries who has all of Python and the numbers of all system calls, inside a confined process."""

from __future__ import annotations

import ctypes
import mmap
import os
import platform
import resource
import signal
import socket
import subprocess
import threading
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from .calls import LIBC, NUMBERS, call, number
from .target import Target

X86 = platform.machine() == "x86_64"
AT_CWD = -100

Words = Callable[[Target], tuple[int, ...]]
GIVEN: dict[str, Words] = {
    "open": lambda t: (t.path, os.O_RDONLY),
    "openat": lambda t: (AT_CWD, t.path, os.O_RDWR),
    "creat": lambda t: (t.new_path, 0o600),
    "stat": lambda t: (t.path, t.pointer(bytes(256))),
    "newfstatat": lambda t: (AT_CWD, t.path, t.pointer(bytes(256)), 0),
    "access": lambda t: (t.path, os.R_OK),
    "faccessat": lambda t: (AT_CWD, t.path, os.R_OK),
    "unlink": lambda t: (t.path,),
    "unlinkat": lambda t: (AT_CWD, t.path, 0),
    "rename": lambda t: (t.path, t.new_path),
    "renameat": lambda t: (AT_CWD, t.path, AT_CWD, t.new_path),
    "mkdirat": lambda t: (AT_CWD, t.new_path, 0o700),
    "symlinkat": lambda t: (t.path, AT_CWD, t.new_path),
    "linkat": lambda t: (AT_CWD, t.path, AT_CWD, t.new_path, 0),
    "fchmodat": lambda t: (AT_CWD, t.path, 0o777),
    "truncate": lambda t: (t.path, 0),
    "getcwd": lambda t: (t.pointer(bytes(512)), 512),
    "chdir": lambda t: (t.pointer(os.fsencode(t.folder)),),
    "socket": lambda t: (socket.AF_INET, socket.SOCK_STREAM, 0),
    "socketpair": lambda t: (socket.AF_UNIX, socket.SOCK_STREAM, 0, t.pointer(bytes(8))),
    "getsockname": lambda t: (t.mine.fileno(), t.pointer(bytes(128)), t.pointer(b"\x80")),
    "shutdown": lambda t: (t.mine.fileno(), socket.SHUT_RDWR),
    "dup": lambda t: (t.mine.fileno(),),
    "dup3": lambda t: (t.mine.fileno(), 100, 0),
    "fcntl": lambda t: (t.mine.fileno(), 0, 0),
    "pipe2": lambda t: (t.pointer(bytes(8)), 0),
    "ioctl": lambda t: (t.mine.fileno(), 0x5421, t.pointer(bytes(4))),  # FIONBIO
    "memfd_create": lambda t: (t.pointer(b"x"), 0),
    "io_uring_setup": lambda t: (1, t.pointer(bytes(120))),
    "bpf": lambda t: (0, t.pointer(bytes(128)), 128),
    "shmget": lambda t: (0, 4096, 0o1600),
    "ptrace": lambda t: (16, t.parent, 0, 0),  # ATTACH
    "process_vm_readv": lambda t: (t.parent, 0, 0, 0, 0, 0),
    "pidfd_open": lambda t: (t.parent, 0),
    "kill": lambda t: (t.parent, signal.SIGKILL),
    "tkill": lambda t: (t.parent, signal.SIGKILL),
    "tgkill": lambda t: (t.parent, t.parent, signal.SIGKILL),
    "setitimer": lambda t: (0, t.pointer(bytes(32)), 0),
    "clone": lambda t: (signal.SIGCHLD, 0, 0, 0, 0),
    "clone3": lambda t: (t.pointer(bytes(32) + bytes([signal.SIGCHLD]) + bytes(55)), 88),
    "execve": lambda t: (t.pointer(b"/bin/true"), 0, 0),
    "prctl": lambda t: (4, 1),  # to be dumpable
    "prlimit64": lambda t: (0, resource.RLIMIT_NOFILE, t.pointer((100).to_bytes(8, "little") * 2), 0),
    "sched_getaffinity": lambda t: (t.parent, 128, t.pointer(bytes(128))),
    "sendto": lambda t: (t.loose.fileno(), t.pointer(b"x"), 1, 0, t.pointer(b"\x01\x00\0name"), 7),
    "recvfrom": lambda t: (t.mine.fileno(), t.pointer(b"x"), 1, 0x40, t.pointer(bytes(128)), t.pointer(b"\x80")),
    "futex": lambda t: (t.pointer(bytes(4)), 8, 0, 0, 0),  # TRYLOCK_PI
    "clock_gettime": lambda t: ((~t.parent << 3) | 2, t.pointer(bytes(16))),
}
"""Arguments with which a call would do something; the others are tried with zeros."""

MORE: dict[str, tuple[str, Words]] = {
    "kill everybody": ("kill", lambda t: (-1, 0)),
    "kill one's group": ("kill", lambda t: (0, 0)),
    "kill the first process": ("kill", lambda t: (1, 0)),
    "tgkill a thread of another": ("tgkill", lambda t: (os.getpid(), t.parent, 0)),
    "limit the parent": ("prlimit64", lambda t: (t.parent, resource.RLIMIT_CPU, 0, t.pointer(bytes(16)))),
    "fcntl to another signal's owner": ("fcntl", lambda t: (t.mine.fileno(), 8, t.parent)),
    "fcntl to flags": ("fcntl", lambda t: (t.mine.fileno(), 4, os.O_ASYNC)),
    "openat through a kept file": ("openat", lambda t: (t.mine.fileno(), t.path, os.O_RDONLY)),
    "pointer above 4 GiB to prlimit64": ("prlimit64", lambda t: (0, resource.RLIMIT_CPU, 1 << 40, 0)),
    "pointer above 4 GiB to sendto": ("sendto", lambda t: (t.mine.fileno(), t.pointer(b"x"), 1, 0, 1 << 40, 16)),
}
ABSENT = {"clone", "clone3", "fork", "vfork", "execve", "execveat"}


@dataclass(frozen=True)
class Attack:
    """Something that must come to the wanted end; `is_open` to others: without confinement it would succeed."""

    run: Callable[[Target], object]
    wanted: str
    is_open: bool = False


ATTACKS: dict[str, Attack] = {}
for _line in NUMBERS.split("\n")[1:-1]:
    _name = _line.split()[0]
    if number(_name) is not None:
        _words = GIVEN.get(_name, lambda t: (0,) * 6)
        ATTACKS[_name] = Attack(lambda t, n=_name, w=_words: call(n, w(t)), "ENOSYS" if _name in ABSENT else "EPERM")
for _title, (_name, _words) in MORE.items():
    ATTACKS[_title] = Attack(lambda t, n=_name, w=_words: call(n, w(t)), "EPERM")


def python(wanted: str = "EPERM", *, is_open: bool = True) -> Callable[[Callable[[Target], object]], object]:
    """Enters an attack by ordinary Python, under its name."""

    def enter(run: Callable[[Target], object]) -> object:
        ATTACKS[run.__name__.replace("_", " ").strip()] = Attack(run, wanted, is_open)
        return run

    return enter


@python()
def read_a_file(t: Target) -> object:
    return t.file.read_text()


@python()
def write_a_file(t: Target) -> object:
    return t.new.write_text("x")


@python()
def list_a_folder(t: Target) -> object:
    return os.listdir(t.folder)


@python()
def look_at_a_file(t: Target) -> object:
    return os.stat(t.file)


@python()
def remove_a_file(t: Target) -> object:
    return os.remove(t.file)


@python()
def rename_a_file(t: Target) -> object:
    return os.rename(t.file, t.new)


@python()
def change_a_mode(t: Target) -> object:
    return os.chmod(t.file, 0o777)


@python()
def make_a_folder(t: Target) -> object:
    return os.mkdir(t.new)


@python()
def make_a_symbolic_link(t: Target) -> object:
    return os.symlink(t.file, t.new)


@python()
def make_a_link(t: Target) -> object:
    return os.link(t.file, t.new)


@python()
def cut_a_file(t: Target) -> object:
    return os.truncate(t.file, 0)


@python()
def go_to_a_folder(t: Target) -> object:
    return os.chdir(t.folder)


@python()
def connect_by_tcp(t: Target) -> object:
    return socket.socket().connect(t.tcp.getsockname()[:2])


@python()
def connect_a_kept_socket(t: Target) -> object:
    return t.stream.connect(t.tcp.getsockname()[:2])


@python()
def listen_by_tcp(t: Target) -> object:
    return t.stream.bind(("127.0.0.1", 0))


@python()
def send_to_an_abstract_socket(t: Target) -> object:
    return t.loose.sendto(b"x", t.abstract.getsockname())


@python()
def pass_a_descriptor(t: Target) -> object:
    return socket.send_fds(t.mine, [b"x"], [t.mine.fileno()])


@python()
def receive_a_descriptor(t: Target) -> object:
    os.write(t.mine.fileno(), b"x")
    return socket.recv_fds(t.mine, 1, 1, socket.MSG_DONTWAIT)


@python()
def duplicate_a_descriptor(t: Target) -> object:
    return os.dup(t.mine.fileno())


@python()
def signal_the_parent(t: Target) -> object:
    return os.kill(t.parent, 0)


@python(is_open=False)
def end_the_parent(t: Target) -> object:
    return os.kill(t.parent, signal.SIGKILL)


@python()
def name_the_parent(t: Target) -> object:
    return os.pidfd_open(t.parent)


@python()
def read_its_own_memory_as_a_file(t: Target) -> object:
    return open("/proc/self/mem", "rb")


@python()
def read_the_environment_of_the_parent(t: Target) -> object:
    return Path(f"/proc/{t.parent}/environ").read_bytes()


@python("ENOSYS")
def fork_a_process(t: Target) -> object:
    if child := os.fork():
        return os.waitpid(child, 0)
    os._exit(0)


@python("ENOSYS", is_open=False)
def become_another_program(t: Target) -> object:
    return os.execv("/bin/true", ["true"])


@python("ENOSYS")
def spawn_a_process(t: Target) -> object:
    return os.waitpid(os.posix_spawn("/bin/true", ["true"], {}), 0)


@python()
def run_a_process(t: Target) -> object:
    return subprocess.run(["/bin/true"], check=True)


@python("RuntimeError")
def start_a_thread(t: Target) -> object:
    return threading.Thread(target=int).start()


@python()
def stop_its_clock(t: Target) -> object:
    return signal.setitimer(signal.ITIMER_REAL, 0)


@python("ValueError")
def lower_a_limit(t: Target) -> object:  # Python's name for EPERM here
    return resource.setrlimit(resource.RLIMIT_CPU, (1000, 1000))


@python(is_open=False)
def become_root(t: Target) -> object:
    return os.setuid(0)


@python(is_open=False)
def become_root_again(t: Target) -> object:
    return os.setresuid(0, 0, 0)


if X86:

    @python("SIGSYS", is_open=False)
    def call_by_the_old_entry(t: Target) -> object:
        code = mmap.mmap(-1, 4096, prot=mmap.PROT_READ | mmap.PROT_WRITE | mmap.PROT_EXEC)
        code.write(bytes.fromhex("b814000000 cd80 c3"))  # getpid of 32 bits: mov eax, 20; int 0x80; ret
        return ctypes.CFUNCTYPE(ctypes.c_int)(ctypes.addressof(ctypes.c_char.from_buffer(code)))()

    @python("SIGSYS", is_open=False)
    def call_with_short_pointers(t: Target) -> object:
        return LIBC.syscall(ctypes.c_long(0x40000000 | 39))
