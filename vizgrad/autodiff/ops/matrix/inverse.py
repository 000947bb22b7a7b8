"""Inverse, determinant and the solution of linear equations."""

from __future__ import annotations

from typing import Any

import numpy as np

from ...core import errors
from ...core.named_results import named
from ...core.op import function, op
from ...core.registry import FUNCTIONS
from ...core.samples import sample
from ...core.tensor import Tensor, wrap
from ..shape.permute import transpose
from ..shape.squeeze import unsqueeze

SQUARE = (sample(3, 3),)


def T(matrix: Any) -> Any:
    """Transpose the last two dimensions."""
    return transpose(matrix, -2, -1)


def need_square(name: str, matrix: Any) -> None:
    """Refuse what is not a batch of square matrices, in PyTorch's words."""
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
    need_square("linalg.inv", A)
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
    formulas={"A": r"-{A}^{{-\top}} \, {grad} \, {A}^{{-\top}}"},
    samples=[SQUARE],
)


@function()
def inverse(self: Any) -> Any:
    """Give the inverse of a square matrix."""
    return inv_ex(self)[0]


def _det(A: Any) -> Any:
    need_square("linalg.det", A)
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
    need_square("linalg.slogdet", A)
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
    need_square("linalg.solve", A)
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
