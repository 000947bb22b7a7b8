"""How long a reader waits for the app: its cold start to the first picture, and a program edited to its new picture."""

from __future__ import annotations

import statistics
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from playwright.sync_api import Browser

from tests.browser.app_server import ROOT, serving

EDITS = 12

# Runs the program as the keyboard does, and waits until another picture stands there and has been painted.
RUN = """(player, text) => new Promise((done) => {
  const area = player.querySelector("textarea.vg-area");
  const before = player.querySelector("[data-node]");
  area.value = text;
  area.dispatchEvent(new Event("input", { bubbles: true }));
  const start = performance.now();
  area.dispatchEvent(new KeyboardEvent("keydown", { key: "Enter", ctrlKey: true, bubbles: true }));
  const look = () => {
    const now = player.querySelector("[data-node]");
    if (now && now !== before) {
      const { port1, port2 } = new MessageChannel();
      port1.onmessage = () => done(performance.now() - start);
      port2.postMessage(null);
    } else requestAnimationFrame(look);
  };
  requestAnimationFrame(look);
})"""


def start_times(browser: Browser) -> Iterator[str]:
    """Sentences with the figures; the server is started on a free port and ended."""
    start = time.perf_counter()
    with tempfile.TemporaryDirectory() as folder, serving(ROOT, Path(folder) / "server.log") as address:
        is_up = time.perf_counter() - start
        page = browser.new_context(viewport={"width": 1440, "height": 900}).new_page()
        page.goto(address)
        page.locator("[data-node]").first.wait_for(timeout=60_000)
        drawn = time.perf_counter() - start
        yield f"app, cold: listens after {is_up:.1f} s, first picture after {drawn:.1f} s"
        start = time.perf_counter()
        again = browser.new_context(viewport={"width": 1440, "height": 900}).new_page()
        again.goto(address)
        again.locator("[data-node]").first.wait_for(timeout=60_000)
        yield f"app, second visitor: first picture after {time.perf_counter() - start:.1f} s"
        again.close()
        page.wait_for_timeout(2000)
        player = page.locator(".vg-player")
        text = player.locator("textarea.vg-area").input_value()
        times = []
        for edit in range(EDITS):
            times.append(player.evaluate(RUN, f"{text}\nextra = x * {edit + 2}\n"))
            page.wait_for_timeout(300)
        slow = statistics.quantiles(times, n=20)[-1]
        yield f"app, edited program to new picture: median {statistics.median(times):.0f} ms, 95 % {slow:.0f} ms"
        page.close()
