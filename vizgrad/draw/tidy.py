"""Graphviz' SVG made fit for pages: names instead of ids, text placed by our own metrics, labels on the arrows."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import cache
from math import dist

from . import heat, style
from .fold import WIDEST, Fold, fold
from .label import Piece
from .parts import GAP, PAD
from .places import Places, Rect

BASELINE = 0.35
"""From the middle of a row down to its baseline, in units of the font's size."""

LABEL_SIZE = 10
HEAD = 7
"""Pixels that the head of an arrow takes."""

TAG_HEIGHT = 13
MAPPED = {
    "value-note": "value",
    "map-note": "value",
    "gradient-note": "gradient",
    "gradient-map-note": "gradient",
}
"""What stands behind a note of each ink."""

START = re.compile(
    r'<svg width="([\d.]+)pt" height="([\d.]+)pt"[^>]*>\n<g id="graph0"[^>]*translate\(([-\d.]+) ([-\d.]+)\)">\n'
    r"<title>([^<]*)</title>\n<polygon [^>]*/>\n"
)
MADE = re.compile(
    r'<g id="[^"]*" class="cluster">\n<title>cluster_made\d+</title>\n(<polygon [^>]*/>\n)'
    r".*?<text [^>]*>([^<]*)</text>",
    re.DOTALL,
)
GROUP = re.compile(
    r"(?:<!-- [^\n]* -->\n)?(?:<!-- ([^\n]*) -->\n)?"
    r'<g id="([^"]*)" class="(node|edge)([^"]*)">\n<title>[^<]*</title>\n(.*?)</g>\n',
    re.DOTALL,
)
DASHES = re.compile(r'stroke-dasharray="[^"]*"')
NUMBER = re.compile(r"-?\d+(?:\.\d+)?")
PAIR = re.compile(r"(-?\d+(?:\.\d+)?),(-?\d+(?:\.\d+)?)")


def tidy(svg: str, labels: Mapping[str, list[Piece]], has_style: bool = True, is_wide: bool = False) -> str:
    """Graphviz' SVG text with `data-node` or `data-edge` on each group, and the boxes' `labels` in their places.

    Boxes, arrows and texts keep their order. The picture has role and label for those who hear it; with `has_style` it
    carries its CSS, so that it is complete by itself. One that goes from left to right (`is_wide`) is folded into rows
    where its text would be too small to be read otherwise.
    """
    head = START.search(svg)
    if head is None:  # not one of our drawings: as it is, without what stands before the picture
        return svg[svg.index("<svg") :]
    svg = svg.replace("&#45;", "-")  # which Graphviz writes for every hyphen
    head = START.search(svg) or head
    label = head[5].replace('"', "&quot;")
    width, height, left, top = (float(head[i]) for i in range(1, 5))
    groups = list(GROUP.finditer(svg, head.end()))
    boxes = {g[2]: _outline(g[5]) for g in groups if g[3] == "node"}
    has_labels = any(g[1] is not None for g in groups if g[3] == "edge")
    frame = Rect(-left, -top, width - left, height - top)
    made = [(_outline(m[1]), m[2]) for m in MADE.finditer(svg, head.end())]
    folded = None
    if is_wide and width > WIDEST:
        folded = fold(
            list(boxes.values()), {g[2]: _path(g[5]) for g in groups if g[3] == "edge"}, frame, [m[0] for m in made]
        )
    if folded is not None:
        shapes = [_folded(g, folded) for g in groups]
        boxes, frame = {id: folded.rect(box) for id, box in boxes.items()}, folded.frame
    else:
        shapes = [g[5] for g in groups]
    places = Places(boxes.values())
    if has_labels:
        for g, shape in zip(groups, shapes, strict=True):
            if g[3] == "edge":
                places.cross(g[2], _path(shape))
    framed = folded.groups if folded is not None else [[around] for around, _ in made]
    body = [_made(rect, note) for rects, (_, note) in zip(framed, made, strict=True) for rect in rects]
    # Labels that are always seen choose first; of the others only those of one step keep clear of each other.
    labelled = [(g, shape) for g, shape in zip(groups, shapes, strict=True) if g[3] == "edge" and g[1] is not None]
    spots: dict[str, tuple[float, float]] = {}
    for g, shape in sorted(labelled, key=lambda pair: "!" not in pair[0][1].partition("|")[0]):
        room, _, _ = g[1].partition("|")
        path = (None if folded is None else folded.lines[g[2]].near) or _whole(shape)
        across = int(room.rstrip("!")) * LABEL_SIZE * style.MONO_ADVANCE + 2
        group = None if room.endswith("!") else g[2][2:].partition("-")[0]
        spots[g[2]] = places.find(g[2], path, across, LABEL_SIZE + 3, group)
    for g, shape in zip(groups, shapes, strict=True):
        if g[3] == "node":
            body.append(_node(g, shape, boxes[g[2]], labels.get(g[2], [])))
        else:
            body.append(_edge(g, shape, spots.get(g[2])))
    frame = places.around(frame)
    left, top = -frame.left, -frame.top
    width, height = frame.right - frame.left, frame.bottom - frame.top
    css = f"<style>\n{style.css()}</style>\n" if has_style else ""
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" class="vg-picture" role="img" aria-label="{label}"'
        f' width="{width:.0f}" height="{height:.0f}" viewBox="0 0 {width:g} {height:g}">\n{css}'
        f'<rect class="ground" width="100%" height="100%" fill="{style.GROUND.light}"/>\n'
        f'<g transform="translate({left:g} {top:g})">\n{"".join(body)}</g>\n</svg>\n'
    )


def _outline(shape: str) -> Rect:
    first = shape[: shape.index("/>")]
    start = first.index('points="') + 8 if 'points="' in first else first.index(' d="') + 4
    numbers = [float(n) for n in NUMBER.findall(first, start)]
    return Rect(min(numbers[::2]), min(numbers[1::2]), max(numbers[::2]), max(numbers[1::2]))


def _folded(group: re.Match[str], folded: Fold) -> str:
    """The shape of a box or an arrow at its place on a folded picture."""
    out = []
    for element in group[5].splitlines(keepends=True):
        if group[3] == "edge" and element.startswith("<path"):
            points = [f"{x:.2f},{y:.2f}" for x, y in folded.lines[group[2]].points]
            element = re.sub(' d="[^"]*"', f' d="M{points[0]}C{" ".join(points[1:])}"', element)
        elif element.startswith(("<path", "<polygon")):
            shape = _outline(element)
            dx, dy = folded.shift((shape.left + shape.right) / 2)
            element = PAIR.sub(lambda m, dx=dx, dy=dy: f"{float(m[1]) + dx:.2f},{float(m[2]) + dy:.2f}", element)
        out.append(element)
    return "".join(out)


def _made(rect: Rect, note: str) -> str:
    """The frame around what a backward pass made."""
    ink = style.INKS["frame-note"]
    before, after = _ink("frame-note", False)
    return (
        f'<rect class="made" x="{rect.left:g}" y="{rect.top:g}" width="{rect.right - rect.left:g}"'
        f' height="{rect.bottom - rect.top:g}" rx="8" fill="none" stroke="{style.GRADIENT.light}"'
        f' stroke-dasharray="5 4"/>\n'
        f'{before} x="{rect.left + 8:g}" y="{rect.top + 4 + ink.size:g}"{after}{note}</text>\n'
    )


def _node(group: re.Match[str], shape: str, box: Rect, pieces: list[Piece]) -> str:
    tag, _, rest = shape.partition("/>\n")[0].partition(" ")
    rest = DASHES.sub(f'stroke-dasharray="{_dashes(group[4])}"', rest)
    out = [f'<g data-node="{group[2]}" class="node{group[4]}">\n{tag} class="outline" {rest}/>\n']
    maps = dict(zip(("value", "gradient"), (group[1] or "").split(";"), strict=False))
    row, bottom, x = 0.0, (box.top + box.bottom - sum(style.INKS[p.role].begins for p in pieces)) / 2, 0.0
    for role, width, is_ghost, text in pieces:
        ink = style.INKS[role]
        if ink.begins:
            row, bottom, x = bottom, bottom + ink.begins, box.left + PAD
        at = {"start": x, "middle": (box.left + box.right) / 2, "end": box.right - PAD}[ink.anchor]
        if maps and role in MAPPED:
            out += _maps(MAPPED[role], maps, x + width, (row + bottom) / 2, group[4])
        if role == "tag":
            at = x + (width - GAP) / 2
            out.append(_tag(x, (row + bottom) / 2, width - GAP, group[4]))
        before, after = _ink(role, is_ghost)
        out.append(f'{before} x="{at:g}" y="{(row + bottom) / 2 + BASELINE * ink.size:.2f}"{after}{text}</text>\n')
        x += width
    out.append("</g>\n")
    return "".join(out)


def _dashes(classes: str) -> str:
    """The line of a box that is not solid; Graphviz stretches dashes to fit their curve."""
    return "7 3" if "is-error" in classes else "2 4" if "is-ghost" in classes else "5 3"


def _maps(what: str, maps: dict[str, str], left: float, middle: float, classes: str) -> Iterator[str]:
    """All heat maps of a box's value or gradient, one upon the other; its classes say which one is seen."""
    shown = classes.split()
    for k, code in enumerate(filter(None, maps.pop(what, "").split(","))):
        rows = code.count("/") + 1
        top = middle - (rows * heat.CELL if rows > 1 else heat.STRIP) / 2
        hidden = "" if f"is-{what}-{k}" in shown else ' display="none"'
        yield f'<g class="heat {what}-{k}" transform="translate({left:g} {top:g})"{hidden}>\n{heat.drawn(code)}</g>\n'


def _tag(left: float, middle: float, width: float, classes: str) -> str:
    """The box behind the name of something saved: hollow once it is freed."""
    paint, height = style.KINDS["saved"], TAG_HEIGHT
    fill = ' fill="none" stroke-dasharray="2.5 2"' if "is-freed" in classes else f' fill="{paint.fill}"'
    ghost = ' opacity="0.3"' if "is-ghost" in classes else ""
    return (
        f'<rect class="tag" x="{left:g}" y="{middle - height / 2:g}" width="{width:g}" height="{height}" rx="3"'
        f'{fill} stroke="{paint.line}"{ghost}/>\n'
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


def _edge(group: re.Match[str], shape: str, spot: tuple[float, float] | None) -> str:
    label = ""
    if spot is not None:
        text = group[1].partition("|")[2]
        ink = style.CURRENT_INK.light if "is-current" in group[4] else style.INKS["gradient"].colour
        label = (
            f'<text class="ink-gradient mono" x="{spot[0]:g}" y="{spot[1] + BASELINE * LABEL_SIZE:.2f}"'
            f' font-family="{style.MONO}" font-size="{LABEL_SIZE}" text-anchor="middle" fill="{ink}">{text}</text>\n'
        )
    return f'<g data-edge="{group[2]}" class="edge{group[4]}">\n{shape}{label}</g>\n'


def _path(shape: str) -> list[tuple[float, float]]:
    numbers = [float(n) for n in NUMBER.findall(shape, shape.index(' d="'), shape.index("/>"))]
    return list(zip(numbers[::2], numbers[1::2], strict=True))


def _whole(shape: str) -> list[tuple[float, float]]:
    """An arrow's line up to the tip of its head, where Graphviz lets it end at the head's foot.

    Not from the head's corners: they move a little with the width of the line, and so from step to step.
    """
    points = _path(shape)
    corner = PAIR.search(shape, shape.rindex("points=")) if "points=" in shape else None
    if corner is not None:
        head = float(corner[1]), float(corner[2])
        end, before = (0, 1) if dist(points[0], head) < dist(points[-1], head) else (-1, -2)
        (x, y), length = points[end], dist(points[end], points[before]) or 1
        points[end] = x + (x - points[before][0]) / length * HEAD, y + (y - points[before][1]) / length * HEAD
    return points
