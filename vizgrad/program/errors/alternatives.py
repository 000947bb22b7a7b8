"""What works on both engines for what only PyTorch has: (pattern of the name, what to write)."""

from __future__ import annotations

import re

NEAREST: tuple[tuple[str, str], ...] = (
    (r"torch\.nn\.(RNN|RNNCell)", "Write the step yourself: `h = torch.tanh(x @ Wx + h @ Wh + b)`, in a loop."),
    (r"torch\.nn\.(LSTM|GRU)(Cell)?", "Write its gates with nn.Linear, torch.sigmoid and torch.tanh, in a loop."),
    (
        r"torch\.nn\.(MultiheadAttention|Transformer\w*)",
        "Attention is `(q @ k.transpose(-2, -1) / d ** 0.5).softmax(-1) @ v`, between layers of nn.Linear.",
    ),
    (r"torch\.nn\.(Conv3d|BatchNorm3d|\w+Pool3d)|.*_pool3d", "The layers of one and two dimensions are on both."),
    (r".*ConvTranspose[12]d", "F.conv_transpose1d and F.conv_transpose2d, or F.interpolate before nn.Conv2d."),
    (r"torch\.nn\.(InstanceNorm\w+|RMSNorm)", "Use nn.LayerNorm or nn.BatchNorm1d, or write mean and variance out."),
    (
        r"torch\.nn\.(ZeroPad|ConstantPad|ReflectionPad|ReplicationPad)[12]d",
        "Use F.pad(x, (left, right, top, bottom)).",
    ),
    (r"torch\.nn\.(AlphaDropout|RReLU)|.*(alpha_dropout|rrelu)", "Use nn.Dropout, or nn.LeakyReLU."),
    (r".*[dD]ropout[123]d|torch\.dropout", "Use F.dropout."),
    (r"torch\.nn\.(CosineSimilarity|PairwiseDistance)", "Use F.cosine_similarity, or `(a - b).norm(dim=-1)`."),
    (r"torch\.(cosine_similarity|pairwise_distance|celu|selu|threshold|rrelu|prelu)", "torch.nn.functional has it."),
    (r"torch\.nn\.\w+Loss|.*_loss", "Write the loss out with its formula, or use nn.MSELoss or nn.CrossEntropyLoss."),
    (r"torch\.optim\.lr_scheduler\..*", "Change the rate yourself: `optimizer.param_groups[0]['lr'] *= 0.9`."),
    (r"torch\.optim\.\w+", "Use torch.optim.SGD, Adam, AdamW or RMSprop."),
    (r"torch\.linalg", "torch.linalg has det, inv, solve, cholesky, qr, svd and eigh here, and the norms."),
    (r"(torch|Tensor)\.(svd|qr|pinverse|cholesky\w*|triangular_solve)", "torch.inverse and torch.det are on both."),
    (r"torch\.(complex|polar|view_as_\w+)|Tensor\.(imag|real|conj|angle|adjoint|H|mH)", "Keep two real tensors."),
    (r"torch\.fft", "Multiply by the matrix of cosines and sines."),
    (r"torch\.special|(torch|Tensor)\.(digamma_?|lgamma_?|polygamma_?)", "Use exp, log, erf or sigmoid."),
    (r"torch\.(func|vmap)", "Use torch.autograd.grad with create_graph=True, and torch.autograd.functional."),
    (r"(torch|Tensor)\.(addmv_?|addr_?|addbmm_?|chain_matmul|vdot)", "Write it with `@`, `+` and `*`."),
    (r"(torch|Tensor)\.(dsplit|hsplit|vsplit|split_with_sizes)", "Use torch.split(x, sizes, dim)."),
    (r"torch\.(column_stack|dstack)", "Use torch.cat or torch.stack with `dim`."),
    (r"(torch|Tensor)\.(fliplr|flipud)", "Use torch.flip(x, [1]) or torch.flip(x, [0])."),
    (r"(torch|Tensor)\.(fmax|fmin)", "Use torch.maximum or torch.minimum."),
    (r"(torch|Tensor)\.(diff|gradient)", "Use `x[1:] - x[:-1]`."),
    (r"torch\.(trapz|trapezoid|cumulative_trapezoid)", "Use `((y[1:] + y[:-1]) / 2 * dx).sum()`."),
    (r"(torch|Tensor)\.(cov|corrcoef)", "Use `c = x - x.mean(1, keepdim=True)` and `c @ c.T / (n - 1)`."),
    (r"(torch|Tensor)\.(argwhere|unique_consecutive|histc)", "Use torch.nonzero, torch.unique or torch.bincount."),
    (
        r"(torch|Tensor)\.(scatter_reduce_?|index_reduce_?|select_scatter|slice_scatter|diagonal_scatter)",
        "Use scatter_add.",
    ),
    (r"(torch|Tensor)\.(nanmedian|nanquantile)", "Use torch.nanmean, or x[~x.isnan()].median()."),
    (r"torch\.(tril|triu)_indices", "Use torch.tril(torch.ones(n, n)).nonzero().T."),
    (r"torch\.(isin|bucketize)", "Compare, and reduce: `(x[:, None] == values).any(1)`."),
    (r"torch\.(broadcast_tensors|broadcast_shapes)", "Use x.expand(sizes), or let the operation broadcast."),
    (r"torch\.range", "Use torch.arange, which leaves the end out."),
    (r"torch\.vander", "Use `x[:, None] ** torch.arange(n)`."),
    (r"torch\.asarray", "Use torch.as_tensor."),
    (r"torch\.(finfo|iinfo)", "float32 holds about 7 digits, from 1e-38 to 3e38; eps is 1.19e-07."),
    (r"torch\.autograd\.Variable", "Tensors have been Variables since PyTorch 0.4: leave it out."),
)


def nearest(name: str) -> str | None:
    """What to write for a name that only PyTorch has.

    >>> nearest("torch.range")
    'Use torch.arange, which leaves the end out.'
    """
    return next((says for pattern, says in NEAREST if re.fullmatch(pattern, name)), None)
