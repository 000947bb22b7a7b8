import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from vizgrad.draw import LayoutError, dot, layout, render

from .traces import chain, seed

ROOT = Path(__file__).parents[2]
HEAVY = "digraph {" + ";".join(f"n{i} -> n{(i * 7919 + j) % 3000}" for i in range(3000) for j in (1, 13, 170)) + "}"


def workers():
    return [one.process for one in layout._pool.started if one.is_alive]


def test_png_and_pdf():
    assert render(dot(seed).source, "png").startswith(b"\x89PNG")
    assert render(dot(seed).source, "pdf").startswith(b"%PDF")


def test_another_format_is_refused():
    with pytest.raises(ValueError, match="format 'gif': choose one of svg, png, pdf"):
        render("digraph {}", "gif")


def test_text_that_is_no_graph():
    with pytest.raises(LayoutError, match="Graphviz could not draw this graph"):
        render("digraph {")
    assert render(dot(seed).source)


def test_a_picture_that_takes_too_long_is_given_up_and_the_next_one_works():
    start = time.monotonic()
    with pytest.raises(LayoutError, match=r"not ready after 0\.3 seconds"):
        render(HEAVY, timeout=0.3)
    assert time.monotonic() - start < 10
    assert "data-node" in render(dot(seed).source)


def test_a_worker_that_dies_at_work_is_an_error_and_the_next_picture_works():
    caught = []

    def draw():
        try:
            render(HEAVY, timeout=30)
        except LayoutError as error:
            caught.append(str(error))

    render(dot(seed).source)
    before = {p.pid for p in workers()}
    thread = threading.Thread(target=draw)
    thread.start()
    time.sleep(0.5)
    for pid in before:
        os.kill(pid, signal.SIGKILL)
    thread.join(20)
    assert caught and "ended while it worked" in caught[0]
    assert "data-node" in render(dot(seed).source)
    assert not before & {p.pid for p in workers()}


def test_a_worker_that_died_in_its_sleep_is_replaced_unnoticed():
    render(dot(seed).source)
    for process in workers():
        process.kill()
        process.wait()
    assert "data-node" in render(dot(seed).source)


def test_many_threads_with_different_attributes():
    """In one process two threads of this kind end it (agxget: Assertion); and everyone gets the picture asked for."""
    sources = [
        "digraph { " + " ".join(f'n{k} [a{k}{i}="{i}" label="only {k}"]; n{k} -> m{i};' for i in range(20)) + " }"
        for k in range(6)
    ]
    wrong: list[object] = []

    def draw(k: int) -> None:
        for _ in range(15):
            try:
                svg = render(sources[k])
                if f"only {k}" not in svg or any(f"only {j}" in svg for j in range(6) if j != k):
                    wrong.append(k)
            except LayoutError as error:
                wrong.append(error)

    threads = [threading.Thread(target=draw, args=(k,)) for k in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []
    assert len(workers()) <= layout.WORKERS


def test_the_same_picture_each_time_and_from_each_worker():
    source = dot(chain(8)).source
    assert len({render(source) for _ in range(5)}) == 1


@pytest.mark.skipif(not hasattr(os, "fork"), reason="there is no fork here")
def test_a_forked_child_draws_with_workers_of_its_own():
    render(dot(seed).source)
    script = (
        "import os, sys\n"
        "from tests.draw.traces import seed\n"
        "from vizgrad.draw import dot, layout, render\n"
        "want = render(dot(seed).source)\n"
        "theirs = {one.process.pid for one in layout._pool.started}\n"
        "child = os.fork()\n"
        "if child == 0:\n"
        "    same = render(dot(seed).source) == want\n"
        "    mine = {one.process.pid for one in layout._pool.started}\n"
        "    layout._pool.end()\n"
        "    os._exit(0 if same and mine and not mine & theirs else 3)\n"
        "status = os.waitpid(child, 0)[1]\n"
        "assert render(dot(seed).source) == want\n"
        "sys.exit(os.waitstatus_to_exitcode(status))\n"
    )
    assert subprocess.run([sys.executable, "-c", script], timeout=60, cwd=ROOT).returncode == 0


@pytest.mark.skipif(os.name != "posix", reason="looks at processes by number")
def test_workers_end_with_their_parent():
    script = (
        "import os, sys\n"
        "from vizgrad.draw import layout, render\n"
        "render('digraph { a }')\n"
        "print(layout._pool.started[0].process.pid, flush=True)\n"
        "os._exit(1)\n"
    )
    made = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=60, cwd=ROOT)
    pid = int(made.stdout)
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        try:
            os.kill(pid, 0)
        except ProcessLookupError:
            return
        with open(f"/proc/{pid}/stat") as stat:
            if stat.read().rpartition(")")[2].split()[0] == "Z":
                return
        time.sleep(0.1)
    pytest.fail("the worker outlived its parent")
