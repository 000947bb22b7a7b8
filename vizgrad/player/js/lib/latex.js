// Formulae: LaTeX, as far as explanations write it, read into MathML that every browser draws by itself.

import { FUNCTIONS, LARGE, LIMITS, RELATIONS, SIGNS, SPACES } from "./latex_symbols.js";

const MATH = "http://www.w3.org/1998/Math/MathML";
const PIECE = /\\(?:[a-zA-Z]+\*?|[^])|\d+(?:\.\d+)?|[{}^_&]|\s+|./gsu;
/** @type {Record<string, string>} */
const ACCENTS = { bar: "¯", overline: "¯", hat: "^", widehat: "^", tilde: "~", widetilde: "~", vec: "→", dot: "˙" };
/** @type {Record<string, string>} */
const BRACKETS = { bmatrix: "[]", pmatrix: "()", vmatrix: "||", Vmatrix: "‖‖", Bmatrix: "{}", cases: "{" };
/** @type {Record<string, string>} */
const DOUBLED = { R: "ℝ", N: "ℕ", Z: "ℤ", C: "ℂ", 1: "𝟙" };
/** @type {Record<string, string>} */
const FENCES = { "\\{": "{", "\\}": "}", "\\lVert": "‖", "\\rVert": "‖", "\\|": "‖", "\\lvert": "|", "\\rvert": "|", "\\langle": "⟨", "\\rangle": "⟩", ".": "" };

/**
 * A formula as a <math> element in display style. What is no LaTeX is drawn as far as it can be read.
 *
 * @param {string} latex
 */
export function mathOf(latex) {
  const reader = new Reader(latex);
  return m("math", { display: "block" }, m("mrow", {}, ...reader.all()));
}

class Reader {
  /** @param {string} latex */
  constructor(latex) {
    /** @type {string[]} */
    this.tokens = latex.match(PIECE) ?? [];
    this.at = 0;
  }

  /** Everything to the end; a bracket that closes nothing is passed over. */
  all() {
    const out = [];
    while (this.at < this.tokens.length) {
      out.push(...this.row());
      this.at++;
    }
    return out;
  }

  /** Elements up to one of the `stops`, or the end of what is being read; the stop itself is left. */
  row(stops = ["}"]) {
    /** @type {MathMLElement[]} */
    const out = [];
    while (this.at < this.tokens.length && !stops.includes(this.tokens[this.at])) {
      const element = this.scripted(out.at(-1));
      if (element) out.push(element);
    }
    return out;
  }

  /**
   * One element with what stands above and below it; null for space and the like.
   *
   * @param {MathMLElement} [before] what stands before it in its row
   * @returns {MathMLElement | null}
   */
  scripted(before) {
    const token = this.tokens[this.at];
    const base = token === "^" || token === "_" ? m("mrow") : this.atom(before);
    if (!base) return null;
    let sub = null;
    let sup = null;
    for (;;) {
      this.skip();
      const sign = this.tokens[this.at];
      if (sign === "_") sub = this.after();
      else if (sign === "^") sup = this.after();
      else if (sign === "'") sup = (this.at++, m("mo", {}, "′"));
      else break;
    }
    const isLarge = base.dataset.above !== undefined;
    const [under, over, both] = isLarge ? ["munder", "mover", "munderover"] : ["msub", "msup", "msubsup"];
    const whole = sub && sup ? m(both, {}, base, sub, sup) : sub ? m(under, {}, base, sub) : sup ? m(over, {}, base, sup) : base;
    return base.dataset.call === undefined || this.isBracketNext() ? whole : m("mrow", {}, whole, space("0.17em"));
  }

  after() {
    this.at++;
    return this.argument();
  }

  /**
   * What a command takes: a group in braces, or one element.
   *
   * @returns {MathMLElement}
   */
  argument() {
    this.skip();
    return this.tokens[this.at] === "{" ? this.group() : (this.atom() ?? m("mrow"));
  }

  group() {
    this.at++;
    const inside = this.row();
    this.at++;
    return inside.length === 1 ? inside[0] : m("mrow", {}, ...inside);
  }

  /** The text of a group, as it stands there. */
  text() {
    this.skip();
    if (this.tokens[this.at] !== "{") return this.tokens[this.at++] ?? "";
    let depth = 0;
    let text = "";
    for (; this.at < this.tokens.length; this.at++) {
      const token = this.tokens[this.at];
      if (token === "{" && !depth++) continue;
      if (token === "}" && !--depth) break;
      text += /^\\[^a-zA-Z]/u.test(token) ? token.slice(1) : token;
    }
    this.at++;
    return text;
  }

  skip() {
    while (/^\s/.test(this.tokens[this.at] ?? "")) this.at++;
  }

  isBracketNext() {
    return /^(\(|\\left)$/.test(this.tokens[this.at] ?? "");
  }

  /**
   * @param {MathMLElement} [before]
   * @returns {MathMLElement | null}
   */
  atom(before) {
    const token = this.tokens[this.at];
    if (token === "{") return this.group();
    this.at++;
    if (token === undefined || /^\s/.test(token)) return null;
    if (token[0] === "\\") return this.command(token.slice(1), token, before);
    if (/^\d/.test(token)) return m("mn", {}, token);
    if (/^[\p{L}\p{M}]/u.test(token)) return m("mi", {}, token);
    return operator(token, before);
  }

  /**
   * @param {string} name
   * @param {string} token the name with its backslash
   * @param {MathMLElement} [before]
   */
  command(name, token, before) {
    if (name in SPACES) return space(SPACES[name]);
    if (name in SIGNS) return m("mi", /^[A-Z]/.test(name) ? { mathvariant: "normal" } : {}, SIGNS[name]);
    if (name in RELATIONS) return operator(RELATIONS[name], before);
    if (name in LARGE) return m("mo", { "data-above": "" }, LARGE[name]);
    if (LIMITS.has(name)) return m("mi", { "data-above": "", "data-call": "" }, name);
    if (FUNCTIONS.has(name)) return m("mi", { "data-call": "" }, name);
    if (token in FENCES) return m("mo", { stretchy: "false" }, FENCES[token]);
    if (name in ACCENTS) return m("mover", { accent: "true" }, this.argument(), m("mo", { stretchy: String(name.startsWith("over") || name.startsWith("wide")) }, ACCENTS[name]));
    switch (name) {
      case "frac":
      case "dfrac":
      case "tfrac":
        return m("mfrac", {}, this.argument(), this.argument());
      case "sqrt":
        return m("msqrt", {}, this.argument());
      case "underset":
      case "overset": {
        const aside = this.argument();
        return m(name === "underset" ? "munder" : "mover", {}, this.argument(), aside);
      }
      case "underbrace":
        return telling(m("munder", {}, this.argument(), m("mo", { stretchy: "true" }, "⏟")), "above");
      case "mathrm":
        return word(this.text());
      case "operatorname":
        return telling(word(this.text()), "call");
      case "mathbf":
        return m("mi", { class: "vg-bold", mathvariant: "normal" }, this.text());
      case "mathbb":
        return m("mi", { mathvariant: "normal" }, this.text().replace(/[RNZC1]/g, (letter) => DOUBLED[letter]));
      case "text":
        return m("mtext", {}, this.text().replace(/^ | $/g, "\u00a0"));
      case "left":
        return this.fenced();
      case "begin":
        return this.table();
      default:
        return /^[a-zA-Z]/.test(name) ? m("mtext", { class: "vg-unknown" }, token) : operator(name, before);
    }
  }

  fenced() {
    const open = this.fence();
    const inside = this.row(["\\right"]);
    this.at++;
    return brackets(open, this.fence(), ...inside);
  }

  fence() {
    this.skip();
    const token = this.tokens[this.at++] ?? ".";
    return FENCES[token] ?? token;
  }

  table() {
    const name = this.text().replace("*", "");
    if (name === "array") this.text(); // its columns' sides
    /** @type {MathMLElement[][][]} rows of cells, which are elements beside one another */
    const rows = [[]];
    while (this.at < this.tokens.length) {
      rows[rows.length - 1].push(this.row(["&", "\\\\", "\\end"]));
      const stop = this.tokens[this.at++];
      if (stop === "\\\\") rows.push([]);
      else if (stop !== "&") break;
    }
    this.text();
    const isAligned = name === "aligned" || name === "align";
    const sides = isAligned ? ["right", "left"] : name === "cases" ? ["left", "left"] : [];
    /** @type {(inside: MathMLElement[], i: number) => MathMLElement} */
    const cell = (inside, i) => m("mtd", sides.length ? { columnalign: sides[i % 2] } : {}, ...inside);
    const table = m("mtable", isAligned ? { displaystyle: "true" } : {}, ...rows.map((row) => m("mtr", {}, ...row.map(cell))));
    if (name === "bmatrix") table.classList.add("vg-matrix"); // the style draws its brackets: few fonts have any that grow
    else if (name in BRACKETS) return brackets(BRACKETS[name][0], BRACKETS[name][1] ?? "", table);
    return table;
  }
}

/**
 * An element of MathML.
 *
 * @param {string} tag
 * @param {Record<string, string>} [attributes]
 * @param {(Node | string)[]} children
 */
function m(tag, attributes = {}, ...children) {
  const element = document.createElementNS(MATH, tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.append(...children);
  return element;
}

/**
 * @param {MathMLElement} element
 * @param {string} mark
 */
function telling(element, mark) {
  element.dataset[mark] = "";
  return element;
}

/** @param {string} width */
function space(width) {
  return m("mspace", { width });
}

/**
 * A name of several letters stands upright anyway; one letter must be told to.
 *
 * @param {string} text
 */
function word(text) {
  return m("mi", [...text].length === 1 ? { mathvariant: "normal" } : {}, text);
}

/**
 * A sign between things, or before one where nothing stands that it could be between.
 *
 * @param {string} sign
 * @param {MathMLElement} [before]
 */
function operator(sign, before) {
  const isSign = sign === "-" || sign === "+";
  const isFirst = isSign && (!before || before.localName === "mspace" || (before.localName === "mo" && !/^[)\]}|‖!]$/.test(before.textContent ?? "")));
  const isBracket = /^[()[\]|]$/.test(sign);
  return m("mo", isBracket ? { stretchy: "false" } : isFirst ? { form: "prefix" } : {}, sign === "-" ? "−" : sign === "*" ? "∗" : sign);
}

/**
 * @param {string} open
 * @param {string} close
 * @param {MathMLElement[]} inside
 */
function brackets(open, close, ...inside) {
  /** @type {(sign: string, form: string) => MathMLElement[]} */
  const fence = (sign, form) => (sign ? [m("mo", { fence: "true", form, stretchy: "true" }, sign)] : []);
  return m("mrow", {}, ...fence(open, "prefix"), ...inside, ...fence(close, "postfix"));
}
