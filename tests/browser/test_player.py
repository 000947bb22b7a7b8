"""The standalone player in a real browser: what a reader sees and does."""

from __future__ import annotations

import re

from playwright.sync_api import Page, expect

import vizgrad
from tests.player.made import failing, hostile, printing, syntax_error
from tests.trace.seed_trace import seed
from vizgrad.draw.model.appearance import looks
from vizgrad.draw.model.drawing import drawing

from . import player_file
from .player_file import LAST, Open, expect_step, nodes, seen

LOOP = vizgrad.run(
    """import torch
w = torch.tensor(1., requires_grad=True)
for i in range(3):
    loss = (3 * w - 6) ** 2
    loss.backward()
""",
    isolated=False,
)

show = player_file.show


def expected(step: int) -> dict[str, tuple[list[str], list[str]]]:
    """Each box's classes and texts as the drawing has them."""
    scene = seed.scenes[0]
    plan = drawing(seed, scene)
    look = list(looks(plan, seed, scene))[step]
    return {box.id: (sorted(look[box.id].classes), list(look[box.id].texts)) for box in plan.boxes}


def test_opens_on_the_last_step_and_invites(show: Open) -> None:
    page = show()
    expect_step(page, LAST)
    expect(page.get_by_text("Press ← to step back")).to_be_visible()
    page.keyboard.press("ArrowLeft")
    expect(page.get_by_text("Press ← to step back")).to_be_hidden()


def test_every_step_there_and_back_shows_its_looks_and_moves_nothing(show: Open) -> None:
    page = show()
    places = {name: node["place"] for name, node in nodes(page).items()}
    for step in [*range(LAST - 1, -1, -1), *range(1, LAST + 1)]:
        forward = page.locator(".vg-player").get_attribute("data-step") == str(step - 1)
        page.keyboard.press("ArrowRight" if forward else "ArrowLeft")
        expect_step(page, step)
        assert seen(page) == expected(step)
        assert {name: node["place"] for name, node in nodes(page).items()} == places


def test_jumps_show_the_same_as_steps(show: Open) -> None:
    page = show()
    for key, step in (("Home", 0), ("End", LAST), ("Home", 0)):
        page.keyboard.press(key)
        expect_step(page, step)
        assert seen(page) == expected(step)
    for step in (7, 2, LAST - 1, 1):
        page.get_by_label("Step", exact=True).fill(str(step))
        expect_step(page, step)
        assert seen(page) == expected(step)


def test_buttons_have_the_names_that_are_promised(show: Open) -> None:
    page = show()
    for name, step in (("First step", 0), ("Next step", 1), ("Last step", LAST), ("Previous step", LAST - 1)):
        page.get_by_role("button", name=name, exact=True).click()
        expect_step(page, step)


def test_ends_are_ends(show: Open) -> None:
    page = show()
    page.keyboard.press("ArrowRight")
    expect_step(page, LAST)
    expect(page.get_by_role("button", name="Next step")).to_have_attribute("aria-disabled", "true")
    page.keyboard.press("Home")
    page.keyboard.press("ArrowLeft")
    expect_step(page, 0)


def test_one_node_is_current_at_each_step(show: Open) -> None:
    page = show()
    for _ in range(LAST):
        expect(page.locator("[data-node].is-current")).to_have_count(1)
        page.keyboard.press("ArrowLeft")


def test_says_the_sentence_and_the_formulae(show: Open) -> None:
    page = show(where="#step=10")
    expect_step(page, 10)
    strip = page.get_by_role("region", name="Explanation")
    expect(strip).to_contain_text("MulBackward0")
    expect(strip.locator("math")).to_have_count(2)
    assert "2.5" in (strip.locator("math").nth(1).text_content() or "")


def test_the_line_of_code_follows(show: Open) -> None:
    page = show()
    assert page.locator(".vg-line.is-current").inner_text().strip() == "o.backward()"
    page.keyboard.press("Home")
    expect(page.locator(".vg-line.is-current")).to_have_count(0)
    for _ in range(3):
        page.keyboard.press("ArrowRight")
    assert "".join(page.locator(".vg-mark-current").all_inner_texts()) == "(x + 1) ** 2"
    expect(page.locator(".vg-number.is-current")).to_have_text("3")


def test_clicking_a_box_goes_to_where_it_was_made_then_to_its_gradient(show: Open) -> None:
    page = show()
    for step in (4, 10, 4):
        page.locator("[data-node=t3] .outline").click()
        expect_step(page, step)
        expect(page.locator("[data-node=t3]")).to_have_class(re.compile("is-current"))


def test_clicking_a_line_number_goes_to_where_it_ran_then_to_its_gradients(show: Open) -> None:
    page = show()
    for line, steps in ((3, (2, 10, 2)), (2, (1, 13, 1)), (5, (7,))):
        for step in steps:
            page.locator(".vg-number").nth(line - 1).click()
            expect_step(page, step)
    page.locator(".vg-number").nth(0).click()  # it made nothing
    expect_step(page, 7)


def test_clicking_a_line_that_is_only_read_does_the_same_and_keeps_the_keys(show: Open) -> None:
    page = show()
    line = page.locator(".vg-line").nth(2).bounding_box()
    assert line
    for step in (2, 10):
        page.mouse.click(line["x"] + 60, line["y"] + line["height"] / 2)
        expect_step(page, step)
    page.keyboard.press("ArrowRight")
    expect_step(page, 11)


def test_clicking_an_arrow_goes_to_its_value_then_to_its_gradient(show: Open) -> None:
    page = show()
    for edge, steps in (("f:t2-t3-0", (4, 10, 4)), ("f:t0-t1-0", (2, 12)), ("g:t3-t2-0", (4, 10))):
        for step in steps:
            at = page.locator(f"[data-edge='{edge}'] polygon").first.bounding_box()  # the arrow's head
            assert at
            page.mouse.click(at["x"] + at["width"] / 2, at["y"] + at["height"] / 2)
            expect_step(page, step)


def test_turns_the_picture_and_keeps_the_step(show: Open) -> None:
    page = show(where="#step=10")
    before = nodes(page)
    page.get_by_role("button", name="Turn the picture").click()
    after = nodes(page)
    assert after["t3"]["place"][1] > after["t0"]["place"][1] + 100  # it goes downwards
    assert before["t3"]["place"][0] > before["t0"]["place"][0] + 100
    assert seen(page) == expected(10)
    page.keyboard.press("ArrowLeft")
    assert seen(page) == expected(9)
    page.get_by_role("button", name="Turn the picture").click()
    assert [node["place"] for node in nodes(page).values()] == [node["place"] for node in before.values()]


def test_a_phone_gets_the_picture_that_goes_downwards(show: Open) -> None:
    page = show(width=390, height=844)
    places = nodes(page)
    assert places["t5"]["place"][1] > places["t0"]["place"][1] + 300


def test_says_why_a_node_is_next(show: Open) -> None:
    expect(show(where="#step=10").locator(".vg-why")).to_contain_text("Its whole gradient has arrived")


def test_scenes_can_be_chosen(show: Open) -> None:
    page = show(LOOP)
    chooser = page.get_by_label("Scene")
    expect(chooser.locator("option:checked")).to_have_text(re.compile("^Scene 3 of 3"))
    page.locator(".vg-player").get_by_role("button", name="First step").focus()
    page.keyboard.press("[")
    expect(chooser.locator("option:checked")).to_have_text(re.compile("^Scene 2 of 3"))
    last = len(LOOP.scenes[1].steps)
    expect_step(page, last, last)
    chooser.select_option(index=0)
    expect_step(page, len(LOOP.scenes[0].steps), len(LOOP.scenes[0].steps))
    expect(page).to_have_url(re.compile("#scene=1&step="))


def test_plays_to_the_end_and_pauses(show: Open) -> None:
    page = show()
    page.clock.install()
    page.keyboard.press("Space")
    expect_step(page, 0)
    expect(page.get_by_role("button", name="Pause")).to_be_visible()
    page.clock.run_for(3000)
    assert int(page.locator(".vg-player").get_attribute("data-step") or 0) in range(1, LAST)
    page.clock.run_for(60_000)
    expect_step(page, LAST)
    expect(page.get_by_role("button", name="Play")).to_be_visible()


def test_keys_belong_to_what_has_the_focus(show: Open) -> None:
    page = show()
    page.get_by_label("Speed").focus()
    page.keyboard.press("ArrowDown")
    expect_step(page, LAST)
    page.locator("textarea").focus()
    page.keyboard.press("Shift+ArrowLeft")  # selects
    expect_step(page, LAST)
    page.get_by_role("button", name="Previous step").focus()
    page.keyboard.press("Space")
    expect_step(page, LAST - 1)
    page.keyboard.press("ArrowLeft")
    expect_step(page, LAST - 2)


def test_zooms_and_moves_the_view_and_fits_again(show: Open) -> None:
    page = show()
    before = nodes(page)["t3"]["place"]
    stage = page.locator(".vg-stage").bounding_box()
    assert stage
    middle = (stage["x"] + stage["width"] / 2, stage["y"] + stage["height"] / 2)
    page.mouse.move(*middle)
    page.mouse.wheel(0, -300)
    zoomed = nodes(page)["t3"]["place"]
    assert zoomed[2] > 1.2 * before[2]
    page.mouse.down()
    page.mouse.move(middle[0] + 60, middle[1] + 10, steps=4)
    page.mouse.up()
    assert nodes(page)["t3"]["place"][0] > zoomed[0] + 40
    expect_step(page, LAST)  # a drag is no click
    page.get_by_role("button", name="Show all").click()
    assert nodes(page)["t3"]["place"] == before
    page.get_by_role("button", name="Zoom in").click()
    assert nodes(page)["t3"]["place"][2] > before[2]
    page.get_by_role("button", name="Zoom out").click()
    page.keyboard.press("f")
    assert nodes(page)["t3"]["place"] == before


def test_two_fingers_zoom(show: Open) -> None:
    page = show(width=390, height=844, has_touch=True)
    before = nodes(page)["t3"]["place"]
    stage = page.locator(".vg-stage").bounding_box()
    assert stage
    x, y = stage["x"] + stage["width"] / 2, stage["y"] + stage["height"] / 2
    session = page.context.new_cdp_session(page)
    for kind, apart in (("touchStart", 20), ("touchMove", 40), ("touchMove", 60)):
        points = [{"x": x - apart, "y": y, "id": 0}, {"x": x + apart, "y": y, "id": 1}]
        session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})
    session.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
    page.evaluate("new Promise(requestAnimationFrame)")
    assert nodes(page)["t3"]["place"][2] > 1.5 * before[2]


def touch(page: Page, *moves: tuple[str, list[tuple[float, float]]]) -> None:
    """Fingers as the browser itself reports them."""
    session = page.context.new_cdp_session(page)
    for kind, fingers in moves:
        points = [{"x": x, "y": y, "id": i} for i, (x, y) in enumerate(fingers)]
        session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})
    page.evaluate("new Promise(requestAnimationFrame)")


def test_one_finger_moves_the_picture_and_a_tap_goes_to_a_box(show: Open) -> None:
    page = show(width=390, height=844, has_touch=True, is_mobile=True)
    stage = page.locator(".vg-stage").bounding_box()
    assert stage
    x, y = stage["x"] + 40, stage["y"] + stage["height"] / 2
    before = nodes(page)["t0"]["place"]
    moves = [("touchMove", [(x, y - by)]) for by in (10, 30, 60, 90)]
    touch(page, ("touchStart", [(x, y)]), *moves, ("touchEnd", []))
    after = nodes(page)["t0"]["place"]
    assert before[1] - 95 < after[1] < before[1] - 40
    assert page.evaluate("scrollY") == 0
    expect_step(page, LAST)
    page.locator("[data-node=t2] .outline").tap()
    expect_step(page, 3)


def test_a_page_scrolls_under_a_finger_on_a_picture_that_is_seen_whole(show: Open) -> None:
    page = show(vizgrad.run("import torch\nx = torch.ones(2)\n", isolated=False), width=390, height=500, has_touch=True)
    assert page.locator(".vg-stage").evaluate("stage => getComputedStyle(stage).touchAction") == "pan-y"


def test_the_speed_of_playing_can_be_chosen_by_keys(show: Open) -> None:
    page = show()
    for key, speed in ((">", "2"), (">", "4"), (">", "4"), ("<", "2"), ("<", "1"), ("<", "0.5"), ("<", "0.5")):
        page.keyboard.press(key)
        expect(page.get_by_label("Speed")).to_have_value(speed)
    page.get_by_label("Speed").select_option("4")
    page.clock.install()
    page.get_by_role("button", name="Play").click()
    expect_step(page, 0)
    page.clock.run_for(250)
    expect_step(page, 1)
    page.clock.run_for(800)
    expect_step(page, 3)
    page.keyboard.press("ArrowLeft")  # the reader takes over
    page.clock.run_for(5000)
    expect_step(page, 2)


def test_the_focus_can_be_seen(show: Open) -> None:
    for scheme in ("light", "dark"):
        page = show(color_scheme=scheme)
        for _ in range(6):
            page.keyboard.press("Tab")
            style = page.evaluate("getComputedStyle(document.activeElement).outline")
            assert "solid" in style and float(re.findall(r"([\d.]+)px", style)[0]) >= 2


def test_shows_what_was_printed_so_far(show: Open) -> None:
    page = show(printing())
    printed = page.get_by_role("region", name="Printed")
    expect(printed.locator("pre")).to_have_text("y is 20 𝛁\ndone\n")
    expect(printed.locator(".vg-later")).to_have_text("")
    page.keyboard.press("Home")
    expect(printed.locator(".vg-later")).to_have_text("y is 20 𝛁\ndone\n")


def test_tells_an_error_on_its_line(show: Open) -> None:
    page = show(failing("The size of tensor a (2) must match", "Look at both `shapes`."))
    panel = page.get_by_role("region", name="Error")
    expect(panel).to_contain_text("RuntimeError")
    expect(panel).to_contain_text("The size of tensor a (2) must match")
    expect(panel).to_contain_text("Look at both shapes.")
    expect(panel.locator("code")).to_have_text("shapes")
    expect(page.locator(".vg-number.is-error")).to_have_text("3")
    page.keyboard.press("Home")
    expect(panel).to_be_visible()
    panel.get_by_role("button", name="Line 3").click()
    expect(page.locator("textarea")).to_be_focused()


def test_a_syntax_error_has_no_picture_and_leaves_the_page_usable(show: Open) -> None:
    page = show(syntax_error())
    expect(page.get_by_role("region", name="Error")).to_contain_text("invalid syntax")
    expect(page.locator(".vg-number.is-error")).to_have_text("1")
    page.keyboard.press("Home")
    expect_step(page, 0, 1)


def test_text_of_the_program_never_becomes_markup(show: Open) -> None:
    page = show(hostile())
    expect(page.get_by_role("region", name="Error")).to_contain_text("<img")
    expect(page.locator("img")).to_have_count(0)


def test_fits_a_phone_and_a_projector(show: Open) -> None:
    for width, height in ((390, 844), (1920, 1080), (3840, 2160)):
        page = show(width=width, height=height)
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        for step in (LAST, 4):
            page.get_by_label("Step", exact=True).fill(str(step))
            expect(page.locator(".is-current[data-node]")).to_be_in_viewport(ratio=0.9)


def test_is_dark_where_the_reader_wants_it(show: Open) -> None:
    colours = [
        show(color_scheme=scheme).evaluate("getComputedStyle(document.querySelector('.vg-player')).backgroundColor")
        for scheme in ("light", "dark")
    ]
    assert colours == ["rgb(255, 255, 255)", "rgb(14, 17, 23)"]


def test_text_has_contrast_in_light_and_dark(show: Open) -> None:
    for scheme in ("light", "dark"):
        page = show(failing("no", "because"), color_scheme=scheme)
        low = page.evaluate(CONTRAST)
        assert low == []


def test_the_address_says_where_one_is(show: Open) -> None:
    page = show(where="#step=3")
    expect_step(page, 3)
    page.keyboard.press("ArrowRight")
    expect(page).to_have_url(re.compile("#step=4$"))
    page.reload()
    expect_step(page, 4)


def test_the_keys_are_listed(show: Open) -> None:
    page = show()
    page.get_by_role("button", name="Keys").click()
    expect(page.get_by_role("dialog", name="Keys")).to_contain_text("next and previous step")
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog", name="Keys")).to_be_hidden()
    expect(page.get_by_role("button", name="Keys")).to_be_focused()


def test_copies_the_derivation_as_latex(show: Open) -> None:
    page = show(where="#step=10", permissions=["clipboard-read", "clipboard-write"])
    page.get_by_role("button", name="Copy LaTeX").click()
    expect(page.get_by_text("copied", exact=True)).to_be_visible()
    assert r"\partial" in page.evaluate("navigator.clipboard.readText()")


def test_less_motion_where_it_is_asked_for(show: Open) -> None:
    page = show(reduced_motion="reduce")
    seconds = page.evaluate("getComputedStyle(document.querySelector('[data-node] .outline')).transitionDuration")
    assert set(seconds.split(", ")) == {"0s"}


# Every text outside of the picture against the nearest painted ground behind it; dimmed buttons are meant to be faint.
CONTRAST = """() => {
  const canvas = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
  const rgba = (colour) => {
    canvas.clearRect(0, 0, 1, 1); canvas.fillStyle = colour; canvas.fillRect(0, 0, 1, 1);
    return [...canvas.getImageData(0, 0, 1, 1).data];
  };
  const light = ([r, g, b]) => {
    const [R, G, B] = [r, g, b].map((v) => (v /= 255) <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4);
    return 0.2126 * R + 0.7152 * G + 0.0722 * B;
  };
  const ground = (element) => {
    for (let at = element; at; at = at.parentElement) {
      const colour = rgba(getComputedStyle(at).backgroundColor);
      if (colour[3] > 250) return colour;
    }
    return [255, 255, 255];
  };
  const low = [];
  const walker = document.createTreeWalker(document.querySelector(".vg-player"), NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const element = walker.currentNode.parentElement;
    if (!walker.currentNode.data.trim()) continue;
    if (element.closest("svg, [hidden], .vg-unseen, textarea, [aria-disabled=true], option")) continue;
    const [a, b] = [light(rgba(getComputedStyle(element).color)), light(ground(element))];
    const ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
    if (ratio < 4.5) low.push(`${element.className} ${walker.currentNode.data.slice(0, 20)} ${ratio.toFixed(2)}`);
  }
  return low;
}"""
