"""A program as cards, in the process that reads it: what is told of it is small, whatever the program is."""

from __future__ import annotations

import pytest

from vizgrad.present import cards
from vizgrad.present.cards import LONGEST_LINE, MOST, Draft, Move, Open, Read, Remove, Write
from vizgrad.present.request import NotPresented
from vizgrad.program.editing.parse_card import Expression, Other, Tensor
from vizgrad.program.editing.write_card import Wish

SOURCE = "import torch\n\nx = torch.ones(2, requires_grad=True)\ny = 2 * x  # twice\n"
FORMULA = Wish.of("expression", name="z", formula="y + 1")


def answer(request: cards.Request) -> object:
    return request.answer(b"")[0]


def test_cards_say_what_is_shown_of_them_and_where_they_end():
    found = answer(Read(SOURCE)).cards
    assert [(c.kind, c.name, c.first_line) for c in found] == [
        ("import", "", 1),
        ("tensor", "x", 3),
        ("expression", "y", 4),
    ]
    assert [SOURCE[: c.stop].splitlines()[-1] for c in found] == SOURCE.split("\n")[:1] + SOURCE.split("\n")[2:4]


def test_lines_end_where_python_ends_them():
    source = "x = 1\r\ns = '\x0c\u2028'\ry = 2"
    assert [source[: c.stop] for c in answer(Read(source)).cards] == [source[:7], source[:16], source]


def test_of_a_long_program_the_first_cards_are_told_and_of_a_long_line_its_beginning():
    found = answer(Read("".join(f"x{i} = {i}\n" for i in range(MOST + 9)) + f"x = '{'y' * 9999}'\n"))
    assert len(found.cards) == MOST and found.count == MOST + 10
    (one,) = answer(Read(f"x = '{'y' * 9999}'\n")).cards
    assert len(one.text) == LONGEST_LINE + 2 and one.text.endswith(" …")


@pytest.mark.parametrize("opens", ["(", "[", "A("])
def test_a_pattern_that_libcst_reads_for_ever_is_refused_at_once(opens: str):
    deep = f"match 1:\n    case {opens * 40}1{(')' if opens != '[' else ']') * 40}: pass\n"
    assert "too deeply nested" in answer(Read(deep)).fault
    assert "too deeply nested" in answer(Write("x = 1\n", Wish.of("other", code=deep))).advice


def test_a_long_chain_is_refused_and_a_long_program_is_not():
    assert "too deeply nested" in answer(Read("x = a" + "[1]" * 900 + "\n")).fault
    assert answer(Read("match x:\n    case ((1, 2), [3]): pass\n" * 40)).count == 40


def test_a_text_that_is_no_program_says_where():
    found = answer(Read(SOURCE + "z = (\n"))
    assert found.line == 5 and "never closed" in found.fault and not found.cards


def test_a_card_to_be_edited_comes_with_its_meaning():
    assert answer(Open(SOURCE, 1)).meaning == Tensor("x", "ones", (2,), requires_grad=True)
    with pytest.raises(NotPresented, match="no such card"):
        answer(Open(SOURCE, 9))


def test_a_meaning_comes_through_a_worker_and_a_number_too_long_for_it_does_not():
    assert cards.opened(SOURCE, 2).meaning == Expression("y", "2 * x")
    assert cards.opened(f"torch.manual_seed({10**30})\n", 0).meaning == Other()


def test_a_draft_says_what_would_be_tried():
    made = answer(Draft(SOURCE, FORMULA, len(SOURCE)))
    assert (made.statement, made.whole) == ("z = y + 1", None) and made.tried == SOURCE + "z = y + 1\n"
    between = answer(Draft(SOURCE, FORMULA, 13, at=1))
    assert between.tried == "import torch\n\nz = y + 1\n" and between.whole.endswith("y = 2 * x  # twice\n")


def test_a_draft_that_means_the_same_changes_nothing():
    same = Wish.of("expression", name="y", formula="2 * x")
    assert answer(Draft(SOURCE, same, 13, chosen=2)).is_same
    assert not answer(Draft(SOURCE, FORMULA, 13, chosen=2)).is_same


def test_a_draft_that_is_not_finished_gives_advice():
    assert "Type a formula" in answer(Draft(SOURCE, Wish.of("expression", name="z", formula=""), 0)).advice


def test_changes_come_with_the_new_cards():
    written = answer(Write(SOURCE, FORMULA, at=2))
    assert written.at == 3 and written.outline == answer(Read(written.source))
    moved = answer(Move(SOURCE, 2, 1))
    assert [c.text for c in moved.outline.cards] == [
        "import torch",
        "y = 2 * x",
        "x = torch.ones(2, requires_grad=True)",
    ]
    assert answer(Remove(SOURCE, 1)).outline.count == 2


@pytest.mark.parametrize("request_", [Move(SOURCE, 9, 0), Remove(SOURCE, 9), Write(SOURCE, FORMULA, chosen=9)])
def test_a_change_that_cannot_be_is_advice(request_: cards.Request):
    assert "no statement number 9" in answer(request_).advice


def test_a_program_may_not_become_too_long():
    source = "#" * (cards.LONGEST - 5) + "\n"
    assert "the limit is 100,000" in answer(Write(source, FORMULA)).advice


def test_cards_from_a_worker():
    assert cards.cards(SOURCE) == answer(Read(SOURCE))
    assert cards.change(Remove(SOURCE, 2)).source == "import torch\n\nx = torch.ones(2, requires_grad=True)\n"
