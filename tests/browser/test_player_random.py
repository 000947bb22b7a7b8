"""On programs that nobody has chosen, the player's picture is the trace's at every step, forwards and backwards."""

from __future__ import annotations

import random

import pytest
from playwright.sync_api import Page

import vizgrad
from vizgrad.draw.model.appearance import Look, looks_at
from vizgrad.draw.model.drawing import drawing

from . import player_file
from .player_file import Open

show = player_file.show

UNARY = ("{0}.tanh()", "{0}.exp()", "-{0}", "{0} ** 2", "torch.sin({0})", "{0} * 0.5", "{0}.detach()", "{0}.t()")
BINARY = ("{0} + {1}", "{0} * {1}", "{0} @ {1}", "{0} - {1}", "torch.maximum({0}, {1})")


def program(seed: int) -> str:
    """Square matrices, so that everything fits everything; fan-out, accumulation, in-place, printing, two scenes."""
    chance = random.Random(seed)
    lines = ["import torch"]
    names = []
    for name in "abc"[: chance.randint(1, 3)]:
        numbers = [[round(chance.uniform(-1, 1), 2) for _ in range(2)] for _ in range(2)]
        lines.append(f"{name} = torch.tensor({numbers}, requires_grad=True)")
        names.append(name)
    leaves = tuple(names)
    for turn in range(chance.randint(1, 2)):
        for place in range(chance.randint(2, 6)):
            form = chance.choice(UNARY + BINARY)
            name = f"h{turn}{place}"
            lines.append(f"{name} = {form.format(chance.choice(names), chance.choice(names))}")
            names.append(name)
            if chance.random() < 0.2 and "detach" not in form:
                lines += [f"{name} = {name} * 1", f"{name}.mul_(2)"]
            if chance.random() < 0.2:
                lines.append(f"print({name}.sum())")
        lines += [f"o = ({names[-1]} * {chance.choice(leaves)}).sum()", "o.backward(retain_graph=True)"]
        if chance.random() < 0.3:
            lines.append("o.backward()")
        names = [*leaves]
    return "\n".join(lines) + "\n"


SHOWN = """([wanted, key]) => {
  const wrong = [];
  document.querySelector(".vg-player").focus();
  if (key) document.querySelector(".vg-player").dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true }));
  const parts = new Map();
  for (const g of document.querySelectorAll("[data-node], [data-edge]")) parts.set(g.dataset.node ?? g.dataset.edge, g);
  if (parts.size !== Object.keys(wanted).length) wrong.push(`${parts.size} parts`);
  for (const [id, [classes, texts]] of Object.entries(wanted)) {
    const g = parts.get(id);
    const names = [...(g?.classList ?? [])].filter((name) => /^(is|kind)-/.test(name)).sort();
    const seen = [names, [...(g?.querySelectorAll("text") ?? [])].map((text) => text.textContent)];
    if (JSON.stringify(seen) !== JSON.stringify([[...classes].sort(), texts])) wrong.push([id, seen, classes, texts]);
  }
  return [document.querySelector(".vg-player").dataset.step, wrong];
}"""


def wanted(look: dict[str, Look]) -> dict[str, tuple[tuple[str, ...], tuple[str, ...]]]:
    return {id: (one.classes, one.texts) for id, one in look.items()}


def expect_same(page: Page, look: dict[str, Look], step: int, key: str) -> None:
    assert page.evaluate(SHOWN, [wanted(look), key]) == [str(step), []]


@pytest.mark.parametrize("seed", range(6))
def test_every_step_both_ways(show: Open, seed: int) -> None:
    trace = vizgrad.run(program(seed), isolated=False)
    assert trace.error is None, program(seed)
    page = show(trace)
    for scene in trace.scenes:
        if len(trace.scenes) > 1:
            page.get_by_label("Scene").select_option(index=scene.index)
        plan = drawing(trace, scene)
        stages = [looks_at(plan, trace, scene, number) for number in range(len(scene.steps) + 1)]
        last = len(scene.steps)
        expect_same(page, stages[last], last, "")
        for step in range(last - 1, -1, -1):
            expect_same(page, stages[step], step, "ArrowLeft")
        for step in range(1, last + 1):
            expect_same(page, stages[step], step, "ArrowRight")
