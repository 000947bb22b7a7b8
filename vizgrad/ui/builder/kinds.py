"""The kinds of cards: what each is called, its icon, and its form."""

from __future__ import annotations

from dataclasses import dataclass

from . import forms


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind: its name on buttons, its icon, and its form."""

    name: str
    icon: str
    draw: forms.Draw


KINDS = {
    "tensor": Kind("Tensor", ":material/grid_on:", forms.tensor),
    "expression": Kind("Expression", ":material/function:", forms.expression),
    "reduce": Kind("Reduce", ":material/functions:", forms.reduce),
    "backward": Kind("Backward", ":material/keyboard_double_arrow_left:", forms.backward),
    "zero": Kind("Zero the gradients", ":material/exposure_zero:", forms.zero),
    "no_grad": Kind("no_grad", ":material/block:", forms.no_grad),
    "print": Kind("Print", ":material/terminal:", forms.printed),
    "seed": Kind("Seed", ":material/casino:", forms.seed),
    "other": Kind("Other", ":material/code:", forms.other),
    "import": Kind("Import", ":material/input:", forms.other),
}
"""By the kinds of `program.reading`."""

NEW = ("tensor", "expression", "reduce", "backward", "zero", "no_grad", "print", "other")
"""Kinds that a button makes."""
