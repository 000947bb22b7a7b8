"""What errors mean and how to mend them: (type, pattern of the text, what to say), the first that fits counts.

Types and patterns are regular expressions; `{0}`, `{1}` … in what is said are the pattern's groups.
"""

# ruff: noqa: E501 - the sentences stand on their lines as they are read

from __future__ import annotations

TORCH: tuple[tuple[str, str, str], ...] = (
    # -- backward
    (
        "RuntimeError",
        "grad can be implicitly created only for scalar outputs",
        "backward() starts from one number, and this tensor has several. Reduce it first, as in `y.sum().backward()`, "
        "or say what gradient to start from: `y.backward(torch.ones_like(y))`.",
    ),
    (
        "RuntimeError",
        "does not require grad and does not have a grad_fn",
        "Nothing that led to this tensor was recorded: no input has `requires_grad=True`, or it was computed under "
        "no_grad, after detach(), or from whole numbers. Create a leaf with `requires_grad=True` and compute from it.",
    ),
    (
        "RuntimeError",
        "Trying to backward through the graph a second time",
        "The first backward() freed what this graph had saved. Compute the result again before the second backward(), "
        "or keep the graph with `backward(retain_graph=True)` the first time.",
    ),
    (
        "RuntimeError",
        r"Mismatch in shape: grad_output\[(\d+)\] has a shape of torch.Size\((.*?)\) and output\[\d+\] has a shape of torch.Size\((.*?)\)",
        "The gradient given to backward() must have the shape of the tensor itself: {2}, not {1}.",
    ),
    (
        "TypeError",
        "gradients can be either Tensors or None",
        "Give the starting gradient as a tensor: `torch.tensor(1.0)`.",
    ),
    (
        "TypeError",
        "'float' object is not iterable",
        "If this is the gradient for backward(), give it as a tensor: `y.backward(torch.tensor(1.0))`.",
    ),
    (
        "RuntimeError",
        "both grad_output and output are required to have the same dtype",
        "Give a starting gradient of the dtype of the result, real or complex like it.",
    ),
    (
        "RuntimeError",
        "appears to not have been used in the graph",
        "The result does not depend on this tensor, so it has no gradient. Check that the computation really uses it, "
        "or pass `allow_unused=True` to get None for it.",
    ),
    (
        "RuntimeError",
        "One of the differentiated Tensors does not require grad",
        "A gradient can only be asked for with respect to a tensor that has `requires_grad=True`.",
    ),
    ("RuntimeError", r"`inputs` argument to .* cannot be empty", "Name at least one tensor, or leave out `inputs`."),
    ("RuntimeError", r"got (\d+) tensors and (\d+) gradients", "Give one starting gradient for each result."),
    (
        "RuntimeError",
        r"derivative for (aten::)?(\w+) is not implemented",
        "`{1}` is flat between its steps and has no useful derivative. Use an operation that has one (`/` for `//`).",
    ),
    (
        "RuntimeError",
        r"Function '(\w+)' returned nan values",
        "{0} divided by zero: look at its inputs, such as sqrt at 0.",
    ),
    # -- requires_grad and .grad
    (
        "RuntimeError",
        "[Oo]nly Tensors of floating point (and complex )?dtype can require gradients",
        "Whole numbers and booleans have no derivative. Write `1.0` for `1`, or pass `dtype=torch.float32`.",
    ),
    (
        "RuntimeError",
        "you can only change requires_grad flags of leaf variables",
        "This tensor was computed, so it is part of a graph. Set requires_grad on the leaves that you create; to cut a "
        "tensor out of the graph use `.detach()`.",
    ),
    (
        "RuntimeError",
        "can't retain_grad on Tensor that has requires_grad=False",
        "A tensor that no gradient reaches has none to keep. Set `requires_grad=True` where its inputs are created.",
    ),
    (
        "RuntimeError",
        r"attempting to assign a gradient of size '(.*?)' to a tensor of size '(.*?)'",
        "`.grad` always has the shape of its tensor: {1}.",
    ),
    ("RuntimeError", "attempting to assign a gradient with dtype", "Convert the gradient first: `g.to(x.dtype)`."),
    (
        "TypeError",
        "assigned grad expected to be a Tensor or None",
        "Set `.grad` to a tensor of the same shape, or to None.",
    ),
    ("RuntimeError", "can't assign Variable as its own grad", "A tensor cannot be its own gradient; use `x.clone()`."),
    (
        "AttributeError",
        r"'NoneType' object has no attribute '(zero_|data|item|norm|sum|mean|clone|detach|shape|abs)'",
        "This is None: `.grad` stays None until backward() has reached the tensor, and only leaves get one. Call "
        "backward() first, or check `if x.grad is not None`.",
    ),
    (
        "RuntimeError",
        "support the deepcopy protocol",
        "Only leaves can be copied with their history. Use `x.detach().clone()` for a copy of the numbers.",
    ),
    ("RuntimeError", "Can't detach views in-place", "Write `x = x.detach()`, which leaves the view as it is."),
    # -- in place
    (
        "RuntimeError",
        "a (view of a )?leaf Variable that requires grad is being used in an in-place operation",
        "Changing a leaf in place would lose the value that its gradient belongs to. Wrap an update in "
        "`with torch.no_grad():`, or make a new tensor: `x = x + 1`.",
    ),
    (
        "RuntimeError",
        r"modified by an inplace operation.*is at version (\d+); expected version (\d+)",
        "Backward needs this tensor as it was when it was used, and it was overwritten since. Write the in-place step "
        "as an ordinary one (`y = y + 1` for `y += 1`), or work on a `.clone()`.",
    ),
    (
        "RuntimeError",
        r"Output \d+ of (\w+) is a view and is being modified inplace",
        "The pieces of {0} share memory, so autograd cannot follow a change of one. Use `piece = piece + 1`.",
    ),
    (
        "RuntimeError",
        "single memory location",
        "An expanded tensor repeats the same numbers: `.clone()` it, then change it.",
    ),
    (
        "RuntimeError",
        "A view was created in no_grad mode",
        "Make the view and change it in the same mode: both inside no_grad, or both outside.",
    ),
    (
        "RuntimeError",
        r"output with shape \[(.*?)\] doesn't match the broadcast shape \[(.*?)\]",
        "An in-place operation cannot make its tensor larger, from [{0}] to [{1}]. Write `x = x + y` instead.",
    ),
    (
        "RuntimeError",
        r"result type (\w+) can't be cast to the desired output type (\w+)",
        "An in-place operation keeps its tensor's dtype, {1}, which cannot hold {0}. Convert first: `x = x.float()`.",
    ),
    ("RuntimeError", "functions with out=... arguments don't support", "Leave out `out=`, and assign the result."),
    # -- modes
    (
        "RuntimeError",
        "Inference tensors cannot be saved",
        "Use no_grad instead of inference_mode, or clone the tensor.",
    ),
    (
        "RuntimeError",
        "[Ii]nference ?(tensor|Mode)",
        "Tensors made in inference_mode stay outside autograd; `.clone()` them.",
    ),
    ("TypeError", "'type' object does not support the context manager", "Call it: `with torch.no_grad():`."),
    # -- hooks and functions
    (
        "RuntimeError",
        "cannot register a hook on a tensor that doesn't require",
        "No gradient ever comes here to be seen.",
    ),
    (
        "RuntimeError",
        "hook '.*' has changed the size",
        "A hook must return a gradient of the shape it was given, or None.",
    ),
    ("TypeError", "but hook returned", "A hook must return a tensor, or None to leave the gradient as it is."),
    (
        "RuntimeError",
        "post accumulate grad hooks cannot",
        "Only leaves accumulate; use `register_hook` on this tensor.",
    ),
    (
        "RuntimeError",
        r"function (\w+)Backward returned an incorrect number of gradients \(expected (\d+), got (\d+)\)",
        "backward must return one gradient for each input of forward after ctx: {1}; None where none is needed.",
    ),
    (
        "RuntimeError",
        r"Function (\w+)Backward\d* returned an invalid gradient at index (\d+) - got (\[.*?\]) but expected shape compatible with (\[.*?\])",
        "The gradient for an input must have that input's shape, {3}. Sum over the dimensions that were broadcast.",
    ),
    ("RuntimeError", r"expected Variable or None \(got (\w+)\)", "Return a tensor or None from backward, not a {0}."),
    (
        "RuntimeError",
        "Legacy autograd function",
        "Put @staticmethod above forward and backward, and call `Name.apply(x)`.",
    ),
    (
        "NotImplementedError",
        "must implement either the backward or vjp",
        "Add `@staticmethod def backward(ctx, grad): …`.",
    ),
    (
        "AttributeError",
        r"before Module.__init__\(\) call",
        "Begin the class's `__init__` with `super().__init__()`.",
    ),
    (
        "TypeError",
        r"\w*Loss\.__init__\(\) takes",
        "A loss is made first, and then called, as in `nn.MSELoss()(output, target)`.",
    ),
    (
        "TypeError",
        r"forward\(\) takes \d+ positional arguments? but",
        "The module is called with more than its forward takes: its first parameter is `self`, as in `def forward(self, x):`.",
    ),
    (
        "ValueError",
        "optimizer got an empty parameter list",
        "The model has no parameters. Layers are found when they are attributes, `self.layer = nn.Linear(2, 1)`, and "
        "several of them in an nn.ModuleList.",
    ),
    (
        "TypeError",
        "'(Linear|Sequential|Module|Net|Model|MLP)' object is not iterable",
        "An optimizer is given the parameters: `model.parameters()`.",
    ),
    (
        "TypeError",
        "(list|generator|tuple) is not a Module subclass",
        "Give the layers one by one; a list of them is unpacked by a star: `nn.Sequential(*layers)`.",
    ),
    (
        "RuntimeError",
        "in loading state_dict",
        "The names and shapes must be those of `model.state_dict()`: print it beside what you load.",
    ),
    (
        "TypeError|NotImplementedError",
        r"unexpected keyword argument 'out'|\(out=…\)",
        "Use the result: `z = torch.add(x, y)`. With out= it is on the PyTorch engine only.",
    ),
    (
        "NotImplementedError",
        r"Module \[(\w+)\] is missing the required \"forward\"",
        "Add `def forward(self, x): …` to {0}.",
    ),
    ("TypeError", "save_for_backward can only save variables", "Keep plain values on the context itself: `ctx.n = n`."),
    (
        "GradcheckError",
        "Jacobian mismatch",
        "The gradient that backward returns differs from the one measured numerically.",
    ),
    (
        "ValueError",
        "gradcheck expects at least one input",
        "Create its inputs with `requires_grad=True, dtype=torch.float64`.",
    ),
    # -- conversion
    ("RuntimeError", r"Can't call numpy\(\) on Tensor that requires grad", "Write `x.detach().numpy()`."),
    (
        "RuntimeError|ValueError",
        "a Tensor with .* cannot be converted to Scalar|only one element tensors can be converted",
        "item() and float() need a tensor of exactly one element. Reduce it first, with sum() or mean(), or use tolist().",
    ),
    (
        "RuntimeError",
        "Boolean value of Tensor with (more than one|no) value",
        "Neither True nor False: there is one answer for each element. Use `.all()` or `.any()`, or torch.where.",
    ),
    (
        "TypeError",
        r"len\(\) of a 0-d tensor|iteration over a 0-d tensor",
        "This tensor is a single number; use `.item()`.",
    ),
    (
        "ValueError",
        r"expected sequence of length (\d+) at dim (\d+) \(got (\d+)\)",
        "Rows of a tensor have equal length: {0}.",
    ),
    ("TypeError", "invalid data type 'str'", "A tensor holds numbers only."),
    (
        "RuntimeError",
        r"Could not infer dtype of (\w+)",
        "A tensor is made of numbers and lists of numbers, not of {0}.",
    ),
    (
        "TypeError",
        r"unsupported operand type\(s\) for (.+?): ('(Tensor|list|str)' and '(Tensor|list|str)'|.*NoneType)",
        "A tensor computes with tensors and numbers. Turn a list into one with `torch.tensor([...])`; None often comes "
        "from a function without `return`, or from a `.grad` that is not there yet.",
    ),
    (
        "TypeError",
        r"argument '(\w+)' \(position (\d+)\) must be Tensor, not (\w+)",
        "Make it one: `torch.tensor(...)`.",
    ),
    # -- indexing
    (
        "IndexError",
        r"index (-?\d+) is out of bounds for dimension (\d+) with size (\d+)",
        "Dimension {1} has {2} elements: its indices begin with 0 and stay below {2}, or count from -1 back to -{2}.",
    ),
    ("IndexError", "invalid index of a 0-dim tensor", "This tensor is a single number; read it with `.item()`."),
    (
        "IndexError",
        r"too many indices for tensor of dimension (\d+)",
        "It has {0} dimension(s): use at most as many indices.",
    ),
    ("ValueError", "step must be greater than zero", "Tensors cannot be sliced backwards; use `torch.flip(x, [0])`."),
    (
        "IndexError",
        r"only integers, slices .* are valid indices",
        "Use whole numbers as indices: `int(i)`, or `i.long()`.",
    ),
    ("IndexError", "tensors used as indices must be long", "Convert the index: `i.long()`."),
    ("IndexError", "The shape of the mask", "A mask must have the shape of the tensor that it picks from."),
    ("RuntimeError", "Expected dtype int.* for index", "Convert the index: `index.long()`."),
    (
        "IndexError",
        r"Target (-?\d+) is out of bounds",
        "Targets are class numbers, from 0 to the number of columns - 1.",
    ),
    # -- shapes
    (
        "RuntimeError",
        r"The size of tensor a \((\d+)\) must match the size of tensor b \((\d+)\) at non-singleton dimension (\d+)",
        "Shapes are compared from the right; two lengths must be equal, or one of them 1. In dimension {2} they are {0} "
        "and {1}: print both shapes, and use `.T`, `.unsqueeze(dim)` or `.reshape(...)` to line them up.",
    ),
    (
        "RuntimeError",
        r"mat1 and mat2 shapes cannot be multiplied \((\d+)x(\d+) and (\d+)x(\d+)\)",
        "In A @ B the columns of A must be as many as the rows of B: {1} is not {2}. Is one of them to be transposed, `B.T`?",
    ),
    (
        "RuntimeError",
        r"size mismatch, got input \((\d+)\), mat \((\d+)x(\d+)\), vec \((\d+)\)",
        "The matrix has {2} columns, so the vector must have {2} elements, not {3}.",
    ),
    (
        "RuntimeError",
        r"inconsistent tensor size, expected tensor \[(\d+)\] and src \[(\d+)\]",
        "Vectors of equal length only.",
    ),
    ("RuntimeError", "1D tensors expected", "dot takes two vectors; for matrices use `@`."),
    ("RuntimeError", "self must be a matrix", "mm takes two matrices; `@` takes any ranks."),
    (
        "RuntimeError",
        "Expected size for first two dimensions of batch2",
        "Batches must be as many, and inner lengths equal.",
    ),
    ("RuntimeError", "both arguments to matmul need to be at least 1D", "Multiply by a single number with `*`."),
    ("RuntimeError", r"shape '(.*?)' is invalid for input of size (\d+)", "{0} does not have {1} elements in all."),
    ("RuntimeError", "only one dimension can be inferred", "Write -1 at most once in a shape."),
    ("RuntimeError", "view size is not compatible", "Use `.reshape(...)`, which copies where it must."),
    (
        "RuntimeError",
        r"The expanded size of the tensor \((\d+)\) must match the existing size \((\d+)\) at non-singleton dimension (\d+)",
        "Only a dimension of length 1 can be expanded; dimension {2} has length {1}.",
    ),
    ("RuntimeError", r"t\(\) expects a tensor with <= 2 dimensions", "Use `.transpose(-2, -1)` or `.mT` for batches."),
    (
        "IndexError",
        r"Dimension out of range \(expected to be in range of \[(-?\d+), (-?\d+)\], but got (-?\d+)\)",
        "Dimensions are counted from 0: the last one is {1}, which is also -1.",
    ),
    ("RuntimeError", r"permute\(.*\): number of dimensions|duplicate dims", "permute names each dimension once."),
    ("RuntimeError", "appears multiple times in the list of dims", "Name each dimension once."),
    (
        "TypeError",
        r"softmax\(\) missing 1 required positional arguments?: \"dim\"",
        "Say over which dimension: `dim=-1`.",
    ),
    (
        "RuntimeError",
        r"Sizes of tensors must match except in dimension (\d+)",
        "cat joins along dimension {0}; all other lengths must be equal.",
    ),
    (
        "RuntimeError",
        "Tensors must have same number of dimensions",
        "Use `.unsqueeze(0)` to give one more dimension, or stack.",
    ),
    ("RuntimeError", "zero-dimensional tensor .* cannot be concatenated", "Join single numbers with torch.stack."),
    (
        "RuntimeError",
        "stack expects each tensor to be equal size",
        "stack needs equal shapes; cat joins different lengths.",
    ),
    ("RuntimeError|ValueError", "non-empty", "The list of tensors is empty."),
    ("RuntimeError|IndexError", "Expected reduction dim to be specified", "The tensor has no elements to choose from."),
    ("RuntimeError", "must be batches of square matrices", "Only square matrices have this."),
    ("_?LinAlgError", "singular", "The matrix has no inverse: its rows depend on each other."),
    (
        "RuntimeError",
        r"Expected 3D \(unbatched\) or 4D \(batched\) input",
        "Images come as (batch, channels, height, width): give what is missing with `.unsqueeze(0)`.",
    ),
    (
        "RuntimeError",
        r"expected input.* to have (\d+) channels, but got (\d+)",
        "This layer is made for {0} channels, and the input has {1} in its dimension 1: change the layer's first argument.",
    ),
    (
        "RuntimeError",
        "Kernel size can't be greater than actual input size",
        "The image has become smaller than the kernel: use a larger image, a smaller kernel, or padding.",
    ),
    (
        "ValueError",
        "Expected more than 1 value per channel when training",
        "One example has no variance: use a larger batch, or call `model.eval()` first.",
    ),
    (
        "RuntimeError",
        "Given normalized_shape=",
        "The layer's argument must be the last length, or lengths, of its input.",
    ),
    (
        "RuntimeError",
        "scalar types: Long, Int; but got",
        "Rows are looked up by whole numbers: `words.long()`.",
    ),
    (
        "RuntimeError",
        "given to hessian should contain a single element",
        "A Hessian is that of one number: let the function return a sum, or use jacobian.",
    ),
    (
        "IndexError",
        "index out of range in self",
        "An embedding has the rows 0 to num_embeddings - 1; one of these indices lies outside.",
    ),
    # -- dtypes
    (
        "RuntimeError",
        "same dtype|must have the same dtype",
        "Matrix products do not convert: make the dtypes equal, for instance with `.float()`.",
    ),
    ("RuntimeError", "could not infer output dtype|only support floating point", "Convert first: `x.float()`."),
    (
        "NotImplementedError|RuntimeError",
        "not implemented for '(Long|Int|Bool)'",
        "Convert to floating point: `x.float()`.",
    ),
    ("RuntimeError", "Expected a floating point or complex tensor", "Convert to floating point: `x.float()`."),
    ("RuntimeError", "Integers to negative integer powers", "Convert to floating point: `x.float() ** -1`."),
    (
        "RuntimeError",
        "operator, (with two bool tensors|on a bool tensor)",
        "For booleans use `~`, `^`, or convert with `.float()`.",
    ),
    (
        "RuntimeError",
        "expected target dtype to be|expected scalar type Long",
        "Class numbers are whole numbers: `target.long()`.",
    ),
    (
        "ValueError",
        r"Expected input batch_size \((\d+)\) to match target batch_size \((\d+)\)",
        "One target for each row: {0}.",
    ),
    ("RuntimeError", "elements of input should be between 0 and 1", "Apply a sigmoid first, or use BCEWithLogitsLoss."),
    ("ValueError", "Using a target size", "Give both the same shape, with `.squeeze()` or `.reshape(...)`."),
    ("RuntimeError", "where expected condition to be a boolean", "Make the condition a comparison, such as `x > 0`."),
    ("RuntimeError", "ZeroDivisionError", "Whole numbers cannot be divided by zero; floating-point ones give inf."),
    (
        "RuntimeError|AssertionError",
        "leaf node|CUDA|cuda|not linked with support for",
        'Everything is computed on the CPU: leave out `.cuda()` and `device="cuda"`.',
    ),
)

PYTHON: tuple[tuple[str, str, str], ...] = (
    (
        "ModuleNotFoundError",
        "",
        "Only torch, numpy and a part of Python's own library can be imported here: math, random, collections and a few "
        "more.",
    ),
    ("ZeroDivisionError", "", "Something is divided by zero here."),
    ("RecursionError", "", "A function calls itself without an end: check the case in which it should stop."),
    ("IndexError", "list index out of range|tuple index out of range", "Indices go from 0 to len(...) - 1."),
    ("KeyError", "", "There is no such key; `.get(key)` gives None instead of an error."),
    (
        "UnboundLocalError",
        "",
        "The name is assigned later in this function, so it is the function's own. Use it after that.",
    ),
    ("AttributeError", "'NoneType' object has no attribute", "This is None: the function before it returned nothing."),
    (
        "AttributeError",
        "'(float|int)' object has no attribute 'backward'",
        "This is a plain number, which has no graph (`.item()` gives one): call backward() on the tensor itself.",
    ),
    ("TypeError", "can only concatenate str", 'Make it text first: `str(x)`, or write `f"loss {{x}}"`.'),
    ("TypeError", "'int' object is not iterable", "To count, write `for i in range(5):`."),
    (
        "AttributeError",
        "'(list|tuple|float|int)' object has no attribute",
        "Make it a tensor first: `torch.tensor(...)`.",
    ),
    (
        "TypeError",
        "'Tensor' object is not callable",
        "A tensor is called like a function: is an operator missing, as `*`?",
    ),
    (
        "TypeError",
        r"'(\w+)' object is not callable",
        "Parentheses after a {0} call it: is an operator missing, as `*`?",
    ),
    ("TypeError", "missing .* required positional argument", "The call leaves out an argument that has no default."),
    ("TypeError", "unexpected keyword argument", "The function has no parameter of this name."),
    ("TypeError", "takes .* positional arguments? but .* given", "Too many arguments; a method also counts `self`."),
    ("TypeError", "not subscriptable", "Brackets pick from lists, texts, dicts and tensors only."),
    (
        "ValueError",
        "too many values to unpack|not enough values to unpack",
        "As many names on the left as values on the right.",
    ),
    ("AssertionError", "", "The program's own check failed."),
    (
        "IndentationError|TabError",
        "",
        "The blanks at the beginning of lines say what belongs together: use four for each level.",
    ),
    ("SyntaxError", "was never closed", "A bracket or a quotation mark is opened here and not closed."),
    ("SyntaxError", "unterminated string", "The closing quotation mark is missing."),
    ("SyntaxError", "Maybe you meant '=='", "`=` assigns, `==` compares."),
    ("SyntaxError", "expected ':'", "The line ends with a colon."),
    ("SyntaxError", "Missing parentheses in call to 'print'", "print is a function: `print(x)`."),
    ("SyntaxError", "nested too deeply|too many nested", "Split the longest expressions over several lines."),
    ("SyntaxError", "invalid syntax", "Python cannot read the text here; often the mistake is just before it."),
    (
        "SyntaxError",
        "invalid non-printable|invalid character",
        "Replace the sign by the one on the keyboard: '-', '\"'.",
    ),
)

ENDED: tuple[tuple[str, str, str], ...] = (
    ("TimeoutError", "", "Use fewer iterations or smaller tensors; check that every loop comes to an end."),
    ("KeyboardInterrupt", "", "Change the program, or run it again with the button Run."),
    ("MemoryError", "whole number", "Compute with floating-point numbers: `10.0 ** 10`."),
    ("MemoryError", "tensor of", "Only small tensors can be shown: try lengths below a thousand."),
    ("MemoryError", "", "Make less at once: smaller tensors, shorter lists and texts."),
    ("LimitReached", "printed", "Print every hundredth step, or only the last."),
    ("LimitReached", "", "Use fewer iterations."),
    (
        "Crashed",
        "",
        "Python or PyTorch itself failed on this program; nothing else was harmed. Try it in smaller parts.",
    ),
)

LIBRARY = (
    "Of Python's own library there are math, random, collections, itertools, functools, operator, dataclasses, typing, "
    "copy, contextlib, statistics, string and time."
)
"""What can be imported instead of a module of Python's that cannot."""

USUAL = {
    "torch": "import torch",
    "nn": "import torch.nn as nn",
    "F": "import torch.nn.functional as F",
    "optim": "import torch.optim as optim",
    "np": "import numpy as np",
    "math": "import math",
    "random": "import random",
    "DataLoader": "from torch.utils.data import DataLoader",
    "TensorDataset": "from torch.utils.data import TensorDataset",
    "dataclass": "from dataclasses import dataclass",
}
"""Names that programs use, and how they get them."""
