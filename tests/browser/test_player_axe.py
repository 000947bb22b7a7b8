"""Nothing that axe-core calls serious or critical, in what is ours of the page."""

from __future__ import annotations

from pathlib import Path

import axe_playwright_python
import pytest
from playwright.sync_api import Page, expect

from tests.player.made import failing, printing

from . import player_file
from .player_file import Open

show = player_file.show

AXE = (Path(axe_playwright_python.__file__).parent / "axe.min.js").read_text(encoding="utf-8")
RUN = """async (inside) => {
  const { violations } = await axe.run(inside, { resultTypes: ["violations"] });
  return violations
    .filter(({ impact }) => impact === "serious" || impact === "critical")
    .flatMap(({ id, nodes }) => nodes.map(({ target, failureSummary }) => `${id}: ${target} ${failureSummary}`));
}"""


def faults(page: Page, *inside: str) -> list[str]:
    page.evaluate(AXE)
    return page.evaluate(RUN, {"include": [list(inside)]})


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_file(show: Open, scheme: str) -> None:
    page = show(printing(), color_scheme=scheme)
    assert faults(page, "html") == []
    page.get_by_role("button", name="Keys").click()
    assert faults(page, "html") == []
    page.keyboard.press("Escape")
    page.keyboard.press("g")
    page.keyboard.type("7")
    page.keyboard.press("Enter")
    assert faults(page, "html") == []
    page.keyboard.press("Escape")
    page.keyboard.press("/")
    assert faults(page, "html") == []
    page.keyboard.press("Escape")
    page.keyboard.press("p")
    assert faults(page, "html") == []
    page.keyboard.press("g")  # predicting in a lecture
    page.keyboard.type("7")
    page.keyboard.press("Enter")
    assert faults(page, "html") == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_phone_and_its_menu(show: Open, scheme: str) -> None:
    page = show(printing(), color_scheme=scheme, width=390, height=844, has_touch=True, is_mobile=True)
    assert faults(page, "html") == []
    page.get_by_role("button", name="More").tap()
    assert faults(page, "html") == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_an_error(show: Open, scheme: str) -> None:
    for where in ("", "#present=1"):
        assert faults(show(failing("no", "because"), where, color_scheme=scheme), "html") == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_player_in_the_app(page: Page, app_url: str, scheme: str) -> None:
    page.emulate_media(color_scheme=scheme)
    page.goto(app_url)
    expect(page.locator("[data-node=t3]")).to_be_visible(timeout=60_000)
    expect(page.get_by_role("heading", name="Tensors")).to_be_visible(timeout=60_000)
    # Ours are the player, the table and the title; the widgets around them are Streamlit's own markup.
    assert faults(page, ".vg-table") == []
    assert faults(page, ".vg-brand") == []
    page.evaluate(AXE)
    player = page.locator(".vg-player").evaluate_handle("player => player.getRootNode().host")
    assert page.evaluate(RUN, player) == []
    page.locator(".vg-player").focus()
    for key in ("g", "Escape", "p"):  # predicting, and that in a lecture
        page.keyboard.press(key)
        assert page.evaluate(RUN, player) == []


def test_would_notice_a_fault(show: Open) -> None:
    page = show()
    page.get_by_label("Step", exact=True).evaluate("slider => slider.removeAttribute('aria-label')")
    assert [fault.split(":")[0] for fault in faults(page, "html")] == ["label"]
