"""What a confined process must still be able to do."""

from __future__ import annotations

import os
import random
import signal
import threading
import time
import traceback

import numpy as np
import numpy.random

from .target import Target


def use_memory(t: Target) -> None:
    blocks = [bytearray(1 << 20) for _ in range(200)]
    assert sum(map(len, blocks)) == 200 << 20


def use_numpy(t: Target) -> None:
    a = np.arange(250_000, dtype=float).reshape(500, 500) / 250_000
    assert np.allclose((a @ np.eye(500)).sum(), a.sum())
    assert np.allclose(np.linalg.inv(np.eye(50) * 2), np.eye(50) / 2)


def draw_at_random(t: Target) -> None:
    assert len(os.urandom(16)) == 16
    assert random.SystemRandom().random() != random.SystemRandom().random()
    assert np.random.default_rng().normal(size=3).shape == (3,)


def tell_the_time(t: Target) -> None:
    began = time.monotonic()
    time.sleep(0.001)
    assert time.monotonic() > began
    assert time.time() > 0
    assert time.process_time() > 0


def send_and_receive(t: Target) -> None:
    t.mine.sendall(b"x" * 100_000)
    assert t.mine.recv(5) == b"hello"


def read_a_kept_file(t: Target) -> None:
    assert os.pread(t.opened, 100, 0) == b"secret"


def lock_and_wait(t: Target) -> None:
    with threading.Lock():
        assert not threading.Event().wait(0.001)


def report_an_error(t: Target) -> None:
    try:
        [][0]
    except IndexError as error:
        assert "list index out of range" in "".join(traceback.format_exception(error))


def signal_itself(t: Target) -> None:
    signal.signal(signal.SIGUSR1, lambda *_: None)
    os.kill(os.getpid(), signal.SIGUSR1)
    signal.raise_signal(signal.SIGUSR1)


def know_itself(t: Target) -> None:
    assert os.getpid() == threading.get_native_id()
    assert os.getuid() == os.geteuid() != 0
    assert len(os.sched_getaffinity(0)) >= 1


NEEDS = [
    use_memory,
    use_numpy,
    draw_at_random,
    tell_the_time,
    send_and_receive,
    read_a_kept_file,
    lock_and_wait,
    report_an_error,
    signal_itself,
    know_itself,
]
