"""Writing into a tensor: what is forbidden, what becomes of its history, and of the views that share its memory."""

from __future__ import annotations

from collections.abc import Sequence
from types import MethodType
from typing import Any

import numpy as np
from numpy.lib.stride_tricks import as_strided as strided_array

from . import dtypes, errors, grad_mode
from .node import Node, gradient_edge, hooks_of_node
from .registry import OPS
from .tensor import INFERENCE, NO_EDGE, Edge, Tensor, wrap

LEAF = "a leaf Variable that requires grad is being used in an in-place operation."
VIEW_OF_LEAF = f"a view of {LEAF}"


def check_writable(tensor: Tensor, recording: bool) -> None:
    """Refuse what PyTorch refuses: leaves, views of leaves, several outputs' views, memory that overlaps itself."""
    if tensor._counter is INFERENCE and not grad_mode.current().inference:
        raise RuntimeError(errors.INFERENCE_WRITE)
    if recording and grad_mode.current().grad:
        view = tensor._view
        if view is not None:
            if view.creation == "multi":
                edge = tensor._edge or NO_EDGE
                maker = "Unbind" if edge[0] is None else edge[0].name().split("Backward")[0]
                raise RuntimeError(errors.MULTI_OUTPUT_VIEW.format(edge[1], maker))
            if view.creation == "no_grad":
                raise RuntimeError(errors.NO_GRAD_VIEW)
            if view.base._requires_grad and view.base._edge is None:
                raise RuntimeError(VIEW_OF_LEAF)
        elif tensor._requires_grad and tensor._edge is None:
            raise RuntimeError(LEAF)
    array = tensor.array
    shared = 0 in array.strides and array.size > 0
    if shared and any(n > 1 and s == 0 for n, s in zip(array.shape, array.strides, strict=True)):
        raise RuntimeError(errors.EXPANDED_WRITE)


class Place:
    """Where a view's elements lie in its base's memory."""

    __slots__ = ("base", "offset", "shape", "strides")

    def __init__(self, base: np.ndarray, view: np.ndarray) -> None:
        start = view.__array_interface__["data"][0] - base.__array_interface__["data"][0]
        self.offset, self.shape, self.strides = start, view.shape, view.strides
        self.base = base.shape, base.strides

    def of(self, array: np.ndarray) -> np.ndarray:
        """Show the same elements of another array laid out like the base."""
        memory = array.transpose(sorted(range(array.ndim), key=lambda i: -array.strides[i])).reshape(-1)
        return strided_array(memory[self.offset // array.itemsize :], self.shape, self.strides)

    def like_base(self, array: np.ndarray) -> np.ndarray:
        """Copy an array into the base's layout."""
        shape, strides = self.base
        order = sorted(range(len(shape)), key=lambda i: -strides[i])
        copied = np.empty([shape[i] for i in order], array.dtype)
        copied = copied.transpose([order.index(i) for i in range(len(shape))])
        copied[...] = array
        return copied


class CopySlices(Node):
    """The history of a tensor, part of which was overwritten through a view.

    `inner` is the node of the operation that wrote, `place` the part. The gradient outside the part goes on to the
    tensor as it was before; the part's goes through `inner`.
    """

    __slots__ = ("inner", "place")
    op: Any

    def __init__(self, base: Tensor, inner: Node, place: Place) -> None:
        super().__init__((gradient_edge(base), *inner.next_functions[1:]), (base,))
        self.inner, self.place = inner, place

    def name(self) -> str:
        """Give PyTorch's name, which tells where in its C++ the node comes from."""
        return "torch::autograd::CopySlices"

    def apply(self, grads: list[Any], wanted: list[bool] | None, create_graph: bool) -> list[Any]:
        """Split the gradient into the part that was overwritten and the rest."""
        (grad,) = grads
        if grad is None:
            return [None] * len(self.next_functions)
        if create_graph:
            return self._apply_recorded(grad)
        outside = self.place.like_base(grad)
        part = self.place.of(outside)
        # the first slot of `inner` is always run: its result is what the part of the old tensor gets
        inner_wanted = [True, *([e[0] is not None for e in self.next_functions[1:]] if wanted is None else wanted[1:])]
        first, *others = self.inner.apply([part.copy()], inner_wanted, False)
        part[...] = 0 if first is None else first
        return [outside if self.next_functions[0][0] is not None else None, *others]

    def _apply_recorded(self, grad: Tensor) -> list[Any]:
        as_strided, as_strided_scatter = OPS["as_strided"], OPS["as_strided_scatter"]
        itemsize = grad.array.itemsize
        where = (
            self.place.shape,
            tuple(s // itemsize for s in self.place.strides),
            self.place.offset // itemsize,
        )
        part = as_strided(grad, *where)
        first, *others = self.inner.apply([part], [True] * len(self.next_functions), True)
        outside = as_strided_scatter(grad, wrap(np.zeros_like(part.array)) if first is None else first, *where)
        return [outside if self.next_functions[0][0] is not None else None, *others]

    def release(self) -> bool:
        """Drop what the inner node saved."""
        return self.inner.release()


def write(tensor: Tensor, data: np.ndarray) -> None:
    """Overwrite a tensor's elements and count the write."""
    if data.shape != tensor.array.shape:
        try:
            broadcast = np.broadcast_shapes(data.shape, tensor.array.shape)
        except ValueError:
            raise errors.broadcast([tensor.array.shape, data.shape]) from None
        if broadcast != tensor.array.shape:
            raise RuntimeError(
                f"output with shape {errors.sizes(tensor.array.shape)} doesn't match the broadcast shape "
                f"{errors.sizes(broadcast)}"
            )
    found, into = dtypes.of(data), dtypes.of(tensor.array)
    if found.category > into.category:
        raise RuntimeError(f"result type {found.long_name} can't be cast to the desired output type {into.long_name}")
    tensor.array[...] = data
    count(tensor)


def count(tensor: Tensor) -> None:
    """Count a write: whoever has saved this memory will notice."""
    if tensor._counter is not INFERENCE:
        tensor._shared_counter()[0] += 1


def rebase(tensor: Tensor, node: Node) -> Node:
    """Make a node the tensor's history; through a view, the history of the base. Returns the node that now stands."""
    view = tensor._view
    if view is None:
        _lead(tensor, node)
        return node
    base = view.base
    slices = CopySlices(base, node, Place(base.array, tensor.array))
    _lead(base, slices)
    view.version = -1
    refresh(tensor)
    return slices


def refresh(view: Tensor) -> None:
    """Give a view a new grad_fn if its base was written to since it was made."""
    how = view._view
    assert how is not None
    base = how.base
    version = 0 if base._counter is INFERENCE else base._shared_counter()[0]
    if how.version == version or how.creation in ("no_grad", "inference", "multi"):
        return
    if view._counter is not base._counter:
        return
    how.version = version
    if base._requires_grad and view.array.dtype.kind in "fc":
        place, itemsize = Place(base.array, view.array), view.array.itemsize
        where = (place.shape, tuple(s // itemsize for s in place.strides), place.offset // itemsize)
        with_base = (base, *where)
        node = OPS["as_strided"].record(with_base, (base.array, *where), (view,))
        _lead(view, node)


def _lead(tensor: Tensor, node: Node) -> None:
    """Give a tensor a new grad_fn; if its gradient is retained, it is the new node's that will be."""
    old = tensor._edge
    tensor._edge, tensor._requires_grad = (node, 0), True
    if old is not None and old[0] is not None and old[0].hooks is not None:
        kept = old[0].hooks.retained.get(old[1])
        if kept is not None and kept() is tensor:
            del old[0].hooks.retained[old[1]]
            hooks_of_node(node).retained[0] = kept


setattr(Tensor, "_refresh", refresh)  # noqa: B010


class InPlace:
    """The in-place form of an operation: `x.mul_(y)` computes `x * y` and writes it into x."""

    def __init__(self, op: Any) -> None:
        self.op = op
        self.__name__ = f"{op.function}_"
        self.__doc__ = f"The in-place form of `{op.function}`; returns the tensor itself."

    def __get__(self, instance: Any, owner: Any = None) -> Any:
        return self if instance is None else MethodType(self, instance)

    def __call__(self, tensor: Tensor, *args: Any, **kwargs: Any) -> Tensor:
        """Compute, write into the tensor, and record."""
        op = self.op
        bound = op.bind((tensor, *args), kwargs)
        arrays = list(bound)
        tensors = list(op._tensors(bound))
        for value in tensors:
            if value._view is not None:
                value._refresh()
        tracked = any(t._requires_grad for t in tensors) and grad_mode.current().grad
        check_writable(tensor, tracked)
        for i in op.tensor_at:
            if isinstance(bound[i], Tensor):
                arrays[i] = bound[i].array
        found = op._prepare(bound, arrays)
        assert found is arrays
        measure = grad_mode.current().measure
        if measure is not None:
            measure(op, arrays)
        try:
            data = np.asarray(op.forward(*arrays))
        except ValueError as fault:
            raise op._explained(fault, arrays) from None
        return self.finish(tensor, bound, arrays, data, tracked)

    def finish(
        self, tensor: Tensor, bound: Sequence[Any], arrays: Sequence[Any], data: np.ndarray, tracked: bool
    ) -> Tensor:
        """Write the result, and the history that goes with it."""
        op = self.op
        node: Node | None = None
        before: Edge = gradient_edge(tensor) if tracked else NO_EDGE
        if tracked and "self" in op.saved:
            # the rule needs the values from before: PyTorch saves a copy too
            copied = wrap(tensor.array.copy())
            copied._edge, copied._requires_grad = tensor._edge, tensor._requires_grad
            bound = (copied, *bound[1:])
        write(tensor, data)
        if tracked:
            node = rebase(tensor, op.record(bound, arrays, (tensor,), edge=before))
        observer = grad_mode.current().observer
        if observer is not None:
            observer.mutated(op, tensor, op.named((tensor, *bound[1:])), node)
        return tensor
