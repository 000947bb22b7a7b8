"""The engines by their names, each loaded when it is first asked for."""

from __future__ import annotations

from ..sandbox.engine import Engine

NAMES = ("numpy", "torch")

_engines: dict[str, Engine] = {}


def engine(name: str) -> Engine:
    """The engine of this name, made when first asked for.

    Raises ValueError for a name that there is not, ImportError where PyTorch is not installed.
    """
    if name not in NAMES:
        raise ValueError(f"there is no engine {name!r}: choose one of {', '.join(map(repr, NAMES))}")
    if name not in _engines:
        if name == "numpy":
            from .numpy import make
        else:
            from .torch import make
        _engines[name] = make()
    return _engines[name]
