"""Words that several sentences share."""

from __future__ import annotations

from collections.abc import Sequence

from vizgrad.trace import TensorRecord

REASONS = {
    "constant": "it was made without requires_grad=True",
    "no_grad": "inside torch.no_grad() nothing is recorded",
    "inference_mode": "inside torch.inference_mode() nothing is recorded",
    "detach": "detach() keeps the numbers and drops their history",
    "integer": "only tensors of floating-point and complex numbers have gradients",
    "not_tracked": "nothing that it is computed from requires a gradient",
}


def reason(record: TensorRecord) -> str:
    """Why autograd does not track a tensor, as a clause."""
    return REASONS.get(record.reason or "", "it does not require a gradient")


def listed(words: Sequence[str], joint: str = "and") -> str:
    """Words as an enumeration.

    >>> listed(["x"]), listed(["x", "w"]), listed(["x", "w", "b"])
    ('x', 'x and w', 'x, w and b')
    """
    if len(words) < 2:
        return "".join(words)
    return f"{', '.join(words[:-1])} {joint} {words[-1]}"


def times(count: int) -> str:
    """How often.

    >>> times(1), times(2), times(3)
    ('once', 'twice', '3 times')
    """
    return {1: "once", 2: "twice"}.get(count, f"{count} times")


def dimensions(dims: Sequence[int]) -> str:
    """Dimensions in words.

    >>> dimensions((0,)), dimensions((0, 2))
    ('dimension 0', 'dimensions 0 and 2')
    """
    return f"dimension{'s' if len(dims) != 1 else ''} {listed([str(d) for d in dims])}"
