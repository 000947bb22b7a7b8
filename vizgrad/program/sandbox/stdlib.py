"""The modules of Python's own library that programs may import, made for each run."""

from __future__ import annotations

import collections
import contextlib
import copy
import dataclasses
import functools
import itertools
import math
import operator
import random
import statistics
import string
import time
import typing
from collections.abc import Callable, Iterable, Mapping
from types import ModuleType
from typing import Any, Protocol

from ..allowed import stdlib
from ..exceptions import NotOffered
from . import numpy_module
from .attributes import Attributes
from .context_managers import suppress
from .namespace import Namespace
from .operators import Growth


class Guards(Protocol):
    """What a run's policy guards with, as far as these modules need it."""

    growth: Growth
    attributes: Attributes

    def find(self, name: str) -> Namespace:
        """A module by its name."""


def makers(policy: Guards) -> dict[str, Callable[[], Namespace]]:
    """How each module is made, for one run, when it is imported.

    `random` and `numpy.random` start from the same seed in every run, so that a run can be repeated.
    """
    growth = policy.growth
    sums = {name: getattr(growth, name) for name in ("factorial", "comb", "perm", "prod")}
    operators = {name: getattr(growth, name) for name in ("add", "mul", "mod", "pow")}

    def space(name: str, make: Callable[[], Mapping[str, Any]]) -> Callable[[], Namespace]:
        return lambda: Namespace(name, make())

    offered: dict[str, Callable[[], Mapping[str, Any]]] = {
        "math": lambda: listed(math, stdlib.MATH) | sums,
        "random": chance,
        "dataclasses": lambda: records(policy),
        "functools": lambda: listed(functools, stdlib.FUNCTOOLS) | tools(policy),
        "collections": lambda: listed(collections, stdlib.COLLECTIONS) | tuples(policy),
        "operator": lambda: listed(operator, stdlib.OPERATOR) | operators,
        "copy": copies,
        "contextlib": lambda: listed(contextlib, stdlib.CONTEXTLIB) | {"suppress": suppress},
        "numpy": lambda: numpy_module.names(policy.find("numpy.linalg"), policy.find("numpy.random")),
        "numpy.linalg": numpy_module.linalg,
        "numpy.random": numpy_module.chance,
    }
    for module, names in AS_THEY_ARE.items():
        offered[module.__name__] = functools.partial(listed, module, names)
    return {name: space(name, make) for name, make in offered.items()}


AS_THEY_ARE: dict[ModuleType, frozenset[str]] = {
    itertools: stdlib.ITERTOOLS,
    statistics: stdlib.STATISTICS,
    string: stdlib.STRING,
    time: stdlib.TIME,
    typing: stdlib.TYPING,
}


def listed(module: ModuleType, names: Iterable[str]) -> dict[str, Any]:
    """These names of a module."""
    return {name: getattr(module, name) for name in names}


def tools(policy: Guards) -> dict[str, Any]:
    """What functools does to functions and classes, done to the program's own only."""

    def wraps(wrapped: Any) -> Callable[[Any], Any]:
        def decorate(wrapper: Any) -> Any:
            if policy.attributes.is_own_function(wrapper):
                wrapper.__name__ = getattr(wrapped, "__name__", wrapper.__name__)
                wrapper.__doc__ = getattr(wrapped, "__doc__", None)
            return wrapper

        return decorate

    def lru_cache(maxsize: Any = 128, typed: bool = False) -> Any:
        return functools.lru_cache(maxsize, typed)

    def total_ordering(cls: type) -> type:
        if not (isinstance(cls, type) and cls in policy.attributes.own):
            raise NotOffered("vizgrad runs a safe part of Python; `total_ordering` of another's class is not in it")
        return functools.total_ordering(cls)

    return {"wraps": wraps, "lru_cache": lru_cache, "cache": functools.cache, "total_ordering": total_ordering}


def tuples(policy: Guards) -> dict[str, Any]:
    """`namedtuple`, whose classes are the program's own."""

    def namedtuple(typename: str, field_names: Any, *, rename: bool = False, defaults: Any = None) -> type:
        made = collections.namedtuple(typename, field_names, rename=rename, defaults=defaults, module="__main__")  # type: ignore[misc,arg-type]
        policy.attributes.own.add(made)
        policy.attributes.fields[made] = frozenset(made._fields)
        return made

    return {"namedtuple": namedtuple}


def copies() -> dict[str, Any]:
    """`copy`, of one value: what has been copied already is no program's to say."""

    def shallow(x: Any) -> Any:
        return copy.copy(x)

    def deep(x: Any) -> Any:
        return copy.deepcopy(x)

    shallow.__name__, deep.__name__ = "copy", "deepcopy"
    return {"copy": shallow, "deepcopy": deep}


def chance() -> dict[str, Any]:
    """`random`, on a generator of this run's own."""
    generator = random.Random(0)
    return {name: getattr(generator, name) for name in stdlib.RANDOM}


def records(policy: Guards) -> dict[str, Any]:
    """`dataclasses`, whose classes are the program's own."""

    def dataclass(cls: Any = None, /, **options: Any) -> Any:
        if unknown := set(options) - stdlib.DATACLASS_OPTIONS:
            raise NotOffered(f"vizgrad runs a safe part of Python; `dataclass({min(unknown)}=...)` is not in it")

        def make(cls: type) -> type:
            if not (isinstance(cls, type) and cls in policy.attributes.own):
                raise NotOffered("vizgrad runs a safe part of Python; `dataclass` of another's class is not in it")
            made: type = dataclasses.dataclass(**options)(cls)
            policy.attributes.own.add(made)
            return made

        return make if cls is None else make(cls)

    def asdict(record: Any) -> dict[str, Any]:
        if isinstance(record, type) or not dataclasses.is_dataclass(record):
            raise TypeError("asdict() should be called on dataclass instances")
        return {f.name: plain(policy.attributes.get(record, f.name)) for f in dataclasses.fields(record)}

    def plain(value: Any) -> Any:
        if dataclasses.is_dataclass(value) and not isinstance(value, type):
            return asdict(value)
        if type(value) in (list, tuple):
            return type(value)(map(plain, value))
        return {key: plain(each) for key, each in value.items()} if type(value) is dict else copy.deepcopy(value)

    return {"dataclass": dataclass, "field": dataclasses.field, "asdict": asdict}
