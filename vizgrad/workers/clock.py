"""The clock of a worker: it ends the process, whatever that is doing then, and says in which line it was.

A signal stops the program while its frames are read. A thread, which must do where there is no timer, reads them while
they change, and may find none.
"""

from __future__ import annotations

import faulthandler
import signal

HAS_TIMER = hasattr(signal, "setitimer")
_file = 2


def report_to(file: int) -> None:
    """Chooses the open file in which the line is written."""
    global _file
    _file = file
    if HAS_TIMER:
        for one in (signal.SIGALRM, signal.SIGPROF):
            faulthandler.register(one, file=file, all_threads=False, chain=True)


def end_after(seconds: float, work: float | None = None) -> None:
    """Ends this process after so many seconds, or once it has worked for as many seconds as `work` says.

    What waits for its share of a busy machine does not work.
    """
    if HAS_TIMER:
        signal.setitimer(signal.ITIMER_REAL, seconds)
        signal.setitimer(signal.ITIMER_PROF, work or 0.0)
    else:
        faulthandler.dump_traceback_later(seconds, exit=True, file=_file)


def hand_over() -> None:
    """Leaves it to the app to end this process: for what comes after the program, which has a time of its own."""
    if HAS_TIMER:
        signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGALRM})
    else:
        faulthandler.cancel_dump_traceback_later()
