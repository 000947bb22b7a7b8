"""What all optimizers have in common: groups of parameters, a state for each, and the step."""

from __future__ import annotations

import warnings
from collections import defaultdict
from collections.abc import Callable, Iterable
from copy import deepcopy
from typing import Any

from ..core.grad_mode import recording
from ..core.hooks import RemovableHandle
from ..core.tensor import Tensor
from ..nn.names import typename
from ..nn.state_dict import clear_grad

Group = dict[str, Any]
State = dict[str, Any]


class Optimizer:
    """Base class of optimizers: groups of parameters with their options, and a state for each parameter.

    A subclass writes `_begin`, which makes a parameter's first state, and `_update`, one parameter's step.
    """

    def __init__(self, params: Iterable[Any], defaults: Group) -> None:
        if isinstance(params, Tensor):
            raise TypeError(
                "params argument given to the optimizer should be an iterable of Tensors or dicts, but got "
                + typename(params)
            )
        if defaults.get("differentiable"):
            raise NotImplementedError(
                "differentiable=True is not offered here: the steps of an optimizer are not recorded. Write the "
                "update with tensor operations instead, and backward will go through it."
            )
        self.defaults = defaults
        self.state: defaultdict[Tensor, State] = defaultdict(dict)
        self.param_groups: list[Group] = []
        self._has_stepped = False  # what a scheduler asks
        self._before: dict[int, Callable[..., Any]] = {}
        self._after: dict[int, Callable[..., Any]] = {}
        groups = list(params)
        if not groups:
            raise ValueError("optimizer got an empty parameter list")
        for group in groups if isinstance(groups[0], dict) else [{"params": groups}]:
            self.add_param_group(group)

    def add_param_group(self, param_group: Group) -> None:
        """Add parameters that have options of their own; the others come from the optimizer's."""
        if not isinstance(param_group, dict):
            raise TypeError(f"param_group must be a dict, but got {type(param_group)}")
        params = param_group["params"]
        if isinstance(params, set):
            raise TypeError(
                "optimizer parameters need to be organized in ordered collections, but the ordering of tensors in "
                "sets will change between runs. Please use a list instead."
            )
        listed = [params] if isinstance(params, Tensor) else list(params)
        names = [each[0] for each in listed if isinstance(each, tuple)]
        listed = [each[1] if isinstance(each, tuple) else each for each in listed]
        param_group["params"] = listed
        if names:
            if len(names) != len(listed):
                raise ValueError("all optimizer params should be with/without names. Some param names are missing")
            param_group["param_names"] = names
        for parameter in listed:
            if not isinstance(parameter, Tensor):
                raise TypeError("optimizer can only optimize Tensors, but one of the params is " + typename(parameter))
            if not (parameter.is_leaf or parameter.retains_grad):
                raise ValueError("can't optimize a non-leaf Tensor")
        for name, value in self.defaults.items():
            param_group.setdefault(name, value)
        if len(listed) != len(set(listed)):
            warnings.warn(
                "optimizer contains a parameter group with duplicate parameters; in future, this will cause an error; "
                "see github.com/pytorch/pytorch/issues/40967 for more information",
                UserWarning,
                stacklevel=3,
            )
        if any(not set(listed).isdisjoint(group["params"]) for group in self.param_groups):
            raise ValueError("some parameters appear in more than one parameter group")
        self.param_groups.append(param_group)

    def step(self, closure: Callable[[], Any] | None = None) -> Any:
        """Move every parameter that has a gradient; a closure computes the loss first, and is recorded."""
        self._has_stepped = True
        for hook in list(self._before.values()):
            hook(self, (self,) if closure is None else (self, closure), {})
        loss = None
        with recording(False):
            if closure is not None:
                with recording(True):
                    loss = closure()
            for group in self.param_groups:
                moving = [(parameter, parameter.grad) for parameter in group["params"] if parameter.grad is not None]
                for parameter, _ in moving:
                    self._begin(parameter, group)
                for parameter, grad in moving:
                    self._update(parameter, -grad if group["maximize"] else grad, group)
        for hook in list(self._after.values()):
            hook(self, (self,) if closure is None else (self, closure), {})
        return loss

    def _begin(self, parameter: Tensor, group: Group) -> None:
        """Make the state a parameter begins with, unless it has one."""

    def _update(self, parameter: Tensor, grad: Tensor, group: Group) -> None:
        raise NotImplementedError

    def zero_grad(self, set_to_none: bool = True) -> None:
        """Forget the gradients of all parameters, or set them to zero."""
        for group in self.param_groups:
            for parameter in group["params"]:
                clear_grad(parameter, set_to_none)

    def register_step_pre_hook(self, hook: Callable[..., Any]) -> RemovableHandle:
        """Call `hook(optimizer, args, kwargs)` before each step."""
        return _hang(self._before, hook)

    def register_step_post_hook(self, hook: Callable[..., Any]) -> RemovableHandle:
        """Call `hook(optimizer, args, kwargs)` after each step."""
        return _hang(self._after, hook)

    def state_dict(self) -> dict[str, Any]:
        """Give the options and the states, with numbers in place of the parameters."""
        numbers: dict[Tensor, int] = {}
        groups = []
        for group in self.param_groups:
            for parameter in group["params"]:
                numbers.setdefault(parameter, len(numbers))
            packed = {name: value for name, value in group.items() if name != "params"}
            groups.append({**packed, "params": [numbers[parameter] for parameter in group["params"]]})
        return {"state": {numbers[parameter]: state for parameter, state in self.state.items()}, "param_groups": groups}

    def load_state_dict(self, state_dict: dict[str, Any]) -> None:
        """Continue from what `state_dict` of an optimizer of the same parameters gave."""
        saved = deepcopy(state_dict["param_groups"])
        if len(saved) != len(self.param_groups):
            raise ValueError("loaded state dict has a different number of parameter groups")
        if any(len(new["params"]) != len(old["params"]) for new, old in zip(saved, self.param_groups, strict=True)):
            raise ValueError(
                "loaded state dict contains a parameter group that doesn't match the size of optimizer's group"
            )
        parameters: dict[int, Tensor] = {}
        for new, old in zip(saved, self.param_groups, strict=True):
            parameters.update(zip(new["params"], old["params"], strict=True))
            new["params"] = old["params"]
        self.param_groups = saved
        self.state = defaultdict(dict)
        for number, state in state_dict["state"].items():
            kind = parameters[number].dtype
            # As in PyTorch the tensors are shared, not copied, where they have the parameter's type already.
            self.state[parameters[number]] = {
                name: value.to(kind) if isinstance(value, Tensor) and name != "step" else value
                for name, value in state.items()
            }

    def __repr__(self) -> str:
        text = f"{type(self).__name__} ("
        for i, group in enumerate(self.param_groups):
            text += f"\nParameter Group {i}\n"
            text += "".join(f"    {name}: {group[name]}\n" for name in sorted(group) if name != "params")
        return text + ")"


def _hang(hooks: dict[int, Callable[..., Any]], hook: Callable[..., Any]) -> RemovableHandle:
    handle = RemovableHandle(hooks)
    hooks[handle.id] = hook
    return handle
