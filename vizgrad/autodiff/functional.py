"""`torch.nn.functional`: activations, losses and layers as functions."""

from __future__ import annotations

import warnings
from typing import Any

from .ops import elementwise as e
from .ops import nn
from .ops.linalg import linear as linear
from .ops.reduce import vector_norm
from .ops.shape import constant_pad_nd, expand_as
from .tensor import Size, Tensor

_IMPLICIT_DIM = "Implicit dimension choice for {} has been deprecated. Change the call to include dim=X as an argument."


def _dim(name: str, input: Tensor, dim: int | None) -> int:  # noqa: A002
    if dim is not None:
        return dim
    warnings.warn(_IMPLICIT_DIM.format(name), UserWarning, stacklevel=3)
    return 0 if input.ndim in (0, 1, 3) else 1


def relu(input: Any, inplace: bool = False) -> Any:  # noqa: A002
    """Cut negative numbers off at 0."""
    return input.relu_() if inplace else e.relu(input)


def relu6(input: Any, inplace: bool = False) -> Any:  # noqa: A002
    """Cut numbers off at 0 and 6."""
    return nn.hardtanh(input, 0, 6)


def leaky_relu(input: Any, negative_slope: float = 0.01, inplace: bool = False) -> Any:  # noqa: A002
    """Scale negative numbers down."""
    return nn.leaky_relu(input, negative_slope)


def elu(input: Any, alpha: float = 1.0, inplace: bool = False) -> Any:  # noqa: A002
    """Let negative numbers run out to -alpha."""
    return nn.elu(input, alpha)


def selu(input: Any, inplace: bool = False) -> Any:  # noqa: A002
    """`elu` with the constants that keep mean and variance."""
    return nn.elu(input, 1.6732632423543772848170429916717, 1.0507009873554804934193349852946)


def celu(input: Any, alpha: float = 1.0, inplace: bool = False) -> Any:  # noqa: A002
    """`elu` that stays smooth at 0."""
    return nn.celu(input, alpha)


def gelu(input: Any, approximate: str = "none") -> Any:  # noqa: A002
    """Weigh each number with the normal distribution at it."""
    return nn.gelu(input, approximate=approximate)


def silu(input: Any, inplace: bool = False) -> Any:  # noqa: A002
    """Give x times sigmoid(x)."""
    return nn.silu(input)


def mish(input: Any, inplace: bool = False) -> Any:  # noqa: A002
    """Give x times tanh(softplus(x))."""
    return nn.mish(input)


def softplus(input: Any, beta: float = 1.0, threshold: float = 20.0) -> Any:  # noqa: A002
    """Give a smooth relu."""
    return nn.softplus(input, beta, threshold)


def softsign(input: Any) -> Any:  # noqa: A002
    """Give x / (1 + |x|)."""
    return input / (e.abs(input) + 1)


def tanhshrink(input: Any) -> Any:  # noqa: A002
    """Give x - tanh(x)."""
    return input - e.tanh(input)


def hardtanh(input: Any, min_val: float = -1.0, max_val: float = 1.0, inplace: bool = False) -> Any:  # noqa: A002
    """Cut numbers off at both ends."""
    return nn.hardtanh(input, min_val, max_val)


def hardsigmoid(input: Any, inplace: bool = False) -> Any:  # noqa: A002
    """A sigmoid of straight lines."""
    return nn.hardsigmoid(input)


def hardswish(input: Any, inplace: bool = False) -> Any:  # noqa: A002
    """Give x times hardsigmoid(x)."""
    return nn.hardswish(input)


def threshold(input: Any, threshold: float, value: float, inplace: bool = False) -> Any:  # noqa: A002
    """Replace what is not above a threshold."""
    return nn.threshold(input, threshold, value)


def prelu(input: Any, weight: Any) -> Any:  # noqa: A002
    """`leaky_relu` with a slope that is learnt."""
    if weight.numel() != 1 and input.ndim > 1:
        weight = weight.reshape(*(weight.numel() if i == 1 else 1 for i in range(input.ndim)))
    return nn.prelu(input, weight.reshape(weight.shape) if weight.ndim == input.ndim else weight)


def glu(input: Any, dim: int = -1) -> Any:  # noqa: A002
    """Gate one half with the sigmoid of the other."""
    return nn.glu(input, dim)


def sigmoid(input: Any) -> Any:  # noqa: A002
    """Bring numbers between 0 and 1."""
    return e.sigmoid(input)


def tanh(input: Any) -> Any:  # noqa: A002
    """Bring numbers between -1 and 1."""
    return e.tanh(input)


def logsigmoid(input: Any) -> Any:  # noqa: A002
    """Give the logarithm of sigmoid."""
    return nn.log_sigmoid(input)[0]


def softmax(input: Any, dim: int | None = None, _stacklevel: int = 3, dtype: Any = None) -> Any:  # noqa: A002
    """Make positive numbers that add up to 1 along a dimension."""
    return nn.softmax(input, _dim("softmax", input, dim), dtype)


def log_softmax(input: Any, dim: int | None = None, _stacklevel: int = 3, dtype: Any = None) -> Any:  # noqa: A002
    """Give the logarithm of softmax."""
    return nn.log_softmax(input, _dim("log_softmax", input, dim), dtype)


def softmin(input: Any, dim: int | None = None, _stacklevel: int = 3, dtype: Any = None) -> Any:  # noqa: A002
    """Give softmax of the negative."""
    return nn.softmax(-input, _dim("softmin", input, dim), dtype)


def dropout(input: Any, p: float = 0.5, training: bool = True, inplace: bool = False) -> Any:  # noqa: A002
    """Set numbers to 0 by chance, and scale the others up."""
    if p < 0 or p > 1:
        raise ValueError(f"dropout probability has to be between 0 and 1, but got {p}")
    if not training or not p:
        return input
    from .random import dropout_mask

    return input * dropout_mask(input, 1 - p)


def normalize(input: Any, p: float = 2.0, dim: int = 1, eps: float = 1e-12) -> Any:  # noqa: A002
    """Divide by the norm along a dimension."""
    return input / expand_as(e.clamp_min(vector_norm(input, p, dim, True), eps), input)


def one_hot(tensor: Any, num_classes: int = -1) -> Any:
    """Write class numbers as rows of zeros with a one."""
    return nn.one_hot(tensor, num_classes)


def pad(input: Any, pad: Any, mode: str = "constant", value: Any = None) -> Any:  # noqa: A002
    """Put a border around."""
    if mode != "constant":
        raise NotImplementedError(f"F.pad(mode={mode!r}) is not in vizgrad's core; mode='constant' is")
    return constant_pad_nd(input, tuple(pad), 0 if value is None else value)


def embedding(input: Any, weight: Any, padding_idx: int | None = None, max_norm: Any = None, norm_type: float = 2.0, scale_grad_by_freq: bool = False, sparse: bool = False) -> Any:  # noqa: A002
    """Look rows of a table up."""
    return nn.embedding(weight, input, -1 if padding_idx is None else padding_idx % weight.shape[0], scale_grad_by_freq, sparse)


# -- losses


def _reduction(name: str) -> int:
    if name not in nn.REDUCTIONS:
        raise ValueError(f"{name} is not a valid value for reduction")
    return nn.REDUCTIONS[name]


def _reduce(values: Any, reduction: str) -> Any:
    return values.mean() if reduction == "mean" else values.sum() if reduction == "sum" else values


def _same_size(input: Any, target: Any) -> None:  # noqa: A002
    if target.array.shape != input.array.shape:
        warnings.warn(
            f"Using a target size ({Size(target.shape)}) that is different to the input size ({Size(input.shape)}). "
            "This will likely lead to incorrect results due to broadcasting. Please ensure they have the same size.",
            UserWarning,
            stacklevel=3,
        )


def mse_loss(input: Any, target: Any, size_average: Any = None, reduce: Any = None, reduction: str = "mean", weight: Any = None) -> Any:  # noqa: A002
    """Average the squared differences."""
    _same_size(input, target)
    return nn.mse_loss(input, target, _reduction(reduction))


def l1_loss(input: Any, target: Any, size_average: Any = None, reduce: Any = None, reduction: str = "mean", weight: Any = None) -> Any:  # noqa: A002
    """Average the absolute differences."""
    _same_size(input, target)
    return _reduce(e.abs(input - target), reduction)


def smooth_l1_loss(input: Any, target: Any, size_average: Any = None, reduce: Any = None, reduction: str = "mean", beta: float = 1.0) -> Any:  # noqa: A002
    """Squared differences where small, absolute where large."""
    _same_size(input, target)
    return nn.smooth_l1_loss(input, target, _reduction(reduction), beta)


def huber_loss(input: Any, target: Any, reduction: str = "mean", delta: float = 1.0, weight: Any = None) -> Any:  # noqa: A002
    """Squared differences where small, absolute where large, scaled by delta."""
    _same_size(input, target)
    return nn.huber_loss(input, target, _reduction(reduction), delta)


def nll_loss(input: Any, target: Any, weight: Any = None, size_average: Any = None, ignore_index: int = -100, reduce: Any = None, reduction: str = "mean") -> Any:  # noqa: A002
    """Average the negative log-probabilities of the right classes."""
    return nn.nll_loss(input, target, weight, _reduction(reduction), ignore_index)[0]


def cross_entropy(input: Any, target: Any, weight: Any = None, size_average: Any = None, ignore_index: int = -100, reduce: Any = None, reduction: str = "mean", label_smoothing: float = 0.0) -> Any:  # noqa: A002
    """Average the negative log-probabilities of the right classes, given scores."""
    dim = 0 if input.ndim == 1 else 1
    if target.array.shape == input.array.shape and target.is_floating_point():
        return _soft_cross_entropy(input, target, weight, reduction, label_smoothing, dim)
    logs = nn.log_softmax(input, dim)
    loss = nn.nll_loss(logs, target, weight, _reduction(reduction), ignore_index)[0]
    if not label_smoothing:
        return loss
    smooth = -logs.sum(dim) if weight is None else -(logs * weight).sum(dim)
    smooth = e.masked_fill(smooth, target == ignore_index, 0.0)
    if reduction == "mean":
        count = (target != ignore_index).sum() if weight is None else weight[target].sum()
        smooth = smooth.sum() / count
    elif reduction == "sum":
        smooth = smooth.sum()
    classes = input.shape[dim]
    return e.mul_scalar(loss, 1 - label_smoothing) + e.mul_scalar(smooth, label_smoothing / classes)


def _soft_cross_entropy(input: Any, target: Any, weight: Any, reduction: str, smoothing: float, dim: int) -> Any:  # noqa: A002
    if smoothing:
        target = target * (1 - smoothing) + smoothing / input.shape[dim]
    logs = nn.log_softmax(input, dim)
    products = logs * target if weight is None else logs * target * weight
    if reduction == "none":
        return -products.sum(dim)
    total = e.neg(products.sum())
    return total if reduction == "sum" else e.div_scalar(total, input.numel() // input.shape[dim])


def binary_cross_entropy(input: Any, target: Any, weight: Any = None, size_average: Any = None, reduce: Any = None, reduction: str = "mean") -> Any:  # noqa: A002
    """Average the negative log-probabilities of yes or no."""
    if target.array.shape != input.array.shape:
        raise ValueError(
            f"Using a target size ({Size(target.shape)}) that is different to the input size ({Size(input.shape)}) is "
            "deprecated. Please ensure they have the same size."
        )
    return nn.binary_cross_entropy(input, target, weight, _reduction(reduction))


def binary_cross_entropy_with_logits(input: Any, target: Any, weight: Any = None, size_average: Any = None, reduce: Any = None, reduction: str = "mean", pos_weight: Any = None) -> Any:  # noqa: A002
    """`binary_cross_entropy` of the sigmoid of scores."""
    if target.array.shape != input.array.shape:
        raise ValueError(f"Target size ({Size(target.shape)}) must be the same as input size ({Size(input.shape)})")
    return nn.binary_cross_entropy_with_logits(input, target, weight, pos_weight, _reduction(reduction))


def kl_div(input: Any, target: Any, size_average: Any = None, reduce: Any = None, reduction: str = "mean", log_target: bool = False) -> Any:  # noqa: A002
    """Compare distributions, the first given as logarithms."""
    loss = e.exp(target) * (target - input) if log_target else e.xlogy(target, target) - target * input
    if reduction == "batchmean":
        return loss.sum() / (input.shape[0] if input.ndim else 1)
    return _reduce(loss, reduction)


def soft_margin_loss(input: Any, target: Any, size_average: Any = None, reduce: Any = None, reduction: str = "mean") -> Any:  # noqa: A002
    """The logistic loss of labels -1 and 1."""
    return nn.soft_margin_loss(input, target, _reduction(reduction))


def multi_margin_loss(input: Any, target: Any, p: int = 1, margin: float = 1.0, weight: Any = None, size_average: Any = None, reduce: Any = None, reduction: str = "mean") -> Any:  # noqa: A002
    """Ask the right class's score to lead by a margin."""
    return nn.multi_margin_loss(input, target, p, margin, weight, _reduction(reduction))


# -- normalisation


def batch_norm(input: Any, running_mean: Any, running_var: Any, weight: Any = None, bias: Any = None, training: bool = False, momentum: float = 0.1, eps: float = 1e-5) -> Any:  # noqa: A002
    """Normalise each channel over the batch."""
    if training and input.numel() // input.shape[1] == 1:
        raise ValueError(f"Expected more than 1 value per channel when training, got input size {Size(input.shape)}")
    found = nn.native_batch_norm(input, weight, bias, running_mean, running_var, training, momentum, eps)[0]
    return found


def layer_norm(input: Any, normalized_shape: Any, weight: Any = None, bias: Any = None, eps: float = 1e-5) -> Any:  # noqa: A002
    """Normalise each row over its last dimensions."""
    return nn.native_layer_norm(input, tuple(normalized_shape), weight, bias, eps)[0]

