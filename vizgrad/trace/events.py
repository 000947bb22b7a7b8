"""Everything that happens in a run, as frozen events in order."""

from __future__ import annotations

from typing import ClassVar

import msgspec

from .records import Span
from .values import Value


class Happening(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, gc=False, tag_field="kind"):
    """What all events share: a kind, a place in the program's text, and whether a reader stops at it."""

    is_step: ClassVar[bool] = False
    span: Span | None = None

    @property
    def kind(self) -> str:
        """The event's kind, as it stands in the JSON."""
        return str(self.__struct_config__.tag)


class Operand(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """One argument of an operation under PyTorch's schema name: a tensor's id, or the text of a plain value."""

    name: str
    tensor: int | None = None
    text: str | None = None


class Create(Happening, tag="create", frozen=True, kw_only=True, gc=False):
    """A tensor came to be other than by an operation on tensors (ones, tensor, rand ...)."""

    is_step: ClassVar[bool] = True
    tensor: int
    op: str
    value: Value


class Forward(Happening, tag="forward", frozen=True, kw_only=True, gc=False):
    """An operation computed new tensors; `node` is None where autograd does not track it."""

    is_step: ClassVar[bool] = True
    op: str
    node: int | None
    inputs: tuple[Operand, ...]
    outputs: tuple[int, ...]
    values: tuple[Value, ...]


class Seen(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """A tensor that shares the memory an in-place operation wrote: its new value, version and grad_fn's node."""

    tensor: int
    value: Value
    version: int
    node: int | None
    output_nr: int = 0


class Inplace(Happening, tag="inplace", frozen=True, kw_only=True, gc=False):
    """An operation changed `tensor` in place; `seen` tells it for this tensor first, then for its views and base."""

    is_step: ClassVar[bool] = True
    op: str
    tensor: int
    node: int | None
    inputs: tuple[Operand, ...]
    seen: tuple[Seen, ...]


class Bind(Happening, tag="bind", frozen=True, kw_only=True, gc=False):
    """A name of the program now means `tensor`, or no tensor any more (None)."""

    name: str
    tensor: int | None


class Mode(Happening, tag="mode", frozen=True, kw_only=True, gc=False):
    """A grad mode was entered or left: "no_grad", "enable_grad", "inference_mode"."""

    name: str
    entered: bool


class RequiresGrad(Happening, tag="requires_grad", frozen=True, kw_only=True, gc=False):
    """A tensor's `requires_grad` was changed after its birth."""

    tensor: int
    requires_grad: bool


class Backward(Happening, tag="backward", frozen=True, kw_only=True, gc=False):
    """A backward pass begins; `number` counts them from 0. `seeds` are the gradients put in at the roots.

    `accumulate` is False for `torch.autograd.grad`, which returns gradients instead of adding them to `.grad`;
    `inputs` are the tensors it was asked for, if any.
    """

    is_step: ClassVar[bool] = True
    number: int
    roots: tuple[int, ...]
    seeds: tuple[Value, ...]
    retain_graph: bool = False
    create_graph: bool = False
    accumulate: bool = True
    inputs: tuple[int, ...] = ()


class Contribution(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """One gradient that arrives at a node: from which node and slot (None: the seed), and what it brings."""

    node: int | None
    slot: int | None
    value: Value


class Arrival(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """The gradient for one output of a node: the sum (None: no gradient came), and what it is the sum of."""

    grad: Value | None
    contributions: tuple[Contribution, ...] = ()


class Departure(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """The gradient for one input of a node; `raw` is it before the sum that undoes broadcasting, None if the same."""

    grad: Value
    raw: Value | None = None


class Vjp(Happening, tag="vjp", frozen=True, kw_only=True, gc=False):
    """A node turned the gradients of its outputs (`arrivals`) into those of its inputs (`departures`, by slot)."""

    is_step: ClassVar[bool] = True
    backward: int
    node: int
    arrivals: tuple[Arrival, ...]
    departures: tuple[Departure | None, ...]


class Accumulate(Happening, tag="accumulate", frozen=True, kw_only=True, gc=False):
    """`.grad` of a leaf (through its AccumulateGrad `node`), or of a retained tensor (node None), grew by `delta`."""

    is_step: ClassVar[bool] = True
    backward: int
    tensor: int
    node: int | None
    before: Value | None
    delta: Value
    after: Value
    contributions: tuple[Contribution, ...] = ()


class Free(Happening, tag="free", frozen=True, kw_only=True, gc=False):
    """A node let go of the tensors it had saved."""

    node: int


class Hook(Happening, tag="hook", frozen=True, kw_only=True, gc=False):
    """A hook of the program ran on a tensor's or node's gradient; `after` is None where it changed nothing."""

    is_step: ClassVar[bool] = True
    name: str
    tensor: int | None = None
    node: int | None = None
    before: Value | None = None
    after: Value | None = None


class SetGrad(Happening, tag="set_grad", frozen=True, kw_only=True, gc=False):
    """`.grad` was set by the program: zeroed, replaced, or None."""

    is_step: ClassVar[bool] = True
    tensor: int
    grad: Value | None


class Norm(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """The Euclidean norm of a leaf's gradient, as a scalar of its dtype."""

    tensor: int
    norm: Value


class Light(Happening, tag="light", frozen=True, kw_only=True, gc=False):
    """A scene of which only this was kept: what its backward passes started from, and the gradients they left.

    `losses` are the values of the passes' roots, in order; `norms` those of the known leaves' gradients after the
    newest pass. `is_rest` says that the scene up to here was recorded whole and the rest of it was too much.
    """

    losses: tuple[Value, ...] = ()
    norms: tuple[Norm, ...] = ()
    is_rest: bool = False


class Grad(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """A tensor's `.grad` at one moment."""

    tensor: int
    value: Value | None


class Resume(Happening, tag="resume", frozen=True, kw_only=True, gc=False):
    """The record goes on in full: `seen` and `grads` are what has changed since it went light, of known tensors."""

    seen: tuple[Seen, ...] = ()
    grads: tuple[Grad, ...] = ()


class Print(Happening, tag="print", frozen=True, kw_only=True, gc=False):
    """The program printed `text` (line ends included).

    `is_result` says that a notebook shows it as the value of a cell. `top_line` is the line of the program's top level
    that was being run, where it is another than the span's: a function printed.
    """

    text: str
    is_result: bool = False
    top_line: int | None = None


class Warned(Happening, tag="warning", frozen=True, kw_only=True, gc=False):
    """PyTorch warned: its category ("UserWarning") and message; `top_line` as in a Print."""

    category: str
    message: str
    top_line: int | None = None


class Fault(Happening, tag="error", frozen=True, kw_only=True, gc=False):
    """The program ended with an error: its type's name, PyTorch's text, and a hint that says why and what to do.

    `top_line` as in a Print.
    """

    is_step: ClassVar[bool] = True
    type: str
    message: str
    hint: str | None = None
    top_line: int | None = None

    @property
    def line(self) -> int | None:
        """The line, counted from 1."""
        return self.span.line if self.span else None

    @property
    def column(self) -> int | None:
        """The column of the expression's first character, counted from 1 as in a SyntaxError."""
        return self.span.column + 1 if self.span else None


Event = (
    Create
    | Forward
    | Inplace
    | Bind
    | Mode
    | RequiresGrad
    | Backward
    | Vjp
    | Accumulate
    | Free
    | Hook
    | SetGrad
    | Light
    | Resume
    | Print
    | Warned
    | Fault
)
