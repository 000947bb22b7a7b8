"""Everything that is known of one tensor at the end of a scene, as pairs of a word and a text."""

from __future__ import annotations

from ..trace import Forward, Inplace, Notation, Scene, SetGrad, Span, State, TensorRecord, Trace
from .elements import elements_text

REASONS = {
    "constant": "it was made without requires_grad",
    "no_grad": "it was made under torch.no_grad()",
    "inference_mode": "it was made in inference mode",
    "detach": "detach() cut it off from what it was made of",
    "integer": "only floating-point tensors can have a gradient",
    "not_tracked": "nothing that it was made of requires a gradient",
}
MOST_USES = 8
MOST_PARTS = 40
"""Inputs and saved values of a node that are listed."""


def facts(trace: Trace, scene: Scene, tensor: int) -> tuple[tuple[str, str], ...]:
    """What PyTorch would answer when asked about a tensor, what its node keeps, where it is made and used.

    Raises KeyError for a tensor that is not there at the end of the scene.
    """
    state, notation, record = trace.at(scene.stop), Notation(trace, scene), trace.tensors[tensor]
    found = [
        ("value", elements_text(state.values[tensor])),
        *_gradient(state, tensor),
        ("shape", str(record.shape)),
        ("dtype", f"torch.{record.dtype}"),
        ("requires_grad", str(state.requires_grad[tensor])),
        ("is_leaf", str(state.is_leaf(tensor))),
        ("version", str(state.versions.get(tensor, 0))),
    ]
    if not state.requires_grad[tensor] and record.reason:
        found.append(("no gradient", REASONS.get(record.reason, record.reason)))
    if record.base is not None:
        found.append(("view of", _name(notation, scene, record.base)))
    found += _of_node(trace, state, notation, scene, tensor)
    found += _places(trace, notation, scene, record)
    return tuple(found)


def _gradient(state: State, tensor: int) -> list[tuple[str, str]]:
    kept, flowing = state.grads.get(tensor), state.gradient(tensor)
    pairs = [("grad", "None" if kept is None else elements_text(kept))]
    if flowing is not None and kept is None:
        pairs.append(("gradient that flowed", elements_text(flowing)))
    return pairs


def _of_node(trace: Trace, state: State, notation: Notation, scene: Scene, tensor: int) -> list[tuple[str, str]]:
    """The gradient function: its name, what comes next, what it has saved."""
    source = state.grad_fn.get(tensor)
    if source is None:
        adds = any(node.variable == tensor for node in trace.nodes)
        told = [("its gradient goes to", "AccumulateGrad, which adds it to .grad")] if adds else []
        return [("grad_fn", "None"), *told]
    node = trace.nodes[source[0]]
    following = ["None" if edge is None else trace.nodes[edge.node].name for edge in node.edges[:MOST_PARTS]]
    saved = []
    for one in node.saved[:MOST_PARTS]:
        if one.tensor is not None:
            gone = " (freed)" if node.id in state.freed else ""
            saved.append(f"_saved_{one.name} = {_name(notation, scene, one.tensor)}{gone}")
        elif one.text is not None:
            saved.append(f"_saved_{one.name} = {one.text}")
    pairs = [("grad_fn", node.name), ("next_functions", "\n".join(following) or "none")]
    if saved:
        pairs.append(("saved", "\n".join(saved)))
    if node.module:
        pairs.append(("module", node.module))
    return pairs


def _places(trace: Trace, notation: Notation, scene: Scene, record: TensorRecord) -> list[tuple[str, str]]:
    """Where it is made, used and written to."""
    pairs = [("made", _line(trace, record.span))] if record.span is not None else []
    uses: list[Forward | Inplace | SetGrad] = []
    for event in trace.events[: scene.stop]:
        match event:
            case Forward(inputs=inputs) if any(o.tensor == record.id for o in inputs):
                uses.append(event)
            case Inplace(tensor=record.id) | SetGrad(tensor=record.id):
                uses.append(event)
    if uses:
        more = [f"… and {len(uses) - MOST_USES} more"] if len(uses) > MOST_USES else []
        told = [_use(trace, notation, scene, event) for event in uses[:MOST_USES]]
        pairs.append(("used", "\n".join([*dict.fromkeys(told), *more])))
    return pairs


def _use(trace: Trace, notation: Notation, scene: Scene, event: Forward | Inplace | SetGrad) -> str:
    line = _line(trace, event.span)
    if isinstance(event, Forward):
        return f"{event.op} → {_name(notation, scene, event.outputs[0]) if event.outputs else ''}, {line}"
    return f"{'changed in place' if isinstance(event, Inplace) else '.grad set'}, {line}"


def _line(trace: Trace, span: Span | None) -> str:
    return "by the library" if span is None else f"line {span.line}: {span.of(trace.source).splitlines()[0]}"


def _name(notation: Notation, scene: Scene, tensor: int) -> str:
    return notation.name(tensor) if tensor in scene.tensors else "a tensor of an earlier scene"
