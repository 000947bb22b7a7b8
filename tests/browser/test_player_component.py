"""The player as a Streamlit component in a real browser: what goes to the server, and what survives a rerun."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.trace.seed_trace import seed

from .app_server import ROOT, serving

LAST = len(seed.scenes[0].steps)
MESSAGES = "window.messages"
COUNT = """
  window.messages = 0;
  const send = WebSocket.prototype.send;
  WebSocket.prototype.send = function (...what) { window.messages += 1; return send.apply(this, what); };
"""


@pytest.fixture(scope="module")
def url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a page with a player on it."""
    log = tmp_path_factory.mktemp("page") / "server.log"
    with serving(ROOT, log, Path(__file__).with_name("player_page.py")) as address:
        yield address


@pytest.fixture
def visit(page: Page, url: str) -> Page:
    page.add_init_script(COUNT)
    page.goto(url)
    expect(page.locator("[data-node=t3]")).to_be_visible(timeout=60_000)
    expect(page.get_by_text("script runs:")).to_be_visible(timeout=20_000)
    page.wait_for_timeout(300)  # a server that has just started may run the script twice
    page.evaluate("first => { window.first = first }", runs(page))
    return page


def runs(page: Page) -> int:
    return int(page.get_by_text("script runs:").inner_text().removeprefix("script runs:"))


def expect_step(page: Page, step: int) -> None:
    expect(page.locator(".vg-player").get_by_role("status")).to_have_text(re.compile(rf"^Step {step} of \d+\b"))


def expect_runs(page: Page, count: int) -> None:
    """The script has run `count` times, the visit's own run included."""
    total = page.evaluate("window.first") + count - 1
    expect(page.get_by_text(f"script runs: {total}", exact=True)).to_be_visible(timeout=20_000)


def area(page: Page) -> Locator:
    return page.get_by_role("textbox", name="Program")


def type_at_end(page: Page, text: str) -> None:
    area(page).click()
    page.keyboard.press("ControlOrMeta+End")
    page.keyboard.type(text)


def test_stepping_sends_nothing_to_the_server(visit: Page) -> None:
    before = visit.evaluate(MESSAGES)
    for key in ["ArrowLeft"] * 4 + ["ArrowRight"] * 2 + ["Home", "End", "Space", "Space"]:
        visit.keyboard.press(key)
    for name in ("Next step", "First step", "Last step", "Previous step", "Zoom in"):
        visit.get_by_role("button", name=name, exact=True).click()
    expect_step(visit, LAST - 1)
    visit.wait_for_timeout(600)  # longer than anything here waits before it would tell
    assert visit.evaluate(MESSAGES) == before
    expect_runs(visit, 1)


def test_streamlits_hotkeys_leave_the_player_alone(visit: Page) -> None:
    visit.get_by_role("button", name="Previous step", exact=True).focus()
    visit.keyboard.press("r")
    visit.keyboard.press("c")
    visit.wait_for_timeout(400)
    expect_runs(visit, 1)
    expect(visit.get_by_role("dialog")).to_have_count(0)


def test_a_rerun_changes_nothing_in_the_player(visit: Page) -> None:
    visit.keyboard.press("Home")
    visit.get_by_role("button", name="Zoom in", exact=True).click()
    box = visit.locator("[data-node=t3] .outline")
    before = box.evaluate("box => { window.box = box; return box.getBoundingClientRect().width }")
    visit.get_by_role("button", name="Rerun").click()
    expect_runs(visit, 2)
    assert box.evaluate("box => window.box === box && box.getBoundingClientRect().width") == before
    expect_step(visit, 0)


def test_typing_sends_nothing_and_running_sends_the_text(visit: Page) -> None:
    before = visit.evaluate(MESSAGES)
    type_at_end(visit, "for r in [1, 2]:\nprint(r)")
    assert area(visit).input_value().endswith("\nfor r in [1, 2]:\n    print(r)")
    expect(visit.get_by_text("edited, not run yet")).to_be_visible()
    assert visit.evaluate(MESSAGES) == before
    visit.keyboard.press("ControlOrMeta+Enter")
    expect_runs(visit, 2)
    expect(visit.get_by_text("edited, not run yet")).to_be_hidden()
    expect(visit.get_by_role("button", name="Run", exact=True)).to_be_enabled()
    expect(area(visit)).to_be_focused()
    expect_step(visit, LAST)


def test_running_the_same_text_again_is_answered(visit: Page) -> None:
    for count in (2, 3):
        visit.get_by_role("button", name="Run", exact=True).click()
        expect_runs(visit, count)
        expect(visit.get_by_role("button", name="Run", exact=True)).to_have_attribute("aria-busy", "false")


def test_native_undo_takes_back_what_was_typed(visit: Page) -> None:
    original = area(visit).input_value()
    type_at_end(visit, "\n")
    visit.keyboard.press("Tab")
    assert area(visit).input_value() == original + "\n    "
    visit.keyboard.press("Shift+Tab")
    assert area(visit).input_value() == original + "\n"
    while area(visit).input_value() != original:
        before = area(visit).input_value()
        visit.keyboard.press("ControlOrMeta+z")
        assert area(visit).input_value() != before


def test_indents_and_outdents_the_chosen_lines(visit: Page) -> None:
    original = area(visit).input_value()
    area(visit).focus()
    visit.keyboard.press("ControlOrMeta+a")
    visit.keyboard.press("Tab")
    assert area(visit).input_value() == "".join(f"    {line}\n" for line in original.splitlines())
    visit.keyboard.press("Shift+Tab")
    assert area(visit).input_value() == original


def test_the_keyboard_can_leave_the_text(visit: Page) -> None:
    area(visit).focus()
    visit.keyboard.press("Escape")
    visit.keyboard.press("Tab")
    expect(area(visit)).not_to_be_focused()


def test_text_that_is_being_typed_survives_everything(visit: Page) -> None:
    type_at_end(visit, "more = 1")
    text = area(visit).input_value()
    visit.get_by_role("button", name="Rerun").click()
    expect(visit.get_by_text(re.compile(r"^text: .*more = 1"))).to_be_visible()  # what the page's other parts must know
    assert area(visit).input_value() == text
    visit.get_by_role("button", name="Another program").click()
    expect(area(visit)).to_have_value("z = 1\n")
    visit.get_by_role("button", name="Bring back my text").click()
    assert area(visit).input_value() == text


def test_a_reload_keeps_what_was_not_run(visit: Page) -> None:
    type_at_end(visit, "more = 2")
    text = area(visit).input_value()
    visit.reload()
    expect(area(visit)).to_have_value(text)
    expect(visit.get_by_text("edited, not run yet")).to_be_visible()


def test_an_edited_line_loses_its_marks(visit: Page) -> None:
    expect(visit.locator(".vg-line.is-current")).to_have_count(1)
    area(visit).focus()
    visit.keyboard.press("ControlOrMeta+Home")
    for _ in range(4):
        visit.keyboard.press("ArrowDown")
    visit.keyboard.type("#")
    expect(visit.locator(".vg-line.is-current")).to_have_count(0)


def test_an_error_is_marked_and_the_page_stays_usable(visit: Page) -> None:
    type_at_end(visit, "fail")
    visit.keyboard.press("ControlOrMeta+Enter")
    expect(visit.get_by_role("region", name="Error")).to_contain_text("RuntimeError")
    expect(visit.locator(".vg-number.is-error")).to_have_text("3")
    for _ in range(4):
        visit.keyboard.press("Backspace")
    visit.keyboard.press("ControlOrMeta+Enter")
    expect(visit.get_by_role("region", name="Error")).to_be_hidden()
    expect_step(visit, LAST)


def test_python_can_ask_for_a_step_and_does_not_insist(visit: Page) -> None:
    visit.get_by_role("button", name="Step three").click()
    expect_step(visit, 3)
    visit.get_by_role("button", name="Next step", exact=True).click()
    visit.get_by_role("button", name="Rerun").click()
    expect_runs(visit, 3)
    expect_step(visit, 4)


def test_a_click_on_a_box_is_told(visit: Page) -> None:
    visit.locator("[data-node=t3] .outline").click()
    expect(visit.get_by_text("picked: 3", exact=True)).to_be_visible()
    expect_step(visit, 4)


@pytest.mark.parametrize(("scheme", "theme"), [("light", "light"), ("dark", "dark")])
def test_follows_the_pages_theme(visit: Page, scheme: str, theme: str) -> None:
    visit.emulate_media(color_scheme=scheme)
    visit.reload()
    expect(visit.locator(".vg-player")).to_have_attribute("data-theme", theme)
