"""What all tests share: golden files, which are compared, and rewritten when asked."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

GOLDEN = Path(__file__).parent / "golden"


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--overwrite-goldens", action="store_true", help="write tests/golden anew from what the code gives now"
    )


@pytest.fixture
def golden(request: pytest.FixtureRequest) -> Callable[[str, str], None]:
    """`golden("explain/seed.txt", text)` compares text with tests/golden/explain/seed.txt."""

    def check(path: str, text: str) -> None:
        file = GOLDEN / path
        if request.config.getoption("--overwrite-goldens"):
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text, encoding="utf-8", newline="\n")
        assert file.exists(), f"{file} is missing: pytest --overwrite-goldens writes it; then read the diff"
        assert text == file.read_text(encoding="utf-8"), (
            f"{file} differs; pytest --overwrite-goldens accepts the change"
        )

    return check
