"""All about one tensor: its facts, and the rule of its operation as it stands in the core."""

from __future__ import annotations

import msgspec

from ..trace import Notation, Scene, Trace
from .request import Request, ask
from .traces import read, scene_of

MOST = 500
"""Tensors that can be chosen from, the newest of a scene; and one that was clicked."""
LONGEST_LABEL = 120
LONGEST_TEXT = 8_000


class Rule(msgspec.Struct, frozen=True):
    """The record of an operation: `code` from line `line` of `file`, and LaTeX by the input that it is for."""

    code: str
    file: str
    line: int
    formulas: tuple[tuple[str, str], ...]


class Inspected(msgspec.Struct, frozen=True):
    """One tensor at the end of a scene (None: there is none), and all that can be looked at, by their numbers.

    `facts` are pairs of a word and a text. Where no `rule` is known, `no_rule` says why.
    """

    tensor: int | None = None
    labels: dict[int, str] = {}
    facts: tuple[tuple[str, str], ...] = ()
    rule: Rule | None = None
    no_rule: str = ""


class Inspect(Request, frozen=True, tag="inspect"):
    """What is known of a tensor, the last one made if it is not in the scene."""

    scene: int
    tensor: int | None = None

    def answer(self, body: bytes) -> tuple[Inspected, bytes]:
        """The facts, and the rule."""
        from .facts import facts

        trace = read(body)
        scene = scene_of(trace, self.scene)
        labels = labels_of(trace, scene, self.tensor)
        if not labels:
            return Inspected(), b""
        tensor = self.tensor if self.tensor in labels else list(labels)[-1]
        told = tuple((word, cut(text)) for word, text in facts(trace, scene, tensor))
        rule, why = rule_of(trace, scene, tensor)
        return Inspected(tensor, labels, told, rule, why), b""


def inspected(trace: bytes, scene: int, tensor: int | None) -> Inspected:
    """What is known of a tensor in a scene of a trace, given as JSON; raises NotPresented."""
    return ask(Inspect(scene, tensor), Inspected, trace)[0]


def labels_of(trace: Trace, scene: Scene, wanted: int | None) -> dict[int, str]:
    """The newest tensors of a scene, and the wanted one, as one chooses them."""
    notation, there = Notation(trace, scene), trace.at(scene.stop).values
    found = [t for t in scene.tensors if t in there]
    shown = found[-MOST:]
    if wanted is not None and wanted in found[:-MOST]:
        shown = [wanted, *shown]
    return {t: cut(f"{notation.name(t)} = {notation.expression(t)}", LONGEST_LABEL) for t in shown}


def rule_of(trace: Trace, scene: Scene, tensor: int) -> tuple[Rule | None, str]:
    """The rule of the operation that made a tensor, or why there is none."""
    from ..explain.rules.source import op_source

    source = trace.at(scene.stop).grad_fn.get(tensor)
    if source is None:
        return None, "A leaf: no operation made it, so no rule belongs to it."
    node = trace.nodes[source[0]]
    found = op_source(node.op, node.name)
    if found is None:
        return None, cut(f"{node.name} runs code of the program's own: the core has no rule for it.")
    return Rule(found.code, found.file, found.line, found.formulas), ""


def cut(text: str, longest: int = LONGEST_TEXT) -> str:
    """A text, or its beginning.

    >>> cut("abcdef", 4), cut("abc", 4)
    ('abcd …', 'abc')
    """
    return text if len(text) <= longest else f"{text[:longest]} …"


def prepare() -> None:
    """Reads what a rule is shown from."""
    from ..explain.rules import source

    source.prepare()


def rehearsals(trace: bytes) -> tuple[tuple[Request, bytes], ...]:
    """Requests that use everything that is imported here."""
    return (Inspect(-1), trace), (Inspect(-1, 0), trace)
