"""The lecture: the picture, the line of code and what happens, large, and nothing else."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from . import player_file
from .player_file import LAST, Open, expect_step, nodes

show = player_file.show


def is_on(page: Page) -> None:
    expect(page.locator(".vg-player")).to_have_class(re.compile("is-presented"))


def is_off(page: Page) -> None:
    expect(page.locator(".vg-player")).not_to_have_class(re.compile("is-presented"))
    expect(page.get_by_role("heading", name="A lesson")).to_be_visible()


def test_shows_the_picture_the_line_and_the_strip_alone(show: Open) -> None:
    page = show(where="#step=10")
    page.get_by_role("button", name="Lecture").click()
    is_on(page)
    for name in ("First step", "Predict", "Keys", "Lecture"):
        expect(page.get_by_role("button", name=name, exact=True)).to_be_hidden()
    for gone in (page.get_by_role("heading", name="A lesson"), page.get_by_role("list", name="Legend")):
        expect(gone).to_be_hidden()
    expect(page.locator(".vg-line:visible")).to_have_text("o.backward()")
    expect(page.locator(".vg-sentence")).to_be_in_viewport(ratio=1)
    expect(page.locator("[data-node=t0]")).to_be_in_viewport(ratio=0.99)
    size = "getComputedStyle(document.querySelector('.vg-sentence')).fontSize"
    assert float(page.evaluate(size).removesuffix("px")) >= 22


def test_steps_by_keys_and_by_remote_control_and_moves_nothing(show: Open) -> None:
    page = show(where="#step=3&present=1")
    is_on(page)
    places = {name: node["place"] for name, node in nodes(page).items()}
    for key, step in (("ArrowRight", 4), ("PageDown", 5), ("PageUp", 4), ("End", LAST), ("Home", 0)):
        page.keyboard.press(key)
        expect_step(page, step)
        assert {name: node["place"] for name, node in nodes(page).items()} == places


def test_the_keyboard_turns_it_on_and_off(show: Open) -> None:
    page = show()
    page.keyboard.press("p")
    is_on(page)
    page.keyboard.press("p")
    is_off(page)
    page.keyboard.press("p")
    is_on(page)
    page.keyboard.press("Escape")
    is_off(page)


def test_the_address_asks_for_it_and_follows(show: Open) -> None:
    page = show(where="#step=4&present=1")
    is_on(page)
    page.keyboard.press("ArrowRight")
    expect(page).to_have_url(re.compile("#step=5&present=1$"))
    page.keyboard.press("Escape")
    is_off(page)
    expect(page).to_have_url(re.compile("#step=5$"))


def test_a_ring_follows_the_mouse_until_it_rests(show: Open) -> None:
    page = show(where="#present=1")
    page.clock.install()
    ring = "getComputedStyle(document.querySelector('.vg-spot'), '::after')"
    assert page.evaluate(f"{ring}.opacity") == "0"
    for x, y in ((300, 200), (700, 333)):
        page.mouse.move(x, y)
        assert page.evaluate(f"[{ring}.opacity, {ring}.left, {ring}.top]") == ["1", f"{x}px", f"{y}px"]
    page.locator("[data-node=t3] .outline").click()  # it catches no click
    expect_step(page, 4)
    page.clock.run_for(5000)
    assert page.evaluate(f"{ring}.opacity") == "0"


def test_a_light_follows_the_mouse(show: Open) -> None:
    page = show(where="#present=1")
    light = page.locator(".vg-spot")
    expect(light).to_have_css("background-image", "none")
    page.keyboard.press("l")
    for x, y in ((300, 200), (700, 333)):
        page.mouse.move(x, y)
        assert f"at {x}px {y}px" in light.evaluate("light => getComputedStyle(light).backgroundImage")
    page.keyboard.press("l")
    expect(light).to_have_css("background-image", "none")


def test_predicts_in_front_of_the_class(show: Open) -> None:
    page = show(where="#present=1")
    page.keyboard.press("g")
    expect(page.get_by_text("What gradient does MulBackward0 send to v₃?", exact=True)).to_be_in_viewport(ratio=1)
    page.keyboard.type("0.5")
    page.keyboard.press("Enter")
    expect(page.locator(".vg-verdict")).to_have_text("right")
    page.keyboard.press("Escape")  # leaves the field first
    is_on(page)
    page.keyboard.press("Escape")
    is_off(page)


@pytest.mark.parametrize(("width", "height"), [(390, 844), (1024, 768), (1920, 1080), (3840, 2160)])
def test_fits_every_screen(show: Open, width: int, height: int) -> None:
    page = show(where="#step=10&present=1", width=width, height=height)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    expect(page.locator(".is-current[data-node]")).to_be_in_viewport(ratio=0.9)
    expect(page.locator(".vg-sentence")).to_be_in_viewport(ratio=1)


def test_an_embedded_player_has_no_page_around_it(show: Open) -> None:
    page = show(where="#embed=1&step=3")
    expect_step(page, 3)
    expect(page.get_by_role("heading", name="A lesson")).to_be_hidden()
