"""The charts below the player in a real browser: they lead the player, and the player's step is marked in them."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Locator, Page, WebSocket, expect

from .app_page import PATIENCE, at_step, opened, type_program

expect.set_options(timeout=PATIENCE)

LOOP = """import torch
w = torch.tensor(3.0, requires_grad=True)
for _ in range(4):
    loss = (w - 1) ** 2
    loss.backward()
    with torch.no_grad():
        w -= 0.1 * w.grad
    w.grad = None
"""


@pytest.fixture
def sent() -> list[int]:
    """The lengths of the messages to the server."""
    return []


@pytest.fixture
def app(page: Page, app_url: str, sent: list[int]) -> Iterator[Page]:
    page.set_viewport_size({"width": 1440, "height": 1800})

    def watch(socket: WebSocket) -> None:
        socket.on("framesent", lambda frame: sent.append(len(frame)))

    page.on("websocket", watch)
    with opened(page, app_url) as there:
        expect(there.get_by_text("PyTorch agrees")).to_be_visible()
        there.locator(".st-key-norms .scatterlayer .points path").first.wait_for()
        there.wait_for_timeout(500)
        yield there


def press(page: Page, what: Locator) -> None:
    """A click with the mouse where a part of a chart is drawn: plotly lies a sheet of its own over all parts."""
    what.scroll_into_view_if_needed()
    box = what.bounding_box()
    assert box
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(x - 3, y - 3)
    page.mouse.move(x, y)
    page.wait_for_timeout(150)  # plotly looks for what is under the pointer only so often
    page.mouse.click(x, y)


def look(what: Locator, name: str) -> str:
    return what.evaluate("(e, name) => getComputedStyle(e)[name]", name)


def test_a_bar_leads_to_its_tensor_and_then_to_its_gradient(app: Page, sent: list[int]):
    before = len(sent)
    bar = app.locator(".st-key-grad_0 .bars .point path").first
    press(app, bar)
    at_step(app, 1)
    press(app, bar)
    at_step(app, 13)
    assert len(sent) == before


def test_a_point_of_the_norms_leads_to_its_tensor(app: Page, sent: list[int]):
    before = len(sent)
    points = app.locator(".st-key-norms .scatterlayer .points path")
    expect(points).to_have_count(6)
    press(app, points.nth(3))  # v₂ = v₁ ** 2
    at_step(app, 3)
    expect(app.locator("[data-node].is-current")).to_contain_text("PowBackward0")
    assert len(sent) == before


def test_what_the_step_is_about_is_marked_in_row_chart_and_point(app: Page):
    row, chart = app.locator('tr[data-tensor="0"]'), app.locator(".st-key-grad_0 .js-plotly-plot")
    last = app.locator(".st-key-norms .scatterlayer .points path").nth(5)
    marked, quiet = "solid", "none"
    expect(chart).to_have_css("outline-style", marked)
    assert look(row, "boxShadow") != "none"
    app.locator(".vg-player").press("ArrowLeft")
    at_step(app, 12)
    expect(chart).to_have_css("outline-style", quiet)
    assert look(row, "boxShadow") == "none"
    app.locator(".vg-player").press("Home")
    app.locator(".vg-player").press("ArrowRight")
    at_step(app, 1)
    expect(chart).to_have_css("outline-style", marked)
    expect(last).to_have_css("stroke-width", "5px")


def test_a_point_of_a_loop_opens_its_scene(app: Page):
    type_program(app, LOOP)
    scene = app.get_by_label("Scene")
    expect(scene).to_have_value("3")
    points = app.locator(".st-key-training .scatterlayer .points path")
    expect(points).to_have_count(8)
    press(app, points.nth(1))
    expect(scene).to_have_value("1")
    expect(points.nth(1)).to_have_css("stroke-width", "5px")


def test_the_inspector_follows_the_box_that_is_clicked(app: Page):
    app.get_by_role("tab", name="Inspect").click()
    facts = app.locator(".vg-facts")
    expect(facts).to_contain_text("MulBackward0")
    app.wait_for_timeout(500)
    app.locator("[data-node]", has_text="PowBackward0").first.click()
    expect(facts).to_contain_text("PowBackward0")
    at_step(app, 3)


def test_a_phone_has_the_picture_on_its_first_screen(page: Page, app_url: str):
    page.set_viewport_size({"width": 390, "height": 844})
    with opened(page, app_url) as phone:
        box = phone.locator(".vg-stage").bounding_box()
        assert box and box["y"] < 200
        assert phone.evaluate("document.scrollingElement.scrollWidth") <= 390
        for name in ("Lessons", "File", "Share"):
            expect(phone.get_by_role("button", name=name)).to_be_visible()
        look_at = phone.locator(".st-key-lesson").get_by_text("Look:")
        expect(look_at).to_be_hidden()
        phone.locator(".st-key-lesson").hover()
        expect(look_at).to_be_visible()


def test_on_a_wall_the_charts_grow_with_the_page_and_shrink_again(app: Page):
    chart = app.locator(".st-key-norms .js-plotly-plot").last  # while a new one takes its place there are two
    title, tick = chart.locator(".gtitle"), chart.locator(".xtick text").first
    expect(title).to_have_css("font-size", "15px")
    app.set_viewport_size({"width": 3840, "height": 2160})
    zoom = 1.75  # of 0.72 % of the width and 16 px
    expect(title).to_have_css("font-size", f"{15 * zoom}px")
    expect(tick).to_have_css("font-size", f"{13 * zoom}px")
    height = chart.evaluate("chart => chart.layout.height")
    assert height == 280 * zoom
    app.set_viewport_size({"width": 1440, "height": 1800})
    expect(title).to_have_css("font-size", "15px")


def test_the_menu_of_the_page_leaves_when_the_page_scrolls_below_it(app: Page):
    app.set_viewport_size({"width": 1440, "height": 700})
    menu, top = app.get_by_test_id("stMainMenu"), app.locator(".vg-brand")
    expect(menu).to_be_visible()
    app.get_by_role("tab", name="Inspect").click()
    app.locator(".vg-facts").scroll_into_view_if_needed()
    expect(top).not_to_be_in_viewport()
    expect(menu).to_be_hidden()
    top.scroll_into_view_if_needed()
    expect(menu).to_be_visible()
