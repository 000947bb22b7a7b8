"""The cards in a real browser, as somebody uses them who does not want to type code."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Locator, Page, expect

from .app_page import PATIENCE, STEPS, at_step, opened, status, type_program

expect.set_options(timeout=PATIENCE)

HEAD = "import torch\n\nx = torch.ones(2, requires_grad=True)\n"


@pytest.fixture
def app(page: Page, app_url: str) -> Iterator[Page]:
    """The page with its cards open."""
    with opened(page, app_url) as there:
        there.get_by_text("Build without typing").click()
        expect(cards(there).get_by_text("import torch")).to_be_visible()
        yield there


def cards(page: Page) -> Locator:
    return page.locator(".st-key-builder")


def editor(page: Page) -> Locator:
    return page.get_by_label("Program", exact=True).and_(page.locator("textarea"))


def drawn(page: Page) -> None:
    """Waits until the page is drawn: on a busy machine, what was there before a click is there for a moment longer."""
    page.wait_for_selector("[data-test-script-state=notRunning]")


def press(page: Page, name: str) -> None:
    drawn(page)
    button = cards(page).get_by_role("button", name=name, exact=True)
    expect(button).to_have_count(1)  # while another card is being opened, the one before shows its buttons too
    button.click()


def new(page: Page, kind: str) -> None:
    """Opens an empty form, and waits until it is there in place of the one before."""
    press(page, kind)
    expect(field(page, "Formula")).to_have_value("")


def card(page: Page, text: str) -> Locator:
    drawn(page)
    return cards(page).get_by_role("button", name=re.compile(re.escape(text)))


def choose(page: Page, text: str) -> None:
    """Opens a card."""
    card(page, text).click()
    expect(cards(page).locator('[class*="st-key-builder_chosen_"]', has_text=text)).to_be_visible()
    drawn(page)


def field(page: Page, name: str) -> Locator:
    return cards(page).get_by_label(name, exact=True)


def empty(page: Page) -> None:
    press(page, "Start with an empty program")
    expect(editor(page)).to_have_value("import torch\n")


def test_the_notebooks_example_is_built_by_cards_alone(app: Page):
    empty(app)
    press(app, "Tensor")
    expect(cards(app).locator(".stCode")).to_contain_text("x = torch.ones(2, requires_grad=True)")
    expect(cards(app)).to_contain_text("shape (2,), float32, a leaf")
    press(app, "Add")
    expect(editor(app)).to_have_value(HEAD)

    new(app, "Expression")
    formula = field(app, "Formula")
    formula.press_sequentially("5 * ")
    for name in ("( )", "x", "+"):
        press(app, name)
    formula.press_sequentially("1")
    formula.press("End")
    press(app, "**")
    formula.press_sequentially("2")
    expect(formula).to_have_value("5 * (x + 1) ** 2")
    expect(cards(app)).to_contain_text("shape (2,), float32, MulBackward0")
    press(app, "Add")
    expect(editor(app)).to_have_value(HEAD + "y = 5 * (x + 1) ** 2\n")

    new(app, "Expression")
    field(app, "Name").fill("o")
    formula.fill("(1/2) * ")
    press(app, "sum")
    press(app, "y")
    expect(formula).to_have_value("(1/2) * torch.sum(y)")
    expect(cards(app)).to_contain_text("shape ()")
    formula.press("Enter")
    expect(editor(app)).to_have_value(HEAD + "y = 5 * (x + 1) ** 2\no = (1/2) * torch.sum(y)\n")

    press(app, "Backward")
    expect(cards(app)).to_contain_text("fills x.grad")
    press(app, "Add")
    expect(editor(app)).to_have_value(HEAD + "y = 5 * (x + 1) ** 2\no = (1/2) * torch.sum(y)\no.backward()\n")
    at_step(app, STEPS)
    app.keyboard.press("ArrowLeft")
    at_step(app, STEPS - 1)


def test_a_card_is_edited_moved_removed_and_all_of_it_undone_and_redone(app: Page):
    first = editor(app).input_value()
    choose(app, "5 * (x + 1)")
    field(app, "Formula").fill("7 * x")
    press(app, "Save")
    expect(editor(app)).to_have_value(first.replace("5 * (x + 1) ** 2", "7 * x"))
    choose(app, "x = torch.ones")
    press(app, "Move down")
    expect(editor(app)).to_have_value(re.compile(r"print\(x\)\nx = torch.ones"))
    expect(app.get_by_role("region", name="Error")).to_contain_text("name 'x' is not defined")
    press(app, "Undo")
    expect(app.get_by_role("region", name="Error")).to_be_hidden()
    choose(app, "o.backward()")
    press(app, "Remove")
    expect(editor(app)).to_have_value(first.replace("5 * (x + 1) ** 2", "7 * x").replace("o.backward()\n", ""))
    press(app, "Undo")
    press(app, "Undo")
    expect(editor(app)).to_have_value(first)
    expect(cards(app).get_by_role("button", name="Undo", exact=True)).to_be_disabled()
    press(app, "Redo")
    expect(editor(app)).to_have_value(first.replace("5 * (x + 1) ** 2", "7 * x"))


def test_what_is_typed_by_hand_shows_up_as_cards_and_a_broken_text_loses_nothing(app: Page):
    type_program(app, "import torch\n\n# weights\nw = torch.ones(3, requires_grad=True)\nq = (7 * w).sum()\n")
    expect(card(app, "q = (7 * w).sum()")).to_be_visible()
    type_program(app, "import torch\nw = torch.ones(3\n")
    expect(cards(app)).to_contain_text("Line 2: '(' was never closed")
    expect(card(app, "q = (7 * w).sum()")).to_be_disabled()
    type_program(app, "import torch\nw = torch.ones(3)\n")
    expect(card(app, "w = torch.ones(3)")).to_be_enabled()
    expect(card(app, "q =")).to_have_count(0)


def test_a_form_comes_back_as_it_was_when_a_broken_text_is_mended(app: Page):
    first = editor(app).input_value()
    new(app, "Expression")
    field(app, "Name").fill("q")
    field(app, "Formula").fill("2 * x")
    expect(cards(app)).to_contain_text("q = 2 * x")
    type_program(app, first + "z = (\n")
    expect(cards(app)).to_contain_text("'(' was never closed")
    expect(field(app, "Formula")).to_have_count(0)
    type_program(app, first)
    expect(field(app, "Name")).to_have_value("q")
    expect(field(app, "Formula")).to_have_value("2 * x")


def test_a_formula_that_cannot_work_is_told_while_it_is_typed(app: Page):
    new(app, "Expression")
    field(app, "Formula").press_sequentially("x + torch.ones(3)")
    expect(cards(app)).to_contain_text("The size of tensor a (2) must match the size of tensor b (3)")
    field(app, "Formula").press("Backspace")
    expect(cards(app)).to_contain_text("'(' was never closed")


def test_backward_from_a_vector_explains_itself(app: Page):
    type_program(app, "import torch\nx = torch.ones(2, requires_grad=True)\ny = 2 * x\n")
    expect(card(app, "y = 2 * x")).to_be_visible()
    press(app, "Backward")
    expect(cards(app)).to_contain_text("grad can be implicitly created only for scalar outputs")
    press(app, "Add")
    expect(app.locator(".vg-table .vg-grad:not(.vg-quiet)")).to_have_text("[2., 2.]")


def test_a_new_card_can_go_between_two(app: Page):
    type_program(app, HEAD + "o = x.sum()\n")
    expect(card(app, "o = x.sum()")).to_be_visible()
    choose(app, "x = torch.ones")
    new(app, "Expression")
    field(app, "Name").fill("y")
    field(app, "Formula").fill("3 * x")
    expect(cards(app)).to_contain_text("shape (2,)")
    press(app, "Add")
    expect(editor(app)).to_have_value(HEAD + "y = 3 * x\no = x.sum()\n")
    expect(status(app)).to_contain_text("of 3")


def test_elements_are_typed_into_a_grid(app: Page):
    empty(app)
    press(app, "Tensor")
    cards(app).get_by_role("combobox", name=re.compile("Filled with")).click()
    app.get_by_role("option", name="typed values").click()
    grid = cards(app).get_by_test_id("stDataFrame")
    grid.locator("canvas").first.wait_for()
    drawn(app)
    box = before = None
    while box is None or box != before:  # the grid measures itself, and moves with what is drawn above it
        app.wait_for_timeout(500)
        before, box = box, grid.bounding_box()
    app.mouse.click(box["x"] + box["width"] * 0.75, box["y"] + 52)
    app.keyboard.type("-4", delay=300)
    app.keyboard.press("Enter")
    expect(cards(app).locator(".stCode")).to_contain_text("x = torch.tensor([1.0, -4.0], requires_grad=True)")
    press(app, "Add")
    expect(editor(app)).to_have_value("import torch\n\nx = torch.tensor([1.0, -4.0], requires_grad=True)\n")


def test_the_card_of_the_step_on_show_is_marked(app: Page):
    def is_marked(text: str) -> None:
        app.wait_for_function(
            """(text) => [...document.querySelectorAll('[class*="st-key-builder_card_"]')]
                .filter((row) => getComputedStyle(row).backgroundImage !== 'none')
                .map((row) => row.innerText).join().includes(text)""",
            arg=text,
        )

    app.wait_for_function("document.documentElement.dataset.vizgradLine === '12'")
    is_marked("o.backward()")
    app.keyboard.press("Home")
    app.keyboard.press("ArrowRight")
    app.wait_for_function("document.documentElement.dataset.vizgradLine === '3'")
    is_marked("x = torch.ones")


def test_a_reload_brings_back_what_was_built(app: Page):
    choose(app, "5 * (x + 1)")
    field(app, "Formula").fill("7 * x")
    press(app, "Save")
    expect(editor(app)).to_have_value(re.compile(r"y = 7 \* x"))
    expect(app.locator(".vg-table code", has_text="o").first).to_be_visible()
    app.reload()
    expect(editor(app)).to_have_value(re.compile(r"y = 7 \* x"))
    expect(app.locator("[data-node]", has_text="[7., 7.]").first).to_be_visible()
    app.get_by_text("Build without typing").click()
    expect(card(app, "y = 7 * x")).to_be_visible()


def test_on_a_phone_the_cards_stand_above_the_player_and_nothing_sticks_out(app: Page):
    app.set_viewport_size({"width": 390, "height": 844})
    choose(app, "5 * (x + 1)")
    expect(field(app, "Formula")).to_be_visible()
    assert app.evaluate("document.documentElement.scrollWidth") <= 390
    cards_box, player = cards(app).bounding_box(), app.locator(".vg-player").bounding_box()
    assert cards_box and player
    assert cards_box["y"] + cards_box["height"] <= player["y"]
