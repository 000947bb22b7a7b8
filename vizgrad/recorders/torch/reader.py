"""How PyTorch's tensors and nodes are read by the recorder."""

from __future__ import annotations

import operator
import sys
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
import torch
from torch.autograd.graph import get_gradient_edge

from ...trace import Value
from .. import sampling
from ..recording import Recording
from ..summary import Survey, norm_of, survey
from .schema import ACCUMULATE, DTYPES, Tensor, saved_names, value_of

CALL = torch.nn.Module._call_impl.__code__
next_number = torch._C._autograd._get_sequence_nr
number_of = operator.methodcaller("_sequence_nr")
LACKING = (None, "bfloat16")
"""dtypes that NumPy does not have."""


class Tensors(sampling.Selective):
    """Reads without being seen: while `is_quiet`, nothing that PyTorch does is written down."""

    def __init__(self, recording: Recording) -> None:
        super().__init__(recording)
        self.is_quiet = False
        recording.running = _running

    def is_tensor(self, obj: Any) -> bool:
        """Whether it is a torch.Tensor."""
        return isinstance(obj, Tensor)

    def value(self, tensor: Tensor) -> Value:
        """Contents, read without being seen."""
        was, self.is_quiet = self.is_quiet, True
        try:
            return value_of(tensor)
        finally:
            self.is_quiet = was

    def fill(self, tensor: Tensor, elements: Sequence[float]) -> None:
        """Writes through the array that shares the tensor's memory, which counts as no version."""
        was, self.is_quiet = self.is_quiet, True
        try:
            array = tensor.detach().numpy()
            array[...] = np.reshape(elements, array.shape)
        finally:
            self.is_quiet = was

    def node_key(self, node: Any) -> Any:
        """The sequence number; an AccumulateGrad has none, and may be made anew for the same leaf."""
        return ("leaf", self.sight(node.variable)) if isinstance(node, ACCUMULATE) else node._sequence_nr()

    def leaf_of(self, node: Any) -> Any:
        """The variable."""
        return node.variable if isinstance(node, ACCUMULATE) else None

    def saved_by(self, node: Any) -> Iterable[tuple[str, Any, bool, int | None]]:
        """The `_saved_…` attributes."""
        found: list[tuple[str, Any, bool, int | None]] = []
        was, self.is_quiet = self.is_quiet, True  # an output is unpacked by a `detach`
        for attribute, name, is_place in saved_names(node):
            try:
                value = getattr(node, attribute)
            except RuntimeError:  # overwritten or freed already
                continue
            if value is None or (is_place and isinstance(value, tuple) and not value):
                continue
            several = isinstance(value, list | tuple) and any(isinstance(v, Tensor) for v in value)
            for each in value if several else (value,):
                is_output = isinstance(each, Tensor) and each.grad_fn is not None and each.grad_fn is node
                found.append((name, each, is_place, each.output_nr if is_output else None))
        self.is_quiet = was
        return found

    def place_of(self, tensor: Tensor) -> Any:
        """Address, shape and strides."""
        if tensor.layout is not torch.strided:
            return id(tensor)
        return tensor.data_ptr(), tensor.shape, tensor.stride()

    def is_parameter(self, tensor: Tensor) -> bool:
        """Whether it is an nn.Parameter."""
        return isinstance(tensor, torch.nn.Parameter)

    def grad_of(self, tensor: Tensor) -> Any:
        """Its `.grad`."""
        return tensor.grad

    def parts(self, obj: Any) -> tuple[dict[str, Any], dict[str, Any]] | None:
        """Parameters and modules by path; None before Module.__init__ has run."""
        if not isinstance(obj, torch.nn.Module) or "_modules" not in obj.__dict__:
            return None
        return dict(obj.named_parameters()), dict(obj.named_modules())

    def in_inference(self) -> bool:
        """As torch says."""
        return torch.is_inference_mode_enabled()

    def next_node(self) -> int:
        """As torch says."""
        return next_number()

    def survey(self, roots: Iterable[Any], first: int, after: int | None) -> Survey:
        """As the graph is."""
        nodes = (get_gradient_edge(root).node for root in roots if root.requires_grad)
        return survey(nodes, first, after, number_of, ACCUMULATE)

    def norm(self, grad: Tensor) -> Value:
        """Of a dense gradient from its memory, of any other from what is kept of it."""
        if grad.requires_grad or grad.layout is not torch.strided or (dtype := DTYPES.get(grad.dtype)) in LACKING:
            kept = self.value(grad)
            return norm_of(np.array(kept.norm), kept.dtype)
        assert dtype is not None
        return norm_of(grad.numpy(), dtype)

    def accumulator(self, leaf: Tensor) -> Any:
        """Where a gradient for a leaf goes."""
        return get_gradient_edge(leaf).node if leaf.requires_grad else None


def frames() -> Iterable[Any]:
    """The frames that are running, innermost first."""
    frame: Any = sys._getframe(1)
    while frame is not None:
        yield frame
        frame = frame.f_back


def _running() -> Iterable[Any]:
    """The modules whose forward is running, innermost first."""
    return (frame.f_locals["self"] for frame in frames() if frame.f_code is CALL)
