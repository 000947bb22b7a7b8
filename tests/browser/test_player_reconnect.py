"""What the reader did in the player survives reruns, lost connections and reloads."""

from __future__ import annotations

import re

from playwright.sync_api import Page, expect

from .test_player_address import expect_step, visit

SOCKETS = """
  window.sockets = [];
  const Original = WebSocket;
  window.WebSocket = class extends Original {
    constructor(...what) { super(...what); window.sockets.push(this); }
  };
"""
OPEN = "window.sockets.filter(({ readyState }) => readyState === 1).length"


def test_a_lost_connection_changes_nothing(page: Page, app_url: str) -> None:
    page.add_init_script(SOCKETS)
    visit(page, app_url)
    page.keyboard.press("Home")
    page.keyboard.press("o")
    page.get_by_role("button", name="Zoom in").click()
    page.keyboard.press("g")
    box = page.locator("[data-node=t3] .outline")
    before = box.evaluate("box => { window.box = box; return box.getBoundingClientRect().width }")
    count = page.evaluate("window.sockets.length")
    page.evaluate("window.sockets.forEach((socket) => socket.close())")
    page.wait_for_function(f"window.sockets.length > {count} && {OPEN} > 0")
    page.wait_for_timeout(3000)  # Streamlit runs the page again and sends everything anew
    assert box.evaluate("box => window.box === box && box.getBoundingClientRect().width") == before
    expect_step(page, 2)
    expect(page.get_by_role("button", name="Predict")).to_have_attribute("aria-pressed", "true")


def test_a_reload_comes_back_to_the_step_and_the_question(page: Page, app_url: str) -> None:
    visit(page, app_url)
    page.keyboard.press("g")
    expect_step(page, 8)
    page.keyboard.type("0.5")
    page.keyboard.press("Enter")
    expect(page.locator(".vg-verdict")).to_have_text("right")
    page.wait_for_url(re.compile(r"step=8\b"))
    page.reload()
    expect_step(page, 8)
    expect(page.locator(".vg-verdict")).to_have_text("right")
    expect(page.get_by_text("1 of 6 answered")).to_be_visible()


def test_predicting_hides_the_gradients_of_the_table(page: Page, app_url: str) -> None:
    visit(page, app_url)
    cell = page.locator(".vg-table td.vg-grad", has_text="10.")
    expect(cell).to_be_visible(timeout=60_000)
    page.keyboard.press("g")
    expect(cell).to_be_hidden()
    page.keyboard.press("Escape")
    page.keyboard.press("g")
    expect(cell).to_be_visible()
