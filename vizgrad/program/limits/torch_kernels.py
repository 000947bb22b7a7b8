"""Kernels of PyTorch that trust what they are given: sizes and indices are looked at before they run.

Autograd keeps tensors whose values a program can still change behind its back (`i.data.fill_(...)`), and a few kernels
write where an index says, or read as far as another tensor goes.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from typing import Any

import torch

from .budget import current
from .torch_memory import has_its_elements

Check = Callable[..., None]
aten = torch.ops.aten
GATES = 4
"""Of an LSTM."""


class Checked:
    """An operation that runs when its arguments have been looked at."""

    def __init__(self, func: Any, check: Check) -> None:
        self.func, self._schema, self.check = func, func._schema, check

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Look, and run it."""
        self.check(*args, **kwargs)
        return self.func(*args, **kwargs)


def within(indices: torch.Tensor, count: int, ignored: int | None = None) -> None:
    """Raises IndexError for an index that is not one of `count` places, nor the one that is ignored."""
    if ignored is not None and not 0 <= ignored < count:
        indices = indices[indices != ignored]
    if not indices.numel():
        return
    low, high = (int(end) for end in torch.aminmax(indices))
    if low < 0 or high >= count:
        worst = low if low < 0 else high
        raise IndexError(f"index {worst} is out of bounds for size {count}: it was changed after it had been made")


def same_size(what: str, tensor: torch.Tensor | None, *sizes: int) -> None:
    """Raises RuntimeError for a tensor that has not this size."""
    if tensor is not None and tuple(tensor.shape) != sizes:
        raise RuntimeError(f"{what} has the size {list(tensor.shape)}, but {list(sizes)} is needed")


def pooled(dims: int, place: int) -> Check:
    """The rule of a maximum over windows: the gradient goes where an index among the last dimensions says."""

    def check(grad: torch.Tensor, source: torch.Tensor, *more: Any) -> None:
        indices = more[place]
        same_size("the gradient of max_pool", grad, *indices.shape)
        within(indices, math.prod(source.shape[-dims:]))

    return check


def embedding(grad: torch.Tensor, indices: torch.Tensor, rows: int, *more: Any) -> None:
    """The rule of an embedding."""
    within(indices, rows)


def renormed(weight: torch.Tensor, indices: torch.Tensor, *more: Any) -> None:
    """An embedding with `max_norm`."""
    within(indices, weight.shape[0])


def labels(
    grad: torch.Tensor,
    source: torch.Tensor,
    target: torch.Tensor,
    weight: torch.Tensor | None,
    reduction: int,
    ignored: int,
    *more: Any,
) -> None:
    """The rule of `nll_loss`."""
    classes = source.shape[1 if source.ndim > 1 else 0]
    within(target, classes, ignored)
    same_size("the weight of nll_loss", weight, classes)


def distances(grad: torch.Tensor, a: torch.Tensor, b: torch.Tensor, p: float, made: torch.Tensor) -> None:
    """The rule of `cdist`."""
    shape = (*made.shape[:-2], a.shape[-2], b.shape[-2])
    same_size("the result of cdist", made, *shape)
    same_size("the gradient of cdist", grad, *shape)


def normalized(grad: torch.Tensor, source: torch.Tensor, *more: Any) -> None:
    """The rule of `batch_norm`: one number of each for each channel."""
    for kept in more[:5]:
        if kept is not None and kept.numel():
            same_size("what batch_norm has kept", kept, source.shape[1])


def lstm(source: torch.Tensor, *weights_and_states: Any, width: int, has_biases: bool) -> None:
    """A layer of an LSTM by oneDNN."""
    w_input, w_hidden, b_input, b_hidden, *states = weights_and_states
    for each in (w_input, w_hidden, *((b_input, b_hidden) if has_biases else ()), *states):
        if each is not None and each.numel() and (each.dtype is not source.dtype or not has_its_elements(each)):
            raise RuntimeError("a weight or state of the LSTM does not lie in memory as its input does")
    rows = GATES * width
    same_size("weight_ih of the LSTM", w_input, rows, source.shape[-1])
    same_size("weight_hh of the LSTM", w_hidden, rows, width)
    for bias in (b_input, b_hidden) if has_biases else ():
        same_size("a bias of the LSTM", bias, rows)
    for state in states:
        if state is not None and state.numel() != source.shape[1] * width:
            raise RuntimeError(f"a state of the LSTM has the size {list(state.shape)}")


def lstm_forward(source: torch.Tensor, *more: Any) -> None:
    """What comes in, four weights, two states, then settings."""
    lstm(source, *more[:6], width=more[9], has_biases=more[11])


def lstm_backward(source: torch.Tensor, *more: Any) -> None:
    """The same, what came out, and the gradients of that."""
    lstm(source, *more[:6], *more[7:9], *more[10:12], width=more[14], has_biases=more[16])
    for each in (more[6], more[9]):
        same_size("an output of the LSTM, or its gradient,", each, *source.shape[:2], more[14])


def fused(parameters: Sequence[torch.Tensor], *lists: Sequence[torch.Tensor], **settings: Any) -> None:
    """A step of an optimizer in one kernel, which goes as far in every tensor as the parameter is long."""
    for each in lists:
        if isinstance(each, list | tuple) and len(each) not in (0, len(parameters)):
            raise RuntimeError("a fused optimizer needs a gradient and a state for each of its parameters")
    *sized, steps = lists if len(lists) > STEPS_LAST else (*lists, ())
    for i, parameter in enumerate(parameters):
        if not is_dense(parameter):
            raise RuntimeError("a fused optimizer cannot change a parameter that is expanded")
        for each in sized:
            if each and isinstance(each, list | tuple) and each[i] is not None:
                fits(each[i], parameter)
    for step in steps:
        if step.numel() != 1 or step.dtype is not torch.float32:
            raise RuntimeError("the step that an optimizer counts is one float32")


STEPS_LAST = 2
"""SGD has a gradient and a momentum; the others' last list counts steps."""


def fits(tensor: torch.Tensor, parameter: torch.Tensor) -> None:
    """Raises RuntimeError for a gradient or state that does not lie in memory as its parameter does."""
    same_size("a gradient or state of a fused optimizer", tensor, *parameter.shape)
    if tensor.dtype is not parameter.dtype or tensor.stride() != parameter.stride() or not is_dense(tensor):
        raise RuntimeError("a gradient or state of a fused optimizer does not lie in memory as its parameter does")


def is_dense(tensor: torch.Tensor) -> bool:
    """Whether its elements lie in one piece of memory, each once.

    >>> [is_dense(t) for t in (torch.ones(2, 3).t(), torch.ones(2, 3)[:, :2], torch.ones(1).expand(2))]
    [True, False, False]
    """
    expected = 1
    for stride, size in sorted(zip(tensor.stride(), tensor.shape, strict=True)):
        if size != 1 and stride != expected:
            return False
        expected *= size
    return has_its_elements(tensor)


def repeated(repeats: torch.Tensor, output_size: int | None = None, **named: Any) -> None:
    """`repeat_interleave`: the sum of the repeats is the length, which may not wrap."""
    if not repeats.numel():
        return
    if int(repeats.min()) < 0:
        raise RuntimeError("repeats can not be negative")
    total = float(repeats.double().sum())
    if (budget := current.get()) is not None:
        budget.elements(int(total))
    if output_size is not None and int(total) != output_size:
        raise RuntimeError("the repeats do not add up to output_size")


def truncated(a: torch.Tensor, b: Any, rounding_mode: str | None = None, **named: Any) -> None:
    """`div` that cuts off what is behind the point: a processor cannot tell what the smallest whole number by -1 is."""
    if rounding_mode != "trunc" or not isinstance(a, torch.Tensor) or not a.numel():
        return
    kind = torch.result_type(a, b)
    if kind not in (torch.int32, torch.int64) or int(a.min()) != torch.iinfo(kind).min:
        return
    if bool((b == -1).any()) if isinstance(b, torch.Tensor) else b == -1:
        raise RuntimeError("the smallest whole number divided by -1 is too large for its dtype")


def _all(checks: Iterable[tuple[str, Check]]) -> dict[Any, Checked]:
    found = {}
    for name, check in checks:
        packet = getattr(aten, name)
        for overload in packet.overloads():
            func = getattr(packet, overload)
            found[func] = Checked(func, check)
    return found


CHECKED = _all(
    (
        ("max_pool2d_with_indices_backward", pooled(2, 5)),
        ("max_pool3d_with_indices_backward", pooled(3, 5)),
        ("adaptive_max_pool2d_backward", pooled(2, 0)),
        ("adaptive_max_pool3d_backward", pooled(3, 0)),
        ("embedding_dense_backward", embedding),
        ("embedding_renorm_", renormed),
        ("nll_loss_backward", labels),
        ("nll_loss2d_backward", labels),
        ("_cdist_backward", distances),
        ("native_batch_norm_backward", normalized),
        ("mkldnn_rnn_layer", lstm_forward),
        ("mkldnn_rnn_layer_backward", lstm_backward),
        ("_fused_sgd_", fused),
        ("_fused_adam_", fused),
        ("_fused_adamw_", fused),
        ("_fused_adagrad_", fused),
        ("repeat_interleave", repeated),
    )
)
CHECKED |= {
    func: Checked(func, truncated)
    for func in (aten.div.Tensor_mode, aten.div.Scalar_mode, aten.div_.Tensor_mode, aten.div_.Scalar_mode)
} | {aten.div.out_mode: Checked(aten.div.out_mode, truncated)}
"""The operations that are looked at."""
