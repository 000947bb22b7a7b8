"""Programs at which the page once stayed blank or said "Running…" for ever, and a fault of ours: the page stands."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from .app_page import PATIENCE, opened, status, type_program
from .app_server import ROOT, serving

expect.set_options(timeout=PATIENCE)

CAUSAL_MASK = """import torch
scores = torch.tensor([[0.5, 1.0], [2.0, -1.0]], requires_grad=True)
mask = torch.tril(torch.ones(2, 2)) == 0
attention = scores.masked_fill(mask, float("-inf")).softmax(-1)
(attention * torch.tensor([[1.0, 2.0], [3.0, 4.0]])).sum().backward()
"""
ONE_HOT = """import torch
import torch.nn.functional as F
logits = torch.tensor([[1.0, 2.0, 0.5], [0.1, 0.2, 3.0]], requires_grad=True)
hot = F.one_hot(torch.tensor([0, 2]), 3)
loss = -(hot * logits.log_softmax(-1)).sum()
loss.backward()
"""
SOFTPLUS = """import torch
import torch.nn.functional as F
x = torch.tensor([-1.0, 0.0, 40.0], requires_grad=True)
F.softplus(x).sum().backward()
"""
ENCODER = """import torch
from torch import nn
torch.manual_seed(0)
class Layer(nn.Module):
    def __init__(self, d):
        super().__init__()
        self.q, self.k, self.v, self.out = (nn.Linear(d, d) for _ in range(4))
        self.norm1, self.norm2 = nn.LayerNorm(d), nn.LayerNorm(d)
        self.feed = nn.Sequential(nn.Linear(d, 2 * d), nn.GELU(), nn.Linear(2 * d, d))
    def forward(self, x):
        scores = self.q(x) @ self.k(x).transpose(-2, -1) / x.shape[-1] ** 0.5
        x = self.norm1(x + self.out(scores.softmax(-1) @ self.v(x)))
        return self.norm2(x + self.feed(x))
encoder = nn.Sequential(*(Layer(4) for _ in range(12)))
x = torch.rand(1, 3, 4, requires_grad=True)
encoder(x).pow(2).sum().backward()
"""
THEIR_ENCODER = """import torch
layer = torch.nn.TransformerEncoderLayer(8, 2, 16, batch_first=True)
encoder = torch.nn.TransformerEncoder(layer, 12)
x = torch.rand(1, 3, 8, requires_grad=True)
encoder(x).sum().backward()
"""


PLANT = """

_right = forward


def forward(event, *rest):
    if event.op == "mul":
        raise KeyError("nobody thought of this")
    return _right(event, *rest)
"""
"""A fault of ours: multiplications cannot be told."""


@pytest.mark.parametrize("engine", ["numpy", "torch"])
@pytest.mark.parametrize(
    ("source", "name"),
    [(CAUSAL_MASK, "SoftmaxBackward0"), (ONE_HOT, "LogSoftmaxBackward0"), (SOFTPLUS, "SoftplusBackward0")],
    ids=["causal mask", "one_hot", "softplus"],
)
def test_what_once_left_the_page_blank_is_drawn_and_told(page: Page, app_url: str, source: str, name: str, engine: str):
    with opened(page, f"{app_url}?engine={engine}"):
        type_program(page, source)
        expect(page.locator("[data-node]", has_text=name).first).to_be_attached()
        expect(status(page)).to_contain_text("Step")
        expect(page.get_by_text("cannot be explained")).to_have_count(0)
        page.get_by_role("button", name="First step").click()
        expect(status(page)).to_contain_text("Step 0")
        expect(page.get_by_text("Running …")).to_have_count(0)


@pytest.mark.parametrize(("source", "engine"), [(ENCODER, "numpy"), (ENCODER, "torch"), (THEIR_ENCODER, "torch")])
def test_an_encoder_of_twelve_layers_is_shown(page: Page, app_url: str, source: str, engine: str):
    with opened(page, f"{app_url}?engine={engine}"):
        type_program(page, source)
        expect(status(page)).to_contain_text(re.compile(r"of \d,?\d{3}|of \d{3}"))
        expect(page.locator("[data-node]").nth(5)).to_be_attached()
        expect(page.get_by_text("Running …")).to_have_count(0)
        expect(page.get_by_text("cannot be explained")).to_have_count(0)


def test_a_fault_in_the_explanation_stays_in_its_place(page: Page, tmp_path: Path):
    """The app is copied, and a fault is planted in the copy: multiplications cannot be told there."""
    for name in ("app.py", "vizgrad", ".streamlit"):
        (shutil.copytree if (ROOT / name).is_dir() else shutil.copy)(ROOT / name, tmp_path / name)
    with (tmp_path / "vizgrad/explain/steps/forward.py").open("a", encoding="utf-8") as file:
        file.write(PLANT)
    log = tmp_path / "server.log"
    with serving(tmp_path, log) as address, opened(page, address):
        page.keyboard.press("Home")
        told = page.get_by_text("cannot be explained")
        for _ in range(4):
            page.keyboard.press("ArrowRight")
        expect(told.first).to_be_visible()
        page.keyboard.press("End")
        expect(page.get_by_text("AccumulateGrad stores the gradient of x").first).to_be_visible()
        expect(page.get_by_text("nobody thought of this")).to_have_count(0)
    assert "nobody thought of this" in log.read_text() and "Traceback" in log.read_text()
