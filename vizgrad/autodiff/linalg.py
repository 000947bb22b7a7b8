"""`torch.linalg`: norms, solving and factorising."""

from __future__ import annotations

from typing import Any

from .core.errors import LinAlgError
from .core.named_results import named
from .ops.matrix.decompositions import cholesky, eigh_op, matrix_exp_op, matrix_power, qr_op, svd_op
from .ops.matrix.diagonal import diagonal as _diagonal
from .ops.matrix.distance import cross_op
from .ops.matrix.einsum import multi_dot
from .ops.matrix.inverse import det, inverse, slogdet, solve
from .ops.matrix.matrix_norms import matrix_norm, svdvals
from .ops.matrix.products import matmul
from .ops.reduction.norms import vector_norm as _vector_norm

inv = inverse
__all__ = [
    "LinAlgError", "cholesky", "cross", "det", "diagonal", "eigh", "eigvalsh", "inv", "matmul", "matrix_exp",
    "matrix_norm", "matrix_power", "multi_dot", "norm", "qr", "slogdet", "solve", "svd", "svdvals", "vector_norm",
]  # fmt: skip


def vector_norm(x: Any, ord: Any = 2, dim: Any = None, keepdim: bool = False, *, dtype: Any = None) -> Any:
    """Give the norm of all elements, or along `dim`, as of a vector."""
    return _vector_norm(x, ord, dim, keepdim, dtype)


def norm(A: Any, ord: Any = None, dim: Any = None, keepdim: bool = False, *, dtype: Any = None) -> Any:
    """Give the norm: a vector's, or a matrix's where `ord` asks for one."""
    if ord is None or (dim is None and A.ndim == 1) or isinstance(dim, int):
        return _vector_norm(A, 2 if ord is None else ord, dim, keepdim, dtype)
    return matrix_norm(A, ord, (-2, -1) if dim is None else dim, keepdim, dtype=dtype)


def qr(A: Any, mode: str = "reduced") -> Any:
    """Factor into an orthogonal and a triangular matrix."""
    return named("linalg_qr", "Q R", qr_op(A, mode))


def eigh(A: Any, UPLO: str = "L") -> Any:
    """Give eigenvalues and eigenvectors of a symmetric matrix."""
    return named("linalg_eigh", "eigenvalues eigenvectors", eigh_op(A, UPLO))


def eigvalsh(A: Any, UPLO: str = "L") -> Any:
    """Give the eigenvalues of a symmetric matrix."""
    return eigh_op(A, UPLO)[0]


def svd(A: Any, full_matrices: bool = True) -> Any:
    """Factor into U diag(S) Vh."""
    return named("linalg_svd", "U S Vh", svd_op(A, full_matrices))


def matrix_exp(A: Any) -> Any:
    """Give the exponential of a matrix."""
    return matrix_exp_op(A)


def cross(input: Any, other: Any, *, dim: int = -1) -> Any:
    """Give the cross product of vectors of three."""
    return cross_op(input, other, dim)


def diagonal(A: Any, *, offset: int = 0, dim1: int = -2, dim2: int = -1) -> Any:
    """Give the diagonals of matrices."""
    return _diagonal(A, offset, dim1, dim2)
