"""Every operation, lesson and row of the tables: each step is explained, each picture drawn, all of it is JSON."""

from __future__ import annotations

import csv
import json
import logging
import zlib
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import vizgrad
import vizgrad.autodiff as ours
from vizgrad.autodiff.core.registry import OPS
from vizgrad.autodiff.core.samples import Sample
from vizgrad.gallery import lesson, lessons
from vizgrad.player.payload import payload, written
from vizgrad.program.run import execute
from vizgrad.trace import Trace

DATA = Path(__file__).parents[1] / "data"
UNEXPLAINED = ("cannot be explained", "cannot be shown", "cannot be written")
SHARE = 12
"""Rows of a table that make one program."""

LEAVES = """
def leaf(*shape, grad=True):
    n = 1
    for d in shape:
        n *= d
    return (torch.arange(1, n + 1, dtype=torch.float32) / 10).reshape(shape).clone().requires_grad_(grad)

s, x, y, c = leaf(), leaf(3), leaf(3), leaf(3, grad=False)
A, B, C, M, S = leaf(2, 3), leaf(2, 3), leaf(2, 3, grad=False), leaf(3, 4), leaf(3, 3)
P = (torch.eye(3) * 2 + 0.1).requires_grad_()
T, U, b, r = leaf(2, 3, 4), leaf(2, 4, 5), leaf(4), leaf(1, 3)
img, ker, emb = leaf(1, 1, 4, 4), leaf(1, 1, 2, 2), leaf(5, 3)
d = torch.tensor([0.1, 0.2, 0.3], dtype=torch.float64, requires_grad=True)
i, idx, t = torch.tensor([1, 2, 3]), torch.tensor([0, 2]), torch.tensor([0, 2])
mask, gi = torch.tensor([True, False, True]), torch.tensor([[0, 1, 2], [2, 1, 0]])
h = torch.tensor([0.0, 1.0, 1.0])
"""
IMPORTS = "import torch\nimport torch.nn as nn\nimport torch.nn.functional as F\n"


def rows(table: str) -> list[dict[str, str]]:
    with (DATA / f"{table}.csv").open(newline="") as file:
        return list(csv.DictReader(file))


def shares(texts: Sequence[str]) -> Iterator[tuple[str, list[str]]]:
    for start in range(0, len(texts), SHARE):
        yield f"{start}-{start + len(texts[start : start + SHARE]) - 1}", list(texts[start : start + SHARE])


def check(trace: Trace, caplog: pytest.LogCaptureFixture) -> dict[str, Any]:
    """All scenes of a trace can be shown, and every step of them is explained."""
    with caplog.at_level(logging.ERROR, "vizgrad"):
        shown = payload(trace, budget=1 << 30, reach=None)
    assert not caplog.records, caplog.text
    read = json.loads(written(shown), parse_constant=_refused)
    assert read["id"] == shown["id"]
    for scene in shown["scenes"]:
        if not trace.scenes[scene["index"]].is_whole:
            continue
        assert scene["problem"] in (None, trace.omitted), trace.source
        assert scene["svg"] is not None or not scene["elements"]
        for step in scene["steps"]:
            assert step["sentence"].strip() and not any(word in step["sentence"] for word in UNEXPLAINED), (
                step["sentence"],
                trace.source,
            )
    return shown


def _refused(token: str) -> None:
    raise AssertionError(f"{token} is no JSON")


def backwards(name: str) -> str:
    """Sends a gradient of ones back from whatever a name stands for."""
    return f"""
for out in ({name} if isinstance({name}, (tuple, list)) else [{name}]):
    if isinstance(out, torch.Tensor) and out.requires_grad and not out.is_leaf:
        out.backward(torch.ones_like(out), retain_graph=True)
"""


# -- the registry

GROUPS = sorted({op.forward.__module__.removeprefix("vizgrad.autodiff.") for op in OPS.values() if op.samples})


def as_tensors(part: Any, generator: np.random.Generator, has_gradient: bool) -> Any:
    if isinstance(part, Sample):
        part = part.draw(generator, np.float32)
    if isinstance(part, np.ndarray):
        made = ours.from_numpy(part.copy())
        return made.requires_grad_() if has_gradient and part.dtype.kind == "f" else made
    if isinstance(part, list):
        return [as_tensors(each, generator, has_gradient) for each in part]
    return part


@pytest.mark.parametrize("group", GROUPS)
def test_operations(group: str, caplog: pytest.LogCaptureFixture):
    """Each operation on its own samples, there and back."""
    found = [op for op in OPS.values() if op.forward.__module__.endswith(f".{group}")]
    for op in found:
        for given in op.samples:
            generator = np.random.default_rng(zlib.crc32(op.name.encode()))
            with vizgrad.record() as trace:
                arguments = [
                    as_tensors(part, generator, name in op.rules) for part, name in zip(given, op.params, strict=False)
                ]
                made = op(*arguments)
                for out in made if isinstance(made, tuple | list) else (made,):
                    if isinstance(out, ours.Tensor) and out.requires_grad and out.grad_fn is not None:
                        try:
                            out.backward(ours.ones_like(out), retain_graph=True)
                        except (NotImplementedError, RuntimeError):  # PyTorch has no derivative there either
                            break
            check(trace, caplog)


# -- the lessons and the tables


@pytest.mark.parametrize("slug", [one.slug for one in lessons()])
def test_lessons(slug: str, caplog: pytest.LogCaptureFixture):
    check(execute(lesson(slug).source, "numpy"), caplog)


def tried(texts: Sequence[str], before: str) -> Iterator[Trace]:
    """The runs of many small texts; one that the program's own rules refuse is no run."""
    for text in texts:
        trace = execute(f"{IMPORTS}{before}{text}\n", "numpy")
        if trace.events:
            yield trace


EXPRESSIONS = [row["expression"] for row in rows("grad_fn_table")]
SEMANTICS = [row["code"] for row in rows("torch_semantics")]
ERRORS = [row["code"] for row in rows("torch_errors")]


@pytest.mark.parametrize(("_", "share"), list(shares(EXPRESSIONS)))
def test_expressions(_: str, share: list[str], caplog: pytest.LogCaptureFixture):
    texts = []
    for text in share:
        *head, last = text.split("\n")
        texts.append("\n".join([*head, f"result = ({last})"]) + backwards("result"))
    # Together, as far as they run together; what stops one of them would hide the others.
    together = [text for text in texts if execute(f"{IMPORTS}{LEAVES}{text}", "numpy").error is None]
    apart = [text for text in texts if text not in together]
    for trace in tried(["\n".join(together), *apart], LEAVES):
        check(trace, caplog)


@pytest.mark.parametrize(("_", "share"), list(shares(SEMANTICS)))
def test_semantics(_: str, share: list[str], caplog: pytest.LogCaptureFixture):
    for trace in tried(share, ""):
        check(trace, caplog)


@pytest.mark.parametrize(("_", "share"), list(shares(ERRORS)))
def test_errors(_: str, share: list[str], caplog: pytest.LogCaptureFixture):
    for trace in tried(share, ""):
        check(trace, caplog)


def test_the_loop_runs_what_it_is_meant_to():
    """Most rows are programs that the NumPy engine runs; else the loops above would check nothing."""
    for texts, least in ((SEMANTICS[::7], 0.8), (ERRORS[::7], 0.8)):
        assert sum(1 for _ in tried(texts, "")) >= least * len(texts)
