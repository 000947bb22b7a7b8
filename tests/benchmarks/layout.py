"""One layout by Graphviz as WebAssembly, beside Graphviz as a native library, on the same DOT text.

    python -m tests.benchmarks.layout [rounds]

The two take turns. Needs pygraphviz (pip install pygraphviz) and the libraries that it needs of the system.
"""

from __future__ import annotations

import os
import random
import statistics
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

os.environ.setdefault("OMP_NUM_THREADS", "1")

LESSONS = Path(__file__).parents[2] / "vizgrad" / "gallery"


def sources() -> Iterator[tuple[str, str]]:
    """What is laid out: two lessons as the page shows them, and graphs of boxes of growing number."""
    import vizgrad
    from vizgrad.draw.layout.dot import chosen, skeleton

    for lesson in ("02_add_and_mul", "19_mlp"):
        trace = vizgrad.run((LESSONS / f"{lesson}.py").read_text(encoding="utf-8"), isolated=False)
        yield lesson, skeleton(chosen(trace, -1, None, "full", "LR")[0])
    for count in (100, 500, 1000):
        choose = random.Random(0)
        arrows = "".join(f"n{choose.randrange(max(0, i - 3), i)} -> n{i};" for i in range(1, count))
        yield f"{count} boxes", f'digraph {{ rankdir=LR; node [shape=box, label="", width=2, height=1]; {arrows} }}'


def native(source: str) -> bytes:
    """The layout by pygraphviz."""
    import pygraphviz

    graph = pygraphviz.AGraph(source)
    try:
        return graph.draw(format="svg", prog="dot") or b""
    finally:
        graph.close()


def timed(draw: Callable[[str], bytes], source: str) -> float:
    """Milliseconds for one layout."""
    start = time.perf_counter()
    assert b"<svg" in draw(source)
    return (time.perf_counter() - start) * 1e3


def main() -> int:
    """Prints medians; 1 where pygraphviz is missing."""
    try:
        import pygraphviz  # noqa: F401
    except ImportError as error:
        print(f"layout.py compares with pygraphviz, which could not be imported: {error}", file=sys.stderr)
        return 1
    start = time.perf_counter()
    from vizgrad.draw.layout import graphviz_wasm

    middle = time.perf_counter()
    graphviz_wasm.prepare()
    print(f"import {(middle - start) * 1e3:.0f} ms, prepare {(time.perf_counter() - middle) * 1e3:.0f} ms")
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 20
    for name, source in sources():
        pairs = [(timed(graphviz_wasm.lay_out, source), timed(native, source)) for _ in range(rounds + 2)][2:]
        ours, theirs = (statistics.median(column) for column in zip(*pairs, strict=True))
        print(f"{name:15} WebAssembly {ours:7.1f} ms   native {theirs:7.1f} ms   ratio {ours / theirs:.2f}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
