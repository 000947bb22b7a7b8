"""What a backward step's sentence says of each input, put together so that it reads as one sentence."""

from __future__ import annotations

from collections import Counter

from ..notation.plain_text import spoken
from ..notation.words import listed, times
from ..rules.classify import Nature

LONGEST = 40
"""Characters of a formula that a sentence may still contain."""


class Clauses:
    """What is said of the inputs; {it} is the gradient that arrives, {target} the inputs."""

    def __init__(self) -> None:
        self._said: list[tuple[str, list[str]]] = []

    def copy(self) -> Clauses:
        """The same clauses, to which more can be said."""
        found = Clauses()
        found._said = [(clause, [*targets]) for clause, targets in self._said]
        return found

    def say(self, clause: str, target: str) -> None:
        """Adds a clause; inputs of which the same is said share one."""
        if self._said and self._said[-1][0] == clause:
            self._said[-1][1].append(target)
        else:
            self._said.append((clause, [target]))

    def sentence(self, outputs: str, number: int = 1) -> str:
        """What the node does with the gradients of its outputs, of which there are `number`.

        >>> clauses = Clauses()
        >>> for name in ("a", "b"):
        ...     clauses.say("hands {it} on to {target}", name)
        >>> clauses.sentence("c")
        'hands the gradient of c on to a and b'
        """
        if not self._said:
            return "has no input that needs a gradient"
        words = []
        for i, (clause, targets) in enumerate(self._said):
            subject = "it" if i else f"the gradient of {outputs}" if number == 1 else f"the gradients of {outputs}"
            target = listed([name if n == 1 else f"{name} ({times(n)})" for name, n in Counter(targets).items()])
            words.append(clause.replace("{it}", subject).replace("{target}", target))
        return ", and ".join(words)


def of_product(nature: Nature, formula: str) -> str:
    """A gradient times a local derivative, whose formula is given in LaTeX."""
    if formula == "1" or (nature is Nature.SAME and not formula):
        return "hands {it} on to {target} unchanged (the local derivative is 1)"
    if formula == "-1":
        return "changes the sign of {it} and hands it to {target} (the local derivative is -1)"
    if nature is Nature.COPY and formula in ("", r"\mathbf{1}"):
        return "copies {it} to every element of {target} that was summed"
    words = spoken(formula) if formula else None
    local = f"the local derivative {words}" if words is not None and len(words) <= LONGEST else "the local derivative"
    return f"multiplies {{it}} by {local} and hands it to {{target}}"


def of_linear(nature: Nature, formula: str, upstream: str) -> str:
    """A rule that is no product of elements; `formula` and the arriving gradient in it are LaTeX."""
    if nature is Nature.REARRANGE:
        return "puts the elements of {it} back where they were in {target}"
    if nature is Nature.SCATTER:
        return "puts {it} back where its elements came from in {target}, and 0 everywhere else"
    if nature is Nature.TAKE:
        return "hands to {target} the part of {it} that belongs to it"
    left, found, right = formula.partition(upstream)
    if found and not left and right.startswith(r" \, ") and (words := spoken(right.removeprefix(r" \, "))):
        return f"multiplies {{it}} by {words} from the right and hands it to {{target}}"
    if found and not right and left.endswith(r" \, ") and (words := spoken(left.removesuffix(r" \, "))):
        return f"multiplies {{it}} by {words} from the left and hands it to {{target}}"
    return "turns {it} into that of {target} by its rule"
