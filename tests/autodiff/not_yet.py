"""The rows of the tables that our core does not yet answer as PyTorch does, each with the reason.

A row that passes must be taken out: it is tested as a strict expected failure.
"""

GRAD_FN: dict[str, str] = {}
SEMANTICS: dict[str, str] = {}
ERRORS: dict[str, str] = {}
