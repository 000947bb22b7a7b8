from __future__ import annotations

import platform
import subprocess
import sys

import pytest


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="the setting is glibc's")
def test_glibc_takes_the_setting() -> None:
    script = "from vizgrad.ui.heap import keep_together; print(keep_together())"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, timeout=300, check=True)
    assert done.stdout == b"True\n"
