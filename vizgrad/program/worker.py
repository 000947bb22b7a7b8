"""The processes that run visitors' programs.

A zygote has loaded an engine and runs nothing itself; for each request it forks a worker, which runs programs one after
another under limits that the system enforces. Where there is no fork, a worker is a process of its own.
Started as `python -m vizgrad.program.worker zygote ENGINE FD` or `... worker alone ENGINE FD`.
"""

from __future__ import annotations

import contextlib
import faulthandler
import gc
import os
import signal
import socket
import sys
import time
from collections.abc import Callable, Iterator
from types import GeneratorType
from typing import Any

import msgspec

try:
    import resource
except ImportError:  # Windows has none
    resource = None  # type: ignore[assignment]

from ..trace import Span
from . import engines, memory
from .budget import out_of_memory
from .limits import Limits
from .run import execute
from .stopped import stopped
from .wire import AFTERWARDS, ENDED, HEAD, READY, Answer, Request, encode, frame, receive

HAS_TIMER = hasattr(signal, "setitimer")
LONGEST_REQUEST = 16 << 20
SLACK = 192 << 20
"""Bytes of address space beyond the limit on memory: what is mapped is always more than what is used."""
GROWTH = 192 << 20
"""Bytes by which a worker may have grown and still be used again."""
BRIEF = 0.02
"""Seconds within which a program cannot leave much behind."""
FEW = 8
"""Collections of the middle generation, 7,000 objects each, within which nothing left behind is nested too deeply."""
UNHURRIED = Limits(seconds=60)
"""An engine's first run loads much."""
REHEARSAL = """
import torch
é = 1  # the interpreter loads a table for the first name that is not ASCII
x = torch.tensor([[1.0, 2.0], [3.0, 4.0]], requires_grad=True)
y = (x @ x).exp().sum() + (2 * x ** 2 - x / 3).mean()
y.backward(retain_graph=True)
print(x.grad, y)
(x * x).backward(torch.ones(2, 2))
net = torch.nn.Linear(2, 1)
optimizer = torch.optim.SGD(net.parameters(), lr=0.1)
loss = torch.nn.functional.mse_loss(torch.relu(net(x.detach())), torch.zeros(2, 1))
optimizer.zero_grad()
loss.backward()
optimizer.step()
import numpy as np
a = np.array([[1.0, 2.0], [3.0, 4.0]])
print(a, a.sum(), a.mean(), a.std(), a.var(), a.max(), a.min(), a.all(), a.any(), a.prod(), a.round(1), a.clip(0, 1))
print(np.linalg.norm(a), np.linalg.inv(a), np.random.rand(2), np.random.default_rng(0).normal(), np.median(a), a @ a)
print(f"{loss.item():.2f}", round(1.25, 1), "{}".format(2))
"""


def prepare(name: str) -> None:
    """Loads an engine, and everything that it would load at its first use, when files can no longer be opened.

    Raises RuntimeError if the engine cannot run a simple program.
    """
    if (error := execute(REHEARSAL, name, limits=UNHURRIED).error) is not None:
        raise RuntimeError(f"its rehearsal failed in line {error.line}: {error.type}: {error.message}")
    execute("1 / 0", name)
    execute("undefined_name", name)
    gc.collect()
    gc.freeze()


# -- a worker


def serve(read: Callable[[int], bytes], write: Callable[[bytes], object], engine: str, fault_file: int) -> None:
    """Runs programs until the other side has gone."""
    at_rest = memory.resident()
    while True:
        try:
            request = msgspec.json.decode(receive(read, LONGEST_REQUEST), type=Request)
        except (EOFError, OSError):
            return
        with limited(request.limits, fault_file):
            started, full = time.monotonic(), gc.get_stats()[2]["collections"]
            text = record(request, engine, fault_file, lambda message: write(frame(message)))
            is_brief = time.monotonic() - started < BRIEF and left_little(full)
            if not is_brief:
                gc.collect()  # what the program left behind ends here, not in the next one
            fit = engines.engine(engine).settle() and memory.resident() - at_rest < GROWTH
        write(frame(encode(Answer(fit=fit, trace=msgspec.Raw(text)))))
        if is_brief:  # it left little, for which its visitor need not wait
            gc.collect()


def left_little(full: int) -> bool:
    """Whether freeing what a program left can neither crash nor run its code, a generator's `finally`.

    `full` is how many collections of everything there were before it.
    """
    few = gc.get_count()[2] < FEW and gc.get_stats()[2]["collections"] == full
    return few and not any(type(left) is GeneratorType for left in gc.get_objects())


def record(request: Request, engine: str, fault_file: int, say: Callable[[bytes], object]) -> bytes:
    """The JSON of one program's trace, or of why there is none."""
    source, limits = request.source, request.limits
    start = time.monotonic()

    def ended(place: Span | None) -> None:
        """What comes after the program has a time of its own: freeing its memory, writing its record."""
        took = time.monotonic() - start
        if took > limits.seconds - AFTERWARDS:
            end_after(AFTERWARDS, fault_file)
        if took > BRIEF:  # what comes may take long too, and then the place is known
            say(ENDED + str(place.line if place else 0).encode())

    try:
        trace = execute(source, engine, scene=request.scene, limits=limits, what_if=request.what_if, ended=ended)
        text = trace.to_json().encode()
    except MemoryError:
        return stopped(source, engine, "MemoryError", str(out_of_memory(limits))).to_json().encode()
    except Exception as error:
        message = f"vizgrad failed to record this program: {type(error).__name__}: {error}"
        return stopped(source, engine, "Crashed", message).to_json().encode()
    if len(text) <= limits.answer * memory.MIB:
        return text
    message = f"the record of this program is too long: the limit is {limits.describe('answer')}"
    return stopped(source, engine, "MemoryError", message).to_json().encode()


def confine() -> None:
    """Lets the system hold this process to the files it has open: it opens no other, writes none, leaves no dump."""
    for kind in (resource.RLIMIT_FSIZE, resource.RLIMIT_CORE, resource.RLIMIT_NOFILE):
        resource.setrlimit(kind, (0, 0))


@contextlib.contextmanager
def limited(limits: Limits, fault_file: int) -> Iterator[None]:
    """Lets the system end what the guards in the program cannot: too much memory, one call that takes too long."""
    end_after(limits.seconds, fault_file)
    if resource is not None and (mapped := memory.mapped()):
        resource.setrlimit(resource.RLIMIT_AS, (mapped + limits.memory * memory.MIB + SLACK, resource.RLIM_INFINITY))
    try:
        yield
    finally:
        if resource is not None:
            resource.setrlimit(resource.RLIMIT_AS, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
        end_after(0, fault_file)


def report_to(fault_file: int) -> None:
    """Lets this process say where it was when it crashes, or when its time is over."""
    faulthandler.enable(fault_file)
    if HAS_TIMER:
        faulthandler.register(signal.SIGALRM, file=fault_file, all_threads=False, chain=True)


def end_after(seconds: float, fault_file: int) -> None:
    """Ends this process after so many seconds, whatever it is doing then; 0 for never.

    A signal stops the program while its frames are read; a thread, which must do where there is no timer, reads them
    while they change, and may find none.
    """
    if HAS_TIMER:
        signal.setitimer(signal.ITIMER_REAL, seconds)
    elif seconds:
        faulthandler.dump_traceback_later(seconds, exit=True, file=fault_file)
    else:
        faulthandler.cancel_dump_traceback_later()


def worker(engine: str, connection: socket.socket, fault_file: int) -> None:
    """The life of a forked worker."""
    memory.reopen()
    keep = {connection.fileno(), fault_file, memory.figures_file() or 0, 0, 1, 2}
    for fd in range(3, 256):
        if fd not in keep:
            with contextlib.suppress(OSError):
                os.close(fd)
    report_to(fault_file)
    confine()
    serve(connection.recv, connection.sendall, engine, fault_file)


# -- the zygote


def zygote(engine: str, control: socket.socket) -> None:
    """Forks a worker for each pair of files that arrives, until the app has gone."""
    prepare(engine)
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
            control.close()
            try:
                worker(engine, socket.socket(fileno=fds[0]), fds[1])
            finally:
                os._exit(0)
        for fd in fds:
            os.close(fd)
        control.sendall(HEAD.pack(pid))


def silence(stream: int) -> None:
    """Lets what is written to a standard stream vanish."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, stream)
    os.close(nowhere)


def alone(engine: str, connection: Any) -> None:
    """The life of a worker where there is no fork: programs come on the standard input."""
    prepare(engine)
    report_to(sys.stderr.fileno())
    if resource is not None:
        confine()
    connection.write(READY)
    connection.flush()

    def write(data: bytes) -> None:
        connection.write(data)
        connection.flush()

    serve(sys.stdin.buffer.read, write, engine, sys.stderr.fileno())


def main(arguments: list[str]) -> None:
    """What the command line asks for."""
    kind, engine, *rest = arguments
    if kind == "zygote":
        zygote(engine, socket.socket(fileno=int(rest[0])))
    else:
        out = os.fdopen(os.dup(1), "wb")
        silence(1)  # nothing else may write where answers are read
        alone(engine, out)


if __name__ == "__main__":
    main(sys.argv[1:])
