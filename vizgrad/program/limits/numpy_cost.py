"""What an operation of our own core would allocate and cost, told before it computes."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from ...autodiff.core import grad_mode
from ...autodiff.core.engine import BackwardCall, Step
from ...autodiff.core.observer import Observer
from ...autodiff.core.op import Op
from ...autodiff.nn.names import registration_hooks
from .budget import Budget, current
from .cost import Cost, product, widest
from .special_names import registered

Rule = Callable[[Sequence[Any]], "int | Cost"]


class Measure:
    """Charges the budget for every operation; the steps of a backward pass count as operations too."""

    def __init__(self, budget: Budget, recorder: object = None) -> None:
        self.budget, self.most = budget, budget.limits.elements
        self._before: grad_mode.Mode | None = None

    def __enter__(self) -> Measure:
        now = self._before = grad_mode.current()
        watched = None if now.observer is None else Watched(now.observer, self.budget)
        grad_mode.change(now._replace(observer=watched, measure=self.measure))
        registration_hooks.append(registered)
        return self

    def __exit__(self, *fault: object) -> None:
        registration_hooks.remove(registered)
        assert self._before is not None
        grad_mode.change(self._before)

    def measure(self, op: Op, arrays: Sequence[Any]) -> None:
        """An operation is about to compute; raises the limit it would break."""
        self.budget.operation()
        rule = RULES.get(op.function, broadcast)
        if rule is None or (op.view and op.function not in RULES):
            return
        try:
            cost = rule(arrays)
        except (TypeError, ValueError, IndexError, AttributeError):
            return  # a wrong call: PyTorch's own error follows
        if type(cost) is not int or cost > self.most:
            self.budget.charge(cost)


class Watched:
    """The recorder's observer, through which the steps of a backward pass are counted."""

    def __init__(self, observer: Observer, budget: Budget) -> None:
        self._observer, self._budget = observer, budget

    def backward(self, call: BackwardCall, steps: Iterator[Step]) -> Iterator[Step]:
        """A backward pass: each of its steps is an operation."""
        told = self._observer.backward(call, steps)
        return told if self.is_light else self._counted(told)

    def _counted(self, steps: Iterator[Step]) -> Iterator[Step]:
        for step in steps:
            self._budget.operation()
            yield step

    @property
    def is_light(self) -> bool:
        """Whether operations are not told."""
        return getattr(self._observer, "is_light", False)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._observer, name)


# -- operations


def shapes(arrays: Iterable[Any]) -> Iterator[tuple[int, ...]]:
    """The shapes of the arrays among the arguments, lists of them included."""
    for array in arrays:
        if isinstance(array, np.ndarray):
            yield array.shape
        elif isinstance(array, list | tuple):
            yield from shapes(array)


def broadcast(arrays: Sequence[Any]) -> int:
    """Bounded by the broadcast of the inputs."""
    shape: Sequence[int] = ()
    for array in arrays:
        if isinstance(array, np.ndarray):
            other = array.shape
            if other and other != shape:
                shape = widest(shape, other) if shape else other
        elif isinstance(array, list | tuple):
            for other in shapes(array):
                shape = other if other == shape else widest(shape, other)
    return math.prod(shape)


def joined(arrays: Sequence[Any]) -> int:
    """The inputs together."""
    return sum(math.prod(shape) for shape in shapes(arrays))


def matmul(arrays: Sequence[Any]) -> Cost:
    """The last two arrays are multiplied."""
    a, b = list(shapes(arrays))[-2:]
    made = math.prod(a[:-1]) * (b[-1] if len(b) > 1 else 1)
    return Cost(made, made * a[-1])


def repeated(arrays: Sequence[Any]) -> int:
    """`repeat`."""
    return arrays[0].size * product(arrays[1])


def padded(arrays: Sequence[Any]) -> int:
    """`constant_pad_nd`: two numbers for each dimension, the last dimension first."""
    sizes = list(arrays[0].shape)
    for i, more in enumerate(arrays[1]):
        sizes[-1 - i // 2] += more
    return product(sizes)


def picked(arrays: Sequence[Any]) -> int:
    """Indexing by arrays: what they pick, times what is left of each element."""
    source, indices = arrays[0].shape, [i for i in arrays[1] if i is not None]
    picks = broadcast(indices)
    left = [n for i, n in enumerate(source) if i >= len(arrays[1]) or arrays[1][i] is None]
    return picks * math.prod(left)


def rows(arrays: Sequence[Any]) -> int:
    """`embedding`: a row for each index."""
    return arrays[0].shape[-1] * arrays[1].size


def selected(arrays: Sequence[Any]) -> int:
    """`index_select`."""
    source, dim, index = arrays[:3]
    return source.size // max(source.shape[dim], 1) * index.size


def classes(arrays: Sequence[Any]) -> int:
    """`one_hot`."""
    return arrays[0].size * max(int(arrays[1]), 1)


def diagonal(arrays: Sequence[Any]) -> int:
    """`diag_embed`."""
    n = arrays[0].shape[-1] + abs(arrays[1])
    return arrays[0].size // max(arrays[0].shape[-1], 1) * n * n


def unbind(arrays: Sequence[Any]) -> Cost:
    """Every row becomes a tensor."""
    return Cost(pieces=arrays[0].shape[arrays[1]])


def split(arrays: Sequence[Any]) -> Cost:
    """Every piece becomes a tensor."""
    size = arrays[1]
    return Cost(pieces=len(size) if isinstance(size, list | tuple) else arrays[0].shape[arrays[2]] // max(size, 1))


def decomposition(arrays: Sequence[Any]) -> Cost:
    """`svd`, `inv` and other work that grows with the cube of the size."""
    work = max((math.prod(s) * max(s[-2:]) for s in shapes(arrays) if len(s) >= 2), default=0)
    return Cost(broadcast(arrays), HARD * work)


def convolution(arrays: Sequence[Any]) -> Cost:
    """At most an output for each place of the padded input and each filter, times the weights of a filter."""
    source, weight, _, _, padding, _, transposed = arrays[:7]
    sides = [n + 2 * p for n, p in zip(source.shape[2:], padding, strict=True)]
    places = source.shape[0] * math.prod(sides)
    if transposed:
        return Cost(places * weight[0].size, places * weight.size)
    return Cost(places * max(weight.shape[0], weight[0].size), places * weight.size)


def unfolded(arrays: Sequence[Any]) -> int:
    """`im2col`."""
    return arrays[0].size * product(arrays[1])


HARD = 50
"""How much longer a step of a decomposition takes than one of a product."""
RULES: Mapping[str, Rule | None] = {
    **dict.fromkeys("mm bmm mv dot addmm baddbmm".split(), matmul),
    **dict.fromkeys("cat stack block_diag".split(), joined),
    **dict.fromkeys(
        """
        _linalg_svd _linalg_eigh _linalg_solve_ex linalg_cholesky_ex linalg_inv_ex linalg_det linalg_slogdet linalg_qr
        linalg_matrix_exp
        """.split(),
        decomposition,
    ),
    "repeat": repeated,
    "constant_pad_nd": padded,
    "index": picked,
    "embedding": rows,
    "index_select": selected,
    "one_hot": classes,
    "diag_embed": diagonal,
    "unbind": unbind,
    "split": split,
    "split_with_sizes": split,
    "convolution": convolution,
    "im2col": unfolded,
}


# -- factories


def measured(
    name: str, make: Callable[..., Any], rules: Mapping[str, Callable[[Any, Any], int]] | None = None
) -> Callable[..., Any]:
    """A function that makes tensors of nothing, which first looks at how large; `rules` tell it (None: FACTORIES)."""
    rule = (FACTORIES if rules is None else rules)[name]

    def measuring(*values: Any, **named: Any) -> Any:
        budget = current.get()
        if budget is not None:
            try:
                elements = rule(values, named)
            except (TypeError, ValueError, IndexError, KeyError, AttributeError):
                elements = 0  # a wrong call: PyTorch's own error follows
            budget.elements(elements)
        return make(*values, **named)

    measuring.__name__ = measuring.__qualname__ = name
    return measuring


def sizes(values: Any, named: Any) -> int:
    """`ones(2, 3)` and `ones((2, 3))`."""
    return product(named.get("size", values))


def listed(values: Any, named: Any) -> int:
    """The first list among the arguments is the shape."""
    return product(next((v for v in (*values, *named.values()) if isinstance(v, list | tuple)), ()))


def square(values: Any, named: Any) -> int:
    """`eye`."""
    return int(values[0]) * int(values[1] if len(values) > 1 else values[0])


def counted(values: Any, named: Any) -> int:
    """`arange`."""
    numbers = [float(v) for v in values] + [float(named[k]) for k in ("start", "end", "step") if k in named]
    start, end = (0.0, numbers[0]) if len(numbers) == 1 else numbers[:2]
    return int(abs((end - start) / (numbers[2] if len(numbers) > 2 else 1.0))) + 1


def steps(values: Any, named: Any) -> int:
    """`linspace` and `logspace`."""
    return int(named["steps"] if "steps" in named else values[2])


FACTORIES: Mapping[str, Callable[[Any, Any], int]] = {
    **dict.fromkeys("ones zeros empty rand randn".split(), sizes),
    **dict.fromkeys("full randint normal".split(), listed),
    **dict.fromkeys("linspace logspace".split(), steps),
    "eye": square,
    "arange": counted,
    "randperm": lambda values, named: int(named["n"] if "n" in named else values[0]),
    "tril_indices": lambda values, named: 2 * product(values[:2]),
    "triu_indices": lambda values, named: 2 * product(values[:2]),
}
