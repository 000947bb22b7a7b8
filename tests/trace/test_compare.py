"""Two traces compared: whatever is different must be told, and rounding must not."""

from __future__ import annotations

from typing import Any

import msgspec
import numpy as np
import pytest

from vizgrad.trace import (
    Accumulate,
    Arrival,
    Backward,
    Bind,
    Comparison,
    Contribution,
    Create,
    Departure,
    Edge,
    Fault,
    Forward,
    Free,
    Grad,
    Hook,
    Inplace,
    Light,
    Mode,
    NodeRecord,
    Norm,
    Operand,
    Print,
    RequiresGrad,
    Resume,
    Saved,
    Seen,
    SetGrad,
    Span,
    Summary,
    TensorRecord,
    Trace,
    Value,
    Vjp,
    Warned,
    compare,
    events,
    records,
    values,
)
from vizgrad.trace.compare import MOST
from vizgrad.trace.tolerance import same_text


def value(*numbers: float, dtype: str = "float32") -> Value:
    return Value.of(np.array(numbers, dtype))


def large(shift: float = 0.0) -> Value:
    return Value.of(np.linspace(0, 1, 5000, dtype="float32").reshape(50, 100) + np.float32(shift))


V, W = value(1.0, 2.0), value(3.0, 4.0)
SPAN = Span(1, 0, 1, 5)

TRACE = Trace(
    engine="numpy",
    source="x",
    tensors=(
        TensorRecord(id=0, shape=(2,), dtype="float32", requires_grad=True, is_leaf=True, span=SPAN, is_parameter=True),
        TensorRecord(id=1, shape=(2,), dtype="float32", requires_grad=True, is_leaf=False, node=1, span=SPAN),
        TensorRecord(id=2, shape=(2,), dtype="float32", requires_grad=False, is_leaf=True, base=1, reason="detach"),
        TensorRecord(id=3, shape=(50, 100), dtype="float32", requires_grad=False, is_leaf=True, reason="constant"),
    ),
    nodes=(
        NodeRecord(id=0, name="AccumulateGrad", op="accumulate_grad", variable=0),
        NodeRecord(
            id=1,
            name="MulBackward0",
            op="mul",
            edges=(Edge(0, 0), None),
            saved=(Saved("self", 0), Saved("other", None, "2")),
            module="net.0",
            span=SPAN,
        ),
    ),
    events=(
        Create(tensor=0, op="ones", value=V, span=SPAN),
        Create(tensor=3, op="linspace", value=large()),
        Bind(name="x", tensor=0),
        Forward(
            op="mul",
            node=1,
            inputs=(Operand("self", 0), Operand("other", None, "2")),
            outputs=(1,),
            values=(W,),
            span=SPAN,
        ),
        Forward(op="detach", node=None, inputs=(Operand("self", 1),), outputs=(2,), values=(W,), span=SPAN),
        Inplace(
            op="add", tensor=2, node=None, inputs=(Operand("self", 2),), seen=(Seen(2, V, 1, None), Seen(1, V, 1, 1, 0))
        ),
        Mode(name="no_grad", entered=True),
        RequiresGrad(tensor=0, requires_grad=False),
        Backward(number=0, roots=(1,), seeds=(V,), inputs=(0,), span=SPAN),
        Hook(name="double", tensor=1, node=1, before=V, after=W),
        Vjp(
            backward=0,
            node=1,
            arrivals=(Arrival(V, (Contribution(None, None, V),)),),
            departures=(Departure(V, W), None),
            span=SPAN,
        ),
        Free(node=1),
        Accumulate(
            backward=0, tensor=0, node=0, before=V, delta=V, after=W, contributions=(Contribution(1, 0, V),), span=SPAN
        ),
        SetGrad(tensor=0, grad=V),
        Light(losses=(V,), norms=(Norm(0, W),), span=SPAN),
        Resume(seen=(Seen(0, W, 3, 0, 0),), grads=(Grad(0, V),)),
        Print(text="loss 0.25\n"),
        Warned(category="UserWarning", message="careful"),
        Fault(type="RuntimeError", message="broken", hint="mend it", span=SPAN),
    ),
)
STRUCTS = [
    kind
    for module in (events, records, values)
    for kind in vars(module).values()
    if isinstance(kind, type) and issubclass(kind, msgspec.Struct) and kind.__module__ == module.__name__
]


def places(part: Any, path: tuple[Any, ...] = ()) -> list[tuple[tuple[Any, ...], type, str]]:
    """Every field of every struct in a trace: where it is, whose it is, and its name."""
    found = []
    for name in part.__struct_fields__:
        here = (*path, name)
        found.append((here, type(part), name))
        inner = getattr(part, name)
        if isinstance(inner, msgspec.Struct):
            found += places(inner, here)
        elif isinstance(inner, tuple):
            for i, item in enumerate(inner):
                if isinstance(item, msgspec.Struct):
                    found += places(item, (*here, i))
    return found


def changed(part: Any, path: tuple[Any, ...], new: Any) -> Any:
    """A copy in which what stands at `path` is `new`."""
    if not path:
        return new
    first, *rest = path
    if isinstance(part, tuple):
        return (*part[:first], changed(part[first], tuple(rest), new), *part[first + 1 :])
    fields = {name: getattr(part, name) for name in part.__struct_fields__}
    fields[first] = changed(fields[first], tuple(rest), new)
    return type(part)(**fields)


def at(part: Any, path: tuple[Any, ...]) -> Any:
    for step in path:
        part = part[step] if isinstance(part, tuple) else getattr(part, step)
    return part


def another(old: Any, name: str) -> Any:
    """Something else of the same kind."""
    match old:
        case bool():
            return not old
        case int():
            return old + 1
        case float():
            return old + 0.5
        case str():
            return old + "y"
        case bytes():
            return bytes(8) + b"\x40" * (len(old) - 8) if len(old) > 8 else b"\x40" * len(old)
        case Value():
            return Value(
                old.shape,
                old.dtype,
                None if old.data is None else bytes(len(old.data)),
                old.summary and large(0.5).summary,
            )
        case Summary():
            return large(0.5).summary
        case tuple() if old and all(isinstance(x, int) for x in old):
            return (old[0] + 70, *old[1:])
        case tuple():
            return old[:-1] if old else (None,)
        case None:
            return {
                "span": SPAN, "tensor": 0, "node": 0, "base": 0, "variable": 0, "slot": 0, "grad": V, "raw": V,
                "before": V, "after": V, "summary": large().summary, "data": bytes(20_000),
                "departures": None, "edges": None,
            }.get(name, "something")  # fmt: skip
    if isinstance(old, msgspec.Struct):
        return None if not isinstance(old, Span) else Span(9, 9, 9, 9)
    raise AssertionError(f"no other {name} than {old!r} is known")


PLACES = [p for p in places(TRACE) if p[1:] not in {(Trace, "engine")}]


def test_every_field_of_every_struct_is_planted_with_a_difference() -> None:
    planted = {(kind, name) for _, kind, name in PLACES}
    abstract = {events.Happening}
    missing = {(kind.__name__, name) for kind in STRUCTS if kind not in abstract for name in kind.__struct_fields__} - {
        (kind.__name__, name) for kind, name in planted
    }
    assert not missing


@pytest.mark.parametrize("path", [p for p, _, _ in PLACES], ids=lambda p: ".".join(map(str, p)))
def test_a_planted_difference_is_told(path: tuple[Any, ...]) -> None:
    old = at(TRACE, path)
    other = changed(TRACE, path, another(old, str(path[-1])))
    found = compare(TRACE, other)
    assert not found.matches
    assert all(str(d) for d in found.differences)


def test_nothing_differs_from_itself_and_engines_may() -> None:
    assert compare(TRACE, TRACE) == Comparison(())
    assert compare(TRACE, changed(TRACE, ("engine",), "torch")).matches


@pytest.mark.parametrize("i", range(len(TRACE.events)))
def test_a_lost_or_repeated_event_is_told(i: int) -> None:
    without = changed(TRACE, ("events",), (*TRACE.events[:i], *TRACE.events[i + 1 :]))
    twice = changed(TRACE, ("events",), (*TRACE.events[: i + 1], *TRACE.events[i:]))
    for other in (without, twice):
        for found in (compare(TRACE, other), compare(other, TRACE)):
            assert any("missing" in (d.ours, d.theirs) for d in found.differences)


@pytest.mark.parametrize("i", range(len(TRACE.events) - 1))
def test_two_events_in_another_order_are_told(i: int) -> None:
    e = TRACE.events
    assert not compare(TRACE, changed(TRACE, ("events",), (*e[:i], e[i + 1], e[i], *e[i + 2 :]))).matches


def test_ids_may_be_counted_otherwise() -> None:
    renumber = {0: 2, 1: 0, 2: 1}

    def make(ids: dict[int, int]) -> Trace:
        tensors = [
            TensorRecord(id=ids[i], shape=(i + 1,), dtype="float32", requires_grad=False, is_leaf=True)
            for i in range(3)
        ]
        return Trace(
            engine="",
            source="",
            tensors=tuple(sorted(tensors, key=lambda t: t.id)),
            nodes=(),
            events=tuple(Create(tensor=ids[i], op="ones", value=V) for i in range(3)),
        )

    assert compare(make({0: 0, 1: 1, 2: 2}), make(renumber)).matches


def test_parallel_edges_are_counted() -> None:
    twice = changed(TRACE, ("nodes", 1, "edges"), (Edge(0, 0), Edge(0, 0)))
    once = changed(TRACE, ("nodes", 1, "edges"), (Edge(0, 0),))
    assert not compare(twice, once).matches


@pytest.mark.parametrize(
    ("dtype", "near", "far"),
    [
        ("float32", 1 + 5e-6, 1 + 5e-5),
        ("float64", 1 + 5e-10, 1 + 5e-8),
        ("float16", 1 + 2e-3, 1.02),
        ("bfloat16", 1.01, 1.1),
        ("complex64", 1 + 5e-6, 1 + 5e-5),
    ],
)
def test_numbers_are_compared_by_the_tolerance_of_their_dtype(dtype: str, near: float, far: float) -> None:
    def made(number: float) -> Trace:
        kept = np.array([number, 0.0], "float32" if dtype == "bfloat16" else dtype)
        return changed(TRACE, ("events", 0, "value"), Value.of(kept, dtype))

    assert compare(made(1.0), made(near)).matches
    assert not compare(made(1.0), made(far)).matches


def test_nan_equals_nan_and_infinities_have_signs() -> None:
    def made(number: float) -> Trace:
        return changed(TRACE, ("events", 0, "value"), value(number, 1.0))

    assert compare(made(np.nan), made(np.nan)).matches
    assert not compare(made(np.nan), made(1.0)).matches
    assert not compare(made(np.inf), made(-np.inf)).matches


def test_integers_and_booleans_are_exact() -> None:
    for dtype in ("int64", "bool"):
        a, b = (changed(TRACE, ("events", 0, "value"), Value.of(np.array([n, 1], dtype))) for n in (0, 1))
        assert not compare(a, b).matches


def test_a_difference_says_where_and_what() -> None:
    other = changed(TRACE, ("events", 3, "values", 0), value(3.0, 5.0))
    (difference,) = compare(TRACE, other).differences
    assert (difference.kind, difference.event, difference.line) == ("forward.values.0", 3, 1)
    assert str(difference) == "line 1, event 3: forward values 0 is [3., 4.] in the first trace, [3., 5.] in the second"
    named = changed(TRACE, ("events", 13, "grad"), W)
    (difference,) = compare(TRACE, named).differences
    assert difference.name == "x"


def test_only_the_first_differences_are_told() -> None:
    many = changed(TRACE, ("events",), TRACE.events + (Print(text="a"),) * 3 * MOST)
    assert len(compare(TRACE, many).differences) == MOST


@pytest.mark.parametrize(
    ("a", "b", "same"),
    [
        ("tensor([0.3333, 1.0000])", "tensor([0.3334, 1.0000])", True),
        ("tensor([0.3333, 1.0000])", "tensor([0.3335, 1.0000])", False),
        ("0.30000001192092896", "0.30000004172325134", True),
        ("1.2346e-05", "1.2347e-05", True),
        ("1.2346e-05", "1.2347e-04", False),
        ("epoch 1", "epoch 2", False),
        ("tensor(1.)", "tensor(1)", False),
        ("-1.5", "1.5", False),
        ("nan", "inf", False),
        ("grad_fn=<MulBackward0>", "grad_fn=<MulBackward1>", False),
        ("a b", "a b c", False),
    ],
)
def test_printed_text_is_compared_by_words_and_numbers(a: str, b: str, same: bool) -> None:
    assert same_text(a, b) is same
