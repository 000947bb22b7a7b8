"""The export menu in a real browser: what it downloads, opened as somebody would who was sent it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from .app_page import PATIENCE, STEPS, at_step, opened, status, type_program

ENDINGS = {"HTML": "html", "SVG": "svg", "PNG": "png", "PDF": "pdf", "DOT": "dot", "JSON": "json", "Python": "py"}
LABELS = {"HTML": "Step player", "DOT": "Graphviz source", "JSON": "Everything recorded", "Python": "Program"}

expect.set_options(timeout=PATIENCE)


@pytest.fixture
def app(page: Page, app_url: str) -> Iterator[Page]:
    with opened(page, app_url) as there:
        yield there


def open_menu(page: Page) -> None:
    page.get_by_role("button", name="Export").click()
    expect(page.get_by_role("button", name="Program, Python")).to_be_visible()


def download(page: Page, kind: str, folder: Path) -> Path:
    with page.expect_download() as coming:
        page.get_by_role("button", name=f"{LABELS.get(kind, 'Picture')}, {kind}", exact=True).click()
    path = folder / coming.value.suggested_filename
    coming.value.save_as(path)
    return path


def test_every_kind_of_file_is_named_after_the_lesson(app: Page, tmp_path: Path):
    open_menu(app)
    for kind, ending in ENDINGS.items():
        path = download(app, kind, tmp_path)
        assert path.name == f"by-hand-and-by-machine.{ending}"
        assert path.stat().st_size > 200
    assert "o.backward()" in (tmp_path / "by-hand-and-by-machine.py").read_text()


def test_the_downloaded_player_steps_from_disk_without_a_network(app: Page, browser: Browser, tmp_path: Path):
    open_menu(app)
    path = download(app, "HTML", tmp_path)
    context = browser.new_context(offline=True)
    asked: list[str] = []
    alone = context.new_page()
    alone.on("request", lambda request: asked.append(request.url))
    alone.goto(path.as_uri())
    expect(status(alone)).to_contain_text(f"Step {STEPS} of {STEPS}")
    expect(alone).to_have_title("Gradients by hand and by machine")
    alone.keyboard.press("Home")
    at_step(alone, 0)
    for step in range(1, STEPS + 1):
        alone.keyboard.press("ArrowRight")
        at_step(alone, step)
    expect(alone.get_by_label("Explanation")).to_contain_text("10")
    assert all(url.startswith("file:") for url in asked), asked
    context.close()


def test_what_cannot_be_made_says_so(app: Page, tmp_path: Path):
    type_program(app, "import torch\n")
    expect(status(app)).to_contain_text("Step 0 of 0")
    open_menu(app)
    for ending in ("SVG", "PNG", "PDF"):
        expect(app.get_by_role("button", name=f"Picture, {ending}", exact=True)).to_be_disabled()
    expect(app.get_by_text("The program computed nothing that could be drawn.")).to_be_visible()
    assert download(app, "Python", tmp_path).read_text() == "import torch\n"
