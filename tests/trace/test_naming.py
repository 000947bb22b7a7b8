"""What tensors are called, and how their expressions read."""

import numpy as np

from vizgrad.trace import Bind, Create, Forward, Inplace, Notation, Operand, Span, TensorRecord, Trace, Value

from .seed_trace import seed

ONE = Value.of(np.ones(2, dtype="float32"))


def record(i: int, span: Span | None = None, tracked: bool = True) -> TensorRecord:
    return TensorRecord(id=i, shape=(2,), dtype="float32", requires_grad=tracked, is_leaf=i == 0, span=span)


def program(source: str, *makes: tuple, binds: dict[str, int] | None = None) -> Notation:
    """A trace in which tensor 0 is a leaf x and each of `makes` is (op, operands, text of the expression, name)."""
    tensors, events = [record(0)], [Create(tensor=0, op="ones", value=ONE), Bind(name="x", tensor=0)]
    for i, (op, operands, text, name) in enumerate(makes, start=1):
        line = next(n for n, row in enumerate(source.splitlines(), start=1) if text in row)
        column = source.splitlines()[line - 1].index(text)
        span = Span(line, column, line, column + len(text))
        tensors.append(record(i, span))
        inputs = tuple(
            Operand(f"a{k}", o) if isinstance(o, int) else Operand(f"a{k}", None, o) for k, o in enumerate(operands)
        )
        events.append(Forward(op=op, node=None, inputs=inputs, outputs=(i,), values=(ONE,), span=span))
        if name:
            events.append(Bind(name=name, tensor=i))
    trace = Trace(engine="numpy", source=source, tensors=tuple(tensors), nodes=(), events=tuple(events))
    return Notation(trace, trace.scenes[0])


def test_the_seed_lesson_reads_as_an_evaluation_trace():
    notation = Notation(seed, seed.scenes[0])
    read = [f"{notation.name(t)} = {notation.expression(t)}" for t in seed.scenes[0].tensors]
    assert read[1:] == ["v₁ = x + 1", "v₂ = v₁ ** 2", "y = 5 * v₂", "v₃ = torch.sum(y)", "o = (1/2) * v₃"]


def test_a_name_given_twice_gets_a_subscript_and_is_told_apart_in_expressions():
    notation = program("h = x.exp()\nh = h * h", ("exp", [0], "x.exp()", "h"), ("mul", [1, 1], "h * h", "h"))
    assert [notation.name(i) for i in (1, 2)] == ["h", "h₂"]
    assert notation.expression(2) == "h * h"
    notation = program(
        "h = x.exp()\nh = h.sin()\nh = h.cos()",
        ("exp", [0], "x.exp()", "h"),
        ("sin", [1], "h.sin()", "h"),
        ("cos", [2], "h.cos()", "h"),
    )
    assert notation.expression(3) == "h₂.cos()"


def test_letters_that_the_program_uses_are_left_to_it():
    notation = program("v = x.exp() + 1", ("exp", [0], "x.exp()", None), ("add", [1, "1"], "x.exp() + 1", "v"))
    assert notation.name(1) == "u₁"
    assert notation.expression(2) == "u₁ + 1"


def test_an_inner_operation_of_one_expression_is_written_from_its_record():
    notation = program(
        "l = F.cross_entropy(x, t)",
        ("log_softmax", [0], "F.cross_entropy(x, t)", None),
        ("nll_loss", [1], "F.cross_entropy(x, t)", "l"),
    )
    assert notation.expression(1) == "log_softmax(x)"
    assert notation.expression(2) == "F.cross_entropy(x, t)"


def test_parentheses_of_calls_stay_and_others_go():
    notation = program("y = f(x + 1) * (x + 2)", ("add", [0, "1"], "x + 1", None), ("add", [0, "2"], "x + 2", None),
                       ("mul", [1, 2], "f(x + 1) * (x + 2)", "y"))  # fmt: skip
    assert notation.expression(3) == "f(v₁) * v₂"


def test_columns_count_characters_not_bytes():
    source = "γ = (x + 1) * 2"
    notation = program(source, ("add", [0, "1"], "x + 1", None), ("mul", [1, "2"], "(x + 1) * 2", "γ"))
    assert notation.expression(2) == "v₁ * 2"
    assert notation.latex(2) == r"\gamma"


def test_an_expression_over_several_lines_becomes_one():
    source = "y = (x +\n     1)"
    trace = Trace(
        engine="numpy",
        source=source,
        tensors=(record(0), record(1, Span(1, 5, 2, 6))),
        nodes=(),
        events=(
            Create(tensor=0, op="ones", value=ONE),
            Forward(op="add", node=None, inputs=(Operand("self", 0), Operand("other", None, "1")), outputs=(1,),
                    values=(ONE,), span=Span(1, 5, 2, 6)),
        ),
    )  # fmt: skip
    assert Notation(trace, trace.scenes[0]).expression(1) == "x + 1"


def test_without_a_place_in_the_source_the_record_is_read():
    trace = Trace(
        engine="numpy",
        source="",
        tensors=(record(0), record(1)),
        nodes=(),
        events=(
            Create(tensor=0, op="ones", value=ONE),
            Forward(op="mul", node=None, inputs=(Operand("self", 0), Operand("other", None, "3")), outputs=(1,),
                    values=(ONE,)),
        ),
    )  # fmt: skip
    notation = Notation(trace, trace.scenes[0])
    assert notation.expression(1) == "v₁ * 3"
    assert notation.name(1) == "v₂"


def test_an_operation_in_place_reads_as_what_it_makes_of_its_tensor():
    source = "y[0] = 5.0\ny += 1"
    notation = program(source, ("exp", [0], "y", "y"))
    written = [Operand("self", 1), Operand("index", None, "0"), Operand("value", None, "5.0")]
    assert (
        notation.of_inplace(
            Inplace(op="setitem", tensor=1, node=None, inputs=tuple(written), seen=(), span=Span(1, 0, 1, 4))
        )
        == "y[0] ← 5.0"
    )
    added = (Operand("self", 1), Operand("other", None, "1"))
    assert notation.of_inplace(Inplace(op="add", tensor=1, node=None, inputs=added, seen=())) == "y + 1"
