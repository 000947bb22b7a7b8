"""Advanced indexing, by tensors of places and by masks."""

from __future__ import annotations

from typing import Any

import numpy as np

from ...core import errors
from ...core.op import op
from ...core.samples import integers, sample
from ...core.tensor import Tensor, wrap


def _located(self: Any, indices: Any) -> tuple[Any, ...]:
    """Check the arrays that index, and give them as NumPy wants them."""
    found = []
    dim = 0
    for key in indices:
        if key is None:
            found.append(slice(None))
            dim += 1
            continue
        if key.dtype.kind not in "iub":
            raise IndexError("tensors used as indices must be long, int, byte or bool tensors")
        if key.dtype == bool:
            for k, n in enumerate(key.shape):
                if dim >= self.ndim or n != self.shape[dim]:
                    raise IndexError(
                        f"The shape of the mask {errors.sizes(key.shape)} at index {k} does not match the shape of the "
                        f"indexed tensor {errors.sizes(self.shape)} at index {dim}"
                    )
                dim += 1
        else:
            n = self.shape[dim]
            outside = key[(key < -n) | (key >= n)]
            if outside.size:
                raise IndexError(f"index {outside.flat[0]} is out of bounds for dimension {dim} with size {n}")
            dim += 1
        found.append(key)
    return tuple(found)


def _indexed(self: Any, indices: Any) -> Any:
    return np.array(self[_located(self, indices)])


def _index_back(grad: Any, self_sizes: Any, indices: Any) -> Any:
    into = np.zeros(self_sizes, grad.dtype)
    place: Any = tuple(slice(None) if k is None else k for k in indices)
    np.add.at(into, place, grad)  # a repeated index adds up
    return into


index = op(
    "index.Tensor",
    _indexed,
    public=False,
    promotes="same",
    lists="indices",
    self=lambda grad, self_sym_sizes, indices: index_backward(grad, self_sym_sizes, indices),
    formulas={"self": r"{grad} \text{{ at }} {indices}"},
    samples=[(sample(4), [integers(3, below=4)])],
)
index_backward = op(
    "index_backward",
    _index_back,
    public=False,
    promotes="same",
    lists="indices",
    grad=lambda grad, indices: index(grad, indices),
    formulas={"grad": r"{grad}_{{{indices}}}"},
)


def _put(self: Any, indices: Any, values: Any, accumulate: bool = False) -> Any:
    into = self.copy()
    where = _located(self, indices)
    if accumulate:
        np.add.at(into, where, values)
    else:
        target = into[where].shape
        _check_assignable(target, values.shape)
        into[where] = values
    return into


def _check_assignable(target: Any, shape: Any) -> None:
    try:
        fits = np.broadcast_shapes(target, shape) == target
    except ValueError:
        fits = False
    if not fits:
        raise RuntimeError(
            f"shape mismatch: value tensor of shape {errors.sizes(shape)} cannot be broadcast to indexing result of "
            f"shape {errors.sizes(target)}"
        )


index_put = op(
    "index_put",
    _put,
    promotes="same",
    lists="indices",
    inplace=True,
    self=lambda grad, indices, accumulate: grad if accumulate else index_put(grad, indices, zero_like(grad)),
    values=lambda grad, indices: index(grad, indices),
    formulas={"self": r"{grad} \text{{ elsewhere}}", "values": r"{grad}_{{{indices}}}"},
    samples=[(sample(4), [integers(1, below=4)], sample(1))],
)


def zero_like(grad: Any) -> Any:
    """Make a 0-dim zero of the same kind and type."""
    return wrap(np.zeros((), grad.array.dtype)) if isinstance(grad, Tensor) else np.zeros((), np.asarray(grad).dtype)
