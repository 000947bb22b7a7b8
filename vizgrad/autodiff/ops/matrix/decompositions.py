"""Factorisations of matrices: Cholesky, QR, eigenvalues, singular values; and powers and exponentials."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from ...core import errors
from ...core.op import function, op
from ...core.registry import FUNCTIONS
from ...core.samples import sample
from ...core.tensor import Tensor, wrap
from ..common import zeros_like
from ..elementwise.where import masked_fill
from ..shape.clone import clone
from .diagonal import diag_embed
from .inverse import SQUARE, T, inv_ex, inverse, need_square
from .products import matmul


def _choleskied(self: Any, upper: bool = False) -> Any:
    need_square("linalg.cholesky", self)
    try:
        lower = np.linalg.cholesky(self).astype(self.dtype)
    except np.linalg.LinAlgError:
        raise errors.LinAlgError(
            "linalg.cholesky: The factorization could not be completed because the input is not positive-definite "
            "(the leading minor of order 1 is not positive-definite)."
        ) from None
    return (np.swapaxes(lower, -1, -2).conj() if upper else lower), np.zeros(self.shape[:-2], np.int32)


def _cholesky_rule(grad: Any, L: Any, upper: bool) -> Any:
    lower = T(L) if upper else L
    inner = T(lower) @ (T(grad) if upper else grad)
    inverse = inv_ex(lower)[0]
    triangle = FUNCTIONS["tril"](inner)
    middle = 0.5 * (triangle + T(FUNCTIONS["tril"](inner, -1)))
    return T(inverse) @ (middle @ inverse)


cholesky_ex = op(
    "linalg_cholesky_ex",
    _choleskied,
    outputs="L info",
    differentiable="L",
    public=False,
    promotes="same",
    self=_cholesky_rule,
    formulas={
        "self": r"{L}^{{-\top}} \, \Phi\left({L}^{{\top}} {grad}\right) {L}^{{-1}}, \; \Phi \text{{: lower triangle, half of the diagonal}}"
    },
)


def cholesky(A: Any, *, upper: bool = False) -> Any:
    """Factor a symmetric positive-definite matrix into L Lᵀ."""
    return cholesky_ex(A, upper)[0]


def _qr(A: Any, mode: str = "reduced") -> Any:
    q, r = np.linalg.qr(A, mode)  # type: ignore[call-overload]
    return q.astype(A.dtype), r.astype(A.dtype)


def _qr_rule(grads: Any, Q: Any, R: Any, mode: str) -> Any:
    by_q, by_r = grads
    m = R @ T(by_r) - T(by_q) @ Q
    tril = FUNCTIONS["tril"]
    symmetric = tril(m) + T(tril(m, -1))
    return (by_q + Q @ symmetric) @ T(inv_ex(R)[0])


qr_op = op(
    "linalg_qr",
    _qr,
    outputs="Q R",
    public=False,
    promotes="same",
    saves="mode",
    A=_qr_rule,
    formulas={
        "A": r"\left({grad} + {Q} \, \operatorname{{copyltu}}({R} {grad}_R^{{\top}} - {grad}^{{\top}} {Q})\right) {R}^{{-\top}}, "
        r"\; \operatorname{{copyltu}} \text{{: the lower triangle, mirrored}}"
    },
    samples=[SQUARE],
)


def _eigh(A: Any, UPLO: str = "L") -> Any:
    values, vectors = np.linalg.eigh(A, UPLO)  # type: ignore[call-overload]
    return values.astype(A.real.dtype), vectors.astype(A.dtype)


def _eigh_rule(grads_or_none: Any, eigenvalues: Any, eigenvectors: Any) -> Any:
    by_values, by_vectors = grads_or_none
    if by_vectors is None:  # equal eigenvalues have well-defined values, though not vectors
        return eigenvectors @ diag_embed(by_values) @ T(eigenvectors)
    if by_values is None:
        by_values = zeros_like(eigenvalues)
    gaps = eigenvalues[..., None, :] - eigenvalues[..., :, None]
    eye = np.eye(tuple(eigenvalues.shape)[-1], dtype=bool)
    off = wrap(eye) if isinstance(eigenvalues, Tensor) else eye
    inner = T(eigenvectors) @ by_vectors
    inner = 0.5 * (inner - T(inner)) / masked_fill(gaps, off, math.inf)  # PyTorch's gradient is symmetric too
    return eigenvectors @ (inner + diag_embed(by_values)) @ T(eigenvectors)


eigh_op = op(
    "_linalg_eigh",
    _eigh,
    outputs="eigenvalues eigenvectors",
    public=False,
    promotes="same",
    A=_eigh_rule,
    node="LinalgEighBackward0",
    formulas={"A": r"V \operatorname{{diag}}\left({grad}\right) V^{{\top}} \text{{ from the eigenvalues}}"},
)


def _svd(A: Any, full_matrices: bool = False) -> Any:
    u, s, vh = np.linalg.svd(A, full_matrices)
    return u.astype(A.dtype), s.astype(A.real.dtype), vh.astype(A.dtype)


def _svd_rule(grads_or_none: Any, U: Any, S: Any, Vh: Any) -> Any:
    by_u, by_s, by_v = grads_or_none
    if by_u is None and by_v is None:  # equal singular values are well defined, though not their vectors
        return U @ diag_embed(by_s) @ Vh
    by_u, by_s, by_v = (zeros_like(v) if g is None else g for g, v in zip(grads_or_none, (U, S, Vh), strict=True))
    k = tuple(S.shape)[-1]
    mask: Any = np.eye(k, dtype=bool)
    mask = wrap(mask) if isinstance(S, Tensor) else mask
    squares = S * S
    gaps = masked_fill(squares[..., None, :] - squares[..., :, None], mask, math.inf)
    left, right = T(U) @ by_u, Vh @ T(by_v)
    inner = (left - T(left)) / gaps * S[..., None, :] + S[..., :, None] * ((right - T(right)) / gaps) + diag_embed(by_s)
    found = U @ inner @ Vh
    m, n = tuple(U.shape)[-2], tuple(Vh.shape)[-1]
    if m > k:
        found = found + (by_u - U @ (T(U) @ by_u)) / S[..., None, :] @ Vh
    if n > k:
        found = found + U @ ((by_v - (by_v @ T(Vh)) @ Vh) / S[..., :, None])
    return found


svd_op = op(
    "_linalg_svd",
    _svd,
    outputs="U S Vh",
    public=False,
    promotes="same",
    saves="S_sym_argsize_minus_1 full_matrices",
    A=_svd_rule,
    node="LinalgSvdBackward0",
    formulas={"A": r"U \operatorname{{diag}}\left({grad}\right) V^{{\top}} \text{{ from the singular values}}"},
    samples=[(sample(2, 3),)],
)


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
