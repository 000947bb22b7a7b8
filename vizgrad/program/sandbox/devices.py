"""What programs ask of other devices, `torch.cuda.is_available()` first of all: there are none, only the CPU.

The names are those that programs use before they know where they run; they answer what PyTorch answers on a machine
without such a device.
"""

from __future__ import annotations

from typing import Any

from .namespace import Namespace


class Switches:
    """The settings of a device's library: they may be set, and as there is no such device, nothing comes of it.

    >>> cudnn = Switches()
    >>> cudnn.deterministic = True
    >>> cudnn.deterministic
    False
    """

    NAMES = frozenset("allow_tf32 benchmark deterministic enabled is_available".split())
    WRITABLE = NAMES - {"is_available"}
    allow_tf32, benchmark, deterministic, enabled = True, False, False, True
    __slots__ = ()

    def __setattr__(self, name: str, value: Any) -> None:
        """Forgets it at once: what one program sets must not reach the next."""

    def __repr__(self) -> str:
        return "<module 'torch.backends.cudnn'>"

    @staticmethod
    def is_available() -> bool:
        """Whether the library is there."""
        return False


def modules() -> dict[str, Namespace]:
    """`torch.cuda`, `torch.backends` and the like, by their dotted names."""
    mps = Namespace("torch.backends.mps", {"is_available": no, "is_built": no})
    return {
        "torch.cuda": Namespace(
            "torch.cuda",
            {
                "is_available": no,
                "is_initialized": no,
                "device_count": none_of_them,
                "manual_seed": forget,
                "manual_seed_all": forget,
                "empty_cache": nothing,
            },
        ),
        "torch.xpu": Namespace("torch.xpu", {"is_available": no, "device_count": none_of_them}),
        "torch.accelerator": Namespace(
            "torch.accelerator",
            {"is_available": no, "device_count": none_of_them, "current_accelerator": nothing},
        ),
        "torch.backends": Namespace("torch.backends", {"mps": mps, "cudnn": Switches()}),
        "torch.backends.mps": mps,
    }


def parts(made: dict[str, Namespace]) -> dict[str, Namespace]:
    """Those of the modules that are attributes of `torch` itself."""
    return {name.partition(".")[2]: module for name, module in made.items() if name.count(".") == 1}


def no() -> bool:
    """Answers whether there is such a device."""
    return False


def none_of_them() -> int:
    """Answers how many there are."""
    return 0


def nothing() -> None:
    """Does what there is to do: nothing."""


def forget(seed: int) -> None:
    """Seeds the generators that there are not."""
