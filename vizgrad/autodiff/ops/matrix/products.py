"""Products of vectors and matrices, chosen by rank as PyTorch does."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from ...core import blas, dtypes, errors
from ...core.dims import axis
from ...core.op import function, op
from ...core.registry import FUNCTIONS
from ...core.samples import sample
from ...core.tensor import Tensor
from ..elementwise.arithmetic import sub
from ..shape.cat import cat
from ..shape.clone import clone
from ..shape.expand import expand
from ..shape.permute import t, transpose
from ..shape.slicing import narrow
from ..shape.squeeze import squeeze_dim, squeeze_from_product, unsqueeze
from ..shape.view import reshape, unsafe_view, view


def same_dtype(text: str, left: Any, right: Any) -> None:
    """Refuse factors of different types."""
    if left.dtype is not right.dtype and left.dtype != right.dtype:
        names = [dtypes.of(a).long_name for a in (left, right)]
        raise RuntimeError(text.format(*names, *[n.lower() for n in names]))


def check_mm(a: Any, b: Any) -> None:
    """Refuse matrices that cannot be multiplied."""
    if a.shape[1] != b.shape[0]:
        raise RuntimeError(
            f"mat1 and mat2 shapes cannot be multiplied ({a.shape[0]}x{a.shape[1]} and {b.shape[0]}x{b.shape[1]})"
        )


def _mm(self: Any, mat2: Any) -> Any:
    if self.ndim != 2:
        raise RuntimeError("self must be a matrix")
    if mat2.ndim != 2:
        raise RuntimeError("mat2 must be a matrix")
    check_mm(self, mat2)
    same_dtype("expected m1 and m2 to have the same dtype, but got: {2} != {3}", self, mat2)
    return blas.matmul(self, mat2)


def columns_first(sizes: Any, strides: Any) -> bool:
    """Say whether a matrix lies in memory column by column, as a transposed one does."""
    return isinstance(strides, tuple) and strides[0] == 1 and strides[1] == sizes[0]


def flip(matrix: Any) -> Any:
    """Transpose a matrix: `t`, but an array's own transposition takes a fraction of the time."""
    return matrix.T if type(matrix) is np.ndarray else t(matrix)


def product(left: Any, right: Any) -> Any:
    """Multiply two matrices in a rule: `@`, but arrays by the way that is fastest."""
    return blas.matmul(left, right) if type(left) is np.ndarray else left @ right


def by_left(grad: Any, right: Any, sizes: Any, strides: Any) -> Any:
    """The gradient of the left factor, laid out in memory as that factor is: PyTorch does so, to save a copy."""
    return flip(product(right, flip(grad))) if columns_first(sizes, strides) else product(grad, flip(right))


def by_right(grad: Any, left: Any, sizes: Any, strides: Any) -> Any:
    """The gradient of the right factor, laid out in memory as that factor is."""
    return flip(product(flip(grad), left)) if columns_first(sizes, strides) else product(flip(left), grad)


mm = op(
    "mm",
    _mm,
    promotes="same",
    saves="self_sym_sizes self_sym_strides mat2_sym_sizes mat2_sym_strides",
    self=lambda grad, mat2, self_sym_sizes, self_sym_strides: by_left(grad, mat2, self_sym_sizes, self_sym_strides),
    mat2=lambda grad, self, mat2_sym_sizes, mat2_sym_strides: by_right(grad, self, mat2_sym_sizes, mat2_sym_strides),
    tex=r"{0:product} \, {1:product}",
    samples=[(sample(2, 3), sample(3, 4))],
)


def _dot(self: Any, tensor: Any) -> Any:
    if self.ndim != 1 or tensor.ndim != 1:
        raise RuntimeError(f"1D tensors expected, but got {self.ndim}D and {tensor.ndim}D tensors")
    same_dtype("dot : expected both vectors to have same dtype, but found {0} and {1}", self, tensor)
    if self.shape != tensor.shape:
        raise RuntimeError(
            f"inconsistent tensor size, expected tensor {errors.sizes(self.shape)} and src {errors.sizes(tensor.shape)} "
            f"to have the same number of elements, but got {self.size} and {tensor.size} elements respectively"
        )
    return self @ tensor


dot = op(
    "dot",
    _dot,
    promotes="same",
    self=lambda grad, tensor: grad * tensor,
    tensor=lambda grad, self: grad * self,
    tex=r"{0:product} \cdot {1:product}",
    samples=[(sample(3), sample(3))],
)


def _mv(self: Any, vec: Any) -> Any:
    if vec.ndim != 1 or self.ndim != 2:
        raise RuntimeError(f"vector + matrix @ vector expected, got 1, {self.ndim}, {vec.ndim}")
    if self.shape[1] != vec.shape[0]:
        raise RuntimeError(
            f"size mismatch, got input ({self.shape[0]}), mat ({self.shape[0]}x{self.shape[1]}), vec ({vec.shape[0]})"
        )
    same_dtype("addmv input tensors must have the same dtype, but got {1}, {0}, and {1}", self, vec)
    return self @ vec


mv = op(
    "mv",
    _mv,
    promotes="same",
    self=lambda grad, vec: outer_rule(grad, vec),
    vec=lambda grad, self: t(self) @ grad,
    formulas={"self": r"{grad} \, {vec}^{{\top}}"},
    tex=r"{0:product} \, {1:product}",
    samples=[(sample(2, 3), sample(3))],
)


def outer_rule(a: Any, b: Any) -> Any:
    """Multiply each element of one vector with each of another."""
    return unsqueeze(a, -1) * b


def _bmm(self: Any, mat2: Any) -> Any:
    if self.ndim != 3 or mat2.ndim != 3:
        raise RuntimeError("batch1 must be a 3D tensor" if self.ndim != 3 else "batch2 must be a 3D tensor")
    if self.shape[0] != mat2.shape[0] or self.shape[2] != mat2.shape[1]:
        wanted, got = errors.sizes((self.shape[0], self.shape[2])), errors.sizes(mat2.shape[:2])
        raise RuntimeError(f"Expected size for first two dimensions of batch2 tensor to be: {wanted} but got: {got}.")
    same_dtype("expected scalar type {0} but found {1}", self, mat2)
    return self @ mat2


bmm = op(
    "bmm",
    _bmm,
    promotes="same",
    self=lambda grad, mat2: bmm(grad, transpose(mat2, 1, 2)),
    mat2=lambda grad, self: bmm(transpose(self, 1, 2), grad),
    tex=r"{0:product} \, {1:product}",
    samples=[(sample(2, 3, 2), sample(2, 2, 3))],
)


def _added(self: Any, product: Any, beta: Any, alpha: Any) -> Any:
    if self.dtype.kind in "iub":  # PyTorch takes the whole part of factors for whole numbers
        beta, alpha = int(beta), int(alpha)
    if alpha != 1:
        product = alpha * product
    if beta != 1:
        self = beta * self
    if self.dtype is product.dtype and self.shape == product.shape[-self.ndim :]:
        product += self  # nobody else has it: this spares another matrix
        return product
    return product + self


def _addmm(self: Any, mat1: Any, mat2: Any, beta: Any = 1, alpha: Any = 1) -> Any:
    check_mm(mat1, mat2)
    same_dtype("mat1 and mat2 must have the same dtype, but got {0} and {1}", mat1, mat2)
    return _added(self, blas.matmul(mat1, mat2), beta, alpha)


def _times(value: Any, factor: Any) -> Any:
    return value if factor == 1 else value * factor


addmm = op(
    "addmm",
    _addmm,
    promotes="same",
    saves="mat1_sym_sizes mat1_sym_strides mat2_sym_sizes mat2_sym_strides",
    self=lambda grad, beta: _times(grad, beta),
    mat1=lambda grad, mat2, mat1_sym_sizes, mat1_sym_strides, alpha: _times(
        by_left(grad, mat2, mat1_sym_sizes, mat1_sym_strides), alpha
    ),
    mat2=lambda grad, mat1, mat2_sym_sizes, mat2_sym_strides, alpha: _times(
        by_right(grad, mat1, mat2_sym_sizes, mat2_sym_strides), alpha
    ),
    formulas={"self": "{grad}", "mat1": r"{grad} \, {mat2}^{{\top}}", "mat2": r"{mat1}^{{\top}} \, {grad}"},
    inplace=True,
    tex=r"{0} + {1:product} \, {2:product}",
    samples=[(sample(4), sample(2, 3), sample(3, 4))],
)
baddbmm = op(
    "baddbmm",
    lambda self, batch1, batch2, beta=1, alpha=1: _added(self, batch1 @ batch2, beta, alpha),
    promotes="same",
    inplace=True,
    self=lambda grad, beta: _times(grad, beta),
    batch1=lambda grad, batch2, alpha: _times(bmm(grad, transpose(batch2, 1, 2)), alpha),
    batch2=lambda grad, batch1, alpha: _times(bmm(transpose(batch1, 1, 2), grad), alpha),
    formulas={"self": "{grad}", "batch1": r"{grad} \, {batch2}^{{\top}}", "batch2": r"{batch1}^{{\top}} \, {grad}"},
    samples=[(sample(2, 3, 3), sample(2, 3, 2), sample(2, 2, 3))],
)


@function("__matmul__")
def matmul(self: Any, other: Any) -> Any:
    """Multiply vectors and matrices, by rank: dot, mv, mm, or a batch of products."""
    if not isinstance(other, Tensor) or not isinstance(self, Tensor):
        wrong, at = (other, 2) if isinstance(self, Tensor) else (self, 1)
        raise errors.argument("matmul", "other" if at == 2 else "input", at, "Tensor", wrong)
    a, b = self.ndim, other.ndim
    if not a or not b:
        raise RuntimeError(f"both arguments to matmul need to be at least 1D, but they are {a}D and {b}D")
    if a == 1 and b == 1:
        return dot(self, other)
    if a == 2 and b == 1:
        return mv(self, other)
    if a == 1 and b == 2:
        return squeeze_from_product(mm(unsqueeze(self, 0), other), 0)
    if a == 2 and b == 2:
        return mm(self, other)
    return _fold(self, other) if _folds(self, other) else _batched(self, other)


function("__matmul__", public=False)(matmul)


def _folds(self: Any, other: Any) -> bool:
    """Say whether PyTorch folds a batch into rows: always for the gradient's sake, else where that copies nothing."""
    large, small = (self, other) if self.ndim >= other.ndim else (other, self)
    if small.ndim > 2 or small.requires_grad:
        return bool(small.ndim <= 2)
    if self.ndim == 2:
        return False
    if not large.numel():
        return True
    shape, strides = [*large.shape], [*large.array.strides]
    if large is other:
        shape[-2:], strides[-2:] = shape[:-3:-1], strides[:-3:-1]
    return all(strides[i] == strides[i + 1] * shape[i + 1] for i in range(len(shape) - 2))


def _fold(self: Any, other: Any) -> Any:
    """A batch times one matrix or vector: one big product, the batch folded into the rows."""
    if self.ndim < other.ndim:
        flipped = transpose(other, -2, -1)
        if self.ndim == 1:
            return _fold(flipped, self)
        return clone(transpose(_fold(flipped, t(self)), -2, -1), True)
    shape = tuple(self.shape)
    rows = reshape(self, math.prod(shape[:-1]), shape[-1])
    if other.ndim == 1:
        return unsafe_view(mv(rows, other), shape[:-1])
    return unsafe_view(mm(rows, other), (*shape[:-1], other.shape[1]))


def _batched(self: Any, other: Any) -> Any:
    """A batch of products; a vector is a matrix of one row, or of one column."""
    left = (1, *self.shape) if self.ndim == 1 else tuple(self.shape)
    right = (*other.shape, 1) if other.ndim == 1 else tuple(other.shape)
    try:
        batch = np.broadcast_shapes(left[:-2], right[:-2])
    except ValueError:
        raise errors.broadcast([left[:-2], right[:-2]]) from None
    count = math.prod(batch)
    a = reshape(expand(self, (*batch, *left[-2:])), count, *left[-2:])
    vector = other.ndim == 1
    if vector:
        b = unsqueeze(reshape(expand(other, (*batch, right[-2])), count, right[-2]), 2)
    else:
        b = reshape(expand(other, (*batch, *right[-2:])), count, *right[-2:])
    product = bmm(a, b)
    shape = (*batch, *([left[-2]] if self.ndim > 1 else []), *([right[-1]] if not vector else []))
    return unsafe_view(squeeze_dim(product, -1) if vector else product, shape)


@function("ger")
def outer(self: Any, vec2: Any) -> Any:
    """Multiply each element of one vector with each of another."""
    for name, a in (("self", self), ("vec2", vec2)):
        if a.ndim != 1:
            raise RuntimeError(f"outer: Expected 1-D argument {name}, but got {a.ndim}-D")
    return view(self, (self.shape[0], 1)) * vec2


def linear(input: Any, weight: Any, bias: Any = None) -> Any:
    """Multiply with a weight matrix's transpose, and add a bias: `input @ weight.T + bias`."""
    if not hasattr(input, "ndim"):
        raise errors.argument("linear", "input", 1, "Tensor", input)
    if weight.ndim == 2 and input.ndim == 2 and bias is not None:
        return addmm(bias, input, t(weight))
    if weight.ndim == 2 and bias is not None and bias.ndim == 1 and input.array.flags.c_contiguous:
        shape = tuple(input.shape)
        flat = addmm(bias, view(input, (math.prod(shape[:-1]), shape[-1])), t(weight))
        return view(flat, (*shape[:-1], weight.shape[0]))
    found = matmul(input, t(weight))
    return found if bias is None else found + bias


trace = op(
    "trace",
    lambda self: np.trace(self),
    promotes="same",
    self=lambda grad, self_sym_sizes: grad * eye_rule(grad, self_sym_sizes),
    formulas={"self": r"{grad} \, I"},
    samples=[(sample(3, 3),)],
)
eye_rule = op("eye_like", lambda grad, size: np.eye(*size, dtype=grad.dtype), inputs="grad", public=False, tex="I")


def _scaled(value: Any, factor: Any) -> Any:
    return value if factor == 1 else value * factor


def _whole(self: Any, *factors: Any) -> Any:
    """PyTorch takes the whole part of factors for whole numbers."""
    return tuple(int(f) for f in factors) if self.dtype.kind in "iub" else factors


def _addmv(self: Any, mat: Any, vec: Any, beta: Any = 1, alpha: Any = 1) -> Any:
    beta, alpha = _whole(self, beta, alpha)
    return _scaled(mv.forward(mat, vec), alpha) + (0 if beta == 0 else _scaled(self, beta))


addmv = op(
    "addmv",
    _addmv,
    promotes="same",
    inplace=True,
    self=lambda grad, beta: _scaled(grad, beta),
    mat=lambda grad, vec, alpha: _scaled(outer_rule(grad, vec), alpha),
    vec=lambda grad, mat, alpha: _scaled(mv(t(mat), grad), alpha),
    formulas={"self": "{grad}", "mat": r"{grad} \, {vec}^{{\top}}", "vec": r"{mat}^{{\top}} \, {grad}"},
    tex=r"{0} + {1:product} \, {2:product}",
    samples=[(sample(2), sample(2, 3), sample(3))],
)


def _addr(self: Any, vec1: Any, vec2: Any, beta: Any = 1, alpha: Any = 1) -> Any:
    beta, alpha = _whole(self, beta, alpha)
    return _scaled(np.outer(vec1, vec2), alpha) + (0 if beta == 0 else _scaled(self, beta))


addr = op(
    "addr",
    _addr,
    inplace=True,
    self=lambda grad, beta: _scaled(grad, beta),
    vec1=lambda grad, vec2, alpha: _scaled(mv(grad, vec2), alpha),
    vec2=lambda grad, vec1, alpha: _scaled(mv(t(grad), vec1), alpha),
    formulas={"self": "{grad}", "vec1": r"{grad} \, {vec2}", "vec2": r"{grad}^{{\top}} \, {vec1}"},
    tex=r"{0} + {1:product} \, {2:power}^{{\top}}",
    samples=[(sample(2, 3), sample(2), sample(3))],
)


@function()
def diff(self: Any, n: int = 1, dim: int = -1, prepend: Any = None, append: Any = None) -> Any:
    """Subtract each element from the next along a dimension, `n` times over."""
    if not self.ndim:
        raise RuntimeError("diff expects input to be at least one-dimensional")
    if n < 0:
        raise RuntimeError(f"order must be non-negative but got {n}")
    d = axis(dim, self.ndim)
    if n == 0:
        return FUNCTIONS["zeros_like"](self).copy_(self)  # PyTorch's node is that of a copy
    parts = [part for part in (prepend, self, append) if part is not None]
    found = cat(parts, d) if len(parts) > 1 else self
    for _ in range(min(n, found.shape[d])):
        length = found.shape[d] - 1
        later, earlier = narrow(found, d, 1, length), narrow(found, d, 0, length)
        found = FUNCTIONS["logical_xor"](later, earlier) if found.array.dtype == bool else sub(later, earlier)
    return found
