"""What a program sees of our classes: PyTorch's names; and the examples in our docstrings, which run."""

from __future__ import annotations

import doctest
import importlib
import inspect
import pkgutil
import re

import pytest

import vizgrad.autodiff as ours

torch = pytest.importorskip("torch")

LAYERS = [name for name in ours.nn.__all__ if isinstance(getattr(ours.nn, name), type)]
MODULES = ["vizgrad.autodiff", *(m.name for m in pkgutil.walk_packages(ours.__path__, "vizgrad.autodiff."))]


@pytest.mark.parametrize("name", ["Tensor", "Size", "device", "dtype", "Generator"])
def test_types_print_as_pytorchs(name):
    assert str(getattr(ours, name)) == str(getattr(torch, name))


@pytest.mark.parametrize("name", LAYERS)
def test_layers_print_as_pytorchs(name):
    assert str(getattr(ours.nn, name)) == str(getattr(torch.nn, name))


@pytest.mark.parametrize("name", ours.optim.__all__)
def test_optimizers_print_as_pytorchs(name):
    assert str(getattr(ours.optim, name)) == str(getattr(torch.optim, name))


def test_nodes_print_as_pytorchs():
    def kinds(namespace):
        class Twice(namespace.autograd.Function):
            @staticmethod
            def forward(ctx, x):
                return x * 2

            @staticmethod
            def backward(ctx, grad):
                return grad * 2

        x = namespace.ones(2, requires_grad=True)
        y = Twice.apply(x)
        return [str(type(y.sum().grad_fn)), str(type(y.grad_fn)), str(type(x.view(2).grad_fn.next_functions[0][0]))]

    assert kinds(ours) == kinds(torch)


class Finder(doctest.DocTestFinder):
    """Finds the examples of classes that say they live in PyTorch's modules, too."""

    def _from_module(self, module, object):
        if isinstance(object, type) and object.__module__.startswith("torch"):
            return re.search(rf"^class {object.__name__}\b", inspect.getsource(module), re.M) is not None
        return super()._from_module(module, object)


@pytest.mark.parametrize("name", MODULES)
def test_examples_in_docstrings_run(name):
    module = importlib.import_module(name)
    finder, runner = Finder(exclude_empty=True), doctest.DocTestRunner(optionflags=doctest.NORMALIZE_WHITESPACE)
    seen = set()
    for found in finder.find(module, name):
        if (found.filename, found.lineno) not in seen:
            seen.add((found.filename, found.lineno))
            runner.run(found)
    assert runner.summarize(verbose=False).failed == 0


def test_a_namespace_that_is_not_there_is_an_attribute_that_is_not_there() -> None:
    import vizgrad.autodiff as ours

    for owner, name in ((ours, "special"), (ours, "no_such_name"), (ours.autograd, "graph"), (ours.optim, "nothing")):
        assert not hasattr(owner, name)
