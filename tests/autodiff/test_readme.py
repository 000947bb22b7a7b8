"""The README's example of an operation: it is the entry that the core has, and it runs as written."""

from __future__ import annotations

import doctest
import pathlib
import re

ROOT = pathlib.Path(__file__).parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"```python\n(.*?)```", README, re.DOTALL)


def test_the_entry_is_the_cores_own():
    (entry,) = (block for block in BLOCKS if "= op(" in block)
    assert entry in (ROOT / "vizgrad/autodiff/ops/elementwise/special.py").read_text(encoding="utf-8")


def test_what_comes_of_it_is_as_written():
    (session,) = (block for block in BLOCKS if "erfinv()" in block)
    examples = doctest.DocTestParser().get_doctest(session, {}, "README", "README.md", 0)
    assert len(examples.examples) > 8
    assert doctest.DocTestRunner().run(examples).failed == 0
