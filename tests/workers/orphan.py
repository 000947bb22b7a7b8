"""Forks a confined child that would sleep for minutes, says so, and ends; the child holds standard output open."""

from __future__ import annotations

import os
import sys
import time

from vizgrad.workers.confinement import confine

from .children import become_ordinary

if __name__ == "__main__":
    if sys.argv[1] == "user":
        become_ordinary()
    here, there = os.pipe()
    if os.fork() == 0:
        confine({1, there})
        os.write(there, b"x")
        time.sleep(120)
        os._exit(0)
    os.read(here, 1)
    os.write(1, b"confined")
    os._exit(0)
