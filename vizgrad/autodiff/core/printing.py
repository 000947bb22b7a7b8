"""How a tensor is written: PyTorch's own text, to the letter."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import asdict, dataclass, replace
from typing import Any

import numpy as np

_PREFIX = "tensor("


@dataclass(frozen=True)
class PrintOptions:
    """What `set_printoptions` may change; the defaults are PyTorch's."""

    precision: int = 4
    threshold: float = 1000
    edgeitems: int = 3
    linewidth: int = 80
    sci_mode: bool | None = None


_PROFILES = {
    "default": PrintOptions(),
    "short": PrintOptions(precision=2, edgeitems=2),
    "full": PrintOptions(threshold=math.inf),
}
_DEFAULT = _PROFILES["default"]
_options: ContextVar[PrintOptions] = ContextVar("print_options", default=_DEFAULT)


def tensor_repr(
    array: np.ndarray,
    dtype: str = "float32",
    *,
    requires_grad: bool = False,
    grad_fn: str | None = None,
    is_parameter: bool = False,
    default_dtype: str = "float32",
) -> str:
    r"""Write an array as PyTorch writes a tensor of that dtype.

    `dtype` and `default_dtype` are names without `torch.`; the dtype is named in the text where the numbers alone do
    not tell it. `grad_fn` is the node's name and goes before `requires_grad`.

    >>> tensor_repr(np.ones((2, 2), np.float32), requires_grad=True)
    'tensor([[1., 1.],\n        [1., 1.]], requires_grad=True)'
    >>> tensor_repr(np.float32(20), requires_grad=True, grad_fn="MulBackward0")
    'tensor(20., grad_fn=<MulBackward0>)'
    >>> tensor_repr(np.zeros((0, 3)), "float64")
    'tensor([], size=(0, 3), dtype=torch.float64)'
    """
    array = np.asarray(array)
    options = _options.get()
    suffixes = []
    if array.size == 0:
        if array.ndim != 1:
            suffixes.append(f"size={array.shape}")
        named = dtype == default_dtype
    else:
        if not options.edgeitems:
            suffixes.append(f"size={array.shape}")
        named = dtype in (default_dtype, "complex128" if default_dtype == "float64" else "complex64", "int64", "bool")
    if not named:
        suffixes.append(f"dtype=torch.{dtype}")
    if grad_fn is not None:
        suffixes.append(f"grad_fn=<{grad_fn}>")
    elif requires_grad:
        suffixes.append("requires_grad=True")
    text = _with_suffixes(_PREFIX + _contents(array, options), suffixes, options.linewidth) + ")"
    return f"Parameter containing:\n{text}" if is_parameter else text


def set_printoptions(
    precision: int | None = None,
    threshold: float | None = None,
    edgeitems: int | None = None,
    linewidth: int | None = None,
    profile: str | None = None,
    sci_mode: bool | None = None,
) -> None:
    """Change how tensors are written; `profile` is `default`, `short` or `full`, and the others refine it.

    As in PyTorch, each call sets `sci_mode`, so leaving it out goes back to the automatic choice.

    >>> set_printoptions(precision=2)
    >>> tensor_repr(np.float32(1.23456))
    'tensor(1.23)'
    >>> set_printoptions(profile="default")
    """
    options = _PROFILES.get(profile, _options.get()) if profile is not None else _options.get()
    given = {"precision": precision, "threshold": threshold, "edgeitems": edgeitems, "linewidth": linewidth}
    changes: dict[str, Any] = {name: value for name, value in given.items() if value is not None}
    _options.set(replace(options, **changes, sci_mode=sci_mode))


def get_printoptions() -> dict[str, Any]:
    """Return the current options as a dictionary that `set_printoptions` takes back.

    >>> get_printoptions()["linewidth"]
    80
    """
    return asdict(_options.get())


@contextmanager
def printoptions(**options: Any) -> Iterator[None]:
    """Change the options inside a `with` block only; the arguments are those of `set_printoptions`.

    >>> with printoptions(sci_mode=True):
    ...     tensor_repr(np.float32(12))
    'tensor(1.2000e+01)'
    """
    before = _options.get()
    set_printoptions(**options)
    try:
        yield
    finally:
        _options.set(before)


def _contents(array: np.ndarray, options: PrintOptions) -> str:
    if array.size == 0:
        return "[]"
    summarize = array.size > options.threshold
    shown = _corners(array, options.edgeitems) if summarize else array
    if array.dtype.kind == "c":
        write: _Real | _Complex = _Complex(_real_format(shown.real, options), _real_format(shown.imag, options))
    else:
        write = _real_format(shown, options)
    room = options.linewidth - len(_PREFIX) - (array.ndim - 1)
    per_line = max(1, room // (write.width + len(", ")))
    return _block(array, len(_PREFIX), write, per_line, summarize, options.edgeitems)


def _block(
    array: np.ndarray, indent: int, write: Callable[[Any], str], per_line: int, summarize: bool, edgeitems: int
) -> str:
    """Write one bracket: numbers in the last dimension, blocks apart by empty lines above it."""
    if array.ndim == 0:
        return write(array.item())
    folded = summarize and len(array) > 2 * edgeitems
    ends = (array[:edgeitems], array[len(array) - edgeitems :]) if folded else (array,)
    if array.ndim == 1:
        parts = [[write(value) for value in end.tolist()] for end in ends]
        # Between numbers the dots stand one space to the right; between blocks, and alone, they do not.
        items = _fold(parts, " ..." if edgeitems else "...")
        lines = [", ".join(items[start : start + per_line]) for start in range(0, len(items), per_line)]
        gap = ",\n"
    else:
        parts = [[_block(row, indent + 1, write, per_line, summarize, edgeitems) for row in end] for end in ends]
        lines = _fold(parts, "...")
        gap = "," + "\n" * (array.ndim - 1)
    return "[" + (gap + " " * (indent + 1)).join(lines) + "]"


def _fold(parts: Sequence[list[str]], dots: str) -> list[str]:
    return parts[0] if len(parts) == 1 else [*parts[0], dots, *parts[1]]


def _corners(array: np.ndarray, edgeitems: int) -> np.ndarray:
    """Return the elements that a summary shows: the style of the numbers depends on these alone."""
    if not edgeitems and array.ndim > 1:
        return array[:0]
    for axis, length in enumerate(array.shape):
        if length > 2 * edgeitems > 0:
            array = np.take(array, [*range(edgeitems), *range(length - edgeitems, length)], axis=axis)
    return array


@dataclass(frozen=True)
class _Real:
    """One way to write all numbers of a tensor: a format specification and a common width."""

    specification: str
    width: int
    trailing_point: bool = False

    def __call__(self, value: Any) -> str:
        text = format(value, self.specification) if self.specification else str(value)
        if self.trailing_point and math.isfinite(value):
            text += "."
        return text.rjust(self.width)


@dataclass(frozen=True)
class _Complex:
    """A way for each of the two parts; the imaginary one brings its sign and loses its padding."""

    real: _Real
    imag: _Real

    @property
    def width(self) -> int:
        """Return the width of one number as line breaking sees it: the `j` counts, a plus sign does not."""
        return self.real.width + self.imag.width + 1

    def __call__(self, value: complex) -> str:
        imag = self.imag(value.imag).lstrip() + "j"
        return self.real(value.real) + ("" if imag.startswith("-") else "+") + imag


def _real_format(shown: np.ndarray, options: PrintOptions) -> _Real:
    """Choose whole numbers, decimals or powers of ten, by the finite nonzero numbers that will be shown."""
    if shown.dtype.kind != "f":
        return _Real("", max((len(str(value)) for value in shown.ravel().tolist()), default=1))
    telling = shown[np.isfinite(shown) & (shown != 0)].astype(np.float64)
    if not telling.size:
        return _Real(".0f", 1, trailing_point=True)
    whole = bool((telling == np.ceil(telling)).all())
    magnitudes = np.abs(telling)
    smallest, largest = float(magnitudes.min()), float(magnitudes.max())
    scientific = options.sci_mode
    if scientific is None:
        scientific = largest / smallest > 1000.0 or largest > 1.0e8 or smallest < 1.0e-4
    point = whole and not scientific
    specification = ".0f" if point else f".{options.precision}{'e' if scientific else 'f'}"
    width = max(len(format(value, specification)) for value in telling.tolist()) + point
    return _Real(specification, width, trailing_point=point)


def _with_suffixes(text: str, suffixes: Sequence[str], linewidth: int) -> str:
    """Append what follows the numbers, on a new line where the last one would become too long."""
    # One more than the last line really has: PyTorch counts so, and it decides where the text breaks.
    used = len(text) - text.rfind("\n") + 1
    for suffix in suffixes:
        if used + len(suffix) + 2 > linewidth:
            text += ",\n" + " " * len(_PREFIX) + suffix
            used = len(_PREFIX) + len(suffix)
        else:
            text += ", " + suffix
            used += len(suffix) + 2
    return text
