"""Our own core as programs see it: of the names listed for PyTorch, those that `vizgrad.autodiff` offers."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import numpy as np

from ... import autodiff as core
from ...autodiff import nn, optim
from ...autodiff.autograd import functional as higher_functions
from ...autodiff.core import dtypes, grad_mode, named_results
from ...autodiff.core.engine import Node
from ...autodiff.core.function import FunctionNode
from ...autodiff.core.hooks import RemovableHandle
from ...autodiff.core.op import Op
from ...autodiff.nn import utils as clipping
from ...autodiff.optim import lr_scheduler
from ...autodiff.random import distributions
from ...recorders.numpy import Recorder
from ..allowed import torch as table
from ..data import dataloader
from ..limits import special_names
from ..limits.literals import counted
from ..limits.numpy_cost import FACTORIES, Measure, measured
from ..sandbox import devices, schedulers
from ..sandbox.engine import Engine
from ..sandbox.namespace import Namespace, names

VERSION = "2.13.0"
"""The PyTorch that the core follows."""


def make() -> Engine:
    """The engine; made once in a process."""
    modules = _modules()
    layers = modules["torch.nn"].__dict__
    return Engine(
        name="numpy",
        modules=modules,
        readable=_readable()
        | {devices.Switches: devices.Switches.NAMES}
        | dataloader.readable(names(modules["torch.utils.data"])),
        writable={
            core.Tensor: table.WRITABLE,
            nn.Module: frozenset({"training"}),
            devices.Switches: devices.Switches.WRITABLE,
        },
        derivable=(
            object,
            core.autograd.Function,
            *(v for v in layers.values() if isinstance(v, type) and issubclass(v, nn.Module)),
            *dataloader.derivable(names(modules["torch.utils.data"])),
        ),
        tensor=core.Tensor,
        function=core.autograd.Function,
        module=nn.Module,
        context=FunctionNode,
        saved_on=Node,
        results=named_results.FIELDS,
        recorder=Recorder,
        watch=Measure,
        settle=_settle,
        double=_double,
        guards={
            **{(nn.Module, name): special_names.method(name) for name in special_names.METHODS},
            (lr_scheduler.LRScheduler, "state_dict"): schedulers.state_dict(core.Tensor),
        },
        may_become=lambda tensor, value: (
            not isinstance(value, core.Tensor) or (value.shape == tensor.shape and value.dtype == tensor.dtype)
        ),
        known=table.KNOWN,
        elsewhere=_elsewhere(modules),
        blank=frozenset(nn.Module().__dict__) - {"training"} | {"_node"},
    )


def _offered(module: Any, names: Iterable[str]) -> dict[str, Any]:
    return {name: getattr(module, name) for name in sorted(names) if hasattr(module, name)}


def _modules() -> dict[str, Namespace]:
    """Every module that can be imported; a package offers its parts as attributes too."""
    made: dict[str, Namespace] = {}

    def space(label: str, module: Any, names: Iterable[str], **parts: Namespace) -> Namespace:
        made[label] = Namespace(label, _offered(module, names) | parts)
        return made[label]

    functional = space("torch.nn.functional", nn.functional, table.FUNCTIONAL)
    init = space("torch.nn.init", nn.init, table.INIT)
    parameter = space("torch.nn.parameter", nn, {"Parameter"})
    utils = space("torch.nn.utils", clipping, table.UTILS)
    layers = space("torch.nn", nn, table.MODULES, functional=functional, init=init, parameter=parameter, utils=utils)
    schedulers = space("torch.optim.lr_scheduler", lr_scheduler, table.SCHEDULERS)
    optimizers = space("torch.optim", optim, table.OPTIMIZERS, lr_scheduler=schedulers)
    function = space("torch.autograd.function", core.autograd, {"Function"})
    higher = space("torch.autograd.functional", higher_functions, table.AUTOGRAD_FUNCTIONAL)
    autograd = space("torch.autograd", core.autograd, table.AUTOGRAD, function=function, functional=higher)
    linalg = space("torch.linalg", core.linalg, table.LINALG)
    root = _offered(core, table.FUNCTIONS | table.CONSTANTS)
    root |= {name: measured(name, root[name]) for name in FACTORIES if name in root}
    root |= {name: counted(root[name]) for name in ("tensor", "as_tensor") if name in root}
    made |= (elsewhere := devices.modules())
    root |= devices.parts(elsewhere)
    made["torch.utils.data"] = Namespace("torch.utils.data", dataloader.offered(core, Chance()))
    made["torch.utils"] = Namespace("torch.utils", {"data": made["torch.utils.data"]})
    root["utils"] = made["torch.utils"]
    root |= {"__version__": VERSION, "nn": layers, "optim": optimizers, "autograd": autograd, "linalg": linalg}
    made["torch"] = Namespace("torch", root)
    return made


class Chance:
    """The core's random numbers for a DataLoader: drawn as arrays, of which the recorder knows nothing."""

    def seed(self, generator: core.Generator | None) -> int:
        """A new seed."""
        return int(distributions.integers((), "int64", generator))

    def seeded(self, seed: int) -> core.Generator:
        """A new generator."""
        return core.Generator().manual_seed(seed)

    def permutation(self, n: int, generator: core.Generator | None) -> list[int]:
        """An order of the numbers below `n`."""
        return list(distributions.randperm(n, "int64", generator).tolist())

    def below(self, n: int, count: int, generator: core.Generator | None) -> list[int]:
        """`count` numbers below `n`."""
        return list(distributions.randint(0, n, (count,), "int64", generator).tolist())

    def weighed(
        self, weights: core.Tensor, count: int, replacement: bool, generator: core.Generator | None
    ) -> list[int]:
        """`count` places in `weights`, each as often as its weight says."""
        return list(distributions.multinomial(weights.array, count, replacement, generator).tolist())


def _readable() -> dict[type, frozenset[str]]:
    def of(kind: type, names: Iterable[str]) -> frozenset[str]:
        return frozenset(name for name in names if hasattr(kind, name))

    return {
        core.Tensor: of(core.Tensor, table.METHODS | table.INPLACE),
        nn.Module: table.MODULE_METHODS,
        core.Size: table.SIZE,
        core.dtype: of(core.dtype, table.DTYPE),
        core.device: table.DEVICE,
        core.Generator: table.GENERATOR,
        optim.Optimizer: table.OPTIMIZER_METHODS,
        lr_scheduler.LRScheduler: table.SCHEDULER_METHODS,
        core.autograd.Function: table.FUNCTION_METHODS,
        FunctionNode: table.CONTEXT,
        RemovableHandle: table.HANDLE,
        Node: table.NODE,
        Op: frozenset({"__name__", "__doc__"}),
    }


def _elsewhere(modules: Mapping[str, Namespace]) -> frozenset[str]:
    """What the torch engine offers and this one does not."""
    listed = {
        "torch": table.FUNCTIONS | table.CONSTANTS | frozenset("special fft func vmap".split()),
        "torch.nn": table.MODULES,
        "torch.nn.functional": table.FUNCTIONAL,
        "torch.nn.init": table.INIT,
        "torch.optim": table.OPTIMIZERS,
        "torch.optim.lr_scheduler": table.SCHEDULERS,
        "torch.autograd": table.AUTOGRAD,
        "torch.autograd.functional": table.AUTOGRAD_FUNCTIONAL,
        "torch.nn.utils": table.UTILS,
        "torch.linalg": table.LINALG,
    }
    missing = {f"{m}.{name}" for m, names in listed.items() for name in names if name not in modules[m].__dict__}
    methods = {f"Tensor.{name}" for name in table.METHODS | table.INPLACE if not hasattr(core.Tensor, name)}
    return frozenset(missing | methods)


@contextmanager
def _double() -> Iterator[None]:
    dtypes.set_default(dtypes.float64)
    try:
        yield
    finally:
        dtypes.set_default(dtypes.float32)


def _settle() -> bool:
    """Puts back what a program may have left: grad mode and seed."""
    grad_mode.change(grad_mode.current()._replace(grad=True, inference=False, in_rule=False))
    core.manual_seed(0)
    np.seterr(all="ignore")
    return True
