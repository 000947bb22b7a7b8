"""A training loop of many iterations: each is a scene, and any of them can be gone to."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

import vizgrad
from vizgrad.trace import Trace

from . import player_file
from .player_file import Open
from .test_player_address import expect_query, loaded, visit

show = player_file.show

FIT = """import torch
w = torch.tensor(1., requires_grad=True)
for i in range(400):
    loss = (3 * w - 6) ** 2
    loss.backward()
"""
PATIENCE = 60_000


@pytest.fixture(scope="module")
def fit() -> Trace:
    return vizgrad.run(FIT, isolated=False)


def test_a_file_lists_the_scenes_that_it_holds_and_the_keys_pass_over_the_others(show: Open, fit: Trace) -> None:
    page = show(fit)
    scene = page.get_by_label("Scene")
    held = scene.locator("option").all_text_contents()
    assert 2 < len(held) <= 100
    assert held[-1].startswith("Scene 400 of 400")
    expect(scene).to_have_value("399")
    page.keyboard.press("[")  # the one before is recorded lightly: to the last of those that are whole
    before = int(re.findall(r"\d+", held[-2])[0])
    expect(scene).to_have_value(str(before - 1))
    page.keyboard.press("]")
    expect(scene).to_have_value("399")
    page.keyboard.press("]")
    expect(scene).to_have_value("399")


def test_the_app_goes_to_a_scene_by_its_number_and_back_to_it_after_a_reload(page: Page, app_url: str) -> None:
    visit(page, app_url)
    loaded(page)
    page.get_by_role("textbox", name="Program").fill(FIT)
    page.keyboard.press("ControlOrMeta+Enter")
    scene = page.get_by_role("spinbutton", name="Scene")
    expect(scene).to_have_value("400", timeout=PATIENCE)
    expect(page.get_by_text("of 400", exact=True)).to_be_visible()
    player = page.locator(".vg-player")

    def is_there(number: int) -> None:
        expect_query(page, scene=str(number))
        expect(scene).to_have_value(str(number), timeout=PATIENCE)
        expect(player).not_to_have_attribute("data-step", "0")

    scene.fill("234")
    scene.press("Enter")
    is_there(234)
    player.focus()
    page.keyboard.press("[")
    page.keyboard.press("[")  # the first is still on its way
    expect(scene).to_have_value("232")
    is_there(232)
    page.keyboard.press("]")
    is_there(233)
    page.get_by_role("button", name="First step").click()
    page.keyboard.press("ArrowRight")
    expect_query(page, scene="233", step="1")
    scene.fill("9999")  # there are not so many
    scene.press("Enter")
    is_there(400)
    scene.fill("233")
    scene.press("Enter")
    is_there(233)
    page.get_by_role("button", name="First step").click()
    expect_query(page, scene="233", step="0")
    page.reload()
    expect(scene).to_have_value("233", timeout=PATIENCE)
    expect(player).to_have_attribute("data-step", "0", timeout=PATIENCE)
    expect_query(page, scene="233", step="0")
