"""What networks are built of: convolution, pooling, normalisation, losses."""

from . import (
    avg_pool,
    batch_norm,
    binary_cross_entropy,
    conv,
    embedding,
    group_norm,
    interpolate,
    layer_norm,
    losses,
    max_pool,
    nll,
    scores,
    sliding,
    unfold,
)

__all__ = [
    "avg_pool",
    "batch_norm",
    "binary_cross_entropy",
    "conv",
    "embedding",
    "group_norm",
    "interpolate",
    "layer_norm",
    "losses",
    "max_pool",
    "nll",
    "scores",
    "sliding",
    "unfold",
]
