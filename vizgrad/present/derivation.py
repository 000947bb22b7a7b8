"""By hand: the derivation of a derivative, and the judging of one that a reader typed."""

from __future__ import annotations

from importlib import import_module
from itertools import islice
from pkgutil import iter_modules
from typing import TYPE_CHECKING

import msgspec

from ..trace import Notation, Scene, Trace, Vjp
from .request import SECONDS, STUDY, NotNow, NotPresented, Request, ask
from .traces import read, scene_of

if TYPE_CHECKING:
    from ..explain import Explainer
    from ..explain.symbolic.derive import Derivation

MOST_LEAVES = 100
MOST_RULES = 40
"""Local rules that are listed where there is no closed form."""
MOST_LINES = 60
LONGEST_LINE = 4_000
"""Characters of LaTeX in one line: more than that nobody reads, and the browser would be long at it."""
LONGEST_TEXT = 20_000
LONGEST_NAME = 100
LONGEST_ANSWER = 400
"""Characters of a derivative that is typed."""


class Part(msgspec.Struct, frozen=True):
    """Lines of LaTeX under a word for what they are."""

    title: str
    lines: tuple[str, ...]


class Derived(msgspec.Struct, frozen=True):
    """The derivative by one leaf.

    `leaves` can be chosen from, by their numbers; there is nothing to derive where there are none. `parts` is the
    derivation; where there is no closed form, `reason` says why, and `rules` are the local rules, from the output down
    (`has_more`: and others). `gradient` is what autograd computed, in PyTorch's words (None: nothing), and `agrees`
    whether that is what was derived, if that is known. `is_scalar` says that the leaf is one number.
    """

    leaves: dict[int, str] = {}
    leaf: int = -1
    parts: tuple[Part, ...] = ()
    reason: str | None = None
    rules: tuple[str, ...] = ()
    has_more: bool = False
    gradient: str | None = None
    agrees: bool | None = None
    is_scalar: bool = True


class Derive(Request, frozen=True, tag="derive"):
    """The derivation by a leaf of one scene (None: by the first); with a `reason` not to try, the local rules alone."""

    variant = STUDY
    stands_back = True

    scene: int
    leaf: int | None = None
    reason: str | None = None

    def answer(self, body: bytes) -> tuple[Derived, bytes]:
        """The derivation, beside what the machine says."""
        trace = read(body)
        scene = scene_of(trace, self.scene)
        leaves = leaves_of(trace, scene)
        if not leaves:
            return Derived(), b""
        leaf = self.leaf if self.leaf in leaves else next(iter(leaves))
        told = Derived(
            leaves=leaves,
            leaf=leaf,
            gradient=gradient(trace, scene, leaf),
            is_scalar=trace.tensors[leaf].shape == (),
        )
        if self.reason is not None:
            return without_closed_form(told, trace, scene, self.reason), b""
        from ..explain.symbolic.derive import Derivation, derive

        found = derive(trace, scene, leaf)
        if not isinstance(found, Derivation):
            return without_closed_form(told, trace, scene, found.reason), b""
        return msgspec.structs.replace(told, parts=parts(found), agrees=found.agrees), b""


class Verdict(msgspec.Struct, frozen=True):
    """What became of a typed derivative: "right", "here", "wrong" or "unreadable", and a sentence for the reader."""

    kind: str
    sentence: str


class Judge(Request, frozen=True, tag="judge"):
    """Whether a typed derivative by a leaf is right."""

    variant = STUDY

    scene: int
    leaf: int
    text: str

    def answer(self, body: bytes) -> tuple[Verdict, bytes]:
        """Derives once more, and compares."""
        from ..explain.symbolic.derive import Derivation, derive
        from ..explain.symbolic.grade import judge

        trace = read(body)
        found = derive(trace, scene_of(trace, self.scene), self.leaf)
        if not isinstance(found, Derivation):
            raise NotPresented(found.reason)
        verdict = judge(found, self.text[:LONGEST_ANSWER])
        return Verdict(verdict.kind, verdict.sentence[:LONGEST_TEXT]), b""


def derived(trace: bytes, scene: int, leaf: int | None) -> Derived:
    """The derivation in a scene of a trace, given as JSON; where SymPy needs too much, the chain of local rules.

    Raises NotPresented.
    """
    try:
        return ask(Derive(scene, leaf), Derived, trace, seconds=SECONDS)[0]
    except NotNow:
        raise
    except NotPresented as why:
        reason = f"{why} No closed form is attempted."
        return ask(Derive(scene, leaf, reason), Derived, trace)[0]


def judged(trace: bytes, scene: int, leaf: int, text: str) -> Verdict:
    """What became of a typed derivative; raises NotPresented."""
    return ask(Judge(scene, leaf, text[:LONGEST_ANSWER]), Verdict, trace)[0]


def leaves_of(trace: Trace, scene: Scene) -> dict[int, str]:
    """The leaves of a scene that require a gradient, with their names, if some backward pass of it reaches them."""
    end, notation = trace.at(scene.stop), Notation(trace, scene)
    reached = {
        trace.nodes[edge.node].variable
        for event in trace.events[scene.start : scene.stop]
        if isinstance(event, Vjp)
        for edge in trace.nodes[event.node].edges
        if edge is not None
    }
    found = [t for t in scene.tensors if t in reached and end.requires_grad.get(t)]
    return {t: notation.name(t)[:LONGEST_NAME] for t in found[:MOST_LEAVES]}


def gradient(trace: Trace, scene: Scene, leaf: int) -> str | None:
    """The leaf's .grad at the end of the scene, as PyTorch prints it."""
    from .elements import elements_text

    kept = trace.at(scene.stop).grads.get(leaf)
    return None if kept is None else elements_text(kept)[:LONGEST_TEXT]


def parts(found: Derivation) -> tuple[Part, ...]:
    """The derivation line by line, each part under a word for what it is."""
    derivative = (found.chain, found.derivative) if found.chain else (found.derivative,)
    named = (
        ("The program in index notation", found.definitions),
        ("All in one", (found.combined,) if found.combined else ()),
        ("Its derivative" + (", along the chain" if found.chain else ""), derivative),
        ("At the point", found.substitution),
    )
    return tuple(Part(title, tuple(map(line, lines[:MOST_LINES]))) for title, lines in named if lines)


def line(latex: str) -> str:
    """One line, if it can be read."""
    return latex if len(latex) <= LONGEST_LINE else rf"\text{{a formula of {len(latex):,} signs}}"


def without_closed_form(told: Derived, trace: Trace, scene: Scene, reason: str) -> Derived:
    """The chain of local rules, where no closed form is attempted."""
    from ..explain import Explainer

    explainer = Explainer(trace, scene)
    backwards = (n for n, step in enumerate(scene.steps, 1) if isinstance(trace.events[step.event], Vjp))
    symbols = (text for n in backwards if (text := rule(explainer, n)))
    rules = tuple(map(line, islice(symbols, MOST_RULES)))
    has_more = next(symbols, None) is not None
    return msgspec.structs.replace(told, reason=reason[:LONGEST_TEXT], rules=rules, has_more=has_more)


def rule(explainer: Explainer, number: int) -> str:
    """The rule of one step in LaTeX; a step that cannot be written says so in its place."""
    try:
        return explainer.step(number).symbols
    except Exception:  # whatever it is, the other steps are told
        return rf"\text{{step {number} cannot be written as a formula}}"


def prepare() -> None:
    """Loads what SymPy loads late, each in a case of its own."""
    from sympy.sets import handlers

    for late in iter_modules(handlers.__path__, f"{handlers.__name__}."):
        import_module(late.name)


def rehearsals(trace: bytes) -> tuple[tuple[Request, bytes], ...]:
    """Requests that use everything that a derivation imports."""
    typed = [Judge(-1, 0, text) for text in ("2*x + exp(x) - exp(x)", "sin(x)^2/x")]
    return tuple((one, trace) for one in (Derive(-1), Derive(-1, reason="none"), *typed))
