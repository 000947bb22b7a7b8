"""Trace to plotly figures: gradients looked at from all sides."""

from plotly.graph_objects import Figure

from .enlarge import enlarged
from .makeup import makeup
from .norms import norms
from .slices import Curve, Surface, curve, surface
from .tensors import Panel, gradients
from .training import training

__all__ = [
    "Curve",
    "Figure",
    "Panel",
    "Surface",
    "curve",
    "enlarged",
    "gradients",
    "makeup",
    "norms",
    "surface",
    "training",
]
