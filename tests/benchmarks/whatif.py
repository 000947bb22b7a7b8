"""How soon picture and plot follow a slider of "What if": `python -m tests.benchmarks.whatif`.

Times are from the key to the changed value in the picture, and to the new chart, in the lesson of the first visit.
"""

from __future__ import annotations

import statistics

from playwright.sync_api import Page, sync_playwright

from tests.browser import chromium

from .app_start import server

MOVES = 15

WATCH = """(player) => {
  window.moved = {};
  const tell = (what) => (window.moved[what] ??= performance.now() - window.began);
  const picture = player.querySelector(".vg-stage");
  new MutationObserver(() => tell("picture")).observe(picture, { subtree: true, childList: true });
  new MutationObserver((changes) => {
    if (changes.some(({ target }) => target.closest?.(".st-key-whatif_plot"))) tell("plot");
  }).observe(document.body, { subtree: true, childList: true });
  document.addEventListener("keydown", () => {
    window.began = performance.now();
    window.moved = {};
  }, true);
}"""


def times(page: Page, element: int) -> dict[str, list[float]]:
    """Moves the slider of one element of x, one step at a time; milliseconds by what followed."""
    found: dict[str, list[float]] = {"picture": [], "plot": []}
    page.locator(".stSlider input").nth(element).focus()
    for move in range(MOVES + 2):
        page.keyboard.press("ArrowRight")
        page.wait_for_function("window.moved.picture && window.moved.plot")
        for what, milliseconds in page.evaluate("window.moved").items():
            if move >= 2:
                found[what].append(milliseconds)
        page.wait_for_timeout(700)  # the other engine has its say in between
    return found


def main() -> None:
    """Prints the figures."""
    with server() as address, sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=chromium.find_or_install(), args=chromium.ARGUMENTS)
        page = browser.new_page(viewport={"width": 1440, "height": 1600})
        page.goto(address)
        page.locator("[data-node]").first.wait_for(timeout=60_000)
        page.get_by_role("tab", name="What if").click()
        page.locator(".st-key-whatif_plot .scatterlayer").first.wait_for(timeout=60_000)
        page.wait_for_timeout(2000)
        page.locator(".vg-player").evaluate(WATCH)
        for element, about in ((0, "the element that is plotted"), (1, "another, so that the curve is another, too")):
            for what, found in times(page, element).items():
                slow = statistics.quantiles(found, n=20)[-1]
                print(f"{about}: {what} after {statistics.median(found):.0f} ms, 95 % {slow:.0f} ms")
        browser.close()


if __name__ == "__main__":
    main()
