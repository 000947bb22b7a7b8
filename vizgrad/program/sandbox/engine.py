"""What the policy must know about an engine."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from typing import Any

from ...recorders.recording import Recording
from ..limits.budget import Budget
from .namespace import Namespace


@dataclass(frozen=True, kw_only=True)
class Engine:
    """One engine as programs see it.

    `modules` are what can be imported, by dotted name; `readable` and `writable` the attributes by type (a subclass
    has its bases' too); `derivable` the classes that a program's classes may derive from. `recorder` writes down what
    the engine does; `watch` is given it, measures operations before they run and charges a budget; `settle` puts back
    what one program could leave to the next, and says whether the process can be used again.
    Inside of `double` Python's floats become float64. `guards` make an attribute, by type and name, in place of the
    object itself; `may_become` says whether `x.data = y` leaves everything fit that has kept x.
    """

    name: str
    modules: Mapping[str, Namespace]
    readable: Mapping[type, frozenset[str]]
    writable: Mapping[type, frozenset[str]]
    derivable: tuple[type, ...]
    tensor: type
    function: type
    module: type
    context: type
    saved_on: type
    recorder: Callable[[Recording], AbstractContextManager[Any]]
    watch: Callable[[Budget, Any], AbstractContextManager[Any]]
    settle: Callable[[], bool]
    double: Callable[[], AbstractContextManager[None]]
    guards: Mapping[tuple[type, str], Callable[[Any], Any]]
    may_become: Callable[[Any, Any], bool]
    known: frozenset[str] = frozenset()
    """Dotted names that PyTorch has and no engine offers."""
    elsewhere: frozenset[str] = frozenset()
    """Dotted names that the torch engine offers and this one does not."""
    blank: frozenset[str] = field(default=frozenset())
    """Names that PyTorch itself puts into the `__dict__` of a new nn.Module, or of a class derived from its own."""
    results: Mapping[type, frozenset[str]] = field(default_factory=dict)
    """The fields of the named tuples that functions return; may grow while a program runs."""
