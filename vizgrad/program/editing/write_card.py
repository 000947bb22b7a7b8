"""The statements that the cards write, as program text; nothing here runs anything."""

from __future__ import annotations

import ast
import math
import re
import textwrap
from collections.abc import Callable
from typing import Any

import msgspec

from .fields import (
    Unfinished,
    checked_name,
    elements,
    one_number,
    parsed_dims,
    parsed_shape,
    whole_number,
)
from .fields import formula as checked_formula
from .parse_card import ALONG, DTYPES, RANDOM, REDUCTIONS

FILLS = {
    "ones": "ones",
    "zeros": "zeros",
    "full": "one number everywhere",
    "arange": "0, 1, 2 …",
    "linspace": "evenly from a to b",
    "randn": "random, normal",
    "rand": "random, 0 to 1",
    "values": "typed values",
}
"""What a new tensor can hold, and what that is called."""

USUAL_NAMES = "xywzabcuvpq"
FLOATING = ("float32", "float64")


LONGEST = 20_000
"""Characters in the fields of a card."""


class Wish(msgspec.Struct, frozen=True):
    """A statement that a card is to write: its kind, and what stands in the card's fields."""

    kind: str
    fields: dict[str, Any]

    @classmethod
    def of(cls, kind: str, **fields: Any) -> Wish:
        """A wish; raises Unfinished where more stands in the fields than anybody types."""
        if sum(len(one) for one in fields.values() if isinstance(one, str)) > LONGEST:
            raise Unfinished(f"This is too long for a card: the limit is {LONGEST:,} characters.")
        return cls(kind, fields)


def written(wish: Wish) -> str:
    """The statement; raises Unfinished where a field cannot be understood.

    >>> written(Wish.of("seed", number="7"))
    'torch.manual_seed(7)'
    """
    try:
        return WRITERS[wish.kind](**wish.fields)
    except (KeyError, TypeError):  # what stands in a field may be anything
        raise Unfinished("Fill in all fields.") from None


def tensor(
    name: str,
    fill: str,
    *,
    shape: str = "",
    value: Any = "",
    dtype: str = "float32",
    requires_grad: bool = True,
    seed: str = "",
) -> str:
    """The statement that makes a tensor; raises Unfinished where a field cannot be understood.

    `shape` is typed as "2, 3" (nothing: a scalar); `value` is the number for `full`, both ends "0, 1" for `linspace`,
    and for `values` the elements, typed or as nested lists. With a `seed`, random numbers get a statement before.

    >>> tensor("x", "ones", shape="2")
    'x = torch.ones(2, requires_grad=True)'
    >>> tensor("a", "arange", shape="2, 3", requires_grad=False)
    'a = torch.arange(6.0).reshape(2, 3)'
    >>> tensor("w", "values", value="1 2; 3 4")
    'w = torch.tensor([[1.0, 2.0], [3.0, 4.0]], requires_grad=True)'
    >>> tensor("n", "randn", shape="2", requires_grad=False, seed="7")
    'torch.manual_seed(7)\\nn = torch.randn(2)'
    """
    name = checked_name(name)
    if fill not in FILLS:
        raise ValueError(f"there is no fill {fill!r}: choose one of {', '.join(FILLS)}")
    if dtype not in DTYPES:
        raise ValueError(f"there is no dtype {dtype!r} on a card: choose one of {', '.join(DTYPES)}")
    if dtype not in FLOATING:
        if requires_grad:
            raise Unfinished(f"Only tensors of floating point can require gradients: take a float type, not {dtype}.")
        if fill in (*RANDOM, "linspace"):
            raise Unfinished(f"These numbers are not whole: take a float type, not {dtype}.")
    sizes = () if fill == "values" else parsed_shape(shape)
    content, is_implied = _content(fill, sizes, value, dtype)
    function = "tensor" if fill == "values" else fill
    words = [] if dtype == "float32" or is_implied else [f"dtype=torch.{dtype}"]
    is_reshaped = fill in ("arange", "linspace") and len(sizes) != 1
    if requires_grad and not is_reshaped:
        words.append("requires_grad=True")
    made = f"torch.{function}({', '.join([content, *words])})"
    if is_reshaped:
        made += f".reshape({', '.join(map(str, sizes)) or '()'}){'.requires_grad_()' if requires_grad else ''}"
    before = f"torch.manual_seed({whole_number(seed)})\n" if fill in RANDOM and seed.strip() else ""
    return f"{before}{name} = {made}"


def _content(fill: str, sizes: tuple[int, ...], value: Any, dtype: str) -> tuple[str, bool]:
    """What is said of a tensor's elements, and whether that says their type already."""
    if fill == "values":
        nested = elements(value) if isinstance(value, str) else value
        text = _nested(nested, dtype)
        return text, dtype in ("int64", "bool") and any(sign.isalnum() for sign in text)
    if fill == "full":
        return f"{sizes!r}, {_number(one_number(value), dtype)}", dtype in ("int64", "bool")
    if fill == "arange":
        if dtype == "bool":
            raise Unfinished("Counting needs numbers: take a number type, not bool.")
        count = math.prod(sizes)
        return (str(count), True) if dtype == "int64" else (f"{count}.0", False)
    if fill == "linspace":
        ends = re.split(r"[\s,;]+", value.strip())
        if len(ends) != 2:
            raise Unfinished("Type where it begins and where it ends, for example -1 and 1.")
        return f"{', '.join(_number(one_number(end), dtype) for end in ends)}, {math.prod(sizes)}", False
    return (str(sizes[0]) if len(sizes) == 1 else repr(sizes)), False


def expression(name: str, formula: str) -> str:
    """The statement that names the value of a formula; raises Unfinished if it is not a formula.

    >>> expression("y", "5 * (x + 1) ** 2")
    'y = 5 * (x + 1) ** 2'
    """
    return f"{checked_name(name)} = {checked_formula(formula)}"


def reduce(name: str, function: str, of: str, dim: str = "", keepdim: bool = False) -> str:
    """The statement that reduces a tensor, over all its elements or along dimensions typed as "0" or "0, 1".

    >>> reduce("o", "sum", "y"), reduce("m", "max", "y", "1", keepdim=True)
    ('o = y.sum()', 'm = y.amax(dim=1, keepdim=True)')
    """
    if function not in REDUCTIONS:
        raise ValueError(f"there is no reduction {function!r}: choose one of {', '.join(REDUCTIONS)}")
    dims = parsed_dims(dim)
    if function == "logsumexp" and not dims:
        raise Unfinished("logsumexp needs a dimension: type 0, or 0, 1 for several.")
    if function == "prod" and len(dims) > 1:
        raise Unfinished("prod goes along one dimension at a time: type one, such as 0.")
    if not of:
        raise Unfinished("Make a tensor first, to reduce it.")
    words = [f"dim={dims[0] if len(dims) == 1 else dims}"] if dims else []
    if keepdim and dims:
        words.append("keepdim=True")
    called = ALONG.get(function, function) if dims else function
    return f"{checked_name(name)} = {of}.{called}({', '.join(words)})"


def backward(root: str, gradient: str = "", retain_graph: bool = False, create_graph: bool = False) -> str:
    """The statement that runs backward from `root`; `gradient` is typed as elements or as an expression.

    >>> backward("o"), backward("o", retain_graph=True)
    ('o.backward()', 'o.backward(retain_graph=True)')
    >>> backward("y", "1, 1")
    'y.backward(torch.tensor([1.0, 1.0]))'
    >>> backward("y", "torch.ones_like(y)")
    'y.backward(torch.ones_like(y))'
    """
    words = []
    if gradient := gradient.strip():
        try:
            words.append(f"torch.tensor({_nested(elements(gradient), 'float32')})")
        except Unfinished:
            words.append(checked_formula(gradient))
    if retain_graph:
        words.append("retain_graph=True")
    if create_graph:
        words.append("create_graph=True")
    return f"{root}.backward({', '.join(words)})"


def zero(of: str | list[str], how: str) -> str:
    """The statements that put gradients back: to nothing, or filled with zeros, or all that an optimizer knows.

    >>> zero("x", "none"), zero(["x", "w"], "fill"), zero("optimizer", "all")
    ('x.grad = None', 'x.grad.zero_()\\nw.grad.zero_()', 'optimizer.zero_grad()')
    """
    if how == "all":
        names = ".".join(checked_name(part) for part in str(of).split("."))
        return f"{names}.zero_grad()"
    named = [of] if isinstance(of, str) else of
    if not named:
        raise Unfinished("Choose whose gradient.")
    return "\n".join({"none": f"{name}.grad = None", "fill": f"{name}.grad.zero_()"}[how] for name in named)


def no_grad(body: str) -> str:
    """A block in which autograd records nothing; raises Unfinished if its statements are none.

    >>> print(no_grad("w = 2 * x"))
    with torch.no_grad():
        w = 2 * x
    """
    body = textwrap.dedent(body).strip("\n").rstrip()
    if not any(line.strip() and not line.lstrip().startswith("#") for line in body.split("\n")):
        raise Unfinished("Type what is computed without gradients, for example w = 2 * x.")
    return "with torch.no_grad():\n" + textwrap.indent(other(body), "    ")


def seed(number: str) -> str:
    """The statement that makes random numbers repeat.

    >>> seed("7")
    'torch.manual_seed(7)'
    """
    return f"torch.manual_seed({whole_number(number)})"


def printed(what: str) -> str:
    """The statement that prints a value.

    >>> printed("x.grad")
    'print(x.grad)'
    """
    return f"print({checked_formula(what)})"


def other(code: str) -> str:
    """Any statement as it is typed; raises Unfinished if Python could not read it."""
    code = code.strip("\n").rstrip()
    if not code.strip():
        raise Unfinished("Type a statement.")
    try:
        ast.parse(code)
    except SyntaxError as error:
        line = f" in line {error.lineno}" if "\n" in code and error.lineno else ""
        raise Unfinished(f"SyntaxError{line}: {error.msg}") from None
    except (ValueError, MemoryError, RecursionError):
        raise Unfinished("This is too deeply nested.") from None
    return code


def free_name(source: str, wanted: str = USUAL_NAMES) -> str:
    """A name that the program does not use yet: the first letter of `wanted` that is free, or x1, x2, and so on.

    >>> free_name("x = 1"), free_name("x = 1\\nloss = x", "lx")
    ('y', 'l')
    """
    used = set(re.findall(r"[^\W\d]\w*", source))
    for letter in wanted:
        if letter not in used:
            return letter
    return next(f"{wanted[0]}{i}" for i in range(1, len(used) + 2) if f"{wanted[0]}{i}" not in used)


def _nested(nested: Any, dtype: str) -> str:
    if isinstance(nested, list | tuple):
        return f"[{', '.join(_nested(one, dtype) for one in nested)}]"
    return _number(nested, dtype)


def _number(number: float, dtype: str) -> str:
    if dtype == "bool":
        return str(bool(number))
    if dtype == "int64":
        if not (math.isfinite(number) and number == int(number)):
            raise Unfinished(f"{number!r} is not whole: take a float type, or a whole number.")
        return str(int(number))
    return repr(float(number)) if math.isfinite(number) else f'float("{number}")'


WRITERS: dict[str, Callable[..., str]] = {
    "tensor": tensor,
    "expression": expression,
    "reduce": reduce,
    "backward": backward,
    "zero": zero,
    "no_grad": no_grad,
    "seed": seed,
    "print": printed,
    "other": other,
}
"""By the kinds of `reading`."""
