"""Real PyTorch as programs see it: the listed names of `allowed.torch`, and what puts the process back after a run."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any

import torch
from torch import nn
from torch.utils._python_dispatch import _disable_current_modes

from ...recorders.torch import Recorder
from ..allowed import torch as table
from ..data import dataloader
from ..limits import literals, nested_backward, special_names
from ..limits.torch_cost import Measure
from ..limits.torch_memory import may_become, vector_to_parameters
from ..sandbox import devices, schedulers
from ..sandbox.engine import Engine
from ..sandbox.namespace import Namespace, names
from . import torch_constructors

torch.set_num_threads(1)
torch.set_warn_always(True)  # "only once" would mean once for all visitors


def make() -> Engine:
    """The engine; made once in a process."""
    _load()
    torch_constructors.read_copies()
    modules = _modules()
    return Engine(
        name="torch",
        modules=modules,
        readable=_readable()
        | {devices.Switches: devices.Switches.NAMES}
        | dataloader.readable(names(modules["torch.utils.data"])),
        writable={
            torch.Tensor: table.WRITABLE,
            nn.Module: frozenset({"training"}),
            nn.Parameter: table.WRITABLE,
            torch.optim.Optimizer: frozenset(),
            devices.Switches: devices.Switches.WRITABLE,
        },
        derivable=(
            object,
            torch.autograd.Function,
            *_derivable(modules["torch.nn"]),
            *dataloader.derivable(names(modules["torch.utils.data"])),
        ),
        tensor=torch.Tensor,
        function=torch.autograd.Function,
        module=nn.Module,
        context=torch.autograd.function.FunctionCtx,
        saved_on=torch.autograd.graph.Node,
        recorder=Recorder,
        watch=Measure,
        settle=_settle,
        double=_double,
        guards={
            **{(nn.Module, name): special_names.method(name) for name in special_names.METHODS},
            (torch.Tensor, "backward"): nested_backward.method("backward"),
            (torch.Tensor, "type"): torch_constructors.unwrapped("type"),
            (nn.Module, "type"): torch_constructors.unwrapped("type"),
            (torch.Tensor, "new_tensor"): literals.method("new_tensor"),
            (torch.optim.lr_scheduler.LRScheduler, "state_dict"): schedulers.state_dict(torch.Tensor),
        },
        may_become=may_become,
        known=table.KNOWN,
        blank=frozenset(nn.Module().__dict__) - {"training"} | {"_backward_cls"},
    )


def _load() -> None:
    """Does once what makes PyTorch import hundreds of modules, so that no program's time is spent on it."""
    x = torch.ones(2, requires_grad=True)
    (x * x).backward(gradient=torch.ones(len(x)))
    torch.optim.SGD([x], lr=0.1).step()
    repr(x)
    torch.randn(1)


def _offered(module: Any, names: Iterable[str]) -> dict[str, Any]:
    return {name: getattr(module, name) for name in sorted(names)}


def _modules() -> dict[str, Namespace]:
    """Every module that can be imported; a package offers its parts as attributes too."""
    functional = Namespace("torch.nn.functional", _offered(nn.functional, table.FUNCTIONAL))
    init = Namespace("torch.nn.init", _offered(nn.init, table.INIT))
    clip = Namespace("torch.nn.utils", _offered(nn.utils, table.UTILS) | {"vector_to_parameters": vector_to_parameters})
    layers = _offered(nn, table.MODULES) | {"functional": functional, "init": init, "utils": clip}
    layers["parameter"] = Namespace("torch.nn.parameter", {"Parameter": nn.Parameter})
    layer_module = Namespace("torch.nn", layers)
    schedulers = Namespace("torch.optim.lr_scheduler", _offered(torch.optim.lr_scheduler, table.SCHEDULERS))
    optim = Namespace("torch.optim", _offered(torch.optim, table.OPTIMIZERS) | {"lr_scheduler": schedulers})
    functionals = _offered(torch.autograd.functional, table.AUTOGRAD_FUNCTIONAL)
    higher = Namespace("torch.autograd.functional", {n: nested_backward.counted(f) for n, f in functionals.items()})
    function = Namespace("torch.autograd.function", {"Function": torch.autograd.Function})
    running = {
        name: nested_backward.counted(getattr(torch.autograd, name)) for name in ("grad", "backward", "gradcheck")
    }
    autograd = Namespace(
        "torch.autograd",
        _offered(torch.autograd, table.AUTOGRAD) | running | {"functional": higher, "function": function},
    )
    linalg = Namespace("torch.linalg", _offered(torch.linalg, table.LINALG))
    special = Namespace("torch.special", _offered(torch.special, table.SPECIAL))
    fft = Namespace("torch.fft", _offered(torch.fft, table.FFT))
    transforms = _offered(torch.func, table.FUNC)
    func = Namespace(
        "torch.func",
        transforms | {name: nested_backward.transformed(transforms[name]) for name in nested_backward.TRANSFORMS},
    )
    data = Namespace("torch.utils.data", dataloader.offered(torch, Chance()))
    utils = Namespace("torch.utils", {"data": data})
    parts = {
        "utils": utils,
        "nn": layer_module,
        "optim": optim,
        "autograd": autograd,
        "linalg": linalg,
        "special": special,
        "fft": fft,
    }
    root = _offered(torch, table.FUNCTIONS | table.CONSTANTS) | parts | {"__version__": torch.__version__, "func": func}
    root["vmap"] = torch.vmap
    root |= torch_constructors.offered()
    elsewhere = devices.modules()
    root |= devices.parts(elsewhere)
    root |= {name: literals.counted(getattr(torch, name)) for name in ("tensor", "as_tensor", "asarray")}
    nested = {"torch": Namespace("torch", root), "torch.func": func} | elsewhere
    for part in (*parts.values(), functional, init, clip, layers["parameter"], schedulers, higher, function, data):
        nested[part.__dict__["@label"]] = part
    return nested


def _derivable(layers: Namespace) -> tuple[type, ...]:
    """The layers, from which a program's own may derive."""
    return tuple(v for v in names(layers).values() if isinstance(v, type) and issubclass(v, nn.Module))


def _readable() -> dict[type, frozenset[str]]:
    nodes = [kind for kind in vars(torch._C._functions).values() if isinstance(kind, type)]  # they share no base
    tables: dict[type, frozenset[str]] = {
        torch.Tensor: table.METHODS | table.INPLACE,
        nn.Module: table.MODULE_METHODS,
        torch.Size: table.SIZE,
        torch.dtype: table.DTYPE,
        torch.device: table.DEVICE,
        torch.Generator: table.GENERATOR,
        torch.finfo: table.FINFO,
        torch.iinfo: table.IINFO,
        torch.optim.Optimizer: table.OPTIMIZER_METHODS,
        torch.optim.lr_scheduler.LRScheduler: table.SCHEDULER_METHODS,
        torch.autograd.Function: table.FUNCTION_METHODS,
        torch.autograd.function.FunctionCtx: table.CONTEXT,
        torch.utils.hooks.RemovableHandle: table.HANDLE,
        torch.autograd.function.BackwardCFunction: table.CONTEXT | table.NODE,
        **dict.fromkeys(nodes, table.NODE),
    }
    for module in (torch.return_types,):
        for name in dir(module):
            kind = getattr(module, name)
            if isinstance(kind, type) and issubclass(kind, tuple):
                tables[kind] = frozenset(
                    n for n in dir(kind) if not n.startswith(("_", "n_")) and n not in ("count", "index")
                )
    return tables


class Chance:
    """PyTorch's random numbers for a DataLoader, hidden from the recorder."""

    def seed(self, generator: torch.Generator | None) -> int:
        """A new seed."""
        return int(_hidden(lambda: torch.empty((), dtype=torch.int64).random_(generator=generator).item()))

    def seeded(self, seed: int) -> torch.Generator:
        """A new generator."""
        return torch.Generator().manual_seed(seed)

    def permutation(self, n: int, generator: torch.Generator | None) -> list[int]:
        """An order of the numbers below `n`."""
        return list(_hidden(lambda: torch.randperm(n, generator=generator).tolist()))

    def below(self, n: int, count: int, generator: torch.Generator | None) -> list[int]:
        """`count` numbers below `n`."""
        return list(_hidden(lambda: torch.randint(n, (count,), generator=generator).tolist()))

    def weighed(
        self, weights: torch.Tensor, count: int, replacement: bool, generator: torch.Generator | None
    ) -> list[int]:
        """`count` places in `weights`, each as often as its weight says."""
        return list(_hidden(lambda: torch.multinomial(weights, count, replacement, generator=generator).tolist()))


def _hidden(draw: Callable[[], Any]) -> Any:
    with _disable_current_modes(), torch._C.DisableTorchFunction(), torch.no_grad():
        return draw()


@contextmanager
def _double() -> Iterator[None]:
    torch.set_default_dtype(torch.float64)
    try:
        yield
    finally:
        torch.set_default_dtype(torch.float32)


def _settle() -> bool:
    """Puts back what a program may have left: grad mode, seed; False if it left what cannot be put back."""
    if torch.is_inference_mode_enabled() or torch.get_default_dtype() is not torch.float32:
        return False
    torch.set_grad_enabled(True)
    torch.default_generator.manual_seed(
        0
    )  # torch.manual_seed also queues a call, with its stack, for each absent device
    return True
