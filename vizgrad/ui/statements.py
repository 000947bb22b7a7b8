"""The statements that the builder's cards write, as program text; nothing here knows Streamlit or runs anything."""

from __future__ import annotations

import ast
import keyword
import math
import re
from typing import Any

FILLS = {
    "ones": "ones",
    "zeros": "zeros",
    "full": "one number everywhere",
    "arange": "0, 1, 2 …",
    "randn": "random, normal",
    "rand": "random, 0 to 1",
    "values": "typed values",
}
"""What a new tensor can hold, and what that is called."""

RESERVED = frozenset({"torch", "F", "nn", "print"})
NUMBER = re.compile(r"[-+]?(\d+\.?\d*([eE][-+]?\d+)?|\.\d+([eE][-+]?\d+)?|inf|nan)")
USUAL_NAMES = "xywzabcuvpq"


class Unfinished(ValueError):
    """A card is not filled in yet, or not rightly; the text says what to type."""


def tensor(name: str, fill: str, *, shape: str = "", value: str = "", requires_grad: bool = True) -> str:
    """The statement that makes a tensor; raises Unfinished where a field cannot be understood.

    `shape` is typed as "2, 3" (nothing: a scalar); `value` is the number for `full` and the elements for `values`.

    >>> tensor("x", "ones", shape="2")
    'x = torch.ones(2, requires_grad=True)'
    >>> tensor("a", "arange", shape="2, 3", requires_grad=False)
    'a = torch.arange(6.0).reshape(2, 3)'
    >>> tensor("w", "values", value="1 2; 3 4")
    'w = torch.tensor([[1.0, 2.0], [3.0, 4.0]], requires_grad=True)'
    """
    name = checked_name(name)
    if fill == "values":
        return f"{name} = {_call('tensor', _list_text(elements(value)), requires_grad)}"
    sizes = parsed_shape(shape)
    if fill == "full":
        return f"{name} = {_call('full', f'{_tuple(sizes)}, {_number_text(one_number(value))}', requires_grad)}"
    if fill == "arange":
        count = f"{math.prod(sizes)}.0"
        if len(sizes) == 1:
            return f"{name} = {_call('arange', count, requires_grad)}"
        reshaped = f"torch.arange({count}).reshape({', '.join(map(str, sizes)) or '()'})"
        return f"{name} = {reshaped}{'.requires_grad_()' if requires_grad else ''}"
    if fill not in FILLS:
        raise ValueError(f"there is no fill {fill!r}: choose one of {', '.join(FILLS)}")
    return f"{name} = {_call(fill, str(sizes[0]) if len(sizes) == 1 else _tuple(sizes), requires_grad)}"


def expression(name: str, formula: str) -> str:
    """The statement that names the value of a formula; raises Unfinished if it is not a formula.

    >>> expression("y", "5 * (x + 1) ** 2")
    'y = 5 * (x + 1) ** 2'
    """
    name, formula = checked_name(name), formula.strip()
    if not formula:
        raise Unfinished("Type a formula, for example 5 * (x + 1) ** 2.")
    if re.match(r"\w+\s*=(?!=)", formula):
        raise Unfinished("Type only what stands to the right of the equals sign; the name has its own field.")
    _checked_formula(formula)
    return f"{name} = {formula}"


def backward(root: str, gradient: str = "") -> str:
    """The statement that runs backward from `root`; `gradient` is typed as elements or as an expression.

    >>> backward("o")
    'o.backward()'
    >>> backward("y", "1, 1")
    'y.backward(torch.tensor([1.0, 1.0]))'
    >>> backward("y", "torch.ones_like(y)")
    'y.backward(torch.ones_like(y))'
    """
    gradient = gradient.strip()
    if not gradient:
        return f"{root}.backward()"
    try:
        text = f"torch.tensor({_list_text(elements(gradient))})"
    except Unfinished:
        _checked_formula(gradient)
        text = gradient
    return f"{root}.backward({text})"


def append(source: str, statement: str) -> str:
    """The program with one more statement at its end, and with `import torch` if nothing imports it yet.

    >>> append("", "x = torch.ones(2)")
    'import torch\\n\\nx = torch.ones(2)\\n'
    >>> append("import torch\\nx = 1  # one", "y = x")
    'import torch\\nx = 1  # one\\ny = x\\n'
    """
    if not re.search(r"^\s*(import|from)\s+torch\b", source, re.MULTILINE):
        source = f"import torch\n\n{source}"
    body = source.rstrip()
    gap = "\n\n" if body == "import torch" else "\n"
    return f"{body}{gap}{statement}\n"


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


# -- reading the fields


def checked_name(name: str) -> str:
    """`name` without blanks around it; raises Unfinished if Python would not take it as a variable's name."""
    name = name.strip()
    if not name:
        raise Unfinished("Give it a name, for example x.")
    if not name.isidentifier() or keyword.iskeyword(name):
        raise Unfinished(f"{name!r} cannot be a name: use letters, digits and _, and begin with a letter.")
    if name in RESERVED:
        raise Unfinished(f"{name!r} already means something else: choose another name.")
    return name


def parsed_shape(text: str) -> tuple[int, ...]:
    """The sizes in a text as people type them; raises Unfinished for anything else.

    >>> parsed_shape("2, 3"), parsed_shape("(4,)"), parsed_shape("2x2"), parsed_shape("")
    ((2, 3), (4,), (2, 2), ())
    """
    words = [word for word in re.split(r"[\s,x×]+", text.strip().strip("()[]")) if word]
    if not all(re.fullmatch(r"[0-9]{1,9}", word) for word in words):
        raise Unfinished(f"{text!r} is not a shape: type sizes such as 2 or 2, 3, or nothing for a single number.")
    return tuple(map(int, words))


def one_number(text: str) -> float:
    """The number in a text; raises Unfinished if there is none."""
    if not NUMBER.fullmatch(text.strip()):
        raise Unfinished(f"{text!r} is not a number: type one such as 0.5." if text.strip() else "Type the number.")
    return float(text)


def elements(text: str) -> Any:
    """The nested lists of floats in a text: "1, 2", "1 2; 3 4", rows on lines, or Python's own brackets.

    >>> elements("3"), elements("1, 2"), elements("1 2; 3 4"), elements("[[1], [2]]")
    (3.0, [1.0, 2.0], [[1.0, 2.0], [3.0, 4.0]], [[1.0], [2.0]])
    """
    text = text.strip()
    if not text:
        raise Unfinished("Type the elements, for example 1, 2, 3 or 1 2; 3 4.")
    if text.startswith("["):
        try:
            return _floats(ast.literal_eval(text))
        except (ValueError, SyntaxError, TypeError, MemoryError, RecursionError):
            raise Unfinished("The brackets or numbers do not fit: type them as [[1, 2], [3, 4]].") from None
    rows = [[one_number(word) for word in re.split(r"[\s,]+", row.strip(" ,\t"))] for row in re.split(r"[;\n]", text)]
    if len({len(row) for row in rows}) > 1:
        raise Unfinished(f"Every row needs as many numbers as the first one, which has {len(rows[0])}.")
    if len(rows) > 1:
        return rows
    return rows[0] if len(rows[0]) > 1 or "," in text else rows[0][0]


def _floats(nested: Any) -> Any:
    if isinstance(nested, list | tuple):
        return [_floats(part) for part in nested]
    if isinstance(nested, bool) or not isinstance(nested, int | float):
        raise TypeError(nested)
    return float(nested)


def _checked_formula(formula: str) -> None:
    if "\n" in formula:
        raise Unfinished("Keep the formula on one line.")
    try:
        ast.parse(formula, mode="eval")
    except SyntaxError as error:
        raise Unfinished(f"SyntaxError: {error.msg}") from None
    except (ValueError, MemoryError, RecursionError):
        raise Unfinished("This formula is too deeply nested.") from None
    if formula.lstrip().startswith("#"):
        raise Unfinished("Type a formula, for example 5 * (x + 1) ** 2.")


# -- writing the text


def _call(function: str, arguments: str, requires_grad: bool) -> str:
    return f"torch.{function}({arguments}{', requires_grad=True' if requires_grad else ''})"


def _tuple(sizes: tuple[int, ...]) -> str:
    return repr(sizes)


def _list_text(nested: Any) -> str:
    if isinstance(nested, list):
        return f"[{', '.join(map(_list_text, nested))}]"
    return _number_text(nested)


def _number_text(number: float) -> str:
    return repr(number) if math.isfinite(number) else f'float("{number}")'
