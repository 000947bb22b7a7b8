"""Every step of a scene explained: in one sentence, in symbols, and with the numbers put in."""

from __future__ import annotations

from functools import cached_property

from vizgrad.trace import (
    Accumulate,
    Backward,
    Create,
    Fault,
    Forward,
    Hook,
    Inplace,
    Notation,
    Scene,
    SetGrad,
    Trace,
    Vjp,
)

from ...contained import Faults
from ..explanation import Explanation
from ..history import History, end_of
from ..notation.names import Names
from . import forward, other
from .backward_node import VjpStep

UNEXPLAINED = (
    "This step ({}) cannot be explained. "
    "The fault is vizgrad's, not the program's; the picture and the other steps stand."
)


class Explainer:
    """Explains the steps of one scene, each when asked for; what they share is worked out once."""

    def __init__(
        self, trace: Trace, scene: Scene, notation: Notation | None = None, history: History | None = None
    ) -> None:
        self.trace, self.scene = trace, scene
        self.notation = Notation(trace, scene) if notation is None else notation
        self._shared = history
        self.faults = Faults()

    @cached_property
    def _history(self) -> History:
        stop = end_of(self.trace, self.scene)
        if self._shared is None or self._shared.stop > stop:  # which knows what comes later already
            return History.of(self.trace, self.scene)
        self._shared.advance(stop)
        return self._shared

    @cached_property
    def _names(self) -> Names:
        return Names(self.trace, self.scene, self.notation, self._history)

    def step(self, number: int) -> Explanation:
        """What happens at a step; 0 is the stage before the first. Raises IndexError for one the scene has not.

        A fault of ours stays in its place: such a step says that it cannot be explained.
        """
        self.scene.events_at(number)
        try:
            return self._explained(number)
        except Exception:
            kind = self.scene.steps[number - 1].kind if number else "start"
            self.faults.note(f"step {number} ({kind}) of scene {self.scene.index + 1} cannot be explained")
            return Explanation(UNEXPLAINED.format(kind.replace("_", " ")))

    def _explained(self, number: int) -> Explanation:
        if number == 0:
            return other.empty(self.trace, self.scene)
        step = self.scene.steps[number - 1]
        place = step.event
        event = self.trace.events[place]
        match event:
            case Create():
                return other.create(event, self.trace, self._names, self._history.asked.get(event.tensor), step.stop)
            case Forward():
                made = self._history.made(place)
                return forward.forward(event, made, self.trace, self._names, self.notation, self.faults)
            case Inplace():
                return forward.inplace(event, self._history.made(place), self.trace, self._names, self.faults)
            case Backward():
                return other.backward(event, self._names, place)
            case Vjp():
                return VjpStep(event, self.trace, self._names, self._history, self.faults).explain()
            case Accumulate():
                return other.accumulate(event, self._names, place)
            case SetGrad():
                return other.set_grad(event, self._history.grads_before.get(place), self._names)
            case Hook():
                return other.hook(event, self.trace, self._names, self._history.backward_at(place), place)
            case Fault():
                return other.fault(event)
        raise TypeError(f"a step is made of one of the events a reader stops at, not of {event.kind!r}")


def explain(trace: Trace, scene: Scene, number: int, notation: Notation | None = None) -> Explanation:
    """What happens at step `number` of a scene, 0 … n.

    For many steps of one scene, `explanations` is faster. Raises IndexError for a step the scene does not have.
    """
    return Explainer(trace, scene, notation).step(number)


def explanations(
    trace: Trace, scene: Scene, notation: Notation | None = None, history: History | None = None
) -> list[Explanation]:
    """All steps of a scene, explained: the stage before the first, then each in order.

    `history` may be one and the same for scenes that are explained in their order: then it is gathered once.
    """
    explainer = Explainer(trace, scene, notation, history)
    return [explainer.step(number) for number in range(len(scene.steps) + 1)]
