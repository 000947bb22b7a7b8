"""Trace to words and formulae."""

from .chain_rule import Explainer, explain, explanations
from .explanation import Explanation, Term

__all__ = ["Explainer", "Explanation", "Term", "explain", "explanations"]
