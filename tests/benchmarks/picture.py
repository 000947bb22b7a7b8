"""From program text to everything recorded and drawn, beside the same program run and drawn by torchviz.

    python tests/benchmarks/picture.py [rounds]

Ours has every value and gradient in its boxes and both kinds of arrow; torchviz draws grad_fn names alone. Both are
called as a user calls them, in turn, each round with other numbers in the program, so that no cache can answer. Needs
torchviz (pip install torchviz) and Graphviz' `dot` (Debian: apt install graphviz), which nothing else here does.
"""

from __future__ import annotations

import os
import shutil
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

os.environ.setdefault("OMP_NUM_THREADS", "1")
sys.path.insert(0, str(Path(__file__).parents[2]))

WARM_UP = 5
SEED = """import torch
x = torch.ones(2, requires_grad=True)
y = {factor} * (x + 1) ** 2
o = (1/2) * torch.sum(y)
o.backward()
"""
MLP = """import torch
from torch import nn
torch.manual_seed(0)
model = nn.Sequential(nn.Linear(4, 8), nn.ReLU(), nn.Linear(8, 8), nn.ReLU(), nn.Linear(8, 3))
data = torch.randn(5, 4) * {factor}
o = nn.functional.cross_entropy(model(data), torch.tensor([0, 2, 1, 0, 2]))
o.backward()
"""
PROGRAMS = {"seed": SEED, "MLP": MLP}
TARGETS = {("seed", "numpy"): 0.4, ("seed", "torch"): 0.5, ("MLP", "numpy"): 0.5, ("MLP", "torch"): 0.55}
"""What our time may be of theirs."""


def ours(engine: str) -> Callable[[str], str]:
    """The whole way through the public API."""
    import vizgrad

    return lambda source: vizgrad.run(source, engine).svg()


def theirs(source: str) -> str:
    """The same program executed, and its graph drawn by torchviz."""
    import torchviz

    namespace: dict[str, object] = {}
    exec(compile(source, "<program>", "exec"), namespace)
    model: Any = namespace.get("model")
    leaves = {"x": namespace["x"]} if model is None else dict(model.named_parameters())
    svg: bytes = torchviz.make_dot(namespace["o"], params=leaves).pipe("svg")
    return svg.decode()


def missing() -> str | None:
    """What the comparison lacks, if anything."""
    try:
        import torchviz  # noqa: F401
    except ImportError:
        return "torchviz is not installed: pip install torchviz"
    return None if shutil.which("dot") else "Graphviz' dot is not installed: apt install graphviz"


def timed(draw: Callable[[str], str], source: str) -> float:
    """Milliseconds for one picture."""
    start = time.perf_counter()
    picture = draw(source)
    took = (time.perf_counter() - start) * 1e3
    assert "<svg" in picture
    return took


def compare(name: str, engine: str, rounds: int) -> None:
    """Prints the medians and the median of each round's ratio."""
    draw = ours(engine)
    pairs = []
    for i in range(WARM_UP + rounds):
        source = PROGRAMS[name].format(factor=5 + i / 8)
        pair = (timed(draw, source), timed(theirs, source))
        if i >= WARM_UP:
            pairs.append(pair)
    our, their = (statistics.median(column) for column in zip(*pairs, strict=True))
    ratio = statistics.median(a / b for a, b in pairs)
    target = TARGETS[name, engine]
    print(
        f"{name:4} {engine:6} vizgrad {our:6.1f} ms   torchviz {their:6.1f} ms   ratio {ratio:.2f}"
        f"   (target {target}: {'met' if ratio <= target else 'MISSED'}; {rounds} rounds)"
    )


def main() -> int:
    """Runs both programs on both engines; 1 where something is missing."""
    if (lack := missing()) is not None:
        print(f"picture.py compares with torchviz. {lack}", file=sys.stderr)
        return 1
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 60
    for name, engine in TARGETS:
        compare(name, engine, rounds)
    return 0


if __name__ == "__main__":
    sys.exit(main())
