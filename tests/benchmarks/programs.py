"""Long programs: training loops beside plain PyTorch, chains of operations, and the way to a worker and back.

    python -m tests.benchmarks.programs [rounds]

The fits run in this process, in turn with the same text in plain PyTorch, by the time of the processor; what others do
on the machine still shows. Medians are told.
"""

from __future__ import annotations

import contextlib
import io
import multiprocessing
import os
import resource
import statistics
import sys
import time
from collections.abc import Callable

os.environ.setdefault("OMP_NUM_THREADS", "1")

ENGINES = ("numpy", "torch")
SLOWEST = 4.0
"""How many times as long as plain PyTorch a fit may take."""
LARGEST = 1024
"""MiB that a process which runs a fit may use."""
STEEPEST = 12.0
"""How many times as long as 1,000 operations 10,000 may take."""
CHAIN = """import torch
x = torch.ones(3, requires_grad=True)
y = x
for i in range({length}):
    y = y * 1.0001
y.sum().backward()
"""
LESSON = "import torch\nx = torch.ones(2, requires_grad=True)\no = (5 * (x + {shift}) ** 2).sum() / 2\no.backward()\n"
TENSORS = """import torch
import math
dtype = torch.float
device = torch.device("cpu")
x = torch.linspace(-math.pi, math.pi, 2000, device=device, dtype=dtype)
y = torch.sin(x)
a = torch.randn((), device=device, dtype=dtype, requires_grad=True)
b = torch.randn((), device=device, dtype=dtype, requires_grad=True)
c = torch.randn((), device=device, dtype=dtype, requires_grad=True)
d = torch.randn((), device=device, dtype=dtype, requires_grad=True)
learning_rate = 1e-6
for t in range(2000):
    y_pred = a + b * x + c * x ** 2 + d * x ** 3
    loss = (y_pred - y).pow(2).sum()
    if t % 100 == 99:
        print(t, loss.item())
    loss.backward()
    with torch.no_grad():
        a -= learning_rate * a.grad
        b -= learning_rate * b.grad
        c -= learning_rate * c.grad
        d -= learning_rate * d.grad
        a.grad = None
        b.grad = None
        c.grad = None
        d.grad = None
print(f'Result: y = {a.item()} + {b.item()} x + {c.item()} x^2 + {d.item()} x^3')
"""
MODULE = """import torch
import math
x = torch.linspace(-math.pi, math.pi, 2000)
y = torch.sin(x)
p = torch.tensor([1, 2, 3])
xx = x.unsqueeze(-1).pow(p)
model = torch.nn.Sequential(
    torch.nn.Linear(3, 1),
    torch.nn.Flatten(0, 1)
)
loss_fn = torch.nn.MSELoss(reduction='sum')
learning_rate = 1e-3
optimizer = torch.optim.RMSprop(model.parameters(), lr=learning_rate)
for t in range(2000):
    y_pred = model(xx)
    loss = loss_fn(y_pred, y)
    if t % 100 == 99:
        print(t, loss.item())
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
linear_layer = model[0]
print(linear_layer.bias.item(), linear_layer.weight.tolist())
"""
OWN_MODULE = """import torch
import math
class Polynomial3(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.a = torch.nn.Parameter(torch.randn(()))
        self.b = torch.nn.Parameter(torch.randn(()))
        self.c = torch.nn.Parameter(torch.randn(()))
        self.d = torch.nn.Parameter(torch.randn(()))
    def forward(self, x):
        return self.a + self.b * x + self.c * x ** 2 + self.d * x ** 3
x = torch.linspace(-math.pi, math.pi, 2000)
y = torch.sin(x)
model = Polynomial3()
criterion = torch.nn.MSELoss(reduction='sum')
optimizer = torch.optim.SGD(model.parameters(), lr=1e-6)
for t in range(2000):
    y_pred = model(x)
    loss = criterion(y_pred, y)
    if t % 100 == 99:
        print(t, loss.item())
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
"""
FUNCTION = """import torch
import math
class LegendrePolynomial3(torch.autograd.Function):
    @staticmethod
    def forward(ctx, input):
        ctx.save_for_backward(input)
        return 0.5 * (5 * input ** 3 - 3 * input)
    @staticmethod
    def backward(ctx, grad_output):
        input, = ctx.saved_tensors
        return grad_output * 1.5 * (5 * input ** 2 - 1)
dtype = torch.float
device = torch.device("cpu")
x = torch.linspace(-math.pi, math.pi, 2000, device=device, dtype=dtype)
y = torch.sin(x)
a = torch.full((), 0.0, device=device, dtype=dtype, requires_grad=True)
b = torch.full((), -1.0, device=device, dtype=dtype, requires_grad=True)
c = torch.full((), 0.0, device=device, dtype=dtype, requires_grad=True)
d = torch.full((), 0.3, device=device, dtype=dtype, requires_grad=True)
learning_rate = 5e-6
for t in range(2000):
    P3 = LegendrePolynomial3.apply
    y_pred = a + b * P3(c + d * x)
    loss = (y_pred - y).pow(2).sum()
    if t % 100 == 99:
        print(t, loss.item())
    loss.backward()
    with torch.no_grad():
        a -= learning_rate * a.grad
        b -= learning_rate * b.grad
        c -= learning_rate * c.grad
        d -= learning_rate * d.grad
        a.grad = None
        b.grad = None
        c.grad = None
        d.grad = None
print(f'Result: y = {a.item()} + {b.item()} * P3({c.item()} + {d.item()} x)')
"""
FITS = {"tensors": TENSORS, "nn and optim": MODULE, "own module": OWN_MODULE, "own function": FUNCTION}


def plainly(source: str) -> float:
    """Processor seconds of the text in plain PyTorch."""
    code = compile(source, "<plain>", "exec")
    start = time.process_time()
    with contextlib.redirect_stdout(io.StringIO()):
        exec(code, {"__name__": "__main__"})
    return time.process_time() - start


def recorded(source: str, engine: str) -> float:
    """Processor seconds of the text recorded by us."""
    from vizgrad.program.limits.limits import Limits
    from vizgrad.program.run import execute

    start = time.process_time()
    trace = execute(source, engine, limits=Limits(seconds=60))
    took = time.process_time() - start
    assert trace.error is None, trace.error
    return took


def peak(source: str, engine: str) -> int:
    """The most memory, in MiB, of a process of its own that records the text."""
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        return pool.apply(_peak, (source, engine))


def _peak(source: str, engine: str) -> int:
    recorded(source, engine)
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


def fits(rounds: int) -> None:
    """Each fit on each engine: its time beside plain PyTorch's, and its memory."""
    for name, source in FITS.items():
        plainly(source)
        for engine in ENGINES:
            recorded(source, engine)
            pairs = [(recorded(source, engine), plainly(source)) for _ in range(rounds)]
            ratio = statistics.median(a / b for a, b in pairs)
            memory = peak(source, engine)
            _tell(
                f"fit, {name}, {engine}: {statistics.median(a for a, _ in pairs):.2f} s, plain PyTorch "
                f"{statistics.median(b for _, b in pairs):.2f} s, ratio {ratio:.1f}, {memory} MiB",
                ratio <= SLOWEST and memory <= LARGEST,
            )


def chains(rounds: int) -> None:
    """10,000 operations beside 1,000, from the text to the Trace."""
    for engine in ENGINES:
        recorded(CHAIN.format(length=1000), engine)
        pairs = [tuple(recorded(CHAIN.format(length=n), engine) for n in (1000, 10_000)) for _ in range(rounds)]
        ratio = statistics.median(b / a for a, b in pairs)
        short, long = (statistics.median(column) for column in zip(*pairs, strict=True))
        _tell(f"chain, {engine}: {short * 1e3:.0f} ms, {long * 1e3:.0f} ms, ratio {ratio:.1f}", ratio <= STEEPEST)


def round_trips(rounds: int) -> None:
    """A small program to a warm worker and back."""
    from vizgrad.program import isolated

    for engine in ENGINES:
        for i in range(5):
            isolated.run(LESSON.format(shift=i), engine)
        times = [
            _timed(lambda i=i, engine=engine: isolated.run(LESSON.format(shift=i / 8), engine)) for i in range(rounds)
        ]
        print(f"to a warm worker and back, {engine}: {statistics.median(times) * 1e3:.1f} ms")


def _timed(call: Callable[[], object]) -> float:
    start = time.perf_counter()
    call()
    return time.perf_counter() - start


def _tell(text: str, is_met: bool) -> None:
    print(text + ("" if is_met else "   MISSED"), flush=True)


def main() -> int:
    """Runs all."""
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 5
    round_trips(8 * rounds)
    chains(rounds)
    fits(rounds)
    return 0


if __name__ == "__main__":
    sys.exit(main())
