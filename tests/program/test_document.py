"""Editing a program by its statements: what is not edited stays to the letter."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vizgrad.gallery import lessons
from vizgrad.program.editing.document import Unreadable, insert, move, remove, replace, statements

PIECES = [
    "import torch",
    "x = torch.ones(2, requires_grad=True)",
    "y = 5 * (x + 1) ** 2  # the notebook's",
    "# a comment above\nz = x + y",
    "o = (1/2)   *   torch.sum( y )",
    "o.backward()",
    "a = 1; b = 2",
    "with torch.no_grad():  # quietly\n    # inside\n    w = x * 2\n\n    v = w  # behind",
    "for i in range(3):\n\tprint(i)",
    "t = (\n    x  # first\n    + y\n)",
    "if x:\n    pass\nelse:\n    # nothing\n    pass",
    "@deco\ndef f(a,\n      b): return a",
    "s = '''two\n  # no comment\nlines'''",
    "γ = 'ü'",
]
GAPS = ["", "\n", "\n\n", "# apart\n\n", "\n# apart too\n\n", "   \n"]


@st.composite
def programs(draw: st.DrawFn, least: int = 0) -> str:
    """A program with comments and blank lines of all kinds, with or without a line end at its end."""
    pieces = draw(st.lists(st.sampled_from(PIECES), min_size=least, max_size=6))
    text = "".join(draw(st.sampled_from(GAPS)) + piece + "\n" for piece in pieces) + draw(st.sampled_from(GAPS))
    if draw(st.booleans()):
        text = text.removesuffix("\n")
    if draw(st.booleans()):
        text = text.replace("\n", "\r\n")
    return draw(st.sampled_from(["", "\ufeff"])) + text


def lines(text: str) -> list[str]:
    return text.replace("\r\n", "\n").split("\n")


@settings(deadline=None)
@given(programs())
def test_every_statement_is_a_card_with_its_lines(source: str):
    text = lines(source.removeprefix("\ufeff"))
    before = 0
    for index, card in enumerate(statements(source)):
        assert card.index == index
        assert before < card.first_line <= card.last_line
        shown = "\n".join(text[card.first_line - 1 : card.last_line])
        assert shown.startswith(card.code.replace("\r\n", "\n"))
        assert all(not line.strip() or line.startswith("#") for line in text[before : card.first_line - 1])
        before = card.last_line
    assert all(not line.strip() or line.startswith("#") for line in text[before:])


@settings(deadline=None)
@given(programs(1), st.data())
def test_a_statement_that_is_replaced_by_itself_changes_nothing(source: str, data: st.DataObject):
    cards = statements(source)
    card = data.draw(st.sampled_from(cards))
    assert replace(source, card.index, card.code) == source


@settings(deadline=None)
@given(programs(1), st.data())
def test_replacing_changes_the_lines_of_one_statement_only(source: str, data: st.DataObject):
    card = data.draw(st.sampled_from(statements(source)))
    made = replace(source, card.index, "new = 1")
    before, after = lines(source), lines(made)
    behind = len(before) - card.last_line
    kept = after[: len(after) - behind] if behind else after
    assert kept[: card.first_line - 1] == before[: card.first_line - 1]
    assert after[len(after) - behind :] == before[card.last_line :] or not behind
    cards = statements(made)
    assert cards[card.index].code == "new = 1"
    assert [c.code for c in cards if c.index != card.index] == [
        c.code for c in statements(source) if c.index != card.index
    ]
    assert cards[card.index].comment.split("\n")[-1] == card.comment.split("\n")[-1]


@settings(deadline=None)
@given(programs(), st.data())
def test_removing_what_was_inserted_gives_the_text_back(source: str, data: st.DataObject):
    index = data.draw(st.integers(0, len(statements(source))))
    made = insert(source, index, "new = 1")
    assert statements(made)[index].code == "new = 1"
    back = remove(made, index)
    if statements(source) or "#" not in source:
        assert back == source
    else:  # a comment alone is kept apart from what follows it
        assert back.rstrip() == source.rstrip()


@settings(deadline=None)
@given(programs(), st.data())
def test_inserting_touches_no_other_line(source: str, data: st.DataObject):
    index = data.draw(st.integers(0, len(statements(source))))
    after = lines(insert(source, index, "new = 1"))
    after.remove("new = 1") if "new = 1" in after else after.remove("\ufeffnew = 1")
    left = [line.removeprefix("\ufeff") for line in after if line.strip("\ufeff \r")]
    assert left == [line.removeprefix("\ufeff") for line in lines(source) if line.strip("\ufeff \r")]


@settings(deadline=None)
@given(programs(1), st.data())
def test_moving_there_and_back_gives_the_text_back(source: str, data: st.DataObject):
    count = len(statements(source))
    index, to = (data.draw(st.integers(0, count - 1)) for _ in range(2))
    made = move(source, index, to)
    codes = [card.code for card in statements(source)]
    codes.insert(to, codes.pop(index))
    assert [card.code for card in statements(made)] == codes
    assert sorted(line.removeprefix("\ufeff") for line in lines(made)) == sorted(
        line.removeprefix("\ufeff") for line in lines(source)
    )
    assert move(made, to, index) == source


@settings(deadline=None)
@given(programs(1), st.data())
def test_removing_leaves_all_other_statements_and_comments(source: str, data: st.DataObject):
    card = data.draw(st.sampled_from(statements(source)))
    made = remove(source, card.index)
    left = [(c.code, c.comment) for c in statements(source) if c.index != card.index]
    assert [(c.code, c.comment) for c in statements(made)] == left
    assert made.count("# apart") == source.count("# apart")


@pytest.mark.parametrize("one", lessons(), ids=lambda one: one.slug)
def test_the_lessons_are_read_and_kept(one):
    for card in statements(one.source):
        assert replace(one.source, card.index, card.code) == one.source


def test_several_statements_can_take_the_place_of_one():
    assert replace("a = 1  # one\nb = 2\n", 0, "c = 3\nd = 4\n") == "# one\nc = 3\nd = 4\nb = 2\n"


def test_nothing_in_its_place_removes_it():
    assert replace("a = 1\nb = 2\n", 0, "  \n") == "b = 2\n"


def test_a_block_keeps_the_comment_of_the_line_it_replaces():
    made = replace("a = 1  # why\n", 0, "with torch.no_grad():\n    a = 1")
    assert made == "# why\nwith torch.no_grad():\n    a = 1\n"


def test_what_is_new_has_the_line_ends_of_the_rest():
    assert insert("a = 1\r\n", 1, "b = 2\nc = 3") == "a = 1\r\nb = 2\r\nc = 3\r\n"


def test_comments_come_along_with_their_statement():
    assert move("a = 1  # of a\n# of b\nb = 2\n", 0, 1) == "# of b\nb = 2\na = 1  # of a\n"
    assert remove("a = 1\n# of b\nb = 2\n", 1) == "a = 1\n"


@pytest.mark.parametrize(
    ("source", "line", "words"),
    [
        ("x = 1\ny = (\n", 2, "never closed"),
        ("x = \n", 1, "invalid"),
        ("if x:\ny = 1\n", 2, "indented"),
        ("a\0b", 0, ""),
    ],
)
def test_a_text_that_is_no_program_says_where_and_why(source: str, line: int, words: str):
    with pytest.raises(Unreadable) as fault:
        statements(source)
    assert fault.value.line == line or not line
    assert words in fault.value.message
    for change in (lambda: replace(source, 0, "a"), lambda: insert(source, 0, "a"), lambda: remove(source, 0)):
        with pytest.raises(Unreadable):
            change()


def test_new_text_that_is_no_program_is_refused():
    with pytest.raises(Unreadable):
        insert("a = 1\n", 0, "x = (")


def test_too_deep_a_text_is_refused_not_crashed_on():
    with pytest.raises(Unreadable):
        statements("x = " + "(" * 3000 + ")" * 3000)
    with pytest.raises(Unreadable):
        statements("x = " + "-" * 50_000 + "1")


@pytest.mark.parametrize("index", [-1, 2])
def test_a_statement_that_is_not_there_is_an_error(index: int):
    for change in (
        lambda: replace("a = 1\nb = 2\n", index, "c"),
        lambda: remove("a = 1\nb = 2\n", index),
        lambda: move("a = 1\nb = 2\n", index, 0),
        lambda: move("a = 1\nb = 2\n", 0, index),
    ):
        with pytest.raises(IndexError):
            change()


def test_an_empty_program_can_be_built_up():
    assert statements("") == ()
    assert insert("", 0, "x = 1") == "x = 1"
    assert insert("# only a comment\n", 0, "x = 1") == "# only a comment\n\nx = 1\n"
