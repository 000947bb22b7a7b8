"""Tries every attack, and every need, in a child of its own and prints how each ended, as JSON.

Started as `python -m tests.workers.attacker WHO LOCK`: WHO is "root" or "user", LOCK one of `children.LOCKS`.
"""

from __future__ import annotations

import json
import sys
import tempfile
from pathlib import Path

from vizgrad.workers.confinement import missing

from .attacks import ATTACKS
from .children import LOCKS, become_ordinary, in_a_child
from .needs import NEEDS
from .target import Target


def main(who: str, lock: str) -> None:
    """Tries everything; under less than all locks only what does no harm."""
    if who == "user":
        become_ordinary()
    missing()  # what it finds out is inherited, as in a process that forks many
    tried = {name: attack.run for name, attack in ATTACKS.items() if lock == "confined" or attack.is_open}
    if lock == "confined":
        tried |= {need.__name__: need for need in NEEDS}
    ends = {}
    for name, run in tried.items():
        with tempfile.TemporaryDirectory() as folder:
            target = Target(Path(folder))
            ends[name] = in_a_child(lambda: run(target), target.kept, LOCKS[lock])  # noqa: B023
            target.close()
    json.dump(ends, sys.stdout)


if __name__ == "__main__":
    main(*sys.argv[1:])
