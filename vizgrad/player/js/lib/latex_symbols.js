// The signs that a formula calls by name: letters, relations, functions, large operators, spaces.

/** @type {Record<string, string>} */
export const SPACES = { ",": "0.17em", ":": "0.22em", ">": "0.22em", ";": "0.28em", " ": "0.25em", "!": "-0.17em", quad: "1em", qquad: "2em" };

/** @type {Record<string, string>} */
export const SIGNS = {
  alpha: "α", beta: "β", gamma: "γ", delta: "δ", epsilon: "ϵ", varepsilon: "ε", zeta: "ζ", eta: "η", theta: "θ", vartheta: "ϑ",
  iota: "ι", kappa: "κ", lambda: "λ", mu: "μ", nu: "ν", xi: "ξ", pi: "π", varpi: "ϖ", rho: "ρ", varrho: "ϱ", sigma: "σ", varsigma: "ς",
  tau: "τ", upsilon: "υ", phi: "ϕ", varphi: "φ", chi: "χ", psi: "ψ", omega: "ω", Gamma: "Γ", Delta: "Δ", Theta: "Θ", Lambda: "Λ", Xi: "Ξ",
  Pi: "Π", Sigma: "Σ", Upsilon: "Υ", Phi: "Φ", Psi: "Ψ", Omega: "Ω", partial: "∂", nabla: "∇", infty: "∞", ell: "ℓ", top: "⊤", bot: "⊥",
  emptyset: "∅", hbar: "ℏ", Re: "ℜ", Im: "ℑ", ldots: "…", dots: "…", cdots: "⋯", vdots: "⋮", ddots: "⋱", imath: "ı", prime: "′", checkmark: "✓",
};

/** @type {Record<string, string>} */
export const RELATIONS = {
  cdot: "·", times: "×", odot: "⊙", oplus: "⊕", otimes: "⊗", div: "÷", pm: "±", mp: "∓", ast: "∗", star: "⋆", circ: "∘", bullet: "∙",
  le: "≤", leq: "≤", ge: "≥", geq: "≥", ne: "≠", neq: "≠", lt: "<", gt: ">", ll: "≪", gg: "≫", approx: "≈", equiv: "≡", sim: "∼", simeq: "≃",
  propto: "∝", in: "∈", notin: "∉", subset: "⊂", cup: "∪", cap: "∩", setminus: "∖", land: "∧", wedge: "∧", lor: "∨", vee: "∨", lnot: "¬", neg: "¬",
  to: "→", rightarrow: "→", leftarrow: "←", gets: "←", mapsto: "↦", leftrightarrow: "↔", Rightarrow: "⇒", Leftarrow: "⇐", iff: "⇔",
  uparrow: "↑", downarrow: "↓", mid: "|", colon: ":", langle: "⟨", rangle: "⟩", lfloor: "⌊", rfloor: "⌋", lceil: "⌈", rceil: "⌉",
};

/**
 * What has its limits below and above: signs, and words.
 *
 * @type {Record<string, string>}
 */
export const LARGE = { sum: "∑", prod: "∏", bigcup: "⋃", bigcap: "⋂" };
export const LIMITS = new Set("max min lim sup inf argmax argmin".split(" "));

export const FUNCTIONS = new Set(
  "sin cos tan cot sec csc arcsin arccos arctan sinh cosh tanh coth exp ln log lg det dim ker deg arg gcd Pr erf".split(" "),
);
