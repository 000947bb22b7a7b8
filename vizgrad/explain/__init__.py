"""Trace to words and formulae."""

from .explanation import Explanation, Term
from .steps.explainer import Explainer, explain, explanations

__all__ = ["Explainer", "Explanation", "Term", "explain", "explanations"]
