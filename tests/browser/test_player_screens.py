"""The player on screens of all sizes: nothing clipped, nothing tiny, nothing left empty."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

import vizgrad
from tests.player.made import failing, printing

from . import player_file
from .player_file import LAST, Open, expect_step

show = player_file.show

LOOP = """import torch
w = torch.tensor(1., requires_grad=True)
for i in range(3):
    loss = (3 * w - 6) ** 2
    loss.backward()
"""
SMALL = """least => [...document.querySelectorAll(".vg-player *")]
  .filter((one) => [...one.childNodes].some((node) => node.nodeType === 3 && node.data.trim()))
  .filter((one) => one.checkVisibility({ opacityProperty: true, visibilityProperty: true }))
  .filter((one) => !one.closest(".vg-unseen, svg, option"))
  .map((one) => [one.className || one.tagName, parseFloat(getComputedStyle(one).fontSize)])
  .filter(([, size]) => size && size < least)"""
PARTS = ".vg-toolbar :is(button, select, p), .vg-legend li, .vg-panel-head > *"
CLIPPED = f"""() => [...document.querySelectorAll("{PARTS}")]
  .filter((one) => one.checkVisibility() && one.getClientRects().length)
  .filter((one) => {{ const {{ left, right }} = one.getBoundingClientRect(); return left < 0 || right > innerWidth; }})
  .map((one) => one.className)"""
TARGETS = """() => [...document.querySelectorAll(".vg-player :is(button, select, input)")]
  .filter((one) => one.checkVisibility())
  .map((one) => [one.getAttribute("aria-label") ?? one.textContent, one.getBoundingClientRect()])
  .filter(([, { width, height }]) => width < 40 || height < 40)
  .map(([name, { width, height }]) => `${name} ${width} x ${height}`)"""


def top(page: Page, selector: str) -> float:
    box = page.locator(selector).bounding_box()
    assert box
    return box["y"]


def phone(show: Open, source: str | None = None, **more: object) -> Page:
    more |= {"width": 390, "height": 844, "has_touch": True, "is_mobile": True}
    return show(vizgrad.run(source, isolated=False), **more) if source else show(**more)


def test_a_phone_has_the_picture_first_and_its_buttons_in_two_rows(show: Open) -> None:
    page = phone(show, LOOP)
    assert top(page, ".vg-stage") < top(page, ".vg-toolbar") < top(page, ".vg-explanation") < top(page, ".vg-program")
    buttons = page.locator(".vg-toolbar").bounding_box()
    assert buttons and buttons["height"] <= 2 * 44 + 16
    assert page.evaluate(CLIPPED) == []
    assert page.evaluate(TARGETS) == []
    assert page.evaluate(SMALL, 12.5) == []
    expect(page.locator(".vg-sentence")).to_be_in_viewport(ratio=1)


def test_the_rest_stands_behind_a_button_by_name(show: Open) -> None:
    page = phone(show, LOOP)
    more = page.get_by_role("button", name="More")
    expect(page.get_by_role("button", name="Predict")).to_be_hidden()
    more.tap()
    expect(more).to_have_attribute("aria-expanded", "true")
    for name in ("Next line", "Next operation", "Predict", "Find a box", "Show all", "Lecture", "Keys"):
        expect(page.get_by_role("button", name=name, exact=True)).to_be_visible()
    assert page.evaluate(CLIPPED) == []
    assert page.evaluate(TARGETS) == []
    page.get_by_label("Scene").select_option(index=0)
    expect_step(page, 9, 9)
    page.get_by_role("button", name="Zoom in").tap()  # what is pressed again and again leaves it open
    expect(page.get_by_role("button", name="Predict")).to_be_visible()
    page.get_by_role("button", name="Predict").tap()
    expect(page.get_by_role("button", name="Find a box")).to_be_hidden()
    assert page.evaluate(TARGETS) == []
    more.tap()
    page.keyboard.press("Escape")
    expect(page.get_by_role("button", name="Find a box")).to_be_hidden()
    more.tap()
    page.locator(".vg-stage").tap(position={"x": 20, "y": 20})
    expect(page.get_by_role("button", name="Find a box")).to_be_hidden()


@pytest.mark.parametrize(("width", "height"), [(320, 568), (390, 844), (768, 1024), (1024, 768), (1280, 720)])
def test_nothing_is_cut_off(show: Open, width: int, height: int) -> None:
    for page in (show(vizgrad.run(LOOP, isolated=False), width=width, height=height), show(failing("no"), width=width)):
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        assert page.evaluate(CLIPPED) == []


@pytest.mark.parametrize("width", [1200, 1264, 1280, 1366, 1440])
def test_the_toolbar_is_one_row_with_a_choice_of_scenes_too(show: Open, width: int) -> None:
    for iterations in (3, 400):
        page = show(vizgrad.run(LOOP.replace("3)", f"{iterations})", 1), isolated=False), width=width)
        bar, button = (page.locator(name).bounding_box() for name in (".vg-toolbar", ".vg-button >> nth=0"))
        assert bar and button
        assert bar["height"] < 1.5 * button["height"], iterations


CHAIN = """import torch
x = torch.tensor([0.5, -1.0], requires_grad=True)
y = x
for i in range(60):
    y = torch.sin(y) if i % 2 else y + 0.1
y.sum().backward()
"""
TYPE = """() => {
  const svg = document.querySelector(".vg-stage > svg");
  const scale = svg.getBoundingClientRect().width / svg.viewBox.baseVal.width;
  const sizes = [...svg.querySelectorAll("text")].map((text) => parseFloat(getComputedStyle(text).fontSize));
  return scale * Math.min(...sizes);
}"""


@pytest.mark.parametrize("width", [390, 800, 1280, 1920])
def test_the_smallest_type_of_a_picture_too_large_for_the_page_is_legible(show: Open, width: int) -> None:
    page = show(vizgrad.run(CHAIN, isolated=False), width=width)
    assert page.evaluate(TYPE) > 10.9
    page.keyboard.press("f")  # all of it, however small
    assert page.evaluate(TYPE) < 10.9
    page.keyboard.press("+")
    larger = page.evaluate(TYPE)
    page.keyboard.press("-")
    assert page.evaluate(TYPE) < larger


PRESSED = """async (keys) => {
  const player = document.querySelector(".vg-player");
  for (const key of keys) player.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true }));
  const end = performance.now() + 400; // a glide takes 220 ms
  while (performance.now() < end) await new Promise(requestAnimationFrame);
  return document.querySelector(".vg-stage > svg").getBoundingClientRect().width;
}"""


def test_a_glide_to_the_current_box_does_not_undo_a_zoom(show: Open) -> None:
    page = show(vizgrad.run(CHAIN, isolated=False))
    before = page.evaluate(PRESSED, ["End"])
    assert page.evaluate(PRESSED, ["Home", "+"]) == pytest.approx(1.25 * before, rel=0.01)
    assert page.evaluate(PRESSED, ["End", "f"]) < before / 2


@pytest.mark.parametrize(("width", "height"), [(1440, 900), (1920, 1080), (2560, 1440), (3840, 2160)])
def test_a_page_of_its_own_is_filled_to_the_last_line_and_not_beyond(show: Open, width: int, height: int) -> None:
    page = show(printing(), where="#step=10", width=width, height=height)
    assert page.evaluate("document.documentElement.scrollHeight") <= height
    panel = page.locator(".vg-explanation").bounding_box()
    stage = page.locator(".vg-stage").bounding_box()
    picture = page.locator(".vg-stage > svg").bounding_box()
    assert panel and stage and picture
    assert panel["y"] + panel["height"] > height - 0.04 * width
    assert picture["width"] > 0.9 * stage["width"]
    assert page.evaluate(SMALL, max(12.5, width / 160)) == []


@pytest.mark.parametrize(("width", "height"), [(1920, 1080), (3840, 2160)])
def test_a_lecture_uses_all_of_a_projector(show: Open, width: int, height: int) -> None:
    page = show(where="#step=10&present=1", width=width, height=height)
    picture = page.locator(".vg-stage > svg").bounding_box()
    strip = page.locator(".vg-explanation").bounding_box()
    assert picture and strip
    assert picture["width"] > 0.93 * width
    assert strip["width"] > 0.95 * width
    assert strip["y"] + strip["height"] > 0.97 * height
    size = "name => parseFloat(getComputedStyle(document.querySelector(name)).fontSize)"
    assert page.evaluate(size, ".vg-sentence") > height / 30
    assert page.evaluate(size, ".vg-formula math") > height / 22
    assert page.evaluate(size, ".vg-line.is-current") > height / 36
    assert page.evaluate(SMALL, height / 60) == []
    assert page.evaluate(CLIPPED) == []


def test_a_lecture_never_scrolls_what_happens(show: Open) -> None:
    source = "import torch\nx = torch.arange(24.).reshape(4, 6).requires_grad_()\n(x @ x.T).sum().backward()\n"
    page = show(vizgrad.run(source, isolated=False), where="#present=1&step=0", width=1920, height=1080)
    for step in range(1, 8):
        page.keyboard.press("ArrowRight")
        body = page.locator(".vg-explanation .vg-panel-body")
        assert body.evaluate("body => body.scrollHeight <= body.clientHeight"), step


@pytest.mark.parametrize(("width", "height"), [(1280, 720), (1920, 1080)])
def test_a_lecture_has_room_for_all_of_a_layers_rows(show: Open, width: int, height: int) -> None:
    source = """import torch
x = torch.arange(32.).reshape(8, 4)
layer = torch.nn.Linear(4, 16)
loss = layer(x).sum()
loss.backward()
"""
    page = show(vizgrad.run(source, isolated=False), where="#present=1&step=0", width=width, height=height)
    body = page.locator(".vg-explanation .vg-panel-body")
    kinds = set()
    for _ in range(int(page.locator(".vg-slider").get_attribute("max") or 0)):
        page.keyboard.press("ArrowRight")
        sentence = page.locator(".vg-sentence").inner_text()
        assert body.evaluate("body => body.scrollHeight <= body.clientHeight"), sentence
        kinds.add(len(page.locator(".vg-formula").last.locator("math").all()))
    assert max(kinds) > 2  # the rows of one step stand one behind the other
    page.keyboard.press("p")
    for _ in range(3):
        page.keyboard.press("ArrowLeft")
    assert all(formula.locator("math").count() == 1 for formula in page.locator(".vg-formula").all())


def test_a_lecture_tells_an_error(show: Open) -> None:
    page = show(failing("Sizes must match.", "Look at both shapes."), where="#present=1", width=1920, height=1080)
    expect(page.get_by_text("Sizes must match.", exact=True)).to_be_in_viewport(ratio=1)
    expect(page.get_by_text("Look at both shapes.", exact=True)).to_be_in_viewport(ratio=1)
    page.keyboard.press("ArrowLeft")
    expect(page.get_by_text("Sizes must match.", exact=True)).to_be_hidden()


def test_the_last_step_is_the_last_in_a_lecture_too(show: Open) -> None:
    page = show(where="#present=1")
    expect_step(page, LAST)
    expect(page.locator(".vg-status")).to_be_in_viewport(ratio=1)
