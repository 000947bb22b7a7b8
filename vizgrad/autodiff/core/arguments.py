"""How an operation takes its arguments: by name or in order, of which types, and promoted to which."""

from __future__ import annotations

import inspect
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np

from . import dtypes, errors
from .argument_names import renamed
from .symbol import Symbol
from .tensor import Tensor

_REQUIRED = inspect.Parameter.empty


class Arguments:
    """The arguments of one operation.

    `params` are their names, `defaults` what those may be left out for, `tensor_at` the places of those that are
    tensors; of these, `lists` are lists of tensors, `numbers` are numbers that take part in promotion, and `apart`
    are masks that do not.
    """

    def __init__(
        self,
        function: str,
        parameters: Mapping[str, inspect.Parameter],
        promotes: str,
        tensors: Sequence[str],
        *,
        lists: Sequence[str],
        numbers: Sequence[str],
        apart: Sequence[str],
    ) -> None:
        self.function, self.promotes = function, promotes
        self.params = tuple(parameters)
        self.defaults = {k: p.default for k, p in parameters.items() if p.default is not _REQUIRED}
        self.arity = len(self.params)
        self.required = self.arity - len(self.defaults)
        self.tail = tuple(self.defaults.get(p) for p in self.params)
        self.takes_numbers = promotes != "same"
        places = {p: i for i, p in enumerate(self.params)}
        self.tensor_at = tuple(places[p] for p in tensors)
        self.apart = frozenset(places[p] for p in apart)
        self.numbers = frozenset(places[p] for p in numbers)
        self.lists = frozenset(places[p] for p in lists)

    def _bare(self, args: Sequence[Any]) -> Any:
        raise NotImplementedError  # what the operation does with arrays

    def _on_symbols(self, args: Sequence[Any]) -> Any:
        raise NotImplementedError  # and with symbols

    def bind(self, args: Sequence[Any], kwargs: dict[str, Any]) -> tuple[Any, ...]:
        """Put arguments in the schema's order, defaults included."""
        if len(args) > self.arity:
            raise TypeError(f"{self.function}() takes {self.arity} arguments but {len(args)} were given")
        if "input" in kwargs and "input" not in self.params:
            kwargs = {("self" if k == "input" else k): v for k, v in kwargs.items()}
        kwargs = renamed(kwargs, self.params)
        bound = list(args)
        for name in self.params[len(args) :]:
            if name in kwargs:
                bound.append(kwargs.pop(name))
            elif name in self.defaults:
                bound.append(self.defaults[name])
            else:
                shown = "input" if name == "self" else name
                raise TypeError(f'{self.function}() missing 1 required positional arguments: "{shown}"')
        if kwargs.keys() == {"out"}:
            raise self._no_out(bound)
        if kwargs:
            raise TypeError(f"{self.function}() got an unexpected keyword argument '{next(iter(kwargs))}'")
        return tuple(bound)

    def _no_out(self, bound: Sequence[Any]) -> Exception:
        if any(t.requires_grad for t in self._tensors(bound)):
            return RuntimeError(
                f"{self.function}(): functions with out=... arguments don't support automatic differentiation, but one "
                "of the arguments requires grad."
            )
        return NotImplementedError(f"{self.function}(out=…) is not in vizgrad's core: use the result, or .copy_() it")

    def named(self, args: Sequence[Any]) -> dict[str, Any]:
        """Give arguments by name, leaving out those that are at their default."""
        return {
            name: value
            for name, value in zip(self.params, args, strict=True)
            if isinstance(value, Tensor) or name not in self.defaults or not _same(value, self.defaults[name])
        }

    def _tensors(self, args: Sequence[Any]) -> Iterable[Tensor]:
        for i in self.tensor_at:
            value = args[i]
            if isinstance(value, Tensor):
                yield value
            elif i in self.lists:
                yield from (t for t in value if isinstance(t, Tensor))

    def _prepare(self, args: Sequence[Any], arrays: list[Any]) -> Any:  # noqa: C901 - a branch for each kind of argument
        """Handle all but tensors of one floating-point type: promote, unpack lists, answer symbols and arrays."""
        numeric = []
        for i in self.tensor_at:
            value = args[i]
            if isinstance(value, Tensor):
                if i not in self.apart:
                    numeric.append(i)
            elif i in self.lists:
                if any(isinstance(v, Symbol) for v in value):
                    return (self._on_symbols(args),)
                if any(isinstance(v, np.ndarray) for v in value):
                    return (self._bare(args),)
                for v in value:
                    if isinstance(v, Tensor) and v._view is not None:
                        v._refresh()
                arrays[i] = [v.array if isinstance(v, Tensor) else v for v in value]
                self._check_list(i, value)
            elif isinstance(value, Symbol):
                return (self._on_symbols(args),)
            elif isinstance(value, (np.ndarray, np.generic)):
                if not any(isinstance(args[j], Tensor) for j in self.tensor_at):
                    return (self._bare(args),)
                if isinstance(value, np.ndarray):
                    raise self._wrong(i, value)
                arrays[i] = value.item()
                numeric.append(i)
            elif isinstance(value, (bool, int, float, complex, np.generic)) and self.promotes != "same":
                numeric.append(i)
            elif value is not None:
                if any(isinstance(a, Symbol) for a in args):
                    return (self._on_symbols(args),)
                raise self._wrong(i, value)
        if any(isinstance(a, Symbol) for a in args):
            return (self._on_symbols(args),)
        if numeric and not any(isinstance(args[i], Tensor) for i in self.tensor_at):
            if any(isinstance(args[i], np.ndarray) for i in self.tensor_at):
                return (self._bare(args),)
            if not self.lists:
                raise self._wrong(numeric[0], args[numeric[0]])
        if self.promotes != "same" and numeric:
            self._promote(arrays, numeric)
        return arrays

    def _promote(self, arrays: list[Any], numeric: list[int]) -> None:
        kind = dtypes.result_type([arrays[i] for i in numeric])
        if self.promotes == "float" and kind.category < 2:
            kind = dtypes.default()
        target = kind.numpy
        weak = dtypes.WEAK[target.kind]
        for i in numeric:
            value = arrays[i]
            if isinstance(value, np.ndarray):
                if value.dtype is not target and value.dtype != target:
                    arrays[i] = value.astype(target)
            elif type(value) not in weak:
                arrays[i] = np.asarray(value).astype(target)[()]

    def _check_list(self, i: int, value: Any) -> None:
        for position, v in enumerate(value):
            if v is not None and not isinstance(v, Tensor):
                raise TypeError(f"expected Tensor as element {position} in argument {i}, but got {type(v).__name__}")

    def _wrong(self, i: int, value: Any) -> errors.NotAnOperand:
        return errors.argument(self.function, self.params[i], i + 1, "Tensor", value)

    def _explained(self, fault: ValueError, arrays: Sequence[Any]) -> Exception:
        shapes = [arrays[i].shape for i in self.tensor_at if isinstance(arrays[i], np.ndarray)]
        try:
            np.broadcast_shapes(*shapes)
        except ValueError:
            if self.promotes != "same" and "broadcast" in str(fault):
                return errors.broadcast(shapes)
        return fault


def _same(value: Any, default: Any) -> bool:
    if value is default:
        return True
    alike = type(value) is type(default) or {type(value), type(default)} == {int, float}
    return alike and not isinstance(value, np.ndarray) and value == default
