"""The running app under load, with raw clients on this machine: how long runs take, what is left, what a kill costs.

    python -m tests.benchmarks.server [load] [memory] [visits] [freezes] [kills] [--seconds 60] [--sessions 100] …

Without a name all scenarios run, each on a server of its own, in about six minutes. The clients need processor time as
well: how late their own loop was is told with the figures.
"""

from __future__ import annotations

import argparse
import asyncio
import collections
import contextlib
import itertools
import os
import random
import signal
import statistics
import sys
import time
from collections.abc import Callable, Coroutine, Iterable
from typing import Any

from vizgrad import gallery

from . import freezes, processes
from .processes import Holdings
from .raw_client import Run, Visitor
from .serving import FORGET, Server, serving

MOST_AT_ONCE = 8
"""Connections that are begun at the same time."""

PATIENCE = 30.0
"""Seconds for which a visitor waits for a run."""

SLOW = 3.0
"""Seconds after which a run counts as one that was noticed, where something was killed."""


# -- visitors


def edited(lesson: gallery.Lesson) -> str:
    """A lesson with a line more, which no other visitor has."""
    return f"{lesson.source}\nedited = torch.ones(2) * {random.randrange(10**9)}\n"


def lessons() -> list[gallery.Lesson]:
    """The lessons that run through."""
    return [one for one in gallery.lessons() if not one.fails]


async def ordinary(server: Server, number: int, every: float, until: float, runs: list[Run]) -> None:
    """A visitor who runs an edited lesson every so many seconds, and comes again where the connection is lost."""
    lesson = lessons()[number % len(lessons())]
    while time.monotonic() < until:
        try:
            async with Visitor(server.port, lesson.slug, server.engine, patience=PATIENCE) as visitor:
                if visitor.first.problem:
                    runs.append(visitor.first)
                else:
                    await run_on(visitor, lesson, every, until, runs)
        except (OSError, KeyError, TimeoutError) as error:
            runs.append(Run(time.monotonic(), 0.0, f"no page: {error!r}"[:100]))
            await asyncio.sleep(1)


async def run_on(visitor: Visitor, lesson: gallery.Lesson, every: float, until: float, runs: list[Run]) -> None:
    """Runs an edited lesson every so many seconds until then, or until the connection is lost."""
    while (now := time.monotonic()) < until:
        runs.append(run := await visitor.run(edited(lesson)))
        if run.problem == "disconnected":
            break
        await asyncio.sleep(max(0.0, now + every - time.monotonic()))


async def side_by_side(jobs: Iterable[Coroutine[Any, Any, Any]]) -> list[Any]:
    """What the jobs give, a few of them at a time."""
    gate = asyncio.Semaphore(MOST_AT_ONCE)

    async def one(job: Coroutine[Any, Any, Any]) -> Any:
        async with gate:
            return await job

    return await asyncio.gather(*map(one, jobs))


class Watch:
    """Looks at a server all the time: its health check, the memory of the whole, and how late our own loop is."""

    def __init__(self, server: Server) -> None:
        self.server = server
        self.health, self.memory, self.late = [0.0], [0.0], [0.0]

    async def __aenter__(self) -> Watch:
        self._tasks = [asyncio.create_task(work()) for work in (self._check, self._weigh, self._feel)]
        return self

    async def __aexit__(self, *_: object) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _check(self) -> None:
        while True:
            began = time.monotonic()
            try:
                async with asyncio.timeout(30):
                    reader, writer = await asyncio.open_connection("127.0.0.1", self.server.port)
                    writer.write(b"GET /_stcore/health HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n")
                    is_well = (await reader.read()).startswith(b"HTTP/1.1 200")
                    writer.close()
                self.health.append(time.monotonic() - began if is_well else float("inf"))
            except (TimeoutError, OSError):
                self.health.append(float("inf"))
            await asyncio.sleep(0.25)

    async def _weigh(self) -> None:
        while True:
            self.memory.append(await asyncio.to_thread(processes.total, self.server.pid))
            await asyncio.sleep(0.5)

    async def _feel(self) -> None:
        while True:
            began = time.monotonic()
            await asyncio.sleep(0.05)
            self.late.append(time.monotonic() - began - 0.05)

    def tell(self) -> None:
        """The rows of what was seen."""
        self.server.tell("health check, worst", f"{max(self.health):.2f} s", "≤ 1 s", max(self.health) <= 1)
        self.server.tell(
            "memory of all processes, peak", f"{max(self.memory):.0f} MiB", "≤ 2048", max(self.memory) <= 2048
        )
        self.server.tell("the clients' own loop was late by", f"{max(self.late):.2f} s", "at most")


def tell_runs(server: Server, runs: list[Run], median: float, slow: float) -> None:
    """The rows about runs; one that failed counts as long as it was waited for."""
    times = sorted(run.seconds if not run.problem else PATIENCE for run in runs) or [float("inf")]
    middle, late = statistics.median(times), times[min(len(times) - 1, int(0.95 * len(times)))]
    server.tell("runs", str(len(runs)))
    server.tell("a run, median", f"{middle:.2f} s", f"≤ {median:g} s", middle <= median)
    server.tell("a run, 95 %", f"{late:.2f} s", f"≤ {slow:g} s", late <= slow)
    server.tell("a run, longest", f"{times[-1]:.2f} s")
    problems = collections.Counter(run.problem for run in runs if run.problem)
    server.tell("runs that failed", str(problems.total()), "0", not problems)
    for problem, count in problems.most_common(5):
        server.tell(f"    {problem[:48]}", str(count))


def tell_log(server: Server) -> None:
    """What the server said of itself."""
    count = server.log.read_text(errors="replace").count("Traceback")
    server.tell("tracebacks in the server's log", str(count), "0", not count)


# -- scenarios


async def load(server: Server, options: argparse.Namespace) -> None:
    """Many sessions, each of which runs an edited lesson every few seconds."""
    await warm(server)
    runs: list[Run] = []
    mine = list(itertools.islice(itertools.cycle(lessons()), options.sessions))
    visitors = [Visitor(server.port, lesson.slug, server.engine, patience=PATIENCE) for lesson in mine]

    async def later(number: int, until: float) -> None:
        await asyncio.sleep(number * options.every / options.sessions)
        await run_on(visitors[number], mine[number], options.every, until, runs)

    async with contextlib.AsyncExitStack() as stack:
        began = time.monotonic()
        await side_by_side(stack.enter_async_context(one) for one in visitors)
        server.tell("until every session had its first picture", f"{time.monotonic() - began:.1f} s")
        until = time.monotonic() + options.seconds
        async with Watch(server) as watch:
            await asyncio.gather(*(later(number, until) for number in range(options.sessions)))
    tell_runs(server, runs, 1, 3)
    watch.tell()


async def memory(server: Server, options: argparse.Namespace) -> None:
    """What a session costs that has run a lesson and is idle."""
    await warm(server)
    before = await at_rest(server)
    lesson = gallery.lesson(gallery.FIRST_VISIT)
    async with contextlib.AsyncExitStack() as stack:
        visitors = [Visitor(server.port, engine=server.engine) for _ in range(options.sessions)]
        await side_by_side(stack.enter_async_context(one) for one in visitors)
        runs = await side_by_side(one.run(edited(lesson)) for one in visitors)
        await side_by_side(one.settled() for one in visitors)
        await asyncio.sleep(options.idle)
        after = Holdings.of(server.pid)
    each = (after.memory - before.memory) / options.sessions
    server.tell("sessions that ran, and failed to", f"{len(runs)}, {sum(bool(run.problem) for run in runs)}")
    server.tell("memory before", f"{before.server:.0f} + {before.others:.0f} MiB", "the server, its others")
    server.tell(f"memory after {options.idle:g} s of rest", f"{after.server:.0f} + {after.others:.0f} MiB")
    server.tell("memory of a session", f"{each:.2f} MiB", "≤ 1 MiB", each <= 1)


async def visits(server: Server, options: argparse.Namespace) -> None:
    """What visitors leave who came, ran once and went."""
    await warm(server)
    await side_by_side(visit(server, number) for number in range(40))
    before = await at_rest(server)
    runs = await side_by_side(visit(server, number) for number in range(options.visits))
    after = await at_rest(server)
    server.tell("visits, and runs that failed", f"{len(runs)}, {sum(bool(run.problem) for run in runs)}")
    more = after.memory - before.memory
    server.tell("memory before", f"{before.server:.0f} + {before.others:.0f} MiB", "the server, its others")
    server.tell("memory more afterwards", f"{more:.1f} MiB", "≤ 16 MiB", more <= 16)
    for name in ("processes", "threads", "descriptors"):
        was, now = getattr(before, name), getattr(after, name)
        server.tell(f"{name} before, and more afterwards", f"{was}, {now - was:+d}", "+0", now <= was)


async def visit(server: Server, number: int) -> Run:
    """One visitor who comes, runs a lesson once and goes."""
    lesson = lessons()[number % len(lessons())]
    try:
        async with Visitor(server.port, lesson.slug, server.engine) as visitor:
            run = await visitor.run(edited(lesson))
            await visitor.settled()  # what stands below the picture is there, too
            return run
    except (OSError, KeyError, TimeoutError) as error:
        return Run(time.monotonic(), 0.0, repr(error))


async def frozen(server: Server, options: argparse.Namespace) -> None:
    """An ordinary visitor beside some who run the worst there is."""
    await warm(server)
    until = time.monotonic() + options.seconds
    runs: list[Run] = []
    first = [number * len(freezes.FREEZES) // options.freezers for number in range(options.freezers)]
    loop_until = asyncio.get_running_loop().time() + options.seconds
    async with Watch(server) as watch:
        worst = (freezes.freezer(server.port, one, loop_until, patience=15) for one in first)
        sent, _ = await asyncio.gather(asyncio.gather(*worst), ordinary(server, 2, 1.5, until, runs))
    server.tell("runs of the worst programs that were sent", str(sum(sent)))
    tell_runs(server, runs, 1, 3)
    watch.tell()


async def kills(server: Server, options: argparse.Namespace) -> None:
    """Ordinary visitors while one process after the other is killed."""
    await warm(server)
    every, pause = 1.5, 4.0
    until = time.monotonic() + options.seconds
    runs: list[list[Run]] = [[] for _ in range(10)]
    struck: list[tuple[float, str]] = []

    async def strike() -> None:
        done: collections.Counter[str] = collections.Counter()
        while time.monotonic() + pause < until:
            await asyncio.sleep(pause)
            if (victim := await _victim(server, done)) is not None:
                struck.append((time.monotonic(), victim[0]))
                done[victim[0]] += 1
                with contextlib.suppress(ProcessLookupError):
                    os.kill(victim[1], signal.SIGKILL)

    visitors = (ordinary(server, number, every, until, mine) for number, mine in enumerate(runs))
    await asyncio.gather(strike(), *visitors)
    for kind in sorted({kind for _, kind in struck}):
        costs = [_cost(runs, when, pause) for when, one in struck if one == kind]
        failed, most, slow = (
            sum(cost[0] for cost in costs),
            max(cost[1] for cost in costs),
            sum(cost[2] for cost in costs),
        )
        told = f"{len(costs)}: {failed}, {most}, {slow}"
        server.tell(f"{kind[:54]}", told, "kills: failed, most for one, slow", most <= 1)
    tell_runs(server, list(itertools.chain(*runs)), 1, 3)
    server.tell("the server stands", str(bool(processes.family(server.pid))), "True")


def _cost(runs: list[list[Run]], when: float, pause: float) -> tuple[int, int, int]:
    """The runs that failed on a kill, the most of one visitor, and those that were slow."""

    def meets(run: Run) -> bool:
        return run.began < when + pause and run.began + run.seconds > when

    failed = [sum(bool(run.problem) for run in mine if meets(run)) for mine in runs]
    slow = sum(not run.problem and run.seconds > SLOW for mine in runs for run in mine if meets(run))
    return sum(failed), max(failed), slow


async def _victim(server: Server, done: collections.Counter[str]) -> tuple[str, int] | None:
    """A process of the server's, of the kind that was killed least; waits a little for kinds that are rare."""
    found: dict[str, int] = {}
    known: set[str] = set(done)
    for _ in range(200):
        found = {
            f"{kind}, {'busy' if one.state == 'R' else 'idle'}": one.pid for kind, one in processes.workers(server.pid)
        }
        known |= set(found)
        least = min((done[kind] for kind in known), default=0)
        for kind, pid in found.items():
            if done[kind] == least:
                return kind, pid
        await asyncio.sleep(0.01)
    return min(found.items(), key=lambda item: done[item[0]], default=None)


async def warm(server: Server) -> None:
    """Some visitors before it counts: the processes are started and the modules loaded."""
    for number in range(6):
        await visit(server, number)


async def at_rest(server: Server) -> Holdings:
    """What the server holds once it has forgotten who left; it notices when the next visitor comes."""
    await asyncio.sleep(FORGET + 2)
    await visit(server, 0)
    await asyncio.sleep(FORGET + 2)
    await visit(server, 1)
    await asyncio.sleep(2)
    return Holdings.of(server.pid)


RUN: dict[str, Callable[[Server, argparse.Namespace], Coroutine[Any, Any, None]]] = {
    "load": load,
    "memory": memory,
    "visits": visits,
    "freezes": frozen,
    "kills": kills,
}


def main() -> int:
    """Runs the scenarios that are named."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("scenario", nargs="*", choices=[*RUN, []], help="all where none is named")
    parser.add_argument("--seconds", type=float, default=60, help="for load, freezes and kills")
    parser.add_argument("--sessions", type=int, default=100, help="for load and memory")
    parser.add_argument("--every", type=float, default=3, help="seconds between two runs of a session, for load")
    parser.add_argument("--visits", type=int, default=500)
    parser.add_argument("--freezers", type=int, default=5, help="visitors who run the worst programs")
    parser.add_argument("--idle", type=float, default=10, help="seconds of rest before memory is measured")
    parser.add_argument("--engine", choices=("numpy", "torch"), default="numpy")
    parser.add_argument("--cores", type=int, default=2)
    options = parser.parse_args()
    for name in options.scenario or RUN:
        print(f"{name}: {(RUN[name].__doc__ or '').strip()}", flush=True)
        with serving(options.engine, options.cores) as server:
            asyncio.run(RUN[name](server, options))
            tell_log(server)
    return 0


if __name__ == "__main__":
    sys.exit(main())
