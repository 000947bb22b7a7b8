"""The modules of Python's own library that programs may import, made for each run."""

from __future__ import annotations

import dataclasses
import math
import random
import time
import typing
from typing import TYPE_CHECKING, Any

from .errors import NotOffered
from .namespace import Namespace
from .tables import library

if TYPE_CHECKING:
    from .policy import Policy


def modules_of_run(policy: Policy) -> dict[str, Namespace]:
    """The modules by name; `random` starts from the same seed in every run, so that a run can be repeated."""
    growth = policy.growth
    numbers = {name: getattr(math, name) for name in library.MATH}
    numbers |= {"factorial": growth.factorial, "comb": growth.comb, "perm": growth.perm, "prod": growth.prod}
    return {
        "math": Namespace("math", numbers),
        "random": Namespace("random", chance()),
        "dataclasses": Namespace("dataclasses", records(policy)),
        "typing": Namespace("typing", {name: getattr(typing, name) for name in library.TYPING}),
        "time": Namespace("time", {name: getattr(time, name) for name in library.TIME}),
    }


def chance() -> dict[str, Any]:
    """`random`, on a generator of this run's own."""
    generator = random.Random(0)
    return {name: getattr(generator, name) for name in library.RANDOM}


def records(policy: Policy) -> dict[str, Any]:
    """`dataclasses`, whose classes are the program's own."""

    def dataclass(cls: Any = None, /, **options: Any) -> Any:
        if unknown := set(options) - library.DATACLASS_OPTIONS:
            raise NotOffered(f"vizgrad runs a safe part of Python; `dataclass({min(unknown)}=...)` is not in it")

        def make(cls: type) -> type:
            if cls not in policy.attributes.own:
                raise NotOffered("vizgrad runs a safe part of Python; `dataclass` of another's class is not in it")
            made: type = dataclasses.dataclass(**options)(cls)
            policy.attributes.own.add(made)
            return made

        return make if cls is None else make(cls)

    return {"dataclass": dataclass, "field": dataclasses.field}
