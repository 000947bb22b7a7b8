"""What a statement is, as somebody who builds a graph would say it: a tensor, an expression, a backward pass."""

from __future__ import annotations

import ast
import math
import textwrap
from typing import Any, ClassVar

import msgspec

REDUCTIONS = ("sum", "mean", "prod", "max", "min", "norm", "std", "var", "logsumexp")
"""Functions that a Reduce statement can name."""

ALONG = {"max": "amax", "min": "amin"}
"""What a reduction is called where it goes along a dimension and gives values alone."""

DTYPES = ("float32", "float64", "int64", "bool")
"""Types that a Tensor statement can name."""

FILLS = ("ones", "zeros", "full", "arange", "linspace", "randn", "rand", "values")
RANDOM = ("randn", "rand")


class Tensor(msgspec.Struct, frozen=True, tag="tensor"):
    """`name = torch.ones(shape, ...)`; `value` is the number of a full, both ends of a linspace, or nested elements."""

    kind: ClassVar[str] = "tensor"
    name: str
    fill: str
    shape: tuple[int, ...] = ()
    value: Any = None
    dtype: str = "float32"
    requires_grad: bool = False


class Expression(msgspec.Struct, frozen=True, tag="expression"):
    """`name = formula`."""

    kind: ClassVar[str] = "expression"
    name: str
    formula: str


class Reduce(msgspec.Struct, frozen=True, tag="reduce"):
    """`name = of.function(dim, keepdim)`; no `dim` means over all elements."""

    kind: ClassVar[str] = "reduce"
    name: str
    function: str
    of: str
    dim: tuple[int, ...] = ()
    keepdim: bool = False


class Backward(msgspec.Struct, frozen=True, tag="backward"):
    """`root.backward(gradient, retain_graph)`; root and gradient are expressions, no gradient is an empty text."""

    kind: ClassVar[str] = "backward"
    root: str
    gradient: str = ""
    retain_graph: bool = False
    create_graph: bool = False


class Zero(msgspec.Struct, frozen=True, tag="zero"):
    """A gradient is put back: `how` is "none" (x.grad = None), "fill" (x.grad.zero_()), or "all" (x.zero_grad())."""

    kind: ClassVar[str] = "zero"
    of: str
    how: str


class NoGrad(msgspec.Struct, frozen=True, tag="no_grad"):
    """`with torch.no_grad():` and the statements in it, as text that begins in the first column."""

    kind: ClassVar[str] = "no_grad"
    body: str


class Seed(msgspec.Struct, frozen=True, tag="seed"):
    """`torch.manual_seed(number)`."""

    kind: ClassVar[str] = "seed"
    number: int


class Print(msgspec.Struct, frozen=True, tag="print"):
    """`print(what)`."""

    kind: ClassVar[str] = "print"
    what: str


class Import(msgspec.Struct, frozen=True, tag="import"):
    """Something is imported."""

    kind: ClassVar[str] = "import"


class Other(msgspec.Struct, frozen=True, tag="other"):
    """Any other statement, or several on one line."""

    kind: ClassVar[str] = "other"


Meaning = Tensor | Expression | Reduce | Backward | Zero | NoGrad | Seed | Print | Import | Other


def meaning(code: str) -> Meaning:
    """What one statement is; Other if it is nothing that has a name here.

    >>> meaning("x = torch.ones((2, 3), requires_grad=True)")
    Tensor(name='x', fill='ones', shape=(2, 3), value=None, dtype='float32', requires_grad=True)
    >>> meaning("o = y.sum(dim=0)")
    Reduce(name='o', function='sum', of='y', dim=(0,), keepdim=False)
    >>> meaning("y.backward(torch.ones_like(y))")
    Backward(root='y', gradient='torch.ones_like(y)', retain_graph=False, create_graph=False)
    >>> meaning("for i in range(3): pass")
    Other()
    """
    try:
        body = ast.parse(code).body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return Other()
    if len(body) != 1:
        return Other()
    try:
        return _of_statement(body[0], code)
    except _Unlike:
        return Other()


class _Unlike(Exception):
    """A piece of the tree is not of the form that was looked for."""


def _of_statement(node: ast.stmt, code: str) -> Meaning:
    match node:
        case ast.Import() | ast.ImportFrom():
            return Import()
        case ast.With(items=[ast.withitem(context_expr=context, optional_vars=None)]):
            return NoGrad(_body(node, code)) if _dotted(context) in ("torch.no_grad()", "no_grad()") else Other()
        case ast.Assign(targets=[ast.Name(id=name)], value=value):
            for read in (_tensor, _reduce):
                try:
                    return read(name, value)
                except _Unlike:
                    pass
            return Expression(name, _text(value, code))
        case ast.Assign(targets=[ast.Attribute(value=of, attr="grad")], value=ast.Constant(value=None)):
            return Zero(_text(of, code), "none")
        case ast.Expr(value=ast.Call(func=func, args=args, keywords=keywords)):
            return _of_call(func, args, {word.arg: word.value for word in keywords}, code)
    return Other()


def _of_call(func: ast.expr, args: list[ast.expr], words: dict[str | None, ast.expr], code: str) -> Meaning:
    match func:
        case ast.Name(id="print") if len(args) == 1 and not words and not isinstance(args[0], ast.Starred):
            return Print(_text(args[0], code))
        case ast.Attribute(value=ast.Name(id="torch"), attr="manual_seed") if len(args) == 1 and not words:
            return Seed(_whole(args[0]))
        case ast.Attribute(value=root, attr="backward"):
            return _backward(root, args, words, code)
        case ast.Attribute(value=ast.Attribute(value=of, attr="grad"), attr="zero_") if not args and not words:
            return Zero(_text(of, code), "fill")
        case ast.Attribute(value=of, attr="zero_grad") if not args and not words:
            return Zero(_text(of, code), "all")
    return Other()


def _backward(root: ast.expr, args: list[ast.expr], words: dict[str | None, ast.expr], code: str) -> Backward:
    positional = ("gradient", "retain_graph", "create_graph")
    _need(len(args) <= len(positional) and not any(isinstance(one, ast.Starred) for one in args))
    given = dict(zip(positional, args, strict=False)) | {str(word): value for word, value in words.items()}
    _need(len(given) == len(args) + len(words) and set(given) <= set(positional))
    gradient = given.get("gradient")
    is_given = gradient is not None and not (isinstance(gradient, ast.Constant) and gradient.value is None)
    return Backward(
        _text(root, code),
        _text(gradient, code) if gradient is not None and is_given else "",
        _flag(given.get("retain_graph")),
        _flag(given.get("create_graph")),
    )


def _tensor(name: str, value: ast.expr) -> Tensor:
    wants = False
    match value:
        case ast.Call(func=ast.Attribute(value=made, attr="requires_grad_"), args=[], keywords=[]):
            wants, value = True, made
    reshaped = None
    match value:
        case ast.Call(func=ast.Attribute(value=made, attr="reshape"), args=args, keywords=[]):
            reshaped, value = _sizes(args), made
    match value:
        case ast.Call(func=ast.Attribute(value=ast.Name(id="torch"), attr=fill), args=args, keywords=keywords):
            words = {str(word.arg): word.value for word in keywords}
        case _:
            raise _Unlike
    _need(set(words) <= {"dtype", "requires_grad"})
    wants = _flag(words.get("requires_grad")) or wants
    dtype = _dtype(words.get("dtype"))
    shape: tuple[int, ...] = ()
    content: Any = None
    if fill in ("ones", "zeros", "randn", "rand"):
        shape = _sizes(args)
    elif fill == "full" and len(args) == 2:
        shape, content = _sizes(args[:1]), _literal(args[1])
        _need(isinstance(content, int | float))
        dtype = dtype or _natural(content)
    elif fill == "arange" and len(args) == 1:
        count = _literal(args[0])
        _need(isinstance(count, int | float) and not isinstance(count, bool) and 0 <= count < 2**53)
        _need(count == int(count))
        shape, dtype = (int(count),), dtype or _natural(count)
    elif fill == "linspace" and len(args) == 3:
        ends = (_literal(args[0]), _literal(args[1]))
        _need(all(isinstance(end, int | float) and not isinstance(end, bool) for end in ends))
        shape, content = (_whole(args[2]),), ends
    elif fill == "tensor" and len(args) == 1:
        fill, content = "values", _literal(args[0])
        shape, dtype = _shape(content), dtype or _natural(content)
    else:
        raise _Unlike
    if reshaped is not None:
        _need(math.prod(reshaped) == math.prod(shape))
        shape = reshaped
    _need(fill != "values" or reshaped is None)
    return Tensor(name, fill, shape, content, dtype or "float32", wants)


def _reduce(name: str, value: ast.expr) -> Reduce:
    match value:
        case ast.Call(func=ast.Attribute(value=ast.Name(id="torch"), attr=called), args=[ast.Name(id=of), *args]):
            pass
        case ast.Call(func=ast.Attribute(value=ast.Name(id=of), attr=called), args=args) if of != "torch":
            pass
        case _:
            raise _Unlike
    short = {long: short for short, long in ALONG.items()}
    function = short.get(called, called)
    words = {str(word.arg): word.value for word in value.keywords}
    _need(function in REDUCTIONS and set(words) <= {"dim", "keepdim"} and len(args) <= 1)
    _need(not (args and function in ("norm", "std", "var")))  # the first argument is another one there
    _need(not ("dim" in words and args))
    along = words.get("dim", args[0] if args else None)
    dims: tuple[int, ...] = ()
    if along is not None:
        read = _literal(along)
        dims = (read,) if isinstance(read, int) else tuple(read) if isinstance(read, tuple | list) else ()
        _need(bool(dims) and all(isinstance(dim, int) and not isinstance(dim, bool) for dim in dims))
    _need((called in short) == (function in ALONG and bool(dims)))
    _need(function != "logsumexp" or bool(dims))
    _need(function != "prod" or len(dims) < 2)
    return Reduce(name, function, of, dims, _flag(words.get("keepdim")))


# -- small pieces


def _need(is_so: bool) -> None:
    if not is_so:
        raise _Unlike


def _text(node: ast.expr, code: str) -> str:
    found = ast.get_source_segment(code, node)
    _need(found is not None)
    inside = str(found)
    # A value in brackets of its own ends behind them: what goes over several lines needs them.
    return f"({inside})" if "\n" in inside and not inside.startswith(("(", "[", "{")) else inside


def _body(node: ast.With, code: str) -> str:
    lines = code.splitlines()
    first = node.body[0].lineno
    _need(first > node.lineno)
    start = node.lineno
    while start < first - 1 and not lines[start].lstrip().startswith("#"):
        start += 1
    return textwrap.dedent("\n".join(lines[start:]))


def _dotted(node: ast.expr) -> str:
    return ast.unparse(node)


def _literal(node: ast.expr) -> Any:
    if isinstance(node, ast.Call) and ast.unparse(node.func) == "float" and len(node.args) == 1:
        try:
            return float(_literal(node.args[0]))
        except (ValueError, TypeError, OverflowError):
            raise _Unlike from None
    if isinstance(node, ast.List):
        return [_literal(one) for one in node.elts]
    try:
        return ast.literal_eval(node)
    except (ValueError, TypeError, RecursionError):
        raise _Unlike from None


def _whole(node: ast.expr) -> int:
    value = _literal(node)
    _need(isinstance(value, int) and not isinstance(value, bool))
    return int(value)


def _sizes(args: list[ast.expr]) -> tuple[int, ...]:
    read = [_literal(one) for one in args]
    if len(read) == 1 and isinstance(read[0], tuple | list):
        read = list(read[0])
    _need(all(isinstance(size, int) and not isinstance(size, bool) and size >= 0 for size in read))
    return tuple(read)


def _flag(node: ast.expr | None) -> bool:
    if node is None:
        return False
    value = _literal(node)
    _need(isinstance(value, bool))
    return bool(value)


def _dtype(node: ast.expr | None) -> str:
    if node is None:
        return ""
    found = ast.unparse(node).removeprefix("torch.")
    _need(found in DTYPES)
    return found


def _natural(content: Any) -> str:
    """The type that PyTorch gives to these elements."""
    flat = list(_flat(content))
    if flat and all(isinstance(one, bool) for one in flat):
        return "bool"
    return "int64" if flat and all(isinstance(one, int) for one in flat) else "float32"


def _flat(content: Any) -> Any:
    if isinstance(content, list | tuple):
        for one in content:
            yield from _flat(one)
    else:
        yield content


def _shape(content: Any) -> tuple[int, ...]:
    """The shape of nested lists of numbers; not of the form looked for if they are ragged or hold anything else."""
    if not isinstance(content, list | tuple):
        _need(isinstance(content, int | float))
        return ()
    inner = {_shape(one) for one in content}
    _need(len(inner) <= 1)
    return (len(content), *(inner.pop() if inner else ()))
