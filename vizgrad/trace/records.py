"""What never changes about a tensor or a node of the graph: its identity."""

from __future__ import annotations

from functools import lru_cache

import msgspec

_lines = lru_cache(maxsize=4)(str.splitlines)  # of one program, from which many stretches are cut


class Span(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """A stretch of the program's text: lines from 1, columns from 0, in characters; the end is exclusive."""

    line: int
    column: int
    end_line: int
    end_column: int

    def of(self, source: str) -> str:
        """The text that the span means, its lines as they are; "" where the source has no such lines.

        >>> Span(1, 4, 1, 9).of("y = x + 1")
        'x + 1'
        """
        lines = _lines(source)[self.line - 1 : self.end_line]
        if self.line < 1 or len(lines) != self.end_line - self.line + 1 or not lines:
            return ""
        lines[-1] = lines[-1][: self.end_column]
        lines[0] = lines[0][self.column :]
        return "\n".join(lines)


class TensorRecord(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, gc=False):
    """One tensor as it was born; `id` is its place in `trace.tensors`.

    `node` is its grad_fn's place in `trace.nodes` and `output_nr` which of that node's outputs it is; `reason`
    says why it is not tracked ("constant", "no_grad", "inference_mode", "detach", "integer", "not_tracked": made
    from such tensors only) and is None where it is; `base` is the tensor whose memory a view shows.
    """

    id: int
    shape: tuple[int, ...]
    dtype: str
    requires_grad: bool
    is_leaf: bool
    node: int | None = None
    output_nr: int = 0
    base: int | None = None
    reason: str | None = None
    is_parameter: bool = False
    span: Span | None = None


class Edge(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """One of a node's `next_functions`: the node, and which of its outputs the gradient is for."""

    node: int
    input_nr: int


class Saved(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """What a node saved for its backward: a tensor's id, or the text of a plain value."""

    name: str
    tensor: int | None = None
    text: str | None = None


class NodeRecord(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, gc=False):
    """One node of the graph; `id` is its place in `trace.nodes`.

    `name` is PyTorch's ("MulBackward0", "AccumulateGrad"), `op` the operation's ("mul"); `edges` has one entry
    for each input slot, None where no gradient goes; `variable` is the leaf of an AccumulateGrad; `module` the
    path of the nn.Module whose forward made it ("net.0").
    """

    id: int
    name: str
    op: str
    edges: tuple[Edge | None, ...] = ()
    saved: tuple[Saved, ...] = ()
    variable: int | None = None
    module: str | None = None
    span: Span | None = None
