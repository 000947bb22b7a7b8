"""The player's own modules in a page, unbuilt, for tests that ask one of them something."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import urlsplit

from playwright.sync_api import Page, Route

MODULES = Path(__file__).parents[2] / "vizgrad" / "player" / "js"
NOWHERE = "http://modules.test"


def offer(page: Page, module: str, name: str, origin: str = NOWHERE) -> None:
    """Makes what `module` exports as `name` a global of the page, which stays where it is if that is at `origin`."""

    def serve(route: Route) -> None:
        path = urlsplit(route.request.url).path.removeprefix("/js/")
        route.fulfill(path=MODULES / path, content_type="text/javascript")

    page.route(f"{origin}/js/**", serve)
    if not page.url.startswith(origin):
        page.route(f"{origin}/", lambda route: route.fulfill(body="<!doctype html>", content_type="text/html"))
        page.goto(origin)
    page.evaluate(
        "async ([address, name]) => { globalThis[name] = (await import(address))[name]; }",
        [f"{origin}/js/{module}", name],
    )
