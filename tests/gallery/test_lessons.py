"""Every lesson is well formed, runs on both engines, and prints what the notebook shows."""

from __future__ import annotations

import pytest

from vizgrad.gallery import FIRST_VISIT, Lesson, lesson, lessons, parse

NOTEBOOK = {
    "creating": """\
tensor([[1., 1.],
        [1., 1.]], requires_grad=True)
True
False
""",
    "add-and-mul": """\
tensor([[2., 2.],
        [2., 2.]], grad_fn=<AddBackward0>)
tensor([[2., 2.],
        [2., 2.]], grad_fn=<AddBackward0>)
tensor([[1., 1.],
        [1., 1.]], grad_fn=<MulBackward0>)
tensor([[1., 1.],
        [1., 1.]], grad_fn=<MulBackward0>)
""",
    "by-hand-and-by-machine": """\
tensor([1., 1.], requires_grad=True)
tensor([20., 20.], grad_fn=<MulBackward0>)
tensor(20., grad_fn=<MulBackward0>)
tensor([10., 10.])
True
True
True
""",
}
"""What the notebook prints, to the letter."""

each_lesson = pytest.mark.parametrize("one", lessons(), ids=lambda one: one.slug)
each_engine = pytest.mark.parametrize("engine", ["numpy", pytest.param("torch", marks=pytest.mark.torch)])


def test_the_course_has_the_notebook_first_and_no_two_lessons_alike():
    course = lessons()
    assert [one.slug for one in course[:3]] == list(NOTEBOOK)
    assert [one.order for one in course] == list(range(1, len(course) + 1))
    assert len({one.slug for one in course}) == len({one.title for one in course}) == len(course) >= 24


def test_a_first_visit_opens_the_notebooks_main_example():
    assert "y = 5 * (x + 1) ** 2" in lesson(FIRST_VISIT).source


@each_lesson
def test_a_lesson_is_plain_pytorch_text_with_something_to_think_about(one: Lesson):
    assert one.source.startswith("import torch\n") and one.source.endswith("\n")
    assert '"""' not in one.source
    assert one.question.endswith("?")
    assert one.look_at.endswith(".")
    assert max(map(len, one.source.splitlines())) <= 90


@each_engine
@each_lesson
def test_a_lesson_runs(one: Lesson, engine: str):
    from vizgrad.program import isolated

    trace = isolated.run(one.source, engine)
    if one.fails:
        assert trace.error is not None and trace.error.message.startswith(one.fails)
        assert trace.error.hint
    else:
        assert trace.error is None, trace.error
    assert trace.stdout


@each_engine
@pytest.mark.parametrize("slug", NOTEBOOK)
def test_the_notebook_prints_to_the_letter(slug: str, engine: str):
    from vizgrad.program import isolated

    assert isolated.run(lesson(slug).source, engine).stdout == NOTEBOOK[slug]


@pytest.mark.torch
@each_lesson
def test_the_engines_agree(one: Lesson):
    from vizgrad.program import isolated
    from vizgrad.trace.compare import compare

    differences = compare(isolated.run(one.source, "numpy"), isolated.run(one.source, "torch")).differences
    assert not differences, differences


@each_lesson
def test_a_lesson_is_drawn_and_told_as_it_was(one: Lesson, golden):
    """The graph at the end, and what every step says: in words and in symbols."""
    from vizgrad.draw import dot
    from vizgrad.explain import explanations
    from vizgrad.program import isolated

    trace = isolated.run(one.source, "numpy")
    golden(f"lesson-{one.slug}.dot", dot(trace, detail="simple").source)
    told = explanations(trace, trace.scenes[-1])
    steps = [f"{number}. {step.sentence}\n   {step.symbols}".rstrip() for number, step in enumerate(told)]
    golden(f"lesson-{one.slug}.txt", "\n".join(steps) + "\n")


def test_an_unknown_lesson_names_the_known_ones():
    with pytest.raises(KeyError, match="gates"):
        lesson("no-such-lesson")


@pytest.mark.parametrize(
    ("file_name", "text", "complaint"),
    [
        ("square.py", '"""A\n\nPart: p\n\nThink: b?\n\nLook: c.\n"""\n', "called like"),
        ("01_square.py", "x = 1\n", "begin with a docstring"),
        ("01_square.py", '"""A\n\nThink: b?\n\nLook: c.\n"""\n', "begin with a docstring"),
        ("01_square.py", '"""A\n\nPart: p\n\nThink: b?\n"""\n', "begin with a docstring"),
        ("01_square.py", '"""A\n\nPart: p\n\nLook: c.\n\nThink: b?\n"""\n', "begin with a docstring"),
    ],
)
def test_a_lesson_without_its_header_is_refused_by_name(file_name: str, text: str, complaint: str):
    with pytest.raises(ValueError, match=complaint) as refused:
        parse(file_name, text)
    assert file_name in str(refused.value)


def test_comments_in_a_lesson_are_kept():
    text = '"""A\n\nPart: p\n\nThink: b?\n\nLook: c.\n"""\n\n# one\nx = 1  # two\n\n\ny = 2\n'
    assert parse("01_a.py", text).source == "# one\nx = 1  # two\n\n\ny = 2\n"
