"""`torch.nn.functional`: activations, losses and layers as functions."""

from __future__ import annotations

import math
import warnings
from typing import Any

import numpy as np

from .creation import full_like, zeros_like
from .inplace import InPlace
from .ops import elementwise as e
from .ops import nn
from .ops.contract import bilinear as bilinear
from .ops.conv import conv1d as conv1d
from .ops.conv import conv2d as conv2d
from .ops.conv import conv3d as conv3d
from .ops.conv import conv_transpose1d as conv_transpose1d
from .ops.conv import conv_transpose2d as conv_transpose2d
from .ops.conv import conv_transpose3d as conv_transpose3d
from .ops.linalg import linear as linear
from .ops.linalg import matmul
from .ops.pool import adaptive_avg_pool2d as adaptive_avg_pool2d
from .ops.pool import avg_pool1d as avg_pool1d
from .ops.pool import avg_pool2d as avg_pool2d
from .ops.pool import fold as fold
from .ops.pool import interpolate as interpolate
from .ops.pool import max_pool1d as max_pool1d
from .ops.pool import max_pool2d as max_pool2d
from .ops.pool import pixel_shuffle as pixel_shuffle
from .ops.pool import pixel_unshuffle as pixel_unshuffle
from .ops.pool import unfold as unfold
from .ops.reduce import mean_dim, norm_p, sum_dim, vector_norm
from .ops.shape import constant_pad_nd, expand, expand_as, transpose
from .ops.shrink import hardshrink as hardshrink
from .ops.shrink import softshrink as softshrink
from .quiet import recording
from .tensor import Size, Tensor, wrap

_IMPLICIT_DIM = "Implicit dimension choice for {} has been deprecated. Change the call to include dim=X as an argument."


def _dim(name: str, input: Tensor, dim: int | None) -> int:
    if dim is not None:
        return dim
    warnings.warn(_IMPLICIT_DIM.format(name), UserWarning, stacklevel=3)
    return 0 if input.ndim in (0, 1, 3) else 1


def relu(input: Any, inplace: bool = False) -> Any:
    """Cut negative numbers off at 0."""
    return input.relu_() if inplace else e.relu(input)


def relu6(input: Any, inplace: bool = False) -> Any:
    """Cut numbers off at 0 and 6."""
    return (nn.hardtanh_ if inplace else nn.hardtanh)(input, 0, 6)


def leaky_relu(input: Any, negative_slope: float = 0.01, inplace: bool = False) -> Any:
    """Scale negative numbers down."""
    return (nn.leaky_relu_ if inplace else nn.leaky_relu)(input, negative_slope)


def elu(input: Any, alpha: float = 1.0, inplace: bool = False) -> Any:
    """Let negative numbers run out to -alpha."""
    return (nn.elu_ if inplace else nn.elu)(input, alpha)


def selu(input: Any, inplace: bool = False) -> Any:
    """`elu` with the constants that keep mean and variance."""
    return (nn.elu_ if inplace else nn.elu)(input, 1.6732632423543772848170429916717, 1.0507009873554804934193349852946)


def celu(input: Any, alpha: float = 1.0, inplace: bool = False) -> Any:
    """`elu` that stays smooth at 0."""
    return (nn.celu_ if inplace else nn.celu)(input, alpha)


def gelu(input: Any, approximate: str = "none") -> Any:
    """Weigh each number with the normal distribution at it."""
    return nn.gelu(input, approximate=approximate)


def silu(input: Any, inplace: bool = False) -> Any:
    """Give x times sigmoid(x)."""
    return InPlace(nn.silu)(input) if inplace else nn.silu(input)


def mish(input: Any, inplace: bool = False) -> Any:
    """Give x times tanh(softplus(x))."""
    return InPlace(nn.mish)(input) if inplace else nn.mish(input)


def softplus(input: Any, beta: float = 1.0, threshold: float = 20.0) -> Any:
    """Give a smooth relu."""
    return nn.softplus(input, beta, threshold)


def softsign(input: Any) -> Any:
    """Give x / (1 + |x|)."""
    return input / (e.abs(input) + 1)


def tanhshrink(input: Any) -> Any:
    """Give x - tanh(x)."""
    return input - e.tanh(input)


def hardtanh(input: Any, min_val: float = -1.0, max_val: float = 1.0, inplace: bool = False) -> Any:
    """Cut numbers off at both ends."""
    return (nn.hardtanh_ if inplace else nn.hardtanh)(input, min_val, max_val)


def hardsigmoid(input: Any, inplace: bool = False) -> Any:
    """A sigmoid of straight lines."""
    return InPlace(nn.hardsigmoid)(input) if inplace else nn.hardsigmoid(input)


def hardswish(input: Any, inplace: bool = False) -> Any:
    """Give x times hardsigmoid(x)."""
    return InPlace(nn.hardswish)(input) if inplace else nn.hardswish(input)


def threshold(input: Any, threshold: float, value: float, inplace: bool = False) -> Any:
    """Replace what is not above a threshold."""
    return (nn.threshold_ if inplace else nn.threshold)(input, threshold, value)


def prelu(input: Any, weight: Any) -> Any:
    """`leaky_relu` with a slope that is learnt."""
    if weight.ndim != input.ndim:
        weight = weight.reshape(*(weight.numel() if i == 1 else 1 for i in range(input.ndim)))
    return nn.prelu(input, weight)


def glu(input: Any, dim: int = -1) -> Any:
    """Gate one half with the sigmoid of the other."""
    return nn.glu(input, dim)


def sigmoid(input: Any) -> Any:
    """Bring numbers between 0 and 1."""
    return e.sigmoid(input)


def tanh(input: Any) -> Any:
    """Bring numbers between -1 and 1."""
    return e.tanh(input)


def logsigmoid(input: Any) -> Any:
    """Give the logarithm of sigmoid."""
    return nn.log_sigmoid(input)[0]


def softmax(input: Any, dim: int | None = None, _stacklevel: int = 3, dtype: Any = None) -> Any:
    """Make positive numbers that add up to 1 along a dimension."""
    return nn.softmax(input, _dim("softmax", input, dim), dtype)


def log_softmax(input: Any, dim: int | None = None, _stacklevel: int = 3, dtype: Any = None) -> Any:
    """Give the logarithm of softmax."""
    return nn.log_softmax(input, _dim("log_softmax", input, dim), dtype)


def softmin(input: Any, dim: int | None = None, _stacklevel: int = 3, dtype: Any = None) -> Any:
    """Give softmax of the negative."""
    return nn.softmax(-input, _dim("softmin", input, dim), dtype)


def dropout(input: Any, p: float = 0.5, training: bool = True, inplace: bool = False) -> Any:
    """Set numbers to 0 by chance, and scale the others up."""
    if p < 0 or p > 1:
        raise ValueError(f"dropout probability has to be between 0 and 1, but got {p}")
    if not training or not p:
        return input
    from .random import dropout_mask

    mask = dropout_mask(input, 1 - p)
    return input.mul_(mask) if inplace else input * mask


def normalize(input: Any, p: float = 2.0, dim: int = 1, eps: float = 1e-12) -> Any:
    """Divide by the norm along a dimension."""
    return input / expand_as(e.clamp_min(vector_norm(input, p, dim, True), eps), input)


def one_hot(tensor: Any, num_classes: int = -1) -> Any:
    """Write class numbers as rows of zeros with a one."""
    return nn.one_hot(tensor, num_classes)


def pad(input: Any, pad: Any, mode: str = "constant", value: Any = None) -> Any:
    """Put a border around."""
    if mode != "constant":
        raise NotImplementedError(f"F.pad(mode={mode!r}) is not in vizgrad's core; mode='constant' is")
    return constant_pad_nd(input, tuple(pad), 0 if value is None else value)


def embedding(
    input: Any,
    weight: Any,
    padding_idx: int | None = None,
    max_norm: Any = None,
    norm_type: float = 2.0,
    scale_grad_by_freq: bool = False,
    sparse: bool = False,
) -> Any:
    """Look rows of a table up."""
    return nn.embedding(
        weight, input, -1 if padding_idx is None else padding_idx % weight.shape[0], scale_grad_by_freq, sparse
    )


# -- losses


def _reduction(name: str) -> int:
    if name not in nn.REDUCTIONS:
        raise ValueError(f"{name} is not a valid value for reduction")
    return nn.REDUCTIONS[name]


def _reduce(values: Any, reduction: str) -> Any:
    return values.mean() if reduction == "mean" else values.sum() if reduction == "sum" else values


def _same_size(input: Any, target: Any) -> None:
    if target.array.shape != input.array.shape:
        warnings.warn(
            f"Using a target size ({Size(target.shape)}) that is different to the input size ({Size(input.shape)}). "
            "This will likely lead to incorrect results due to broadcasting. Please ensure they have the same size.",
            UserWarning,
            stacklevel=3,
        )


def mse_loss(
    input: Any, target: Any, size_average: Any = None, reduce: Any = None, reduction: str = "mean", weight: Any = None
) -> Any:
    """Average the squared differences."""
    _same_size(input, target)
    return nn.mse_loss(input, target, _reduction(reduction))


def l1_loss(
    input: Any, target: Any, size_average: Any = None, reduce: Any = None, reduction: str = "mean", weight: Any = None
) -> Any:
    """Average the absolute differences."""
    _same_size(input, target)
    return _reduce(e.abs(input - target), reduction)


def smooth_l1_loss(
    input: Any, target: Any, size_average: Any = None, reduce: Any = None, reduction: str = "mean", beta: float = 1.0
) -> Any:
    """Squared differences where small, absolute where large."""
    if beta == 0:
        return l1_loss(input, target, reduction=reduction)
    _same_size(input, target)
    return nn.smooth_l1_loss(input, target, _reduction(reduction), beta)


def huber_loss(input: Any, target: Any, reduction: str = "mean", delta: float = 1.0, weight: Any = None) -> Any:
    """Squared differences where small, absolute where large, scaled by delta."""
    _same_size(input, target)
    return nn.huber_loss(input, target, _reduction(reduction), delta)


def _nll(input: Any, target: Any, weight: Any, reduction: int, ignore_index: int) -> Any:
    if input.ndim < 3:
        return nn.nll_loss(input, target, weight, reduction, ignore_index)[0]
    if input.ndim == 4:
        return nn.nll_loss2d(input, target, weight, reduction, ignore_index)[0]
    # PyTorch: other images are made ones of one row or of one column first
    n, c, *rest = input.shape
    flat = (n, c, 1, math.prod(rest)) if input.ndim != 3 else (n, c, 1, rest[0])
    found = nn.nll_loss2d(input.reshape(flat), target.reshape(n, *flat[2:]), weight, reduction, ignore_index)[0]
    return found if reduction else found.view(n, *rest)


def nll_loss(
    input: Any,
    target: Any,
    weight: Any = None,
    size_average: Any = None,
    ignore_index: int = -100,
    reduce: Any = None,
    reduction: str = "mean",
) -> Any:
    """Average the negative log-probabilities of the right classes."""
    return _nll(input, target, weight, _reduction(reduction), ignore_index)


def cross_entropy(
    input: Any,
    target: Any,
    weight: Any = None,
    size_average: Any = None,
    ignore_index: int = -100,
    reduce: Any = None,
    reduction: str = "mean",
    label_smoothing: float = 0.0,
) -> Any:
    """Average the negative log-probabilities of the right classes, given scores."""
    dim = 0 if input.ndim == 1 else 1
    if target.array.shape == input.array.shape and target.is_floating_point():
        return _soft_cross_entropy(input, target, weight, reduction, label_smoothing, dim)
    logs = nn.log_softmax(input, dim)
    loss = _nll(logs, target, weight, _reduction(reduction), ignore_index)
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


def _soft_cross_entropy(input: Any, target: Any, weight: Any, reduction: str, smoothing: float, dim: int) -> Any:
    if smoothing:
        target = target * (1 - smoothing) + smoothing / input.shape[dim]
    logs = nn.log_softmax(input, dim)
    products = logs * target if weight is None else logs * target * weight
    if reduction == "none":
        return -products.sum(dim)
    total = e.neg(products.sum())
    return total if reduction == "sum" else e.div_scalar(total, input.numel() // input.shape[dim])


def binary_cross_entropy(
    input: Any, target: Any, weight: Any = None, size_average: Any = None, reduce: Any = None, reduction: str = "mean"
) -> Any:
    """Average the negative log-probabilities of yes or no."""
    if target.array.shape != input.array.shape:
        raise ValueError(
            f"Using a target size ({Size(target.shape)}) that is different to the input size ({Size(input.shape)}) is "
            "deprecated. Please ensure they have the same size."
        )
    return nn.binary_cross_entropy(input, target, weight, _reduction(reduction))


def binary_cross_entropy_with_logits(
    input: Any,
    target: Any,
    weight: Any = None,
    size_average: Any = None,
    reduce: Any = None,
    reduction: str = "mean",
    pos_weight: Any = None,
) -> Any:
    """`binary_cross_entropy` of the sigmoid of scores."""
    if target.array.shape != input.array.shape:
        raise ValueError(f"Target size ({Size(target.shape)}) must be the same as input size ({Size(input.shape)})")
    return nn.binary_cross_entropy_with_logits(input, target, weight, pos_weight, _reduction(reduction))


def kl_div(
    input: Any,
    target: Any,
    size_average: Any = None,
    reduce: Any = None,
    reduction: str = "mean",
    log_target: bool = False,
) -> Any:
    """Compare distributions, the first given as logarithms."""
    loss = e.exp(target) * (target - input) if log_target else e.xlogy(target, target) - target * input
    if reduction == "batchmean":
        return loss.sum() / (input.shape[0] if input.ndim else 1)
    return _reduce(loss, reduction)


def soft_margin_loss(
    input: Any, target: Any, size_average: Any = None, reduce: Any = None, reduction: str = "mean"
) -> Any:
    """The logistic loss of labels -1 and 1."""
    return nn.soft_margin_loss(input, target, _reduction(reduction))


def multi_margin_loss(
    input: Any,
    target: Any,
    p: int = 1,
    margin: float = 1.0,
    weight: Any = None,
    size_average: Any = None,
    reduce: Any = None,
    reduction: str = "mean",
) -> Any:
    """Ask the right class's score to lead by a margin."""
    return nn.multi_margin_loss(input, target, p, margin, weight, _reduction(reduction))


# -- normalisation


def batch_norm(
    input: Any,
    running_mean: Any,
    running_var: Any,
    weight: Any = None,
    bias: Any = None,
    training: bool = False,
    momentum: float = 0.1,
    eps: float = 1e-5,
) -> Any:
    """Normalise each channel over the batch."""
    if training and input.numel() // input.shape[1] == 1:
        raise ValueError(f"Expected more than 1 value per channel when training, got input size {Size(input.shape)}")
    return nn.native_batch_norm(input, weight, bias, running_mean, running_var, training, momentum, eps)[0]


def layer_norm(input: Any, normalized_shape: Any, weight: Any = None, bias: Any = None, eps: float = 1e-5) -> Any:
    """Normalise each row over its last dimensions."""
    return nn.native_layer_norm(input, tuple(normalized_shape), weight, bias, eps)[0]


def group_norm(input: Any, num_groups: int, weight: Any = None, bias: Any = None, eps: float = 1e-5) -> Any:
    """Normalise groups of channels, for each example by itself."""
    n, c = input.shape[:2]
    if c % num_groups:
        raise RuntimeError(
            "Expected number of channels in input to be divisible by num_groups, but got input of shape "
            f"{list(input.shape)} and num_groups={num_groups}"
        )
    return nn.native_group_norm(input, weight, bias, n, c, math.prod(input.shape[2:]), num_groups, eps)[0]


def instance_norm(
    input: Any,
    running_mean: Any = None,
    running_var: Any = None,
    weight: Any = None,
    bias: Any = None,
    use_input_stats: bool = True,
    momentum: float = 0.1,
    eps: float = 1e-5,
) -> Any:
    """Normalise each channel of each example by itself."""
    n, c, *rest = input.shape
    weight, bias = (None if v is None else v.repeat(n) for v in (weight, bias))
    flat = input.reshape(1, n * c, *rest)
    return nn.native_batch_norm(flat, weight, bias, None, None, True, momentum, eps)[0].view(n, c, *rest)


def rms_norm(input: Any, normalized_shape: Any, weight: Any = None, eps: Any = None) -> Any:
    """Divide each row by its root mean square."""
    floor = float(np.finfo(input.array.dtype).eps) if eps is None else eps
    dims = tuple(range(input.ndim - len(normalized_shape), input.ndim))
    found = input * e.rsqrt(e.add_scalar(mean_dim(e.pow_scalar(input, 2), dims, True), floor))
    return found if weight is None else found * weight


def scaled_dot_product_attention(
    query: Any,
    key: Any,
    value: Any,
    attn_mask: Any = None,
    dropout_p: float = 0.0,
    is_causal: bool = False,
    scale: Any = None,
    enable_gqa: bool = False,
) -> Any:
    """Weigh values by how well queries match keys."""
    factor = (1.0 / query.shape[-1] ** 0.5 if scale is None else scale) ** 0.5
    scores = matmul(e.mul_scalar(query, factor), e.mul_scalar(transpose(key, -2, -1), factor))
    if is_causal:
        rows, columns = scores.shape[-2:]
        attn_mask = wrap(np.tril(np.ones((rows, columns), bool)))
    if attn_mask is not None:
        if attn_mask.array.dtype == bool:
            attn_mask = wrap(np.where(attn_mask.array, 0, -np.inf).astype(query.array.dtype))
        scores = scores + attn_mask
    weights = nn.safe_softmax(scores, -1)
    if dropout_p:
        weights = dropout(weights, dropout_p)
    return matmul(weights, value)


# -- losses composed of simpler operations


def hinge_embedding_loss(
    input: Any, target: Any, margin: float = 1.0, size_average: Any = None, reduce: Any = None, reduction: str = "mean"
) -> Any:
    """Keep pairs labelled 1 close, and those labelled -1 a margin apart."""
    zeros = zeros_like(input)
    apart = e.clamp_min(full_like(input, margin) - input, 0)
    return _reduce(e.where(target != 1, apart, zeros) + e.where(target != -1, input, zeros), reduction)


def margin_ranking_loss(
    input1: Any,
    input2: Any,
    target: Any,
    margin: float = 0,
    size_average: Any = None,
    reduce: Any = None,
    reduction: str = "mean",
) -> Any:
    """Ask one input to rank above the other by a margin."""
    return _reduce(e.clamp_min(e.add_scalar(-target * (input1 - input2), margin), 0), reduction)


def cosine_embedding_loss(
    input1: Any,
    input2: Any,
    target: Any,
    margin: float = 0,
    size_average: Any = None,
    reduce: Any = None,
    reduction: str = "mean",
) -> Any:
    """Turn pairs labelled 1 towards each other, and those labelled -1 apart."""
    product = sum_dim(input1 * input2, (-1,))
    first = e.add_scalar(sum_dim(input1 * input1, (-1,)), 1e-12)
    second = e.add_scalar(sum_dim(input2 * input2, (-1,)), 1e-12)
    cosine = product / e.sqrt(first * second)
    zeros = zeros_like(cosine)
    together = e.where(target == 1, full_like(cosine, 1.0) - cosine, zeros)
    apart = e.where(target == -1, e.clamp_min(e.sub_scalar(cosine, margin), 0), zeros)
    return _reduce(together + apart, reduction)


def triplet_margin_loss(
    anchor: Any,
    positive: Any,
    negative: Any,
    margin: float = 1.0,
    p: float = 2,
    eps: float = 1e-6,
    swap: bool = False,
    size_average: Any = None,
    reduce: Any = None,
    reduction: str = "mean",
) -> Any:
    """Ask the anchor to lie closer to the positive than to the negative."""
    near, far = pairwise_distance(anchor, positive, p, eps), pairwise_distance(anchor, negative, p, eps)
    if swap:
        far = e.minimum(far, pairwise_distance(positive, negative, p, eps))
    return _reduce(e.clamp_min(e.add_scalar(near, margin) - far, 0), reduction)


def gaussian_nll_loss(
    input: Any, target: Any, var: Any, full: bool = False, eps: float = 1e-6, reduction: str = "mean"
) -> Any:
    """Give the negative log-likelihood of a normal distribution."""
    var = var.clone()
    with recording(False):
        var.clamp_(min=eps)
    loss = 0.5 * (e.log(var) + (input - target) ** 2 / var)
    if full:
        loss = loss + 0.5 * math.log(2 * math.pi)
    return _reduce(loss, reduction)


def poisson_nll_loss(
    input: Any,
    target: Any,
    log_input: bool = True,
    full: bool = False,
    size_average: Any = None,
    eps: float = 1e-8,
    reduce: Any = None,
    reduction: str = "mean",
) -> Any:
    """Give the negative log-likelihood of a Poisson distribution."""
    loss = e.exp(input) - target * input if log_input else input - target * e.log(input + eps)
    if full:
        stirling = target * e.log(target) - target + 0.5 * e.log(2 * math.pi * target)
        loss = loss + e.masked_fill(stirling, target <= 1, 0)
    return _reduce(loss, reduction)


# -- distances


def cosine_similarity(x1: Any, x2: Any, dim: int = 1, eps: float = 1e-8) -> Any:
    """Give the cosine of the angle between vectors."""
    unit = []
    shape = np.broadcast_shapes(tuple(x1.shape), tuple(x2.shape))
    for x in (v if tuple(v.shape) == shape else expand(v, shape) for v in (x1, x2)):
        length = vector_norm(x, 2, dim, True).clone()
        with recording(False):
            length.clamp_min_(eps)
        unit.append(x / length)
    return sum_dim(unit[0] * unit[1], (dim,))


def pairwise_distance(x1: Any, x2: Any, p: float = 2.0, eps: float = 1e-6, keepdim: bool = False) -> Any:
    """Give the distance of each row to its partner."""
    return norm_p(e.add_scalar(x1 - x2, eps), p, -1, keepdim)
