"""How much rounding can have grown in a value, where large numbers have cancelled."""

from __future__ import annotations

import math
from collections.abc import Iterable

import numpy as np

from . import events as ev
from .records import NodeRecord
from .values import Value

SUMS = frozenset(
    "add sub rsub sum mean var std norm linalg_vector_norm cumsum logsumexp log_softmax mse_loss l1_loss "
    "native_layer_norm native_batch_norm addcmul addcdiv lerp cat stack".split()
)
"""Operations that add or subtract, so that what remains can be far smaller than its rounding errors are used to."""
PRODUCTS = frozenset("mm bmm mv dot addmm addmv baddbmm linear convolution einsum cdist".split())
"""Operations that add up products."""
DRIFT = 2e-2
"""How far apart rounding may have driven two long runs."""
INHERITED = 1e5
"""The most of it that goes on to what is computed from a value: a result must be comparable somehow."""


class Noise:
    """Follows the events of one trace, and says how much larger than usual their rounding errors may be.

    Two engines that add in another order agree to about 1e-7 of the largest number that was added, however small the
    sum is; and what they have added up in hundreds of iterations is apart by more. After `follow(event)`, `terms`
    is that number where the event added something, and `ratio` how many times
    larger than the values themselves the numbers were that they come from.

    >>> noise = Noise(())
    >>> noise.follow(ev.Create(tensor=0, op="tensor", value=Value.of(np.array([1000.0, -999.9], dtype="float32"))))
    >>> small = Value.of(np.float32(0.1))
    >>> noise.follow(ev.Forward(op="sum", node=None, inputs=(ev.Operand("self", 0),), outputs=(1,), values=(small,)))
    >>> round(noise.terms), noise.ratio
    (1682, 1.0)
    >>> noise.follow(ev.Forward(op="exp", node=None, inputs=(ev.Operand("self", 1),), outputs=(2,), values=(small,)))
    >>> round(noise.terms), round(noise.ratio)
    (0, 16818)
    """

    def __init__(self, nodes: tuple[NodeRecord, ...]) -> None:
        self._nodes = nodes
        self._tensors: dict[int, tuple[float, float, int]] = {}  # largest element, ratio, number of elements
        self._edges: dict[tuple[int | None, int | None], float] = {}  # numbers as large as this came together there
        self._grads: dict[int, float] = {}
        self.terms, self.ratio = 0.0, 1.0
        self.drift = 0.0  # how far values may have come apart in iterations that nobody saw, relatively
        self.steepest = 0.0  # the largest gradient norm of such an iteration

    def follow(self, event: ev.Event) -> None:
        """Goes on by one event."""
        self.terms = 0.0
        self.ratio = self._ratio(event)

    def _ratio(self, event: ev.Event) -> float:
        match event:
            case ev.Create():
                self.terms = max(self._grads.values(), default=0.0) if event.op == "grad" else 0.0
                ratio = max(self._inherit(self.terms, event.value), 1.0)
                self._tensors[event.tensor] = largest(event.value), ratio, event.value.size
                return 1.0
            case ev.Forward():
                return self._computed(event, zip(event.outputs, event.values, strict=True))
            case ev.Inplace():
                return self._computed(event, ((s.tensor, s.value) for s in event.seen))
            case ev.Backward():
                self._edges.clear()
                return 1.0
            case ev.Vjp():
                return self._visited(event)
            case ev.Accumulate():
                self._summed(event.contributions, event.delta)
                self.terms = max(self.terms, self._grads.get(event.tensor, 0.0))
                self._grads[event.tensor] = self.terms
            case ev.SetGrad() if event.grad is not None:
                self.terms = self._grads.get(event.tensor, 0.0)
            case ev.Hook():
                self.terms = max(self._edges.values(), default=0.0)
            case ev.Light():
                self.drift = DRIFT
                self.steepest = max([self.steepest, *(norm.norm.norm for norm in event.norms)])
                self.terms = self.steepest
        return 1.0

    def _computed(self, event: ev.Forward | ev.Inplace, results: Iterable[tuple[int, Value]]) -> float:
        given = [self._tensors[o.tensor] for o in event.inputs if o.tensor in self._tensors]
        inherited = max((ratio for _, ratio, _ in given), default=1.0)
        terms, count = 0.0, max((n for _, _, n in given), default=1)
        if given and event.op in SUMS:
            terms = max(size * ratio for size, ratio, _ in given)
        elif len(given) > 1 and event.op in PRODUCTS:
            sizes = sorted(size for size, _, _ in given)
            terms = sizes[-1] * sizes[-2] * inherited
        for tensor, value in results:
            ratio = max(self._added(terms, count, value), inherited)
            self._tensors[tensor] = largest(value), ratio, value.size
        return inherited

    def _visited(self, event: ev.Vjp) -> float:
        node = self._nodes[event.node]
        kept = [self._tensors[s.tensor] for s in node.saved if s.tensor in self._tensors]
        arrived = [(a.grad, a.contributions) for a in event.arrivals if a.grad is not None]
        ratios = [ratio for _, ratio, _ in kept] + [self._summed(c, grad) for grad, c in arrived]
        inherited = max(ratios, default=1.0)
        for slot, departure in enumerate(event.departures):
            if departure is not None:
                terms, count = 0.0, 1
                if departure.raw is not None:
                    terms, count = largest(departure.raw), departure.raw.size
                elif kept and node.op in PRODUCTS:
                    terms = max(size for size, _, _ in kept) * max(largest(grad) for grad, _ in arrived)
                    count = max(n for _, _, n in kept)
                ratio = max(self._added(terms * inherited, count, departure.grad), inherited)
                exact = terms * (count / max(departure.grad.size, 1)) ** 0.75
                self._edges[event.node, slot] = max(ratio * largest(departure.grad), exact) if ratio > 1 else 0.0
        return inherited

    def _summed(self, contributions: tuple[ev.Contribution, ...], total: Value) -> float:
        """Gradients meet: how much larger than their sum are they, or the numbers that they came from?"""
        terms = max([self._edges.get((c.node, c.slot), 0.0) for c in contributions], default=0.0)
        if len(contributions) > 1:
            terms = max([terms, *(largest(c.value) for c in contributions)])
        self.terms = max(self.terms, terms)
        return self._inherit(terms, total) if terms else 1.0

    def _added(self, terms: float, count: int, total: Value) -> float:
        """Numbers as large as `terms` were added up; their errors are related, and grow faster than a random walk."""
        terms *= max(count / max(total.size, 1), 1) ** 0.75
        if not terms or not math.isfinite(terms):
            return 1.0
        self.terms = max(self.terms, terms)
        return self._inherit(terms, total)

    def _inherit(self, terms: float, total: Value) -> float:
        size = largest(total)
        return min(max(terms / size, 1.0), INHERITED) if size and math.isfinite(terms) else INHERITED if terms else 1.0


def largest(value: Value) -> float:
    """The largest magnitude among the finite elements that are known; 0 if there is none."""
    if value.summary is not None:
        bounds = abs(value.summary.min), abs(value.summary.max)
        return max([b for b in bounds if math.isfinite(b)], default=0.0)
    elements = np.abs(value.corner[np.isfinite(value.corner)])
    return float(elements.max()) if elements.size else 0.0
