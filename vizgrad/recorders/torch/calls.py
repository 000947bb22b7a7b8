"""The program's calls that need more than their result to be understood."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any
from weakref import ref

import torch

from ...trace import Operand
from ..op_names import index_text
from .backward import Asked, SeenHook, backward
from .dispatch import Operations
from .reader import next_number
from .schema import Tensor, listed, text_of

Args = tuple[Any, ...]
Kwargs = dict[str, Any]
Way = Callable[[Operations, Any, Args, Kwargs], Any]


def ordinary(recorder: Operations, func: Any, args: Args, kwargs: Kwargs) -> Any:
    """What it dispatches is written down by the dispatch mode; its result tells the rest."""
    mark = recorder.mark()
    outer, recorder.calling = recorder.calling, func
    try:
        result = func(*args, **kwargs)
    finally:
        recorder.calling = outer
    recorder.returned(func, result, mark)
    recorder.consider()
    return result


def whole(recorder: Operations, func: Any, args: Args, kwargs: Kwargs) -> Any:
    """An operation without a derivative that is made of several, which only distract a reader."""
    recorder.settle()
    operands = []
    for name, value in _given(WHOLE[func], args, kwargs).items():
        if isinstance(value, Tensor):
            operands.append(recorder.operand(name, value))
        elif value != WHOLE_DEFAULTS.get(name):
            operands.append(Operand(name, None, text_of(value)))
    span = recorder.span()
    recorder.is_whole = True
    try:
        result = func(*args, **kwargs)
    finally:
        recorder.is_whole = False
    if not recorder.is_making():
        needs = any(isinstance(a, Tensor) and a.requires_grad for a in args)
        reason = recorder.why_untracked(func.__name__, needs, torch.is_grad_enabled())
        recorder.forward(func.__name__, None, operands, [(result, None)], [recorder.value(result)], span, reason)
    recorder.consider()
    return result


def read_grad(recorder: Operations, func: Any, args: Args, kwargs: Kwargs) -> Any:
    """`x.grad`."""
    grad = func(*args, **kwargs)
    if grad is not None and recorder.owner(grad) is None:
        recorder.settle()
        number = recorder.known(args[0])
        if number is not None:
            recorder.owns(number, grad)
    return grad


def write_grad(recorder: Operations, func: Any, args: Args, kwargs: Kwargs) -> Any:
    """`x.grad = ...`, `del x.grad`."""
    recorder.settle()
    result = func(*args, **kwargs)
    grad = args[1] if len(args) > 1 else None
    if grad is not None or not recorder.is_making():
        recorder.set_grad(args[0], grad, recorder.locate())
    return result


def read_data(recorder: Operations, func: Any, args: Args, kwargs: Kwargs) -> Any:
    """`x.data`: a tensor that is known when it is used."""
    recorder.settle()
    was, recorder.is_quiet = recorder.is_quiet, True
    try:
        return func(*args, **kwargs)
    finally:
        recorder.is_quiet = was


def set_item(recorder: Operations, func: Any, args: Args, kwargs: Kwargs) -> Any:
    """`x[i] = value`: a view, a copy and more below; one step to a reader."""
    recorder.settle()
    tensor, index, value = args
    number = next_number()
    shown = index if isinstance(index, Tensor) else index_text(index)
    arguments = [("self", tensor), ("index", shown), ("value", value)]
    operands = [
        recorder.operand(name, each)
        if isinstance(each, Tensor)
        else Operand(name, None, each if name == "index" else text_of(each))
        for name, each in arguments
    ]
    span, mark = recorder.locate(), recorder.mark()
    recorder.setting = tensor
    try:
        result = func(*args, **kwargs)
    finally:
        recorder.setting = None
        recorder.settle()
        recorder.rewind(mark)
        recorder.last_number = next_number()
        recorder.fresh.clear()
    whole = tensor if tensor._base is None else tensor._base
    is_tracked = torch.is_grad_enabled() and recorder.last_number != number
    recorder.inplace("setitem", tensor, whole.grad_fn if is_tracked else None, operands, span)
    recorder.last_number = next_number()
    return result


def detach_in_place(recorder: Operations, func: Any, args: Args, kwargs: Kwargs) -> Any:
    """`x.detach_()`, which never reaches the dispatcher."""
    recorder.settle()
    operand = recorder.operand("self", args[0])
    result = func(*args, **kwargs)
    recorder.inplace("detach", args[0], None, [operand], recorder.locate())
    return result


def set_mode(recorder: Operations, func: Any, args: Args, kwargs: Kwargs) -> Any:
    """`with torch.no_grad():` and its kin end here; who asked is seen by the frames above."""
    result = func(*args, **kwargs)
    frame: Any = sys._getframe(1)
    while frame is not None and not recorder.where.owns(frame):
        meaning = MODES.get(frame.f_code)
        caller = frame.f_back
        if meaning is not None:
            name, entered = meaning
            name = name or ("enable_grad" if frame.f_locals["self"].mode else "no_grad")
            if caller is not None and caller.f_code.co_name == "decorate_context":
                caller = caller.f_back
            if caller is not None and recorder.where.owns(caller):
                recorder.tell_mode(name, entered)
            break
        frame = caller
    return result


def retain_grad(recorder: Operations, func: Any, args: Args, kwargs: Kwargs) -> Any:
    """`x.retain_grad()`."""
    recorder.settle()
    result = func(*args, **kwargs)
    if not args[0].is_leaf:
        recorder.retaining[recorder.sight(args[0])] = ref(args[0])
    return result


def register_hook(recorder: Operations, func: Any, args: Args, kwargs: Kwargs) -> Any:
    """`x.register_hook(...)`: the hook is wrapped, so that it is seen at work."""
    recorder.settle()
    hook = args[1] if len(args) > 1 else kwargs.get("hook")
    if not callable(hook):
        return func(*args, **kwargs)
    recorder.sight(args[0])
    return func(args[0], SeenHook(recorder, args[0], hook))


def register_post_accumulate_hook(recorder: Operations, func: Any, args: Args, kwargs: Kwargs) -> Any:
    """`x.register_post_accumulate_grad_hook(...)`, wrapped likewise."""
    recorder.settle()
    hook = args[1] if len(args) > 1 else kwargs.get("hook")
    if not callable(hook):
        return func(*args, **kwargs)
    recorder.sight(args[0])

    def seen(leaf: Tensor) -> None:
        hook(leaf)
        if recorder.passes:
            recorder.hooked(recorder.passes[-1], leaf, hook, None, None)

    return func(args[0], seen)


def _given(names: str, args: Args, kwargs: Kwargs) -> dict[str, Any]:
    return dict(zip(names.split(), args, strict=False)) | kwargs


def tensor_backward(args: Args, kwargs: Kwargs) -> Asked:
    """`y.backward()`."""
    given = _given("self gradient retain_graph create_graph inputs", args, kwargs)
    return Asked(
        listed(given["self"]),
        listed(given.get("gradient"), 1),
        listed(given.get("inputs")),
        given.get("retain_graph"),
        given.get("create_graph"),
        True,
    )


def autograd_backward(args: Args, kwargs: Kwargs) -> Asked:
    """`torch.autograd.backward(...)`."""
    given = _given("tensors grad_tensors retain_graph create_graph grad_variables inputs", args, kwargs)
    roots = listed(given["tensors"])
    return Asked(
        roots,
        listed(given.get("grad_tensors"), len(roots)),
        listed(given.get("inputs")),
        given.get("retain_graph"),
        given.get("create_graph"),
        True,
    )


def autograd_grad(args: Args, kwargs: Kwargs) -> Asked:
    """`torch.autograd.grad(...)`."""
    given = _given("outputs inputs grad_outputs retain_graph create_graph", args, kwargs)
    roots = listed(given["outputs"])
    return Asked(
        roots,
        listed(given.get("grad_outputs"), len(roots)),
        listed(given["inputs"]),
        given.get("retain_graph"),
        given.get("create_graph"),
        False,
    )


PASSES: dict[Any, Callable[[Args, Kwargs], Asked]] = {
    Tensor.backward: tensor_backward,
    torch.autograd.backward: autograd_backward,
    torch.autograd.grad: autograd_grad,
}
"""What runs the engine, and what it asks of it."""


def run_engine(recorder: Operations, func: Any, args: Args, kwargs: Kwargs) -> Any:
    """A backward pass."""
    if kwargs.get("is_grads_batched"):
        return func(*args, **kwargs)
    return backward(recorder, lambda: func(*args, **kwargs), PASSES[func](args, kwargs))


MODES: dict[Any, tuple[str | None, bool]] = {
    torch.no_grad.__enter__.__code__: ("no_grad", True),
    torch.no_grad.__exit__.__code__: ("no_grad", False),
    torch.enable_grad.__enter__.__code__: ("enable_grad", True),
    torch.enable_grad.__exit__.__code__: ("enable_grad", False),
    torch.set_grad_enabled.__enter__.__code__: (None, True),
    torch.set_grad_enabled.__exit__.__code__: (None, False),
}
WHOLE: dict[Any, str] = {
    torch.nn.functional.one_hot: "self num_classes",
    torch.argsort: "self dim descending",
    Tensor.argsort: "self dim descending",
}
"""Operations that are one step, and the names of their arguments."""
WHOLE_DEFAULTS = {"num_classes": -1, "dim": -1, "descending": False}
GRAD: Any = Tensor.grad  # the descriptors
DATA: Any = Tensor.data
STANDS_FOR: dict[Any, Any] = {}
"""Functions that were put in the place of PyTorch's own, and those that they stand for."""
WAYS: dict[Any, Way] = {
    GRAD.__get__: read_grad,
    GRAD.__set__: write_grad,
    GRAD.__delete__: write_grad,
    DATA.__get__: read_data,
    Tensor.__setitem__: set_item,
    Tensor.detach_: detach_in_place,
    **dict.fromkeys(PASSES, run_engine),
    **dict.fromkeys(WHOLE, whole),
    Tensor.retain_grad: retain_grad,
    Tensor.register_hook: register_hook,
    Tensor.register_post_accumulate_grad_hook: register_post_accumulate_hook,
    torch._C._set_grad_enabled: set_mode,
}
