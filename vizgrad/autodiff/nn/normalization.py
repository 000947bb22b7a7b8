"""Layers that bring their input to mean zero and variance one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from ..core import dtypes
from ..core.tensor import Tensor, wrap
from . import functional as F
from . import init
from .linear import empty_parameter
from .module import Module
from .parameter import Parameter


class _Scaled(Module):
    """What all these layers have in common: a weight that begins at one, and a bias that begins at zero."""

    weight: Parameter | None
    bias: Parameter | None

    def _make_scale(self, shape: Sequence[int], weight: bool, bias: bool, dtype: Any, device: Any) -> None:
        for name, wanted in (("weight", weight), ("bias", bias)):
            self.register_parameter(name, empty_parameter(*shape, dtype=dtype, device=device) if wanted else None)

    def _reset_scale(self) -> None:
        if self.weight is not None:
            init.ones_(self.weight)
        if self.bias is not None:
            init.zeros_(self.bias)


class LayerNorm(_Scaled):
    """Normalises over the last dimensions, each sample for itself."""

    def __init__(
        self,
        normalized_shape: int | Sequence[int],
        eps: float = 1e-5,
        elementwise_affine: bool = True,
        bias: bool = True,
        device: Any = None,
        dtype: Any = None,
    ) -> None:
        super().__init__()
        self.normalized_shape = (normalized_shape,) if isinstance(normalized_shape, int) else tuple(normalized_shape)
        self.eps, self.elementwise_affine = eps, elementwise_affine
        self._make_scale(self.normalized_shape, elementwise_affine, elementwise_affine and bias, dtype, device)
        self.reset_parameters()

    def reset_parameters(self) -> None:
        """Begin with weight one and bias zero."""
        self._reset_scale()

    def forward(self, input: Tensor) -> Tensor:
        """Normalise, scale and shift."""
        return F.layer_norm(input, self.normalized_shape, self.weight, self.bias, self.eps)

    def extra_repr(self) -> str:
        """Show the shape and the options."""
        return (
            f"{self.normalized_shape}, eps={self.eps}, elementwise_affine={self.elementwise_affine}, "
            f"bias={self.bias is not None}"
        )


class GroupNorm(_Scaled):
    """Normalises over groups of channels, each sample for itself."""

    def __init__(
        self,
        num_groups: int,
        num_channels: int,
        eps: float = 1e-5,
        affine: bool = True,
        bias: bool = True,
        device: Any = None,
        dtype: Any = None,
    ) -> None:
        super().__init__()
        if num_channels % num_groups:
            raise ValueError(f"num_channels ({num_channels}) must be divisible by num_groups ({num_groups})")
        self.num_groups, self.num_channels, self.eps, self.affine = num_groups, num_channels, eps, affine
        self._make_scale((num_channels,), affine, affine and bias, dtype, device)
        self.reset_parameters()

    def reset_parameters(self) -> None:
        """Begin with weight one and bias zero."""
        self._reset_scale()

    def forward(self, input: Tensor) -> Tensor:
        """Normalise, scale and shift."""
        return F.group_norm(input, self.num_groups, self.weight, self.bias, self.eps)

    def extra_repr(self) -> str:
        """Show the sizes and the options."""
        return (
            f"{self.num_groups}, {self.num_channels}, eps={self.eps}, affine={self.affine}, "
            f"bias={self.bias is not None}"
        )


class _BatchNorm(_Scaled):
    """Normalises each channel over the batch; in evaluation, by the averages seen in training."""

    ranks: tuple[int, ...] = ()
    may_be_missing = frozenset({"num_batches_tracked"})  # PyTorch's own states had no such count once
    num_batches_tracked: Tensor | None
    running_mean: Tensor | None
    running_var: Tensor | None

    def __init__(
        self,
        num_features: int,
        eps: float = 1e-5,
        momentum: float | None = 0.1,
        affine: bool = True,
        track_running_stats: bool = True,
        device: Any = None,
        dtype: Any = None,
        *,
        bias: bool = True,
    ) -> None:
        super().__init__()
        self.num_features, self.eps, self.momentum = num_features, eps, momentum
        self.affine, self.track_running_stats = affine, track_running_stats
        self._make_scale((num_features,), affine, affine and bias, dtype, device)
        kind = (dtype or dtypes.default()).numpy
        first = (np.zeros(num_features, kind), np.ones(num_features, kind), np.zeros((), np.int64))
        for name, values in zip(("running_mean", "running_var", "num_batches_tracked"), first, strict=True):
            self.register_buffer(name, wrap(values) if track_running_stats else None)
        self.reset_parameters()

    def reset_running_stats(self) -> None:
        """Forget the averages."""
        if self.running_mean is not None and self.running_var is not None and self.num_batches_tracked is not None:
            self.running_mean.zero_()
            self.running_var.fill_(1)
            self.num_batches_tracked.zero_()

    def reset_parameters(self) -> None:
        """Forget the averages, and begin with weight one and bias zero."""
        self.reset_running_stats()
        self._reset_scale()

    def forward(self, input: Tensor) -> Tensor:
        """Normalise, scale and shift; in training, keep the averages up to date."""
        if input.ndim not in self.ranks:
            expected = " or ".join(f"{rank}D" for rank in self.ranks)
            raise ValueError(f"expected {expected} input (got {input.ndim}D input)")
        factor = 0.0 if self.momentum is None else self.momentum
        if self.training and self.num_batches_tracked is not None:
            self.num_batches_tracked.add_(1)
            if self.momentum is None:  # the plain average over all batches so far
                factor = 1.0 / float(self.num_batches_tracked)
        by_batch = self.training or (self.running_mean is None and self.running_var is None)
        tracked = not self.training or self.track_running_stats
        return F.batch_norm(
            input,
            self.running_mean if tracked else None,
            self.running_var if tracked else None,
            self.weight,
            self.bias,
            by_batch,
            factor,
            self.eps,
        )

    def extra_repr(self) -> str:
        """Show the size and the options."""
        return (
            f"{self.num_features}, eps={self.eps}, momentum={self.momentum}, affine={self.affine}, "
            f"bias={self.bias is not None}, track_running_stats={self.track_running_stats}"
        )


class BatchNorm1d(_BatchNorm):
    """Batch norm of vectors (batch, channel) or sequences (batch, channel, length)."""

    ranks = (2, 3)


class BatchNorm2d(_BatchNorm):
    """Batch norm of images (batch, channel, height, width)."""

    ranks = (4,)
