"""The public API: the one module that may reach every room, each only when it is called."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Self, cast

from . import trace as _trace

if TYPE_CHECKING:
    from graphviz import Digraph

    from .recorders.watch import Watch
    from .trace.compare import Comparison

ENGINES = ("numpy", "torch")


class Trace(_trace.Trace, frozen=True, kw_only=True, dict=True):
    """The record of one run, with everything that can be made of it.

    `error`, `stdout`, `warnings`, `variables`, `events`, `steps`, `scenes`, `at(i)`, `to_json()` and
    `from_json(text)` tell what happened; `dot`, `svg`, `png`, `pdf` and `html` show it.

    >>> trace = run("import torch\\nx = torch.ones(2, requires_grad=True)\\ny = (3 * x).sum()\\ny.backward()")
    >>> trace["x"].grad.tolist(), trace["y"].grad_fn
    ([3.0, 3.0], 'SumBackward0')
    """

    @classmethod
    def of(cls, record: _trace.Trace) -> Self:
        """The same record with the methods of this class."""
        return cls(**{name: getattr(record, name) for name in record.__struct_fields__})

    def dot(self, scene: int = -1, step: int | None = None, detail: str = "full", direction: str = "LR") -> Digraph:
        """The picture of one step (None: the last) of one scene, as Graphviz source.

        `detail` is "full", "simple" or "pytorch" (grad_fn nodes only); `direction` is "LR" or "TB". Raises IndexError
        for a scene or step that there is not, ValueError for another detail or direction.
        """
        from .draw.layout.dot import dot

        return dot(self, scene, step, detail, direction)

    def svg(self, scene: int = -1, step: int | None = None, detail: str = "full", direction: str = "LR") -> str:
        """The picture as SVG text; arguments as in `dot`."""
        from .draw.render.picture import svg

        return svg(self, scene, step, detail, direction)

    def png(self, scene: int = -1, step: int | None = None, detail: str = "full", direction: str = "LR") -> bytes:
        """The picture as PNG; arguments as in `dot`."""
        return self._image("png", scene, step, detail, direction)

    def pdf(self, scene: int = -1, step: int | None = None, detail: str = "full", direction: str = "LR") -> bytes:
        """The picture as PDF; arguments as in `dot`."""
        return self._image("pdf", scene, step, detail, direction)

    def _image(self, format: str, scene: int, step: int | None, detail: str, direction: str) -> bytes:
        from .draw.render.picture import render

        return cast(bytes, render(self, format, scene, step, detail, direction))

    def _notebook(self) -> str:
        from .program.notebook import ipynb

        return ipynb.write(self.source, self)

    def html(self, scene: int | None = None, step: int | None = None, title: str | None = None) -> str:
        """The step player in one self-contained HTML file, with all scenes or one; opens at `step` (None: the last)."""
        from .player.standalone import html

        return html(self, scene, step, title)

    def save(self, path: str | Path) -> None:
        """Writes the format that the path's ending names; .py and .ipynb hold the program. ValueError for another."""
        path = Path(path)
        ways: dict[str, Callable[[], str | bytes]] = {
            ".html": self.html,
            ".svg": self.svg,
            ".png": self.png,
            ".pdf": self.pdf,
            ".dot": lambda: self.dot().source,
            ".json": self.to_json,
            ".ipynb": self._notebook,
            ".py": lambda: self.source,
        }
        make = ways.get(path.suffix.lower())
        if make is None:
            raise ValueError(
                f"cannot write {path.name!r}: name a .html, .svg, .png, .pdf, .dot, .json, .ipynb or .py file"
            )
        made = make()
        path.write_bytes(made if isinstance(made, bytes) else made.encode())


def run(source: str, engine: str = "numpy", *, scene: int = -1, isolated: bool = True) -> Trace:
    """Runs a program and records it; a fault in the program ends in `trace.error`, it is never raised.

    `engine` is "numpy" (our own core) or "torch". The program runs under vizgrad's policy in a worker process with
    limits on time and memory; `isolated=False` runs it, under the same policy, in this process: for tests and trusted
    callers. Of a run with very many scenes the first ones and number `scene` (-1: the last) are recorded whole, of the
    others the loss and the norms of the gradients: `trace.omitted` says what is missing, `trace.course` has the curves.
    Raises ValueError for an engine that there is not.

    >>> run("import torch\\nx = torch.tensor(2.0, requires_grad=True)\\nx.foo").error.message
    "'Tensor' object has no attribute 'foo'"
    """
    if engine not in ENGINES:
        raise ValueError(f"there is no engine {engine!r}: choose one of {', '.join(map(repr, ENGINES))}")
    if isolated:
        from .program.isolated import run as run_isolated

        return Trace.of(run_isolated(source, engine, scene=scene))
    from .program.run import execute

    return Trace.of(execute(source, engine, scene=scene))


class record:
    """Records ordinary Python with real PyTorch, or `vizgrad.autodiff`, in it: `with vizgrad.record() as trace:`.

    The trace is filled when the block ends; an error inside is recorded and raised as usual. Nothing is isolated: it
    is your own code.

    >>> import vizgrad.autodiff as torch
    >>> with record() as trace:
    ...     x = torch.ones(2, requires_grad=True)
    ...     x.sum().backward()
    >>> trace["x"].grad.tolist()
    [1.0, 1.0]
    """

    def __init__(self) -> None:
        self._watch: Watch | None = None

    def __enter__(self) -> Trace:
        import sys

        from .recorders.watch import Watch

        self._trace = Trace(engine="", source="", tensors=(), nodes=(), events=())
        self._watch = Watch(sys._getframe(1))
        self._watch.__enter__()
        return self._trace

    def __exit__(
        self, type: type[BaseException] | None, value: BaseException | None, traceback: TracebackType | None
    ) -> None:
        from msgspec.structs import force_setattr

        assert self._watch is not None
        self._watch.__exit__(type, value, traceback)
        made = self._watch.trace()
        self._trace.__dict__.clear()  # what was derived from the empty trace
        for name in made.__struct_fields__:
            force_setattr(self._trace, name, getattr(made, name))


def compare(a: _trace.Trace, b: _trace.Trace) -> Comparison:
    """Compares two traces of one program: `.matches`, and `.differences`, each a readable sentence."""
    from .trace.compare import compare

    return compare(a, b)
