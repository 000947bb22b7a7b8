"""Data types as PyTorch names them, and PyTorch's rules for what two of them make together."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np

_CATEGORIES = {"b": 0, "u": 1, "i": 1, "f": 2, "c": 3}


class dtype:
    """The type of a tensor's elements.

    >>> float32, float32.is_floating_point, float32.itemsize
    (torch.float32, True, 4)
    """

    __slots__ = ("category", "itemsize", "long_name", "name", "numpy", "order")

    def __init__(self, name: str, numpy: np.dtype, long_name: str, order: int) -> None:
        self.name = name
        self.numpy = numpy
        self.long_name = long_name  # as in "torch.FloatTensor" and in many messages
        self.category = _CATEGORIES[numpy.kind]
        self.order = order
        self.itemsize = 2 if name == "bfloat16" else numpy.itemsize

    is_floating_point = property(lambda self: self.category == 2)
    is_complex = property(lambda self: self.category == 3)
    is_signed = property(lambda self: self.numpy.kind not in "bu")

    def __repr__(self) -> str:
        return f"torch.{self.name}"

    def __reduce__(self) -> str:
        return self.name


# NumPy has no bfloat16: such a tensor keeps float32 numbers under a dtype that carries the name as metadata.
_BFLOAT16 = np.dtype(np.float32, metadata={"torch": "bfloat16"})

bool = dtype("bool", np.dtype(np.bool_), "Bool", 0)
uint8 = dtype("uint8", np.dtype(np.uint8), "Byte", 1)
int8 = dtype("int8", np.dtype(np.int8), "Char", 2)
int16 = dtype("int16", np.dtype(np.int16), "Short", 3)
int32 = dtype("int32", np.dtype(np.int32), "Int", 4)
int64 = dtype("int64", np.dtype(np.int64), "Long", 5)
float16 = dtype("float16", np.dtype(np.float16), "Half", 6)
bfloat16 = dtype("bfloat16", _BFLOAT16, "BFloat16", 7)
float32 = dtype("float32", np.dtype(np.float32), "Float", 8)
float64 = dtype("float64", np.dtype(np.float64), "Double", 9)
complex64 = dtype("complex64", np.dtype(np.complex64), "ComplexFloat", 10)
complex128 = dtype("complex128", np.dtype(np.complex128), "ComplexDouble", 11)

NAMED: dict[str, dtype] = {
    d.name: d
    for d in (bool, uint8, int8, int16, int32, int64, float16, bfloat16, float32, float64, complex64, complex128)
}
ALIASES = {
    "float": float32, "double": float64, "half": float16, "long": int64, "int": int32, "short": int16,
    "cfloat": complex64, "cdouble": complex128,
}  # fmt: skip
_FROM_NUMPY = {d.numpy: d for d in NAMED.values() if d is not bfloat16}
_FROM_PYTHON: dict[type, dtype] = {}  # filled below, where the default types are known


_default = float32


def default() -> dtype:
    """The type of floating-point tensors that are made without saying one."""
    return _default


def set_default(kind: dtype) -> None:
    """Let Python's floats become tensors of this type, its complex numbers ones of twice the size.

    Raises TypeError for a type that is not floating-point.

    >>> set_default(float64)
    >>> of_number(1.0), of_number(1j), default()
    (torch.float64, torch.complex128, torch.float64)
    >>> set_default(float32)
    """
    global _default
    if not kind.is_floating_point:
        raise TypeError("only floating-point types are supported as the default type")
    _default = kind
    _FROM_PYTHON[float] = kind
    _FROM_PYTHON[complex] = complex128 if kind is float64 else complex64


DEFAULT = float32.numpy
DEFAULT_COMPLEX = complex64.numpy


def of(array: Any) -> dtype:
    """Name the type of an array's elements.

    >>> of(np.ones(2))
    torch.float64
    """
    kind = array.dtype
    if kind.metadata:
        return NAMED[kind.metadata["torch"]]
    try:
        return _FROM_NUMPY[kind]
    except KeyError:
        raise TypeError(
            f"can't convert np.ndarray of type numpy.{kind.type.__name__}. The only supported types are: float64, "
            "float32, float16, complex64, complex128, int64, int32, int16, int8, uint8, and bool."
        ) from None


def of_number(number: Any) -> dtype:
    """Name the type a Python number becomes.

    >>> of_number(1), of_number(1.0), of_number(True)
    (torch.int64, torch.float32, torch.bool)
    """
    kind = type(number)
    if kind in _FROM_PYTHON:
        return _FROM_PYTHON[kind]
    if isinstance(number, np.generic):
        return of(np.asarray(number))
    for python, named in _FROM_PYTHON.items():
        if isinstance(number, python):
            return named
    raise TypeError(f"no tensor type for {kind.__name__}")


_FROM_PYTHON.update({True.__class__: bool, int: int64, float: float32, complex: complex64})


def promote_types(a: dtype, b: dtype) -> dtype:
    """Find the type two types make together: the higher kind wins, and within a kind the wider.

    >>> promote_types(int64, float16), promote_types(uint8, int8), promote_types(float16, bfloat16)
    (torch.float16, torch.int16, torch.float32)
    """
    if a is b:
        return a
    if a.category != b.category and 3 not in (a.category, b.category):
        return a if a.category > b.category else b
    if a.category == b.category == 2 and bfloat16 in (a, b):
        return float32 if float64 not in (a, b) else float64
    if a.category != b.category and min(a.category, b.category) < 2:
        return a if a.category > b.category else b
    return _FROM_NUMPY[np.promote_types(a.numpy, b.numpy)]


def combine(higher: dtype | None, lower: dtype | None) -> dtype | None:
    """Let a weaker operand (0-dim, or a Python number) raise the type only where its kind is higher."""
    if higher is None or lower is None:
        return higher or lower
    if higher.category >= lower.category:
        return higher
    if lower.category == 3 and higher.category == 2:
        return complex128 if higher is float64 else complex64
    return lower


def result_type(operands: Iterable[Any]) -> dtype:
    """Find the type an operation computes in: tensors with dimensions, then 0-dim ones, then Python numbers.

    Operands are arrays and Python numbers.

    >>> result_type([np.ones(2, np.float32), np.ones((), np.float64)])
    torch.float32
    >>> result_type([np.ones(2, np.int32), 1.5])
    torch.float32
    """
    strong: list[dtype | None] = [None, None, None]
    for operand in operands:
        if isinstance(operand, np.ndarray):
            rank, kind = (0, of(operand)) if operand.ndim else (1, of(operand))
        else:
            rank, kind = 2, of_number(operand)
        before = strong[rank]
        strong[rank] = kind if before is None else promote_types(before, kind)
    found = combine(combine(strong[0], strong[1]), strong[2])
    assert found is not None
    return found


_BOOL = True.__class__  # `bool` is the tensor type here
# The Python numbers that take part in an operation on arrays of a kind without changing its type.
WEAK: dict[str, frozenset[type]] = {
    "f": frozenset({_BOOL, int, float}),
    "c": frozenset({_BOOL, int, float, complex}),
    "i": frozenset({_BOOL, int}),
    "u": frozenset({_BOOL, int}),
    "b": frozenset({_BOOL}),
}
