"""The record of one run: frozen plain data, JSON in and out."""

from .compare import Comparison, Difference, compare
from .events import (
    Accumulate,
    Arrival,
    Backward,
    Bind,
    Contribution,
    Create,
    Departure,
    Event,
    Fault,
    Forward,
    Free,
    Hook,
    Inplace,
    Mode,
    Operand,
    Print,
    RequiresGrad,
    Seen,
    SetGrad,
    Vjp,
    Warned,
)
from .notation import Notation
from .records import Edge, NodeRecord, Saved, Span, TensorRecord
from .scenes import Scene, Step
from .state import State
from .trace import Trace, Variable
from .values import Summary, Value

__all__ = [
    "Accumulate",
    "Arrival",
    "Backward",
    "Bind",
    "Comparison",
    "Contribution",
    "Create",
    "Departure",
    "Difference",
    "Edge",
    "Event",
    "Fault",
    "Forward",
    "Free",
    "Hook",
    "Inplace",
    "Mode",
    "NodeRecord",
    "Notation",
    "Operand",
    "Print",
    "RequiresGrad",
    "Saved",
    "Scene",
    "Seen",
    "SetGrad",
    "Span",
    "State",
    "Step",
    "Summary",
    "TensorRecord",
    "Trace",
    "Value",
    "Variable",
    "Vjp",
    "Warned",
    "compare",
]
