"""Where PyTorch's classes live, so that `print(type(x))` shows what it shows there: <class 'torch.Tensor'>."""

from __future__ import annotations

from collections.abc import Iterable

_BY_FILE = {"containers": "container", "convolution": "conv"}
_BY_NAME = {"Embedding": "sparse", "Flatten": "flatten", "Unflatten": "flatten"}


def house(module: str, *classes: type) -> None:
    """Say that classes live in a module of PyTorch's."""
    for kind in classes:
        kind.__module__ = module


def house_layers(classes: Iterable[type]) -> None:
    """Say that layers live where PyTorch keeps those of their name: `torch.nn.modules.linear`."""
    for kind in classes:
        file = kind.__module__.rpartition(".")[2]
        home = _BY_NAME.get(kind.__name__, _BY_FILE.get(file, file))
        if "Pool" in kind.__name__:
            home = "pooling"
        elif kind.__name__.startswith("BatchNorm"):
            home = "batchnorm"
        house(f"torch.nn.{'' if file == 'parameter' else 'modules.'}{home}", kind)
