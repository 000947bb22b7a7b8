"""In-place operations that change the shape of the tensor itself."""

from __future__ import annotations

from typing import Any

import numpy as np

from ...core import grad_mode
from ...core.inplace import InPlace, count
from ...core.node import gradient_edge
from ...core.op import op
from ...core.tensor import Tensor
from .permute import t, transpose
from .squeeze import squeeze_dim, squeeze_from_product, squeezed
from .view import reshape


class Reshaping(InPlace):
    """An in-place operation that shows the same memory under another shape: `t_`, `squeeze_`, `unsqueeze_`."""

    def finish(self, tensor: Tensor, bound: Any, arrays: Any, data: Any, tracked: bool) -> Tensor:
        """Take the new shape, and record a node for it."""
        before = gradient_edge(tensor)
        old = arrays[0]
        tensor.array = data
        count(tensor)
        node = None
        if tracked:
            node = self.op.record(bound, (old, *arrays[1:]), (tensor,), edge=before)
            tensor._edge, tensor._requires_grad = (node, 0), True
        observer = grad_mode.current().observer
        if observer is not None:
            observer.mutated(self.op, tensor, self.op.named(bound), node)
        return tensor


def _in_place(name: str, forward: Any, node: str, rule: Any, saves: str = "", **formulas: str) -> None:
    made = op(f"{name}_", forward, node=node, public=False, promotes="same", self=rule, formulas=formulas, saves=saves)
    setattr(Tensor, f"{name}_", Reshaping(made))


_in_place("t", lambda self: self.T, "TBackward1", lambda grad: t(grad))
_in_place(
    "squeeze",
    lambda self: self.squeeze(),
    "SqueezeBackward3",
    lambda grad, self_sym_sizes: reshape(grad, self_sym_sizes),
    self="{grad}",
)
squeeze_dims_ = op(
    "squeeze_.dims",
    lambda self, dim: squeezed(self, dim),
    overload=5,
    node="SqueezeBackward5",
    public=False,
    promotes="same",
    saves="dim",
    self=lambda grad, self_sym_sizes: reshape(grad, self_sym_sizes),
    formulas={"self": "{grad}"},
)
_squeeze_all_ = Tensor.squeeze_  # type: ignore[attr-defined]


def _squeeze_(self: Any, dim: Any = None) -> Any:
    """Take dimensions of length 1 away from the tensor itself."""
    if dim is None:
        return _squeeze_all_(self)
    return Reshaping(squeeze_dims_ if isinstance(dim, (tuple, list)) else squeeze_from_product)(self, dim)


Tensor.squeeze_ = _squeeze_  # type: ignore[attr-defined]
_in_place(
    "unsqueeze",
    lambda self, dim: np.expand_dims(self, dim),
    "UnsqueezeBackward1",
    lambda grad, dim: squeeze_dim(grad, dim),
    self="{grad}",
)
_in_place(
    "transpose",
    lambda self, dim0, dim1: np.swapaxes(self, dim0, dim1),
    "TransposeBackward1",
    lambda grad, dim0, dim1: transpose(grad, dim0, dim1),
    self=r"{grad}^{{\top}}",
)
