"""Matrices as a whole: inverse, determinant, factorisations."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from .. import errors
from ..op import FUNCTIONS, function, op
from ..returns import named
from ..samples import sample
from ..tensor import Tensor, wrap
from . import elementwise as e
from .linalg import matmul
from .reduce import norm_rule, sum_dim
from .shape import clone, diag_embed, transpose, unsqueeze

SQUARE = (sample(3, 3),)


def T(matrix: Any) -> Any:
    """Transpose the last two dimensions."""
    return transpose(matrix, -2, -1)


def _square(name: str, matrix: Any) -> None:
    if matrix.ndim < 2:
        raise RuntimeError(f"{name}: The input tensor A must have at least 2 dimensions.")
    if matrix.shape[-1] != matrix.shape[-2]:
        raise RuntimeError(
            f"{name}: A must be batches of square matrices, but they are {matrix.shape[-2]} by {matrix.shape[-1]} matrices"
        )


def _lu(matrix: Any) -> tuple[Any, Any]:
    """Factor into triangles with row exchanges; both triangles in one matrix, pivots counted from 1."""
    lu = np.array(matrix)
    n = lu.shape[-1]
    pivots = np.zeros(lu.shape[:-1], np.int32)
    for at in np.ndindex(lu.shape[:-2]):
        part = lu[at]
        for k in range(n):
            p = k + int(np.abs(part[k:, k]).argmax())
            pivots[(*at, k)] = p + 1
            if p != k:
                part[[k, p]] = part[[p, k]]
            if part[k, k] != 0:
                part[k + 1 :, k] /= part[k, k]
                part[k + 1 :, k + 1 :] -= np.outer(part[k + 1 :, k], part[k, k + 1 :])
    return lu, pivots


def _inverted(A: Any) -> Any:
    _square("linalg.inv", A)
    try:
        return np.linalg.inv(A).astype(A.dtype), np.zeros(A.shape[:-2], np.int32)
    except np.linalg.LinAlgError:
        lu, _ = _lu(A)
        zeros = np.flatnonzero(np.diagonal(lu.reshape(-1, *A.shape[-2:])[0]) == 0)
        at = int(zeros[0]) + 1 if zeros.size else A.shape[-1]
        raise errors.LinAlgError(
            f"linalg.inv: The diagonal element {at} is zero, the inversion could not be completed because the input "
            "matrix is singular."
        ) from None


inv_ex = op(
    "linalg_inv_ex",
    _inverted,
    outputs="inverse info",
    differentiable="inverse",
    public=False,
    promotes="same",
    A=lambda grad, inverse: -(T(inverse) @ (grad @ T(inverse))),
    formulas={"A": r"-{inverse}^{{\top}} \, {grad} \, {inverse}^{{\top}}"},
    samples=[SQUARE],
)


@function()
def inverse(self: Any) -> Any:
    """Give the inverse of a square matrix."""
    return inv_ex(self)[0]


def _det(A: Any) -> Any:
    _square("linalg.det", A)
    return (np.linalg.det(A).astype(A.dtype), *_lu(A))


def _cofactors(A: Any) -> Any:
    """The derivative of the determinant, right also for singular matrices."""
    if not A.size:
        return np.zeros_like(A)
    u, s, vh = np.linalg.svd(A)
    others = np.stack([np.prod(np.delete(s, i, -1), -1) for i in range(s.shape[-1])], -1)
    sign = (np.linalg.det(u) * np.linalg.det(vh))[..., None, None]
    return (sign * (u * others[..., None, :]) @ vh).astype(A.dtype)


def _det_rule(grad: Any, A: Any, result: Any) -> Any:
    wide = grad[..., None, None]
    if isinstance(A, Tensor):
        return (grad * result)[..., None, None] * T(inv_ex(A)[0])
    return wide * _cofactors(A)


det_op = op(
    "linalg_det",
    _det,
    outputs="result LU pivots",
    differentiable="result",
    public=False,
    promotes="same",
    saves="LU pivots",
    A=_det_rule,
    formulas={"A": r"{grad} \, \det({A}) \, {A}^{{-\top}}"},
    samples=[SQUARE],
)


@function()
def det(self: Any) -> Any:
    """Give the determinant."""
    return det_op(self)[0]


def _slogdet(A: Any) -> Any:
    _square("linalg.slogdet", A)
    sign, log = np.linalg.slogdet(A)
    return sign.astype(A.dtype), log.astype(A.real.dtype), *_lu(A)


def _slogdet_rule(grads: Any, A: Any) -> Any:
    return grads[1][..., None, None] * T(inv_ex(A)[0])


slogdet_op = op(
    "linalg_slogdet",
    _slogdet,
    outputs="sign logabsdet LU pivots",
    differentiable="sign logabsdet",
    public=False,
    promotes="same",
    saves="LU pivots sign",
    A=_slogdet_rule,
    formulas={"A": r"{grad} \, {A}^{{-\top}}"},
    samples=[SQUARE],
)


@function()
def slogdet(self: Any) -> Any:
    """Give the determinant's sign, and the logarithm of its size."""
    return named("linalg_slogdet", "sign logabsdet", slogdet_op(self)[:2])


@function()
def logdet(self: Any) -> Any:
    """Give the logarithm of the determinant; NaN where that is negative."""
    sign, log = slogdet_op(self)[:2]
    return FUNCTIONS["where"](sign == -1, wrap(np.asarray(np.nan, log.array.dtype)), log)


def _solved(A: Any, B: Any, left: bool = True) -> Any:
    _square("linalg.solve", A)
    vector = B.ndim == 1 or (B.ndim == A.ndim - 1 and B.shape == A.shape[:-1])
    right = B[..., None] if vector else B
    found = (
        np.linalg.solve(A, right)
        if left
        else np.swapaxes(np.linalg.solve(np.swapaxes(A, -1, -2), np.swapaxes(right, -1, -2)), -1, -2)
    )
    return ((found[..., 0] if vector else found).astype(A.dtype), *_lu(A))


def solve(A: Any, B: Any, *, left: bool = True) -> Any:
    """Solve A X = B."""
    return solve_ex(A, B, left)[0]


def _by_right_side(grad: Any, A: Any) -> Any:
    return solve_ex(T(A), grad, True)[0]


def _by_matrix(grad: Any, A: Any, result: Any) -> Any:
    back = _by_right_side(grad, A)
    if result.ndim == A.ndim - 1:
        return -(unsqueeze(back, -1) @ unsqueeze(result, -2))
    return -(back @ T(result))


solve_ex = op(
    "_linalg_solve_ex",
    _solved,
    outputs="result LU pivots",
    differentiable="result",
    public=False,
    promotes="same",
    saves="LU pivots left",
    A=_by_matrix,
    B=_by_right_side,
    formulas={"A": r"-{A}^{{-\top}} {grad} \, {result}^{{\top}}", "B": r"{A}^{{-\top}} {grad}"},
    node="LinalgSolveExBackward0",
    samples=[(sample(3, 3), sample(3))],
)


def _choleskied(self: Any, upper: bool = False) -> Any:
    _square("linalg.cholesky", self)
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
    formulas={"self": r"{L}^{{-\top}} \, \Phi\left({L}^{{\top}} {grad}\right) {L}^{{-1}}"},
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
        "A": r"\left({grad} + {Q} \, \operatorname{{copyltu}}({R} {grad}_R^{{\top}} - {grad}^{{\top}} {Q})\right) {R}^{{-\top}}"
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
        by_values = e.zeros_like(eigenvalues)
    gaps = eigenvalues[..., None, :] - eigenvalues[..., :, None]
    eye = np.eye(tuple(eigenvalues.shape)[-1], dtype=bool)
    off = wrap(eye) if isinstance(eigenvalues, Tensor) else eye
    inner = T(eigenvectors) @ by_vectors
    inner = 0.5 * (inner - T(inner)) / e.masked_fill(gaps, off, math.inf)  # PyTorch's gradient is symmetric too
    return eigenvectors @ (inner + diag_embed(by_values)) @ T(eigenvectors)


eigh_op = op(
    "_linalg_eigh",
    _eigh,
    outputs="eigenvalues eigenvectors",
    public=False,
    promotes="same",
    A=_eigh_rule,
    node="LinalgEighBackward0",
    formulas={"A": r"V \operatorname{{diag}}\left({grad}\right) V^{{\top}}"},
)


def _svd(A: Any, full_matrices: bool = False) -> Any:
    u, s, vh = np.linalg.svd(A, full_matrices)
    return u.astype(A.dtype), s.astype(A.real.dtype), vh.astype(A.dtype)


def _svd_rule(grads_or_none: Any, U: Any, S: Any, Vh: Any) -> Any:
    by_u, by_s, by_v = grads_or_none
    if by_u is None and by_v is None:  # equal singular values are well defined, though not their vectors
        return U @ diag_embed(by_s) @ Vh
    by_u, by_s, by_v = (e.zeros_like(v) if g is None else g for g, v in zip(grads_or_none, (U, S, Vh), strict=True))
    k = tuple(S.shape)[-1]
    mask: Any = np.eye(k, dtype=bool)
    mask = wrap(mask) if isinstance(S, Tensor) else mask
    squares = S * S
    gaps = e.masked_fill(squares[..., None, :] - squares[..., :, None], mask, math.inf)
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
    formulas={"A": r"U \operatorname{{diag}}\left({grad}\right) V^{{\top}}"},
    samples=[(sample(2, 3),)],
)


def _crossed(self: Any, other: Any, dim: int = -1) -> Any:
    if self.shape[dim] != 3 or other.shape[dim] != 3:
        raise RuntimeError(
            f"linalg.cross: inputs dimension {dim} must have length 3. Got {self.shape[dim]} and {other.shape[dim]}"
        )
    return np.cross(self, other, axis=dim)


cross_op = op(
    "linalg_cross",
    _crossed,
    public=False,
    self=lambda grad, other, dim: cross_op(other, grad, dim),
    other=lambda grad, self, dim: cross_op(grad, self, dim),
    tex=r"{0:product} \times {1:product}",
    samples=[(sample(3), sample(3))],
)


@function()
def cross(self: Any, other: Any, dim: Any = None) -> Any:
    """Give the cross product of vectors of three."""
    if dim is None:
        dim = next(i for i, n in enumerate(self.shape) if n == 3)
    return cross_op(self, other, dim)


def _distances(x1: Any, x2: Any, p: float = 2.0) -> Any:
    gaps = np.abs(x1[..., :, None, :] - x2[..., None, :, :])
    if p == 2:
        return np.sqrt((gaps * gaps).sum(-1))
    if p == 0:
        return (gaps != 0).sum(-1).astype(gaps.dtype)
    if p == math.inf:
        return gaps.max(-1)
    return gaps.sum(-1) if p == 1 else (gaps**p).sum(-1) ** (1 / p)


def _cdist_rule(grad: Any, x1: Any, x2: Any, p: float, result: Any) -> Any:
    gaps = unsqueeze(x1, -2) - unsqueeze(x2, -3)
    if p == 0:
        return e.zeros_like(x1)
    return sum_dim(norm_rule(unsqueeze(grad, -1), gaps, unsqueeze(result, -1), p, -1, True), -2)


cdist_op = op(
    "_cdist_forward",
    _distances,
    public=False,
    node="CdistBackward0",
    x1=_cdist_rule,
    x2=lambda grad, x1, x2, p, result: _cdist_rule(T(grad), x2, x1, p, T(result)),
    formulas={
        "x1": r"\sum_j {grad}_{{ij}} \frac{{{x1}_i - {x2}_j}}{{{result}_{{ij}}}}",
        "x2": r"\sum_i {grad}_{{ij}} \frac{{{x2}_j - {x1}_i}}{{{result}_{{ij}}}}",
    },
    samples=[(sample(2, 3), sample(4, 3))],
)


@function(method=False)
def cdist(x1: Any, x2: Any, p: float = 2.0, compute_mode: Any = None) -> Any:
    """Give the distance of each row of one to each row of the other."""
    return cdist_op(x1, x2, float(p))


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
    _square("linalg.matrix_exp", self)
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
