"""What tensors and their gradients are called in sentences and in formulae."""

from __future__ import annotations

import re
from functools import lru_cache
from types import EllipsisType

from vizgrad.trace import Backward, Notation, Scene, Trace

from ..history import History


class Names:
    """Names of the tensors of one scene and of their gradients.

    A gradient is a partial derivative of the one scalar it is the gradient of, `∂o/∂x`. Where a backward pass starts
    from several tensors, from one that is no scalar, or from a gradient other than 1, it is no single derivative, and
    is written as textbooks write an adjoint: x with a bar.
    """

    def __init__(self, trace: Trace, scene: Scene, notation: Notation, history: History) -> None:
        self._trace, self._notation, self._history = trace, notation, history
        self._known = frozenset(scene.tensors)
        self._stop = scene.stop
        self._roots: dict[int, str | None] = {}

    def plain(self, tensor: int, node: int | EllipsisType | None = ..., at: int | None = None) -> str:
        """The tensor's name in words.

        Where operations in place made it several times, its version is added: as `node` made it (None: as it was
        before them), or as it was before event `at`.
        """
        version = self._history.version(tensor, node, at)
        return self._name(tensor) + (f" (version {version})" if version is not None else "")

    def latex(self, tensor: int, node: int | EllipsisType | None = ..., at: int | None = None) -> str:
        """The same in LaTeX."""
        version = self._history.version(tensor, node, at)
        return _tex(self._name(tensor)) + (f"^{{({version})}}" if version is not None else "")

    def gradient(self, tensor: int, backward: int, node: int | EllipsisType | None = ...) -> str:
        """The gradient of a tensor in LaTeX."""
        return gradient(self.latex(tensor, node), self.root(backward))

    def root(self, backward: int) -> str | None:
        """The scalar that the pass differentiates, in LaTeX; None where there is no single one."""
        if backward not in self._roots:
            start = self._history.backwards[backward]
            name = self.latex(start.roots[0], at=self._history.begun[backward])
            self._roots[backward] = name if is_derivative(start) else None
        return self._roots[backward]

    def output(self, node: int, nr: int = 0) -> int | None:
        """The tensor that is output `nr` of a node, or the leaf of an AccumulateGrad; None if it was not recorded."""
        record = self._trace.nodes[node]
        if record.variable is not None:
            return record.variable
        made = self._history.outputs(node)
        return made[nr] if nr < len(made) else None

    def path(self, node: int, slot: int, latex: str, backward: int) -> str:
        """The gradient that comes back to a tensor through one operation: (∂o/∂y)(∂y/∂x), in LaTeX.

        `node` is the operation's, `slot` its input that the tensor is, `latex` the tensor's name. An operation with
        several outputs has a product for each that got a gradient; one that uses the tensor twice numbers them.
        """
        products = []
        number = "" if self._uses(node, slot) == 1 else rf"_{{{slot + 1}}}"
        for nr in range(len(self._history.outputs(node))):
            output = self.output(node, nr)
            if output is None or not self._history.arriving.get((backward, node, nr)):
                continue
            through = rf"\frac{{\partial {self.latex(output, node)}}}{{\partial {latex}}}"
            if number:
                through = rf"\left({through}\right){number}"
            products.append(rf"{self.gradient(output, backward, node)} \, {through}")
        whole = gradient(latex, self.root(backward))
        return " + ".join(products) or rf"\left({whole}\right)_{{{slot + 1}}}"

    def _uses(self, node: int, slot: int) -> int:
        """How often an operation uses the tensor that it has in a slot."""
        edges = self._trace.nodes[node].edges
        return sum(e == edges[slot] for e in edges) if slot < len(edges) else 1

    def maker(self, tensor: int, at: int) -> int | None:
        """The node that had made the tensor what it was before event `at`; None for a leaf."""
        return self._history.maker(tensor, at)

    def _name(self, tensor: int) -> str:
        if tensor in self._known:
            return self._notation.name(tensor)
        given = self._trace.bindings.first.get(tensor)
        return given.name if given is not None and given.event < self._stop else f"t{tensor}"


_tex = lru_cache(maxsize=1024)(Notation.tex_of)  # a name is written many times


def is_derivative(start: Backward) -> bool:
    """Whether a backward pass computes the derivatives of one scalar: one root of one element, and 1 as its seed."""
    if len(start.roots) != 1 or start.seeds[0].size != 1:
        return False
    seed = start.seeds[0].array
    return seed is not None and seed.ravel()[0] == 1


def gradient(name: str, root: str | None) -> str:
    r"""The gradient of a tensor whose name in LaTeX is given: a partial derivative, or a bar without a root.

    >>> print(gradient("v_{1}", "o"), gradient("v_{1}", None))
    \frac{\partial o}{\partial v_{1}} \bar{v}_{1}
    """
    if root is not None:
        return rf"\frac{{\partial {root}}}{{\partial {name}}}"
    return accented(r"\bar", name)


def accented(accent: str, name: str) -> str:
    r"""A name with an accent over its letter, not over its subscript.

    >>> print(accented(r"\tilde", "b_{2}"))
    \tilde{b}_{2}
    """
    letter, mark, rest = name.partition("_{")
    if not mark or not re.fullmatch(r"\d+\}.*", rest, re.S):
        letter, hat, power = name.partition("^{(")
        return rf"{accent}{{{letter}}}{hat}{power}"
    return rf"{accent}{{{letter}}}_{{{rest}"
