"""How fast the core is beside its peers, in one thread: `python -m tests.benchmarks.core [--rounds N]`.

Each row runs the same work on the core and on a peer in turns, and prints the median of the rounds' ratios. Beside
what the tests need, it takes HIPS autograd, which nothing else uses: `pip install autograd`.
"""

# ruff: noqa: E402 (the number of threads is read once, when NumPy and PyTorch are imported)
from __future__ import annotations

import os

for _variable in ("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
    os.environ[_variable] = "1"

import argparse
import gc
import statistics
import time
from collections.abc import Callable
from typing import Any

import numpy as np
import torch

from vizgrad import autodiff

Work = Callable[[], object]


def seconds(work: Work, times: int = 1) -> float:
    """Run some work a few times; give the CPU seconds each took, which other programs disturb least."""
    start = time.process_time()
    for _ in range(times):
        work()
    return (time.process_time() - start) / times


def compare(ours: Work, peer: Work, rounds: int, times: int) -> tuple[float, float, float]:
    """Run both in turns, each first in half of the rounds; give the median ratio, and the median seconds of each."""
    seconds(ours, times), seconds(peer, times)
    gc.collect()
    gc.freeze()  # or each collection would look at all of PyTorch, and leave the caches full of it
    pairs = []
    for i in range(rounds):
        gc.collect()
        if i % 2:
            first = seconds(peer, times)
            pairs.append((seconds(ours, times), first))
        else:
            first = seconds(ours, times)
            pairs.append((first, seconds(peer, times)))
    ratio = statistics.median(a / b for a, b in pairs)
    return ratio, statistics.median(a for a, _ in pairs), statistics.median(b for _, b in pairs)


# -- many small operations


def small_ops(engine: Any, operations: int = 600) -> Work:
    """Make `y = y * 1.001 + x` on two elements, until that many operations are recorded, and its backward."""
    x = engine.tensor([1.0, 2.0], requires_grad=True)

    def work() -> None:
        x.grad = None
        y = x
        for _ in range(operations // 2):
            y = y * 1.001 + x
        y.sum().backward()

    return work


def small_ops_hips(operations: int = 600) -> Work:
    """Make the same with HIPS autograd."""
    import autograd

    def total(x: Any) -> Any:
        y = x
        for _ in range(operations // 2):
            y = y * 1.001 + x
        return autograd.numpy.sum(y)

    gradient, x = autograd.grad(total), np.array([1.0, 2.0], np.float32)
    return lambda: gradient(x)


# -- a network of two layers


def mlp_data(batch: int = 64) -> tuple[np.ndarray, ...]:
    """Draw weights, biases, pictures and labels."""
    draw = np.random.default_rng(0)
    shapes = (256, 784), (256,), (10, 256), (10,), (batch, 784)
    arrays = [draw.normal(0, 0.1, shape).astype(np.float32) for shape in shapes]
    return (*arrays, draw.integers(0, 10, batch))


def mlp(engine: Any) -> Work:
    """Make one forward and one backward of an MLP, with the functions that the modules call."""
    *parameters, x, labels = (engine.tensor(a) for a in mlp_data())
    for parameter in parameters:
        parameter.requires_grad_()
    w1, b1, w2, b2 = parameters
    functional = engine.nn.functional

    def work() -> Any:
        for parameter in parameters:
            parameter.grad = None
        scores = functional.linear(functional.relu(functional.linear(x, w1, b1)), w2, b2)
        functional.cross_entropy(scores, labels).backward()
        return [p.grad for p in parameters]

    return work


def mlp_numpy() -> Work:
    """Make the same by hand in NumPy, without a copy or a temporary that could be spared."""
    w1, b1, w2, b2, x, labels = mlp_data()
    rows = np.arange(len(x))

    def work() -> Any:
        hidden = x @ w1.T
        hidden += b1
        np.maximum(hidden, 0, out=hidden)
        scores = hidden @ w2.T
        scores += b2
        scores -= scores.max(1, keepdims=True)
        powers = np.exp(scores)
        sums = powers.sum(1, keepdims=True)
        loss = (np.log(sums)[:, 0] - scores[rows, labels]).mean()
        powers /= sums
        powers[rows, labels] -= 1
        powers /= np.float32(len(x))
        back = powers @ w2
        back *= hidden > 0
        return [back.T @ x, back.sum(0), powers.T @ hidden, powers.sum(0)], loss

    return work


def check() -> None:
    """Refuse to time work that does not give the same gradients."""
    by_hand = mlp_numpy()()[0]
    for mine, theirs, hand in zip(mlp(autodiff)(), mlp(torch)(), by_hand, strict=True):
        np.testing.assert_allclose(mine.numpy(), theirs.numpy(), rtol=1e-4, atol=1e-6)
        np.testing.assert_allclose(mine.numpy(), hand, rtol=1e-4, atol=1e-6)


# -- long chains


def chain(operations: int) -> Work:
    """Make a chain of operations, its backward, and its end."""
    return small_ops(autodiff, operations)


def report(name: str, peer: str, ratio: float, limit: float, times: str) -> None:
    """Print one row."""
    met = "met" if ratio <= limit else "MISSED"
    print(f"{name:34} | {peer:24} | {ratio:6.2f} | <= {limit:4} | {met:6} | {times}")


def row(name: str, peer_name: str, ours: Work, peer: Work, limit: float, rounds: int, times: int) -> None:
    """Measure one row, and print it."""
    ratio, mine, theirs = compare(ours, peer, rounds, times)
    report(name, peer_name, ratio, limit, f"{mine * 1e3:.3f} ms, {theirs * 1e3:.3f} ms")


def main() -> None:
    """Print each row with the ratio that is to be reached."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=100, help="how often each row is measured (default: 100)")
    rounds = parser.parse_args().rounds
    torch.set_num_threads(1)
    check()
    print(f"{'work':34} | {'peer':24} | {'ratio':6} | {'to reach':7} |        | ours, peer")
    small = small_ops(autodiff)
    row("600 small ops", "PyTorch eager", small, small_ops(torch), 0.8, rounds, 5)
    row("600 small ops", "HIPS autograd", small, small_ops_hips(), 0.5, rounds, 2)
    network = mlp(autodiff)
    row("MLP 784-256-10, batch 64", "PyTorch eager", network, mlp(torch), 1.0, rounds, 10)
    row("MLP 784-256-10, batch 64", "by hand in NumPy", network, mlp_numpy(), 1.3, rounds, 10)
    row("chain of 10,000 ops", "chain of 1,000 ops", chain(10_000), chain(1_000), 12, max(rounds // 5, 3), 1)
    once = seconds(chain(100_000))
    print(f"{'chain of 100,000 ops':34} | {'(no recursion)':24} | works, in {once:.2f} s")


if __name__ == "__main__":
    main()
