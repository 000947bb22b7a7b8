"""Which attributes a program may read and write: by the type of the object and the name; unknown means no."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from types import BuiltinFunctionType, BuiltinMethodType, FunctionType, MethodType
from typing import Any, NoReturn

from ..allowed.python import CLASS_DUNDERS, METHODS, OPERATOR_METHODS
from ..exceptions import NotOffered, not_python, not_torch, only_torch
from ..limits.special_names import is_special
from ..limits.uncopied import Uncopied
from ..source import FILENAME
from .data_attribute import DataOf
from .engine import Engine
from .namespace import Namespace, label
from .numpy_module import READABLE as ARRAYS

Special = Mapping[tuple[type, str], Callable[[Any], Any]]
FUNCTIONS = (FunctionType, MethodType, BuiltinFunctionType, BuiltinMethodType)
_MISSING = object()


def check_name(name: Any) -> None:
    """Raises Python's own TypeError for an attribute's name that is no text."""
    if type(name) is not str:
        raise TypeError(f"attribute name must be string, not '{type(name).__name__}'")


def for_its_own(kind: type, name: str, found: Any) -> Any:
    """A method of a library's class, read from the class, which takes none but the objects of that class.

    >>> for_its_own(Attributes, "called", Attributes.called)(5, 6)
    Traceback (most recent call last):
    TypeError: Attributes.called() needs an object of Attributes, not of 'int'
    """
    if type(found) is not FunctionType or type(kind.__dict__[name]) is not FunctionType:
        return found  # Python's own descriptors look for themselves; static methods take anything

    def calling(*values: Any, **named: Any) -> Any:
        if not values or not isinstance(values[0], kind):
            given = f"of '{type(values[0]).__name__}'" if values else "given by name"
            raise TypeError(f"{kind.__name__}.{name}() needs an object of {kind.__name__}, not {given}")
        return found(*values, **named)

    calling.__name__, calling.__qualname__, calling.__doc__ = found.__name__, found.__qualname__, found.__doc__
    return calling


class Attributes(Uncopied):
    """The guards of one run; `own` are the classes that the program has defined."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self.readable_here = {**METHODS, **ARRAYS, **engine.readable}
        self.own: set[type] = set()
        self.fields: dict[type, frozenset[str]] = {}  # of the classes that `namedtuple` has made
        self.named = (BaseException, engine.module)  # whose `x.__class__` may be read, as `type(x)` may
        self.special: Special = {}
        self.guarded_names: frozenset[str] = frozenset()
        self.known: set[tuple[type, str]] = set()  # found readable, and a plain getattr at that
        known, slow = self.known, self.read

        def get(owner: Any, name: str) -> Any:
            if (type(owner), name) in known:
                return getattr(owner, name)
            return slow(owner, name)

        self.get = get  # a closure: the path that every `x.sum` takes

    def guard(self, special: Special) -> None:
        """Has these attributes, by type and name, made by guards in place of the objects themselves."""
        self.special = {**self.special, **special}
        self.guarded_names = frozenset(name for _, name in self.special)

    # -- reading

    def read(self, owner: Any, name: str) -> Any:
        """`owner.name`; raises AttributeError where there is none, NotOffered where it must not be read."""
        kind = type(owner)
        if isinstance(owner, Namespace):
            if name in owner.__dict__ and not name.startswith("@"):
                self.known.add((kind, name))
                return owner.__dict__[name]
            return self.not_in_module(owner, name)
        if isinstance(owner, type):
            return self.of_class(owner, name)
        if kind is super:
            if not self.through_super(owner, name):
                self.refuse(owner, name)
            made = self.guarded(owner.__self_class__, name, own_too=True)
            return getattr(owner, name) if made is None else made(owner)
        if (made := self.guarded(kind, name)) is not None:
            return made(owner)
        if isinstance(owner, FUNCTIONS):
            if name in ("__name__", "__doc__") or (self.is_own_function(owner) and not is_special(name)):
                return getattr(owner, name)
            self.missing_or_refused(owner, name)
        if not self.readable(owner, kind, name):
            self.missing_or_refused(owner, name)
        if self.is_plain(owner, kind, name):
            self.known.add((kind, name))
        return getattr(owner, name)

    def readable(self, owner: Any, kind: type, name: str) -> bool:
        """Whether an instance's attribute may be read."""
        if name == "__class__":
            return kind in self.own or isinstance(owner, self.named)
        if self.listed(kind, name) or name in self.engine.results.get(kind, ()):
            return True
        if isinstance(owner, self.engine.saved_on) and name.startswith("_saved_"):
            return True
        if self.fields and any(name in self.fields.get(base, ()) for base in kind.__mro__):
            return True
        for base in kind.__mro__:  # the class where Python finds it decides
            if name in base.__dict__:
                return base in self.own and self.is_speakable(name)
        if is_special(name):
            return False
        if isinstance(owner, self.engine.module):
            if name in owner.__dict__:
                return not name.startswith("_") or name not in self.engine.blank
            return not name.startswith("_") and f"nn.Module.{name}" not in self.engine.known
        if isinstance(owner, self.engine.context):
            return not name.startswith("_") and name in vars(owner)
        return self.is_of_program(kind) and name in getattr(owner, "__dict__", {})

    def is_plain(self, owner: Any, kind: type, name: str) -> bool:
        """Whether the answer is the same for every object of this type."""
        if self.listed(kind, name):
            return True
        return kind in self.own and not is_special(name) and all(b in self.own or b is object for b in kind.__mro__)

    def listed(self, kind: type, name: str) -> bool:
        """Whether the tables name it for the type or one of its bases."""
        readable = self.readable_here
        return any(name in readable.get(base, ()) for base in kind.__mro__)

    def of_class(self, owner: type, name: str) -> Any:
        """`SomeClass.name`: its own names and those of its instances."""
        if name in CLASS_DUNDERS:
            return getattr(owner, name)
        if self.guarded(owner, name) is not None:
            return lambda value, *more, **named: self.get(value, name)(*more, **named)
        is_start = name == "__init__" and (owner in self.own or owner in self.engine.derivable)
        for base in owner.__mro__:
            if name in base.__dict__:
                if base in self.own and (is_start or self.is_speakable(name)):
                    return getattr(owner, name)
                if is_start or self.listed(owner, name):
                    return for_its_own(base, name, getattr(owner, name))
                break
        return self.missing_or_refused(owner, name)

    def through_super(self, owner: super, name: str) -> bool:
        """Whether `super().name` may be read: what the instance itself may be asked, and special methods."""
        start: Any = owner.__self_class__  # type: ignore[attr-defined]
        if start is None or not isinstance(start, type):
            return False
        if name in OPERATOR_METHODS:
            return self.is_of_program(start)
        own = any(base in self.own and name in base.__dict__ and not is_special(name) for base in start.__mro__)
        return own or self.listed(start, name)

    def guarded(self, kind: type, name: str, own_too: bool = False) -> Callable[[Any], Any] | None:
        """The guard that stands for an attribute, by the first base that has it; the program's own need none."""
        if name not in self.guarded_names:
            return None
        for base in kind.__mro__:
            if (base, name) in self.special:
                return self.special[base, name]
            if base in self.own and name in base.__dict__ and not own_too:
                return None
        return None

    def is_of_program(self, kind: type) -> bool:
        """Whether the program has defined the class or one of its bases."""
        return not self.own.isdisjoint(kind.__mro__)

    def is_speakable(self, name: str) -> bool:
        """Whether a program's own class may have such a name."""
        return name in OPERATOR_METHODS if is_special(name) else name not in self.engine.blank

    @staticmethod
    def is_own_function(owner: Any) -> bool:
        """Whether it is a function that the program has defined."""
        return type(owner) is FunctionType and owner.__code__.co_filename == FILENAME

    # -- the builtins about attributes

    def getattr(self, owner: Any, name: str, default: Any = _MISSING) -> Any:
        """`getattr`."""
        check_name(name)
        if default is _MISSING:
            return self.get(owner, name)
        try:
            return self.get(owner, name)
        except AttributeError:
            return default

    def hasattr(self, owner: Any, name: str) -> bool:
        """`hasattr`."""
        check_name(name)
        try:
            self.get(owner, name)
        except AttributeError:
            return False
        return True

    def setattr(self, owner: Any, name: str, value: Any) -> None:
        """`setattr`."""
        check_name(name)
        setattr(self.write(owner, name), name, value)

    def delattr(self, owner: Any, name: str) -> None:
        """`delattr`."""
        check_name(name)
        delattr(self.write(owner, name), name)

    def iattribute(self, owner: Any, name: str, operator: Callable[[Any, Any], Any], value: Any) -> None:
        """`owner.name op= value`."""
        made = operator(self.get(owner, name), value)
        setattr(self.write(owner, name), name, made)

    # -- writing

    def write(self, owner: Any, name: str) -> Any:
        """The same owner, if `owner.name` may be set or deleted."""
        if not self.writable(owner, name):
            raise NotOffered(f"vizgrad runs a safe part of Python; changing `{self.called(owner)}.{name}` is not in it")
        if name == "data" and isinstance(owner, self.engine.tensor):
            return DataOf(owner, self.engine.may_become)
        return owner

    def writable(self, owner: Any, name: str) -> bool:
        """Whether `owner.name` may be set or deleted."""
        kind = type(owner)
        if is_special(name):
            return False
        if isinstance(owner, type):
            return owner in self.own and not self.is_reserved(owner, name)
        if any(name in self.engine.writable.get(base, ()) for base in kind.__mro__):
            return True
        if isinstance(owner, FUNCTIONS):
            return self.is_own_function(owner)
        if isinstance(owner, self.engine.module):
            hidden = name.startswith("_") and not self.is_only_module(kind)  # a layer keeps checked state there
            return not hidden and name not in self.engine.blank and not self.is_of_library(kind, name)
        if isinstance(owner, self.engine.context):
            return not name.startswith("_") and not self.is_of_library(kind, name)
        return self.is_of_program(kind) and not self.is_of_library(kind, name)

    def is_reserved(self, owner: type, name: str) -> bool:
        """Whether a name of a program's class means something to Python or PyTorch themselves."""
        if not name.startswith("_"):
            return issubclass(owner, self.engine.function) and name == "apply"
        return issubclass(owner, (tuple, self.engine.function)) or name in self.engine.blank

    def is_only_module(self, kind: type) -> bool:
        """Whether nn.Module itself is all that a module's class takes from the library."""
        return all(base in self.own or base in (self.engine.module, object) for base in kind.__mro__)

    def is_of_library(self, kind: type, name: str) -> bool:
        """Whether a class that is not the program's defines the name."""
        return any(name in base.__dict__ for base in kind.__mro__ if base not in self.own)

    # -- refusing

    def called(self, owner: Any) -> str:
        """What a reader calls the object."""
        if isinstance(owner, Namespace):
            return label(owner)
        if isinstance(owner, super):
            return "super()"
        return owner.__name__ if isinstance(owner, type) else type(owner).__name__

    def refuse(self, owner: Any, name: str) -> NoReturn:
        """Ends the program: it asked for what it must not have."""
        if isinstance(owner, self.engine.tensor | self.engine.module | self.engine.saved_on) and not is_special(name):
            raise not_torch(f"{self.called(owner)}.{name}")
        raise not_python(f"{self.called(owner)}.{name}")

    def missing_or_refused(self, owner: Any, name: str) -> Any:
        """Python's own AttributeError where there is no such attribute."""
        if is_special(name) or hasattr(owner, name):
            self.refuse(owner, name)
        if isinstance(owner, self.engine.tensor):
            self.not_in_engine(f"Tensor.{name}")
        elif isinstance(owner, self.engine.module) and f"nn.Module.{name}" in self.engine.known:
            self.refuse(owner, name)
        return getattr(owner, name)

    def not_in_module(self, owner: Namespace, name: str) -> Any:
        """PyTorch's own AttributeError, unless PyTorch does have the name."""
        dotted = f"{label(owner)}.{name}"
        if is_special(name) or name.startswith("@"):
            raise not_python(dotted)
        self.not_in_engine(dotted)
        return getattr(owner, name)

    def not_in_engine(self, dotted: str) -> None:
        """Raises the sentence for a name that PyTorch does have."""
        if dotted in self.engine.elsewhere:
            raise only_torch(dotted)
        if dotted in self.engine.known:
            raise not_torch(dotted)

    def names(self, owner: Any) -> Iterator[str]:
        """The attributes that may be read: for a "did you mean"."""
        if isinstance(owner, Namespace):
            yield from (n for n in owner.__dict__ if not n.startswith("@"))
            return
        kind = owner if isinstance(owner, type) else type(owner)
        for base in kind.__mro__:
            yield from self.readable_here.get(base, ())
            if base in self.own:
                yield from (n for n in base.__dict__ if not is_special(n))
        if self.is_of_program(kind) and not isinstance(owner, type):
            yield from (n for n in getattr(owner, "__dict__", {}) if n not in self.engine.blank)
