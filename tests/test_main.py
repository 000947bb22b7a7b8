"""The command line, as it is typed."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]

PROGRAM = """import torch
x = torch.ones(2, requires_grad=True)
y = (x * 3).sum()
y.backward()
print(x.grad)
"""


def vizgrad(*arguments, cwd):
    command = [sys.executable, "-m", "vizgrad", *arguments]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    return subprocess.run(command, capture_output=True, text=True, cwd=cwd, env=environment, check=False)


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "lesson.py").write_text(PROGRAM)
    return tmp_path


@pytest.mark.parametrize("ending", [".svg", ".html", ".json", ".dot", ".png", ".pdf"])
def test_it_writes_what_the_ending_names(folder, ending):
    done = vizgrad("lesson.py", "-o", f"lesson{ending}", cwd=folder)
    assert (done.returncode, done.stdout, done.stderr) == (0, "tensor([3., 3.])\n", "")
    assert (folder / f"lesson{ending}").stat().st_size > 500


@pytest.mark.parametrize("engine", ["numpy", "torch"])
def test_without_a_file_it_tells_the_steps(folder, engine):
    done = vizgrad("lesson.py", "--engine", engine, cwd=folder)
    assert done.returncode == 0 and done.stderr == ""
    assert "MulBackward0" in done.stdout and "AccumulateGrad" in done.stdout


@pytest.mark.parametrize("engine", ["numpy", "torch"])
def test_a_notebook_is_run_and_written(folder, engine):
    seed = Path(__file__).parent / "data" / "seed.ipynb"
    done = vizgrad(str(seed), "--engine", engine, "-o", "seed.html", cwd=folder)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("tensor([[1., 1.],") and "tensor([10., 10.])\nTrue" in done.stdout
    assert "MulBackward0" in (folder / "seed.html").read_text(encoding="utf-8")


def test_a_program_becomes_a_notebook_and_a_notebook_a_program(folder):
    assert vizgrad("lesson.py", "-o", "lesson.ipynb", cwd=folder).returncode == 0
    cell = json.loads((folder / "lesson.ipynb").read_text())["cells"][0]
    assert "".join(cell["source"]) == PROGRAM.rstrip("\n")
    assert vizgrad("lesson.ipynb", "-o", "again.py", cwd=folder).returncode == 0
    assert (folder / "again.py").read_text() == "# %%\n" + PROGRAM
    assert vizgrad("again.py", "-o", "again.ipynb", cwd=folder).returncode == 0
    assert (folder / "again.ipynb").read_bytes() == (folder / "lesson.ipynb").read_bytes()


def test_what_a_notebook_has_besides_is_told(folder):
    cell = {"cell_type": "code", "metadata": {}, "source": "%matplotlib inline\nprint(5)", "outputs": []}
    (folder / "n.ipynb").write_text(json.dumps({"nbformat": 4, "nbformat_minor": 4, "metadata": {}, "cells": [cell]}))
    done = vizgrad("n.ipynb", "-o", "n.svg", cwd=folder)
    assert (done.returncode, done.stdout) == (0, "5\n")
    assert done.stderr == "n.ipynb: line 2 is left out: `%matplotlib inline` is a command of Jupyter's, not Python\n"
    (folder / "broken.ipynb").write_text("{")
    done = vizgrad("broken.ipynb", cwd=folder)
    assert done.returncode == 2 and done.stderr.startswith("vizgrad: cannot read broken.ipynb: this is no notebook")
    assert done.stderr.count("\n") == 1


def test_a_fault_is_told_with_its_place_and_a_hint(folder):
    (folder / "wrong.py").write_text("import torch\nx = torch.ones(2, requires_grad=True)\n(x * 2).backward()\n")
    done = vizgrad("wrong.py", "-o", "wrong.svg", cwd=folder)
    assert done.returncode == 1
    assert done.stderr.startswith(
        "wrong.py:3:1: RuntimeError: grad can be implicitly created only for scalar outputs\n"
    )
    assert (folder / "wrong.svg").exists()  # the graph up to the fault


@pytest.mark.parametrize(
    "arguments", [("missing.py",), ("lesson.py", "-o", "lesson.gif"), ("lesson.py", "-o", "no/a.svg")]
)
def test_bad_usage_is_said_in_one_line(folder, arguments):
    done = vizgrad(*arguments, cwd=folder)
    assert done.returncode == 2 and done.stderr.startswith("vizgrad: ") and done.stderr.count("\n") == 1
