"""Operations that work on each element by itself."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from .. import dtypes
from ..inplace import InPlace
from ..op import FUNCTIONS, Op, function, op
from ..samples import booleans, positive, sample
from ..tensor import Tensor, wrap

PAIR = (sample(2, 3), sample(3))
ONE = (sample(2, 3),)
POSITIVE = (positive(2, 3),)


def no_bools(name: str, self: Any, other: Any) -> None:
    """Refuse to subtract booleans, as PyTorch does."""
    if getattr(self, "dtype", None) == bool and getattr(other, "dtype", None) == bool:
        raise RuntimeError(
            "Subtraction, the `-` operator, with two bool tensors is not supported. Use the `^` or `logical_xor()` "
            "operator instead."
        )


def scaled(value: Any, alpha: Any) -> Any:
    """Multiply by a factor that is nearly always 1."""
    return value if alpha == 1 else value * alpha


zeros_like = op("zeros_like", lambda self: np.zeros_like(self), method=False, public=False, inputs="self", tex="0")
"""The derivative of what is constant almost everywhere."""
ones_like = op("ones_like", lambda self: np.ones_like(self), method=False, public=False, inputs="self", tex="1")


def _zero(grad: Any) -> Any:
    return zeros_like(grad)


def in_place(name: str, with_tensor: Op, with_number: Op) -> None:
    """Offer the in-place form of a function that is one operation with a tensor and another with numbers."""
    forms = InPlace(with_number), InPlace(with_tensor)

    def method(self: Any, *args: Any, **kwargs: Any) -> Any:
        return forms[any(isinstance(a, Tensor) for a in (*args, *kwargs.values()))](self, *args, **kwargs)

    method.__name__ = name
    setattr(Tensor, name, method)


def renumbered(made: Op, node: str, **rules: Any) -> InPlace:
    """Give an operation's in-place form a node of its own, where PyTorch does."""
    formulas = dict.fromkeys(rules, r"\text{{undefined}}") or made.formulas
    options = {"promotes": made.promotes, "tex": made.tex, "formulas": formulas, "public": False}
    twin = op(f"{made.function}_", made.forward, node=node, **options, **(rules or made.rules))  # type: ignore[arg-type]
    return InPlace(twin)


def _no_in_place_rule(name: str) -> Any:
    def rule(grad: Any) -> Any:
        raise NotImplementedError(f"the derivative for 'inplace version of {name}' is not implemented.")

    return rule


# -- arithmetic

add = op(
    "add.Tensor",
    lambda self, other, alpha=1: self + (other if alpha == 1 else other * alpha),
    saves="alpha",
    inplace=True,
    self=lambda grad: grad,
    other=lambda grad, alpha: grad if alpha == 1 else grad * alpha,
    formulas={"other": "{grad}"},
    samples=[PAIR],
)


def _sub(self: Any, other: Any, alpha: Any = 1) -> Any:
    no_bools("sub", self, other)
    return self - scaled(other, alpha)


sub = op(
    "sub.Tensor",
    _sub,
    inplace=True,
    saves="alpha",
    self=lambda grad: grad,
    other=lambda grad, alpha: -scaled(grad, alpha),
    formulas={"other": "-{grad}"},
    samples=[PAIR],
)
rsub_number = op(
    "rsub.Scalar",
    lambda self, other, alpha=1: other - scaled(self, alpha),
    overload=1,
    public=False,
    numbers="other",
    saves="alpha",
    self=lambda grad, alpha: -scaled(grad, alpha),
    formulas={"self": "-{grad}"},
    samples=[(sample(3), 2.0)],
)
rsub_tensor = op(
    "rsub.Tensor",
    lambda self, other, alpha=1: _sub(other, self, alpha),
    public=False,
    saves="alpha",
    self=lambda grad, alpha: -scaled(grad, alpha),
    other=lambda grad: grad,
    formulas={"self": "-{grad}"},
    samples=[PAIR],
)


@function()
def rsub(self: Any, other: Any, *, alpha: Any = 1) -> Any:
    """Subtract from another number or tensor."""
    return (rsub_tensor if isinstance(other, Tensor) else rsub_number)(self, other, alpha)


mul = op(
    "mul.Tensor",
    lambda self, other: self * other,
    inplace=True,
    self=lambda grad, other: grad * other,
    other=lambda grad, self: grad * self,
    samples=[PAIR],
)
div = op(
    "div.Tensor",
    lambda self, other: self / other,
    promotes="float",
    inplace=True,
    self=lambda grad, other: grad / other,
    other=lambda grad, self, other: -grad * self / other**2,
    samples=[(sample(2, 3), positive(3))],
)


def _divided(self: Any, other: Any, rounding_mode: str) -> Any:
    if rounding_mode not in ("trunc", "floor"):
        raise RuntimeError(
            f"div expected rounding_mode to be one of None, 'trunc', or 'floor' but found '{rounding_mode}'"
        )
    kind = np.result_type(self, other)
    if kind.kind in "iub" and not np.all(other):
        raise RuntimeError("ZeroDivisionError")
    if rounding_mode == "floor":
        return np.floor_divide(self, other)
    if kind.kind not in "iu":
        return np.trunc(np.true_divide(self, other))
    quotient = np.floor_divide(self, other)
    return quotient + ((np.remainder(self, other) != 0) & ((np.asarray(self) < 0) != (np.asarray(other) < 0)))


div_rounded = op(
    "div.Tensor_mode",
    _divided,
    overload=2,
    public=False,
    saves="rounding_mode",
    self=_zero,
    other=_zero,
    samples=[(sample(2, 3), positive(3), "floor"), (sample(2, 3), positive(3), "trunc")],
)


@function("divide", "true_divide")
def divide(self: Any, other: Any, *, rounding_mode: Any = None) -> Any:
    """Divide, and perhaps round: down ("floor") or towards zero ("trunc")."""
    return div(self, other) if rounding_mode is None else div_rounded(self, other, rounding_mode)


def _divide_(self: Any, other: Any, *, rounding_mode: Any = None) -> Any:
    return InPlace(div)(self, other) if rounding_mode is None else InPlace(div_rounded)(self, other, rounding_mode)


FUNCTIONS["div"] = Tensor.div = divide  # type: ignore[attr-defined]
Tensor.div_ = Tensor.divide_ = Tensor.true_divide_ = _divide_  # type: ignore[attr-defined]
neg = op("neg", lambda self: _negated(self), inplace=True, self=lambda grad: -grad, tex="-{0}", samples=[ONE])
reciprocal = op(
    "reciprocal",
    lambda self: 1 / self,
    promotes="float",
    inplace=True,
    self=lambda grad, result: -grad * result**2,
    samples=[POSITIVE],
)


def _negated(self: Any) -> Any:
    if getattr(self, "dtype", None) == bool:
        raise RuntimeError(
            "Negation, the `-` operator, on a bool tensor is not supported. If you are trying to invert a mask, use "
            "the `~` or `logical_not()` operator instead."
        )
    return -self


# The same with a number that PyTorch's C++ code supplies: their nodes have numbers of their own.
add_scalar = op(
    "add.Scalar",
    lambda self, other, alpha=1: self + other,
    overload=1,
    numbers="other",
    public=False,
    self=lambda grad: grad,
    samples=[(sample(3), 2.0)],
)
sub_scalar = op(
    "sub.Scalar",
    lambda self, other, alpha=1: self - other,
    overload=1,
    numbers="other",
    public=False,
    self=lambda grad: grad,
    samples=[(sample(3), 2.0)],
)
mul_scalar = op(
    "mul.Scalar",
    lambda self, other: self * other,
    overload=1,
    numbers="other",
    public=False,
    self=lambda grad, other: grad * other,
    samples=[(sample(3), 2.0)],
)
div_scalar = op(
    "div.Scalar",
    lambda self, other: self / other,
    overload=1,
    numbers="other",
    public=False,
    promotes="float",
    self=lambda grad, other: grad / other,
    samples=[(sample(3), 2.0)],
)

# -- powers


def ln(number: Any) -> Any:
    """Take the logarithm of whatever a rule works on, bare numbers included."""
    if isinstance(number, (int, float)):
        return math.log(number) if number > 0 else (-math.inf if number == 0 else math.nan)
    return log(number)


def _powered(self: Any, exponent: Any) -> Any:
    if isinstance(self, np.ndarray) and self.dtype.kind in "iu" and isinstance(exponent, int) and exponent < 0:
        raise RuntimeError("Integers to negative integer powers are not allowed.")
    if isinstance(exponent, np.ndarray) and exponent.dtype.kind == "i" and (exponent < 0).any():
        # PyTorch: 1 / self ** -exponent, rounded towards zero
        powers = np.asarray(self) ** np.abs(exponent)
        return np.where(exponent < 0, np.where(np.abs(powers) == 1, powers, 0), powers)
    return self**exponent


def _pow_self(grad: Any, self: Any, exponent: Any) -> Any:
    # PyTorch: x ** 0 has the derivative 0 even at 0, where 0 * x ** -1 is NaN
    return zeros_like(self) if _is_number(exponent, 0) else grad * (exponent * self ** (exponent - 1))


def _is_number(value: Any, number: float) -> bool:
    return isinstance(value, (int, float)) and value == number


pow_scalar = op(
    "pow.Tensor_Scalar",
    _powered,
    numbers="exponent",
    self=_pow_self,
    inplace=True,
    samples=[(sample(2, 3), 3), (positive(3), 0.5), (positive(3), -1)],
    public=False,
)
pow_tensor = op(
    "pow.Tensor_Tensor",
    _powered,
    overload=1,
    public=False,
    self=lambda grad, self, exponent: grad * (exponent * pow_at_zero(self, exponent)),
    exponent=lambda grad, self, exponent, result: grad * (result * log_at_zero(self, exponent)),
    samples=[(positive(2, 3), sample(3))],
)
pow_at_zero = op(
    "pow_at_zero",
    lambda self, exponent: np.where(exponent == 0, 0, self ** (exponent - 1)).astype(self.dtype),
    public=False,
    tex="{0:power}^{{{1} - 1}}",
    node="PowBackward1_",
    self=lambda grad, self, exponent: grad * ((exponent - 1) * self ** (exponent - 2)),
    exponent=lambda grad, self, exponent, result: grad * (result * log_at_zero(self, exponent)),
)
log_at_zero = op(
    "log_at_zero",
    lambda self, exponent: np.where((self == 0) & (exponent >= 0), 0, np.log(self)).astype(self.dtype),
    public=False,
    inputs="exponent",
    tex=r"\ln {0:prefix}",
    node="LogBackward0_",
    self=lambda grad, self: grad / self,
)
pow_number = op(
    "pow.Scalar",
    _powered,
    overload=2,
    numbers="self",
    public=False,
    exponent=lambda grad, self, result: grad * (result * ln(self)),
    saves="exponent",
    samples=[(2.0, sample(3))],
)


@function()
def pow(self: Any, exponent: Any) -> Any:
    """Raise to a power: tensor to number, tensor to tensor, number to tensor."""
    if not isinstance(exponent, Tensor):
        return pow_scalar(self, exponent)
    return pow_tensor(self, exponent) if isinstance(self, Tensor) else pow_number(self, exponent)


in_place("pow_", pow_tensor, pow_scalar)
Tensor.square_ = lambda self: self.pow_(2)  # type: ignore[attr-defined]
Tensor.float_power_ = lambda self, exponent: self.pow_(exponent)  # type: ignore[attr-defined]


@function()
def square(self: Any) -> Any:
    """Square each element."""
    return pow_scalar(self, 2)


@function()
def float_power(self: Any, exponent: Any) -> Any:
    """Raise to a power in double precision."""
    pair = [v for v in (self, exponent) if isinstance(v, Tensor)]
    wide = dtypes.complex128 if any(v.is_complex() for v in pair) else dtypes.float64
    return pow(*(v.to(wide) if isinstance(v, Tensor) else v for v in (self, exponent)))


# -- functions of one variable

exp = op(
    "exp",
    lambda self: np.exp(self),
    promotes="float",
    inplace=True,
    self=lambda grad, result: grad * result,
    samples=[ONE],
)
log = op(
    "log",
    lambda self: np.log(self),
    promotes="float",
    inplace=True,
    self=lambda grad, self: grad / self,
    samples=[POSITIVE],
)
log2 = op(
    "log2",
    lambda self: np.log2(self),
    promotes="float",
    inplace=True,
    self=lambda grad, self: grad / (self * math.log(2)),
    samples=[POSITIVE],
)
log10 = op(
    "log10",
    lambda self: np.log10(self),
    promotes="float",
    inplace=True,
    self=lambda grad, self: grad / (self * math.log(10)),
    samples=[POSITIVE],
)
log1p = op(
    "log1p",
    lambda self: np.log1p(self),
    promotes="float",
    inplace=True,
    self=lambda grad, self: grad / (self + 1),
    samples=[POSITIVE],
)
exp2 = op(
    "exp2",
    lambda self: np.exp2(self),
    promotes="float",
    inplace=True,
    self=lambda grad, result: grad * (result * math.log(2)),
    samples=[ONE],
)
expm1 = op(
    "expm1",
    lambda self: np.expm1(self),
    promotes="float",
    inplace=True,
    self=lambda grad, result: grad * (result + 1),
    samples=[ONE],
)
sqrt = op(
    "sqrt",
    lambda self: np.sqrt(self),
    promotes="float",
    inplace=True,
    self=lambda grad, result: grad / (2 * result),
    samples=[POSITIVE],
)
rsqrt = op(
    "rsqrt",
    lambda self: 1 / np.sqrt(self),
    promotes="float",
    inplace=True,
    self=lambda grad, result: -0.5 * grad * result**3,
    samples=[POSITIVE],
)
sin = op(
    "sin",
    lambda self: np.sin(self),
    promotes="float",
    inplace=True,
    self=lambda grad, self: grad * cos(self),
    samples=[ONE],
)
cos = op(
    "cos",
    lambda self: np.cos(self),
    promotes="float",
    inplace=True,
    self=lambda grad, self: grad * -sin(self),
    samples=[ONE],
)
tan = op(
    "tan",
    lambda self: np.tan(self),
    promotes="float",
    inplace=True,
    self=lambda grad, result: grad * (1 + result**2),
    samples=[(sample(2, 3, low=-1, high=1),)],
)
asin = op(
    "asin",
    lambda self: np.arcsin(self),
    promotes="float",
    inplace=True,
    self=lambda grad, self: grad * rsqrt(1 - self * self),
    samples=[(sample(2, 3, low=-0.8, high=0.8),)],
)
acos = op(
    "acos",
    lambda self: np.arccos(self),
    promotes="float",
    inplace=True,
    self=lambda grad, self: grad * -rsqrt(1 - self * self),
    samples=[(sample(2, 3, low=-0.8, high=0.8),)],
)
atan = op(
    "atan",
    lambda self: np.arctan(self),
    promotes="float",
    inplace=True,
    self=lambda grad, self: grad / (self * self + 1),
    samples=[ONE],
)
sinh = op(
    "sinh",
    lambda self: np.sinh(self),
    promotes="float",
    inplace=True,
    self=lambda grad, self: grad * cosh(self),
    samples=[ONE],
)
cosh = op(
    "cosh",
    lambda self: np.cosh(self),
    promotes="float",
    inplace=True,
    self=lambda grad, self: grad * sinh(self),
    samples=[ONE],
)
asinh = op(
    "asinh",
    lambda self: np.arcsinh(self),
    promotes="float",
    inplace=True,
    self=lambda grad, self: grad * rsqrt(self**2 + 1),
    samples=[ONE],
)
acosh = op(
    "acosh",
    lambda self: np.arccosh(self),
    promotes="float",
    inplace=True,
    self=lambda grad, self: grad * rsqrt(self**2 - 1),
    samples=[(sample(2, 3, low=1.5, high=3),)],
)
atanh = op(
    "atanh",
    lambda self: np.arctanh(self),
    promotes="float",
    inplace=True,
    self=lambda grad, self: grad / (1 - self**2),
    samples=[(sample(2, 3, low=-0.8, high=0.8),)],
)


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


def _sign(self: Any) -> Any:
    return self.copy() if self.dtype == bool else np.sign(self)


sign = op(
    "sign",
    _sign,
    inplace=True,
    self=_zero,
    tex=r"\operatorname{{sign}}\left({0}\right)",
    samples=[ONE],
)
sgn = op("sgn", _sign, inplace=True, self=_zero, tex=r"\operatorname{{sgn}}\left({0}\right)", samples=[ONE])
abs = op("abs", lambda self: np.abs(self), inplace=True, self=lambda grad, self: grad * sgn(self), samples=[ONE])
floor = op("floor", lambda self: np.floor(self), inplace=True, self=_zero, samples=[ONE])
ceil = op("ceil", lambda self: np.ceil(self), inplace=True, self=_zero, samples=[ONE])
trunc = op("trunc", lambda self: np.trunc(self), inplace=True, self=_zero, samples=[ONE])
round_whole = op("round", lambda self: np.round(self), public=False, inplace=True, self=_zero, samples=[ONE])


def _to_decimals(self: Any, decimals: int) -> Any:
    # PyTorch scales by a float64 power of ten, then rounds
    factor = 10.0 ** abs_of(decimals)
    if decimals < 0:
        return np.round(self / factor) * factor
    return np.round(self * factor) / factor


def abs_of(number: Any) -> Any:
    """Give a plain number's size (this module's `abs` is a tensor's)."""
    return -number if number < 0 else number


round_decimals = op(
    "round.decimals",
    _to_decimals,
    overload=1,
    public=False,
    inplace=True,
    saves="decimals",
    self=_zero,
    samples=[(sample(2, 3), 1)],
)


@function()
def round(self: Any, *, decimals: Any = None) -> Any:
    """Round to whole numbers, halves to even; or to a number of decimals."""
    return round_whole(self) if decimals is None else round_decimals(self, decimals)


Tensor.round_ = lambda self, *, decimals=None: (  # type: ignore[attr-defined]
    InPlace(round_whole)(self) if decimals is None else InPlace(round_decimals)(self, decimals)
)
frac = op("frac", lambda self: self - np.trunc(self), inplace=True, self=lambda grad: grad, samples=[ONE])
deg2rad = op(
    "deg2rad",
    lambda self: self * (math.pi / 180),
    promotes="float",
    inplace=True,
    self=lambda grad: grad * (math.pi / 180),
    samples=[ONE],
)
rad2deg = op(
    "rad2deg",
    lambda self: self * (180 / math.pi),
    promotes="float",
    inplace=True,
    self=lambda grad: grad * (180 / math.pi),
    samples=[ONE],
)
nan_to_num = op(
    "nan_to_num",
    lambda self, nan=0.0, posinf=None, neginf=None: np.nan_to_num(self, nan=nan, posinf=posinf, neginf=neginf),
    inplace=True,
    self=lambda grad, self: grad * isfinite(self),
    samples=[ONE],
)
logit = op(
    "logit",
    lambda self, eps=None: (lambda p: np.log(p / (1 - p)))(self if eps is None else np.clip(self, eps, 1 - eps)),
    promotes="float",
    saves="eps",
    inplace=True,
    self=lambda grad, self, eps: logit_slope(grad, self, eps),
    formulas={"self": r"\frac{{{grad}}}{{{self} \left(1 - {self}\right)}}"},
    samples=[(sample(2, 3, low=0.1, high=0.9),)],
)


def logit_slope(grad: Any, self: Any, eps: Any) -> Any:
    """The derivative of `logit`; 0 where `eps` bounds the element, NaN outside of [0, 1] where there is no bound."""
    slope = grad / (self * (1 - self))
    low, high = (0.0, 1.0) if eps is None else (eps, 1.0 - eps)
    return masked_fill(slope, (self < low) | (self > high), math.nan if eps is None else 0.0)


# -- saturating functions, whose derivatives PyTorch has as operations of their own

tanh = op(
    "tanh",
    lambda self: np.tanh(self),
    promotes="float",
    inplace=True,
    self=lambda grad, result: tanh_backward(grad, result),
    samples=[ONE],
)
tanh_backward = op(
    "tanh_backward",
    lambda grad_output, output: grad_output * (1 - output**2),
    public=False,
    grad_output=lambda grad, output: tanh_backward(grad, output),
    output=lambda grad, grad_output, output: grad * (-2 * output * grad_output),
    node="TanhBackwardBackward0",
    samples=[(sample(3), sample(3))],
)


def _sigmoid(self: Any) -> Any:
    return 1 / (1 + np.exp(-self))


sigmoid = op(
    "sigmoid",
    _sigmoid,
    promotes="float",
    inplace=True,
    self=lambda grad, result: sigmoid_backward(grad, result),
    samples=[ONE],
)
sigmoid_backward = op(
    "sigmoid_backward",
    lambda grad_output, output: grad_output * (output * (1 - output)),
    public=False,
    grad_output=lambda grad, output: sigmoid_backward(grad, output),
    output=lambda grad, grad_output, output: grad * grad_output * (1 - 2 * output),
    node="SigmoidBackwardBackward0",
    samples=[(sample(3), sample(3))],
)


def _relu(self: Any) -> Any:
    if self.dtype == bool:
        raise RuntimeError("Boolean inputs not supported for relu")
    return np.maximum(self, 0)


relu = op(
    "relu",
    _relu,
    inplace=True,
    self=lambda grad, result: threshold_backward(grad, result, 0),
    tex=r"\max\left(0, {0}\right)",
    samples=[ONE],
)
threshold_backward = op(
    "threshold_backward",
    lambda grad_output, self, threshold: grad_output * (self > threshold),
    public=False,
    grad_output=lambda grad, self, threshold: threshold_backward(grad, self, threshold),
    self=lambda grad: zeros_like(grad),
    node="ThresholdBackwardBackward0",
    samples=[(sample(3), sample(3), 0.0)],
)

# -- functions of two variables

remainder_scalar = op(
    "remainder.Scalar",
    lambda self, other: np.remainder(self, other),
    numbers="other",
    public=False,
    self=lambda grad: grad,
    samples=[(sample(3), 0.7)],
)
remainder_tensor = op(
    "remainder.Tensor",
    lambda self, other: np.remainder(self, other),
    overload=1,
    public=False,
    self=lambda grad: grad,
    other=lambda grad, self, other: grad * -floor(self / other),
    samples=[(sample(3), positive(3))],
)
fmod_scalar = op(
    "fmod.Scalar",
    lambda self, other: np.fmod(self, other),
    numbers="other",
    public=False,
    self=lambda grad: grad,
    samples=[(sample(3), 0.7)],
)
fmod_tensor = op(
    "fmod.Tensor",
    lambda self, other: np.fmod(self, other),
    overload=1,
    public=False,
    self=lambda grad: grad,
    other=lambda grad, self, other: grad * -trunc(self / other),
    samples=[(sample(3), positive(3))],
)


@function("__mod__")
def remainder(self: Any, other: Any) -> Any:
    """Give the remainder of a division, with the sign of the divisor."""
    return remainder_tensor(self, other) if isinstance(other, Tensor) else remainder_scalar(self, other)


in_place("remainder_", remainder_tensor, remainder_scalar)


@function()
def fmod(self: Any, other: Any) -> Any:
    """Give the remainder of a division, with the sign of the dividend."""
    return fmod_tensor(self, other) if isinstance(other, Tensor) else fmod_scalar(self, other)


in_place("fmod_", fmod_tensor, fmod_scalar)


def _floor_divide(self: Any, other: Any) -> Any:
    kind = np.result_type(*[a.dtype for a in (self, other) if isinstance(a, np.ndarray)])
    if kind.kind in "iub" and not np.all(other):
        raise RuntimeError("ZeroDivisionError")
    return np.floor_divide(self, other)


def _underivable(name: str) -> Any:
    def rule(grad: Any) -> Any:
        raise RuntimeError(f"derivative for aten::{name} is not implemented")

    return rule


floor_divide = op(
    "floor_divide",
    _floor_divide,
    inputs="other",
    node="NotImplemented",
    inplace=True,
    self=_underivable("floor_divide"),
    formulas={"self": r"\text{{undefined}}"},
)
heaviside = op(
    "heaviside",
    lambda self, values: np.where(self == 0, values, self > 0).astype(self.dtype),
    inputs="values",
    node="NotImplemented",
    inplace=True,
    self=_underivable("heaviside"),
    formulas={"self": r"\text{{undefined}}"},
)
atan2 = op(
    "atan2",
    lambda self, other: np.arctan2(self, other),
    promotes="float",
    inplace=True,
    self=lambda grad, self, other: grad * (other / (self**2 + other**2)),
    other=lambda grad, self, other: grad * (-self / (self**2 + other**2)),
    samples=[(positive(2, 3), positive(3))],
)
hypot = op(
    "hypot",
    lambda self, other: np.hypot(self, other),
    inplace=True,
    self=lambda grad, self, result: grad * (self / result),
    other=lambda grad, other, result: grad * (other / result),
    samples=[(positive(2, 3), positive(3))],
)
logaddexp = op(
    "logaddexp",
    lambda self, other: np.logaddexp(self, other),
    promotes="float",
    self=lambda grad, self, other: grad / (1 + exp(other - self)),
    other=lambda grad, self, other: grad / (1 + exp(self - other)),
    samples=[PAIR],
)


def _xlogy(self: Any, other: Any) -> Any:
    with np.errstate(all="ignore"):
        return np.where((self == 0) & ~np.isnan(other), 0, self * np.log(other)).astype(np.result_type(self, other))


xlogy = op(
    "xlogy",
    _xlogy,
    promotes="float",
    inplace=True,
    self=lambda grad, self, other: grad * log_where(self, other),
    other=lambda grad, self, other: grad * self / other,
    tex=r"{0} \ln {1:prefix}",
    samples=[(positive(2, 3), positive(3))],
)
log_where = op(
    "log_where",
    lambda self, other: np.where((self == 0) & (other <= 0), 0, np.log(other)).astype(other.dtype),
    public=False,
    inputs="self",
    node="LogBackward0__",
    tex=r"\ln {1:prefix}",
    other=lambda grad, other: grad / other,
)
copysign_tensor = op(
    "copysign.Tensor",
    lambda self, other: np.copysign(self, other),
    public=False,
    promotes="float",
    self=lambda grad, self, result: grad * sgn(self) * sgn(result),
    other=lambda grad: zeros_like(grad),
    samples=[(positive(2, 3), positive(3))],
)
copysign_number = op(
    "copysign.Scalar",
    lambda self, other: np.copysign(self, other),
    overload=1,
    public=False,
    numbers="other",
    promotes="float",
    self=lambda grad, self, result: grad * sgn(self) * sgn(result),
    samples=[(positive(2, 3), -1.0)],
)


@function()
def copysign(self: Any, other: Any) -> Any:
    """Give each element the sign of another."""
    return (copysign_tensor if isinstance(other, Tensor) else copysign_number)(self, other)


in_place("copysign_", copysign_tensor, copysign_number)
maximum = op(
    "maximum",
    lambda self, other: np.maximum(self, other),
    self=lambda grad, self, other: grad * share(self, other),
    other=lambda grad, self, other: grad * share(other, self),
    tex=r"\max\left({0}, {1}\right)",
    samples=[PAIR],
)
minimum = op(
    "minimum",
    lambda self, other: np.minimum(self, other),
    self=lambda grad, self, other: grad * share(other, self),
    other=lambda grad, self, other: grad * share(self, other),
    tex=r"\min\left({0}, {1}\right)",
    samples=[PAIR],
)


def _share(self: Any, other: Any) -> Any:
    # PyTorch: where both are equal each gets half
    return ((self > other) + 0.5 * (self == other)).astype(np.result_type(self, other))


share = op("share", _share, public=False, inputs="self other", tex=r"\left[{0} > {1}\right]")
addcmul = op(
    "addcmul",
    lambda self, tensor1, tensor2, value=1: self + value * tensor1 * tensor2,
    saves="value",
    inplace=True,
    self=lambda grad: grad,
    tensor1=lambda grad, tensor2, value: grad * (tensor2 * value),
    tensor2=lambda grad, tensor1, value: grad * (tensor1 * value),
    samples=[(sample(3), sample(3), sample(3))],
)
addcdiv = op(
    "addcdiv",
    lambda self, tensor1, tensor2, value=1: self + value * tensor1 / tensor2,
    saves="value",
    inplace=True,
    self=lambda grad: grad,
    tensor1=lambda grad, tensor2, value: grad * (value / tensor2),
    tensor2=lambda grad, tensor1, tensor2, value: -grad * (value * tensor1 / (tensor2 * tensor2)),
    samples=[(sample(3), sample(3), positive(3))],
)
lerp_scalar = op(
    "lerp.Scalar",
    lambda self, end, weight: self + weight * (end - self),
    public=False,
    inplace=True,
    self=lambda grad, weight: grad * (1 - weight),
    end=lambda grad, weight: grad * weight,
    samples=[(sample(3), sample(3), 0.3)],
)
lerp_tensor = op(
    "lerp.Tensor",
    lambda self, end, weight: self + weight * (end - self),
    overload=1,
    public=False,
    self=lambda grad, weight: grad * (1 - weight),
    end=lambda grad, weight: grad * weight,
    weight=lambda grad, self, end: grad * (end - self),
    samples=[(sample(3), sample(3), sample(3))],
)


@function()
def lerp(self: Any, end: Any, weight: Any) -> Any:
    """Go from `self` towards `end`, by a weight."""
    return lerp_tensor(self, end, weight) if isinstance(weight, Tensor) else lerp_scalar(self, end, weight)


def _lerp_(self: Any, end: Any, weight: Any) -> Any:
    return InPlace(lerp_tensor if isinstance(weight, Tensor) else lerp_scalar)(self, end, weight)


Tensor.lerp_ = _lerp_  # type: ignore[attr-defined]


# -- choosing


def _clip(self: Any, min: Any = None, max: Any = None) -> Any:
    return self if min is None and max is None else np.clip(self, min, max)


clamp_number = op(
    "clamp",
    _clip,
    overload=1,
    public=False,
    numbers="min max",
    inplace=True,
    self=lambda grad, self, min, max: grad * within(self, min, max),
    tex=r"\operatorname{{clamp}}\left({0}\right)",
    samples=[(sample(2, 3), -0.5, 0.5)],
)
clamp_tensor = op(
    "clamp.Tensor",
    _clip,
    public=False,
    inputs="min max",
    self=lambda grad, self, min, max: grad * within(self, min, max),
    min=lambda grad, self, min, max: grad * below(self, min, max),
    max=lambda grad, self, min, max: grad * above(self, min, max),
    samples=[(sample(2, 3), sample(2, 3, low=-1, high=-0.5), positive(2, 3))],
)
clamp_min_number = op(
    "clamp_min",
    lambda self, min: np.maximum(self, min),
    numbers="min",
    public=False,
    self=lambda grad, self, min: grad * within(self, min, None),
    samples=[(sample(3), 0.1)],
)
clamp_max_number = op(
    "clamp_max",
    lambda self, max: np.minimum(self, max),
    numbers="max",
    public=False,
    self=lambda grad, self, max: grad * within(self, None, max),
    samples=[(sample(3), 0.1)],
)
clamp_min_tensor = op(
    "clamp_min.Tensor",
    lambda self, min: np.maximum(self, min),
    overload=1,
    public=False,
    self=lambda grad, self, min: grad * within(self, min, None),
    min=lambda grad, self, min: grad * (self < min),
    samples=[PAIR],
)
clamp_max_tensor = op(
    "clamp_max.Tensor",
    lambda self, max: np.minimum(self, max),
    overload=1,
    public=False,
    self=lambda grad, self, max: grad * within(self, None, max),
    max=lambda grad, self, max: grad * (self > max),
    samples=[PAIR],
)


@function()
def clamp_min(self: Any, min: Any) -> Any:
    """Bring each element up to a bound."""
    return clamp_min_tensor(self, min) if isinstance(min, Tensor) else clamp_min_number(self, min)


@function()
def clamp_max(self: Any, max: Any) -> Any:
    """Bring each element down to a bound."""
    return clamp_max_tensor(self, max) if isinstance(max, Tensor) else clamp_max_number(self, max)


in_place("clamp_min_", clamp_min_tensor, clamp_min_number)
in_place("clamp_max_", clamp_max_tensor, clamp_max_number)
in_place("clamp_", clamp_tensor, clamp_number)
Tensor.clip_ = Tensor.clamp_  # type: ignore[attr-defined]


def _within(self: Any, min: Any, max: Any) -> Any:
    inside = np.ones(np.shape(self), bool)
    if min is not None:
        inside = inside & (self >= min)
    if max is not None:
        inside = inside & (self <= max)
    return inside


within = op("within", _within, public=False, inputs="self min max", tex=r"\left[{min} \le {0} \le {max}\right]")
below = op(
    "below",
    lambda self, min, max: (self < min) & (True if max is None else min < max),
    public=False,
    inputs="self min max",
    tex=r"\left[{0} < {min}\right]",
)
above = op(
    "above",
    lambda self, min, max: (self > max) | (False if min is None else max < min),
    public=False,
    inputs="self min max",
    tex=r"\left[{0} > {max}\right]",
)


@function("clip")
def clamp(self: Any, min: Any = None, max: Any = None) -> Any:
    """Bring each element between two bounds."""
    if isinstance(min, Tensor) or isinstance(max, Tensor):
        return clamp_tensor(self, min, max)
    if min is None and max is None:
        raise RuntimeError("torch.clamp: At least one of 'min' or 'max' must not be None")
    return clamp_number(self, min, max)


def _where(condition: Any, self: Any, other: Any) -> Any:
    if condition.dtype != bool and condition.dtype != np.uint8:
        raise RuntimeError(
            f"where expected condition to be a boolean tensor, but got a tensor with dtype {dtypes.of(condition).long_name}"
        )
    return np.where(condition, self, other)


where_op = op(
    "where",
    _where,
    public=False,
    self=lambda grad, condition: where_op(condition, grad, zeros_like(grad)),
    other=lambda grad, condition: where_op(condition, zeros_like(grad), grad),
    apart="condition",
    formulas={"self": r"{grad} \, \left[{condition}\right]", "other": r"{grad} \, \left[\lnot {condition}\right]"},
    samples=[(booleans(2, 3), sample(2, 3), sample(3))],
)


@function(method=False)
def where(condition: Any, self: Any = None, other: Any = None, *, input: Any = None) -> Any:
    """Take elements from one tensor where a condition holds, else from the other."""
    self = input if self is None else self
    if self is None and other is None:
        return FUNCTIONS["nonzero"](condition, as_tuple=True)
    return where_op(condition, *(v if isinstance(v, Tensor) else _constant(v) for v in (self, other)))


def _constant(value: Any) -> Tensor:
    return wrap(np.asarray(value, dtypes.of_number(value).numpy))


Tensor.where = lambda self, condition, other: where(condition, self, other)  # type: ignore[attr-defined]
masked_fill_number = op(
    "masked_fill",
    lambda self, mask, value: np.where(mask, np.asarray(value, self.dtype), self),
    public=False,
    inputs="mask",
    promotes="same",
    self=lambda grad, mask: masked_fill(grad, mask, 0),
    formulas={"self": r"{grad} \, \left[\lnot {mask}\right]"},
    samples=[(sample(2, 3), booleans(2, 3), 0.5)],
)


def _filled(self: Any, mask: Any, value: Any) -> Any:
    if value.ndim:
        raise RuntimeError(
            f"masked_fill_ only supports a 0-dimensional value tensor, but got tensor with {value.ndim} dimension(s)."
        )
    return np.where(mask, value.astype(self.dtype), self)


masked_fill_tensor = op(
    "masked_fill.Tensor",
    _filled,
    overload=1,
    public=False,
    inputs="mask",
    promotes="same",
    self=lambda grad, mask: masked_fill(grad, mask, 0),
    value=lambda grad, mask: where_op(mask, grad, zeros_like(grad)).sum(),
    formulas={"self": r"{grad} \, \left[\lnot {mask}\right]", "value": r"\sum {grad} \, \left[{mask}\right]"},
    samples=[(sample(2, 3), booleans(2, 3), sample())],
)


@function()
def masked_fill(self: Any, mask: Any, value: Any) -> Any:
    """Put a number where a mask holds."""
    return (masked_fill_tensor if isinstance(value, Tensor) else masked_fill_number)(self, mask, value)


def _masked_fill_(self: Any, mask: Any, value: Any) -> Any:
    return InPlace(masked_fill_tensor if isinstance(value, Tensor) else masked_fill_number)(self, mask, value)


Tensor.masked_fill_ = _masked_fill_  # type: ignore[attr-defined]


# -- comparisons and predicates: no derivatives


def _binary(compute: Any) -> Any:
    return lambda self, other: compute(self, other)


def _unary(compute: Any) -> Any:
    return lambda self: compute(self)


for _name, _compute in {
    "eq": np.equal,
    "ne": np.not_equal,
    "lt": np.less,
    "le": np.less_equal,
    "gt": np.greater,
    "ge": np.greater_equal,
    "logical_and": np.logical_and,
    "logical_or": np.logical_or,
    "logical_xor": np.logical_xor,
    "bitwise_and": np.bitwise_and,
    "bitwise_or": np.bitwise_or,
    "bitwise_xor": np.bitwise_xor,
    "bitwise_left_shift": np.left_shift,
    "bitwise_right_shift": np.right_shift,
}.items():
    op(_name, _binary(_compute), inputs="self other", inplace=True)
for _name, _test in {
    "isnan": np.isnan,
    "isinf": np.isinf,
    "logical_not": np.logical_not,
    "bitwise_not": np.invert,
    "signbit": np.signbit,
    "isposinf": np.isposinf,
    "isneginf": np.isneginf,
}.items():
    op(_name, _unary(_test), inputs="self", inplace=_name.endswith("_not"))
for _made in (asinh, acosh, atanh):
    _form = renumbered(_made, f"{_made.grad_fn[:-1]}1", self=_no_in_place_rule(_made.function))
    setattr(Tensor, f"{_made.function}_", _form)
isfinite = op("isfinite", lambda self: np.isfinite(self), inputs="self")
