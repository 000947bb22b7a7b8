"""What operations and their arguments are called in a trace, whatever an engine calls them inside."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

PRIVATE = {"ToCopy": "_to_copy", "UnsafeView": "_unsafe_view", "ReshapeAlias": "_reshape_alias"}
PLACEMENT = frozenset({
    "device", "layout", "pin_memory", "memory_format", "generator", "implicit", "half_to_float", "contiguous",
    "input_dtype", "self_is_result",
})  # fmt: skip
"""Arguments that say where and how, not what; a reader does without them."""
NEUTRAL = {"reduction": "1", "ignore_index": "-100", "correction": "1"}
"""Arguments of inner operations that have no default there, and what they are if nobody gives them."""


def op_of(name: str) -> str:
    """The operation's name in a node's: AddmmBackward0 -> addmm, ToCopyBackward0 -> _to_copy.

    >>> op_of("AddmmBackward0"), op_of("LogSoftmaxBackward0"), op_of("CopySlices"), op_of("AccumulateGrad")
    ('addmm', 'log_softmax', 'copy_slices', 'accumulate_grad')
    """
    stem = name.partition("Backward")[0] or name
    if stem in PRIVATE:
        return PRIVATE[stem]
    return "".join("_" + c.lower() if c.isupper() and i else c.lower() for i, c in enumerate(stem))


def public_name(op: str) -> str:
    """The name that everybody knows an inner operation of ATen under.

    >>> public_name("_log_softmax"), public_name("nll_loss_forward"), public_name("_unsafe_view"), public_name("mul")
    ('log_softmax', 'nll_loss', 'view', 'mul')
    """
    if op in ("_unsafe_view", "_reshape_alias"):
        return "view"
    return op if op == "_to_copy" else op.lstrip("_").removesuffix("_forward") or op


def parameter_names(function: Any, count: int) -> list[str]:
    """What the forward of an autograd.Function calls its arguments, `ctx` left out."""
    code = getattr(function.forward, "__code__", None)
    if code is None:
        return [f"input{i}" for i in range(count)]
    names = list(code.co_varnames[int("setup_context" not in function.__dict__) : code.co_argcount])
    return names[:count] + [f"input{i}" for i in range(len(names), count)]


def plain_text(name: str, value: Any, text: Callable[[Any], str], in_rule: bool = False) -> str | None:
    """A plain argument as text, None if a reader does without it; a list of one dimension is that dimension.

    >>> plain_text("dim", [1], repr), plain_text("weight", None, repr), plain_text("size", [1], repr)
    ('1', None, '[1]')
    """
    if value is None or name in PLACEMENT:
        return None
    if name in ("dim", "dims", "shifts") and isinstance(value, list | tuple) and len(value) == 1:
        (value,) = value
    if in_rule and isinstance(value, float) and value.is_integer():
        value = int(value)  # C++ counts in doubles where a formula says 2
    found = text(value)
    return None if NEUTRAL.get(name) == found else found


def index_text(index: Any) -> str:
    """An index as it is written: `0, :2, ...`.

    >>> index_text((0, slice(None, 2), ...))
    '0, :2, ...'
    """
    if isinstance(index, tuple):
        return ", ".join(map(index_text, index))
    if hasattr(index, "shape"):
        return f"tensor of shape {tuple(index.shape)}"
    if isinstance(index, slice):
        parts = ["" if p is None else repr(p) for p in (index.start, index.stop)]
        return ":".join(parts if index.step is None else [*parts, repr(index.step)])
    return "..." if index is ... else repr(index)
