"""The module: a function with parameters, built of other modules."""

from __future__ import annotations

import itertools
from collections import OrderedDict
from collections.abc import Callable, Iterator, Mapping
from contextvars import ContextVar
from typing import Any, Self

from ..core import grad_mode
from ..core.hooks import RemovableHandle
from ..core.tensor import Tensor
from . import module_hooks
from . import state_dict as state
from .names import UNMADE, check_name, indented, tell, typename
from .parameter import Buffer, Parameter

running: ContextVar[tuple[Module, ...]] = ContextVar("running", default=())
"""The modules whose `forward` is being run, outermost first; kept while somebody observes."""


class Module:
    """Base class of everything that holds parameters; subclasses write `forward`.

    Parameters, buffers and modules are registered by assigning them to attributes.

    >>> from vizgrad.autodiff import nn
    >>> class Scale(nn.Module):
    ...     def __init__(self):
    ...         super().__init__()
    ...         self.factor = nn.Parameter(nn.Linear(1, 2).bias.detach())
    ...     def forward(self, x):
    ...         return x * self.factor
    >>> [name for name, _ in Scale().named_parameters()]
    ['factor']
    """

    may_be_missing: frozenset[str] = frozenset()
    """The names of tensors that `load_state_dict` can do without."""
    training: bool
    _parameters: dict[str, Parameter | None]
    _buffers: dict[str, Tensor | None]
    _modules: dict[str, Module | None]

    def __init__(self) -> None:
        # Straight into __dict__: __setattr__ below must find the tables when it runs for the first time.
        self.__dict__.update(
            training=True,
            _parameters={},
            _buffers={},
            _non_persistent_buffers_set=set(),
            _modules={},
            _hooks=module_hooks.ModuleHooks(),
        )

    def forward(self, *args: Any, **kwargs: Any) -> Any:
        """Compute the module's result; every subclass writes its own."""
        raise NotImplementedError(f'Module [{type(self).__name__}] is missing the required "forward" function')

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Run the hooks and `forward`."""
        if grad_mode.current().observer is None:
            return self.forward(*args, **kwargs) if not self._hooks else module_hooks.run(self, args, kwargs)
        token = running.set((*running.get(), self))
        try:
            return self.forward(*args, **kwargs) if not self._hooks else module_hooks.run(self, args, kwargs)
        finally:
            running.reset(token)

    # -- registering

    def register_parameter(self, name: str, param: Parameter | None) -> None:
        """Add a parameter under a name; None keeps the name free of one."""
        check_name(self, "parameter", name, self.__dict__.get("_parameters"))
        if param is not None:
            if not isinstance(param, Parameter):
                raise TypeError(
                    f"cannot assign '{typename(param)}' object to parameter '{name}' (torch.nn.Parameter or None "
                    "required)"
                )
            if param.grad_fn is not None:
                raise ValueError(
                    f"Cannot assign non-leaf Tensor to parameter '{name}'. Model parameters must be created "
                    f"explicitly. To express '{name}' as a function of another Tensor, compute the value in the "
                    "forward() method."
                )
        tell(self, name, param)
        self._parameters[name] = param

    def register_buffer(self, name: str, tensor: Tensor | None, persistent: bool = True) -> None:
        """Add a tensor that is not learned; `state_dict` holds it unless it is not persistent."""
        check_name(self, "buffer", name, self.__dict__.get("_buffers"))
        if tensor is not None and not isinstance(tensor, Tensor):
            raise TypeError(
                f"cannot assign '{typename(tensor)}' object to buffer '{name}' (torch Tensor or None required)"
            )
        tell(self, name, tensor)
        self._buffers[name] = tensor
        (self._non_persistent_buffers_set.discard if persistent else self._non_persistent_buffers_set.add)(name)

    def add_module(self, name: str, module: Module | None) -> None:
        """Add a module under a name."""
        if module is not None and not isinstance(module, Module):
            raise TypeError(f"{typename(module)} is not a Module subclass")
        if not isinstance(name, str):
            raise TypeError(f"module name should be a string. Got {typename(name)}")
        if hasattr(self, name) and name not in self._modules:
            raise KeyError(f"attribute '{name}' already exists")
        if "." in name:
            raise KeyError(f'module name can\'t contain ".", got: {name}')
        if not name:
            raise KeyError('module name can\'t be empty string ""')
        tell(self, name, module)
        self._modules[name] = module

    register_module = add_module

    def _forget(self, name: str) -> None:
        for table in (self.__dict__, self._parameters, self._buffers, self._modules):
            table.pop(name, None)
        self._non_persistent_buffers_set.discard(name)

    def __setattr__(self, name: str, value: Any) -> None:
        tables = self.__dict__
        parameters, modules = tables.get("_parameters"), tables.get("_modules")
        buffers = tables.get("_buffers")
        if isinstance(value, (Parameter, Module)):
            kind = "parameters" if isinstance(value, Parameter) else "module"
            if parameters is None:
                raise AttributeError(UNMADE.format(kind))
            place = self._parameters if kind == "parameters" else self._modules
            if name not in place:  # a name keeps its place among its kind when it gets a new value
                self._forget(name)
            if isinstance(value, Parameter):
                self.register_parameter(name, value)
            else:
                self._modules[name] = value
        elif parameters is not None and name in parameters:
            if value is not None:
                raise TypeError(
                    f"cannot assign '{typename(value)}' as parameter '{name}' (torch.nn.Parameter or None expected)"
                )
            self.register_parameter(name, value)
        elif modules is not None and name in modules:
            if value is not None:
                raise TypeError(
                    f"cannot assign '{typename(value)}' as child module '{name}' (torch.nn.Module or None expected)"
                )
            modules[name] = value
        elif isinstance(value, Buffer) or (buffers is not None and name in buffers):
            if value is not None and not isinstance(value, Tensor):
                raise TypeError(
                    f"cannot assign '{typename(value)}' as buffer '{name}' (torch.nn.Buffer, torch.Tensor or None "
                    "expected)"
                )
            kept = value.persistent if isinstance(value, Buffer) else name not in self._non_persistent_buffers_set
            self.register_buffer(name, value, kept)
        else:
            super().__setattr__(name, value)

    def __getattr__(self, name: str) -> Any:
        # Python asks here only for what is not in __dict__.
        for table in ("_parameters", "_buffers", "_modules"):
            known = self.__dict__.get(table)
            if known is not None and name in known:
                return known[name]
        raise AttributeError(f"'{type(self).__name__}' object has no attribute '{name}'")

    def __delattr__(self, name: str) -> None:
        for table in (self._parameters, self._buffers, self._modules):
            if name in table:
                del table[name]
                self._non_persistent_buffers_set.discard(name)
                return
        super().__delattr__(name)

    def __dir__(self) -> list[str]:
        names = [*dir(type(self)), *self.__dict__, *self._parameters, *self._modules, *self._buffers]
        return sorted(name for name in names if not name[0].isdigit())

    # -- walking

    def named_modules(
        self, memo: set[Module] | None = None, prefix: str = "", remove_duplicate: bool = True
    ) -> Iterator[tuple[str, Module]]:
        """Give this module and all below it, each once, with the path that leads there."""
        memo = set() if memo is None else memo
        if self in memo:
            return
        if remove_duplicate:
            memo.add(self)
        yield prefix, self
        for name, module in self._modules.items():
            if module is not None:
                yield from module.named_modules(memo, f"{prefix}.{name}" if prefix else name, remove_duplicate)

    def named_children(self) -> Iterator[tuple[str, Module]]:
        """Give the modules directly below, each once, with their names."""
        seen: set[Module] = set()
        for name, module in self._modules.items():
            if module is not None and module not in seen:
                seen.add(module)
                yield name, module

    def named_parameters(
        self, prefix: str = "", recurse: bool = True, remove_duplicate: bool = True
    ) -> Iterator[tuple[str, Parameter]]:
        """Give the parameters, each once, with the path that leads there."""
        return self._named("_parameters", prefix, recurse, remove_duplicate)

    def named_buffers(
        self, prefix: str = "", recurse: bool = True, remove_duplicate: bool = True
    ) -> Iterator[tuple[str, Tensor]]:
        """Give the buffers, each once, with the path that leads there."""
        return self._named("_buffers", prefix, recurse, remove_duplicate)

    def _named(self, table: str, prefix: str, recurse: bool, remove_duplicate: bool) -> Iterator[tuple[str, Any]]:
        seen: set[Tensor] = set()
        owners = self.named_modules(prefix=prefix, remove_duplicate=remove_duplicate) if recurse else [(prefix, self)]
        for path, module in owners:
            for name, tensor in module.__dict__[table].items():
                if tensor is not None and tensor not in seen:
                    if remove_duplicate:
                        seen.add(tensor)
                    yield (f"{path}.{name}" if path else name), tensor

    def parameters(self, recurse: bool = True) -> Iterator[Parameter]:
        """Give the parameters, each once."""
        return (parameter for _, parameter in self.named_parameters(recurse=recurse))

    def buffers(self, recurse: bool = True) -> Iterator[Tensor]:
        """Give the buffers, each once."""
        return (buffer for _, buffer in self.named_buffers(recurse=recurse))

    def modules(self) -> Iterator[Module]:
        """Give this module and all below it, each once."""
        return (module for _, module in self.named_modules())

    def children(self) -> Iterator[Module]:
        """Give the modules directly below, each once."""
        return (module for _, module in self.named_children())

    def get_submodule(self, target: str) -> Module:
        """Find a module by its path; the empty path is this module."""
        module: Any = self
        for name in target.split(".") if target else ():
            if not hasattr(module, name):
                raise AttributeError(f"{module._get_name()} has no attribute `{name}`")
            module = getattr(module, name)
            if not isinstance(module, Module):
                raise AttributeError(f"`{name}` is not an nn.Module")
        return module

    def get_parameter(self, target: str) -> Parameter:
        """Find a parameter by its path."""
        found = self._owner(target)._parameters.get(target.rpartition(".")[2])
        if found is None:
            raise AttributeError(f"`{target.rpartition('.')[2]}` is not an nn.Parameter")
        return found

    def get_buffer(self, target: str) -> Tensor:
        """Find a buffer by its path."""
        found = self._owner(target)._buffers.get(target.rpartition(".")[2])
        if found is None:
            raise AttributeError(f"`{target.rpartition('.')[2]}` is not a buffer")
        return found

    def _owner(self, target: str) -> Module:
        path, _, name = target.rpartition(".")
        module = self.get_submodule(path)
        if not hasattr(module, name):
            raise AttributeError(f"{module._get_name()} has no attribute `{name}`")
        return module

    # -- changing all of it

    def apply(self, fn: Callable[[Module], None]) -> Self:
        """Call a function with every module below, then with this one."""
        for module in self.children():
            module.apply(fn)
        fn(self)
        return self

    def train(self, mode: bool = True) -> Self:
        """Switch this module and all below it to training, or to evaluation."""
        if not isinstance(mode, bool):
            raise ValueError("training mode is expected to be boolean")
        self.training = mode
        for module in self.children():
            module.train(mode)
        return self

    def eval(self) -> Self:
        """Switch to evaluation: dropout passes everything, batch norm uses what it has learned."""
        return self.train(False)

    def requires_grad_(self, requires_grad: bool = True) -> Self:
        """Ask for the gradients of all parameters, or no longer."""
        for parameter in self.parameters():
            parameter.requires_grad_(requires_grad)
        return self

    def zero_grad(self, set_to_none: bool = True) -> None:
        """Forget the gradients of all parameters, or set them to zero."""
        for parameter in self.parameters():
            state.clear_grad(parameter, set_to_none)

    def to(self, *args: Any, **kwargs: Any) -> Self:
        """Convert parameters and buffers of floating-point type; the only device is the CPU."""
        from ..core.dtypes import dtype
        from ..core.tensor import device, on_cpu

        for place in (*args, *kwargs.values()):
            if isinstance(place, str | device):
                on_cpu(place)
        wanted = next((a for a in (*args, *kwargs.values()) if isinstance(a, dtype)), None)
        if wanted is not None and not (wanted.is_floating_point or wanted.is_complex):
            raise TypeError(
                f"nn.Module.to only accepts floating point or complex dtypes, but got desired dtype={wanted}"
            )
        if wanted is not None:
            state.convert(self, wanted)
        return self

    def float(self) -> Self:
        """Convert to float32."""
        return self._to_named("float32")

    def double(self) -> Self:
        """Convert to float64."""
        return self._to_named("float64")

    def half(self) -> Self:
        """Convert to float16."""
        return self._to_named("float16")

    def cpu(self) -> Self:
        """Stay where everything is."""
        return self

    def _to_named(self, name: str) -> Self:
        from ..core.dtypes import NAMED

        return self.to(NAMED[name])

    # -- keeping it

    def state_dict(self, *, destination: Any = None, prefix: str = "", keep_vars: bool = False) -> dict[str, Any]:
        """Give parameters and persistent buffers by their paths; they share memory with the module's own."""
        return state.save(self, OrderedDict() if destination is None else destination, prefix, keep_vars)

    def load_state_dict(
        self, state_dict: Mapping[str, Any], strict: bool = True, assign: bool = False
    ) -> state.IncompatibleKeys:
        """Copy parameters and buffers from what `state_dict` gave; `strict` asks that the paths be the same."""
        return state.load(self, state_dict, strict, assign)

    # -- hooks

    def register_forward_pre_hook(
        self, hook: Callable[..., Any], *, prepend: bool = False, with_kwargs: bool = False
    ) -> RemovableHandle:
        """Call `hook(module, args)` before `forward`; it may return other arguments."""
        return self._hooks.add("before", hook, prepend, with_kwargs)

    def register_forward_hook(
        self,
        hook: Callable[..., Any],
        *,
        prepend: bool = False,
        with_kwargs: bool = False,
        always_call: bool = False,
    ) -> RemovableHandle:
        """Call `hook(module, args, output)` after `forward`; it may return another output."""
        return self._hooks.add("after", hook, prepend, with_kwargs, always_call)

    def register_full_backward_hook(self, hook: Callable[..., Any], prepend: bool = False) -> RemovableHandle:
        """Call `hook(module, grad_input, grad_output)` when both are known; it may return another grad_input."""
        return self._hooks.add("backward", hook, prepend)

    def register_full_backward_pre_hook(self, hook: Callable[..., Any], prepend: bool = False) -> RemovableHandle:
        """Call `hook(module, grad_output)` before the module's backward; it may return another grad_output."""
        return self._hooks.add("before_backward", hook, prepend)

    # -- in print

    def extra_repr(self) -> str:
        """Give what `repr` shows between the parentheses besides the modules below."""
        return ""

    def _get_name(self) -> str:
        return type(self).__name__

    def __repr__(self) -> str:
        extra = self.extra_repr()
        own = extra.split("\n") if extra else []
        below = [f"({name}): {indented(repr(module))}" for name, module in self._modules.items()]
        if len(own) == 1 and not below:
            return f"{self._get_name()}({extra})"
        inside = "".join(f"\n  {line}" for line in itertools.chain(own, below))
        return f"{self._get_name()}({inside}\n)" if inside else f"{self._get_name()}()"
