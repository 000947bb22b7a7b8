"""A real Chromium and a real server for the browser tests."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from . import chromium
from .app_server import ROOT, serving


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    here = Path(__file__).parent
    for item in items:
        if here in Path(item.path).parents:
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session")
def browser_type_launch_args() -> dict:
    """How pytest-playwright starts Chromium; without one the tests fail in CI and are skipped elsewhere."""
    try:
        path = chromium.find_or_install()
    except chromium.NoChromium as error:
        if os.environ.get("CI") == "true":
            raise
        pytest.skip(str(error))
    return {"executable_path": path, "args": chromium.ARGUMENTS, "headless": True}


@pytest.fixture(scope="session")
def browser_context_args(browser_context_args: dict) -> dict:
    return {**browser_context_args, "viewport": {"width": 1440, "height": 900}}


@pytest.fixture(scope="session")
def app_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a running app, on a free port of the loopback interface."""
    with serving(ROOT, tmp_path_factory.mktemp("app") / "server.log") as address:
        yield address
