"""What people type into the fields of a card: names, shapes, numbers and elements."""

from __future__ import annotations

import ast
import keyword
import re
from typing import Any

RESERVED = frozenset({"torch", "F", "nn", "print"})
NUMBER = re.compile(r"[-+]?(\d+\.?\d*([eE][-+]?\d+)?|\.\d+([eE][-+]?\d+)?|inf|nan)")


class Unfinished(ValueError):
    """A card is not filled in yet, or not rightly; the text says what to type."""


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


def shape_text(shape: tuple[int, ...]) -> str:
    """A shape as it is typed.

    >>> shape_text((2, 3)), shape_text(())
    ('2, 3', '')
    """
    return ", ".join(map(str, shape))


def parsed_dims(text: str) -> tuple[int, ...]:
    """The dimensions in a text such as "0" or "0, -1", none for an empty one; raises Unfinished for anything else.

    >>> parsed_dims("0"), parsed_dims("0, -1"), parsed_dims("")
    ((0,), (0, -1), ())
    """
    words = [word for word in re.split(r"[\s,]+", text.strip().strip("()[]")) if word]
    if not all(re.fullmatch(r"-?[0-9]{1,2}", word) for word in words):
        raise Unfinished(f"{text!r} is no dimension: type 0 or 0, 1 (-1 is the last one), or nothing for all elements.")
    return tuple(map(int, words))


def one_number(text: str) -> float:
    """The number in a text; raises Unfinished if there is none."""
    if not NUMBER.fullmatch(text.strip()):
        raise Unfinished(f"{text!r} is not a number: type one such as 0.5." if text.strip() else "Type the number.")
    return float(text)


def whole_number(text: str) -> int:
    """The whole number in a text; raises Unfinished if there is none."""
    if not re.fullmatch(r"[-+]?[0-9]{1,18}", text.strip()):
        raise Unfinished("Type a whole number, for example 0.")
    return int(text)


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
    if not isinstance(nested, int | float):
        raise TypeError(nested)
    try:
        return float(nested)
    except OverflowError:
        raise ValueError from None


def formula(text: str) -> str:
    """A formula without blanks around it; raises Unfinished if it is none, with Python's own word for what is wrong."""
    text = text.strip()
    if not text or text.startswith("#"):
        raise Unfinished("Type a formula, for example 5 * (x + 1) ** 2.")
    if re.match(r"\w+\s*=(?!=)", text):
        raise Unfinished("Type only what stands to the right of the equals sign; the name has its own field.")
    # Inside of brackets a formula may go over several lines; without any it is one line.
    try:
        ast.parse(text, mode="eval")
    except SyntaxError as error:
        raise Unfinished("Keep the formula on one line." if "\n" in text else f"SyntaxError: {error.msg}") from None
    except (ValueError, MemoryError, RecursionError):
        raise Unfinished("This formula is too deeply nested.") from None
    return text
