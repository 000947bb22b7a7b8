"""Graphviz inside this process: each picture by itself, within limits, with or without files and threads."""

from __future__ import annotations

import os
import platform
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from vizgrad.draw import LayoutError, render, svg
from vizgrad.draw.layout.graphviz_wasm import lay_out

from .traces import chain, seed

ROOT = Path(__file__).parents[2]
HEAVY = "digraph {" + ";".join(f"n{i} -> n{(i * 7919 + j) % 300}" for i in range(300) for j in (1, 13, 17)) + "}"
IS_LINUX = sys.platform == "linux"
CAN_LOCK = IS_LINUX and platform.machine() == "x86_64"


def python(*arguments: str, **environment: str) -> bytes:
    """What a process of its own says, in which numpy starts no threads."""
    done = subprocess.run(
        [sys.executable, *arguments],
        capture_output=True,
        timeout=300,
        cwd=ROOT,
        env={**os.environ, "OPENBLAS_NUM_THREADS": "1", **environment},
    )
    assert done.returncode == 0, done.stderr.decode()
    return done.stdout


def test_png_and_pdf():
    assert render(seed, "png").startswith(b"\x89PNG")
    assert render(seed, "pdf").startswith(b"%PDF")


def test_another_format_is_refused():
    with pytest.raises(ValueError, match="format 'gif': choose one of svg, png, pdf"):
        render(seed, "gif")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("digraph {\n a -> b;\n c -> -> d }", r"syntax error in line 3 near '->'$"),
        ("graph { a -> b }", r"syntax error in line 1 near '->'$"),
        ("", "Failed to parse DOT source$"),
    ],
)
def test_text_that_is_no_graph_is_told_in_the_words_of_graphviz(text, said):
    with pytest.raises(LayoutError, match=f"^Graphviz could not draw this graph: {said}"):
        lay_out(text)


def test_another_format_of_graphviz():
    assert lay_out(b"digraph { a -> b }", "plain").startswith(b"graph 1 ")
    with pytest.raises(LayoutError, match="Graphviz could not draw this graph: "):
        lay_out("digraph { a }", "no such format")


@pytest.mark.parametrize(
    ("text", "limits", "said"),
    [
        (HEAVY, {"fuel": 100_000_000}, "too much work"),
        (HEAVY, {"memory": 3 << 20}, "too much memory"),
        (f'digraph {{ a [label="{"x" * 3_000_000}"] }}', {"memory": 3 << 20}, "too much memory"),
        ("digraph {" + ";".join(f"n{i} -> n{i + 1}" for i in range(60_000)) + "}", {"fuel": 10**11}, "too deep"),
    ],
)
def test_what_is_too_much_is_told_and_the_next_picture_works(text, limits, said):
    with pytest.raises(LayoutError, match=f"{said}.*too large to be drawn whole"):
        lay_out(text, **limits)
    assert "data-node" in svg(seed)


def test_less_memory_than_graphviz_starts_with():
    with pytest.raises(LayoutError, match="no memory for a picture"):
        lay_out("digraph { a }", memory=1 << 20)


def test_fuel_ends_at_the_same_place_each_time():
    low, high = 1, 10**9
    while high - low > 1:
        middle = (low + high) // 2
        try:
            lay_out("digraph { a -> b }", fuel=middle)
            high = middle
        except LayoutError:
            low = middle
    for _ in range(3):
        assert lay_out("digraph { a -> b }", fuel=high).startswith(b"<?xml")
        with pytest.raises(LayoutError):
            lay_out("digraph { a -> b }", fuel=low)


def test_graphviz_sees_no_file_and_no_environment(tmp_path):
    picture = tmp_path / "secret.svg"
    picture.write_text('<svg xmlns="http://www.w3.org/2000/svg" width="321" height="123"/>')
    made = lay_out(f'digraph {{ a [shape=none label="" image="{picture}"] }}').decode()
    assert "321" not in made and "<image" not in made


def test_many_threads_with_different_attributes():
    """Two threads of this kind end a process with a native Graphviz; here everyone gets the picture asked for."""
    sources = [
        "digraph { " + " ".join(f'n{k} [a{k}{i}="{i}" label="only {k}"]; n{k} -> m{i};' for i in range(20)) + " }"
        for k in range(6)
    ]
    wrong: list[object] = []

    def draw(k: int) -> None:
        for i in range(15):
            try:
                svg = lay_out(sources[k]).decode()
                if f"only {k}" not in svg or any(f"only {j}" in svg for j in range(6) if j != k):
                    wrong.append(k)
                with pytest.raises(LayoutError, match="too much work"):
                    lay_out(HEAVY, fuel=5_000_000 + i)
            except LayoutError as error:
                wrong.append(error)

    threads = [threading.Thread(target=draw, args=(k,)) for k in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []


def test_the_same_picture_each_time_and_in_another_process():
    mine = {svg(chain(8)) for _ in range(3)}
    script = "from tests.draw.traces import chain; from vizgrad.draw import svg; print(svg(chain(8)))"
    assert mine == {python("-c", script)[:-1].decode()}


@pytest.mark.skipif(not IS_LINUX, reason="looks at threads in /proc")
def test_no_thread_is_started_not_even_to_compile(tmp_path):
    script = (
        "import os\n"
        "from vizgrad.draw.layout.graphviz_wasm import lay_out\nfrom vizgrad.draw.render.picture import prepare\n"
        "prepare(); lay_out('digraph { a -> b }')\n"
        "print(len(os.listdir('/proc/self/task')))\n"
    )
    for _ in ("compiled", "read back"):
        assert python("-c", script, XDG_CACHE_HOME=str(tmp_path)) == b"1\n"


def test_the_end_of_a_process_is_silent():
    script = "from vizgrad.draw.layout.graphviz_wasm import lay_out; lay_out('digraph { a -> b }')"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, timeout=300, cwd=ROOT)
    assert (done.returncode, done.stdout, done.stderr) == (0, b"", b"")


@pytest.mark.skipif(not IS_LINUX, reason="looks at signal handlers in /proc")
def test_no_handler_of_signals_is_taken():
    script = (
        "from vizgrad.draw.layout.graphviz_wasm import lay_out\nfrom vizgrad.draw.render.picture import prepare\n"
        "def caught(): return [line for line in open('/proc/self/status') if line.startswith('SigCgt')]\n"
        "before = caught(); prepare(); lay_out('digraph { a -> b }'); print(caught() == before)\n"
    )
    assert python("-c", script) == b"True\n"


def locked(work: str, argument: str, memory: int) -> bytes:
    """What a forked child says that may neither open a file nor start a thread, and has so much memory."""
    return python("-m", "tests.draw.locked", work, argument, str(memory))


@pytest.mark.skipif(not CAN_LOCK, reason="locks a process by the rules of Linux on x86-64")
@pytest.mark.parametrize("format", ["svg", "png", "pdf"])
def test_a_forked_child_draws_the_same_without_a_file_or_a_thread(format):
    made = render(seed, format)
    assert locked("picture", format, 1 << 30) == (made.encode() if isinstance(made, str) else made)


@pytest.mark.skipif(not CAN_LOCK, reason="locks a process by the rules of Linux on x86-64")
def test_a_sign_that_only_a_file_could_have_is_told():
    warning, _, image = locked("foreign", "失", 1 << 30).partition(b"\n")
    assert warning.decode().startswith("No font that can be read here has 失: � stands in its place.")
    assert image.startswith(b"\x89PNG")


@pytest.mark.skipif(not CAN_LOCK, reason="locks a process by the rules of Linux on x86-64")
def test_where_the_memory_of_a_process_ends_it_is_told_and_the_next_picture_works():
    heavy = "digraph {" + ";".join(f"n{i} -> n{(i * 7919 + j) % 2000}" for i in range(2000) for j in (1, 13, 170)) + "}"
    said, _, picture = locked("hungry", heavy, 160 << 20).decode().partition("<svg")
    assert "memory: the graph is too large to be drawn whole" in said
    assert "<svg" + picture == svg(seed)
