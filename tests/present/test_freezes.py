"""Small inputs that are far more work than they look: each is refused early or answered, and nobody waits meanwhile."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache

import pytest

from vizgrad.present import cards, derivation, player
from vizgrad.present.cards import Outline
from vizgrad.present.derivation import Derived
from vizgrad.present.player import played
from vizgrad.present.request import NotPresented, ask
from vizgrad.program import isolated
from vizgrad.program.limits.limits import Limits
from vizgrad.program.run import execute

SEED = (
    "import torch\nx = torch.ones(2, requires_grad=True)\ny = 5 * (x + 1) ** 2\no = 0.5 * torch.sum(y)\no.backward()\n"
)
NUMBER = "import torch\nx = torch.tensor(0.5, requires_grad=True)\ny = x\n"
VECTOR = "import torch\nx = torch.rand(1000, requires_grad=True)\n"
BACK = "\ny.backward()\n"
LATE = "it was not ready in time"
PATIENCE = 60.0
"""Seconds within which anybody is answered, on the slowest machine; only a freeze takes longer."""


@contextmanager
def others_are_answered() -> Iterator[None]:
    """While the block is at work, another session runs a program, again and again, and gets its answer."""
    is_over, printed = threading.Event(), []

    def another() -> None:
        while True:
            printed.append(isolated.run(f"{SEED}print(x.grad, {len(printed)})\n").stdout)
            if is_over.is_set():
                return

    session = threading.Thread(target=another)
    session.start()
    try:
        yield
    finally:
        is_over.set()
        session.join(PATIENCE)
    assert not session.is_alive()
    assert printed == [f"tensor([10., 10.]) {number}\n" for number in range(len(printed))] and printed


# -- 1. the cards of a program


def nested(opens: str, closes: str, inside: str = "1") -> Callable[[int], str]:
    return lambda depth: opens * depth + inside + closes * depth


TEXTS: dict[str, Callable[[int], str]] = {
    "parentheses": lambda n: f"x = {nested('(', ')')(n)}",
    "tuples": lambda n: f"x = {nested('(', ',)')(n)}",
    "lists": lambda n: f"x = {nested('[', ']')(n)}",
    "dicts": lambda n: f"x = {nested('{1: ', '}')(n)}",
    "calls in calls": lambda n: f"x = {nested('f(', ')')(n)}",
    "named arguments": lambda n: f"x = {nested('f(a=', ')')(n)}",
    "calls of calls": lambda n: f"x = f{'(1)' * n}",
    "subscripts": lambda n: f"x = a{'[1]' * n}",
    "subscripts in subscripts": lambda n: f"x = {nested('a[', ']')(n)}",
    "attributes": lambda n: f"x = a{'.b' * n}",
    "methods": lambda n: f"x = a{'.b(1)' * n}",
    "signs": lambda n: f"x = {'-' * n}1",
    "not": lambda n: f"x = {'not ' * n}1",
    "a sum": lambda n: f"x = x{'+x' * n}",
    "powers": lambda n: f"x = x{'**x' * n}",
    "comparisons": lambda n: f"x = x{'<x' * n}",
    "conditions": lambda n: f"x = {'1 if a else ' * n}1",
    "lambdas": lambda n: f"x = {'lambda: ' * n}1",
    "lambdas as defaults": lambda n: f"x = {nested('(lambda a=', ': 0)')(n)}",
    "f-strings": lambda n: f"x = f'{{{nested('(', ')')(n)}}}' " + """f'{f"{1:{2}}"}' """ * n,
    "comprehensions": lambda n: f"x = {nested('[a for a in ', ']', 'b')(n)}",
    "fors of one comprehension": lambda n: f"x = [a {'for a in b ' * n}]",
    "targets": lambda n: f"{nested('(', ')', 'x')(n)} = 1",
    "assignments": lambda n: f"{'x = ' * n}1",
    "walruses": lambda n: f"x = {nested('(a := ', ')')(n)}",
    "with": lambda n: f"with {nested('(', ')', 'a')(n)} as b: pass",
    "for": lambda n: f"for {nested('(', ')', 'a')(n)} in b: pass",
    "del": lambda n: f"del {nested('(', ')', 'a')(n)}",
    "decorators": lambda n: f"@{nested('(', ')', 'a')(n)}\ndef f(): pass",
    "blocks": lambda n: "".join(f"{' ' * i}if 1:\n" for i in range(n)) + f"{' ' * n}pass",
    "elif": lambda n: "if 1: pass\n" + "elif 1: pass\n" * n,
    "parameters": lambda n: f"def f({', '.join(f'a{i}' for i in range(n))}): pass",
    "strings": lambda n: "x = " + "'a' " * n,
    "statements on one line": lambda n: "x = 1; " * n,
    "lines": lambda n: "x = 1\n" * n,
    "comments": lambda n: "# a\n" * n,
}
PATTERNS: dict[str, Callable[[int], str]] = {
    "parentheses": nested("(", ")"),
    "parentheses on many lines": nested("(\n", ")"),
    "lists": nested("[", "]"),
    "classes": nested("A(", ")"),
    "named fields": nested("A(a=", ")"),
    "dicts": nested("{1: ", "}"),
    "dicts in lists": nested("[{1: ", "}]"),
    "alternatives": nested("(1 | ", ")"),
    "names": nested("(", " as a)"),
    "side by side": lambda n: ", ".join([nested("(", ")")(min(n, 14))] * n),
}


@pytest.fixture(scope="module", autouse=True)
def ready() -> None:
    """The processes are there before they are needed."""
    isolated.run(SEED)
    cards.cards("x = 1\n")
    derivation.derived(record(SEED), -1, None)


@pytest.fixture
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """The presenter's own clock is not what ends the work."""
    monkeypatch.setattr(cards, "ask", lambda *request: ask(*request, seconds=PATIENCE))
    monkeypatch.setattr(derivation, "ask", lambda *request, seconds=0: ask(*request, seconds=PATIENCE))
    monkeypatch.setattr(player, "ask", lambda *request: ask(*request, seconds=PATIENCE))


@cache
def record(source: str) -> bytes:
    trace = execute(source, "numpy")
    assert trace.error is None
    return trace.to_json().encode()


def check_cards(source: str) -> Outline:
    """A program is cards, or it is said early why not."""
    found = cards.cards(source)
    assert not (found.fault and found.cards)
    assert LATE not in (found.fault or "") and "failed" not in (found.fault or "")
    return found


@pytest.mark.parametrize("depth", [20, 99, 2500])
def test_nested_texts_as_cards(depth: int, patient: None):
    with others_are_answered():
        for name, text in TEXTS.items():
            found = check_cards(f"{text(depth)}\n")
            assert depth > 20 or found.fault is None, name


@pytest.mark.parametrize("depth", [5, 13, 40])
def test_nested_patterns_as_cards(depth: int, patient: None):
    with others_are_answered():
        for name, pattern in PATTERNS.items():
            found = check_cards(f"match 1:\n    case {pattern(depth)}: pass\n")
            assert depth > 5 or found.cards, name
            assert depth < 40 or name == "names" or "too deeply nested" in found.fault, name


# -- 2, 3, 5. the derivative by hand

REFUSED = {
    "a billion": "y = (3 * x) ** 1000000000",
    "a million": "y = ((x + 1) ** 1000000).sum()",
    "a broken exponent": "y = (x + 1) ** 1000.5",
    "powers of numbers": "y = ((x * 0.1234567) ** 37 * (x * 0.7654321) ** 41) ** 11",
    "sines": "for i in range(12): y = y * torch.sin(y)",
    "the logistic map": "for i in range(10): y = 3.7 * y * (1 - y)",
    "powers by themselves": "for i in range(12): y = y ** y",
    "squares": "for i in range(15): y = y + y * y",
    "maxima": "for i in range(6): y = torch.maximum(y, x * i)",
    "relus": "for i in range(8): y = torch.relu(y - 0.1)",
    "exponentials": "for i in range(10): y = torch.exp(-y)",
    "sigmoids": "for i in range(8): y = torch.sigmoid(y * 2)",
    "a long sum": f"y = {' + '.join('x' * 70)} * x",
}
DERIVED = {
    "roots": "for i in range(12): y = torch.sqrt(y + 1)",
    "many roots": "for i in range(30): y = torch.sqrt(y)",
    "powers of powers": "for i in range(40): y = y ** 20",
    "powers of two": "for i in range(20): y = 2 ** y",
    "sines in sines": "for i in range(30): y = torch.sin(y)",
    "tangents": "for i in range(10): y = torch.tanh(y) * x",
    "a high power of a sum": "y = (x + 1) ** 900",
    "high powers": "y = (x + 1 + x * x) ** 500 + (x - 2) ** 499",
    "a continued fraction": "for i in range(10): y = x / (1 + y)",
    "fractions of powers": "y = 1 / (x + 1) ** 99 + 1 / (x + 2) ** 88 + 1 / (x + 3) ** 77 + 1 / (x + 4) ** 66",
    "powers to be multiplied out": "y = ((x + 1) ** 50 - (x - 1) ** 50) * (x + 2) ** 60",
    "many factors": f"y = {' * '.join(f'(x + {n})' for n in range(1, 10))}",
    "trigonometry": "y = torch.sin(torch.cos(torch.sin(torch.cos(x) * x) * x) * x)",
    "absolutes": "for i in range(8): y = torch.abs(y - 0.1)",
}
LONG = {
    "relu of what is centred": "y = torch.relu(x - x.mean()).sum()",
    "relu of relu": "y = torch.relu(x - x.mean())\ny = torch.relu(y - y.mean()).sum()",
    "softmax": "e = torch.exp(x)\np = e / e.sum()\ny = (p * p).sum()",
    "sums in sums": "a = (x * x.sum()).sum()\nb = (x * a * x.sum()).sum()\ny = (x * b * a).sum()",
    "sums of products": "z = x\nfor i in range(4): z = z * (z.mean() + x)\ny = z.sum()",
}


def check_derived(source: str) -> Derived:
    """There is a derivation, or it is said early why not, and the local rules are there."""
    with others_are_answered():
        found = derivation.derived(record(source), -1, None)
    assert (found.reason is None) == bool(found.parts)
    assert found.parts or found.rules
    assert LATE not in (found.reason or "") and "failed" not in (found.reason or "")
    return found


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_not_derived_is_refused_early(name: str, patient: None):
    assert "no closed form is attempted" in check_derived(NUMBER + REFUSED[name] + BACK).reason


@pytest.mark.parametrize("name", DERIVED)
def test_what_looks_hard_and_is_not(name: str, patient: None):
    assert check_derived(NUMBER + DERIVED[name] + BACK).parts


@pytest.mark.parametrize("name", LONG)
def test_a_thousand_elements(name: str, patient: None):
    check_derived(VECTOR + LONG[name] + BACK)


# -- 4. an answer that is typed

TOWERS = (
    "((((((9^20)^20)^20)^20)^20)^20)",
    "9^9^9^9",
    "2^(1000x)",
    "(x+1)^1000",
    "(x+1)^999-(x-1)^999",
    "(x+1)^30*(x+2)^30",
    "((((x+1)^9+1)^9+1)^9+1)^9",
    "(sqrt(2)+sqrt(3)+sqrt(5)+sqrt(7)+sqrt(11))^99",
    "1/(sqrt(2)+sqrt(3)+sqrt(5)+sqrt(7)+sqrt(11)+sqrt(13))",
    "(((1+1/x)^9+1/x)^9+1/x)^9",
    "tan(tan(tan(tan(x))))*sin(x)^20",
    "exp(exp(exp(exp(exp(exp(exp(exp(-x))))))))",
    "sinh(sinh(sinh(sinh(sinh(sinh(sinh(sinh(x))))))))",
    "sqrt(999983*999979*999961*999959*999953)",
    "cos(pi/65537)",
    "x" + "^x" * 30,
    "9" * 300,
    "9" * 330,
    "1e-300^9",
    "-" * 300 + "x",
    "(" * 150 + "x" + ")" * 150,
)
AROUND = ("2*x+{}", "2*x+1/{}", "2*x+0*{}", "2*x+1e-15*sin({})", "2*x+1e-15*tanh({})")


@pytest.mark.parametrize("around", AROUND)
def test_a_typed_answer_is_judged_or_refused(around: str, patient: None):
    trace = record("import torch\nx = torch.tensor(1.0, requires_grad=True)\ny = x ** 2\ny.backward()\n")
    with others_are_answered():
        for tower in TOWERS:
            verdict = derivation.judged(trace, -1, 0, around.format(f"({tower})"))
            assert verdict.kind in ("right", "here", "wrong", "unreadable") and verdict.sentence


# -- 6, 7. long runs

LONG_RUNS = {
    "50,000 operations": "x = torch.rand(2)\nfor i in range(50000): x = x + 1\n",
    "a long expression": f"x = torch.rand(2)\nfor i in range(200): x = x + [{','.join('1' * 20_000)}][0]\n",
}


@pytest.mark.parametrize("name", LONG_RUNS)
def test_a_long_run_is_shown(name: str, patient: None):
    source = f"import torch\n{LONG_RUNS[name]}"
    with others_are_answered():
        recorded = isolated.record(source, limits=Limits(seconds=PATIENCE))
        shown, payload = played(recorded.trace, source, "numpy")
    assert shown.error is None and shown.problem is None
    assert 0 < len(payload) < 4_000_000


def test_the_wall_behind(monkeypatch: pytest.MonkeyPatch):
    """Whatever no limit foresaw ends at the presenter's clock, with a sentence, and others are answered."""
    monkeypatch.setattr(cards, "ask", lambda *request: ask(*request, seconds=0.2))
    with others_are_answered():
        found = cards.cards("x = 1\n" * 20_000)
    assert "not ready in time" in found.fault


def test_what_cannot_be_shown_says_so_itself():
    with pytest.raises(NotPresented, match="too deeply nested"):
        cards.opened("match 1:\n    case " + "(" * 40 + "1" + ")" * 40 + ": pass\n", 0)


def test_where_the_picture_is_too_much_the_steps_are_told():
    source = "import torch\nx = torch.rand(300, requires_grad=True)\nsum(x.unbind()).backward()\n"
    with others_are_answered():
        shown, payload = played(isolated.record(source, limits=Limits(seconds=PATIENCE)).trace, source, "numpy")
    assert shown.error is None and "too much" in (shown.problem or "")
    assert b"UnbindBackward0" in payload
