"""Other ways through a scene: the picture's detail, lines of code, the search."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

import vizgrad
from tests.trace.seed_trace import seed
from vizgrad.draw.model.appearance import looks
from vizgrad.draw.model.drawing import drawing

from . import player_file
from .player_file import LAST, Open, expect_step, seen

show = player_file.show


@pytest.mark.parametrize("detail", ["simple", "pytorch"])
def test_shows_less_or_other_things_and_keeps_the_step(show: Open, detail: str) -> None:
    page = show(where="#step=10")
    before = seen(page)
    plan = drawing(seed, seed.scenes[0], detail)
    walk = list(looks(plan, seed, seed.scenes[0]))
    page.get_by_label("Detail").select_option(detail)
    for step, key in ((10, "ArrowLeft"), (9, "Home"), (0, "End"), (LAST, "ArrowLeft")):
        expect_step(page, step)
        wanted = {box.id: (sorted(walk[step][box.id].classes), list(walk[step][box.id].texts)) for box in plan.boxes}
        assert seen(page) == wanted
        page.keyboard.press("Escape")
        page.locator(".vg-player").focus()
        page.keyboard.press(key)
    page.get_by_label("Step", exact=True).fill("10")
    page.get_by_label("Detail").select_option("full")
    assert seen(page) == before


def test_a_large_scene_comes_at_one_detail(show: Open) -> None:
    chain = "import torch\nx = torch.ones(2, requires_grad=True)\ny = x\n" + "y = y * 2\n" * 60 + "y.sum().backward()\n"
    page = show(vizgrad.run(chain, isolated=False))
    expect(page.get_by_label("Detail")).to_be_hidden()


def line(page: Page) -> str:
    return page.locator(".vg-number.is-current").inner_text()


def test_goes_from_line_to_line(show: Open) -> None:
    page = show()
    page.keyboard.press("Home")
    for key, step, number in (("n", 1, "2"), ("n", 2, "3"), ("n", 5, "4"), ("n", 7, "5"), ("N", 5, "4"), ("N", 2, "3")):
        page.keyboard.press(key)
        expect_step(page, step)
        assert line(page) == number
    page.get_by_role("button", name="Next line").click()
    expect_step(page, 5)
    page.keyboard.press("n")
    page.keyboard.press("n")
    expect_step(page, LAST)
    for _ in range(4):
        page.keyboard.press("N")
    page.keyboard.press("N")
    expect_step(page, 0)


def test_goes_from_operation_to_operation_and_passes_over_what_makes_and_stores(show: Open) -> None:
    page = show()
    page.keyboard.press("Home")
    for key, steps in (("o", (2, 3, 4, 5, 6, 8, 9, 10, 11, 12, LAST)), ("O", (12, 11, 10, 9, 8, 6, 5, 4, 3, 2, 0))):
        for step in steps:
            page.keyboard.press(key)
            expect_step(page, step)
    button = page.get_by_role("button", name="Next operation")
    button.click()
    button.click()
    expect_step(page, 3)
    button.click(modifiers=["Shift"])
    expect_step(page, 2)
    page.get_by_label("Step", exact=True).fill("12")
    page.get_by_role("button", name="Next line").click(modifiers=["Shift"])
    expect_step(page, 7)  # where the line began that this step is on


def test_finds_boxes_by_name_operation_and_grad_fn(show: Open) -> None:
    page = show()
    for words, step in (("y", 4), ("powb", 3), ("sum", 5), ("accumulate", 2)):
        page.keyboard.press("/")
        box = page.get_by_role("combobox", name="Find a box")
        expect(box).to_be_focused()
        page.keyboard.type(words)
        page.keyboard.press("Enter")
        expect(box).to_be_hidden()
        expect_step(page, step)
        page.keyboard.press("Home")  # the keys are the player's again
        expect_step(page, 0)


def test_the_search_is_chosen_from_by_arrows_and_closed_by_esc(show: Open) -> None:
    page = show()
    page.get_by_role("button", name="Find a box").click()
    page.keyboard.type("mulb")
    found = page.get_by_role("listbox", name="Boxes").locator("li")
    expect(found).to_have_count(2)
    page.keyboard.press("ArrowDown")
    expect(found.nth(1)).to_have_attribute("aria-selected", "true")
    page.keyboard.press("Enter")
    expect_step(page, 6)
    page.keyboard.press("/")
    page.keyboard.type("nothing of the kind")
    expect(found).to_have_count(0)
    page.keyboard.press("Enter")
    page.keyboard.press("Escape")
    expect(page.get_by_role("search")).to_be_hidden()
    expect_step(page, 6)
