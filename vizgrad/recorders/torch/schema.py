"""What can be read off PyTorch's own objects: values, arguments, schemas, and what nodes have saved."""

from __future__ import annotations

from typing import Any, NamedTuple

import torch

from ...trace import Value
from ...trace.values import WHOLE
from ..op_names import public_name

Tensor = torch.Tensor
ACCUMULATE: Any = type(torch.ones(1, requires_grad=True).exp().grad_fn.next_functions[0][0])  # type: ignore[union-attr]
DTYPES = {
    getattr(torch, name): name
    for name in (
        *("float16", "float32", "float64", "bfloat16", "int8", "int16", "int32", "int64", "uint8", "bool"),
        *("complex64", "complex128"),
    )
}
_REQUIRED: Any = object()


class Signature(NamedTuple):
    """What the recorder must know of an operation of ATen."""

    op: str
    names: tuple[str, ...]
    defaults: tuple[Any, ...]
    writes: tuple[str, ...]
    outputs: tuple[str, ...]
    is_view: bool


_signatures: dict[Any, Signature] = {}


def signature_of(func: Any) -> Signature:
    """Reads an operation's schema, once."""
    found = _signatures.get(func)
    if found is None:
        schema = func._schema
        arguments = schema.arguments
        name = schema.name.partition("::")[2]
        writes = tuple(a.name for a in arguments if a.alias_info is not None and a.alias_info.is_write)
        if writes and name.endswith("_") and not name.endswith("__"):
            name = name[:-1]
        found = _signatures[func] = Signature(
            op=public_name(name),
            names=tuple(a.name for a in arguments),
            defaults=tuple(a.default_value if a.has_default_value() else _REQUIRED for a in arguments),
            writes=writes,
            outputs=tuple(r.name for r in schema.returns),
            is_view=any(r.alias_info is not None and not r.alias_info.is_write for r in schema.returns),
        )
    return found


def is_default(value: Any, default: Any) -> bool:
    """Whether an argument is what it would be if left out."""
    return default is not _REQUIRED and value == default and isinstance(value, bool) is isinstance(default, bool)


def value_of(tensor: Tensor) -> Value:
    """A tensor's contents now; bfloat16 as float32, what NumPy lacks as float64."""
    if tensor.requires_grad or tensor.is_conj() or tensor.is_neg():
        tensor = tensor.detach().resolve_conj().resolve_neg()
    name = DTYPES.get(tensor.dtype)
    if name is None or tensor.layout is not torch.strided:
        return Value.of(tensor.to_dense().double().numpy())
    if name == "bfloat16":
        return Value.of(tensor.float().numpy(), name)
    if tensor.numel() <= WHOLE:
        return Value(tuple(tensor.shape), name, tensor.numpy().tobytes())
    return Value.of(tensor.numpy(), name)


def text_of(value: Any) -> str:
    """A plain argument as text: numbers as Python writes them, sizes as (2, 3).

    >>> text_of([2, 3]), text_of(0.5), text_of(torch.float64)
    ('(2, 3)', '0.5', 'torch.float64')
    """
    if isinstance(value, list | tuple):
        inner = ", ".join(map(text_of, value))
        return f"({inner},)" if len(value) == 1 else f"({inner})"
    return repr(int(value)) if isinstance(value, torch.SymInt) else repr(value)


def tensors_in(result: Any) -> tuple[Tensor, ...]:
    """The tensors that a function returned."""
    if isinstance(result, Tensor):
        return (result,)
    if isinstance(result, list | tuple):
        return tuple(t for t in result if isinstance(t, Tensor))
    return ()


def listed(value: Any, count: int = 0) -> list[Any]:
    """A tensor or a sequence of them as a list; `count` Nones where there is none."""
    if value is None:
        return [None] * count
    return list(value) if isinstance(value, list | tuple) else [value]


_names: dict[type, tuple[tuple[str, str, bool], ...]] = {}


def saved_names(node: Any) -> tuple[tuple[str, str, bool], ...]:
    """For a kind of node: attribute, name, and whether a tensor stands there, of each value it saves."""
    kind = type(node)
    found = _names.get(kind)
    if found is None:
        attributes = dir(node)
        tensors = {a.removeprefix("_raw_saved_") for a in attributes if a.startswith("_raw_saved_")}
        saved = [a for a in attributes if a.startswith("_saved_")]
        entries = [(a, name, name in tensors) for a in saved if (name := a.removeprefix("_saved_"))]
        if "saved_tensors" in attributes:  # an autograd.Function of the program
            entries = [("saved_tensors", "saved_tensors", True)]
        found = _names[kind] = tuple(sorted(entries, key=lambda entry: entry[1]))
    return found
