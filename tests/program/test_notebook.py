"""Notebooks: read, run as Jupyter would, written again; and what is no notebook is told so."""

from __future__ import annotations

import json
from pathlib import Path

import nbformat
import pytest

from vizgrad.program.language.cells import cells
from vizgrad.program.language.magics import without_commands
from vizgrad.program.notebook import ipynb
from vizgrad.program.run import execute

SEED = Path(__file__).parents[1] / "data" / "seed.ipynb"


def made(*sources: str, **more: object) -> str:
    """A notebook of code cells; `markdown: ...` and `raw: ...` are cells of words."""
    listed = []
    for source in sources:
        kind, _, text = source.partition(": ")
        if kind not in ("markdown", "raw"):
            kind, text = "code", source
        cell: dict = {"cell_type": kind, "metadata": {}, "source": text}
        listed.append(cell | ({"outputs": [], "execution_count": None} if kind == "code" else {}))
    return json.dumps({"nbformat": 4, "nbformat_minor": 4, "metadata": {}, "cells": listed} | more)


def ran(engine: str, *sources: str) -> str:
    trace = execute(ipynb.read(made(*sources)).source, engine)
    assert trace.error is None, trace.error
    return trace.stdout


# -- the first notebook


def outputs_of(path: Path) -> list[tuple[int, str]]:
    """What each code cell of a notebook put out, with its number among the cells."""
    found = []
    for number, cell in enumerate(nbformat.read(path, as_version=4).cells):
        for output in cell.get("outputs", ()):
            text = output.text if output.output_type == "stream" else output.data["text/plain"] + "\n"
            found.append((number, text))
    return found


def test_every_output_of_the_seed_is_the_notebooks_to_the_letter(engine: str):
    read = ipynb.read(SEED.read_bytes())
    trace = execute(read.source, engine)
    assert trace.error is None
    printed: dict[int, str] = {}
    for event in trace.events:
        if event.kind == "print":
            number = next(n for n, cell in enumerate(read.cells) if cell.first <= event.span.line <= cell.last)
            printed[number] = printed.get(number, "") + event.text
    expected = outputs_of(SEED)
    assert len(expected) == 10
    assert list(printed.items()) == expected


def test_the_seed_there_and_back():
    read = ipynb.read(SEED.read_bytes())
    again = nbformat.reads(ipynb.write(read.source), as_version=4)
    nbformat.validate(again)
    first = nbformat.read(SEED, as_version=4)
    assert [(c.cell_type, c.source) for c in again.cells] == [(c.cell_type, c.source) for c in first.cells]
    assert ipynb.read(ipynb.write(read.source)) == read


# -- what a run put out


@pytest.fixture
def seed_again(engine: str) -> str:
    """The seed as a notebook, with the outputs of a run of ours."""
    source = ipynb.read(SEED.read_bytes()).source
    return ipynb.write(source, execute(source, engine))


def test_a_notebook_holds_what_its_run_put_out(seed_again: str):
    again, first = nbformat.reads(seed_again, as_version=4), nbformat.read(SEED, as_version=4)
    nbformat.validate(again)
    code = [cell for cell in again.cells if cell.cell_type == "code"]
    assert [cell.outputs for cell in code] == [
        [{**one, "execution_count": n} if "execution_count" in one else one for one in cell.outputs]
        for n, cell in enumerate((c for c in first.cells if c.cell_type == "code"), 1)
    ]
    assert [cell.execution_count for cell in code] == list(range(1, len(code) + 1))


def test_what_was_put_out_is_no_part_of_the_program(seed_again: str):
    assert ipynb.read(seed_again) == ipynb.read(SEED.read_bytes())


def put_out(engine: str, *sources: str) -> list[tuple[int | None, list[tuple[str, ...]]]]:
    """Each code cell's number and outputs, after a run."""
    source = ipynb.read(made(*sources)).source
    again = nbformat.reads(ipynb.write(source, execute(source, engine)), as_version=4)
    nbformat.validate(again)
    fields = ("output_type", "name", "text", "data", "ename", "evalue")
    return [
        (cell.execution_count, [tuple(str(one[f]) for f in fields if f in one) for one in cell.outputs])
        for cell in again.cells
        if cell.cell_type == "code"
    ]


def test_what_a_function_prints_stands_below_the_cell_that_called_it(engine: str):
    function = "def f(x):\n    print('in f')\n    return x"
    assert put_out(engine, function, "markdown: Words", "print('a', end='')\nf(1)", "f(2);\nprint(f(3))") == [
        (1, []),
        (2, [("stream", "stdout", "ain f\n"), ("execute_result", "{'text/plain': '1'}")]),
        (3, [("stream", "stdout", "in f\nin f\n3\n")]),
    ]


def test_an_error_ends_the_cell_it_was_raised_in_and_the_rest_did_not_run(engine: str):
    cells = "def f():\n    return 1 / 0", "", "print('before')\nf()", "print('after')"
    assert put_out(engine, *cells) == [
        (1, []),
        (None, []),
        (2, [("stream", "stdout", "before\n"), ("error", "ZeroDivisionError", "division by zero")]),
        (None, []),
    ]


def test_of_a_text_that_cannot_be_read_no_cell_has_run(engine: str):
    (first, second) = put_out(engine, "print(1)", "x = (")
    assert first == (None, []) and second[0] == 1 and second[1][0][:2] == ("error", "SyntaxError")


def test_a_warning_goes_where_warnings_go(engine: str):
    source = "import torch\nx = torch.ones(1, requires_grad=True)", "y = 2 * x\ny.grad"
    ((_, nothing), (_, (warning,))) = put_out(engine, *source)
    assert not nothing and warning[:2] == ("stream", "stderr") and warning[2].startswith("UserWarning: The .grad")


def test_the_outputs_of_another_text_are_left_out():
    trace = execute("print(1)")
    assert json.loads(ipynb.write("print(1)", trace))["cells"][0]["outputs"]
    assert not json.loads(ipynb.write("print(1)  # typed since", trace))["cells"][0]["outputs"]


# -- cells


def test_the_last_expression_of_a_cell_is_shown_as_jupyter_does(engine: str):
    assert ran(
        engine, "1 + 1", "x = 3", "x", "None", "x;", "x ;  # quietly", "'a'\n", "print(x)", "for i in [1]: i"
    ) == ("2\n3\n'a'\n3\n")
    assert ran(
        engine, "import torch\nx = torch.ones(1)\nx # ; no", "x\n\n# words\n", "(x,\n x)", "f = lambda: 5; f()"
    ) == ("tensor([1.])\ntensor([1.])\n(tensor([1.]), tensor([1.]))\n5\n")


def test_text_typed_with_borders_is_alike(engine: str):
    source = "import torch\n# %%\ntorch.ones(1)\n#%% A title\n2\n3\n# %% [markdown]\n# 4\n"
    assert execute(source, engine).stdout == "tensor([1.])\n3\n"
    assert execute(source.replace("%%", "%"), engine).stdout == ""


def test_a_cells_border_is_none_inside_a_statement():
    source = "# %%\nx = '''\n# %%\n'''\ndef f():\n    pass\n# %%\n    return 5\n# %% last\nx"
    assert [(c.title, c.border, c.first, c.last) for c in cells(source)] == [("", 1, 2, 8), ("last", 9, 10, 10)]
    assert execute(source).stdout == "'\\n# %%\\n'\n"


def test_cells_of_a_text_that_python_cannot_read():
    assert [(c.first, c.last) for c in cells("x = (\n# %%\ny\n\n# %%")] == [(1, 1), (3, 3), (6, 5)]
    assert cells("x = 1 %% 2") == ()


def test_words_are_comments_and_come_back(engine: str):
    words = "markdown: # Title\n\ntwo blanks  \n    code\n%% not a border"
    read = ipynb.read(made(words, "1", "raw: <b>"))
    assert [c.kind for c in read.cells] == ["markdown", "code", "raw"]
    assert execute(read.source, engine).stdout == "1\n"
    back = json.loads(ipynb.write(read.source))["cells"]
    assert "".join(back[0]["source"]) == words.removeprefix("markdown: ").replace("%%", " %%")
    assert back[2]["cell_type"] == "raw"


def test_a_cell_with_a_border_in_it_stays_one_cell(engine: str):
    read = ipynb.read(made("1\n# %%\n2", "s = '''\n# %%'''\ns"))
    assert len(read.cells) == 2
    assert execute(read.source, engine).stdout == "2\n'\\n# %%'\n"


def test_an_indented_cell_is_moved_to_the_left(engine: str):
    assert ran(engine, "  x = 1\n  if x:\n      x = 2\n  x") == "2\n"


def test_a_title_is_kept():
    source = "# %% Loss\nx = 1\n"
    again = ipynb.read(ipynb.write(source))
    assert again.source == source
    assert again.cells[0].title == "Loss"


@pytest.mark.parametrize("source", ["x = 1\nprint(x)", "", "x = (", "# %%\n"])
def test_any_text_can_become_a_notebook(source: str):
    made = nbformat.reads(ipynb.write(source), as_version=4)
    nbformat.validate(made)
    assert len(made.cells) == 1


# -- commands


def test_commands_are_left_out_with_a_note(engine: str):
    read = ipynb.read(
        made("%matplotlib inline\n!pip install \\\n   torch\nx = 7 \\\n  % 4\nx", "%%time\ny = (x\n  % 2)\ny")
    )
    assert [(note.line, note.text.split("`")[1]) for note in read.notes] == [
        (2, "%matplotlib inline"),
        (3, "!pip install \\"),
        (4, "torch"),
        (10, "%%time"),
    ]
    assert execute(read.source, engine).stdout == "3\n1\n"


def test_a_cell_of_another_language_is_left_out_whole(engine: str):
    read = ipynb.read(made("%%bash\nls -l\n\ncat x", "5"))
    assert [note.text.split("`")[1] for note in read.notes] == ["%%bash", "ls -l", "cat x"]
    assert execute(read.source, engine).stdout == "5\n"


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("if x:\n    %time f()\n    y", "if x:\n    pass  # %time f()\n    y"),
        ("files = !ls", "# files = !ls"),
        ("torch.ones?", "# torch.ones?"),
        ("?torch", "# ?torch"),
        ("s = '''\n%not a command\n'''\n!one", "s = '''\n%not a command\n'''\n# !one"),
        ("x = [1,\n!no\n]", "x = [1,\n!no\n]"),
        ("x = '(['\n!ls", "x = '(['\n# !ls"),
        ("x = 1  # it's (\n!ls", "x = 1  # it's (\n# !ls"),
        ("x = y %z", "x = y %z"),
        ("x != y", "x != y"),
    ],
)
def test_what_is_a_command(text: str, left: str):
    assert without_commands(text)[0] == left


def test_commands_in_typed_text_are_left_out_with_a_warning(engine: str):
    trace = execute("%matplotlib inline\nimport torch\n!pip list\nprint(torch.ones(1))", engine)
    assert trace.error is None
    assert trace.stdout == "tensor([1.])\n"
    assert [w.message.split(":")[0] for w in trace.warnings] == ["line 1 is left out", "line 3 is left out"]


def test_an_error_beside_commands_keeps_its_place():
    error = execute("%matplotlib inline\nx = = 2").error
    assert (error.type, error.line, error.column) == ("SyntaxError", 2, 5)
    error = execute("%matplotlib inline\n1 / 0").error
    assert (error.type, error.line, error.column) == ("ZeroDivisionError", 2, 1)


# -- what is none, or another one


def test_old_notebooks_are_read(engine: str):
    third = {
        "nbformat": 3,
        "nbformat_minor": 0,
        "metadata": {"name": ""},
        "worksheets": [
            {
                "metadata": {},
                "cells": [
                    {"cell_type": "heading", "level": 2, "metadata": {}, "source": ["Title"]},
                    {
                        "cell_type": "code",
                        "language": "python",
                        "input": ["x = 1\n", "x"],
                        "outputs": [],
                        "metadata": {},
                    },
                ],
            }
        ],
    }
    read = ipynb.read(json.dumps(third).encode())
    assert execute(read.source, engine).stdout == "1\n"
    assert read.source.startswith("# %% [markdown]\n# ## Title")


def test_lines_and_marks_of_other_systems(engine: str):
    assert ran(engine, "x = 1\r\nx\r\n") == "1\n"
    assert ipynb.read(b"\xef\xbb\xbf" + made("x").encode()).source == "# %%\nx\n"


BROKEN = {
    "x = 1": "no notebook: an .ipynb file is JSON",
    "": "no notebook: an .ipynb file is JSON",
    "[" * 100_000: "no notebook",
    "[1, 2]": '"nbformat" and "cells"',
    '{"cells": []}': '"nbformat" and "cells"',
    '{"nbformat": true, "cells": []}': '"nbformat" and "cells"',
    '{"nbformat": 5, "cells": []}': "format 5; formats 1 to 4",
    '{"nbformat": 4, "cells": 7}': "broken",
    '{"nbformat": 4}': "broken",
    '{"nbformat": 3, "nbformat_minor": 0, "worksheets": 5}': "broken",
    '{"nbformat": 4, "cells": [{"cell_type": "code", "source": 7}]}': "its cell 1 has no readable source",
    '{"nbformat": 4, "cells": [{"cell_type": "dance", "source": ""}]}': "its cell 1 has no readable source",
    '{"nbformat": 4, "cells": [5]}': "broken",
    '{"nbformat": 4, "nbformat_minor": "x", "cells": [null]}': "broken",
    '{"nbformat": ' + "9" * 10_000 + "}": "no notebook",
    made(metadata={"kernelspec": {"language": "julia"}}): "written in julia",
    made(metadata={"language_info": {"name": "R"}}): "written in R",
    made(*["x"] * 1_001): "1,001 cells; the limit is 1,000",
    " " * 10_000_001: "10,000,001 bytes; the limit is 10,000,000. Clear its outputs",
}


@pytest.mark.parametrize("text", BROKEN, ids=lambda text: text[:40])
def test_what_is_no_notebook_is_told_so(text: str):
    with pytest.raises(ipynb.NotebookError) as error:
        ipynb.read(text)
    assert BROKEN[text] in str(error.value)
    assert len(str(error.value)) < 300
    with pytest.raises(ipynb.NotebookError):
        ipynb.read(text.encode())


@pytest.mark.parametrize("content", [b"\xff\xfe\x00", b"\x89PNG\r\n", bytes(range(256))])
def test_bytes_that_are_no_text(content: bytes):
    with pytest.raises(ipynb.NotebookError, match="no notebook"):
        ipynb.read(content)


def test_too_much_text_is_told_before_anything_is_read():
    with pytest.raises(ipynb.NotebookError, match="60,006 characters; the limit is 50,000"):
        ipynb.read(made("x = 1\n" * 10_001))


def test_too_many_words_are_left_out_and_the_program_runs(engine: str):
    read = ipynb.read(made("markdown: " + "word " * 20_000, "markdown: short", "1 + 1"))
    assert [(note.line, note.text.split(":")[0]) for note in read.notes] == [
        (1, "left without its 99,999 characters of words")
    ]
    assert [c.kind for c in read.cells] == ["markdown", "markdown", "code"]
    assert "# short" in read.source
    assert execute(read.source, engine).stdout == "2\n"


def test_the_cells_told_are_those_of_the_text():
    for source in (SEED.read_bytes(), made("", "x", "\n\n", "markdown: ", "f()\n\n"), made()):
        read = ipynb.read(source)
        assert read.cells == cells(read.source)


def test_thousands_of_cells_are_read_in_no_time(engine: str):
    trace = execute("# %%\n1;\n" * 6_000, engine)
    assert (trace.error, trace.stdout) == (None, "")
