"""Links in a real browser: what one opens elsewhere, where there is none, and that none takes away what was typed."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from vizgrad.gallery import lesson
from vizgrad.player.payload import payload
from vizgrad.trace import Trace
from vizgrad.ui.files import link

from .app_page import PATIENCE, STEPS, at_step, opened, status, type_program
from .modules import offer

expect.set_options(timeout=PATIENCE)

OWN = "import torch\n\nmine = torch.ones(3, requires_grad=True)\nloss = (2 * mine).sum()\nloss.backward()\n"
OWN_STEPS = 7
LOOP = """import torch
w = torch.tensor(1., requires_grad=True)
for i in range(3):
    loss = (3 * w - 6) ** 2
    loss.backward()
"""


@pytest.fixture
def app(page: Page, app_url: str) -> Iterator[Page]:
    page.context.grant_permissions(["clipboard-read", "clipboard-write"], origin=app_url)
    with opened(page, app_url) as there:
        yield there


def editor(page: Page) -> Locator:
    return page.get_by_label("Program", exact=True).and_(page.locator("textarea"))


def share(page: Page) -> str:
    """Presses Share and gives the link."""
    page.get_by_role("button", name="Share", exact=True).click()
    expect(page.get_by_role("dialog", name="Share")).to_be_visible()
    expect(page.get_by_label("Link", exact=True)).to_have_value(re.compile("^http"))
    return page.get_by_label("Link", exact=True).input_value()


def said(page: Page) -> Locator:
    return page.get_by_role("dialog", name="Share")


def query(address: str) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}


def elsewhere(browser: Browser, address: str) -> Page:
    """The address in another browser."""
    page = browser.new_context(viewport={"width": 1440, "height": 900}).new_page()
    page.set_default_timeout(PATIENCE)
    page.goto(address)
    return page


def run(page: Page, program: str, steps: int) -> None:
    type_program(page, program)
    expect(page.locator(".vg-player")).not_to_have_class(re.compile("is-running"))
    at_step(page, steps, steps)


def test_a_lessons_link_names_it_and_opens_at_the_step_elsewhere(app: Page, browser: Browser):
    for _ in range(3):
        app.keyboard.press("ArrowLeft")
    at_step(app, STEPS - 3)
    address = share(app)
    assert query(address) == {"lesson": "by-hand-and-by-machine", "engine": "numpy", "step": str(STEPS - 3)}
    expect(said(app)).to_contain_text("Copied")
    expect(said(app)).to_contain_text(f"opens this lesson at step {STEPS - 3} of {STEPS}")
    assert app.evaluate("navigator.clipboard.readText()") == address
    other = elsewhere(browser, address)
    at_step(other, STEPS - 3)
    other.context.close()


def test_a_program_of_ones_own_travels_with_its_step(app: Page, browser: Browser):
    run(app, OWN, OWN_STEPS)
    app.get_by_role("button", name="Previous step").click()
    app.get_by_role("button", name="Previous step").click()
    at_step(app, OWN_STEPS - 2, OWN_STEPS)
    address = share(app)
    assert link.unpacked(query(address)["program"]) == OWN
    other = elsewhere(browser, address)
    at_step(other, OWN_STEPS - 2, OWN_STEPS)
    expect(editor(other)).to_have_value(OWN)
    expect(other.get_by_text("This program came with a link.")).to_be_visible()
    # it is a page like any other: what is changed there survives a reload, and can be sent on
    run(other, OWN.replace("2 *", "3 *"), OWN_STEPS)
    other.reload()
    expect(editor(other)).to_have_value(OWN.replace("2 *", "3 *"))
    expect(other.locator("[data-node]", has_text="[3., 3., 3.]").first).to_be_visible()
    assert link.unpacked(query(share(other))["program"]) == OWN.replace("2 *", "3 *")
    other.context.close()


def test_the_scene_travels_too(app: Page, browser: Browser):
    type_program(app, LOOP)
    expect(app.get_by_label("Scene")).to_be_visible()
    app.get_by_label("Scene").select_option(index=0)
    app.get_by_role("button", name="First step").click()
    app.get_by_role("button", name="Next step", exact=True).click()
    expect(status(app)).to_contain_text("Step 1 of")
    address = share(app)
    assert query(address)["scene"] == "1"
    other = elsewhere(browser, address)
    expect(status(other)).to_contain_text("Step 1 of")
    expect(other.get_by_label("Scene")).to_have_value("0")
    other.context.close()


@pytest.mark.torch
def test_the_engine_travels_too(app: Page, browser: Browser):
    app.get_by_role("radio", name="PyTorch").click()
    expect(app.get_by_role("radio", name="PyTorch")).to_be_checked()
    expect(app.locator(".vg-player")).to_be_visible()
    address = share(app)
    assert query(address)["engine"] == "torch"
    other = elsewhere(browser, address)
    expect(other.get_by_role("radio", name="PyTorch")).to_be_checked()
    at_step(other, STEPS)
    other.context.close()


def test_what_is_typed_and_not_run_travels_without_a_step(app: Page):
    editor(app).fill(OWN)
    address = share(app)
    assert link.unpacked(query(address)["program"]) == OWN and "step" not in query(address)
    expect(said(app)).to_contain_text("You have not run it yet")


def test_a_program_that_is_too_long_for_a_link_is_a_file_instead(app: Page, tmp_path: Path):
    digits = f"{3**40_000:x}"  # which hardly squeeze
    long = "import torch\n" + "".join(f"# {digits[at : at + 100]}\n" for at in range(0, len(digits), 100))
    editor(app).fill(long)
    app.get_by_role("button", name="Share", exact=True).click()
    expect(said(app)).to_contain_text("too long for a link")
    expect(app.get_by_label("Link", exact=True)).to_be_hidden()
    with app.expect_download() as coming:
        said(app).get_by_role("button", name="Download the program").click()
    coming.value.save_as(tmp_path / "program.py")
    assert (tmp_path / "program.py").read_text() == long


def test_where_the_clipboard_is_refused_the_link_is_there_to_be_copied(page: Page, app_url: str):
    page.add_init_script(
        "delete Navigator.prototype.clipboard; document.execCommand = () => { throw new Error('refused'); };"
    )
    with opened(page, app_url) as there:
        address = share(there)
        expect(said(there)).to_contain_text("Press Ctrl+C")
        field = there.get_by_label("Link", exact=True)
        selected = field.evaluate("field => field.value.slice(field.selectionStart, field.selectionEnd)")
        assert selected == address
        there.keyboard.press("Escape")
        expect(said(there)).to_be_hidden()


@pytest.mark.parametrize("wrong", ["garbage", link.packed(OWN)[:-6]])
def test_a_broken_link_says_so_above_the_first_lesson(page: Page, app_url: str, wrong: str):
    with opened(page, f"{app_url}/?program={wrong}&step=99") as there:
        expect(there.get_by_role("alert").filter(has_text=link.BROKEN)).to_be_visible()
        expect(editor(there)).to_have_value(lesson("by-hand-and-by-machine").source)
        there.wait_for_function("!location.search.includes('program')")


def test_a_link_in_a_tab_with_a_draft_leaves_the_draft_there(app: Page, app_url: str):
    typed = "import torch\n# mine, not run\n"
    editor(app).fill(typed)
    app.goto(f"{app_url}/?program={link.packed(OWN)}")
    expect(editor(app)).to_have_value(OWN)
    back = app.get_by_role("button", name="Bring back my text")
    expect(back).to_be_visible()
    app.go_back()
    expect(editor(app)).to_have_value(typed)
    app.go_forward()
    expect(editor(app)).to_have_value(OWN)
    back.click()
    expect(editor(app)).to_have_value(typed)
    back.click()
    expect(editor(app)).to_have_value(OWN)


def test_another_lesson_takes_the_program_out_of_the_address(page: Page, app_url: str):
    address = f"{app_url}/?program={link.packed(OWN)}&step=2"
    with opened(page, address.replace("&step=2", ""), OWN_STEPS) as there:
        there.get_by_role("button", name="Back to the lesson").click()
        at_step(there, STEPS)
        there.wait_for_function("!location.search.includes('program')")
        there.reload()
        expect(editor(there)).to_have_value(lesson("by-hand-and-by-machine").source)


def test_in_the_browser_it_is_packed_as_python_packs_it(app: Page):
    for text in ("", "x = 1\n", "γ = 'naïve 🙂'\n" * 50, lesson("xor").source):
        editor(app).fill(text + " ")
        assert link.unpacked(query(share(app))["program"]) == text + " ", json.dumps(text)
        app.keyboard.press("Escape")


def test_a_reload_comes_back_to_the_step_of_ones_own_program(app: Page):
    run(app, OWN, OWN_STEPS)
    for _ in range(3):
        app.get_by_role("button", name="Previous step").click()
    at_step(app, OWN_STEPS - 3, OWN_STEPS)
    app.wait_for_function(f"location.search.includes('step={OWN_STEPS - 3}')")
    app.reload()
    expect(editor(app)).to_have_value(OWN)
    at_step(app, OWN_STEPS - 3, OWN_STEPS)
    run(app, OWN + "print(loss)\n", OWN_STEPS)  # what comes after is shown from its end, as ever


RECALL = """([payload, rev]) => {
  sessionStorage.setItem("vizgrad.drafts", JSON.stringify([{ saved: "home", text: "draft", hasRun: true }]));
  document.body.replaceChildren();
  return new Promise((done) => {
    const onRun = (text) => done(`ran ${text}`);
    const options = { editable: true, source: "source", sourceRev: rev, home: "home", onRun };
    const player = mount(document.body, payload, options);
    setTimeout(() => done(player.program.editor.text), 1000);
  });
}"""


def test_what_ran_before_is_run_again_in_a_new_session_only(page: Page, app_url: str):
    page.goto(f"{app_url}/_stcore/health")
    offer(page, "player.js", "mount", app_url)
    made = payload(Trace(engine="numpy", source="source", tensors=(), nodes=(), events=()))
    assert page.evaluate(RECALL, [made, 0]) == "ran draft"
    assert page.evaluate(RECALL, [made, 2]) == "source"
