"""Short LaTeX in plain text, for sentences."""

from __future__ import annotations

import re

SIGNS = {
    r"\cdot": "·", r"\,": "·", r"\odot": "⊙", r"\top": "ᵀ", r"\infty": "∞", r"\ge": "≥", r"\le": "≤", r"\lnot": "not ",
    r"\left": "", r"\right": "", r"\ ": " ", r"\quad": " ", r"\varepsilon": "ε", r"\partial": "∂",
}  # fmt: skip
GREEK = {
    f"\\{name}": letter
    for letter, name in zip(
        "αβγδεζηθικλμνξπρστφχψωΓΔΘΛΣΩ",
        "alpha beta gamma delta epsilon zeta eta theta iota kappa lambda mu nu xi pi rho sigma tau phi chi psi omega "
        "Gamma Delta Theta Lambda Sigma Omega".split(),
        strict=True,
    )
}
WORDS = frozenset(r"\ln \log \sin \cos \tan \sinh \cosh \tanh \max \min \exp".split())
UPRIGHT = frozenset(r"\mathrm \mathbf \text \operatorname".split())
TOKEN = re.compile(r"\\[a-zA-Z]+|\\.|[{}^_]|[^\\{}^_]")
VERSION = re.compile(r"\^\{\((\d+)\)\}")
RAISED = str.maketrans("0123456789-+n", "⁰¹²³⁴⁵⁶⁷⁸⁹⁻⁺ⁿ")
LOWERED = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")


def spoken(latex: str) -> str | None:
    r"""The formula in plain text, or None if it is not one of the simple kinds that can be said so.

    >>> spoken(r"2 \, v_{1}"), spoken(r"3 \, x^{2}"), spoken(r"\frac{1}{1 + \mathrm{x\_hat}}"), spoken(r"b^{\top}")
    ('2·v₁', '3·x²', '1/(1 + x_hat)', 'bᵀ')
    >>> spoken(r"\begin{cases} 1 \end{cases}")
    """
    tokens = TOKEN.findall(VERSION.sub(r"\\ \\text{(version \1)}", latex.strip()))
    try:
        text, end = _sequence(tokens, 0)
    except (ValueError, IndexError):
        return None
    return re.sub(r"\s*·\s*", "·", re.sub(r"\s+", " ", text)).strip() if end == len(tokens) else None


def _sequence(tokens: list[str], i: int) -> tuple[str, int]:
    out = ""
    while i < len(tokens) and tokens[i] != "}":
        token = tokens[i]
        if token == "^":
            text, i = _argument(tokens, i + 1)
            out += (
                "ᵀ"
                if text == "ᵀ"
                else text.translate(RAISED)
                if re.fullmatch(r"[-+\dn]+", text)
                else f"^{_tight(text)}"
            )
        elif token == "_":
            text, i = _argument(tokens, i + 1)
            out += text.translate(LOWERED) if text.isdigit() else f"_{text}"
        elif token == r"\frac":
            above, i = _argument(tokens, i + 1)
            below, i = _argument(tokens, i)
            out += f"{_tight(above, '*')}/{_tight(below)}"
        elif token == r"\sqrt":
            text, i = _argument(tokens, i + 1)
            out += f"√{_tight(text)}"
        elif token in UPRIGHT:
            text, i = _argument(tokens, i + 1)
            out += text
        else:
            text, i = _one(tokens, i)
            out += text
    return out, i


def _argument(tokens: list[str], i: int) -> tuple[str, int]:
    while tokens[i] == " ":
        i += 1
    if tokens[i] != "{":
        return _one(tokens, i)
    text, end = _sequence(tokens, i + 1)
    if tokens[end] != "}":
        raise ValueError(text)
    return text.strip(), end + 1


def _one(tokens: list[str], i: int) -> tuple[str, int]:
    token = tokens[i]
    if token == "{":
        return _argument(tokens, i)
    if token in SIGNS:
        return SIGNS[token], i + 1
    if token in GREEK:
        return GREEK[token], i + 1
    if token in WORDS:
        return f"{token[1:]}", i + 1
    if token in (r"\_", r"\%", r"\&", r"\#"):
        return token[1:], i + 1
    if token.startswith("\\"):
        raise ValueError(token)
    return token, i + 1


def _tight(text: str, allowed: str = "") -> str:
    """The text in parentheses unless it is one thing."""
    return text if re.fullmatch(rf"[\w.₀-₉⁰-⁹{'·' if allowed else ''}]+", text) else f"({text})"
