"""How long a step takes in Chromium, from the key to the painted frame: `python -m tests.benchmarks.player`."""

from __future__ import annotations

import json
import statistics
import tempfile
from pathlib import Path

from playwright.sync_api import sync_playwright

import vizgrad
from tests.browser import chromium
from vizgrad.player.payload import payload

CHAIN = """import torch
x = torch.ones(3, requires_grad=True)
y = x
for i in range({0}):
    y = torch.sin(y)
y.sum().backward()
"""

# A task that is posted from within an animation frame runs when the frame has been painted.
STEP = """async (key) => {
  const start = performance.now();
  document.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true }));
  await new Promise((done) => requestAnimationFrame(() => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = done;
    port2.postMessage(null);
  }));
  return performance.now() - start;
}"""


def main() -> None:
    """Prints the median and the 95th percentile for the lesson of the notebook and for graphs of 100 and 500 nodes."""
    with sync_playwright() as playwright, tempfile.TemporaryDirectory() as folder:
        browser = playwright.chromium.launch(executable_path=chromium.find_or_install(), args=chromium.ARGUMENTS)
        for operations in (5, 48, 248):
            trace = vizgrad.run(CHAIN.format(operations), isolated=False)
            path = Path(folder) / "player.html"
            path.write_text(trace.html(), encoding="utf-8")
            page = browser.new_page(viewport={"width": 1440, "height": 900})
            page.goto(path.as_uri())
            nodes = page.locator("[data-node]").count()
            times = [page.evaluate(STEP, key) for key in ["ArrowLeft"] * 40 + ["ArrowRight"] * 40 + ["Home", "End"] * 5]
            page.close()
            size = len(json.dumps(payload(trace))) / 1000
            middle, slow = statistics.median(times), statistics.quantiles(times, n=20)[-1]
            print(f"{nodes:4} boxes: median {middle:5.1f} ms, 95 % {slow:5.1f} ms; payload {size:.0f} kB")
        browser.close()


if __name__ == "__main__":
    main()
