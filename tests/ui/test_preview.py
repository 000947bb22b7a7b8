"""A statement on a card is really run before it is written."""

from __future__ import annotations

import pytest

from vizgrad.present.cards import drafted
from vizgrad.present.trials import MOST, Verdict
from vizgrad.program.editing.write_card import Wish
from vizgrad.ui.builder import preview
from vizgrad.ui.builder.builder import ONLY_SCALARS

PROGRAM = "import torch\nx = torch.ones(2, requires_grad=True)\nw = torch.ones(3)\n"


def tried(source: str, statement: str, engine: str, at: int | None = None) -> Verdict:
    """What comes of a statement at the end of a program, or before the statement of this number."""
    stop = len(source) if at is None else len("".join(source.splitlines(keepends=True)[:at]))
    return preview.tried(source[:stop], drafted(source, Wish.of("other", code=statement), stop, at), engine)


def test_a_formula_that_works_tells_the_shape():
    verdict = tried(PROGRAM, "y = 5 * (x + 1) ** 2", "numpy")
    assert verdict.works
    assert "(2,)" in verdict.text and "float32" in verdict.text and "MulBackward0" in verdict.text


def test_a_shape_error_is_told_in_pytorchs_words():
    verdict = tried(PROGRAM, "y = x + w", "numpy")
    assert not verdict.works
    assert "The size of tensor a (2) must match the size of tensor b (3)" in verdict.text


def test_an_unknown_name_is_told():
    verdict = tried(PROGRAM, "y = q + 1", "numpy")
    assert not verdict.works and "name 'q' is not defined" in verdict.text


def test_a_number_is_no_tensor():
    verdict = tried(PROGRAM, "n = 3", "numpy")
    assert verdict.works and "no tensor" in verdict.text


def test_backward_of_a_scalar_tells_what_it_fills():
    verdict = tried(PROGRAM + "o = x.sum()\n", "o.backward()", "numpy")
    assert verdict.works and "x.grad" in verdict.text


def test_backward_of_a_vector_needs_a_gradient():
    verdict = tried(PROGRAM + "y = 2 * x\n", "y.backward()", "numpy")
    assert not verdict.works and ONLY_SCALARS in verdict.text
    assert tried(PROGRAM + "y = 2 * x\n", "y.backward(torch.ones_like(y))", "numpy").works


@pytest.mark.parametrize("broken", ["import torch\nx = (\n", "import torch\nx = torch.ones(2) + torch.ones(3)\n"])
def test_a_broken_program_is_to_be_mended_first(broken: str):
    verdict = tried(broken, "y = 1", "numpy")
    assert not verdict.works and ("line 2" in verdict.text or "never closed" in verdict.text)


def test_what_follows_is_tried_too():
    source = "import torch\na = torch.ones(2)\nb = a + torch.ones(2)\n"
    assert tried(source, "c = 1", "numpy", at=2).works
    verdict = tried(source, "a = torch.ones(3)", "numpy", at=2)
    assert not verdict.works and "shape (3,)" in verdict.text and "stops at line 4" in verdict.text


def test_a_print_tells_what_is_new():
    assert tried("import torch\nprint('before')\n", "print('after')", "numpy").text == "prints after"
    assert len(tried("import torch\n", "print('x' * 9999)", "numpy").text) < 300


def test_a_program_that_takes_long_is_not_tried():
    assert "takes too long" in tried("import torch\nwhile True: pass\n", "y = 1", "numpy").text


def test_many_known_tensors_are_cut():
    known = preview.known("import torch\n" + "".join(f"x{i} = torch.ones(1)\n" for i in range(MOST + 50)), "numpy")
    assert len(known.tensors) == MOST and known.tensors[-1].name == f"x{MOST + 49}" and known.error is None
