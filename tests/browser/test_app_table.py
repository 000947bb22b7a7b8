"""The table of tensors in a real browser: its rows lead the player."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, WebSocket, expect

from .app_page import PATIENCE, at_step, opened

expect.set_options(timeout=PATIENCE)


@pytest.fixture
def sent() -> list[int]:
    """The lengths of the messages to the server."""
    return []


@pytest.fixture
def app(page: Page, app_url: str, sent: list[int]) -> Iterator[Page]:
    def watch(socket: WebSocket) -> None:
        socket.on("framesent", lambda frame: sent.append(len(frame)))

    page.on("websocket", watch)
    with opened(page, app_url) as there:
        yield there


def test_a_row_leads_to_where_its_tensor_was_made_and_then_to_its_gradient(app: Page, sent: list[int]):
    expect(app.get_by_text("PyTorch agrees")).to_be_visible()
    app.locator(".js-plotly-plot").first.wait_for()
    app.wait_for_timeout(1000)
    before = len(sent)
    row = app.locator(".vg-table tbody tr", has_text="PowBackward0")
    row.click()
    at_step(app, 3)
    expect(app.locator("[data-node].is-current")).to_contain_text("PowBackward0")
    expect(app.locator("[data-node].is-current")).to_be_in_viewport()
    row.click()
    at_step(app, 11)
    expect(app.locator("[data-node].is-current")).to_contain_text("PowBackward0")
    app.wait_for_timeout(500)
    assert len(sent) == before


def test_rows_are_led_by_keys_alone(app: Page):
    button = app.locator(".vg-table").get_by_role("button", name="y", exact=True)
    button.focus()
    app.keyboard.press("Enter")
    at_step(app, 4)
    app.keyboard.press("Enter")
    at_step(app, 10)
    expect(button).to_be_focused()
