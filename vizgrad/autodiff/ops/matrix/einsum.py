"""Products that sum over named or numbered dimensions, in the steps PyTorch composes them of."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from ...core import errors
from ...core.dims import axis
from ...core.op import function, op
from ...core.samples import sample
from ...core.tensor import Tensor
from ..reduction.sums import sum_dim
from ..shape.permute import permute
from ..shape.squeeze import unsqueeze
from ..shape.view import reshape, unsafe_view, view
from .products import bmm, dot, mm


@function()
def inner(self: Any, other: Any) -> Any:
    """Multiply along the last dimension of both, and sum."""
    if not self.ndim or not other.ndim:
        return self * other
    if self.shape[-1] != other.shape[-1]:
        raise RuntimeError(
            "inner() the last dimension must match on both input tensors but got shapes "
            f"{errors.sizes(self.shape)} and {errors.sizes(other.shape)}"
        )
    return tensordot(self, other, ([-1], [-1]))


@function(method=False)
def tensordot(a: Any, b: Any, dims: Any = 2) -> Any:
    """Sum over dimensions of both: the last ones of one with the first of the other, or those listed."""
    if isinstance(dims, int):
        dims = list(range(-dims, 0)), list(range(dims))
    left, right = [axis(d, a.ndim) for d in dims[0]], [axis(d, b.ndim) for d in dims[1]]
    free_a = [d for d in range(a.ndim) if d not in left]
    free_b = [d for d in range(b.ndim) if d not in right]
    shape = [a.shape[d] for d in free_a] + [b.shape[d] for d in free_b]
    summed = math.prod(a.shape[d] for d in left)
    first, second = permute(a, (*free_a, *dims[0])), permute(b, (*dims[1], *free_b))
    if not free_a and not free_b and a.ndim == 1:
        return view(dot(first, second), ())
    rows, columns = math.prod(a.shape[d] for d in free_a), math.prod(b.shape[d] for d in free_b)
    return reshape(mm(reshape(first, rows, summed), reshape(second, summed, columns)), tuple(shape))


@function(method=False)
def einsum(equation: str, *operands: Any) -> Any:
    """Multiply and sum as an equation of letters says: `"ij,jk->ik"`."""
    if len(operands) == 1 and isinstance(operands[0], (list, tuple)):
        operands = tuple(operands[0])
    labels, output = _parsed(equation, operands)
    letters = list(output) + sorted({c for part in labels for c in part} - set(output))
    sizes: dict[str, int] = {}
    for part, tensor in zip(labels, operands, strict=True):
        for c, n in zip(part, tensor.shape, strict=True):
            if sizes.get(c, 1) not in (1, n) and n != 1:
                raise RuntimeError(
                    f"einsum(): subscript {c} has size {n} for operand 1 which does not broadcast with previously seen size {sizes[c]}"
                )
            sizes[c] = max(n, sizes.get(c, 1))
    ready = [_aligned(part, tensor, letters) for part, tensor in zip(labels, operands, strict=True)]
    found, *others = ready
    for i, other in enumerate(others):
        later = {c for part in labels[i + 2 :] for c in part}
        done = [k for k, c in enumerate(letters) if c not in output and c not in later]
        found = _pair(found, other, done, keep=i + 1 < len(others))
    if not others and len(letters) > len(output):
        found = sum_dim(found, tuple(range(len(output), len(letters))))
    return found


def _parsed(equation: str, operands: Sequence[Any]) -> tuple[list[str], str]:
    left, arrow, right = equation.replace(" ", "").partition("->")
    parts = left.split(",")
    if len(parts) != len(operands):
        raise RuntimeError(
            f"einsum(): {'fewer' if len(parts) > len(operands) else 'more'} operands were provided than specified in the equation"
        )
    filler = [chr(c) for c in range(ord("Z"), ord("A") - 1, -1) if chr(c) not in equation]
    spare = 0
    for i, (part, tensor) in enumerate(zip(parts, operands, strict=True)):
        if "..." in part:
            count = tensor.ndim - len(part) + 3
            spare = max(spare, count)
            parts[i] = part.replace("...", "".join(filler[:count][::-1]))
        elif len(part) != tensor.ndim:
            raise RuntimeError(
                f"einsum(): the number of subscripts in the equation ({len(part)}) does not match the number of "
                f"dimensions ({tensor.ndim}) for operand {i} and no ellipsis was given"
            )
    wide = "".join(filler[:spare][::-1])
    if not arrow:
        joined = "".join(parts)
        right = wide + "".join(sorted(c for c in set(joined) - set(wide) if joined.count(c) == 1))
    return parts, right.replace("...", wide)


def _aligned(part: str, tensor: Any, letters: Sequence[str]) -> Any:
    """Give an operand one dimension for each letter, in their order; those it lacks have length 1."""
    while len(set(part)) < len(part):  # a letter twice: the diagonal
        c = next(c for c in part if part.count(c) > 1)
        first, second = part.index(c), part.index(c, part.index(c) + 1)
        tensor = tensor.diagonal(0, first, second)
        part = part[:first] + part[first + 1 : second] + part[second + 1 :] + c
    missing = [c for c in letters if c not in part]
    for _ in missing:
        tensor = unsqueeze(tensor, tensor.ndim)
    having = list(part) + missing
    return permute(tensor, tuple(having.index(c) for c in letters))


def _pair(left: Any, right: Any, done: list[int], keep: bool) -> Any:
    """Multiply two aligned operands and sum the dimensions that are done: one batched product of matrices."""
    if not done:
        return left * right
    batch, only_left, only_right, summed = [], [], [], []
    for d in range(left.ndim):
        a, b = left.shape[d] > 1, right.shape[d] > 1
        if d in done:
            if a and b:
                summed.append(d)
            elif a:
                left = sum_dim(left, d, True)
            elif b:
                right = sum_dim(right, d, True)
        elif a and b:
            batch.append(d)
        elif a:
            only_left.append(d)
        else:
            only_right.append(d)
    order = batch + only_left + [d for d in range(left.ndim) if d in done] + only_right
    sizes = [left.shape[d] for d in batch + only_left] + [1] * len(done) + [right.shape[d] for d in only_right]
    n = math.prod(left.shape[d] for d in batch)
    rows, inside = math.prod(left.shape[d] for d in only_left), math.prod(left.shape[d] for d in summed)
    columns = math.prod(right.shape[d] for d in only_right)
    rest = [d for d in done if d not in summed]
    a = reshape(permute(left, (*batch, *only_left, *summed, *only_right, *rest)), n, rows, inside)
    b = reshape(permute(right, (*batch, *summed, *only_right, *only_left, *rest)), n, inside, columns)
    found = permute(view(bmm(a, b), tuple(sizes)), tuple(order.index(d) for d in range(left.ndim)))
    if keep:
        return found
    return view(found, tuple(found.shape[d] for d in range(left.ndim) if d not in done))


@function()
def kron(self: Any, other: Any) -> Any:
    """Replace each element by itself times the other matrix."""
    rank = max(self.ndim, other.ndim)
    a_shape = (1,) * (rank - self.ndim) + tuple(self.shape)
    b_shape = (1,) * (rank - other.ndim) + tuple(other.shape)
    a = unsafe_view(self, tuple(n for m in a_shape for n in (m, 1)))
    b = unsafe_view(other, tuple(n for m in b_shape for n in (1, m)))
    return unsafe_view(a * b, tuple(m * n for m, n in zip(a_shape, b_shape, strict=True)))


def multi_dot(tensors: Sequence[Any]) -> Any:
    """Multiply a chain of matrices in the cheapest order."""
    matrices = list(tensors)
    row, column = matrices[0].ndim == 1, matrices[-1].ndim == 1
    shape = (() if row else (matrices[0].shape[0],)) + (() if column else (matrices[-1].shape[-1],))
    if row:
        matrices[0] = unsqueeze(matrices[0], 0)
    if column:
        matrices[-1] = unsqueeze(matrices[-1], 1)
    sides = [m.shape[0] for m in matrices] + [matrices[-1].shape[1]]

    def best(i: int, j: int, known: dict[tuple[int, int], tuple[float, int]]) -> tuple[float, int]:
        if i == j:
            return 0.0, i
        if (i, j) not in known:
            costs = [
                (best(i, k, known)[0] + best(k + 1, j, known)[0] + sides[i] * sides[k + 1] * sides[j + 1], k)
                for k in range(i, j)
            ]
            known[i, j] = min(costs)
        return known[i, j]

    known: dict[tuple[int, int], tuple[float, int]] = {}

    def product(i: int, j: int) -> Any:
        if i == j:
            return matrices[i]
        k = best(i, j, known)[1]
        return mm(product(i, k), product(k + 1, j))

    return view(product(0, len(matrices) - 1), shape)


def _trilinear(i1: Any, weight: Any, i2: Any) -> Any:
    return np.einsum("bi,oij,bj->bo", i1, weight, i2)


def _trilinear_rule(pattern: str) -> Any:
    def rule(grad: Any, one: Any, two: Any) -> Any:
        return einsum(pattern, grad, one, two) if isinstance(grad, Tensor) else np.einsum(pattern, grad, one, two)

    return rule


_by_i1, _by_weight, _by_i2 = (_trilinear_rule(p) for p in ("bo,oij,bj->bi", "bo,bi,bj->oij", "bo,bi,oij->bj"))
trilinear = op(
    "_trilinear",
    _trilinear,
    public=False,
    promotes="same",
    i1=lambda grad, weight, i2: _by_i1(grad, weight, i2),
    weight=lambda grad, i1, i2: _by_weight(grad, i1, i2),
    i2=lambda grad, i1, weight: _by_i2(grad, i1, weight),
    formulas={
        "i1": r"\sum_{{o, j}} {grad}_o \, {weight}_{{oij}} \, {i2}_j",
        "weight": r"{grad}_o \, {i1}_i \, {i2}_j",
        "i2": r"\sum_{{o, i}} {grad}_o \, {i1}_i \, {weight}_{{oij}}",
    },
    samples=[(sample(2, 3), sample(2, 3, 2), sample(2, 2))],
)


def bilinear(input1: Any, input2: Any, weight: Any, bias: Any = None) -> Any:
    """Multiply two inputs through a table of weights: `y_o = Σ_ij x_i W_oij z_j`."""
    lead = tuple(input1.shape)[:-1]
    flat = trilinear(reshape(input1, -1, input1.shape[-1]), weight, reshape(input2, -1, input2.shape[-1]))
    found = reshape(flat, *lead, weight.shape[0])
    return found if bias is None else found + bias
