"""What a node keeps for backward: decided at declaration from the names that the rules ask for."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from operator import itemgetter
from typing import Any

from . import errors
from .scalars import WeakFloat, WeakInt
from .tensor import INFERENCE, Tensor

_NUMBERS = frozenset({bool, int, float, complex, WeakInt, WeakFloat})
_DERIVED: dict[str, Callable[[Any], Any]] = {
    "_sym_sizes": lambda a: [x.shape for x in a] if isinstance(a, list) else a.shape,
    "_sym_strides": lambda a: tuple([s // a.itemsize for s in a.strides]),
    "_sym_numel": lambda a: a.size,
    "_sym_argsize_0": lambda a: a.shape[0],
    "_sym_argsize_minus_1": lambda a: a.shape[-1],
    "_sym_argsize_minus_2": lambda a: a.shape[-2],
    "_sym_sizes_opt": lambda a: None if a is None else a.shape,
    "_dim": lambda a: a.ndim,
}
"""What a rule may ask of an input instead of the input itself, by the end of the name."""


class Saving:
    """What the nodes of one operation save, and where each value comes from."""

    def __init__(self, op: Any, wanted: Mapping[str, Sequence[str]], more: Sequence[str]) -> None:
        self.op = op  # Any: an Op, which is made of this
        self.names = tuple(sorted({n for names in wanted.values() for n in names} | set(more)))
        self._sources = [self._source(n) for n in self.names]
        self._users = [  # which rules ask for it; what PyTorch saves in any case counts as nobody's
            sum(1 << bit for bit, names in enumerate(wanted.values()) if n in names and n not in more)
            for n in self.names
        ]
        self.outputs = tuple(at if kind == "output" else None for kind, at in self._sources)
        self.tensors = tuple(
            i
            for i, (kind, at) in enumerate(self._sources)
            if kind == "output" or (kind == "input" and at in op.tensor_at and at not in op.numbers)
        )
        slots = {p: slot for slot, p in enumerate(wanted)}
        self.calls = [
            (slots[p], op.rules[p], _arguments([self.names.index(n) for n in names]))
            for p, names in sorted(wanted.items())  # the order in which PyTorch runs a node's derivatives
        ]

    def _source(self, name: str) -> tuple[str, int]:
        """Say where a value comes from: an input, an output, or what is derived of either.

        A name that begins with "_" is kept but not shown as `_saved_…`: PyTorch keeps it elsewhere.
        """
        name = name.removeprefix("_")
        for kind, names in (("input", self.op.params), ("output", self.op.outputs)):
            if name in names:
                return kind, names.index(name)
            for ending in _DERIVED:
                if name.endswith(ending) and name.removesuffix(ending) in names:
                    return kind + ending, names.index(name.removesuffix(ending))
        raise TypeError(f"op {self.op.name!r}: a rule asks for {name!r}, which is neither an input nor an output")

    def plan(self, live: int) -> Plan:
        """Plan for nodes where only some inputs (bits of `live`) need a gradient: tensors only for their rules."""
        sources, twins, derived, held = [], [], [], []
        nothing = self.op.arity  # the place after the arguments, which holds None
        for i, ((kind, at), users) in enumerate(zip(self._sources, self._users, strict=True)):
            needed = i not in self.tensors or not users or users & live
            sources.append(at if kind == "input" and needed else nothing)
            if kind == "output" and needed:
                twins.append((i, at))
            elif kind not in ("input", "output"):
                derive = _DERIVED[kind.removeprefix("input").removeprefix("output")]
                derived.append((i, at, kind.startswith("output"), derive))
            if i in self.tensors and needed:
                held.append(i)
        checked = tuple(i for i in held if sources[i] != nothing and sources[i] not in self.op.lists)
        calls = tuple(call for call in self.calls if live >> call[0] & 1)
        return Plan(sources, checked, tuple(twins), tuple(derived), tuple(held), calls)


def _arguments(places: Sequence[int]) -> Any:
    """Say how a rule's arguments are found among what was saved: None, the one's place, or a function for several."""
    if len(places) < 2:
        return places[0] if places else None
    return itemgetter(*places)


def _picker(places: Sequence[int]) -> Callable[[Sequence[Any]], tuple[Any, ...]]:
    """Make a function that takes what lies at some places out of a sequence, always as a tuple."""
    if len(places) > 1:
        return itemgetter(*places)
    return (lambda values: (values[places[0]],)) if places else lambda values: ()


class Plans(dict[int, "Plan"]):
    """The plans of one operation, by which inputs need a gradient; made when first asked for."""

    def __init__(self, saving: Saving) -> None:
        super().__init__()
        self._saving = saving

    def __missing__(self, live: int) -> Plan:
        plan = self[live] = self._saving.plan(live)
        return plan


class Plan:
    """What a node saves, and which rules it runs, for one choice of the inputs that need a gradient.

    `pick` takes what is saved out of the arguments; `checked` are the places of tensors among it, whose versions are
    noted, `twins` those of outputs, `derived` what is derived of either. `held` are all places where tensors are, and
    `calls` the rules, in PyTorch's order: each with the slot it answers for, and where its arguments are: one place,
    or what picks several.
    """

    __slots__ = ("calls", "checked", "derived", "held", "more", "pick", "sources", "twins")

    def __init__(self, sources: Any, checked: Any, twins: Any, derived: Any, held: Any, calls: Any) -> None:
        self.sources, self.pick = sources, _picker(sources)
        self.checked, self.twins, self.derived = checked, twins, derived
        self.held, self.calls = held, calls
        self.more = bool(twins or derived)

    def fill(self, node: Any, args: Sequence[Any], arrays: Sequence[Any], results: Sequence[Tensor]) -> None:
        """Save the values; of tensors, also which version they are at, unless all are unwritten."""
        node.saved = saved = self.pick((*args, None))
        for i in self.checked:
            value = saved[i]
            if type(value) not in _NUMBERS and value is not None and value._counter is not None:
                _note(node, i, value._counter)
        if self.more:
            more = [*saved]
            for i, at in self.twins:
                more[i] = twin = results[at]._twin()
                _note(node, i, twin._counter)
            for i, at, of_output, derive in self.derived:
                more[i] = derive(results[at].array if of_output else arrays[at])
            node.saved = tuple(more)


def _note(node: Any, i: int, counter: Any) -> None:
    """Remember the version of a saved tensor that is not unwritten."""
    if counter is INFERENCE:
        raise RuntimeError(errors.INFERENCE_SAVED)
    if counter[0]:
        if node.versions is None:
            node.versions = [0] * len(node.saved)
        node.versions[i] = counter[0]
