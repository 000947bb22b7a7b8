"""Speed, detail and direction stay as the reader chose them when the page is loaded again."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from . import player_file
from .player_file import Open, expect_step, nodes, seen
from .test_player_address import expect_step as expect_app_step
from .test_player_address import loaded, visit

show = player_file.show


def test_a_file_keeps_speed_detail_and_direction(show: Open) -> None:
    page = show(where="#step=10")
    page.get_by_label("Speed").select_option("2")
    page.locator(".vg-player").focus()
    page.keyboard.press(">")
    page.get_by_label("Detail").select_option("simple")
    page.get_by_role("button", name="Turn the picture").click()
    looks, places = seen(page), nodes(page)
    page.reload()
    expect_step(page, 10)
    expect(page.get_by_label("Speed")).to_have_value("4")
    expect(page.get_by_label("Detail")).to_have_value("simple")
    assert seen(page) == looks
    assert {name: box["place"] for name, box in nodes(page).items()} == {n: box["place"] for n, box in places.items()}
    page.keyboard.press("<")
    expect(page.get_by_label("Speed")).to_have_value("2")


def test_another_file_begins_afresh(show: Open) -> None:
    page = show()
    page.get_by_label("Speed").select_option("4")
    page.get_by_label("Detail").select_option("pytorch")
    other = show()
    page.goto(other.url)
    expect(page.get_by_label("Speed")).to_have_value("1")
    expect(page.get_by_label("Detail")).to_have_value("full")


def test_what_was_kept_is_not_trusted(show: Open) -> None:
    page = show()
    page.get_by_label("Speed").select_option("4")
    page.evaluate(
        """() => {
          const name = Object.keys(sessionStorage).find((name) => name.includes("habits"));
          sessionStorage.setItem(name, '{"speed": 1e9, "detail": "__proto__", "direction": 7}');
        }"""
    )
    page.reload()
    expect(page.get_by_label("Speed")).to_have_value("1")
    expect(page.get_by_label("Detail")).to_have_value("full")


def test_the_app_keeps_them_and_the_address_says_nothing_of_them(page: Page, app_url: str) -> None:
    visit(page, f"{app_url}/?step=4")
    loaded(page)
    rows = page.locator("[data-node=t3] text")
    before = rows.count()
    page.get_by_label("Speed").select_option("0.5")
    page.get_by_label("Detail").select_option("simple")
    expect(rows).not_to_have_count(before, timeout=20_000)
    address = page.url
    page.reload()
    expect_app_step(page, 4)
    expect(page.get_by_label("Detail")).to_have_value("simple", timeout=60_000)
    expect(rows).not_to_have_count(before)
    expect(page.get_by_label("Speed")).to_have_value("0.5")
    expect_app_step(page, 4)
    assert page.url == address
