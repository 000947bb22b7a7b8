"""What the tests of the page share."""

from __future__ import annotations

import pytest

from vizgrad.ui.runs import job


@pytest.fixture(autouse=True)
def patience(monkeypatch: pytest.MonkeyPatch) -> None:
    """The page waits for every run: a test looks at it once, a reader's browser looks again and again."""
    monkeypatch.setattr(job, "PATIENCE", 60)
