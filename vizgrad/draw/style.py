"""The look of the picture: inks, fills and lines for each kind and state, in light and in dark.

Colours follow Okabe and Ito, so they stay apart for colour-blind eyes; each kind also has its own outline, and each
state its own line, so that nothing is said by colour alone. DOT and SVG carry the light colours (for PNG, PDF, and
viewers that know no CSS); in SVG the rules below repaint everything through custom properties.
"""

from __future__ import annotations

from functools import cache
from typing import NamedTuple

MONO = "monospace"
SANS = "sans-serif"
MONO_STACK = "ui-monospace, 'DejaVu Sans Mono', Menlo, Consolas, 'Liberation Mono', monospace"
SANS_STACK = "system-ui, -apple-system, 'Segoe UI', 'DejaVu Sans', 'Liberation Sans', Arial, sans-serif"

MONO_ADVANCE, SANS_ADVANCE = 0.602, 0.56
"""Width of a character in units of its size: of the widest common fonts, so that text fits whichever is installed."""


class Ink(NamedTuple):
    """How text of one role is written: colours, size in pixels, and the side of the box that it keeps to.

    The colour of each ink is its own, so that a picture's source tells which inks it has. An ink that `begins` a row
    gives the row's height in pixels; the others stand in the row that is there.
    """

    colour: str
    dark: str
    size: float
    begins: int = 0
    anchor: str = "start"
    bold: bool = False
    mono: bool = True


INKS = {
    "name": Ink("#0f172a", "#f8fafc", 12, 18, bold=True),
    "title": Ink("#0f172b", "#f8faff", 12, 18, "middle", bold=True),
    "expression": Ink("#334155", "#cbd5e1", 12),
    "note": Ink("#56637a", "#a3b1c6", 10, 14, mono=False),
    "note-right": Ink("#56637b", "#a3b1c7", 10, 0, "end", mono=False),
    "value-note": Ink("#56637c", "#a3b1c8", 10, 16, mono=False),
    "number": Ink("#111827", "#f1f5f9", 12, 0, "end"),
    "gradient-note": Ink("#00609a", "#7bc6f4", 10.5, 16),
    "gradient": Ink("#005f96", "#7cc7f5", 12, 0, "end"),
    "constant": Ink("#475569", "#b6c2d2", 11, 14, "middle"),
    "again": Ink("#0f172c", "#f8fafd", 11, 14, "middle", bold=True),
    "accumulate": Ink("#00674b", "#5fd3b0", 10, 14, "middle", mono=False),
    "sum-note": Ink("#00674c", "#5fd3b1", 10, 13, mono=False),
    "sum": Ink("#00674d", "#5fd3b2", 10.5, 0, "end"),
    "hook": Ink("#56637f", "#a3b1cb", 10, 15, mono=False),
    "saved-note": Ink("#56637d", "#a3b1c9", 10, 17, mono=False),
    "map-note": Ink("#56637e", "#a3b1ca", 10, 36, mono=False),
    "gradient-map-note": Ink("#00609b", "#7bc6f5", 10.5, 36),
    "frame-note": Ink("#005c94", "#7dc8f6", 10.5, 14, mono=False),
    "tag": Ink("#7a3560", "#e3afcd", 10, 0, "middle"),
}


class Paint(NamedTuple):
    """A box of one kind: its fill and line in light and dark, and the form of its outline."""

    fill: str
    line: str
    dark_fill: str
    dark_line: str
    form: str  # Graphviz' style, after "filled"
    width: float = 1


KINDS = {
    "leaf": Paint("#e1f1fc", "#3d8dc4", "#123047", "#5aa9dd", "rounded", 1.5),
    "op": Paint("#ffffff", "#8593a8", "#1b2433", "#7486a1", "solid"),
    "untracked": Paint("#f1f3f6", "#78849a", "#232a35", "#8492a8", "rounded,dashed"),
    "constant": Paint("#f1f3f6", "#c3ccd8", "#232a35", "#4b586c", "rounded"),
    "again": Paint("#f2f9fe", "#3d8dc5", "#0f2536", "#5aa9de", "rounded,dashed"),
    "accumulate": Paint("#dcf3ea", "#00835f", "#0d3429", "#35b58d", "rounded"),
    "saved": Paint("#f7e6ef", "#b5709a", "#3d2335", "#b97a9f", "rounded"),
}


class Tone(NamedTuple):
    """A colour in light and dark."""

    light: str
    dark: str


FLOW = Tone("#7d8ba1", "#8a9ab3")  # forward arrows
GRADIENT = Tone("#0072b2", "#56b4e9")  # gradient arrows, and boxes that a gradient has reached
CURRENT = Tone("#d55e00", "#ff9d4d")
CURRENT_FILL = Tone("#fff1e6", "#3c2312")
CURRENT_INK = Tone("#a34700", "#ffb47a")
ERROR = Tone("#b3004b", "#ff7aa8")
ERROR_FILL = Tone("#fdeaf1", "#3f1226")
GHOST = Tone("#c3ccd8", "#455164")
WARM = Tone("#d97706", "#fdb863")  # positive and negative cells of heat maps
COOL = Tone("#6d4ba3", "#b9a6e0")
GROUND = Tone("#ffffff", "#0f1520")

LAYERS = 8
"""Heat maps of different contents that one box may show in the course of a scene, of its value and of its gradient."""

GHOST_ALPHA = "40"
"""Opacity of what is not there yet, as two hexadecimal digits; the text is only a hint of what will come."""


WIDTHS = {"forward": 1.25, "gradient": 1.75}
"""Of the lines of arrows, in pixels; that of the current step is wider."""


class Coat(NamedTuple):
    """The light colours of a box or an arrow in a state, and how wide its line is, for viewers without CSS."""

    fill: str
    line: str
    width: float


@cache
def box_coat(kind: str, classes: tuple[str, ...]) -> Coat:
    """How a box is painted whose look has these classes; `STATES` below says the same in CSS."""
    paint = KINDS[kind]
    fill, line, width = paint.fill, paint.line, paint.width
    if "is-ghost" in classes:
        fill, line = GROUND.light, GHOST.light
    if "is-visited" in classes:
        line, width = GRADIENT.light, 2
    if "is-current" in classes:
        fill, line, width = CURRENT_FILL.light, CURRENT.light, 3.5
    if "is-error" in classes:
        fill, line, width = ERROR_FILL.light, ERROR.light, 3
    return Coat(fill, line, width)


@cache
def arrow_coat(kind: str, classes: tuple[str, ...]) -> Coat:
    """How an arrow is painted whose look has these classes; its head has the colour of its line."""
    tone, width = FLOW.light if kind == "forward" else GRADIENT.light, WIDTHS[kind]
    if "is-current" in classes:
        tone, width = CURRENT.light, 2.5
    return Coat(tone, tone, width)


def variables(dark: bool = False) -> str:
    """The custom properties of one theme, as CSS declarations."""
    pairs = {f"ink-{role}": ink.dark if dark else ink.colour for role, ink in INKS.items()}
    for kind, paint in KINDS.items():
        pairs[f"{kind}-fill"] = paint.dark_fill if dark else paint.fill
        pairs[f"{kind}-line"] = paint.dark_line if dark else paint.line
    tones = {
        "flow": FLOW,
        "gradient": GRADIENT,
        "current": CURRENT,
        "current-fill": CURRENT_FILL,
        "current-ink": CURRENT_INK,
        "error": ERROR,
        "error-fill": ERROR_FILL,
        "ghost": GHOST,
        "warm": WARM,
        "cool": COOL,
        "ground": GROUND,
    }
    pairs |= {name: tone.dark if dark else tone.light for name, tone in tones.items()}
    return " ".join(f"--vg-{name}: {colour};" for name, colour in pairs.items())


def _rules() -> str:
    out = [
        ".vg-picture text { fill-opacity: 1; white-space: pre; }",
        f".vg-picture .mono {{ font-family: {MONO_STACK}; }}",
        f".vg-picture .sans {{ font-family: {SANS_STACK}; }}",
        ".vg-picture .ground { fill: var(--vg-ground); }",
        ".vg-picture .kind-warm > .outline { fill: var(--vg-warm); stroke: var(--vg-warm); }",
        ".vg-picture .kind-cool > .outline { fill: var(--vg-cool); stroke: var(--vg-cool); }",
        ".vg-picture .made { fill: none; stroke: var(--vg-gradient); stroke-width: 1; stroke-dasharray: 5 4; }",
        ".vg-picture .heat { display: none; }",
        ".vg-picture .heat path { stroke-width: 4; stroke: var(--vg-flow); }",
        ".vg-picture .heat .tall { stroke-width: 10; }",
        ".vg-picture .heat .rim { stroke-width: 1; stroke: var(--vg-ghost); fill: var(--vg-ground); }",
        ".vg-picture .heat .warm { stroke: var(--vg-warm); }",
        ".vg-picture .heat .cool { stroke: var(--vg-cool); }",
    ]
    out += [f".vg-picture .ink-{role} {{ fill: var(--vg-ink-{role}); }}" for role in INKS]
    for kind, paint in KINDS.items():
        out.append(
            f".vg-picture .kind-{kind} > .outline {{ fill: var(--vg-{kind}-fill); fill-opacity: 1;"
            f" stroke: var(--vg-{kind}-line); stroke-opacity: 1; stroke-width: {paint.width};"
            f" stroke-dasharray: {'5 3' if 'dashed' in paint.form else 'none'}; }}"
        )
    for what in ("value", "gradient"):
        shown = ", ".join(f".vg-picture .is-{what}-{k} > .{what}-{k}" for k in range(LAYERS))
        out.append(f"{shown} {{ display: inline; }}")
    return "\n".join(out) + STATES


STATES = """
.vg-picture .tag { fill: var(--vg-saved-fill); fill-opacity: 1; stroke: var(--vg-saved-line); stroke-width: 1; }
.vg-picture .node.is-freed > .tag, .vg-picture .kind-saved.is-freed > .outline {
  fill-opacity: 0; stroke-dasharray: 2.5 2;
}
.vg-picture .node.is-ghost > .tag { opacity: 0.3; }
.vg-picture .kind-forward > * { stroke: var(--vg-flow); stroke-opacity: 1; stroke-width: 1.25; }
.vg-picture .kind-forward > polygon { fill: var(--vg-flow); fill-opacity: 1; }
.vg-picture .kind-forward.is-untracked > path { stroke-dasharray: 4 3; }
.vg-picture .kind-gradient > * { stroke: var(--vg-gradient); stroke-opacity: 1; stroke-width: 1.75; }
.vg-picture .kind-gradient > polygon { fill: var(--vg-gradient); fill-opacity: 1; }
.vg-picture .edge > text {
  stroke: var(--vg-ground); stroke-width: 4; stroke-linejoin: round; paint-order: stroke; fill: var(--vg-ink-gradient);
}
.vg-picture .node.is-visited > .outline { stroke: var(--vg-gradient); stroke-width: 2; }
.vg-picture .node.is-current > .outline {
  stroke: var(--vg-current); stroke-width: 3.5; stroke-dasharray: none; fill: var(--vg-current-fill);
}
.vg-picture .edge.is-current > * { stroke: var(--vg-current); stroke-width: 2.5; }
.vg-picture .edge.is-current > polygon { fill: var(--vg-current); }
.vg-picture .edge.is-current > text {
  fill: var(--vg-current-ink); stroke: var(--vg-ground); stroke-width: 4; font-weight: bold;
}
.vg-picture .node.is-error > .outline {
  stroke: var(--vg-error); stroke-width: 3; stroke-dasharray: 7 3; fill: var(--vg-error-fill);
}
.vg-picture .node.is-ghost > .outline {
  stroke: var(--vg-ghost); stroke-width: 1; stroke-dasharray: 2 4; fill-opacity: 0;
}
.vg-picture .node.is-ghost > text { fill-opacity: 0.3; }
.vg-picture .edge.is-ghost > * { opacity: 0; }
@media (forced-colors: active) {
  .vg-picture .outline, .vg-picture .edge > * { stroke: CanvasText; }
  .vg-picture .is-current > .outline, .vg-picture .edge.is-current > * { stroke: Highlight; }
}
"""

RULES = _rules()
"""The rules that paint a picture from the custom properties; the same in an SVG file and in the player."""


@cache
def css() -> str:
    """The whole style of a picture that stands alone: it follows the reader's light or dark scheme.

    Viewers that know no custom properties (drawing and office programs) would paint everything black by these rules:
    they skip them all, and keep to the colours that the elements carry.

    An ancestor (or the picture itself) with `data-theme="light"` or `"dark"` decides where there is one. Viewers that
    know no custom properties (of drawing and office programs) would paint everything black by these rules; they skip
    what asks for them, and keep to the colours that the elements carry.
    """
    light, dark = variables(), variables(dark=True)
    return (
        "@supports (fill: var(--vg-ground)) {\n"
        f".vg-picture {{ {light} }}\n"
        f"@media (prefers-color-scheme: dark) {{ .vg-picture {{ {dark} }} }}\n"
        f'.vg-picture[data-theme="light"], [data-theme="light"] .vg-picture {{ {light} }}\n'
        f'.vg-picture[data-theme="dark"], [data-theme="dark"] .vg-picture {{ {dark} }}\n'
        f"{RULES}}}\n"
    )
