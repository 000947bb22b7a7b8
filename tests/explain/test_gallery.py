"""Every lesson is explained truly, on both engines, and no node of it is unknown."""

from __future__ import annotations

import pytest

from vizgrad.gallery import Lesson, lessons

from .programs import ENGINES, traced
from .test_statements import check_printed, check_terms, explained


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("lesson", lessons(), ids=lambda lesson: lesson.slug)
def test_lessons_are_explained(lesson: Lesson, engine: str) -> None:
    trace = traced(lesson.source, engine)
    check_terms(trace)
    check_printed(trace)
    for _, _, explanation in explained(trace):
        assert "not in the table of this app" not in explanation.sentence
        for term in explanation.terms:
            is_own = "your own backward" in explanation.sentence  # a custom Function has no rule that is known here
            assert term.kind != "rule" or term.rule or is_own, explanation.sentence
