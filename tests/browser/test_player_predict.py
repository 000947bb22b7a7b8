"""Predicting gradients before they are shown, by the keyboard alone."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Locator, Page, expect

import vizgrad

from . import player_file
from .player_file import LAST, Open, expect_step, seen, status
from .test_player import expected

show = player_file.show

PRODUCT = """import torch
a = torch.tensor(2., requires_grad=True)
b = torch.tensor(3., requires_grad=True)
(a * b).backward()
"""
LARGE = """import torch
x = torch.ones(32, 64)
w = torch.full((64, 10), 0.5, requires_grad=True)
loss = torch.relu(x @ w - 1).mean()
loss.backward()
"""
FAN_OUT = """import torch
x = torch.tensor([1., 2.], requires_grad=True)
out = (x * 3 + x ** 2 + torch.sin(x)).sum()
out.backward(retain_graph=True)
out.backward()
"""
ANSWERS = {8: "0.5", 9: "[0.5, 0.5]", 10: "[2.5, 2.5]", 11: "[10, 10]", 12: "[10, 10]", 13: "[10, 10]"}


def predicting(page: Page) -> Page:
    page.keyboard.press("g")
    expect_step(page, 8)
    return page


def verdict(page: Page) -> Locator:
    return page.locator(".vg-verdict")


def answer(page: Page, text: str) -> None:
    page.keyboard.type(text)
    page.keyboard.press("Enter")


def arrow_texts(page: Page) -> set[str]:
    return {text.strip() for text in page.locator("[data-edge] text").all_text_contents()} - {""}


def test_hides_the_result_until_it_is_found(show: Open) -> None:
    page = predicting(show())
    strip = page.get_by_role("region", name="Explanation")
    expect(strip).to_contain_text("What gradient does MulBackward0 send to v₃?")
    expect(status(page)).to_have_text("Step 8 of 13. Predict: What gradient does MulBackward0 send to v₃?")
    expect(strip.locator("math")).to_have_count(0)
    assert arrow_texts(page) == {"?"}
    answer(page, "0.5")
    expect(verdict(page)).to_have_text("right")
    expect(strip.locator("math")).to_have_count(2)
    assert arrow_texts(page) == {"0.5"}
    assert seen(page) == expected(8)


def test_a_hidden_grad_is_nowhere_to_be_seen(show: Open) -> None:
    page = predicting(show())
    page.keyboard.press("End")
    expect_step(page, LAST)
    assert "?" in seen(page)["t0"][1]
    assert "10" not in (page.locator("[data-node=t0]").text_content() or "")
    answer(page, "[10, 10]")
    assert seen(page) == expected(LAST)


SEEN = """() => Object.fromEntries([...document.querySelectorAll("[data-node], [data-edge]")].map((g) => [
  g.dataset.node ?? g.dataset.edge,
  [...g.querySelectorAll("text, .heat")]
    .filter((part) => getComputedStyle(part).display !== "none")
    .map((part) => part.matches(".heat") ? part.getAttribute("class") : part.textContent.trim())
    .filter((text) => /\\d/.test(text)),
]))"""


@pytest.mark.parametrize("program", ["PRODUCT", "LARGE", "FAN_OUT"])
def test_the_picture_does_not_give_the_answer_away(show: Open, program: str) -> None:
    open_page, hidden_page = (show(vizgrad.run(globals()[program], isolated=False)) for _ in range(2))
    hidden_page.keyboard.press("Home")
    hidden_page.keyboard.press("g")
    open_page.keyboard.press("Home")
    before = open_page.evaluate(SEEN)
    asked = 0
    for _ in range(int(open_page.locator(".vg-slider").get_attribute("max") or 0)):
        for page in (open_page, hidden_page):
            page.keyboard.press("ArrowRight")
        full, shown = open_page.evaluate(SEEN), hidden_page.evaluate(SEEN)
        if hidden_page.locator(".vg-player.is-secret").count():
            asked += 1
            question = hidden_page.locator(".vg-question").inner_text()
            # A node's own gradient has arrived before: what it sends on is to be found, or what a leaf then holds.
            answers = {
                name: set(texts) - set(before[name])
                for name, texts in full.items()
                if ":" in name or ".grad" in question
            }
            assert any(answers.values()), question
            for name, texts in answers.items():
                assert not texts & set(shown[name]), (question, name)
        before = full
    assert asked > 2


def test_says_what_is_wrong(show: Open) -> None:
    page = predicting(show())
    answer(page, "[0.5]")
    expect(verdict(page)).to_have_text("wrong shape: it must be ()")
    answer(page, "7")  # what was wrong is replaced by typing on
    expect(verdict(page)).to_have_text("right shape, wrong values")
    answer(page, "half")
    expect(verdict(page)).to_have_text("half is no number.")
    expect(verdict(page)).to_have_attribute("aria-live", "polite")


def test_hints_tell_the_rule_then_the_numbers_then_the_answer(show: Open) -> None:
    page = predicting(show())
    answer(page, "0.5")
    page.keyboard.press("Enter")
    expect_step(page, 9)
    math = page.get_by_role("region", name="Explanation").locator("math")
    page.keyboard.press("h")
    expect(math).to_have_count(1)
    page.keyboard.press("h")
    expect(math).to_have_count(2)
    assert (math.nth(1).text_content() or "").endswith("=?")
    page.keyboard.press("h")
    expect(verdict(page)).to_have_text("The answer is [0.5, 0.5].")
    assert not (math.nth(1).text_content() or "").endswith("?")


def test_every_answer_by_keys_and_the_score(show: Open) -> None:
    page = predicting(show())
    for step, text in ANSWERS.items():
        expect_step(page, step)
        if step == 10:
            answer(page, "[1, 1]")
        if step == 11:
            page.keyboard.press("h")
        answer(page, text)
        expect(verdict(page)).to_have_text("right")
        page.keyboard.press("Enter")
    expect(page.get_by_text("Score: 6 of 6 right, 4 at once and without a hint.")).to_be_visible()
    page.get_by_role("button", name="Try again").click()
    expect_step(page, 8)
    expect(page.get_by_text("0 of 6 answered")).to_be_visible()


def test_what_is_stepped_past_is_skipped_and_the_score_says_so(show: Open) -> None:
    page = predicting(show())
    expect(page.get_by_text("0 of 6 answered. Stepping on skips it.")).to_be_visible()
    page.keyboard.press("ArrowRight")
    expect_step(page, 9)
    expect(page.get_by_text("0 of 6 answered, 1 skipped. Stepping on skips it.")).to_be_visible()
    page.keyboard.press("ArrowLeft")
    expect_step(page, 8)
    expect(verdict(page)).to_have_text("Skipped: you stepped past it. The answer is 0.5.")
    expect(page.locator("#vg-answer")).to_have_attribute("readonly", "")
    page.keyboard.press("Enter")  # go on, to what is still open
    expect_step(page, 9)
    answer(page, "[1, 1]")
    answer(page, "[0.5, 0.5]")
    page.keyboard.press("Enter")
    page.keyboard.press("h")
    answer(page, "[2.5, 2.5]")
    page.keyboard.press("Enter")
    for _ in range(3):
        page.keyboard.press("h")
    page.keyboard.press("Enter")
    page.keyboard.press("End")
    expect_step(page, LAST)
    answer(page, "[10, 10]")
    score = "Score: 3 of 6 right, 1 at once and without a hint. 1 with a hint, 1 at a later try, 1 shown, 2 skipped."
    expect(page.locator(".vg-score")).to_have_text(score)
    page.get_by_role("button", name="Try again").click()
    expect_step(page, 8)
    expect(page.get_by_text("0 of 6 answered. Stepping on skips it.")).to_be_visible()


def test_stepping_back_skips_nothing(show: Open) -> None:
    page = predicting(show())
    for key in ("ArrowLeft", "Home", "ArrowRight"):
        page.keyboard.press(key)
    expect_step(page, 1)
    expect(page.get_by_text("0 of 6 answered")).to_be_visible()
    page.get_by_label("Step", exact=True).fill("10")
    expect(page.get_by_text("0 of 6 answered, 2 skipped")).to_be_visible()


def test_steps_stay_free_and_nothing_is_left_hidden(show: Open) -> None:
    page = predicting(show())
    for key, step in (("ArrowRight", 9), ("ArrowRight", 10), ("ArrowLeft", 9), ("Home", 0)):
        page.keyboard.press(key)
        expect_step(page, step)
    assert seen(page) == expected(0)
    page.keyboard.press("End")
    page.keyboard.press("Escape")
    page.keyboard.press("g")
    expect(page.get_by_role("button", name="Predict")).to_have_attribute("aria-pressed", "false")
    expect(page.get_by_role("group", name="Predict")).to_be_hidden()
    assert seen(page) == expected(LAST)


def test_playing_stops_to_ask(show: Open) -> None:
    page = predicting(show())
    page.keyboard.press("Home")
    page.clock.install()
    page.get_by_role("button", name="Play").click()
    page.clock.run_for(60_000)
    expect_step(page, 8)
    expect(page.get_by_role("button", name="Play")).to_be_visible()


def test_two_gradients_of_one_step_are_asked_for_in_turn(show: Open) -> None:
    page = show(vizgrad.run(PRODUCT, isolated=False))
    page.keyboard.press("g")
    expect(page.get_by_text("What gradient does MulBackward0 send to a?", exact=True)).to_be_visible()
    answer(page, "3")
    expect(verdict(page)).to_have_text("right")
    page.keyboard.press("Enter")
    expect(page.get_by_text("What gradient does MulBackward0 send to b?", exact=True)).to_be_visible()
    assert "3." not in arrow_texts(page)
    answer(page, "2")
    assert len(arrow_texts(page)) == 2


def test_there_is_nothing_to_predict_without_a_backward(show: Open) -> None:
    page = show(vizgrad.run("import torch\nx = torch.ones(2)\n", isolated=False))
    button = page.get_by_role("button", name="Predict")
    expect(button).to_have_attribute("aria-disabled", "true")
    button.click(force=True)
    expect(page.get_by_role("group", name="Predict")).to_be_hidden()


def test_a_phone_does_not_lose_the_picture_to_its_keyboard(show: Open) -> None:
    page = show(width=390, height=844, has_touch=True, is_mobile=True)
    page.get_by_role("button", name="More").tap()
    page.get_by_role("button", name="Predict").tap()
    expect_step(page, 8)
    expect(page.locator("#vg-answer")).not_to_be_focused()
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    assert re.search("Predict", status(page).inner_text())


def test_a_reload_keeps_the_answers_and_the_score(show: Open) -> None:
    page = predicting(show())
    answer(page, "0.5")
    page.keyboard.press("Enter")
    answer(page, "[1, 1]")
    expect(verdict(page)).to_have_text("right shape, wrong values")
    page.wait_for_url(re.compile("#step=9$"))
    page.reload()
    expect_step(page, 9)
    expect(page.get_by_role("button", name="Predict")).to_have_attribute("aria-pressed", "true")
    expect(page.get_by_text("1 of 6 answered")).to_be_visible()
    expect(verdict(page)).to_have_text("right shape, wrong values")
    assert "?" in arrow_texts(page)
    page.keyboard.press("Escape")
    page.keyboard.press("g")
    page.reload()
    expect_step(page, 9)
    expect(page.get_by_role("group", name="Predict")).to_be_hidden()


def test_the_page_around_it_hears_of_it(show: Open) -> None:
    page = predicting(show())
    assert page.evaluate("document.documentElement.hasAttribute('data-vg-predicting')")
    page.keyboard.press("Escape")
    page.keyboard.press("g")
    assert not page.evaluate("document.documentElement.hasAttribute('data-vg-predicting')")
