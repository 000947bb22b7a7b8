"""How fast the player is in Chromium: steps, jumps, payloads, the app's start: `python -m tests.benchmarks.player`.

With `steps`, `payload` or `app` behind it, only that part. Times are from the key to the painted frame.
"""

from __future__ import annotations

import json
import statistics
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

from tests.browser import chromium
from vizgrad.player.payload import payload
from vizgrad.player.standalone import html
from vizgrad.program.limits.limits import Limits
from vizgrad.program.run import execute
from vizgrad.trace import Trace

from .app_start import start_times

CHAIN = """import torch
x = torch.randn({shape}, requires_grad=True)
y = x
for i in range({count}):
    y = torch.sin(y)
y.sum().backward()
"""
MLP = """import torch
x = torch.randn({shape})
weights = [torch.randn({shape}, requires_grad=True) for _ in range({count})]
h = x
for w in weights:
    h = torch.tanh(h @ w + 1)
h.sum().backward()
"""
DRAWN = {"chain": (CHAIN, (5, 97, 497), "3"), "MLP": (MLP, (1, 19, 99), "4, 4")}
"""Programs, how often they do what they do (for 8, 100 and 500 boxes), and the shape of their tensors."""

SENT = {
    "vectors": (CHAIN, 97, "3"),
    "matrices": (CHAIN, 97, "4, 4"),
    "large tensors": (CHAIN, 97, "64, 784"),
    "MLP of matrices": (MLP, 19, "4, 4"),
    "MLP of large tensors": (MLP, 19, "64, 64"),
    "500 boxes": (CHAIN, 497, "3"),
}

# A task that is posted from within an animation frame runs when the frame has been painted.
STEP = """async (key) => {
  const start = performance.now();
  document.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true }));
  const called = performance.now();
  await new Promise((done) => requestAnimationFrame(() => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = done;
    port2.postMessage(null);
  }));
  return [performance.now() - start, called - start];
}"""
IDLE = "F13"
"""A key that does nothing: what a frame takes by itself."""


def main() -> None:
    """Prints all figures, or those of the parts that are named."""
    parts = sys.argv[1:] or ["payload", "steps", "app"]
    if "payload" in parts:
        for name, (program, count, shape) in SENT.items():
            told(name, run(program, count, shape))
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium.find_or_install(), args=chromium.ARGUMENTS)
        if "steps" in parts:
            for name, (program, counts, shape) in DRAWN.items():
                for count in counts:
                    stepped(name, run(program, count, shape), browser)
        if "app" in parts:
            for line in start_times(browser):
                print(line)
        browser.close()


def run(program: str, count: int, shape: str) -> Trace:
    """The trace of one of the programs."""
    return execute(program.format(count=count, shape=shape), "numpy", limits=Limits(seconds=60))


def told(name: str, trace: Trace) -> None:
    """Prints how large a payload is as it is sent, and how long it takes."""
    payload(trace)  # what is imported or cached by the first is not this one's
    start = time.perf_counter()
    data = payload(trace)
    took = time.perf_counter() - start
    size = len(json.dumps(data, ensure_ascii=False, separators=(",", ":")).encode()) / 1000
    steps = sum(len(scene["steps"] or ()) for scene in data["scenes"])
    print(f"payload, {name}: {steps} steps, {size:.0f} kB in {took:.2f} s")


def stepped(name: str, trace: Trace, browser: Browser) -> None:
    """Prints how long steps and jumps take in the standalone file, beside a key that does nothing."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "player.html"
        path.write_text(html(trace), encoding="utf-8")
        page = browser.new_page(viewport={"width": 1440, "height": 900})
        page.goto(path.as_uri())
        page.locator("[data-node]").first.wait_for()
        boxes = sum(not element.startswith(("f:", "g:")) for element in payload(trace)["scenes"][-1]["elements"])
        measured(page, ["ArrowLeft"] * 10)
        idle = measured(page, [IDLE] * 40)
        steps = measured(page, ["ArrowLeft"] * 40 + ["ArrowRight"] * 30 + ["Home"] + ["ArrowRight"] * 40)[:-1]
        jumps = measured(page, ["Home", "End"] * 10)
        page.close()
    size = path_size(trace)
    print(
        f"{name:5} of {boxes:3} boxes: a frame {told_of(idle)}; a step {told_of(steps)}; a jump {told_of(jumps)};"
        f" file {size:.0f} kB"
    )


def path_size(trace: Trace) -> float:
    """The standalone file's size in kB."""
    return len(html(trace).encode()) / 1000


def measured(page: Page, keys: Sequence[str]) -> list[tuple[float, float]]:
    """Milliseconds from each key to the painted frame, and how much of it is the player's own script."""
    return [page.evaluate(STEP, key) for key in keys]


def told_of(times: Sequence[tuple[float, float]]) -> str:
    """Median and 95th percentile, and the median of the script alone."""
    frames, scripts = [frame for frame, _ in times], [script for _, script in times]
    middle, slow = statistics.median(frames), statistics.quantiles(frames, n=20)[-1]
    return f"{middle:.1f} ms, 95 % {slow:.1f} (script {statistics.median(scripts):.1f})"


if __name__ == "__main__":
    main()
