"""PyTorch's own operator test data, run under both engines: values, nodes, gradients, gradients of gradients."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from functools import cache
from typing import Any

import numpy as np
import pytest

pytest.importorskip("torch")
pytest.importorskip("expecttest", reason="PyTorch's operator table needs expecttest")

import vizgrad.autodiff as ours

from . import entries, left_out
from .both import compare
from .conftest import TALLY
from .entries import ENTRIES, Case, owned

OWNED = [name for name in ENTRIES if owned(name)]
MATCHED: Counter[int] = Counter()


@cache
def rows(name: str) -> list[int]:
    """Find the rows of the list that speak of an entry."""
    return [i for i, (entry, _, _) in enumerate(left_out.CASES) if re.fullmatch(entry, name)]


def reason(case: Case, name: str) -> str | None:
    """Say why a case is left out, if it is."""
    text = str(case)
    for i in rows(name):
        if re.search(left_out.CASES[i][1], text):
            MATCHED[i] += 1
            return left_out.CASES[i][2]
    return None


def named(name: str, patterns: Iterable[str]) -> bool:
    return any(re.fullmatch(pattern, name) for pattern in patterns)


def by_structure(name: str) -> bool:
    return named(name, left_out.STRUCTURE)


def rounding(name: str) -> float:
    return next((rtol for pattern, (rtol, _) in left_out.ROUNDING.items() if re.fullmatch(pattern, name)), 1e-4)


def fault(case: Case) -> str | None:
    """Give what is wrong with a case, None if nothing is."""
    name = case.entry.full_name
    try:
        compare(case, by_structure(name), rounding(name), signless=named(name, left_out.SIGNLESS))
    except Exception as found:
        return f"{type(found).__name__}: {' '.join(str(found).split())[:300]}"
    return None


@pytest.mark.parametrize("name", OWNED)
def test_same_as_pytorch(name: str) -> None:
    wrong, right = [], []
    covered = 0
    for case in entries.cases(name):
        why, found = reason(case, name), fault(case)
        if why is None:
            covered += 1
            TALLY.compared[case.form] += 1
            if found is not None:
                wrong.append(f"{case}\n    {found}")
        else:
            TALLY.left_out[why] += 1
            if found is None:
                right.append(f"{case}\n    is listed as left out: {why}")
    TALLY.entries[name] = covered
    assert not wrong, f"{len(wrong)} of {covered} differ\n" + "\n".join(wrong)
    assert not right, "these work now and must be taken out of the list\n" + "\n".join(right)


@pytest.mark.parametrize("name", [name for name in ENTRIES if not owned(name)])
def test_what_the_core_has_not_is_listed(name: str) -> None:
    reasons = [why for pattern, why in left_out.NOT_HAD.items() if re.fullmatch(pattern, name)]
    assert len(reasons) == 1, reasons
    TALLY.not_had[reasons[0]] += 1


@pytest.mark.parametrize("pattern", [*left_out.NOT_HAD, *left_out.STRUCTURE, *left_out.ROUNDING, *left_out.SIGNLESS])
def test_the_lists_hold_no_more_than_they_should(pattern: str) -> None:
    found = [name for name in ENTRIES if re.fullmatch(pattern, name)]
    assert found
    assert [name for name in found if owned(name) is (pattern in left_out.NOT_HAD)] == []


def test_every_row_is_needed() -> None:
    if len(TALLY.entries) < len(OWNED):
        pytest.skip("not all entries were run")
    assert [row for i, row in enumerate(left_out.CASES) if not MATCHED[i]] == []


def test_most_of_what_matters_is_covered() -> None:
    assert len(OWNED) >= 410


# -- the comparison itself: planted differences must be found


@pytest.mark.parametrize(
    "wrong, message",
    [
        (lambda x: ours.sin(x) * 1.001, "grad_fn"),
        (lambda x: ours.tensor(ours.sin(x).tolist(), dtype=ours.float64), "requires_grad"),
        (lambda x: ours.sin(x).to(ours.float32), "grad_fn"),
        (lambda x: _other_values(x), "Mismatched elements"),
        (lambda x: ours.sin(x.reshape(-1, 1)), "instead of"),
        (lambda x: _other_gradient(x), "gradient 0"),
        (lambda x: x.no_such_method(), "no_such_method"),
    ],
)
def test_a_planted_difference_is_found(wrong: Any, message: str, monkeypatch: pytest.MonkeyPatch) -> None:
    case = next(entries.cases("sin"))
    assert fault(case) is None
    monkeypatch.setattr("tests.conformance.both.pair", lambda case: (case.entry.op, wrong))
    found = fault(case)
    assert found is not None
    assert message in found


def _other_values(x: Any) -> Any:
    found = ours.sin(x)
    found.array[...] += 1e-3 * np.arange(found.numel()).reshape(found.shape)
    return found


def _other_gradient(x: Any) -> Any:
    found = ours.sin(x)
    found.register_hook(lambda grad: grad * 1.001)
    return found
