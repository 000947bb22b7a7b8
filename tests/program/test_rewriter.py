"""The text: what is refused and where, and that rewriting moves nothing."""

from __future__ import annotations

import ast

import pytest

from vizgrad.program.exceptions import NotOffered
from vizgrad.program.language.rewriter import Rewriter, compile_program
from vizgrad.program.run import execute
from vizgrad.trace import Span

REFUSED = {
    "x = 1\nasync def f():\n    pass": ("async", Span(2, 0, 3, 8)),
    "def f():\n    return __import__('os')": ("`__import__`", Span(2, 11, 2, 21)),
    "from math import *": ("`import *`", Span(1, 0, 1, 18)),
    "class A(metaclass=type): pass": ("metaclass", Span(1, 8, 1, 22)),
    "γ = α; __builtins__": ("`__builtins__`", Span(1, 7, 1, 19)),
    "match x:\n    case int(__class__=y): pass": ("`__class__`", Span(2, 9, 2, 25)),
    "class A:\n    def __del__(self): pass": ("`__del__`", Span(2, 4, 2, 27)),
    "try: pass\nexcept* ValueError: pass": ("except*", Span(1, 0, 2, 24)),
    "def f(__builtins__): pass": ("`__builtins__`", Span(1, 6, 1, 18)),
    "import math as __name__": ("`__name__`", Span(1, 7, 1, 23)),
}


@pytest.mark.parametrize("source", REFUSED)
def test_refused_with_its_place(source: str):
    words, span = REFUSED[source]
    with pytest.raises(NotOffered) as refusal:
        compile_program(source)
    assert words in str(refusal.value)
    assert refusal.value.span == span


@pytest.mark.parametrize(
    "source", ["x = (1", "if x\n  pass", "x = = 2", "return 1", "break", "a b", "def f(x, x): pass", "1 = x"]
)
def test_syntax_errors_are_pythons_own(source: str):
    with pytest.raises(SyntaxError) as ours:
        compile_program(source)
    with pytest.raises(SyntaxError) as pythons:
        compile(source, "<program>", "exec")
    assert (ours.value.msg, ours.value.lineno, ours.value.offset) == (
        pythons.value.msg,
        pythons.value.lineno,
        pythons.value.offset,
    )


EVERYTHING = '''
import math, torch.nn as nn
from torch.nn import functional as F, Module as M
@deco(1)
def f(a, b=2, *c, d: int = 4, **e) -> int:
    """doc"""
    global g
    g = h = (a + b) * 2
    x, (y, *z) = a
    for i, (j, k) in e.items():
        x += i ** 2
        e[i] += 1
        e.attr *= [p for p in range(3) if p % 2]
    else:
        del x, y
    while (n := len(c)) > 1:
        break
    with nn.no_grad() as u, open() as (v, w):
        return f"{a + b:>{d}} {c!r}"
class A(M):
    t: int = 3
    def g(self): self.__x = lambda q: q << 2
try:
    yielded = (yield_ for yield_ in {1: 2, **{}})
except (ValueError, A) as error:
    raise error from None
except:
    assert A[1:2, ::3] @ B - C, "no"
finally:
    match a:
        case [1, *rest] if rest: pass
        case {"k": v, **more} | other: pass
        case A(1, x=2) | M.B(y=C.D): pass
'''


def test_every_new_node_has_a_place_in_the_text():
    before = ast.parse(EVERYTHING.replace("other", "{'k': v, **more}"))
    lines = EVERYTHING.count("\n") + 1
    tree = Rewriter(EVERYTHING).visit(ast.parse(EVERYTHING.replace("other", "{'k': v, **more}")))
    places = {
        (n.lineno, n.col_offset, n.end_lineno, n.end_col_offset) for n in ast.walk(before) if hasattr(n, "lineno")
    }
    for node in ast.walk(tree):
        if "lineno" in node._attributes:
            assert 1 <= node.lineno <= node.end_lineno <= lines
            is_header = (node.lineno, node.col_offset) in {p[:2] for p in places}
            assert is_header, ast.dump(node)
    compile(tree, "x", "exec")


def test_guards_cannot_be_spelled():
    tree = Rewriter(EVERYTHING).visit(ast.parse(EVERYTHING.replace("other", "{'k': v, **more}")))
    guards = {n.id for n in ast.walk(tree) if isinstance(n, ast.Name) and not n.id.isidentifier()}
    assert guards
    assert all(name.startswith("@") for name in guards)


def test_future_annotations_are_not_evaluated():
    names: dict = {"__builtins__": {"@tick": lambda: None, "@bind": lambda *a: None}}
    exec(compile_program("from __future__ import annotations\ndef f(x: Unknown): return x"), names)
    assert names["f"].__annotations__ == {"x": "Unknown"}


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ("match 'a':\n  case str(join=j): pass", "`str.join`"),
        ("def f(): pass\nmatch f:\n  case object(__name__=n): pass", "`__name__`"),
        ("def f(): yield\nmatch f():\n  case object(gi_frame=n): pass", "`generator.gi_frame`"),
        ("import torch\nmatch torch.nn.Linear(1, 1):\n case torch.nn.Module(_parameters=p): pass", "_parameters"),
        ("import torch\nmatch torch:\n case object(ones=p): pass", "`torch.ones`"),
        ("match 1:\n case int(x, real=y): pass", "both a value and names"),
    ],
)
def test_class_patterns_read_only_what_a_program_may_read(source: str, words: str, engine: str):
    error = execute(source, engine).error
    assert error is not None
    assert error.type == "NotOffered"
    assert words in error.message
