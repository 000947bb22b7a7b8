"""What is said at one step: a sentence, formulae, and the equations in them as data that can be evaluated."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from vizgrad.trace import Value


@dataclass(frozen=True, slots=True)
class Term:
    """One equation that an explanation states, as data.

    `kind` says which: "rule" (a gradient sent to the input `slot`), "sum" (contributions that meet), "accumulate"
    (`.grad` before + delta = after). For a rule, `upstream` is what arrived (None where several outputs' gradients
    did), `local` the elementwise local derivative (None where the rule is no elementwise product), `raw` what the rule
    gives before the sum that undoes broadcasting, `result` what was sent; `rule` is its formula in LaTeX, "" where
    none is known. For the others `parts` are the summands. `tensor` is the tensor that `result` is the gradient of.
    """

    kind: str
    result: Value
    tensor: int | None = None
    name: str = ""
    slot: int | None = None
    rule: str = ""
    upstream: Value | None = None
    local: Value | None = None
    raw: Value | None = None
    parts: tuple[Value, ...] = ()

    def evaluate(self) -> np.ndarray | None:
        """What the equation's left-hand side comes to; None where it is not made of elements that are kept.

        >>> half, ten = Value.of([0.5, 0.5]), Value.of([10.0, 10.0])
        >>> Term("rule", Value.of([5.0, 5.0]), upstream=half, local=ten).evaluate().tolist()
        [5.0, 5.0]
        """
        if self.kind != "rule":
            arrays = [part.array for part in self.parts]
            return None if any(a is None for a in arrays) else np.asarray(sum(arrays))  # type: ignore[arg-type]
        product = self._product()
        return None if product is None else summed_to(product, self.result.shape)

    def _product(self) -> np.ndarray | None:
        if self.upstream is not None and self.local is not None:
            upstream, local = self.upstream.array, self.local.array
            return None if upstream is None or local is None else np.asarray(upstream * local)
        return None if self.raw is None else self.raw.array


@dataclass(frozen=True, slots=True)
class Explanation:
    """What is said at one step.

    `sentence` is plain text; `symbols` and `numbers` are LaTeX, "" where there is nothing to compute; `terms` are the
    equations they state. `order` says why a node is visited now, where that is a question.
    """

    sentence: str
    symbols: str = ""
    numbers: str = ""
    terms: tuple[Term, ...] = ()
    order: str = ""


def summed_to(array: np.ndarray, shape: tuple[int, ...]) -> np.ndarray:
    """`array` summed over the dimensions along which a tensor of `shape` was broadcast to its shape.

    >>> summed_to(np.ones((3, 2)), (2,)).tolist(), summed_to(np.ones((3, 2)), (3, 1)).tolist()
    ([3.0, 3.0], [[2.0], [2.0], [2.0]])
    """
    if array.shape == tuple(shape):
        return array
    dims = broadcast_dims(array.shape, shape)
    return np.asarray(array.sum(axis=dims).reshape(shape))


def broadcast_dims(large: tuple[int, ...], small: tuple[int, ...]) -> tuple[int, ...]:
    """The dimensions of `large` along which a tensor of shape `small` was repeated.

    >>> broadcast_dims((3, 2), (2,)), broadcast_dims((3, 2), (1, 2)), broadcast_dims((3, 2), ())
    ((0,), (0,), (0, 1))
    """
    extra = len(large) - len(small)
    return (*range(extra), *(i + extra for i, n in enumerate(small) if n == 1 and large[i + extra] != 1))
