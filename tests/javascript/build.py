"""Builds the player's JavaScript: `python -m tests.javascript.build`."""

from __future__ import annotations

import sys

from .node import install, run

if __name__ == "__main__":
    install()
    done = run("build.js", *sys.argv[1:])
    print(done.stdout + done.stderr, end="")
    sys.exit(done.returncode)
