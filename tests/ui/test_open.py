"""Files that are opened: programs, notebooks and recorded runs; whatever else they are, a sentence says so."""

from __future__ import annotations

import dataclasses
import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vizgrad.gallery import lesson
from vizgrad.player.payload import payload
from vizgrad.program.notebook import ipynb
from vizgrad.program.run import execute
from vizgrad.trace import Trace
from vizgrad.ui.files import open as opening
from vizgrad.ui.files.open import OpeningError, Showing, read

SOURCE = "import torch\nx = torch.ones(2, requires_grad=True)\ny = (3 * x).sum()\ny.backward()\n"


@pytest.fixture(scope="module")
def record() -> Trace:
    return execute(SOURCE, "numpy")


@pytest.mark.parametrize(
    "content",
    [
        SOURCE.encode(),
        b"\xef\xbb\xbf" + SOURCE.encode(),
        SOURCE.replace("\n", "\r\n").encode(),
        SOURCE.encode("utf-16"),
    ],
)
def test_a_program_is_read_in_every_usual_encoding(content: bytes):
    opened = read("my lesson.PY", content)
    assert (opened.name, opened.source, opened.recording) == ("my lesson.PY", SOURCE, None)


def test_a_program_may_name_its_encoding():
    assert read("x.py", "# -*- coding: latin-1 -*-\ns = 'é'\n".encode("latin-1")).source.endswith("s = 'é'\n")


def test_a_notebook_is_a_program_and_says_what_was_left_out():
    cells = [{"cell_type": "code", "metadata": {}, "outputs": [], "execution_count": None, "source": s, "id": f"c{i}"}
             for i, s in enumerate(["%matplotlib inline\nimport torch", "x = torch.ones(2)"])]  # fmt: skip
    made = json.dumps({"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": cells})
    opened = read("a.ipynb", made.encode())
    assert "import torch" in opened.source and "x = torch.ones(2)" in opened.source
    assert len(opened.notes) == 1 and "%matplotlib inline" in opened.notes[0]


def test_what_is_exported_as_a_notebook_comes_back():
    source = lesson("xor").source
    assert read("a.ipynb", ipynb.write(source).encode()).source.strip().endswith(source.strip())


def test_a_record_is_shown_as_it_was_recorded(record: Trace):
    opened = read("run.json", record.to_json().encode())
    assert opened.source == SOURCE and opened.recording is not None and Trace.from_json(opened.recording) == record
    shown = Showing(opened, -1, "full").wait(60)
    assert shown is not None and Trace.from_json(shown.trace) == record
    assert json.loads(shown.payload) == json.loads(json.dumps(payload(record)))


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("a.png", b"\x89PNG", "it is none of .py, .ipynb, .json"),
        ("noending", b"x", "it is none of"),
        ("a.py", b"", "it is empty"),
        ("a.py", b" \n\n", "it is empty"),
        ("a.py", b"\x89PNG\r\n\x1a\n\xff\xfe\x00", "it is not text"),
        ("a.py", b"x = 1\0\n", "it is not text"),
        ("a.py", "# -*- coding: nonsense -*-\nx = 'é'\n".encode("latin-1"), "not text in UTF-8"),
        ("a.py", "s = 'é'\n".encode("latin-1"), "Save it as UTF-8"),
        ("a.py", b"x = 1\n" * 20_000, "120,000 characters; the limit is 50,000"),
        ("a.json", b"[" * 4_000_000 + b" " * 1_000_001, "5,000,001 bytes; the limit is 5,000,000"),
        ("a.json", b"[" * 100_000, "not a vizgrad trace"),
        ("a.json", b"{}", "not a vizgrad trace"),
        ("a.json", b"x = 1", "not a vizgrad trace"),
        ("a.json", '{"é": 1}'.encode("utf-16"), "not a vizgrad trace"),
        ("a.ipynb", b"x = 1", "this is no notebook"),
        ("a.ipynb", b'{"nbformat": 4, "cells": [{"cell_type": "code"}]}', "cell 1 has no readable source"),
    ],
)
def test_what_cannot_be_opened_says_why(name: str, content: bytes, said: str):
    with pytest.raises(OpeningError) as caught:
        read(name, content)
    assert str(caught.value).startswith(f"{name} cannot be opened: ") and said in str(caught.value)
    assert str(caught.value).endswith(".") and not str(caught.value).endswith("..")


def test_a_record_that_contradicts_itself_is_refused(record: Trace):
    data = json.loads(record.to_json())
    data["tensors"][0]["node"] = 77
    with pytest.raises(OpeningError, match="node 77, which is not there"):
        read("a.json", json.dumps(data).encode())


def test_a_record_of_another_engine_or_version_is_refused(record: Trace):
    for change, said in (({"engine": "jax"}, "unknown engine 'jax'"), ({"format": 99}, "update it")):
        with pytest.raises(OpeningError, match=said):
            read("a.json", json.dumps(json.loads(record.to_json()) | change).encode())


@settings(deadline=None, max_examples=50)
@given(st.sampled_from(opening.ENDINGS), st.binary(max_size=300))
def test_no_file_does_harm(ending: str, content: bytes):
    try:
        assert read(f"a.{ending}", content).source is not None
    except OpeningError as error:
        assert str(error).startswith("a.")


def test_a_record_that_cannot_be_shown_leaves_its_program(record: Trace):
    opened = dataclasses.replace(read("run.json", record.to_json().encode()), recording=b"[]")
    shown = Showing(opened, -1, "full").wait(60)
    assert shown is not None and "cannot be read" in shown.shown.problem
    payload = json.loads(shown.payload)
    assert payload["source"] == SOURCE and payload["scenes"][0]["problem"] == shown.shown.problem


def test_the_same_record_is_drawn_once(record: Trace):
    opened = read("run.json", record.to_json().encode())
    first = opening.job(None, opened, -1, "full")
    assert opening.job(first, opened, -1, "full") is first
    assert opening.job(first, opened, 0, "full") is not first
    assert opening.job(first, read("run.json", record.to_json().encode()), -1, "full") is not first


@pytest.mark.parametrize(
    ("content", "said"),
    [(None, "more than 5,000,000 bytes"), ("§", "be opened"), ("AAA", "be opened"), ("", "is empty")],
)
def test_what_does_not_arrive_whole_is_refused(content: str | None, said: str):
    with pytest.raises(OpeningError, match=said):
        opening.read_dropped("x.py", content)
