"""What is offered of NumPy: the safe array part. No files, no memory by address, no process-wide settings."""

from __future__ import annotations


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


FUNCTIONS = _words(
    """
    array asarray arange linspace logspace geomspace zeros ones full empty eye identity zeros_like ones_like full_like
    empty_like diag tri tril triu meshgrid copy fromiter
    abs absolute add all allclose any arccos arccosh arcsin arcsinh arctan arctan2 arctanh argmax argmin argsort around
    atleast_1d atleast_2d average bincount broadcast_to cbrt ceil clip column_stack concatenate convolve corrcoef cos
    cosh count_nonzero cov cross cumprod cumsum deg2rad degrees diagonal diff digitize divide dot dsplit dstack ediff1d
    einsum equal exp exp2 expand_dims expm1 fabs fix flip fliplr flipud floor floor_divide fmax fmin fmod full greater
    greater_equal heaviside histogram hsplit hstack hypot inner interp intersect1d invert isclose isfinite isin isinf
    isnan isscalar kron less less_equal log log10 log1p log2 logaddexp logical_and logical_not logical_or logical_xor
    matmul max maximum mean median min minimum mod moveaxis multiply nan_to_num nanargmax nanargmin nanmax nanmean
    nanmedian nanmin nanstd nansum nanvar ndim negative nonzero not_equal outer pad percentile polyfit polyval positive
    power prod ptp quantile rad2deg radians ravel reciprocal remainder repeat reshape roll rot90 round rint searchsorted
    shape sign sin sinc sinh size sort split sqrt square squeeze stack std subtract sum swapaxes take tan tanh tensordot
    tile trace transpose trapezoid true_divide trunc unique unravel_index var vdot vsplit vstack where array_equal
    """
)
CONSTANTS = _words(
    """
    pi e inf nan newaxis float16 float32 float64 int8 int16 int32 int64 uint8 uint16 uint32 uint64 bool_ complex64
    complex128 integer floating number generic
    """
)
LINALG = _words(
    "cholesky cond det eig eigh eigvals eigvalsh inv lstsq matrix_rank matrix_power norm pinv qr slogdet solve svd"
)
RANDOM = _words(
    """
    seed rand randn randint random random_sample uniform normal standard_normal choice shuffle permutation binomial
    poisson exponential beta gamma multinomial
    """
)
GENERATOR = _words(
    """
    random uniform normal standard_normal integers choice shuffle permutation permuted binomial poisson exponential beta
    gamma multinomial
    """
)
ARRAY = _words(
    """
    T shape ndim size dtype itemsize nbytes real imag flat all any argmax argmin argsort astype clip conj copy
    cumprod cumsum diagonal dot fill flatten item max mean min nonzero prod ravel repeat reshape round searchsorted sort
    squeeze std sum swapaxes take tolist trace transpose var mT
    """
)
"""Attributes of arrays and of NumPy's numbers."""

UFUNC = _words("reduce accumulate outer")
DTYPE = _words("name kind itemsize")
