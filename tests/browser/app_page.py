"""The page as a visitor finds it: what the tests of the app share."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Locator, Page, Request, expect

PATIENCE = 30_000
STEPS = 13


@contextmanager
def opened(page: Page, address: str, steps: int = STEPS) -> Iterator[Page]:
    """The page at an address, with the lesson drawn; nothing may be wrong in the browser's own eyes."""
    faults: list[str] = []
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.on("console", lambda message: faults.append(message.text) if message.type == "error" else None)
    page.on("requestfailed", lambda request: faults.append(f"failed: {request.url}") if failed(request) else None)
    page.set_default_timeout(PATIENCE)
    page.goto(address)
    expect(status(page)).to_contain_text(f"Step {steps} of {steps}")
    yield page
    assert not faults, faults


def failed(request: Request) -> bool:
    """Whether nobody wanted a request to end: it also ends where the test leaves the page."""
    return "ERR_ABORTED" not in (request.failure or "")


def status(page: Page) -> Locator:
    return page.locator(".vg-status")


def at_step(page: Page, step: int, of: int = STEPS) -> None:
    expect(status(page)).to_contain_text(re.compile(rf"^Step {step} of {of}\b"))


def type_program(page: Page, text: str) -> None:
    """Replaces the program and runs it with the keyboard."""
    editor = page.get_by_label("Program", exact=True).and_(page.locator("textarea"))
    editor.fill(text)
    editor.press("Control+Enter")
