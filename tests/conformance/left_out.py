"""What the walk through PyTorch's operator table leaves out, and why: the one list of it.

Patterns are regular expressions. A case that is listed must fail, an entry that is listed must be missing, and a row
that matches nothing is an error: what begins to work has to be taken out.
"""

from __future__ import annotations

F = r"nn\.functional\."
TIES = "which of equal elements is named first is not specified; PyTorch's differs from a stable order"
LAYOUT = "the core keeps no memory formats, so a copy made only to change one is not made"
EMPTY = "a matrix or batch without elements: the core's array rule does not take it"
RESIZE = "the core resizes (N, C, H, W) to the nearest element only, and says so"
PAD = "the core pads with a constant only, and says so"
COMPLEX = "the core's array rule does not take complex numbers"

CASES: list[tuple[str, str, str]] = [
    # -- arguments that the core's function does not take
    (r"logspace(\..*)?|scalar_tensor", "", "takes no device="),
    (r"normal\.number_mean", r"layout=", "takes no layout="),
    (r"arange", r"0, end=3", "takes end only by position where start is given by position"),
    (r"scatter", r"reduce=", "takes no reduce="),
    (F + r"pad\.(reflect|replicate|replicate_negative|circular)", "", PAD),
    (F + r"interpolate\.nearest", r"<2x3x4>|<2x3x4x4x4>", RESIZE),
    (F + r"interpolate\.(nearest-exact|linear|bilinear|bicubic|trilinear|area)", "", RESIZE),
    (r"as_strided(\.partial_views)?", r"in place", "no as_strided_: it changes what memory a tensor shows"),
    # -- memory
    (
        r"as_strided\.partial_views",
        r"(function|method|second).*storage_offset=(0|10)",
        "an array knows nothing of the memory around it",
    ),
    (r"to", r"float64 .*torch\.float64, (True|False), False, memory_format=torch.channels_last", LAYOUT),
    (r"double", r"float64 function: <2x3x2x3>, memory_format=torch.channels_last", LAYOUT),
    # -- other nodes on the way
    (r"meshgrid\..*", r"<3>, <>.*indexing='xy'", "PyTorch omits the transposition where the second vector is a number"),
    (r"matmul|__rmatmul__", r"<0x0>", "PyTorch's node for a product of empty factors is another"),
    (
        r"quantile",
        r"keepdim=True, interpolation='(linear|midpoint)'",
        "PyTorch brings the dimension back before it squeezes",
    ),
    (
        r"linalg\.matrix_norm",
        r"<2x2>, (-?inf, .*False|'nuc', .*True)",
        "PyTorch reduces and moves dimensions in another order",
    ),
    (r"linalg\.matrix_power", r"<(1x1|0x2x2)>, -1", "PyTorch makes no copy of the inverse"),
    (r"linalg\.matrix_power", r"float\d\d .*, 0$", "the core's identity matrix does not belong to the graph"),
    (
        F + r"scaled_dot_product_attention",
        r"<4x4x3x8>.*dropout_p=0.0",
        "PyTorch has a fused kernel with a node of its own",
    ),
    # -- rules
    (r"__rmod__", r"float(64|32) .*<", "called with a tensor, which Python never does: no gradient to that tensor"),
    (
        r"as_strided_scatter",
        r"float",
        "PyTorch's own gradient is wrong: torch.autograd.gradcheck refuses it; ours is what it should be",
    ),
    (
        r"bfloat16",
        r"float32 function: <(2x3)?>",
        "NumPy has no bfloat16: the gradient keeps its name where PyTorch gives float32",
    ),
    (r"tensordot", r"<1x1x1>, <2x1x2>", "PyTorch sums a dimension out first where its partner has length 1"),
    (
        r"linalg\.qr",
        r"<(2x5|0x2x5|0x5|0x0x5|0x2)>",
        "the derivative is for matrices at least as tall as wide, and not empty",
    ),
    (r"linalg\.svd", r"<0x3>, full_matrices=True", EMPTY),
    (F + r"batch_norm", r"<0>, <0>, <0>", EMPTY),
    (F + r"bilinear", r"second order: <0x3>", EMPTY),
    # -- rounding, signs and ties
    (r"kthvalue|topk", r"int64", TIES),
    (r"sort|argsort", r"bool function: <8000>", TIES),
    # -- complex numbers
    (r"logaddexp|logcumsumexp|logdet", r"complex64", COMPLEX),
]
"""Entry, case, reason: cases that the core does not answer as PyTorch does."""

STRUCTURE: dict[str, str] = {
    r"empty|empty_like|new_empty": "what the memory held before; shapes, types and nodes are compared",
    r"multinomial|bernoulli|nn\.functional\.dropout|exponential": (
        "drawn from a stream of PyTorch's own; shapes, types and nodes are compared"
    ),
}
"""Entries whose numbers cannot be compared."""

SIGNLESS: dict[str, str] = {
    r"linalg\.eigh": "eigenvectors are defined up to their sign, which the libraries choose as they like",
}
"""Entries whose results are compared by their absolute values, and the gradients of those."""

ROUNDING: dict[str, tuple[float, str]] = {
    r"matrix_exp": (5e-3, "PyTorch's series is shorter and rounds more"),
    r"logcumsumexp": (2e-2, "gradients are differences of large logarithms"),
}
"""Entries whose float32 and complex64 numbers are compared with another relative tolerance; float64 as all others."""

NOT_HAD: dict[str, str] = {
    r"fft\..*|stft|istft": "Fourier transforms",
    r"special\..*|i0|igammac?|mvlgamma.*|polygamma.*|digamma|lgamma|nextafter|gcd|lcm|frexp|ldexp": (
        "special functions, and functions of a number's bits"
    ),
    r"signal\..*": "windows of signal processing",
    r"masked\..*|_unsafe_masked_.*": "reductions with a mask, a prototype of PyTorch's",
    r"sparse\..*|to_sparse|hash_tensor|_segment_reduce\..*|torch\._scaled_mm.*": "sparse, ragged and scaled matrices",
    r"jiterator_.*": "kernels compiled for a graphics card",
    r"(?!index_).*_copy": "the compiler's functions, which copy where the known ones give views",
    r"(torch\.ops\.aten\.|native_|_softmax_b|_native|_batch|_upsample|_chunk_cat).*|constant_pad_nd|grid_sampler_.*"
    r"|max_pool2d_with_indices_backward|unsafe_(chunk|split)|split_with_sizes|slice": (
        "functions that others are made of: the core has them under their public names, or not at all"
    ),
    r"conj(_physical)?|resolve_(conj|neg)|view_as_(real|complex)|complex|real|imag|angle|polar|H|mH|isreal|chalf": (
        "complex numbers, and half-precision ones"
    ),
    r"cauchy|geometric|log_normal": "distributions that the core does not draw from",
    r"(broadcast_shapes|sum_to_size|new_empty_strided|empty_strided|empty_permuted|resize_|resize_as_)": (
        "functions of shapes and of memory"
    ),
    r"addbmm|vdot|cov|corrcoef|gradient|trapz|trapezoid|cumulative_trapezoid|renorm"
    r"|histogram(dd)?|histc": ("less used functions of numbers: no lesson or tutorial of ours has them"),
    r"nanmedian|nanquantile|isin|bucketize|searchsorted|unique_consecutive|unravel_index"
    r"|nonzero_static|triu_indices|tril_indices|put"
    r"|(diagonal|select|slice)_scatter|index_reduce\..*|scatter_reduce\..*": (
        "less used functions of arrangement: no lesson or tutorial of ours has them"
    ),
    r"__rdiv__": "Python 2's division",
    r"(?!linalg\.(qr|svd)$)(linalg\.)?(cholesky_ex|vecdot|cond|eig|eigvals|householder_product|ldl_\w+|lstsq|vander|lu\w*|inv_ex|solve_ex"
    r"|solve_triangular|matrix_rank|pinv|tensorinv|tensorsolve|cholesky_inverse|cholesky_solve|geqrf|ormqr|qr|svd"
    r"|triangular_solve|svd_lowrank|pca_lowrank|pinverse)(\.(grad_oriented|hermitian|singular))?|cholesky": (
        "factorisations and solvers beyond Cholesky, QR, eigh, SVD, inv and solve, which torch.linalg has"
    ),
    F + r"(linear_cross_entropy(\..*)?|multilabel\w*|triplet_margin_with_distance_loss|ctc_loss)": "less used losses",
    F + r"(adaptive_(avg_pool[13]d|max_pool\dd)|avg_pool3d|max_pool3d|fractional_\w+|max_unpool\dd(\.grad)?"
    r"|local_response_norm|upsample_\w+|grid_sample|channel_shuffle)": "less used layers of image networks",
    F + r"(rrelu|dropout[23]d|alpha_dropout|feature_alpha_\w+\..*|embedding_bag|multi_head_\w+|pdist)": (
        "less used layers"
    ),
}
"""Entries whose function the core does not have."""
