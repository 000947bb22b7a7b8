"""A tensor's elements as PyTorch prints them."""

from __future__ import annotations

import re

from ..autodiff.core.printing import tensor_repr
from ..trace import Value

SPELLED = re.compile(r"tensor\((.*?)(?:, dtype=torch\.\w+|, size=\([\d, ]*\))*\)", re.DOTALL)


def elements_text(value: Value) -> str:
    """A tensor's elements as PyTorch prints them, without the word around them; a summary for large ones.

    >>> import numpy as np
    >>> elements_text(Value.of(np.ones(2, "float32"))), elements_text(Value.of(np.float64(0.5)))
    ('[1., 1.]', '0.5000')
    """
    if value.array is None:
        summary = value.summary
        assert summary is not None
        return f"min {summary.min:.4g}\nmax {summary.max:.4g}\nmean {summary.mean:.4g}\nnorm {summary.norm:.4g}"
    text = tensor_repr(value.array, value.dtype, default_dtype=value.dtype)
    spelled = SPELLED.fullmatch(text)
    inner = spelled[1] if spelled else text
    return re.sub(r"\n {7}", "\n", inner)
