"""The table of tensors in a real browser: its rows lead the player."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, WebSocket, expect

from .app_page import PATIENCE, at_step, opened, type_program

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


def test_the_table_follows_the_scene(app: Page, sent: list[int]):
    type_program(
        app,
        "import torch\nx = torch.ones(2, requires_grad=True)\na = (2 * x).sum()\na.backward()\n"
        "b = torch.exp(x).sum()\nb.backward()\n",
    )
    table = app.locator(".vg-table")
    expect(table).to_contain_text("ExpBackward0")
    app.get_by_label("Scene").select_option(index=0)
    expect(table).not_to_contain_text("ExpBackward0")
    expect(table).to_contain_text("[2., 2.]")
    at_step(app, 7, of=7)  # and the player stays where the reader took it
    app.get_by_label("Scene").select_option(index=1)
    expect(table).to_contain_text("ExpBackward0")
