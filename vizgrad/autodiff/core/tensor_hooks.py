"""Methods of tensors that hang something on their gradients."""

from __future__ import annotations

from typing import Any
from weakref import ref

from .node import hooks_of, hooks_of_leaf
from .tensor import Tensor, method


@method
def retain_grad(self: Tensor) -> None:
    """Keep `.grad` on this non-leaf tensor too."""
    if not self.requires_grad:
        raise RuntimeError("can't retain_grad on Tensor that has requires_grad=False")
    if self._edge is None or self.retains_grad:
        return
    hooks_of(self).retained[self._edge[1]] = ref(self)


@method
def register_hook(self: Tensor, hook: Any) -> Any:
    """Call `hook(grad)` when this tensor's gradient is known; it may return another gradient."""
    if not self.requires_grad:
        raise RuntimeError("cannot register a hook on a tensor that doesn't require gradient")
    return hooks_of(self).watch(self, self.output_nr, hook)


@method
def register_post_accumulate_grad_hook(self: Tensor, hook: Any) -> Any:
    """Call `hook(tensor)` each time this leaf's `.grad` has changed."""
    if not self.requires_grad:
        raise RuntimeError("cannot register a hook on a tensor that doesn't require gradient")
    if not self.is_leaf:
        raise RuntimeError("post accumulate grad hooks cannot be registered on non-leaf tensors")
    return hooks_of_leaf(self).add("accumulated", hook)
