// What stands around the picture: the explanation of a step, what the program printed, its error, the legend.

/** @import { Fault, LegendEntry, Step } from "./types.js" */

import { h, icon, mathElement, parseSafely } from "./lib/dom.js";
import { mathOf } from "./lib/latex.js";

/** @type {Record<Step["kind"], string>} */
const PHASES = {
  empty: "start",
  create: "forward",
  forward: "forward",
  inplace: "in place",
  backward: "backward",
  vjp: "backward",
  accumulate: "backward",
  set_grad: ".grad",
  hook: "hook",
  error: "error",
};

/** What stands in the strip where the program ends in an error: the error's own panel tells the rest. */
const HALT = "The program stops here. What came before is drawn: step back through it.";

/** The strip that tells one step: a sentence, the rule in symbols, the rule with its numbers. */
export class Explanation {
  /** @type {[label: string, math: MathMLElement][]} */
  #maths = [];

  /** @type {string[]} */
  #latex = [];
  #isFitted = false;
  #isScrolled = false;

  /** @param {HTMLElement} quiz in which a step's result is asked for; it stands first */
  constructor(quiz) {
    this.quiz = quiz;
    this.phase = h("span", { class: "vg-phase" });
    this.sentence = h("p", { class: "vg-sentence" });
    this.formulae = h("div", { class: "vg-formulae" });
    this.why = h("p", { class: "vg-why" });
    this.invitation = h("p", { class: "vg-invitation" });
    this.copied = h("span", { class: "vg-copied", "aria-live": "polite" });
    this.copy = h("button", { type: "button", class: "vg-small", onclick: () => this.#copy() }, icon("copy"), "Copy LaTeX");
    this.body = h(
      "div",
      { class: "vg-panel-body", tabindex: "0", onscroll: () => (this.#isScrolled = true) },
      quiz,
      this.invitation,
      this.sentence,
      this.formulae,
      this.why,
    );
    this.element = h(
      "section",
      { class: "vg-panel vg-explanation", "aria-label": "Explanation" },
      h("header", { class: "vg-panel-head" }, h("h3", {}, "What happens"), this.phase, this.copied, this.copy),
      this.body,
    );
  }

  /**
   * Tells a step. `secret` is null, or says that the result is to be found and how much else is told: 0 nothing, 1 the
   * rule, 2 the left-hand sides of the numbers too.
   *
   * @param {Step} step
   * @param {string[]} words the scene's
   * @param {string} [invitation]
   * @param {number | null} [secret]
   */
  show(step, words, invitation = "", secret = null) {
    const formulae = step.latex.map((pieces) => pieces.map((place) => words[place]).join(""));
    this.#latex = secret === null ? formulae.filter(Boolean) : [];
    this.phase.textContent = PHASES[step.kind];
    this.phase.dataset.kind = step.kind;
    this.sentence.replaceChildren(...(secret === 0 ? [] : withCode(step.kind === "error" ? HALT : step.sentence)));
    this.why.textContent = step.why !== null && secret !== 0 ? `Why now? ${words[step.why]}` : "";
    this.invitation.textContent = invitation;
    this.#maths = ["In symbols", "With numbers"].flatMap((label, i) => {
      if (!formulae[i] || (secret !== null && i >= secret)) return [];
      const math = mathOf(formulae[i]);
      if (secret !== null && i) veil(math);
      return [/** @type {[string, MathMLElement]} */ ([label, math])];
    });
    this.#write(false);
    this.copy.hidden = !this.#latex.length;
    this.copied.textContent = "";
    if (this.#isScrolled) this.body.scrollTop = 0; // which would have the page laid out at once
    this.#isScrolled = false;
    if (this.#isFitted) this.#fit();
  }

  /**
   * Puts up the formulae: each as a table, or with its equations one behind the other.
   *
   * @param {boolean} isDense
   */
  #write(isDense) {
    this.body.classList.toggle("is-dense", isDense);
    this.formulae.replaceChildren(
      ...this.#maths.map(([label, math]) =>
        h("div", { class: "vg-formula" }, h("span", { class: "vg-label" }, label), ...(isDense ? equations(math) : [math])),
      ),
    );
  }

  /**
   * Makes the formulae as large as there is room for, in a lecture, where nobody scrolls; or as large as they are elsewhere.
   *
   * @param {boolean} isFitted
   */
  fit(isFitted) {
    this.#isFitted = isFitted;
    this.#write(false);
    if (isFitted) this.#fit();
  }

  #fit() {
    // Many rows, as a layer has them, are read sooner one behind the other than small.
    if (!this.#shrink(0.65) && this.quiz.hidden) {
      this.#write(true);
      this.#shrink(0.36);
    }
  }

  /**
   * Makes the formulae smaller until they fit, but no smaller than `least`; whether they do.
   *
   * @param {number} least
   */
  #shrink(least) {
    const { body } = this;
    const isTooLarge = () => body.scrollHeight > body.clientHeight || [...this.formulae.children].some(({ scrollWidth, clientWidth }) => scrollWidth > clientWidth);
    let share = 1.25;
    do body.style.setProperty("--vg-fit", String((share *= 0.9)));
    while (share > least && isTooLarge());
    return !isTooLarge();
  }

  async #copy() {
    const text = this.#latex.map((line) => `\\[ ${line} \\]`).join("\n");
    try {
      await navigator.clipboard.writeText(text);
    } catch {
      const area = h("textarea", {}, text); // without https there is no clipboard API
      this.element.append(area);
      area.select();
      document.execCommand("copy");
      area.remove();
    }
    this.copied.textContent = "copied";
  }
}

/**
 * The rows of a table of equations, each as a formula of its own.
 *
 * @param {MathMLElement} math
 */
function equations(math) {
  const table = math.querySelector("mtable:not(.vg-matrix)");
  if (!table) return [math.cloneNode(true)];
  return [...table.children].map((row) => {
    const line = mathElement("mrow", "");
    for (const cell of row.children) line.append(...[...cell.childNodes].map((part) => part.cloneNode(true)));
    const equation = /** @type {MathMLElement} */ (math.cloneNode(false));
    equation.append(line);
    return equation;
  });
}

/**
 * Puts a question mark in the place of each right-hand side.
 *
 * @param {MathMLElement} math
 */
function veil(math) {
  const rows = [...math.querySelectorAll("mtr")].filter((row) => !row.closest(".vg-matrix"));
  const sides = rows.length ? rows.flatMap((row) => row.lastElementChild ?? []) : [...math.querySelectorAll("mrow")].slice(0, 1);
  for (const side of sides) {
    const [only, ...others] = side.children;
    const parts = [...(!others.length && only?.matches("mrow") ? only : side).children];
    const sign = parts.findLastIndex((part) => part.matches("mo") && "=≈↦←".includes(part.textContent));
    parts.slice(sign + 1).forEach((part) => part.remove());
    (parts[0]?.parentElement ?? side).append(mathElement("mtext", "?"));
  }
}

/**
 * A text in which what stands between backquotes is code.
 *
 * @param {string} text
 */
function withCode(text) {
  return text.split("`").map((part, i) => (i % 2 ? h("code", {}, part) : part));
}

/** What the program has printed so far. */
export class Console {
  constructor() {
    this.text = h("pre", { class: "vg-printed", tabindex: "0" });
    this.element = h(
      "section",
      { class: "vg-panel vg-console", "aria-label": "Printed" },
      h("header", { class: "vg-panel-head" }, h("h3", {}, "Printed")),
      this.text,
    );
  }

  /**
   * Shows the part of `text` up to `end`; the rest keeps its place, faintly, until its step comes.
   *
   * @param {string} text
   * @param {number} end
   */
  show(text, end) {
    this.element.hidden = !text;
    this.text.replaceChildren(text.slice(0, end), h("span", { class: "vg-later", "aria-hidden": "true" }, text.slice(end)));
  }
}

/** The error that ended the program: PyTorch's sentence, where it is, what it means and what to do. */
export class ErrorPanel {
  /** @param {(line: number) => void} ongo goes to a line of the program */
  constructor(ongo) {
    this.ongo = ongo;
    this.element = h("section", { class: "vg-panel vg-error", "aria-label": "Error", hidden: true });
  }

  /** @param {Fault | null} error */
  show(error) {
    this.element.hidden = !error;
    if (!error) return this.element.replaceChildren();
    const line = error.span?.[0];
    this.element.replaceChildren(
      h(
        "header",
        { class: "vg-panel-head" },
        icon("alert"),
        h("h3", {}, error.type),
        line ? h("button", { type: "button", class: "vg-small", onclick: () => this.ongo(line) }, `Line ${line}`) : null,
      ),
      h("div", { class: "vg-panel-body" }, h("pre", { class: "vg-message" }, error.message), error.hint ? h("p", { class: "vg-hint" }, ...withCode(error.hint)) : null),
    );
  }
}

/** The legend: what the boxes' and arrows' shapes and colours mean. */
export class Legend {
  constructor() {
    this.element = h("ul", { class: "vg-legend", "aria-label": "Legend" });
  }

  /** @param {LegendEntry[]} entries */
  show(entries) {
    this.element.replaceChildren(...entries.map(({ kind, text }) => h("li", {}, sign(kind), text)));
    this.element.hidden = !entries.length;
  }
}

/**
 * A sign for the legend, painted by the same rules as the picture.
 *
 * @param {string} kind
 */
function sign(kind) {
  const isArrow = kind === "kind-forward" || kind === "kind-gradient";
  const classes = isArrow ? `edge ${kind} is-shown` : `node ${kind.startsWith("is-") ? `kind-op ${kind}` : kind} is-made`;
  const corner = kind === "kind-op" || kind.startsWith("is-") ? 0 : 4;
  const shape = isArrow
    ? '<path d="M1 8H18" fill="none"/><polygon points="18,4.5 25,8 18,11.5"/>'
    : `<path class="outline" d="${rounded(3, 2, 20, 12, corner)}"/>`;
  return parseSafely(
    `<svg xmlns="http://www.w3.org/2000/svg" class="vg-picture vg-sign" viewBox="0 0 26 16" aria-hidden="true"><g class="${classes}">${shape}</g></svg>`,
  );
}

/**
 * @param {number} x
 * @param {number} y
 * @param {number} width
 * @param {number} height
 * @param {number} r
 */
function rounded(x, y, width, height, r) {
  /** @type {(dx: number, dy: number) => string} */
  const arc = (dx, dy) => `a${r} ${r} 0 0 1 ${dx} ${dy}`;
  return `M${x + r} ${y}h${width - 2 * r}${arc(r, r)}v${height - 2 * r}${arc(-r, r)}h${2 * r - width}${arc(-r, -r)}v${2 * r - height}${arc(r, -r)}z`;
}
