"""Finds a Chromium for the browser tests, or installs one."""

from __future__ import annotations

import getpass
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from filelock import FileLock

ARGUMENTS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
ASK = """
from playwright.sync_api import sync_playwright
with sync_playwright() as play:
    print(play.chromium.executable_path)
"""
NAMES = ("chromium", "chromium-browser", "google-chrome", "chrome")


class NoChromium(RuntimeError):
    """There is no Chromium and none could be installed."""


def find() -> str | None:
    """The path of a Chromium: $VIZGRAD_CHROMIUM, one on the PATH, or Playwright's own; None if there is none."""
    named = os.environ.get("VIZGRAD_CHROMIUM")
    if named:
        return named
    for name in NAMES:
        if path := shutil.which(name):
            return path
    return playwrights_own()


def playwrights_own() -> str | None:
    """The Chromium that Playwright downloaded earlier, if it did."""
    asked = (
        "from playwright.sync_api import sync_playwright as p\nwith p() as play: print(play.chromium.executable_path)"
    )
    done = subprocess.run([sys.executable, "-c", asked], capture_output=True, text=True, check=False)
    path = done.stdout.strip()
    return path if done.returncode == 0 and Path(path).exists() else None


def has_driver() -> bool:
    """Whether Playwright's own Node.js starts: it needs libatomic, which a bare Debian lacks."""
    command = [sys.executable, "-m", "playwright", "--version"]
    return subprocess.run(command, capture_output=True, check=False).returncode == 0


def find_or_install() -> str:
    """As `find`, after installing Debian's or Playwright's Chromium if need be; raises NoChromium if neither works.

    Of tests that run side by side, one installs it and the others wait.
    """
    with FileLock(Path(tempfile.gettempdir()) / f"vizgrad-chromium-{getpass.getuser()}.lock"):
        path = find()
        return path if path and has_driver() else _install()


def _install() -> str:
    tried = []
    for command in _ways():
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        tried.append(f"$ {' '.join(command)}\n{(done.stdout + done.stderr)[-500:]}")
        if done.returncode == 0 and (path := find()) and has_driver():
            return path
    raise NoChromium(
        "The browser tests need Chromium. Install it (Debian: apt-get install chromium libatomic1), or name one in "
        "VIZGRAD_CHROMIUM. What was tried:\n" + "\n".join(tried)
    )


def _ways() -> list[list[str]]:
    ways = []
    root = [] if hasattr(os, "geteuid") and os.geteuid() == 0 else ["sudo", "-n"]
    if shutil.which("apt-get") and (not root or shutil.which("sudo")):
        install = "apt-get update && DEBIAN_FRONTEND=noninteractive apt-get install -y chromium libatomic1"
        ways.append([*root, "sh", "-c", install])
    ways.append([sys.executable, "-m", "playwright", "install", "chromium"])
    return ways
