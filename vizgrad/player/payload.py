"""A trace projected to what the player needs: pictures, words and changes as plain JSON data."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any, get_args

import msgspec

from vizgrad.contained import Faults
from vizgrad.draw.model.drawing import Detail, Direction
from vizgrad.explain.explanation import Explanation
from vizgrad.explain.history import History
from vizgrad.explain.steps.explainer import UNEXPLAINED, explanations
from vizgrad.trace import Fault, Print, Scene, Span, Trace, Value
from vizgrad.trace.excerpt import excerpt, number_in

from .pictures import Pictures
from .quiz import questions
from .text_table import Words
from .views import view

FORMAT = 1
BUDGET = 400
"""How many boxes and arrows the scenes that come along besides the chosen one may have together."""

REAL = ("float16", "bfloat16", "float32", "float64")

REACH = 16
"""How many scenes away another one may be to come along: one far off is seldom gone to, and can be asked for."""

FEW = 120
"""Pictures of up to this many boxes and arrows come at every detail where that is asked for."""


def payload(
    trace: Trace,
    scene: int = -1,
    *,
    detail: Detail = "full",
    direction: Direction = "LR",
    step: int | None = None,
    budget: int = BUDGET,
    reach: int | None = REACH,
    details: bool = False,
    undrawn: str | None = None,
) -> dict[str, Any]:
    """What the player shows of a trace, opened at `step` (None: the last) of `scene`; plain data for JSON.

    The other scenes come along, nearest first, as far as `budget` boxes and arrows go and `reach` scenes away (None: at
    any distance); those that do not are told by their title only, and `steps` is None. `detail` and `direction` are
    those of the picture; with `details` small scenes come with their pictures at the other details, too. With
    `undrawn`, a sentence that says why, no picture is laid out. Raises IndexError for a scene or a step that there is
    not, and nothing else: where a step cannot be explained, or a picture not be drawn, that is said in its place.

    >>> from vizgrad.trace import Trace
    >>> shown = payload(Trace(engine="numpy", source="", tensors=(), nodes=(), events=()))
    >>> shown["scene"], len(shown["scenes"]), shown["error"]
    (0, 1, None)
    """
    scenes = trace.scenes
    if not -len(scenes) <= scene < len(scenes):
        raise IndexError(f"scene {scene} of a trace with {len(scenes)} scenes")
    chosen = scene % len(scenes)
    whole = scenes[chosen]
    whole.events_at(step or 0)  # raises for a step that there is not
    scenes = tuple(excerpt(trace.events, each) for each in scenes)
    step = None if step is None else number_in(scenes[chosen], whole, step)
    told = _told(scenes, chosen, budget, reach)
    printed = list(_lengths(trace))
    history, faults = History(trace), Faults()
    pictures = Pictures(faults, undrawn)
    shown: list[dict[str, Any]] = []
    for index, each in enumerate(scenes):  # in order: what they share is one walk through the events
        if index in told:
            shown.append(_scene(trace, each, detail, direction, details, printed, history, pictures, faults))
            if not _has_steps(each):
                shown[index]["problem"] = trace.omitted
        else:
            shown.append({"index": index, "title": _title(trace, each), "steps": None})
    data = {
        "format": FORMAT,
        "engine": trace.engine,
        "source": trace.source,
        "stdout": trace.stdout,
        "error": _error(trace.error),
        "warnings": [[w.category, w.message, w.span.line if w.span else None] for w in trace.warnings],
        "scene": chosen,
        "step": step,
        "detail": detail,
        "scenes": shown,
        "omitted": trace.omitted,
    }
    data["id"] = hashlib.blake2s(written(data), digest_size=12).hexdigest()
    return data


def written(data: dict[str, Any]) -> bytes:
    """A payload as JSON without a line break; half a character, which a program may print, is escaped."""
    try:
        return msgspec.json.encode(data)
    except UnicodeEncodeError:
        return json.dumps(data, separators=(",", ":")).encode()


def _told(scenes: Sequence[Scene], chosen: int, budget: int, reach: int | None) -> set[int]:
    """The scenes that come along: the chosen one, and those nearest to it."""
    told = {chosen}
    for index in sorted(range(len(scenes)), key=lambda i: abs(i - chosen)):
        is_near = reach is None or abs(index - chosen) <= reach
        size = 3 * len(scenes[index].tensors)  # a box, an arrow there and one back
        if index != chosen and _has_steps(scenes[index]) and is_near and size <= budget:
            told.add(index)
            budget -= size
    return told


def _has_steps(scene: Scene) -> bool:
    return scene.is_whole or bool(scene.steps)


def _scene(
    trace: Trace,
    scene: Scene,
    detail: Detail,
    direction: Direction,
    details: bool,
    lengths: Sequence[int],
    history: History,
    pictures: Pictures,
    faults: Faults,
) -> dict[str, Any]:
    words = Words()
    said = _with_gaps(scene, _said(trace, scene, history, faults))
    printed = _printed(scene, lengths)
    steps = [
        {
            "kind": scene.steps[number - 1].kind if number else "empty",
            "span": _span(_where(trace, scene, number)),
            "sentence": text.sentence,
            "why": words.place(text.order) if text.order else None,
            "latex": [words.formula(text.symbols), words.formula(text.numbers)],
            "printed": printed[number],
        }
        | _asks(trace, scene, number, text, faults)
        for number, text in enumerate(said)
    ]
    views = {detail: view(trace, scene, detail, direction, words, pictures, faults)}
    if details and len(views[detail]["elements"]) <= FEW:
        for other in get_args(Detail):
            if other not in views:
                views[other] = view(trace, scene, other, direction, words, pictures, faults)
    return {
        "index": scene.index,
        "title": _title(trace, scene),
        "direction": direction,
        "words": words.table,
        "steps": steps,
        **views.pop(detail),
        "views": views,
    }


def _said(trace: Trace, scene: Scene, history: History, faults: Faults) -> Sequence[Explanation]:
    try:
        return explanations(trace, scene, history=history)
    except Exception:
        faults.note(f"scene {scene.index + 1} cannot be explained")
        kinds = ["start", *(step.kind.replace("_", " ") for step in scene.steps)]
        return [Explanation(UNEXPLAINED.format(kind)) for kind in kinds]


def _with_gaps(scene: Scene, said: Sequence[Explanation]) -> Sequence[Explanation]:
    """What is said of the steps, and before which of them some are left out."""
    found = list(said)
    for gap in scene.gaps:
        text = f"Here {gap.steps:,} steps are left out. {said[gap.number].sentence}"
        found[gap.number] = replace(said[gap.number], sentence=text)
    return found


def _asks(trace: Trace, scene: Scene, number: int, said: Explanation, faults: Faults) -> dict[str, Any]:
    """What can be predicted at a step, left out where that is nothing."""
    if not number:
        return {}
    event = trace.events[scene.steps[number - 1].event]
    found = faults.attempt(f"the questions of step {number}", lambda: questions(event, said, trace), [])
    return {"asks": found} if found else {}


def _where(trace: Trace, scene: Scene, number: int) -> Span | None:
    return trace.events[scene.steps[number - 1].event].span if number else None


def _span(span: Span | None) -> list[int] | None:
    return None if span is None else [span.line, span.column, span.end_line, span.end_column]


def _printed(scene: Scene, lengths: Sequence[int]) -> list[int]:
    """How much of the printed text stands there at each step."""
    stops = [scene.start, *(step.stop for step in scene.steps)]
    return [lengths[stop] for stop in stops]


def _lengths(trace: Trace) -> Iterator[int]:
    """How much was printed before each event, counted as JavaScript counts, in units of UTF-16."""
    total = 0
    yield total
    for event in trace.events:
        if isinstance(event, Print):
            total += len(event.text.encode("utf-16-le", "surrogatepass")) // 2
        yield total


def _error(error: Fault | None) -> dict[str, Any] | None:
    if error is None:
        return None
    return {"type": error.type, "message": error.message, "hint": error.hint, "span": _span(error.span)}


def _title(trace: Trace, scene: Scene) -> str:
    """A scene's name: its number, and the lines of the program it comes from."""
    lines = _lines(trace, scene)
    where = "" if not lines else f", line {lines[0]}" if lines[0] == lines[-1] else f", lines {lines[0]}–{lines[-1]}"
    losses = [value.array for value in _losses(scene) if value.array is not None]
    loss = "".join(f", loss {array.item():.4g}" for array in losses)
    left_out = sum(gap.steps for gap in scene.gaps)
    shown = f", {len(scene.steps):,} of {len(scene.steps) + left_out:,} steps" if left_out else ""
    return f"Scene {scene.index + 1} of {len(trace.scenes)}{where or loss}{shown}"


def _losses(scene: Scene) -> list[Value]:
    """What a light scene's newest backward pass started from, if it is one number."""
    return [] if scene.light is None else [v for v in scene.light.losses[-1:] if v.size == 1 and v.dtype in REAL]


def _lines(trace: Trace, scene: Scene) -> Sequence[int]:
    spans = [trace.events[step.event].span for step in scene.steps]
    return sorted({span.line for span in spans if span is not None})
