"""A product and a sum in one, for vectors: addmv (a layer on one input), addr, vdot; and differences of neighbours."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..dims import axis
from ..op import FUNCTIONS, function, op
from ..samples import sample
from .arithmetic import sub
from .join import cat
from .linalg import mv, outer_rule
from .permute import t
from .select import narrow


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
