"""Random programs of the language that is offered: tensors, operations, control flow, functions, classes, backward."""

# ruff: noqa: E501 - a program reads as one line

from __future__ import annotations

from hypothesis import strategies as st

HEAD = """\
import torch
import torch.nn.functional as F


class Scale:
    def __init__(self, by=2.0):
        self._by = by

    def __call__(self, value, *, shift=0.0):
        return value * self._by + shift

    def __add__(self, other):
        return Scale(self._by + other._by)


def twice(f, value, times=2):
    for _ in range(times):
        value = f(value)
    return value


class Double(torch.autograd.Function):
    @staticmethod
    def forward(ctx, value):
        ctx.save_for_backward(value)
        return value * 2

    @staticmethod
    def backward(ctx, grad):
        (value,) = ctx.saved_tensors
        return grad * 2


"""

LEAVES = [
    "torch.tensor([[0.5, -1.0, 2.0], [1.5, 0.25, -0.75]], requires_grad=True)",
    "torch.ones(2, 3, requires_grad=True)",
    "torch.linspace(-1, 1, 6).reshape(2, 3).requires_grad_()",
    "torch.full((2, 3), 0.5)",
    "(torch.arange(6.0) / 4).view(2, 3)",
    "torch.rand(2, 3, requires_grad=True)",
]
# every one keeps the shape (2, 3); {a}, {b}, {c} are tensors in sight, {n} a small number
EXPRESSIONS = [
    "{a} + {b}", "{a} - {n}", "{n} * {a}", "{a} * {b}", "{a} / ({b} ** 2 + 1)", "-{a}", "{a} ** 2", "{a} ** 3 / {n}",
    "torch.{u}({a}.tanh().abs() + 0.1)", "{a}.{m}()", "({a} @ {b}.T) @ {c} / 4", "torch.matmul({a}, {b}.t()).mm({c}) / 5",
    "{a} - {a}.mean(dim=1, keepdim=True)", "{a} * {b}.sum(0)", "{a}.softmax(dim=-1)", "{a} + {b}[0]", "{a}[:, [2, 0, 1]]",
    "torch.cat([{a}[:1], {b}[1:]])", "torch.stack([{a}[0], {b}[1]])", "torch.where({a} > {b}, {a}, {c} * {n})",
    "{a}.T.reshape(2, 3)", "{a}.flatten().view(2, 3)", "{a}.unsqueeze(0).squeeze(0)", "{a}.clamp(-1, 1)", "{a}.detach() * {b}",
    "{a}.clone()", "{a}.expand(2, 3) + 0", "torch.maximum({a}, {b})", "{a}.exp().log()", "F.relu({a}) + F.elu({b})",
    "twice(lambda v: v * {n} + 1, {a})", "twice(torch.tanh, {a}, times=3)", "Scale({n})({a}, shift=0.5)",
    "(Scale() + Scale({n}))({a})", "sum([{a} * i for i in range(1, 4)])", "[{a}, {b}][{i}]", "({a}, {b}, {c})[-1]",
    "{{'k': {a}}}.get('k', {b})", "{a} if {n} > 0.7 else {b}", "Double.apply({a})", "F.linear({a}, {b}[:, :3], None).mm({c}) / 3",
    "{a}.cumsum(1) / 2", "{a}.sort(dim=1).values", "{a}.max(dim=0).values + {b}", "F.layer_norm({a}, (3,))", "{a}.roll(1, 0)",
    "{a}.norm() * {b} / 3", "{a}.std() + {b}", "{a}.prod(dim=1, keepdim=True) * {b} / 4", "F.dropout({a}, 0.5)",
    "torch.einsum('ij,ij->ij', {a}, {b})", "(w := {a} * 0.5) + w", "{a}.masked_fill({b} > 0.5, 0.0)", "{a}.gather(1, torch.tensor([[0, 2, 1], [1, 1, 0]]))",
]  # fmt: skip
STATEMENTS = [
    "print({a})", "print({a}.shape, {a}.requires_grad, f'{{{a}.sum().item():.3f}}', sep='; ')", "print({a}.grad_fn is None, {a}.is_leaf)",
    "for i in range({i} + 1):\n    {x} = {e}", "if {a}.sum() > {n}:\n    {x} = {e}\nelse:\n    {x} = {f}",
    "k = 0\nwhile k < 2:\n    k += 1\n    {x} = {e}\n    if k == {i}:\n        continue\nelse:\n    print('k', k)",
    "with torch.no_grad():\n    {x} = {e}", "{x}, {y} = {e}, {f}", "{x} = {y} = {e}", "first, *rest = {a}\nprint(first, len(rest))",
    "try:\n    {x} = {e}\n    1 / {i}\nexcept ZeroDivisionError as error:\n    print(error)\nfinally:\n    {y} = {f}",
    "def made(v, scale={n}):\n    inner = v * scale\n    return inner + {a}\n{x} = made({b})",
    "def rows(v):\n    for row in v:\n        yield row * {n}\n{x} = torch.stack(list(rows({a})))",
    "match {i}:\n    case 0:\n        {x} = {e}\n    case 1 | 2 as found:\n        {x} = {f} * found\n    case _:\n        pass",
    "{x} = {e}\n{x} += 1", "{x} = {e}\n{x} = {x} * 1\n{x} *= {n}", "{x} = {e} * 1\n{x}[0] = {n}", "{x} = {e} * 1\n{x}.add_({a})",
    "{x} = {e}\nif {x}.requires_grad:\n    {x}.retain_grad()", "assert {a}.shape == (2, 3), 'shape'", "{x} = {e}\ndel {x}\n{x} = {f}",
    "total = ({e}).sum() * 1.0\nif total.requires_grad:\n    total.backward()\nfor leaf in leaves:\n    print(leaf.grad)",
    "for leaf in leaves:\n    leaf.grad = None", "with torch.no_grad():\n    for leaf in leaves:\n        leaf -= 0.1 * (leaf.grad if leaf.grad is not None else 0)",
    "if {a}.requires_grad:\n    print(torch.autograd.grad(({a} * {n}).sum(), {a})[0])",
    "{x} = {e}\nif {x}.requires_grad:\n    {x}.register_hook(lambda grad: grad * {n})",
    "opt = torch.optim.SGD(leaves, lr=0.1, momentum=0.5)\nopt.zero_grad()\n(sum(leaf.sin().sum() for leaf in leaves)).backward()\nopt.step()",
    "if {a}.requires_grad:\n    (g,) = torch.autograd.grad(({a} ** 3).sum(), {a}, create_graph=True)\n    {x} = g * {b}",
]  # fmt: skip
NAMES = "p q r s".split()


@st.composite
def programs(draw: st.DrawFn) -> str:
    """A program that makes tensors, computes with them in every way, and goes backward."""
    lines = [HEAD]
    leaves = draw(st.lists(st.sampled_from(LEAVES), min_size=1, max_size=3))
    for number, made in enumerate(leaves):
        lines.append(f"a{number} = {made}")
    known = [f"a{number}" for number in range(len(leaves))]
    lines.append(f"leaves = [t for t in ({', '.join(known)},) if t.requires_grad]")
    lines.extend(f"{name} = {draw(st.sampled_from(known))} * 1" for name in NAMES)
    known += NAMES
    count = draw(st.integers(1, 6))
    lines.extend(filled(draw, draw(st.sampled_from(STATEMENTS)), known) for _ in range(count))
    lines.append(
        "end = (p * q + r - s).sum()\nif end.requires_grad:\n    end.backward()\nfor leaf in leaves:\n    print(leaf.grad)"
    )
    return "\n".join(lines) + "\n"


def filled(draw: st.DrawFn, pattern: str, known: list[str]) -> str:
    """A pattern with what is in sight put into its places."""
    tensor = st.sampled_from(known)

    def expression() -> str:
        return draw(st.sampled_from(EXPRESSIONS)).format(**simple())

    def simple() -> dict[str, str]:
        method = draw(st.sampled_from(["sin", "cos", "tanh", "sigmoid", "relu", "abs", "neg", "square"]))
        unary = draw(st.sampled_from(["exp", "sqrt", "log", "log1p", "rsqrt", "reciprocal", "expm1", "sinh"]))
        places = {
            "m": method,
            "u": unary,
            "n": draw(st.sampled_from(["0.5", "1.5", "2"])),
            "i": str(draw(st.integers(0, 1))),
        }
        return places | {name: draw(tensor) for name in "abc"}

    target = st.sampled_from(NAMES)
    return pattern.format(**simple(), e=expression(), f=expression(), x=draw(target), y=draw(target))
