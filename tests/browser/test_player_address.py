"""The app's address: it opens where it says, follows in the browser alone, and Streamlit leaves it as it is."""

from __future__ import annotations

import re
from urllib.parse import parse_qs, urlsplit

from playwright.sync_api import Page, expect

from .test_player_component import COUNT, MESSAGES

LOOP = """import torch
w = torch.tensor(1., requires_grad=True)
for i in range(3):
    loss = (3 * w - 6) ** 2
    loss.backward()
"""
PATIENCE = 60_000
QUIET = """() => {
  if (window.counted !== window.messages) Object.assign(window, { counted: window.messages, since: performance.now() });
  return performance.now() - window.since > 1500;
}"""


def visit(page: Page, address: str) -> None:
    page.add_init_script(COUNT)
    page.goto(address)
    expect(page.locator("[data-node=t0]")).to_be_visible(timeout=PATIENCE)


def loaded(page: Page) -> None:
    """Everything of the page is there, and what is asked again and again (does PyTorch agree?) is answered."""
    expect(page.locator('[data-testid="stHeading"]', has_text="Tensors")).to_be_attached(timeout=PATIENCE)
    page.wait_for_function(QUIET, polling=200, timeout=PATIENCE)


def query(page: Page) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(urlsplit(page.url).query).items()}


def expect_step(page: Page, step: int) -> None:
    expect(page.locator(".vg-status")).to_have_text(re.compile(rf"^Step {step} of \d+\b"), timeout=20_000)


def expect_query(page: Page, **wanted: str) -> None:
    page.wait_for_function(
        """wanted => {
          const query = new URLSearchParams(location.search);
          return Object.entries(wanted).every(([name, value]) => query.get(name) === value);
        }""",
        arg=wanted,
    )


def test_opens_at_the_step_that_the_address_names(page: Page, app_url: str) -> None:
    visit(page, f"{app_url}/?lesson=notebook&step=3")
    expect_step(page, 3)


def test_follows_without_a_message_a_rerun_or_an_entry_in_the_history(page: Page, app_url: str) -> None:
    visit(page, app_url)
    loaded(page)
    assert "step" not in query(page)
    sent, entries = page.evaluate(MESSAGES), page.evaluate("history.length")
    for _ in range(3):
        page.keyboard.press("ArrowLeft")
    step = page.locator(".vg-player").get_attribute("data-step") or ""
    expect_query(page, step=step)
    page.wait_for_timeout(600)
    assert page.evaluate(MESSAGES) == sent
    assert page.evaluate("history.length") == entries
    page.reload()
    expect_step(page, int(step))


def test_streamlits_own_runs_and_widgets_leave_it(page: Page, app_url: str) -> None:
    visit(page, f"{app_url}/?lesson=gates&step=2")
    loaded(page)
    page.keyboard.press("ArrowRight")
    expect_query(page, step="3", lesson="gates")
    page.keyboard.press("r")  # Streamlit runs the page again
    page.wait_for_timeout(1000)
    expect_step(page, 3)
    assert query(page) == {"step": "3", "lesson": "gates"}
    page.get_by_role("radio", name="PyTorch").click()
    expect_step(page, int(page.locator(".vg-slider").get_attribute("max") or 0))
    page.wait_for_timeout(1000)
    assert query(page)["step"] == page.locator(".vg-player").get_attribute("data-step")


def test_a_scene_is_named_and_comes_back(page: Page, app_url: str) -> None:
    visit(page, app_url)
    loaded(page)
    area = page.get_by_role("textbox", name="Program")
    area.fill(LOOP)
    page.keyboard.press("ControlOrMeta+Enter")
    expect(page.get_by_label("Scene")).to_be_visible(timeout=20_000)
    page.get_by_label("Scene").select_option(index=0)
    expect_query(page, scene="1")
    page.get_by_role("button", name="First step").click()
    expect_query(page, scene="1", step="0")


def test_a_lecture_hides_streamlit_and_esc_brings_it_back(page: Page, app_url: str) -> None:
    visit(page, f"{app_url}/?present=1")
    loaded_but_hidden = page.get_by_test_id("stAppViewContainer")
    expect(loaded_but_hidden).to_be_hidden()
    box = page.locator(".vg-player").bounding_box()
    assert box == {"x": 0, "y": 0, "width": 1440, "height": 900}
    expect(page.get_by_role("button", name="Leave the lecture")).to_be_visible()
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("Escape")
    loaded(page)
    expect(page.get_by_label("Engine")).to_be_visible()
    expect_query(page, step=page.locator(".vg-player").get_attribute("data-step") or "")
    assert "present" not in query(page)


def test_embeds_the_player_alone(page: Page, app_url: str) -> None:
    for asked in ("1", "true"):  # the second is Streamlit's own word for it
        page.goto(f"{app_url}/?embed={asked}&step=2")
        expect_step(page, 2)
        expect(page.get_by_test_id("stApp")).to_be_hidden()
        assert page.locator(".vg-player").bounding_box() == {"x": 0, "y": 0, "width": 1440, "height": 900}
        page.keyboard.press("n")  # all keys are the player's
        expect_step(page, 5)
        expect_query(page, step="5", embed=asked)
    expect(page.get_by_role("radio", name="PyTorch")).to_have_count(0)


def test_python_sends_the_picture_at_another_detail_and_the_step_stays(page: Page, app_url: str) -> None:
    visit(page, f"{app_url}/?step=4")
    loaded(page)
    rows = page.locator("[data-node=t3] text")
    before = rows.count()
    page.get_by_label("Detail").select_option("simple")
    expect(rows).not_to_have_count(before, timeout=20_000)
    expect_step(page, 4)
    expect(page.get_by_label("Detail")).to_have_value("simple")
