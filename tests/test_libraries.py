"""Every native library that the app loads comes with a package or is part of a bare Debian."""

from __future__ import annotations

import os
import subprocess
import sys
import sysconfig
from importlib import metadata
from pathlib import Path

import pytest
from packaging.requirements import Requirement

from . import elf

ROOT = Path(__file__).parents[1]
BARE = {
    "ld-linux-x86-64.so.2", "ld-linux-aarch64.so.1", "libc.so.6", "libdl.so.2", "libgcc_s.so.1", "libm.so.6",
    "libpthread.so.0", "librt.so.1", "libstdc++.so.6", "libutil.so.1", "libz.so.1",
}  # fmt: skip
"""What debootstrap's smallest Debian has: the C library, GCC's two libraries, and zlib."""

USES = """
import libcst, msgspec, nbformat, numpy, plotly.graph_objects, streamlit.testing.v1, sympy, torch, typst, wasmtime
import vizgrad
program = "import torch\\nx = torch.ones(2, requires_grad=True)\\ny = (x @ x).exp()\\ny.backward()\\n"
for engine in ("numpy", "torch"):
    trace = vizgrad.run(program, engine, isolated=False)
    assert "data-node" in trace.svg() and trace.png() and trace.pdf()
plotly.graph_objects.Figure().to_json()
page = streamlit.testing.v1.AppTest.from_file("app.py", default_timeout=300).run()
assert not page.exception
files = {line.split(None, 5)[5].strip() for line in open("/proc/self/maps") if "/" in line and "x" in line.split()[1]}
print(*sorted(files), sep="\\n")
"""

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="libraries of Linux")


def strangers(paths: list[Path]) -> dict[str, set[str]]:
    """The libraries that files need and that are neither among them nor part of a bare Debian, and who needs them."""
    read = {path: elf.read(path) for path in paths}
    there = {name for path, library in read.items() for name in (path.name, library.name)} | BARE
    missing: dict[str, set[str]] = {}
    for path, library in read.items():
        for name in set(library.needed) - there:
            missing.setdefault(name, set()).add(path.name)
    return missing


def required() -> set[str]:
    """The packages of requirements.txt, and those that they require."""
    found: set[str] = set()
    asked = [Requirement(line) for line in (ROOT / "requirements.txt").read_text().split()]
    while asked:
        one = asked.pop()
        if one.marker is not None and not one.marker.evaluate({"extra": ""}):
            continue
        if one.name not in found:
            found.add(one.name)
            asked += [Requirement(text) for text in metadata.requires(one.name) or ()]
    return found


def libraries(package: str) -> list[Path]:
    """The ELF files that a package has installed."""
    files = [Path(str(file.locate())) for file in metadata.files(package) or () if ".so" in file.name]
    return [path for path in files if path.is_file() and elf.is_elf(path)]


def test_packages_need_nothing_from_the_system():
    names = required()
    assert {"streamlit", "torch", "wasmtime", "numpy"} < names
    files = [path for name in names for path in libraries(name)]
    assert len(files) > 50
    assert strangers(files) == {}


def test_what_the_app_loads_is_there_on_a_bare_machine():
    done = subprocess.run([sys.executable, "-c", USES], cwd=ROOT, capture_output=True, text=True, timeout=580)
    assert done.returncode == 0, done.stderr
    loaded = [Path(line) for line in done.stdout.splitlines() if line.startswith("/") and os.path.exists(line)]
    elves = {path.resolve(): elf.read(path) for path in loaded if elf.is_elf(path)}
    assert any("wasmtime" in path.name for path in elves) and any("torch" in path.name for path in elves)
    ours = [Path(sysconfig.get_path(name)).resolve() for name in ("purelib", "platlib")]
    python = [Path(sysconfig.get_path(name)).resolve() for name in ("stdlib", "platstdlib")]
    of_packages = {path for path in elves if any(folder in path.parents for folder in ours)}
    allowed = set(BARE)
    # What Python itself is linked with came with Python.
    waiting = [path for path in elves if path not in of_packages and any(folder in path.parents for folder in python)]
    waiting.append(Path(sys.executable).resolve())
    while waiting:
        for name in set(elf.read(waiting.pop()).needed) - allowed:
            allowed.add(name)
            waiting += [path for path, library in elves.items() if library.name == name]
    foreign = {
        str(path)
        for path, library in elves.items()
        if path not in of_packages
        and not any(folder in path.parents for folder in python)
        and path != Path(sys.executable).resolve()
        and library.name not in allowed
    }
    assert foreign == set()


def test_a_library_of_the_system_is_noticed(tmp_path):
    (file,) = libraries("wasmtime")
    assert "libgcc_s.so.1" in elf.read(file).needed
    copy = tmp_path / "copy.so"
    copy.write_bytes(file.read_bytes().replace(b"\0libgcc_s.so.1\0", b"\0libX11.so.6\0\0\0", 1))
    assert strangers([copy]) == {"libX11.so.6": {"copy.so"}}
    assert strangers([file]) == {}
