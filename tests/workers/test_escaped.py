"""What a program can do that has escaped from every guard, in a real worker of each engine: nothing."""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path

import pytest

from vizgrad.workers.pool import Allowed, Died, Kind, Overdue, Pool
from vizgrad.workers.protocol import decode, encode

from .test_pool import is_alive, until

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="workers are confined by Linux")


@pytest.fixture(scope="module", params=["numpy", pytest.param("torch", marks=pytest.mark.torch)])
def pool(request: pytest.FixtureRequest):
    made = Pool(Kind("tests.workers.full_python", request.param, "an attacker"), ahead=1)
    yield made
    made.close()


def said(pool: Pool, text: str, seconds: float = 3.0) -> str:
    return decode(pool.ask(encode(text), b"", Allowed(seconds, 512, 0)).head, type=str)


SECRET = "the visitor before had this: " + "4f1c" * 8

SEARCH = """
import numpy as np
needle = b"the visitor before had" + b" this: "
hits = 0
for size in (16, 64, 256, 1024, 4096, 65536, 1 << 20, 1 << 24):
    kept = [np.empty(size, "uint8") for _ in range(16)]
    hits += sum(needle in one.tobytes() for one in kept)
print(hits)
"""


def test_nothing_of_another_program_is_in_its_memory(pool: Pool):
    for _ in range(3):
        fill = f"kept = [{SECRET!r} + str(i) for i in range(20000)]\nimport numpy as np\n"
        fill += f"a = [np.frombuffer({SECRET!r}.encode() * 1000, 'uint8').copy() for i in range(100)]\nprint(len(a))"
        assert said(pool, fill) == "100\n"
        assert said(pool, SEARCH) == "0\n"


def test_what_it_changes_is_gone_with_it(pool: Pool):
    assert said(pool, "import builtins, sys\nbuiltins.mine = sys.mine = 5\nprint(sys.mine)") == "5\n"
    assert said(pool, "import builtins, sys\nprint(hasattr(builtins, 'mine'), hasattr(sys, 'mine'))") == "False False\n"


def test_it_opens_no_file(pool: Pool, tmp_path: Path):
    own = tmp_path / "secret"
    own.write_text("secret")
    own.chmod(0o644)
    for text in (
        f"open({str(own)!r})", f"open({str(own)!r}, 'w')", "open('/etc/passwd')", "open('/proc/self/mem')",
        f"import os; os.remove({str(own)!r})", f"import os; os.rename({str(own)!r}, {str(own)!r} + 'x')",
        f"import os; os.stat({str(own)!r})", f"import os; os.listdir({str(tmp_path)!r})",
        f"import os; os.mkdir({str(tmp_path / 'x')!r})",
    ):  # fmt: skip
        assert "Error" in said(pool, text + "\nprint('did it')").splitlines()[-1], text
    assert own.read_text() == "secret"


def test_it_reaches_no_network_and_no_process(pool: Pool):
    for text in (
        "import socket; socket.socket()", "import socket; socket.socketpair()", "import os; os.fork()",
        "import os; os.execv('/bin/sh', ['sh'])", f"import os; os.kill({os.getpid()}, 0)", "import os; os.kill(-1, 0)",
        "import os; os.kill(os.getppid(), 9)", "import threading; threading.Thread(target=print).start()",
        "import subprocess; subprocess.run(['true'])", f"import os; os.pidfd_open({os.getpid()})",
        f"import os, signal; os.setpriority(os.PRIO_PROCESS, {os.getpid()}, 5)", "import os; os.setuid(0)",
        "import resource; resource.setrlimit(resource.RLIMIT_NOFILE, (100, 100))",
    ):  # fmt: skip
        try:
            told = said(pool, text + "\nprint('did it')")
        except Died:  # the kernel ends who signals others
            continue
        assert "Error" in told.splitlines()[-1], text


def test_it_may_write_what_it_likes_and_the_app_does_not_believe_it(pool: Pool):
    everywhere = "import os\nfor fd in range(3, 20):\n    try: os.write(fd, {})\n    except OSError: pass"
    for data in (b"\x05\0\0\0\0\0\0\0hello" * 3, b"\xff" * 1000):
        text = everywhere.format(data)
        with pytest.raises((ValueError, Died, Overdue)):
            said(pool, text)
        assert said(pool, "print(6 * 7)") == "42\n"


def test_it_does_not_outlive_its_answer(pool: Pool):
    """A second answer is nobody's, and the process is gone: it cannot work on for itself."""
    pid = int(said(pool, "import os, atexit, time\natexit.register(time.sleep, 60)\nprint(os.getpid())"))
    assert until(lambda: not is_alive(pid))


def test_it_ends_with_its_time_whatever_it_does_about_its_clock(pool: Pool):
    text = (
        "import signal\nsignal.signal(signal.SIGALRM, signal.SIG_IGN)\nsignal.setitimer(signal.ITIMER_REAL, 0)\n"
        "signal.pthread_sigmask(signal.SIG_BLOCK, range(1, 65))\nwhile True: pass"
    )
    with pytest.raises((Overdue, ValueError)):
        said(pool, "try:\n    exec(" + repr(text) + ")\nexcept BaseException: pass\nwhile True: pass", seconds=0.5)
    assert said(pool, "print('next')") == "next\n"


def test_it_ends_with_its_memory(pool: Pool):
    assert "MemoryError" in said(pool, "x = bytearray(3 << 30)")
    assert said(pool, "print('next')") == "next\n"


def test_signals_of_others_reach_it(pool: Pool):
    """Whoever runs the server can end a worker."""
    pool.fill()
    assert until(lambda: bool(pool.ready))
    os.kill(pool.ready[0].pid, signal.SIGKILL)
    assert said(pool, "print('next')") == "next\n"
