"""The error function and its inverse, the logit, the sinc."""

from __future__ import annotations

import math
from statistics import NormalDist
from typing import Any

import numpy as np

from ...core.op import op
from ...core.samples import ONE, POSITIVE, sample
from .exponentials import exp
from .where import masked_fill

NORMAL = NormalDist(sigma=math.sqrt(0.5))


def _erf(self: Any) -> Any:
    array = np.asarray(self)
    flat = [math.erf(v) for v in array.ravel().tolist()]
    return np.array(flat, dtype=array.dtype).reshape(array.shape)


erf = op(
    "erf",
    _erf,
    promotes="float",
    inplace=True,
    self=lambda grad, self: grad * (2 / math.sqrt(math.pi) * exp(-(self**2))),
    samples=[ONE],
)
erfc = op(
    "erfc",
    lambda self: 1 - _erf(self),
    promotes="float",
    inplace=True,
    self=lambda grad, self: grad * (-2 / math.sqrt(math.pi) * exp(-(self**2))),
    samples=[ONE],
)


def _erfinv(self: Any) -> Any:
    """Find where the error function has a value: the quantile of a normal distribution of variance 1/2."""
    array = np.asarray(self)
    edges = {1.0: math.inf, -1.0: -math.inf}
    flat = [NORMAL.inv_cdf((v + 1) / 2) if -1 < v < 1 else edges.get(v, math.nan) for v in array.ravel().tolist()]
    return np.array(flat, dtype=array.dtype).reshape(array.shape)


erfinv = op(
    "erfinv",
    _erfinv,
    promotes="float",
    inplace=True,
    self=lambda grad, self: grad * (math.sqrt(math.pi) / 2 * exp(erfinv(self) ** 2)),
    tex=r"\operatorname{{erf}}^{{-1}}\left({0}\right)",
    samples=[(sample(2, 3, low=-0.9, high=0.9),)],
)
sinc = op(
    "sinc",
    lambda self: np.sinc(self),
    promotes="float",
    inplace=True,
    self=lambda grad, self: grad * sinc_slope(self),
    samples=[POSITIVE],
)


def _sinc_slope(self: Any) -> Any:
    with np.errstate(all="ignore"):
        slope = (np.cos(math.pi * self) * math.pi * self - np.sin(math.pi * self)) / (math.pi * self * self)
    return np.where(self == 0, 0, slope).astype(self.dtype)


def _sinc_curvature(self: Any) -> Any:
    with np.errstate(all="ignore"):
        curvature = -(math.pi**2) * np.sinc(self) - 2 * _sinc_slope(self) / self
    return np.where(self == 0, -(math.pi**2) / 3, curvature).astype(self.dtype)


sinc_slope = op(
    "sinc_slope",
    _sinc_slope,
    public=False,
    self=lambda grad, self: grad * sinc_curvature(self),
    tex=r"\operatorname{{sinc}}'\left({0}\right)",
)
sinc_curvature = op(
    "sinc_curvature",
    _sinc_curvature,
    public=False,
    inputs="self",
    tex=r"\operatorname{{sinc}}''\left({0}\right)",
)
logit = op(
    "logit",
    lambda self, eps=None: (lambda p: np.log(p / (1 - p)))(self if eps is None else np.clip(self, eps, 1 - eps)),
    promotes="float",
    saves="eps",
    inplace=True,
    self=lambda grad, self, eps: logit_slope(grad, self, eps),
    formulas={"self": lambda grad, self: grad / (self * (1 - self))},
    samples=[(sample(2, 3, low=0.1, high=0.9),)],
)


def logit_slope(grad: Any, self: Any, eps: Any) -> Any:
    """The derivative of `logit`; 0 where `eps` bounds the element, NaN outside of [0, 1] where there is no bound."""
    slope = grad / (self * (1 - self))
    low, high = (0.0, 1.0) if eps is None else (eps, 1.0 - eps)
    return masked_fill(slope, (self < low) | (self > high), math.nan if eps is None else 0.0)
