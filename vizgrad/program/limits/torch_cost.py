"""What an operation of PyTorch would allocate and cost, told before it runs."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Sequence, Set
from typing import Any

import torch
from torch.utils._python_dispatch import _disable_current_modes

from ...recorders.torch import Recorder
from .budget import Budget
from .cost import Cost, product, widest
from .special_names import registered
from .torch_kernels import CHECKED
from .torch_quick import MOST_QUICK, NEW, PLAIN_KINDS, QUICK, free, is_plain_kind, peek_transform, quick_rule

Rule = Callable[[Any, Any], "int | Cost"]
aten = torch.ops.aten
HARD = 50
"""How much longer a step of a decomposition takes than one of a product."""


class Measure:
    """Looks at every operation that reaches PyTorch's kernels, backward's too, before it allocates anything.

    Nearly every operation has a cheap rule: views cost nothing, pointwise operations are bounded by the broadcast of
    their inputs, reductions by their input. The few others run on the meta device first, where only shapes are made.
    """

    def __init__(self, budget: Budget, recorder: Recorder) -> None:
        self.budget, self.recorder, self.most = budget, recorder, budget.limits.elements

    def __enter__(self) -> Measure:
        self.recorder.gauge = self
        self._named = [told(registered) for told in REGISTRATIONS]
        return self

    def __exit__(self, *fault: object) -> None:
        for handle in self._named:
            handle.remove()
        self.recorder.gauge = None

    def weigh(self, func: Any, args: Any, kwargs: Any) -> Any:
        """Charges the budget for an operation that is about to run, and gives what to run for it."""
        self.check(func, args, kwargs)
        return INSTEAD.get(func, func)

    def is_small(self, func: Any, args: Any, kwargs: Any) -> bool:
        """Whether a call of the program surely makes no more than the limits allow."""
        rule = QUICK.get(func, NEW)
        if rule is NEW:
            if len(QUICK) > MOST_QUICK:
                return False
            QUICK[func] = rule = quick_rule(func)
        if rule is free:
            return True
        if rule is None or peek_transform() is not None:  # torch.func hides a dimension from the shapes
            return False
        try:
            cost = rule(args, kwargs)
        except (TypeError, ValueError, IndexError, KeyError, AttributeError, RuntimeError):
            return False
        if cost > self.most:
            return False
        self.budget.operation()
        return True

    def is_plain(self, kinds: Set[type], count: int) -> bool:
        """Whether the rules of these nodes make nothing larger than what the operations did, which were measured."""
        self.budget.done += count
        for kind in kinds - PLAIN_KINDS:
            if not is_plain_kind(kind):
                return False
            if kind.__module__ == "builtins":
                PLAIN_KINDS.add(kind)
        return peek_transform() is None

    def check(self, func: Any, args: Any, kwargs: Any) -> None:
        """Charges the budget for an operation that is about to run; raises the limit it would break."""
        self.budget.operation()
        try:
            rule = CHOSEN[func]
        except KeyError:
            rule = CHOSEN[func] = rule_for(func)
        if rule is None:
            return
        try:
            cost = rule(args, kwargs)
        except (TypeError, ValueError, IndexError, KeyError, AttributeError, RuntimeError):
            return  # a wrong call: PyTorch's own error follows
        self.budget.charge(cost)


def rule_for(func: Any) -> Rule | None:
    """How many elements the operation makes at most; None if it allocates nothing to speak of."""
    name = func._schema.name.removeprefix("aten::")
    base = name.removesuffix("_")
    if base in RULES:
        return RULES[base]
    if torch.Tag.pointwise in func.tags or base in LIKE_INPUT:
        return broadcast
    returns = func._schema.returns
    if returns and all(r.alias_info is not None and not r.alias_info.is_write for r in returns):
        return None  # a view
    return lambda args, kwargs: on_meta(func, args, kwargs)


# -- counting


def tensors(values: Iterable[Any]) -> Iterator[torch.Tensor]:
    """The tensors among arguments, lists of them included."""
    for value in values:
        if isinstance(value, torch.Tensor):
            yield value
        elif isinstance(value, list | tuple):
            yield from tensors(value)


def broadcast(args: Any, kwargs: Any) -> int:
    """Bounded by the broadcast of the inputs."""
    shape: Sequence[int] | None = None
    for value in (*args, *kwargs.values()):
        if isinstance(value, torch.Tensor):
            shape = value.shape if shape is None or shape == value.shape else widest(shape, value.shape)
    return math.prod(shape) if shape is not None else 1


def largest(args: Any, kwargs: Any) -> int:
    """Bounded by the largest input."""
    return max((t.numel() for t in tensors((*args, *kwargs.values()))), default=1)


def joined(args: Any, kwargs: Any) -> int:
    """The inputs together."""
    return sum(t.numel() for t in tensors(args))


def shaped(args: Any, kwargs: Any) -> int:
    """The first argument is the shape."""
    return product(kwargs["size"] if "size" in kwargs else args[0])


def second_shaped(args: Any, kwargs: Any) -> int:
    """The second argument is the shape."""
    return product(kwargs["size"] if "size" in kwargs else args[1])


def found_shape(args: Any, kwargs: Any) -> int:
    """The first list among the arguments is the shape."""
    return product(next(a for a in (*args, *kwargs.values()) if isinstance(a, list | tuple | torch.Size)))


def square(args: Any, kwargs: Any) -> int:
    """`eye`."""
    n = args[0]
    return n * (args[1] if len(args) > 1 else n)


def counted(args: Any, kwargs: Any) -> int:
    """`arange` and `range`."""
    numbers = [float(a) for a in args]
    start, end = (0.0, numbers[0]) if len(numbers) == 1 else numbers[:2]
    step = numbers[2] if len(numbers) > 2 else 1.0
    return int(abs((end - start) / step)) + 1


def steps(args: Any, kwargs: Any) -> int:
    """`linspace` and `logspace`."""
    return int(kwargs.get("steps", args[2] if len(args) > 2 else 100))


def matmul(args: Any, kwargs: Any) -> Cost:
    """`mm`, `bmm`, `mv`, `dot`, and `addmm` and its kin, whose last two tensors are multiplied."""
    a, b = list(tensors(args))[-2:]
    rows = math.prod(a.shape[:-1]) if a.ndim > 1 else 1
    columns = b.shape[-1] if b.ndim > 1 else 1
    return Cost(rows * columns, rows * columns * a.shape[-1])


def outer(args: Any, kwargs: Any) -> int:
    """`addr`, `ger`: every element with every other."""
    a, b = list(tensors(args))[-2:]
    return a.numel() * b.numel()


def decomposition(args: Any, kwargs: Any) -> Cost:
    """`svd`, `inv` and other work that grows with the cube of the size."""
    work = max((t.numel() * max(t.shape[-2:]) for t in tensors(args) if t.ndim >= 2), default=0)
    return Cost(largest(args, kwargs), HARD * work)


def unbind(args: Any, kwargs: Any) -> Cost:
    """Every row becomes a tensor."""
    tensor, dim = args[0], args[1] if len(args) > 1 else 0
    return Cost(pieces=tensor.shape[dim])


def split(args: Any, kwargs: Any) -> Cost:
    """Every piece becomes a tensor."""
    tensor, size, dim = args[0], args[1], args[2] if len(args) > 2 else 0
    return Cost(pieces=len(size) if isinstance(size, list | tuple) else tensor.shape[dim] // max(size, 1))


def repeated(args: Any, kwargs: Any) -> int:
    """`repeat`."""
    return args[0].numel() * product(args[1])


def convolution(args: Any, kwargs: Any) -> Cost:
    """Outputs times the weights that each looks at."""
    made = on_meta(aten.convolution.default, args, kwargs)
    weight = args[1]
    return Cost(made, made * (weight.numel() // max(weight.shape[0], 1)))


def on_meta(func: Any, args: Any, kwargs: Any) -> int:
    """Runs the operation on the meta device: only shapes. What depends on the data cannot be told so: 0."""
    with _disable_current_modes(), torch.no_grad():
        try:
            out = func(*to_meta(args), **{k: to_meta(v) for k, v in kwargs.items() if k != "device"})
        except (NotImplementedError, RuntimeError, TypeError, ValueError, IndexError):
            return 0
    return max((t.numel() for t in tensors(out if isinstance(out, list | tuple) else (out,))), default=0)


def to_meta(value: Any) -> Any:
    """The same arguments with tensors of no memory."""
    if isinstance(value, torch.Tensor):
        return torch.empty_strided(value.shape, value.stride(), dtype=value.dtype, device="meta")
    if type(value) in (list, tuple):
        return type(value)(map(to_meta, value))
    return value


RULES: dict[str, Rule | None] = {
    **dict.fromkeys("mm bmm mv dot vdot addmm addmv addbmm baddbmm".split(), matmul),
    **dict.fromkeys("addr ger outer".split(), outer),
    **dict.fromkeys("cat stack".split(), joined),
    **dict.fromkeys("ones zeros rand randn empty full".split(), shaped),
    **dict.fromkeys("new_ones new_zeros new_empty new_full".split(), second_shaped),
    **dict.fromkeys("empty_strided randint".split(), found_shape),
    **dict.fromkeys("arange range".split(), counted),
    **dict.fromkeys("linspace logspace".split(), steps),
    "unbind": unbind,
    **dict.fromkeys("split split_with_sizes".split(), split),
    **dict.fromkeys(
        """
        _linalg_svd _linalg_eigh _linalg_eigvals linalg_eig linalg_inv_ex linalg_qr _linalg_det _linalg_slogdet
        _linalg_solve_ex linalg_lstsq linalg_cholesky_ex linalg_matrix_exp linalg_pinv linalg_lu linalg_lu_factor_ex
        linalg_solve_triangular triangular_solve cholesky cholesky_solve cholesky_inverse geqrf
        """.split(),
        decomposition,
    ),
    "eye": square,
    "randperm": lambda args, kwargs: int(args[0]),
    "repeat": repeated,
    "convolution": convolution,
    "lift_fresh": None,
    "_local_scalar_dense": None,
    "detach": None,
    "alias": None,
}
LIKE_INPUT = frozenset(
    """
    sum mean prod amax amin max min argmax argmin std var var_mean std_mean norm linalg_vector_norm all any cumsum
    cumprod cummax cummin logcumsumexp softmax _softmax log_softmax _log_softmax _softmax_backward_data
    _log_softmax_backward_data sort argsort topk kthvalue median mode nanmedian clone _to_copy copy fill zero
    ones_like zeros_like full_like empty_like rand_like randn_like randint_like flip roll tril triu masked_fill
    index_fill nll_loss_forward nll_loss_backward mse_loss_backward native_layer_norm native_batch_norm native_dropout
    native_group_norm gather unique2 _unique2 nonzero masked_select equal normal uniform random bernoulli exponential
    native_layer_norm_backward native_batch_norm_backward native_dropout_backward index_put _index_put_impl scatter
    scatter_add scatter_reduce sum_to_size aminmax logsumexp trace count_nonzero log_normal cauchy geometric
    _cudnn_rnn max_pool2d_with_indices max_pool1d avg_pool2d adaptive_avg_pool2d _adaptive_avg_pool2d
    """.split()
)
"""Operations whose result is no larger than their inputs broadcast together, beside those tagged pointwise."""
CHOSEN: dict[Any, Rule | None] = {}
"""The rule of each operation that has been met."""


class Zeroed:
    """An operation that only allocates, with zeros for what it finds there: what another program may have left."""

    def __init__(self, func: Any) -> None:
        self.func, self._schema = func, func._schema

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Allocate and zero."""
        out = self.func(*args, **kwargs)
        with torch._C._DisableTorchDispatch():
            return out.zero_()


EMPTY = (
    *(aten.empty.memory_format, aten.empty_like.default, aten.new_empty.default, aten.empty_strided.default),
    *(aten.new_empty_strided.default, aten.empty_permuted.default),
)
INSTEAD: dict[Any, Any] = {func: Zeroed(func) for func in EMPTY} | CHECKED
"""What is run for an operation."""
REGISTRATIONS = (
    torch.nn.modules.module.register_module_module_registration_hook,
    torch.nn.modules.module.register_module_buffer_registration_hook,
    torch.nn.modules.module.register_module_parameter_registration_hook,
)
"""By which PyTorch tells each name under which something is registered."""
