"""Notebooks in and out: a notebook becomes a program's text with cells, and a text becomes a notebook."""

from __future__ import annotations

import json
import re
import textwrap
import warnings
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from ...trace import Trace
from ..language.cells import BORDER, Cell, Kind, cells
from ..language.magics import Skipped, starts, without_commands
from ..limits.limits import Limits
from ..source import tidy
from .outputs import outputs

LARGEST = 10_000_000
"""Bytes of a notebook; its pictures count."""
TEXT = Limits().text
"""Characters of a program."""
MOST = 1_000
"""Cells of a notebook."""


class NotebookError(ValueError):
    """A file that cannot be read as a notebook; its text says why, and what to do."""


@dataclass(frozen=True)
class Notebook:
    """A notebook as a program: its text, its cells in it, and what was left out.

    `source` runs as it is: each cell begins with `# %%`, words are comments. `cells` are the places of the cells in
    it. `notes` are sentences for the reader, each with the line of `source` that it is about.
    """

    source: str
    cells: tuple[Cell, ...]
    notes: tuple[Note, ...]


@dataclass(frozen=True)
class Note:
    """Something that the reader of a notebook should know about a line."""

    line: int
    text: str

    @classmethod
    def of(cls, skipped: Skipped) -> Note:
        """What is said of a command that was left out."""
        return cls(skipped.line, f"left out: `{skipped.text}` is a command of Jupyter's, not Python")


def read(notebook: bytes | str) -> Notebook:
    """Reads the content of an .ipynb file; raises NotebookError with a clear text if it is none.

    >>> read('{"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": []}').source
    ''
    >>> read("x = 1")  # doctest: +ELLIPSIS
    Traceback (most recent call last):
    vizgrad...NotebookError: this is no notebook: an .ipynb file is JSON, and Expecting value in line 1
    """
    lines: list[str] = []
    notes: list[Note] = []
    found: list[Cell] = []
    listed = list(_cells(_loaded(notebook)))
    words = TEXT - sum(len(cell["source"]) for cell in listed if cell["cell_type"] == "code")
    if words < 0:
        raise NotebookError(f"the program in this notebook has {TEXT - words:,} characters; the limit is {TEXT:,}")
    for cell in listed:
        kind, text, title = cell["cell_type"], tidy(str(cell["source"])).rstrip(), _title(cell)
        lines.append(" ".join(part for part in ("# %%", title, "" if kind == "code" else f"[{kind}]") if part))
        border = len(lines)
        words -= len(lines[-1]) + 2
        if kind == "code":
            text, skipped = _python(text)
            notes += [Note.of(s._replace(line=s.line + border)) for s in skipped]
            lines += text.split("\n") if text else []
        elif len(text) + 3 * text.count("\n") + 3 < words:
            lines += [_commented(line) for line in text.split("\n")] if text else []
            words -= len(text) + 3 * text.count("\n") + 3
        else:
            notes.append(Note(border, f"left without its {len(text):,} characters of words: there are too many in all"))
        found.append(Cell(kind, title, border, border + 1, len(lines)))
        lines.append("")
    return Notebook("\n".join(lines), tuple(found), tuple(notes))


def _commented(line: str) -> str:
    """A line of words as a comment, which must not begin a cell."""
    return f"#  {line}" if line.startswith("%%") else f"# {line}" if line else "#"


def _loaded(notebook: bytes | str) -> Any:
    """The notebook's JSON, in format 4: nbformat turns older ones into it."""
    import nbformat

    if len(notebook) > LARGEST:
        raise NotebookError(
            f"this notebook has {len(notebook):,} bytes; the limit is {LARGEST:,}. Clear its outputs, and save it again"
        )
    try:
        data = json.loads(notebook.decode("utf-8-sig") if isinstance(notebook, bytes) else notebook)
    except json.JSONDecodeError as error:
        raise NotebookError(
            f"this is no notebook: an .ipynb file is JSON, and {error.msg} in line {error.lineno}"
        ) from None
    except (ValueError, RecursionError):
        raise NotebookError("this is no notebook: an .ipynb file is JSON, in UTF-8") from None
    major = data.get("nbformat") if isinstance(data, dict) else None
    if not isinstance(major, int) or isinstance(major, bool):
        raise NotebookError('this is no notebook: an .ipynb file has "nbformat" and "cells"')
    if not 1 <= major <= nbformat.current_nbformat:
        raise NotebookError(f"this notebook is of format {major}; formats 1 to {nbformat.current_nbformat} can be read")
    if major == 4:
        _check_language(data)
        return data
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            minor = data.get("nbformat_minor") or 0
            made: dict[str, Any] = nbformat.convert(nbformat.versions[major].to_notebook_json(data, minor=minor), 4)
    except Exception as error:  # whatever is wrong with its parts, nbformat stumbles over it in its own way
        raise NotebookError(f"this notebook is broken: {type(error).__name__}: {error}") from None
    _check_language(made)
    return made


def _check_language(made: dict[str, Any]) -> None:
    metadata = made.get("metadata")
    named = [metadata.get("kernelspec"), metadata.get("language_info")] if isinstance(metadata, dict) else []
    kernel, info = (part if isinstance(part, dict) else {} for part in (named or [None, None]))
    language = kernel.get("language") or info.get("name")
    if isinstance(language, str) and "python" not in language.lower():
        raise NotebookError(f"this notebook is written in {language[:40]}; vizgrad runs Python")


def _cells(made: dict[str, Any]) -> Iterator[dict[str, Any]]:
    found = made.get("cells")
    if not isinstance(found, list):
        raise NotebookError("this notebook is broken: it has no list of cells")
    if len(found) > MOST:
        raise NotebookError(f"this notebook has {len(found):,} cells; the limit is {MOST:,}")
    for number, cell in enumerate(found, 1):
        kind, source = (cell.get("cell_type"), cell.get("source")) if isinstance(cell, dict) else (None, None)
        if isinstance(source, list) and all(isinstance(line, str) for line in source):
            source = "".join(source)
        if kind not in ("code", "markdown", "raw") or not isinstance(source, str):
            raise NotebookError(f"this notebook is broken: its cell {number} has no readable source")
        yield {**cell, "source": source}


def _title(cell: dict[str, Any]) -> str:
    """A cell's title, which this very module writes into its metadata."""
    metadata = cell.get("metadata")
    title = metadata.get("title") if isinstance(metadata, dict) else None
    return " ".join(title.split())[:100] if isinstance(title, str) and not title.startswith("[") else ""


def _python(text: str) -> tuple[str, list[Skipped]]:
    """A code cell as Python: Jupyter's commands left out, an indented cell moved to the left, no border inside."""
    if text[:1] in (" ", "\t"):
        text = textwrap.dedent(text)
    text, skipped = without_commands(text)
    lines = text.split("\n")
    for i in starts(lines):
        if BORDER.match(lines[i]):
            lines[i] = lines[i].replace("%%", "% %", 1)
    return "\n".join(lines), skipped


def write(source: str, trace: Trace | None = None) -> str:
    """The content of an .ipynb file: a program's text as a notebook, with the text's cells; one cell where it has none.

    With the `trace` of a run of this very text, the cells hold what it put out; of another text it is left out.

    >>> again = write("# %% [markdown]\\n# Words\\n# %%\\n1 + 1")
    >>> [(cell["cell_type"], cell["source"]) for cell in json.loads(again)["cells"]]
    [('markdown', ['Words']), ('code', ['1 + 1'])]
    """
    from nbformat import v4

    source = tidy(source)
    lines = source.split("\n")
    found = cells(source) or (Cell("code", "", 0, 1, len(lines)),)
    put_out = outputs(trace, found) if trace is not None and trace.source == source else {}
    made = []
    for number, cell in enumerate(found):
        text = "\n".join(_uncommented(lines[cell.first - 1 : cell.last], cell.kind)).strip("\n")
        new = getattr(v4, f"new_{cell.kind}_cell")(text, id=f"cell-{number}")
        if cell.title:
            new.metadata["title"] = cell.title
        if number in put_out:
            new.execution_count, new.outputs = put_out[number].number, put_out[number].outputs
        made.append(new)
    metadata = {
        "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
        "language_info": {"name": "python"},
    }
    return v4.writes(v4.new_notebook(cells=made, metadata=metadata)) + "\n"


def _uncommented(lines: Iterable[str], kind: Kind) -> Iterator[str]:
    """The lines of a cell as a notebook keeps them: words are no comments there."""
    for line in lines:
        yield line if kind == "code" else re.sub(r"^# ?", "", line)
