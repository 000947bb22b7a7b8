import re

import pytest

from vizgrad.draw import style


def luminance(colour: str) -> float:
    channels = (int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5))
    r, g, b = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    return 0.2126 * r + 0.7152 * g + 0.0722 * b


def contrast(a: str, b: str) -> float:
    high, low = sorted((luminance(a), luminance(b)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def test_contrast_is_measured_as_the_web_does():
    assert contrast("#ffffff", "#000000") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)


@pytest.mark.parametrize("dark", [False, True])
def test_text_is_legible_on_every_ground_it_stands_on(dark):
    """AA asks for 4.5 for text of this size."""
    tone = 1 if dark else 0
    for role, ink in style.INKS.items():
        kinds = {"constant": ["constant"], "accumulate": ["accumulate"], "tag": ["saved", "op"]}.get(
            role, ["leaf", "op", "untracked"]
        )
        grounds = [(style.KINDS[k].dark_fill if dark else style.KINDS[k].fill) for k in kinds]
        grounds += [style.CURRENT_FILL[tone], style.ERROR_FILL[tone]]
        if role == "gradient":
            grounds.append(style.GROUND[tone])
        for ground in grounds:
            assert contrast(ink.dark if dark else ink.colour, ground) >= 4.5, (role, ground)
    assert contrast(style.CURRENT_INK[tone], style.GROUND[tone]) >= 4.5


@pytest.mark.parametrize("dark", [False, True])
def test_lines_that_mean_something_stand_out_from_the_ground(dark):
    tone = 1 if dark else 0
    for line in (style.FLOW, style.GRADIENT, style.CURRENT, style.ERROR):
        assert contrast(line[tone], style.GROUND[tone]) >= 3
    for kind in ("leaf", "op", "untracked", "accumulate", "saved"):
        paint = style.KINDS[kind]
        assert contrast(paint.dark_line if dark else paint.line, style.GROUND[tone]) >= 3, kind


def test_each_ink_has_a_colour_of_its_own():
    colours = [ink.colour for ink in style.INKS.values()]
    assert len(set(colours)) == len(colours)


def test_kinds_differ_by_more_than_colour():
    assert len({(p.form, p.width) for k, p in style.KINDS.items() if k in ("leaf", "op", "untracked")}) == 3


def test_every_property_that_is_used_is_defined_in_both_themes():
    used = set(re.findall(r"var\((--vg-[\w-]+)\)", style.RULES))
    for dark in (False, True):
        assert used <= set(re.findall(r"(--vg-[\w-]+):", style.variables(dark)))
    assert style.css().count("{") == style.css().count("}")


def test_viewers_without_custom_properties_skip_every_rule():
    """Drawing and office programs would paint black what a rule they only half understand speaks of."""
    text = style.css()
    assert text.startswith("@supports (fill: var(--vg-ground)) {")
    depth, closed = 0, []
    for place, sign in enumerate(text):
        depth += {"{": 1, "}": -1}.get(sign, 0)
        if sign == "}" and depth == 0:
            closed.append(place)
    assert closed == [len(text.rstrip()) - 1]
