"""The standalone player opened from disk, for the browser tests, and what they read from it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.trace.seed_trace import seed
from vizgrad.player.standalone import html
from vizgrad.trace import Trace

LAST = len(seed.scenes[0].steps)

Open = Callable[..., Page]


@pytest.fixture
def show(browser: Browser, tmp_path: Path) -> Iterator[Open]:
    """Opens the player with a trace from disk; whatever the page complains of or asks the network for is a failure."""
    contexts = []
    troubles: list[str] = []

    def request(url: str) -> None:
        if not url.startswith("file:"):
            troubles.append(url)

    def open_page(trace: Trace = seed, where: str = "", width: int = 1440, height: int = 900, **more: object) -> Page:
        path = tmp_path / f"{len(contexts)}.html"
        path.write_text(html(trace, title="A lesson"), encoding="utf-8")
        contexts.append(browser.new_context(viewport={"width": width, "height": height}, **more))
        page = contexts[-1].new_page()
        page.on("console", lambda message: troubles.append(f"{message.type}: {message.text}"))
        page.on("pageerror", lambda error: troubles.append(str(error)))
        page.on("request", lambda one: request(one.url))
        page.goto(path.as_uri() + where)
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert troubles == []


def status(page: Page) -> Locator:
    return page.get_by_role("status")


def expect_step(page: Page, step: int, last: int = LAST) -> None:
    expect(status(page)).to_have_text(re.compile(rf"^Step {step} of {last}\b"))


def nodes(page: Page) -> dict[str, dict]:
    """Each box: its place in the page, its classes, its rows of text."""
    return page.evaluate(
        """() => Object.fromEntries([...document.querySelectorAll("[data-node]")].map((g) => {
            const { x, y, width, height } = g.getBoundingClientRect();
            const outline = g.querySelector(".outline").getBoundingClientRect();
            return [g.dataset.node, {
              place: [outline.x, outline.y, outline.width, outline.height].map((n) => Math.round(n * 10) / 10),
              classes: [...g.classList].filter((name) => /^(is|kind)-/.test(name)),
              texts: [...g.querySelectorAll("text")].map((text) => text.textContent),
            }];
          }))"""
    )


def seen(page: Page) -> dict[str, tuple[list[str], list[str]]]:
    """Each box's classes and texts, in the page."""
    return {name: (sorted(node["classes"]), node["texts"]) for name, node in nodes(page).items()}
