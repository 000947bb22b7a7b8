"""Powers of matrices, and their exponential."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from ..op import FUNCTIONS, function, op
from ..samples import sample
from ..tensor import Tensor, wrap
from .copies import clone
from .inverse import T, inverse, need_square
from .linalg import matmul


@function()
def matrix_power(self: Any, n: int) -> Any:
    """Multiply a matrix with itself."""
    if n < 0:
        return matrix_power(inverse(self), -n)
    if n == 0:
        return wrap(np.broadcast_to(np.eye(self.shape[-1], dtype=self.array.dtype), self.array.shape).copy())
    if n == 1:
        return clone(self)
    if n == 2:
        return matmul(self, self)
    if n == 3:
        return matmul(matmul(self, self), self)
    found, square = None, None
    while n > 0:
        square = self if square is None else matmul(square, square)
        n, odd = divmod(n, 2)
        if odd:
            found = square if found is None else matmul(found, square)
    return found


def _expm(self: Any) -> Any:
    """Scale down, sum the series, square back up."""
    need_square("linalg.matrix_exp", self)
    size = np.abs(self).sum(-1).max() if self.size else 0
    halvings = max(math.ceil(math.log2(size)) + 4, 0) if size > 0 else 0
    small = self.astype(np.result_type(self, np.float64)) / 2**halvings
    term = total = np.broadcast_to(np.eye(self.shape[-1]), self.shape)
    for k in range(1, 20):
        term = term @ small / k
        total = total + term
    for _ in range(halvings):
        total = total @ total
    return total.astype(self.dtype)


def _expm_rule(grad: Any, self: Any) -> Any:
    # the exponential of [[Aᵀ, G], [0, Aᵀ]] has the derivative in its corner
    n = tuple(self.shape)[-1]
    if isinstance(self, Tensor):
        cat = FUNCTIONS["cat"]
        zero = FUNCTIONS["zeros_like"](self)
        whole = cat([cat([T(self), grad], -1), cat([zero, T(self)], -1)], -2)
    else:
        flipped = np.swapaxes(self, -1, -2)
        whole = np.concatenate(
            [np.concatenate([flipped, grad], -1), np.concatenate([np.zeros_like(self), flipped], -1)], -2
        )
    return matrix_exp_op(whole)[..., :n, n:]


matrix_exp_op = op(
    "linalg_matrix_exp",
    _expm,
    public=False,
    promotes="same",
    self=_expm_rule,
    formulas={"self": r"\int_0^1 e^{{s {self}^{{\top}}}} {grad} \, e^{{(1 - s) {self}^{{\top}}}} \, ds"},
    samples=[(sample(2, 2),)],
)
function("matrix_exp")(lambda self: matrix_exp_op(self))
