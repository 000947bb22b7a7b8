"""Every row of the three tables of what PyTorch does, run on our core; gradients compared with PyTorch itself."""

from __future__ import annotations

import importlib
import warnings

import numpy as np
import pytest

import vizgrad.autodiff as ours

from . import not_yet
from .tables import answer, described, evaluate, inputs, outcome, rows

torch = pytest.importorskip("torch")
importlib.import_module("torch.utils.checkpoint")


def cases(table: str, key: str, missing: dict[str, str]) -> list[object]:
    """Make a test case of each row; those listed as missing are expected to fail."""
    found = []
    for row in rows(table):
        name = row[key].replace("\n", "; ")
        marks = [pytest.mark.xfail(reason=missing[name], strict=True)] if name in missing else []
        found.append(pytest.param(row, id=name[:80], marks=marks))
    unknown = set(missing) - {row[key].replace("\n", "; ") for row in rows(table)}
    assert not unknown, f"not_yet.py names rows that are not in {table}: {unknown}"
    return found


@pytest.fixture(autouse=True)
def quiet():
    """PyTorch warns of shapes and modes in some rows; only the error table is about warnings."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


@pytest.mark.parametrize("row", cases("grad_fn_table", "expression", not_yet.GRAD_FN))
def test_graph(row):
    out = evaluate(ours, row["expression"], inputs(ours))
    found = described(out)
    assert found == {column: row[column] for column in found}


def _backward(namespace, row):
    env = inputs(namespace)
    namespace.manual_seed(0)
    out = evaluate(namespace, row["expression"], env)
    if out.requires_grad and not out.is_leaf:
        # not a sum: the sum of a softmax, or of a normalised row, has no gradient worth comparing
        last = 0.5 if row["expression"] in _ALIKE else 2.0
        weights = np.linspace(0.5, last, int(np.prod(out.shape))).reshape(tuple(out.shape))
        out.backward(namespace.from_numpy(weights.astype(str(out.dtype).split(".")[-1])))
    leaves = {k: v for k, v in env.items() if isinstance(v, namespace.Tensor) and k in inputs(namespace)}
    return out, {k: v.grad for k, v in leaves.items() if v.is_leaf and v.requires_grad}


# what is left of large numbers that cancel: float32 has no more digits than that, in either engine
_ATOL = {"F.instance_norm(T)": 3e-5}
# two of the eigenvalues are equal: only what treats them alike has a gradient
_ALIKE = ("torch.linalg.eigh(P @ P.t())[0]",)


@pytest.mark.parametrize("row", cases("grad_fn_table", "expression", {}))
def test_values_and_gradients(row):
    if row["backward"] not in ("ok", ""):
        out = evaluate(ours, row["expression"], inputs(ours))
        with pytest.raises((RuntimeError, NotImplementedError)) as caught:
            out.sum().backward()
        assert f"{caught.type.__name__}: {str(caught.value).splitlines()[0]}" == row["backward"]
        return
    mine, my_grads = _backward(ours, row)
    theirs, their_grads = _backward(torch, row)
    close = {"rtol": 1e-4, "atol": _ATOL.get(row["expression"], 1e-5), "equal_nan": True}
    np.testing.assert_allclose(mine.detach().numpy(), theirs.detach().numpy(), **close)
    assert my_grads.keys() == their_grads.keys()
    for name, grad in my_grads.items():
        assert (grad is None) == (their_grads[name] is None), name
        if grad is not None:
            np.testing.assert_allclose(grad.detach().numpy(), their_grads[name].detach().numpy(), **close, err_msg=name)
            assert str(grad.dtype) == str(their_grads[name].dtype)


@pytest.mark.parametrize("row", cases("torch_semantics", "question", not_yet.SEMANTICS))
def test_semantics(row):
    assert answer(ours, row["code"]) == row["answer"]


@pytest.mark.parametrize("row", cases("torch_errors", "situation", not_yet.ERRORS))
def test_errors(row):
    assert outcome(ours, row["code"]) == (row["exception"], row["message"])
