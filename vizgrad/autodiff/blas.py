"""The product that every layer computes, `x @ w.T`, by the way that is fastest.

OpenBLAS's kernels for AVX-512 take up to twice as long for it as for other products of the same size, because of how
they copy the factors first. Measured over 4 to 64 rows and 128 to 960 columns of `x`: its transpose, `w @ x.T`, takes
0.45 to 0.9 of the time where `w` has twice as many rows as `x`; strips so narrow that nothing is copied 0.35 to 0.85,
where the rows are long.
"""

from __future__ import annotations

from typing import Any

import numpy as np

_config: Any = np.show_config(mode="dicts")
IS_SLOW = "openblas" in _config["Build Dependencies"]["blas"]["name"] and any(
    feature == "X86_V4" or feature.startswith("AVX512") for feature in _config["SIMD Extensions"]["found"]
)
"""Whether NumPy's products come from those kernels."""
SMALL = 1_000_000
"""Multiplications up to which they copy nothing."""
STRIP, FEW, LONG = 16, 64, 400
"""Columns of a strip of the result; rows up to which, and their length from which, strips are fastest."""


def matmul(left: np.ndarray, right: np.ndarray) -> np.ndarray:
    """Multiply two matrices; the result lies in memory row by row.

    >>> matmul(np.ones((2, 3)), np.ones((4, 3)).T)[0]
    array([3., 3., 3., 3.])
    """
    (rows, length), columns = left.shape, right.shape[1]
    if not (IS_SLOW and rows * length * columns > SMALL and left.dtype == right.dtype == np.float32):
        return left @ right
    if not (left.flags.c_contiguous and right.flags.f_contiguous):
        return left @ right
    if rows <= FEW and length >= LONG and rows * length * STRIP <= SMALL:
        product = np.empty((rows, columns), left.dtype)
        for i in range(0, columns, STRIP):
            np.matmul(left, right[:, i : i + STRIP], out=product[:, i : i + STRIP])
        return product
    return np.ascontiguousarray((right.T @ left.T).T) if 2 * rows <= columns else left @ right
