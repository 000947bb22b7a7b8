"""A picture as SVG: our own boxes and arrows at the places that Graphviz gave them.

Every element carries its paint for viewers without CSS; the style, which is the player's as well, paints it anew.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from html import escape

from .. import style
from ..layout.dot import title
from ..layout.label_placement import Point, Rect
from ..layout.positions import LABEL_SIZE, Line, Positions
from ..model import heatmap
from ..model.appearance import Look
from ..model.drawing import Drawing
from ..model.parts import Arrow, Box
from .geometry import BASELINE, TAG_HEIGHT, Map, Tag, corner, head, inside


def painted(picture: Drawing, looks: Mapping[str, Look], places: Positions, has_style: bool = True) -> str:
    """The picture with every box and arrow as `looks` says; with `has_style` it carries its CSS.

    Each group names its part in `data-node` or `data-edge`.
    """
    body = [
        _arrow(arrow, looks[arrow.id], places.lines[arrow.id])
        for kind in ("forward", "gradient")
        for arrow in picture.arrows
        if arrow.kind == kind
    ]
    body += [_box(box, looks[box.id], places.boxes[box.id]) for box in picture.boxes]
    return framed(picture, places, "".join(body), f"<style>\n{style.css()}</style>\n" if has_style else "")


def framed(picture: Drawing, places: Positions, body: str, css: str = "") -> str:
    """The whole SVG around its boxes and arrows; it has role and label for those who hear it."""
    left, top, right, bottom = places.around
    width, height = right - left, bottom - top
    frames = "".join([_frame(frame.rect, frame.note) for frame in places.frames])
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" class="vg-picture" role="img" aria-label="{escape(title(picture))}"'
        f' width="{width:.0f}" height="{height:.0f}" viewBox="0 0 {width:.6g} {height:.6g}">\n{css}'
        f'<rect class="ground" width="100%" height="100%" fill="{style.GROUND.light}"/>\n'
        f'<g transform="translate({short(-left)} {short(-top)})">\n{frames}{body}</g>\n</svg>\n'
    )


def short(number: float) -> str:
    """A length to a hundredth of a pixel.

    >>> short(12.0), short(1234.5678), short(-0.001)
    ('12', '1234.57', '0')
    """
    text = f"{number:.2f}".rstrip("0").rstrip(".")
    return "0" if text == "-0" else text


def pairs(points: list[Point] | tuple[Point, ...]) -> str:
    """Points as an SVG has them."""
    return " ".join([f"{short(x)},{short(y)}" for x, y in points])


def _frame(rect: Rect, note: str) -> str:
    """The frame around what a backward pass made."""
    ink = style.INKS["frame-note"]
    before, after = _ink("frame-note", False)
    return (
        f'<rect class="made" x="{short(rect.left)}" y="{short(rect.top)}" width="{short(rect.right - rect.left)}"'
        f' height="{short(rect.bottom - rect.top)}" rx="8" fill="none" stroke="{style.GRADIENT.light}"'
        f' stroke-dasharray="5 4"/>\n'
        f'{before} x="{short(rect.left + 8)}" y="{short(rect.top + 4 + ink.size)}"{after}{note}</text>\n'
    )


def _box(box: Box, look: Look, rect: Rect) -> str:
    radius = corner(box)
    out = [
        f'<g data-node="{box.id}" class="node {" ".join(look.classes)}">\n'
        f'<rect class="outline" x="{short(rect.left)}" y="{short(rect.top)}" width="{box.width:g}"'
        f' height="{box.height:g}"'
        + (f' rx="{radius:g}" ' if radius else " ")
        + f"{_outline(box.kind, look.classes)}/>\n"
    ]
    is_ghost = "is-ghost" in look.classes
    texts = iter(look.texts)
    for part in inside(box):
        x, y = rect.left + part.x, rect.top + part.y
        if isinstance(part, Map):
            hidden = "" if f"is-{part.what}-{part.number}" in look.classes else ' display="none"'
            out.append(
                f'<g class="heat {part.what}-{part.number}" transform="translate({short(x)} {short(y)})"{hidden}>\n'
                f"{heatmap.drawn(part.code)}</g>\n"
            )
        elif isinstance(part, Tag):
            out.append(_tag(part.width, x, y, look.classes))
        else:
            before, after = _ink(part.role, is_ghost)
            out.append(f'{before} x="{short(x)}" y="{short(y)}"{after}{escape(next(texts))}</text>\n')
    return "".join([*out, "</g>\n"])


@cache
def _outline(kind: str, classes: tuple[str, ...]) -> str:
    """The paint of a box's outline."""
    fill, line, width = style.box_coat(kind, classes)
    dashes = "5 3" if "dashed" in style.KINDS[kind].form else ""
    if "is-ghost" in classes:
        dashes = "2 4"
    if "is-current" in classes:
        dashes = ""
    if "is-error" in classes:
        dashes = "7 3"
    return (
        f'fill="{fill}" stroke="{line}"'
        + ("" if width == 1 else f' stroke-width="{width:g}"')
        + (f' stroke-dasharray="{dashes}"' if dashes else "")
    )


def _tag(width: float, x: float, y: float, classes: tuple[str, ...]) -> str:
    """The box behind the name of something saved: hollow once it is freed."""
    paint = style.KINDS["saved"]
    fill = 'fill="none" stroke-dasharray="2.5 2"' if "is-freed" in classes else f'fill="{paint.fill}"'
    ghost = ' opacity="0.3"' if "is-ghost" in classes else ""
    return (
        f'<rect class="tag" x="{short(x)}" y="{short(y)}" width="{short(width)}" height="{TAG_HEIGHT}" rx="3"'
        f' {fill} stroke="{paint.line}"{ghost}/>\n'
    )


@cache
def _ink(role: str, is_ghost: bool) -> tuple[str, str]:
    """A text element's start before and after its place."""
    ink = style.INKS[role]
    return (
        f'<text class="ink-{role} {"mono" if ink.mono else "sans"}"',
        f' font-family="{style.MONO if ink.mono else style.SANS}" font-size="{ink.size:g}"'
        + (' font-weight="bold"' if ink.bold else "")
        + ("" if ink.anchor == "start" else f' text-anchor="{ink.anchor}"')
        + f' fill="{ink.colour}"'
        + (f' fill-opacity="{int(style.GHOST_ALPHA, 16) / 255:.2f}">' if is_ghost else ">"),
    )


def _arrow(arrow: Arrow, look: Look, line: Line) -> str:
    _, tone, width = style.arrow_coat(arrow.kind, look.classes)
    ink = style.CURRENT_INK.light if "is-current" in look.classes else style.INKS["gradient"].colour
    hidden = ' stroke-opacity="0"' if "is-ghost" in look.classes else ""
    paint = f'stroke="{tone}" stroke-width="{width:g}"{hidden}'
    filled = f' fill="{tone}"' + (' fill-opacity="0"' if hidden else "")
    dashes = "" if arrow.is_tracked else ' stroke-dasharray="5 2"'
    text = "" if line.label is None else _label(line.label, ink, look.texts[0])
    return (
        f'<g data-edge="{arrow.id}" class="edge {" ".join(look.classes)}">\n'
        f'<path fill="none" {paint}{dashes} d="M{pairs(line.points[:1])}C{pairs(line.points[1:])}"/>\n'
        f'<polygon{filled} {paint} points="{pairs(head(line, style.WIDTHS[arrow.kind]))}"/>\n{text}</g>\n'
    )


def _label(middle: Point, ink: str, text: str) -> str:
    x, y = middle
    return (
        f'<text class="ink-gradient mono" x="{short(x)}" y="{short(y + BASELINE * LABEL_SIZE)}"'
        f' font-family="{style.MONO}" font-size="{LABEL_SIZE}" text-anchor="middle" fill="{ink}">'
        f"{escape(text)}</text>\n"
    )
