"""A program survives the way through a link, and nothing else comes out of one."""

from __future__ import annotations

import base64
import re
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vizgrad.gallery import lessons
from vizgrad.ui.files.link import LONGEST_PROGRAM, RAW, packed, unpacked


@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=2000))
def test_every_text_comes_back(program: str):
    assert unpacked(packed(program)) == program
    assert re.fullmatch(r"[\w-]*", packed(program), re.ASCII)


def test_lessons_fit_into_a_link():
    assert max(len(packed(one.source)) for one in lessons()) < 1000


@given(st.text(max_size=200) | st.text("abcXYZ012-_", max_size=200))
def test_what_is_no_program_is_refused_in_a_sentence(text: str):
    try:
        assert packed(unpacked(text)) or not text
    except ValueError as error:
        assert str(error).startswith("The program in this link")


def test_a_cut_link_is_refused():
    text = packed("import torch\nx = torch.ones(2)\nprint(x)\n")
    for end in range(len(text)):
        with pytest.raises(ValueError, match="cut or changed"):
            unpacked(text[:end])


def test_a_bomb_does_not_go_off():
    squeezed = zlib.compressobj(9, zlib.DEFLATED, RAW)
    data = b"".join(squeezed.compress(b"#" * 1_000_000) for _ in range(200)) + squeezed.flush()
    with pytest.raises(ValueError, match="cannot be read"):
        unpacked(base64.urlsafe_b64encode(data).decode().rstrip("="))
    with pytest.raises(ValueError, match="more than"):
        unpacked(packed("#" * (LONGEST_PROGRAM + 1)))
