"""The whole way of a new user, from an empty program built by cards to a link and files that others open."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from vizgrad.ui.files import link

from .app_page import at_step, opened, status, type_program
from .test_app_builder import HEAD, cards, editor, empty, field, press
from .test_app_export import FILES, close_menu, download, open_menu
from .test_app_share import elsewhere, query, share

PATIENCE = 60_000
PROGRAM = HEAD + "y = 5 * (x + 1) ** 2\no = (1/2) * torch.sum(y)\no.backward()\n"
STEPS = 13
BROKEN = PROGRAM.replace("(x + 1)", "(x + torch.ones(3))")

expect.set_options(timeout=PATIENCE)


@pytest.fixture
def app(page: Page, app_url: str) -> Iterator[Page]:
    with opened(page, app_url) as there:
        page.set_default_timeout(PATIENCE)
        yield there


def tab(page: Page, name: str) -> None:
    page.get_by_role("tab", name=name).click()


def box(page: Page, name: str) -> Locator:
    """The box of a tensor in the picture."""
    return page.locator("[data-node]", has=page.locator("text", has_text=re.compile(rf"^{name}(?!\w)"))).first


def build(page: Page) -> None:
    """The notebook's example by cards alone: nothing is typed into the program."""
    page.get_by_text("Build without typing").click()
    empty(page)
    press(page, "Tensor")
    expect(cards(page)).to_contain_text("shape (2,), float32, a leaf")
    press(page, "Add")
    expect(editor(page)).to_have_value(HEAD)
    for name, formula, shape in (("y", "5 * (x + 1) ** 2", "shape (2,)"), ("o", "(1/2) * torch.sum(y)", "shape ()")):
        press(page, "Expression")
        field(page, "Name").fill(name)
        field(page, "Formula").fill(formula)
        expect(cards(page)).to_contain_text(shape)
        press(page, "Add")
        expect(editor(page)).to_have_value(re.compile(re.escape(f"{name} = {formula}\n") + "$"))
    press(page, "Backward")
    expect(cards(page)).to_contain_text("fills x.grad")
    press(page, "Add")
    expect(editor(page)).to_have_value(PROGRAM)
    at_step(page, STEPS)


def step_through(page: Page) -> None:
    """From the empty stage to the end by the arrow key, with the words of the last step."""
    page.keyboard.press("Home")
    at_step(page, 0)
    for step in range(1, STEPS + 1):
        page.keyboard.press("ArrowRight")
        at_step(page, step)
    expect(page.get_by_label("Explanation")).to_contain_text("stores the gradient of x in x.grad")
    expect(box(page, "x")).to_contain_text("[10., 10.]")


def move_a_slider(page: Page) -> None:
    """Other numbers in a leaf: the picture and its gradients follow, and Reset brings the program's back."""
    tab(page, "What if")
    slider = page.get_by_role("slider", name="x[0]")
    slider.focus()
    slider.press("ArrowRight")
    expect(box(page, "x")).not_to_contain_text("[10., 10.]")
    expect(editor(page)).to_have_value(PROGRAM)
    page.get_by_role("button", name="Reset", exact=True).click()
    expect(box(page, "x")).to_contain_text("[10., 10.]")


def derive(page: Page) -> None:
    """The derivation by hand, and a wrong and a right one of the reader's own."""
    tab(page, "By hand")
    expect(page.locator(".st-key-derivation .katex").first).to_be_visible()
    expect(page.get_by_text("Autograd gave the same numbers.")).to_be_visible()
    answer = page.get_by_label(re.compile("^The derivative by x"))
    answer.fill("5 * x")
    answer.press("Enter")
    expect(page.get_by_text(re.compile("^.*Not yet: at x"))).to_be_visible()
    answer.fill("5 * (x + 1)")
    answer.press("Enter")
    expect(page.get_by_text(re.compile("Right: "))).to_be_visible()


def break_and_mend(page: Page) -> None:
    """A shape that does not fit is told in PyTorch's words on its line; the picture comes back when it is mended."""
    type_program(page, BROKEN)
    error = page.get_by_role("region", name="Error")
    expect(error).to_contain_text(
        "The size of tensor a (2) must match the size of tensor b (3) at non-singleton dimension 0"
    )
    type_program(page, PROGRAM)
    expect(error).to_be_hidden()
    at_step(page, STEPS)


def send(page: Page, browser: Browser, step: int) -> None:
    """A link opens the program at this step in a browser that has never been here."""
    for _ in range(STEPS - step):
        page.get_by_role("button", name="Previous step").click()
    at_step(page, step)
    address = share(page)
    assert link.unpacked(query(address)["program"]) == PROGRAM
    page.keyboard.press("Escape")
    other = elsewhere(browser, address)
    at_step(other, step)
    expect(editor(other)).to_have_value(PROGRAM)
    expect(box(other, "v₂")).to_contain_text("PowBackward0")
    other.context.close()


def take_home(page: Page, browser: Browser, folder: Path) -> None:
    """Every kind of file is what it says; those that hold a program bring it back."""
    open_menu(page)
    files = {ending: download(page, ending, folder) for ending in FILES}
    close_menu(page)
    assert files["png"].read_bytes().startswith(b"\x89PNG") and files["pdf"].read_bytes().startswith(b"%PDF")
    assert files["svg"].read_text().startswith(("<svg", "<?xml")) and "digraph" in files["dot"].read_text()
    assert files["py"].read_text() == PROGRAM
    context = browser.new_context(offline=True)
    alone = context.new_page()
    alone.goto(files["html"].as_uri())
    at_step(alone, STEPS)
    alone.keyboard.press("Home")
    at_step(alone, 0)
    context.close()
    for ending in ("ipynb", "json", "py"):
        type_program(page, "import torch\n")
        expect(status(page)).to_contain_text("Step 0 of 0")
        open_menu(page)
        page.locator("input[type=file]").set_input_files(files[ending])
        at_step(page, STEPS)
        expect(editor(page)).to_have_value(re.compile(re.escape(PROGRAM.strip())))


def test_a_new_user_builds_steps_derives_mends_shares_and_takes_home(app: Page, browser: Browser, tmp_path: Path):
    build(app)
    step_through(app)
    move_a_slider(app)
    derive(app)
    break_and_mend(app)
    send(app, browser, step=9)
    take_home(app, browser, tmp_path)
