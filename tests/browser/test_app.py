"""The page in a real browser, as somebody who opens it for the first time uses it."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Locator, Page, WebSocket, expect

from .app_page import PATIENCE, STEPS, at_step, opened, status, type_program

expect.set_options(timeout=PATIENCE)


@pytest.fixture
def app(page: Page, app_url: str) -> Iterator[Page]:
    """The first screen, with the lesson drawn."""
    with opened(page, app_url) as there:
        yield there


def boxes(page: Page) -> dict[str, tuple[float, ...]]:
    """Where the outline of every node is."""
    return page.evaluate(
        """() => {
            const found = {}, visit = (root) => {
                for (const g of root.querySelectorAll('[data-node]')) {
                    const outline = g.querySelector('.outline');
                    const { x, y, width, height } = outline.getBoundingClientRect();
                    found[g.dataset.node] = [x, y, width, height];
                }
                for (const e of root.querySelectorAll('*')) if (e.shadowRoot) visit(e.shadowRoot);
            };
            visit(document);
            return found;
        }"""
    )


def node(page: Page, text: str) -> Locator:
    return page.locator("[data-node]", has_text=text)


def test_the_first_screen_is_the_notebooks_example_drawn(app: Page):
    nodes = boxes(app)
    assert {f"t{i}" for i in range(6)} | {"a0"} <= set(nodes)
    for name in ("AddBackward0", "PowBackward0", "MulBackward0", "SumBackward0", "AccumulateGrad"):
        expect(node(app, name).first).to_be_visible()
    assert sorted(app.locator("[data-node^=c] text").all_text_contents()) == ["0.5", "1", "2", "5"]
    expect(app.get_by_text("Think:")).to_be_visible()
    expect(app.get_by_text("tensor([10., 10.])")).to_be_visible()
    view = app.viewport_size
    assert all(y >= 0 and y + height <= view["height"] for _, y, _, height in nodes.values()), "drawn above the fold"


def test_arrow_keys_step_there_and_back_without_the_server_and_without_moving_a_node(page: Page, app_url: str):
    sent: list[int] = []

    def watch(socket: WebSocket) -> None:
        socket.on("framesent", lambda frame: sent.append(len(frame)))

    page.on("websocket", watch)
    page.set_default_timeout(PATIENCE)
    page.goto(app_url)
    at_step(page, STEPS)
    expect(page.get_by_text("PyTorch agrees")).to_be_visible(timeout=PATIENCE)
    page.locator(".js-plotly-plot").first.wait_for()
    page.wait_for_timeout(1000)
    before, places = len(sent), boxes(page)
    assert places
    for step in range(STEPS - 1, -1, -1):
        page.keyboard.press("ArrowLeft")
        at_step(page, step)
        assert boxes(page) == places
    for step in range(1, STEPS + 1):
        page.keyboard.press("ArrowRight")
        at_step(page, step)
        assert boxes(page) == places
    page.keyboard.press("Home")
    at_step(page, 0)
    page.keyboard.press("End")
    at_step(page, STEPS)
    page.wait_for_timeout(500)
    assert len(sent) == before


def test_the_gradients_of_the_notebook_appear_step_by_step(app: Page):
    explanation = app.get_by_label("Explanation")
    app.keyboard.press("Home")
    for _ in range(8):
        app.keyboard.press("ArrowRight")
    at_step(app, 8)
    expect(app.locator("[data-node].is-current")).to_have_count(1)
    expect(explanation).to_contain_text("0.5")
    for _ in range(5):
        app.keyboard.press("ArrowRight")
    expect(explanation).to_contain_text("10")


def test_an_edited_program_is_redrawn_with_its_plot_and_table(app: Page):
    type_program(app, "import torch\nw = torch.ones(3, requires_grad=True)\nz = 7 * w\nq = z.sum()\nq.backward()\n")
    expect(node(app, "[7., 7., 7.]").first).to_be_visible()
    expect(app.locator(".vg-table code", has_text="w")).to_be_visible()
    expect(app.locator(".js-plotly-plot").first).to_contain_text("w.grad")
    app.keyboard.press("Escape")


def test_a_syntax_error_is_marked_on_its_line_and_the_page_stays_usable(app: Page):
    type_program(app, "import torch\nx = torch.ones(2\ny = x\n")
    expect(app.get_by_text("'(' was never closed").first).to_be_visible()
    expect(app.locator(".vg-number.is-error")).to_have_text("2")
    type_program(app, "import torch\nx = torch.ones(2)\n")
    expect(app.locator(".vg-number.is-error")).to_have_count(0)
    at_step(app, 1, of=1)


def test_a_shape_error_is_marked_on_its_line_with_what_came_before_drawn(app: Page):
    type_program(app, "import torch\na = torch.ones(2, requires_grad=True)\nb = torch.ones(3)\nc = a + b\nd = 2 * c\n")
    text = "The size of tensor a (2) must match the size of tensor b (3) at non-singleton dimension 0"
    expect(app.get_by_role("region", name="Error")).to_contain_text(text)
    expect(app.locator(".vg-sentence")).not_to_contain_text(text)  # it is told once
    expect(app.locator(".vg-number.is-error")).to_have_text("4")
    assert {"t0", "t1"} <= set(boxes(app))
    app.get_by_role("button", name="First step").click()
    expect(status(app)).to_contain_text("Step 0 of")


def test_the_engine_switch_draws_the_same_picture_with_pytorch(app: Page):
    before = set(boxes(app))
    app.get_by_role("radio", name="PyTorch").or_(app.get_by_role("button", name="PyTorch", exact=True)).first.click()
    expect(app.get_by_text("NumPy core agrees")).to_be_visible(timeout=PATIENCE)
    assert set(boxes(app)) == before
    at_step(app, STEPS)


def test_the_address_follows_lesson_and_engine(app: Page):
    app.get_by_role("combobox", name=re.compile("Lesson")).click()
    app.get_by_role("option", name=re.compile("Gates")).click()
    app.wait_for_url(re.compile(r"[?&]lesson=gates"))
    app.get_by_role("radio", name="PyTorch").or_(app.get_by_role("button", name="PyTorch", exact=True)).first.click()
    app.wait_for_url(re.compile(r"[?&]engine=torch"))
    app.reload()
    expect(app.locator("textarea")).to_have_value(re.compile(r"out = \(x \+ y\) \* z"))
    expect(app.get_by_text("NumPy core agrees")).to_be_visible(timeout=PATIENCE)


def test_a_long_run_says_so_and_is_stopped(app: Page):
    type_program(app, "import torch\nx = torch.ones(2)\nwhile True:\n    x = x * 1\n")
    expect(app.get_by_text("Running …")).to_be_visible()
    app.locator(".st-key-running").get_by_role("button", name="Stop").click()
    error = app.get_by_role("region", name="Error")
    expect(error).to_contain_text("the program was stopped")
    expect(error.locator("h3")).to_have_css("margin-left", "0px")  # without a line, what it is stands beside the sign
    expect(app.get_by_text("Running …")).to_have_count(0)
    type_program(app, "import torch\nx = torch.ones(2)\n")
    at_step(app, 1, of=1)


def test_choosing_a_lesson_shows_it(app: Page):
    app.get_by_role("combobox", name=re.compile("Lesson")).click()
    app.get_by_role("option", name=re.compile("Gates")).click()
    expect(app.locator("textarea")).to_have_value(re.compile(r"out = \(x \+ y\) \* z"))
    expect(app.locator(".js-plotly-plot")).to_have_count(4)


def test_the_shelf_of_lessons_is_closed_by_its_reader_alone(app: Page):
    shelf = app.get_by_role("dialog", name="Lessons")
    app.get_by_role("button", name="Lessons").click()
    expect(shelf.get_by_text("27. A Hessian, row by row")).to_be_visible()
    app.keyboard.press("Escape")
    expect(shelf).to_have_count(0)
    app.locator(".st-key-engine_switch").get_by_text("PyTorch").click()  # the page is drawn again, without it
    expect(app.get_by_text("NumPy core agrees")).to_be_visible()
    expect(shelf).to_have_count(0)
    app.get_by_role("button", name="Lessons").click()
    shelf.get_by_text("4. Gates").click()
    expect(shelf).to_have_count(0)
    expect(app.locator("[data-node]", has_text="out").first).to_be_visible()
