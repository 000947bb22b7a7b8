"""What a presenter may need is loaded before its first request: later no file can be opened."""

from __future__ import annotations

import subprocess
import sys
import typing
from pathlib import Path

import pytest

from vizgrad.present import every, rehearsal
from vizgrad.present.request import Request
from vizgrad.program import isolated
from vizgrad.workers.process import environment
from vizgrad.workers.protocol import encode

LATER = """
import sys
from pathlib import Path
from vizgrad.gallery import lessons
from vizgrad.present import every, rehearsal
from vizgrad.present.agreement import Compare
from vizgrad.present.charts import Plot
from vizgrad.present import derivation
from vizgrad.present.files import Export
from vizgrad.present.inspector import Inspect
from vizgrad.present.noted import noted
from vizgrad.present.player import Play
from vizgrad.present.whatif import Axis, Curve, Leaves, Surface
from vizgrad.program.run import execute
from vizgrad.trace import Trace
from vizgrad.workers.protocol import encode

programs = [one.source for one in lessons()] + sys.stdin.read().split("---")
bodies = [execute(program, "numpy").to_json().encode() for program in programs]
bodies += [Path(path).read_bytes() for path in sys.argv[1:]]
every.prepare(has_studies=True)
pairs = [
    pair
    for topics, program in ((every.TOPICS, rehearsal.PROGRAM), (every.CHARTS, rehearsal.CHARTED))
    for topic in topics
    for pair in topic.rehearsals(every.recorded(program))
]
kept = noted().__enter__()
known, opened = set(sys.modules), []
sys.addaudithook(lambda event, arguments: opened.append(arguments[0]) if event == "open" else None)
for request, body in pairs:
    request.answer(body)
for body in bodies:
    for format in ("html", "svg", "dot", *(("png", "pdf") if body in bodies[:2] else ())):
        Export(format).answer(body)
    trace = Trace.from_json(body)
    source = trace.source
    for scene in range(len(trace.scenes)):
        Play(source, trace.engine, scene).answer(body)
        Inspect(scene).answer(body)
        for leaf in derivation.Derive(scene).answer(body)[0].leaves:
            derivation.Derive(scene, leaf).answer(body)
    leaves = Leaves().answer(body)[0]
    Compare(source, "one", "the other").answer(encode((body, body.replace(b"true", b"false"))))
    Plot(zoom=1.5).answer(body)
    for leaf in leaves.leaves[:1] if leaves.has_scalar else ():
        axis = Axis(leaf.tensor, 0, leaf.name, (0.0, 1.0), 0.5)
        Curve(axis, (0.0, float("inf")), (1.0, 2.0)).answer(body)
        Surface((axis, axis), ((0.0, 1.0), (2.0, float("nan")))).answer(body)
print(sorted(sys.modules.keys() - known), opened, repr(kept.text))
"""
PROGRAMS = """\
import torch
x = torch.tensor([1.0 + 2j, 3.0], requires_grad=True)
(x * x.conj()).sum().abs().backward()
---
import torch
x = torch.tensor([0.0, -1.0], requires_grad=True)
for i in range(5):
    (torch.log(x).sum() * 1e20).backward()
---
import torch
x = torch.zeros(0, 3, requires_grad=True)
(x * torch.ones(2000, 1, 3)).sum().backward()
"""

BY_PYTORCH = (
    """import torch
layer = torch.nn.TransformerEncoderLayer(8, 2, 16, batch_first=True)
x = torch.rand(1, 3, 8, requires_grad=True)
torch.nn.TransformerEncoder(layer, 2)(x).sum().backward()
""",
    """import torch
x = torch.rand(1, 2, 8, 8, requires_grad=True)
y = torch.nn.Conv2d(2, 3, 3)(x)
y = torch.nn.functional.max_pool2d(torch.nn.BatchNorm2d(3)(y).relu(), 2)
out, _ = torch.nn.LSTM(9, 4)(y.flatten(2))
(out.unique().sum() + torch.fft.rfft(out).abs().sum() + torch.linalg.svdvals(y[0, 0]).sum()).backward()
""",
)


def test_every_kind_of_request_is_rehearsed():
    topics = {topic.__name__ for topic in (*every.TOPICS, *every.CHARTS)}
    assert {request.__module__ for request in typing.get_args(every.ANY)} == topics


def rehearsed() -> list[tuple[Request, bytes]]:
    """All pairs of a request and its body that a presenter answers before it is needed."""
    topics = ((every.TOPICS, rehearsal.PROGRAM), (every.CHARTS, rehearsal.CHARTED))
    return [pair for some, program in topics for topic in some for pair in topic.rehearsals(every.recorded(program))]


@pytest.mark.parametrize("pair", rehearsed(), ids=lambda pair: type(pair[0]).__name__)
def test_rehearsals_are_answered(pair: tuple[Request, bytes]):
    request, body = pair
    head, _ = request.answer(body)
    assert encode(head)


def test_nothing_is_loaded_or_opened_later(tmp_path: Path):
    recorded = []
    for number, program in enumerate(BY_PYTORCH):
        recorded.append(tmp_path / f"{number}.json")
        recorded[-1].write_bytes(isolated.record(program, "torch").trace)
    command = [sys.executable, "-c", LATER, *map(str, recorded)]
    done = subprocess.run(command, input=PROGRAMS, capture_output=True, text=True, env=environment(), check=False)
    assert done.stdout.strip() == "[] [] ''", done.stdout + done.stderr
