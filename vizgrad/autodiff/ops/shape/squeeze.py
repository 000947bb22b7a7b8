"""Dimensions of size 1 put in and taken out."""

from __future__ import annotations

from typing import Any

import numpy as np

from ...core import errors
from ...core.dims import axis
from ...core.op import function, op
from ...core.samples import sample


def _unsqueezed(self: Any, dim: int) -> Any:
    if not -self.ndim - 1 <= dim <= self.ndim:
        raise errors.dim_range(dim, self.ndim + 1)
    return np.expand_dims(self, dim)


unsqueeze = op(
    "unsqueeze",
    _unsqueezed,
    view=True,
    promotes="same",
    self=lambda grad, dim: squeeze_dim(grad, dim),
    formulas={"self": "{grad}"},
    tex="{0}",
    samples=[(sample(3), 0)],
)


def _put_in(grad: Any, dims: Any, sizes: Any) -> Any:
    """Put back those of the dimensions that had size 1."""
    for d in sorted({axis(dim, len(sizes)) for dim in dims} if sizes else ()):
        grad = unsqueeze(grad, d) if sizes[d] == 1 else grad
    return grad


squeeze_all = op(
    "squeeze",
    lambda self: self.squeeze(),
    view=True,
    public=False,
    promotes="same",
    self=lambda grad, self_sym_sizes: _put_in(grad, range(len(self_sym_sizes)), self_sym_sizes),
    formulas={"self": "{grad}"},
    tex="{0}",
    samples=[(sample(1, 3),)],
)
squeeze_dim = op(
    "squeeze.dim",
    lambda self, dim: (
        self.squeeze(axis(dim, self.ndim)) if self.ndim and self.shape[axis(dim, self.ndim)] == 1 else self[...]
    ),
    overload=1,
    view=True,
    public=False,
    promotes="same",
    self=lambda grad, dim, self_sym_sizes: _put_in(grad, (dim,), self_sym_sizes),
    formulas={"self": "{grad}"},
    tex="{0}",
    samples=[(sample(1, 3), 0)],
)


def squeezed(self: Any, dim: Any) -> Any:
    """Take out those of the dimensions that have size 1."""
    return (
        self.squeeze(tuple(d for d in (axis(i, self.ndim) for i in dim) if self.shape[d] == 1))
        if self.ndim
        else self[...]
    )


squeeze_dims = op(
    "squeeze.dims",
    squeezed,
    overload=2,
    view=True,
    public=False,
    promotes="same",
    self=lambda grad, dim, self_sym_sizes: _put_in(grad, dim, self_sym_sizes),
    formulas={"self": "{grad}"},
    tex="{0}",
    samples=[(sample(1, 3, 1), (0, 2))],
)
squeeze_from_product = op(
    "squeeze.product",
    lambda self, dim: squeezed(self, (dim,)),
    overload=4,
    public=False,
    promotes="same",
    self=lambda grad, dim, self_sym_sizes: _put_in(grad, (dim,), self_sym_sizes),
    formulas={"self": "{grad}"},
    tex="{0}",
    samples=[(sample(1, 3), 0)],
)


@function()
def squeeze(self: Any, dim: Any = None) -> Any:
    """Take dimensions of length 1 away."""
    if isinstance(dim, (tuple, list)):
        return squeeze_dims(self, tuple(dim))
    return squeeze_all(self) if dim is None else squeeze_dim(self, dim)
