"""The File menu in a real browser: each file is opened as somebody would who was sent it, and comes back by Open."""

from __future__ import annotations

import json
import re
import xml.etree.ElementTree as ElementTree
from collections.abc import Iterator
from pathlib import Path

import nbformat
import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from vizgrad.gallery import lesson
from vizgrad.trace import Trace

from .app_page import PATIENCE, STEPS, at_step, opened, status, type_program

NAME = "by-hand-and-by-machine"
FILES = {
    "html": "Step player, HTML",
    "svg": "Picture, SVG",
    "png": "Picture, PNG",
    "pdf": "Picture, PDF",
    "dot": "Graphviz source, DOT",
    "json": "Everything recorded, JSON",
    "py": "Program, Python",
    "ipynb": "Program, notebook",
}
OWN = "import torch\nmine = torch.ones(3, requires_grad=True)\n(2 * mine).sum().backward()\n"

expect.set_options(timeout=PATIENCE)


@pytest.fixture
def app(page: Page, app_url: str) -> Iterator[Page]:
    with opened(page, app_url) as there:
        yield there


def open_menu(page: Page) -> None:
    page.get_by_role("button", name="File", exact=True).click()
    expect(page.get_by_role("button", name=FILES["ipynb"])).to_be_visible()


def close_menu(page: Page) -> None:
    page.keyboard.press("Escape")
    expect(page.get_by_role("button", name="Program, notebook")).to_be_hidden()


def download(page: Page, ending: str, folder: Path) -> Path:
    with page.expect_download() as coming:
        page.get_by_role("button", name=FILES[ending], exact=True).click()
    path = folder / coming.value.suggested_filename
    coming.value.save_as(path)
    return path


def upload(page: Page, path: Path) -> None:
    open_menu(page)
    page.locator("input[type=file]").set_input_files(path)


def editor(page: Page) -> Locator:
    return page.get_by_label("Program", exact=True).and_(page.locator("textarea"))


def said(page: Page) -> Locator:
    return page.locator(".st-key-lesson")


def assert_opens(path: Path, browser: Browser) -> None:
    """Whether a file is what its ending says, found by opening it."""
    content = path.read_bytes()
    match path.suffix:
        case ".html":
            steps_from_disk(path, browser)
        case ".svg":
            assert ElementTree.fromstring(content).tag.endswith("svg")
        case ".png":
            assert content.startswith(b"\x89PNG\r\n\x1a\n") and content.endswith(b"IEND\xaeB`\x82")
        case ".pdf":
            assert content.startswith(b"%PDF-") and content.rstrip().endswith(b"%%EOF")
        case ".dot":
            assert re.match(r"(strict )?digraph", content.decode()) and b"SumBackward0" in content
        case ".json":
            assert Trace.from_json(content)["x"].grad.tolist() == [10, 10]
        case ".py":
            assert content.decode() == lesson(NAME).source
        case ".ipynb":
            notebook = nbformat.reads(content.decode(), 4)
            nbformat.validate(notebook)
            assert any("o.backward()" in cell.source for cell in notebook.cells)
            assert "tensor([10., 10.])\n" in notebook.cells[0].outputs[0].text
        case _:
            raise AssertionError(path)


def steps_from_disk(path: Path, browser: Browser) -> None:
    """The player in one file steps where there is no network."""
    context = browser.new_context(offline=True)
    asked: list[str] = []
    alone = context.new_page()
    alone.set_default_timeout(PATIENCE)
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


def test_every_kind_of_file_is_named_after_the_lesson_and_opens(app: Page, browser: Browser, tmp_path: Path):
    open_menu(app)
    for ending in FILES:
        path = download(app, ending, tmp_path)
        assert path.name == f"{NAME}.{ending}"
        assert_opens(path, browser)


def test_the_menu_is_opened_and_closed_by_the_browser_alone(page: Page, app_url: str):
    sent: list[int] = []
    page.on("websocket", lambda socket: socket.on("framesent", lambda frame: sent.append(len(frame))))
    with opened(page, app_url) as app:
        expect(app.get_by_text("PyTorch agrees")).to_be_visible()
        app.wait_for_timeout(500)  # until the page has nothing more to say
        before = len(sent)
        for _ in range(3):
            open_menu(app)
            close_menu(app)
        open_menu(app)
        assert len(sent) == before  # no run answers, which could meet the menu in another state than it was told of
        type_program(app, "import torch\nprint('has run')\n")
        expect(app.get_by_label("Printed")).to_contain_text("has run")


def test_what_cannot_be_made_says_so(app: Page, tmp_path: Path):
    type_program(app, "import torch\n")
    expect(status(app)).to_contain_text("Step 0 of 0")
    open_menu(app)
    for ending in ("svg", "png", "pdf"):
        expect(app.get_by_role("button", name=FILES[ending], exact=True)).to_be_disabled()
    expect(app.get_by_text("The program computed nothing that could be drawn.")).to_be_visible()
    assert download(app, "py", tmp_path).read_text() == "import torch\n"


def test_a_program_is_opened_and_undo_brings_back_what_was_typed(app: Page, tmp_path: Path):
    editor(app).fill("import torch\n# typed, not run\n")
    path = tmp_path / "my *own* lesson.py"
    path.write_text(OWN)
    upload(app, path)
    expect(editor(app)).to_have_value(OWN)
    expect(said(app)).to_contain_text("From the file my *own* lesson.py.")
    expect(app.locator("[data-node]", has_text="[2., 2., 2.]").first).to_be_visible()
    expect(app.get_by_role("button", name="Program, notebook")).to_be_hidden()
    said(app).get_by_role("button", name="Undo").click()
    expect(editor(app)).to_have_value("import torch\n# typed, not run\n")


def test_a_notebook_is_opened_and_says_what_it_leaves_out(app: Page, tmp_path: Path):
    cells = [nbformat.v4.new_markdown_cell("# Mine"), nbformat.v4.new_code_cell("%matplotlib inline\n" + OWN)]
    path = tmp_path / "mine.ipynb"
    nbformat.write(nbformat.v4.new_notebook(cells=cells), path)
    upload(app, path)
    expect(editor(app)).to_have_value(re.compile(re.escape(OWN.strip())))
    expect(app.locator("[data-node]", has_text="[2., 2., 2.]").first).to_be_visible()
    said(app).get_by_role("button", name="1 left out").click()
    expect(app.get_by_text("%matplotlib inline` is a command of Jupyter's")).to_be_visible()


def test_a_recorded_run_is_shown_as_it_was_and_running_replaces_it(app: Page, tmp_path: Path):
    open_menu(app)
    data = json.loads(download(app, "json", tmp_path).read_text())
    text = next(event for event in data["events"] if event["kind"] == "print")
    text["text"] = "printed long ago\n"
    path = tmp_path / "old.json"
    path.write_text(json.dumps(data))
    close_menu(app)
    upload(app, path)
    expect(said(app)).to_contain_text("as it was recorded")
    expect(app.get_by_label("Printed")).to_contain_text("printed long ago")
    expect(editor(app)).to_have_value(lesson(NAME).source)
    at_step(app, STEPS)
    app.get_by_role("button", name="Run", exact=True).click()
    expect(app.get_by_label("Printed")).not_to_contain_text("printed long ago")
    expect(said(app)).not_to_contain_text("as it was recorded")


def test_what_cannot_be_opened_says_why_and_changes_nothing(app: Page, tmp_path: Path):
    before = editor(app).input_value()
    for name, content, why in (
        ("broken.json", b'{"engine": 1}', "this is not a vizgrad trace"),
        ("picture.py", b"\x89PNG\r\n\x1a\n\x00\xff", "it is not text"),
        ("empty.ipynb", b"", "it is empty"),
    ):
        path = tmp_path / name
        path.write_bytes(content)
        upload(app, path)
        expect(app.get_by_role("alert").filter(has_text=why)).to_be_visible()
        expect(app.get_by_role("alert").filter(has_text=why)).to_contain_text(f"{name} cannot be opened")
        close_menu(app)
    expect(editor(app)).to_have_value(before)


DROP = """([name, text]) => {
  const files = new DataTransfer();
  files.items.add(new File([text], name));
  for (const kind of ["dragover", "drop"]) {
    const event = new DragEvent(kind, { dataTransfer: files, bubbles: true, cancelable: true, composed: true });
    document.body.dispatchEvent(event);
    if (!event.defaultPrevented) throw new Error(`the browser would leave the page: ${kind}`);
  }
}"""


def test_a_file_that_is_dropped_anywhere_is_opened_or_it_is_said_why_not(app: Page):
    app.evaluate(DROP, ["mine.py", OWN])
    expect(editor(app)).to_have_value(OWN)
    expect(said(app)).to_contain_text("From the file mine.py.")
    app.evaluate(DROP, ["picture.png", "x"])
    expect(app.get_by_role("alert")).to_contain_text("picture.png cannot be opened: it is none of .py, .ipynb, .json.")
    app.evaluate(DROP, ["large.py", "#" * 5_000_001])
    expect(app.get_by_role("alert")).to_contain_text("large.py cannot be opened: it has more than 5,000,000 bytes.")
    expect(editor(app)).to_have_value(OWN)
    said(app).get_by_role("button", name="Undo").click()
    expect(editor(app)).to_have_value(lesson(NAME).source)
    expect(app.get_by_role("alert")).to_have_count(0)
