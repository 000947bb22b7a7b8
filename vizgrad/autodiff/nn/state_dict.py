"""What a module can be restored from: its parameters and buffers, by their paths."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple, Protocol

from ..core.dtypes import dtype
from ..core.grad_mode import recording
from ..core.tensor import Tensor
from .parameter import Parameter


class Keeper(Protocol):
    """A module, as far as what it keeps is concerned."""

    may_be_missing: frozenset[str]
    _parameters: dict[str, Any]
    _buffers: dict[str, Any]
    _non_persistent_buffers_set: set[str]
    _modules: dict[str, Any]

    def children(self) -> Iterator[Any]:
        """Give the modules in it."""


class _Keys(NamedTuple):
    missing_keys: list[str]
    unexpected_keys: list[str]


class IncompatibleKeys(_Keys):
    """What `load_state_dict` found missing, and what it did not expect."""

    __slots__ = ()

    def __repr__(self) -> str:
        if not self.missing_keys and not self.unexpected_keys:
            return "<All keys matched successfully>"
        return f"_IncompatibleKeys(missing_keys={self.missing_keys}, unexpected_keys={self.unexpected_keys})"


def kept(module: Keeper) -> dict[str, Tensor]:
    """Give the module's own parameters and persistent buffers, in the order they are written."""
    buffers = {n: b for n, b in module._buffers.items() if n not in module._non_persistent_buffers_set}
    return {name: tensor for name, tensor in {**module._parameters, **buffers}.items() if tensor is not None}


def save(module: Keeper, into: dict[str, Any], prefix: str, keep_vars: bool) -> dict[str, Any]:
    """Write a module's tensors into a dictionary, then those of the modules below it."""
    for name, tensor in kept(module).items():
        into[prefix + name] = tensor if keep_vars else tensor.detach()
    for name, below in module._modules.items():
        if below is not None:
            below.state_dict(destination=into, prefix=f"{prefix}{name}.", keep_vars=keep_vars)
    return into


def load(module: Keeper, saved: Mapping[str, Any], strict: bool, assign: bool) -> IncompatibleKeys:
    """Copy tensors into a module and all below it; every fault is told in one error."""
    if not isinstance(saved, Mapping):
        raise TypeError(f"Expected state_dict to be dict-like, got {type(saved)}.")
    keys = IncompatibleKeys([], [])
    faults: list[str] = []
    _load(module, dict(saved), "", assign, keys, faults)
    if strict:
        for kind, names in (("Missing", keys.missing_keys), ("Unexpected", keys.unexpected_keys))[::-1]:
            if names:
                listed = ", ".join(f'"{name}"' for name in names)
                faults.insert(0, f"{kind} key(s) in state_dict: {listed}. ")
    if faults:
        told = "\n\t".join(faults)
        raise RuntimeError(f"Error(s) in loading state_dict for {type(module).__name__}:\n\t{told}")
    return keys


def _load(
    module: Keeper, saved: dict[str, Any], prefix: str, assign: bool, keys: IncompatibleKeys, faults: list[str]
) -> None:
    own = kept(module)
    for name, tensor in own.items():
        key = prefix + name
        if key not in saved:
            if name not in module.may_be_missing:
                keys.missing_keys.append(key)
            continue
        value = saved[key]
        if not isinstance(value, Tensor):
            faults.append(
                f'While copying the parameter named "{key}", expected torch.Tensor or Tensor-like object from '
                f"checkpoint but received {type(value)}"
            )
        elif value.shape != tensor.shape and not (tensor.shape == () and tuple(value.shape) == (1,)):
            faults.append(
                f"size mismatch for {key}: copying a param with shape {value.shape} from checkpoint, the shape in "
                f"current model is {tensor.shape}."
            )
        elif assign:
            if isinstance(tensor, Parameter):
                value = Parameter(value, requires_grad=tensor.requires_grad)
            setattr(module, name, value)
        else:
            with recording(False):
                tensor.copy_(value if value.shape == tensor.shape else value[0])
    for key in saved:
        if key.startswith(prefix):
            name, _, further = key[len(prefix) :].partition(".")
            if (name not in module._modules) if further else (name not in own):
                keys.unexpected_keys.append(key)
    for name, below in module._modules.items():
        if below is not None:
            path = f"{prefix}{name}."
            _load(below, {k: v for k, v in saved.items() if k.startswith(path)}, path, assign, keys, faults)


def clear_grad(tensor: Tensor, set_to_none: bool) -> None:
    """Forget a gradient, or set it to zero in place and without history."""
    if tensor.grad is None:
        return
    if set_to_none:
        tensor.grad = None
        return
    if tensor.grad.grad_fn is not None:
        tensor.grad.detach_()
    else:
        tensor.grad.requires_grad_(False)
    tensor.grad.zero_()


def convert(module: Keeper, wanted: dtype) -> None:
    """Convert a module's floating-point tensors, and those below it, to a dtype: parameters stay the same objects."""
    for below in module.children():
        convert(below, wanted)
    with recording(False):
        for parameter in module._parameters.values():
            if parameter is not None:
                grad = parameter.grad
                parameter.grad = None
                if parameter.is_floating_point() or parameter.is_complex():
                    parameter.data = parameter.to(wanted)
                if grad is not None:
                    parameter.grad = grad.to(wanted)
        for name, buffer in module._buffers.items():
            if buffer is not None and (buffer.is_floating_point() or buffer.is_complex()):
                module._buffers[name] = buffer.to(wanted)
