"""The clock of a worker: it ends the process, whatever that is doing then, and says in which line it was.

A signal stops the program while its frames are read. A thread, which must do where there is no timer, reads them while
they change, and may find none.
"""

from __future__ import annotations

import faulthandler
import signal

SHARED = 4.0
"""How many times as long as it works a process may take on a busy machine, where it waits for its share."""
HAS_TIMER = hasattr(signal, "setitimer")
SIGNALS = (signal.SIGALRM, signal.SIGPROF) if HAS_TIMER else ()
_file = 2


def report_to(file: int) -> None:
    """Chooses the open file in which the line is written."""
    global _file
    _file = file
    if HAS_TIMER:
        for one in SIGNALS:
            faulthandler.register(one, file=file, all_threads=False, chain=True)


def end_after(seconds: float) -> None:
    """Ends this process once it has worked for so many seconds, or after `SHARED` times as many have passed."""
    if HAS_TIMER:
        signal.setitimer(signal.ITIMER_PROF, seconds)
        signal.setitimer(signal.ITIMER_REAL, SHARED * seconds)
    else:
        faulthandler.dump_traceback_later(SHARED * seconds, exit=True, file=_file)


def hand_over() -> None:
    """Leaves it to the app to end this process: for what comes after the program, which has a time of its own."""
    if HAS_TIMER:
        signal.pthread_sigmask(signal.SIG_BLOCK, SIGNALS)
    else:
        faulthandler.cancel_dump_traceback_later()
