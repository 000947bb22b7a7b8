"""Reads a picture back from its SVG."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from dataclasses import dataclass

SVG = "{http://www.w3.org/2000/svg}"


@dataclass(frozen=True)
class Part:
    """A box or an arrow as the SVG has it."""

    classes: tuple[str, ...]
    outline: str
    texts: tuple[str, ...]
    places: tuple[tuple[str | None, str | None], ...]


@dataclass(frozen=True)
class Picture:
    """A picture as the SVG has it."""

    root: ET.Element
    nodes: dict[str, Part]
    edges: dict[str, Part]


def _corners(rect: ET.Element) -> str:
    x, y, width, height = (float(rect.attrib[name]) for name in ("x", "y", "width", "height"))
    return f"{x},{y} {x + width},{y + height}"


def read(svg: str) -> Picture:
    root = ET.fromstring(svg)
    parts: dict[str, dict[str, Part]] = {"data-node": {}, "data-edge": {}}
    for group in root.iter(f"{SVG}g"):
        for kind, found in parts.items():
            if kind in group.attrib:
                assert group.attrib[kind] not in found
                shape = next(e for e in group if e.tag in (f"{SVG}path", f"{SVG}rect"))
                texts = list(group.iter(f"{SVG}text"))
                found[group.attrib[kind]] = Part(
                    tuple(group.attrib["class"].split()[1:]),
                    shape.attrib.get("d") or _corners(shape),
                    tuple(t.text or "" for t in texts),
                    tuple((t.attrib.get("x"), t.attrib.get("y")) for t in texts),
                )
    return Picture(root, parts["data-node"], parts["data-edge"])
