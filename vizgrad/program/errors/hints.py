"""What an error means, and how to mend it."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable
from difflib import get_close_matches
from types import TracebackType
from typing import TYPE_CHECKING

from ..allowed.not_offered import NOT_OFFERED
from ..source import FILENAME
from .alternatives import nearest
from .messages import ENDED, LIBRARY, PYTHON, TORCH, USUAL

if TYPE_CHECKING:
    from ..sandbox.policy import Policy

_TABLE = [(re.compile(kind), re.compile(text, re.S), says) for kind, text, says in (*TORCH, *PYTHON, *ENDED)]
_INSTEAD = [(re.compile(name), says) for name, says in NOT_OFFERED]
_ELSEWHERE = re.compile("does not have `(.+)`; the PyTorch engine has$")
_ASKED = re.compile("; `?(.+?)`? is not in it|changing `(.+?)`")


def hint(type: str, message: str, names: Iterable[str] = ()) -> str | None:
    """Says in a sentence or two why it happened and what to do; None where the message says it all.

    `names` are those that could have been meant by a name that there is not.

    >>> hint("IndexError", "index 5 is out of bounds for dimension 0 with size 3")
    'Dimension 0 has 3 elements: its indices begin with 0 and stay below 3, or count from -1 back to -3.'
    >>> hint("NameError", "name 'torhc' is not defined", ["torch", "x"])
    'Did you mean `torch`?'
    """
    if type == "NotOffered":
        return _instead(message)
    if type == "NameError" and (usual := _quoted(message)) in USUAL:
        return f"Add a line at the top: `{USUAL[usual]}`."
    if type in ("NameError", "AttributeError", "ImportError", "ModuleNotFoundError") and (
        meant := _meant(message, names)
    ):
        return f"Did you mean `{meant}`?"
    for kind, text, says in _TABLE:
        if kind.fullmatch(type) and (found := text.search(message)):
            return says.format(*(group or "" for group in found.groups()))
    if type == "NameError":
        return "Nothing has this name yet: assign it, or import it, in a line above."
    return None


def _instead(message: str) -> str | None:
    if found := _ELSEWHERE.search(message):
        instead = nearest(found[1])
        if instead is None:
            return "Try the PyTorch engine, or write it with functions that both have."
        return f"{instead} Or try the PyTorch engine."
    asked = _ASKED.search(message)
    name = (asked[1] or asked[2]) if asked else ""
    return next((says for pattern, says in _INSTEAD if pattern.fullmatch(name)), None) or (
        LIBRARY if name.partition(".")[0] in sys.stdlib_module_names else None
    )


def _quoted(message: str) -> str:
    found = re.search(r"'([^']*)'", message)
    return found[1] if found else ""


def _meant(message: str, names: Iterable[str]) -> str | None:
    """The name that is most like the last one in quotation marks."""
    quoted = re.findall(r"'([^']*)'", message.split(" from ")[0])
    if not quoted:
        return None
    found = get_close_matches(quoted[-1], {n for n in names if not n.startswith(("_", "@"))}, 1, 0.7)
    return found[0] if found else None


def could_be_meant(error: BaseException, policy: Policy) -> list[str]:
    """The names that a program could have used where it used one that there is not."""
    if isinstance(error, NameError):
        return _names_in_sight(error.__traceback__)
    if isinstance(error, AttributeError) and error.obj is not None:
        return list(policy.attributes.names(error.obj))
    if isinstance(error, ModuleNotFoundError):
        return [*policy.modules, *policy.makers]
    if isinstance(error, ImportError) and error.name in policy.modules:
        return list(policy.attributes.names(policy.modules[error.name]))
    return []


def _names_in_sight(trace: TracebackType | None) -> list[str]:
    names: list[str] = []
    while trace is not None:
        frame = trace.tb_frame
        if frame.f_code.co_filename == FILENAME:
            names = [*frame.f_locals, *frame.f_globals, *frame.f_builtins]
        trace = trace.tb_next
    return names
