"""Convolution in any number of dimensions, and the two products it is differentiated with."""

from __future__ import annotations

import itertools
import math
from typing import Any

import numpy as np
from numpy.lib.stride_tricks import as_strided

from ...core import errors
from ...core.op import function, op
from ...core.samples import sample
from ...core.tensor import Tensor
from ..shape.cat import constant_pad_nd


def windows(x: Any, kernel: Any, stride: Any, dilation: Any) -> Any:
    """Show all windows of a padded (N, C, …) array: (N, C, *places, *kernel)."""
    rank = len(kernel)
    spatial, strides = x.shape[2:], x.strides[2:]
    places = tuple((n - d * (k - 1) - 1) // s + 1 for n, k, s, d in zip(spatial, kernel, stride, dilation, strict=True))
    return (
        as_strided(
            x,
            (*x.shape[:2], *places, *kernel),
            (
                *x.strides[:2],
                *(b * s for b, s in zip(strides, stride, strict=True)),
                *(b * d for b, d in zip(strides, dilation, strict=True)),
            ),
            writeable=False,
        )
        if rank
        else x
    )


def padded(x: Any, padding: Any, value: float = 0.0) -> Any:
    """Put `value` around an (N, C, …) array, so many times for each dimension."""
    if not any(padding):
        return x
    return np.pad(x, [(0, 0), (0, 0), *((p, p) for p in padding)], constant_values=value)


def _correlate(x: Any, w: Any, stride: Any, padding: Any, dilation: Any, groups: int) -> Any:
    kernel = w.shape[2:]
    rank = len(kernel)
    seen = windows(padded(x, padding), kernel, stride, dilation)
    n, places = seen.shape[0], seen.shape[2 : 2 + rank]
    per = x.shape[1] // groups
    out = w.shape[0] // groups
    found = np.empty((n, w.shape[0], *places), np.result_type(x, w))
    for g in range(groups):
        part = np.moveaxis(seen[:, g * per : (g + 1) * per], 1, 1 + rank)  # (N, *places, C, *kernel)
        columns = part.reshape(n * math.prod(places), -1)
        product = columns @ w[g * out : (g + 1) * out].reshape(out, -1).T
        found[:, g * out : (g + 1) * out] = np.moveaxis(product.reshape(n, *places, out), -1, 1)
    return found


def _spread(g: Any, w: Any, size: Any, stride: Any, padding: Any, dilation: Any, groups: int) -> Any:
    """The transpose of `_correlate` in x: add each place's weights into an array of the size given."""
    kernel = w.shape[2:]
    into = np.zeros(
        (g.shape[0], w.shape[1] * groups, *(n + 2 * p for n, p in zip(size, padding, strict=True))),
        np.result_type(g, w),
    )
    out, per = w.shape[0] // groups, w.shape[1]
    for at in itertools.product(*map(range, kernel)):
        where = tuple(
            slice(k * d, k * d + s * (n - 1) + 1, s)
            for k, d, s, n in zip(at, dilation, stride, g.shape[2:], strict=True)
        )
        for i in range(groups):
            part = np.tensordot(
                g[:, i * out : (i + 1) * out], w[(slice(i * out, (i + 1) * out), slice(None), *at)], ([1], [0])
            )
            into[(slice(None), slice(i * per, (i + 1) * per), *where)] += np.moveaxis(part, -1, 1)
    return into[(slice(None), slice(None), *(slice(p, p + n) for p, n in zip(padding, size, strict=True)))]


def _weigh(g: Any, x: Any, kernel: Any, stride: Any, padding: Any, dilation: Any, groups: int) -> Any:
    """The transpose of `_correlate` in w: what each weight has met, summed over batch and places."""
    rank = len(kernel)
    x = padded(x, padding)
    per, out = x.shape[1] // groups, g.shape[1] // groups
    found = np.empty((g.shape[1], per, *kernel), np.result_type(g, x))
    over = (0, *range(2, 2 + rank))
    for at in itertools.product(*map(range, kernel)):
        where = tuple(
            slice(k * d, k * d + s * (n - 1) + 1, s)
            for k, d, s, n in zip(at, dilation, stride, g.shape[2:], strict=True)
        )
        seen = x[(slice(None), slice(None), *where)]
        for i in range(groups):
            part = np.tensordot(g[:, i * out : (i + 1) * out], seen[:, i * per : (i + 1) * per], (over, over))
            place: Any = (slice(i * out, (i + 1) * out), slice(None), *at)
            found[place] = part
    return found


def _check(input: Any, weight: Any, bias: Any, padding: Any, dilation: Any, transposed: bool, groups: int) -> None:
    channels = weight.shape[0] if transposed else weight.shape[1] * groups
    if input.shape[1] != channels:
        raise RuntimeError(
            f"Given groups={groups}, weight of size {errors.sizes(weight.shape)}, expected input{errors.sizes(input.shape)} "
            f"to have {channels} channels, but got {input.shape[1]} channels instead"
        )
    reach = [n + 2 * p for n, p in zip(input.shape[2:], padding, strict=True)]
    kernel = [d * (k - 1) + 1 for k, d in zip(weight.shape[2:], dilation, strict=True)]
    if not transposed and any(k > n for n, k in zip(reach, kernel, strict=True)):
        shown = " x ".join(map(str, reach)), " x ".join(map(str, kernel))
        raise RuntimeError(
            f"Calculated padded input size per channel: ({shown[0]}). Kernel size: ({shown[1]}). Kernel size can't be "
            "greater than actual input size"
        )
    if input.dtype != weight.dtype:
        raise RuntimeError(
            f"Input type ({input.dtype.name.replace('float64', 'double').replace('float32', 'float')}) and bias type "
            f"({weight.dtype.name.replace('float64', 'double').replace('float32', 'float')}) should be the same"
        )


def _convolution(
    input: Any,
    weight: Any,
    bias: Any,
    stride: Any,
    padding: Any,
    dilation: Any,
    transposed: bool,
    output_padding: Any,
    groups: int,
) -> Any:
    _check(input, weight, bias, padding, dilation, transposed, groups)
    if transposed:
        size = tuple(
            (n - 1) * s - 2 * p + d * (k - 1) + o + 1
            for n, s, p, d, k, o in zip(
                input.shape[2:], stride, padding, dilation, weight.shape[2:], output_padding, strict=True
            )
        )
        found = _spread(input, weight, size, stride, padding, dilation, groups)
    else:
        found = _correlate(input, weight, stride, padding, dilation, groups)
    return found if bias is None else found + bias.reshape(1, -1, *(1,) * (found.ndim - 2))


def _to_input(
    grad: Any,
    weight: Any,
    size: Any,
    stride: Any,
    padding: Any,
    dilation: Any,
    transposed: bool,
    output_padding: Any,
    groups: int,
) -> Any:
    if transposed:
        found = _correlate(grad, weight, stride, padding, dilation, groups)
        return found[(..., *(slice(0, n) for n in size[2:]))]  # output_padding may leave room for one more step
    return _spread(grad, weight, size[2:], stride, padding, dilation, groups)


def _to_weight(
    grad: Any,
    input: Any,
    size: Any,
    stride: Any,
    padding: Any,
    dilation: Any,
    transposed: bool,
    output_padding: Any,
    groups: int,
) -> Any:
    if transposed:
        return _weigh(input, grad, size[2:], stride, padding, dilation, groups)
    return _weigh(grad, input, size[2:], stride, padding, dilation, groups)


convolution = op(
    "convolution",
    _convolution,
    public=False,
    promotes="same",
    saves="input weight bias_sym_sizes_opt",
    input=lambda grad, _input_sym_sizes, weight, stride, padding, dilation, transposed, output_padding, groups: (
        conv_input(grad, weight, _input_sym_sizes, stride, padding, dilation, transposed, output_padding, groups)
    ),
    weight=lambda grad, input, _weight_sym_sizes, stride, padding, dilation, transposed, output_padding, groups: (
        conv_weight(grad, input, _weight_sym_sizes, stride, padding, dilation, transposed, output_padding, groups)
    ),
    bias=lambda grad: sum_places(grad),
    formulas={
        "input": r"{grad} * \operatorname{{flip}}({weight})",
        "weight": r"{grad} \star {input}",
        "bias": r"\sum {grad}",
    },
    samples=[
        (sample(1, 2, 4, 4), sample(3, 2, 2, 2), sample(3), (1, 1), (1, 0), (1, 1), False, (0, 0), 1),
        (sample(2, 2, 5), sample(2, 3, 2), None, (2,), (1,), (1,), True, (1,), 1),
    ],
)
conv_input = op(
    "convolution_input",
    _to_input,
    public=False,
    promotes="same",
    grad=lambda grad, weight, stride, padding, dilation, transposed, output_padding, groups: convolution(
        grad, weight, None, stride, padding, dilation, transposed, output_padding, groups
    ),
    weight=lambda g, grad, _weight_sym_sizes, stride, padding, dilation, transposed, output_padding, groups: (
        conv_weight(grad, g, _weight_sym_sizes, stride, padding, dilation, transposed, output_padding, groups)
    ),
    tex=r"{0} * \operatorname{{flip}}({1})",
    formulas={"grad": r"{grad} \star {weight}", "weight": r"{grad} \star {given}"},
)
conv_weight = op(
    "convolution_weight",
    _to_weight,
    public=False,
    promotes="same",
    grad=lambda g, input, stride, padding, dilation, transposed, output_padding, groups: convolution(
        input, g, None, stride, padding, dilation, transposed, output_padding, groups
    ),
    input=lambda g, grad, _input_sym_sizes, stride, padding, dilation, transposed, output_padding, groups: conv_input(
        grad, g, _input_sym_sizes, stride, padding, dilation, transposed, output_padding, groups
    ),
    tex=r"{0} \star {1}",
    formulas={"grad": r"{input} \star {grad}", "input": r"{given} * \operatorname{{flip}}({grad})"},
)
sum_places = op(
    "sum_places",
    lambda grad: grad.sum((0, *range(2, grad.ndim))),
    public=False,
    promotes="same",
    tex=r"\sum {0}",
    grad=lambda g, grad: g.reshape((1, -1, *(1,) * (grad.ndim - 2))) + grad * 0,
    formulas={"grad": "{grad}"},
)


def per_dimension(value: Any, rank: int) -> tuple[int, ...]:
    """Give one number for each dimension, where one may stand for all."""
    return (
        (int(value),) * rank
        if isinstance(value, int)
        else tuple(int(v) for v in value) * (rank if len(value) == 1 else 1)
    )


def _functional(rank: int, transposed: bool = False) -> Any:
    def conv(
        input: Tensor, weight: Tensor, bias: Any = None, stride: Any = 1, padding: Any = 0, *rest: Any, **named: Any
    ) -> Any:
        names = ("output_padding", "groups", "dilation") if transposed else ("dilation", "groups")
        given = {**dict(zip(names, rest, strict=False)), **named}
        dilation = per_dimension(given.get("dilation", 1), rank)
        steps = per_dimension(stride, rank)
        if padding == "valid":
            padding = 0
        elif padding == "same":
            total = [d * (k - 1) for d, k in zip(dilation, weight.shape[2:], strict=True)]
            padding = [n // 2 for n in total]
            if any(n % 2 for n in total):  # PyTorch pads the odd one at the end beforehand
                input = constant_pad_nd(input, [end for n in reversed(total) for end in (0, n % 2)], 0)
        single = input.ndim == rank + 1
        if not single and input.ndim != rank + 2:
            raise RuntimeError(
                f"Expected {rank + 1}D (unbatched) or {rank + 2}D (batched) input to conv{'_transpose' if transposed else ''}{rank}d, "
                f"but got input of size: {errors.sizes(input.shape)}"
            )
        found = convolution(
            input.unsqueeze(0) if single else input,
            weight,
            bias,
            steps,
            per_dimension(padding, rank),
            dilation,
            transposed,
            per_dimension(given.get("output_padding", 0), rank),
            given.get("groups", 1),
        )
        return found.squeeze(0) if single else found

    conv.__name__ = conv.__qualname__ = f"conv{'_transpose' if transposed else ''}{rank}d"
    conv.__doc__ = f"Slide a window of weights over {rank} dimension{'s' * (rank > 1)} of (N, C, …)."
    return function(method=False)(conv)


conv1d, conv2d, conv3d = (_functional(r) for r in (1, 2, 3))
conv_transpose1d, conv_transpose2d, conv_transpose3d = (_functional(r, True) for r in (1, 2, 3))
