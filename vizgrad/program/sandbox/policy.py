"""The names that a program finds when it runs: offered builtins, and the guards that its rewritten text calls."""

from __future__ import annotations

import builtins
import functools
import re
import sys
from collections.abc import Callable
from typing import Any

from ..allowed.not_offered import NOT_OFFERED
from ..allowed.python import EXCEPTIONS, MADE_BY_PYTHON, OPERATOR_METHODS, PLAIN
from ..exceptions import NotOffered, not_python, not_torch
from ..limits.budget import Budget
from ..limits.special_names import is_special
from ..limits.uncopied import Uncopied
from . import numpy_calls, numpy_module
from .attributes import Attributes
from .context_managers import let_ends_pass
from .engine import Engine
from .formatting import Texts
from .match_patterns import Held, pattern
from .namespace import Namespace
from .numpy_objects import let_numpy_ask
from .operators import Growth
from .stdlib import makers
from .variables import Meanings


class Policy(Uncopied):
    """Everything that one run of one program is allowed; made anew for each."""

    def __init__(self, engine: Engine, budget: Budget, printed: Callable[[str, bool], None]) -> None:
        self.engine, self.budget = engine, budget
        self.attributes = Attributes(engine)
        self.texts = Texts(budget, self.attributes.get, printed)
        self.attributes.guard({**self.texts.special(), **numpy_calls.GUARDS, **engine.guards})
        self.growth = Growth(budget, self.texts)
        self.makers = makers(self)
        self.modules = dict(engine.modules)

    def names(self, meanings: Meanings) -> dict[str, Any]:
        """The builtins of the program, guards included."""
        texts, growth, attributes = self.texts, self.growth, self.attributes
        offered = {name: getattr(builtins, name) for name in PLAIN | EXCEPTIONS}
        offered |= {
            "print": texts.print,
            "repr": texts.repr,
            "format": texts.format,
            "sum": growth.sum,
            "round": growth.round,
            "pow": growth.power,
            "iter": growth.iter,
            "type": self.type_of,
            "getattr": attributes.getattr,
            "hasattr": attributes.hasattr,
            "setattr": attributes.setattr,
            "delattr": attributes.delattr,
            "__build_class__": self.build_class,
            "__import__": import_for_libraries,
        }
        guards = {
            "tick": self.budget.tick,
            "sized": self.budget.sized,
            "get": attributes.get,
            "write": attributes.write,
            "stored": numpy_calls.stored,
            "iattribute": self.iattribute,
            "import": self.import_module,
            "import_from": self.import_from,
            "exception": lambda: Exception,
            "slice": slice,
            "hold": Held,
            "pattern": functools.partial(pattern, attributes),
            "text": texts.text,
            "weighed": texts.weighed,
            "spec": texts.spec,
            "echo": texts.echo,
            **{name: getattr(growth, name) for name in GROWTH},
            **{name: getattr(meanings, name) for name in MEANINGS},
        }
        return offered | {"@" + name: guard for name, guard in guards.items()}

    def iattribute(self, owner: Any, name: str, operator: str, value: Any) -> None:
        """`owner.name op= value`."""
        self.attributes.iattribute(owner, name, self.growth.inplace(operator), value)

    def type_of(self, value: Any, *more: Any) -> Any:
        """`type` of one value; classes are made by class statements only."""
        if more:
            raise NotOffered("vizgrad runs a safe part of Python; `type` with three arguments is not in it")
        kind = type(value)
        if issubclass(kind, type) or isinstance(value, Namespace):
            raise NotOffered("vizgrad runs a safe part of Python; the type of a class or module is not in it")
        return numpy_module.ndarray if kind is numpy_module.NDARRAY else kind

    # -- imports

    def import_module(self, name: str, last: bool) -> Any:
        """`import a.b` gives a, `import a.b as c` gives b."""
        module = self.find(name)
        return module if last else self.find(name.partition(".")[0])

    def import_from(self, name: str, wanted: str) -> Any:
        """`from name import wanted`."""
        module = self.find(name)
        if f"{name}.{wanted}" in self.modules:  # `from torch.optim import lr_scheduler`
            return self.modules[f"{name}.{wanted}"]
        try:
            return self.attributes.get(module, wanted)
        except AttributeError:
            raise ImportError(f"cannot import name '{wanted}' from '{name}'", name=name) from None

    def find(self, name: str) -> Namespace:
        """A module by its dotted name; raises ModuleNotFoundError or NotOffered."""
        if name not in self.modules and name in self.makers:
            self.modules[name] = self.makers[name]()
        if name in self.modules:
            return self.modules[name]
        if name.partition(".")[0] == "torch":
            self.attributes.not_in_engine(name)
            raise not_torch(name)
        if name.partition(".")[0] in sys.stdlib_module_names or is_known_elsewhere(name):
            raise not_python(name)
        raise ModuleNotFoundError(f"No module named '{name}'", name=name)

    # -- classes

    def build_class(self, body: Any, name: str, *bases: Any) -> type:
        """What a class statement does."""
        for base in bases:
            if not self.may_be_base(base):
                called = base.__name__ if isinstance(base, type) else repr(base)
                raise NotOffered(f"vizgrad runs a safe part of Python; a class derived from `{called}` is not in it")
        made = builtins.__build_class__(body, name, *bases)
        self.adopt(made)
        return made

    def may_be_base(self, base: Any) -> bool:
        """Whether a program's class may derive from it; compared as itself, whatever its own `__eq__` says."""
        if not isinstance(base, type):
            return False
        return base in self.attributes.own or base in self.engine.derivable or is_exception(base)

    def adopt(self, made: type) -> type:
        """Counts a class as the program's own, if all it defines is offered."""
        for name in made.__dict__:
            if is_special(name) and name not in OPERATOR_METHODS | MADE_BY_PYTHON:
                raise NotOffered(f"vizgrad runs a safe part of Python; a class that defines `{name}` is not in it")
            if issubclass(made, tuple) and name in NAMED_TUPLE:
                raise NotOffered(f"vizgrad runs a safe part of Python; a class that defines `{name}` is not in it")
        let_ends_pass(made)
        let_numpy_ask(made)
        self.attributes.own.add(made)
        return made


def is_exception(base: Any) -> bool:
    """Whether a class is one of the exceptions that are offered."""
    return isinstance(base, type) and issubclass(base, Exception) and base.__name__ in EXCEPTIONS


def is_known_elsewhere(name: str) -> bool:
    """Whether it is a package that programs often import."""
    return any(re.fullmatch(pattern, name) for pattern, _ in NOT_OFFERED)


def import_for_libraries(name: str, *more: Any) -> Any:
    """What NumPy's C code finds when it imports a part of itself; no program can spell its name."""
    if name not in sys.modules:
        raise ImportError(f"No module named '{name}'", name=name)
    return builtins.__import__(name, *more)


NAMED_TUPLE = frozenset("_fields _field_defaults _make _replace _asdict".split())
"""What `namedtuple` itself says of a class."""
GROWTH = "add mul pow lshift mod iadd imul ipow ilshift imod iitem measured".split()
MEANINGS = "bind unbind bound enter bind_local unbind_local bound_local leave".split()
