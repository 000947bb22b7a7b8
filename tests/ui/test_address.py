"""What an address asks for: what it says is done, what it says wrongly does no harm."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vizgrad.gallery import FIRST_VISIT, lesson
from vizgrad.ui.files import link
from vizgrad.ui.files.address import asked
from vizgrad.ui.runs.results import ENGINES

OWN = "import torch\nx = torch.ones(3, requires_grad=True)\n(2 * x).sum().backward()\n"


def test_an_empty_address_is_a_first_visit():
    found = asked({})
    assert (found.lesson, found.source, found.scene) == (FIRST_VISIT, lesson(FIRST_VISIT).source, -1)
    assert found.packed is None and not found.problem


def test_a_program_comes_before_the_lesson_that_it_began_as():
    packed = link.packed(OWN)
    found = asked({"program": packed, "lesson": "gates", "engine": "torch", "scene": "3"})
    assert (found.source, found.packed, found.lesson) == (OWN, packed, "gates")
    assert (found.engine, found.scene, found.problem) == ("torch", 2, "")


@pytest.mark.parametrize("wrong", ["", "@", link.packed(OWN)[:-4]])
def test_a_broken_link_opens_the_lesson_and_says_so(wrong: str):
    found = asked({"program": wrong, "lesson": "gates"})
    assert found.source == lesson("gates").source
    assert found.packed is None and found.problem == link.BROKEN


@given(st.dictionaries(st.sampled_from(["lesson", "program", "engine", "scene", "step", "x"]), st.text(max_size=40)))
def test_no_address_does_harm(query: dict[str, str]):
    found = asked(query)
    assert found.engine in ENGINES and -1 <= found.scene < 10**6
    assert found.problem or found.source == link.unpacked(found.packed or link.packed(found.source))
