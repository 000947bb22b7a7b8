"""The command line: `python -m vizgrad lesson.py -o lesson.html`."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from .api import ENGINES, Trace, run


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs a program under the app's policy and writes its picture; returns 0, 1 for a fault in it, 2 for bad usage."""
    options = _parser().parse_args(arguments)
    try:
        source = _source(Path(options.program))
    except (OSError, ValueError) as error:
        return _refuse(f"cannot read {options.program}: {getattr(error, 'strerror', None) or error}")
    trace = run(source, options.engine)
    print(trace.stdout, end="")
    if options.output is None:
        print(transcript(trace))
    else:
        try:
            trace.save(options.output)
        except (OSError, ValueError) as error:
            return _refuse(str(error))
    if trace.error is not None:
        fault = trace.error
        print(f"{options.program}:{fault.line}:{fault.column}: {fault.type}: {fault.message}", file=sys.stderr)
        if fault.hint:
            print(fault.hint, file=sys.stderr)
        return 1
    return 0


def _source(path: Path) -> str:
    """The program in a file; what a notebook has besides is told on standard error."""
    content = path.read_bytes()
    if path.suffix.lower() != ".ipynb":
        return content.decode("utf-8-sig")
    from .program.notebook.ipynb import read

    notebook = read(content)
    for note in notebook.notes:
        print(f"{path}: line {note.line} is {note.text}", file=sys.stderr)
    return notebook.source


def transcript(trace: Trace) -> str:
    """Every step of a trace as a line of text: its number and what happens."""
    from .explain.steps.explainer import explanations

    lines = []
    for scene in trace.scenes:
        if len(trace.scenes) > 1:
            lines.append(f"Scene {scene.index + 1} of {len(trace.scenes)}")
        said = explanations(trace, scene)
        lines += [f"{step.number:4}  {said[step.number].sentence}" for step in scene.steps]
    return "\n".join(lines)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="vizgrad", description="Runs a PyTorch program and shows what autograd recorded, step by step."
    )
    parser.add_argument(
        "program", help="a Python file or a notebook (.ipynb); it runs under the app's policy and limits"
    )
    parser.add_argument("--engine", choices=ENGINES, default="numpy", help="who computes (default: numpy)")
    parser.add_argument(
        "-o",
        "--output",
        help="a .html (the player), .svg, .png, .pdf, .dot or .json file, or .py or .ipynb (with its outputs) for the "
        "program; without it the steps are told",
    )
    return parser


def _refuse(message: str) -> int:
    print(f"vizgrad: {message}", file=sys.stderr)
    return 2


if __name__ == "__main__":
    sys.exit(main())
