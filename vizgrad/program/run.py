"""Runs a program in this process, under the policy, and records it."""

from __future__ import annotations

import ast
import gc
import re
import sys
import time
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from types import FrameType
from typing import Any

import msgspec

from ..recorders.location import Where
from ..recorders.plan import Plan
from ..recorders.recording import Recording
from ..trace import Light, Span, Trace
from .engines.registry import engine
from .errors import hints, location
from .exceptions import EndsProgram, LimitReached
from .language.rewriter import compile_program
from .limits.budget import Budget, charged
from .limits.limits import Limits
from .loop_forecast import Forecast
from .overrides import NOTHING, WhatIf
from .sandbox.engine import Engine
from .sandbox.policy import Policy
from .sandbox.variables import Meanings
from .source import FILENAME, printable, tidy

CPP_PLACE = re.compile(r" \(Triggered internally at [^)]*\)$")
"""Where in PyTorch's C++ a warning comes from: nothing that a reader of the program could use."""


SPARE = 1.4
"""How many times as long as a first run a second one may take."""


def execute(
    source: str,
    engine_name: str = "numpy",
    *,
    scene: int = -1,
    limits: Limits | None = None,
    what_if: WhatIf = NOTHING,
    ended: Callable[[Span | None], None] = lambda place: None,
) -> Trace:
    """Runs a program in this process and gives its record; a fault in the program ends in `trace.error`.

    Of a long run the first scenes and number `scene` (-1: the last) are recorded whole, the others lightly. Where it
    turns out only at the end which one was the last, the program runs once more, if there is time.

    The policy and the guards hold, but not what only a worker process can bound: one long call into C, a crash.
    `what_if` changes numbers, `ended` is called when the program's own code has ended, with the place of the fault
    that ended it, if one did. Raises ValueError for an engine that there is not.

    >>> execute("print(1 + 1)").stdout
    '2\\n'
    >>> execute("print(1 +)").error.message
    'invalid syntax'
    """
    limits = limits or Limits()
    offered = engine(engine_name)
    start = time.process_time()
    trace = Run(source, offered, limits, scene, what_if).record(ended)
    left = limits.seconds - (took := time.process_time() - start)
    is_whole = not any(isinstance(event, Light) for event in trace.events) or trace.scenes[-1].is_whole
    if scene >= 0 or is_whole or SPARE * took > left:
        return trace
    rest = msgspec.structs.replace(limits, seconds=left)
    again = Run(source, offered, rest, len(trace.scenes) - 1, what_if).record(ended)
    return again if _end_of(again) == _end_of(trace) else trace


def _end_of(trace: Trace) -> str | None:
    """How a run ended."""
    return None if trace.error is None else trace.error.type


class Run:
    """One run of one program."""

    def __init__(
        self, source: str, offered: Engine, limits: Limits, scene: int = -1, what_if: WhatIf = NOTHING
    ) -> None:
        self.source = tidy(source)
        self.lines = self.source.split("\n")
        self.engine, self.limits, self.what_if = offered, limits, what_if
        self.module: dict[str, Any] = {"__name__": "__main__"}
        plan = Plan(wanted=scene, forecast=self.last_scene)
        self.recording = Recording(self.source, offered.name, Where(FILENAME, self.source), plan)
        self.recording.instead = dict(what_if.elements)
        self.budget = Budget(limits)
        self.policy = Policy(offered, self.budget, self.recording.printed)

    def record(self, when_ended: Callable[[Span | None], None]) -> Trace:
        """Compiles and runs the program, and gives its record."""
        self.go(when_ended)
        return self.recording.finish()

    def go(self, when_ended: Callable[[Span | None], None]) -> None:
        """Compiles and runs the program; everything is in the recording afterwards."""
        with warned(self.recording):
            try:
                if len(self.source) > self.limits.text:
                    raise LimitReached(
                        f"the program has {len(self.source):,} characters; the limit is {self.limits.describe('text')}"
                    )
                code = compile_program(self.source)
            except (Exception, EndsProgram) as error:
                self.fault(location.unreadable(error, self.budget, self.lines), error)
                return
            module = self.module
            meanings = Meanings(self.engine.tensor, self.engine.module, self.recording, module, self.budget.tick)
            module["__builtins__"] = self.policy.names(meanings)
            self.engine.settle()
            ended: BaseException | None = None
            with (
                self.engine.double() if self.what_if.double else nullcontext(),
                self.engine.recorder(self.recording) as recorder,
                self.engine.watch(self.budget, recorder),
                charged(self.budget),
                growing(),
            ):
                try:
                    exec(code, module)
                    if self.budget.spent is not None:
                        ended = self.budget.spent
                except KeyboardInterrupt:
                    raise
                except BaseException as raised:
                    ended = raised
                when_ended(None if ended is None else location.place(ended, self.budget, self.lines))
                if ended is not None:
                    self.fault(location.ending(ended, self.budget, self.lines), ended)
                ended = None  # with all its frames
                self.engine.settle()

    def last_scene(self, scene: int) -> int | None:
        """Which scene will be the last, asked when one begins."""
        frame: FrameType | None = sys._getframe()
        while frame is not None and not (frame.f_code.co_filename == FILENAME and frame.f_code.co_name == "<module>"):
            frame = frame.f_back
        if frame is None:
            return None
        return Forecast(ast.parse(self.source)).last_scene(scene, frame.f_lineno, self.module)

    def fault(self, ending: location.Ending, error: BaseException) -> None:
        """Writes down how the program ended."""
        hint = hints.hint(ending.type, ending.message, hints.could_be_meant(error, self.policy))
        self.recording.fault(ending.type, ending.message, ending.span, hint, location.top_line(error))


@contextmanager
def growing() -> Iterator[None]:
    """Lets Python look for cycles less often: a record has none, and grows all the time."""
    before = gc.get_threshold()
    gc.set_threshold(50_000, 10, 100)
    try:
        yield
    finally:
        gc.set_threshold(*before)


@contextmanager
def warned(recording: Recording) -> Iterator[None]:
    """Sends warnings into the record: each once for each place, as Python does."""
    seen: set[tuple[str, str, Span | None]] = set()

    def show(
        message: Warning | str, category: type[Warning], filename: str, lineno: int, file: Any = None, line: Any = None
    ) -> None:
        text = CPP_PLACE.sub("", str(message))
        key = (category.__name__, text, recording.locate())
        if key not in seen:
            seen.add(key)
            recording.warned(category.__name__, printable(text))

    with warnings.catch_warnings():
        warnings.simplefilter("always")
        warnings.showwarning = show
        yield
