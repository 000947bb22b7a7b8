// Predict, then reveal: which gradients the reader has found, and the form in which they are typed.

/** @import { Question, Scene, Tensor } from "../types.js" */

import { h } from "../lib/dom.js";
import { SessionValue } from "../store/session.js";
import { judged } from "./answer.js";

const HINTS = ["Hint: the rule", "Hint: with numbers", "Show the answer"];

/** @typedef {"right" | "shown" | "skipped"} Result */

/**
 * @typedef {object} Progress How far the reader is with a question.
 * @property {number} step
 * @property {number} tries
 * @property {number} hints
 * @property {Result | null} result null while it is open
 * @property {string} [says] what is said of it
 * @property {boolean} [isHint] whether that is a hint
 * @property {string} [typed] what stands in its field in the end
 */

/** @typedef {Question & Progress} Asked */

/**
 * @typedef {object} Listener
 * @property {() => void} change what is shown must be shown anew
 * @property {(step: number) => void} step to go there
 * @property {(key: string, isEmpty: boolean) => boolean} key a key in the field; whether it meant something
 */

export class Quiz {
  isOn = false;

  /** @type {Asked[]} */
  all = [];

  /** @type {Asked | null} the question that is on show */
  #at = null;

  /** @type {Asked | null | undefined} the one that was on show before */
  #shown;
  #step = 0;
  #id = "";

  /** @param {Listener} on */
  constructor(on) {
    this.on = on;
    this.kept = new SessionValue("quiz");
    this.label = h("label", { class: "vg-question", for: "vg-answer" });
    this.input = h("input", {
      id: "vg-answer",
      class: "vg-answer",
      type: "text",
      autocomplete: "off",
      autocapitalize: "off",
      spellcheck: "false",
      "aria-describedby": "vg-verdict",
      onkeydown: (/** @type {KeyboardEvent} */ event) => this.#key(event),
    });
    this.check = h("button", { type: "button", class: "vg-small", onclick: () => this.#enter() }, "Check");
    this.hint = h("button", { type: "button", class: "vg-small", onclick: () => this.help() });
    this.row = h("div", { class: "vg-answers" }, this.input, this.check, this.hint);
    this.verdict = h("p", { class: "vg-verdict", id: "vg-verdict", "aria-live": "polite" });
    this.score = h("p", { class: "vg-score", "aria-live": "polite" });
    this.again = h("button", { type: "button", class: "vg-small", onclick: () => this.restart() }, "Try again");
    this.element = h(
      "div",
      { class: "vg-quiz", role: "group", "aria-label": "Predict", hidden: true },
      this.label,
      this.row,
      h("div", { class: "vg-told" }, this.verdict, this.score, this.again),
    );
  }

  /**
   * Takes over the questions of a scene of the payload `id`; what was answered in another is forgotten.
   *
   * @param {Scene} scene
   * @param {string} id
   */
  load(scene, id) {
    this.all = scene.steps.flatMap(({ asks = [] }, step) => asks.map((ask) => ({ ...ask, step, tries: 0, hints: 0, result: null })));
    this.#at = null;
    this.#step = 0;
    this.#id = `${id} ${scene.index}`;
    const kept = this.kept.read();
    if (kept?.id === this.#id && kept.answers?.length === this.all.length) {
      this.all.forEach((question, i) => Object.assign(question, kept.answers[i]));
      this.turn(true);
    }
  }

  /**
   * Begins or ends; the page around the player may have to hide what it knows.
   *
   * @param {boolean} isOn
   */
  turn(isOn) {
    this.isOn = isOn;
    document.documentElement.toggleAttribute("data-vg-predicting", isOn);
    this.#keep();
  }

  release() {
    document.documentElement.removeAttribute("data-vg-predicting");
  }

  /** A reload or a lost connection must not cost the score. */
  #keep() {
    const answers = this.all.map(({ tries, hints, result, says, isHint, typed }) => ({ tries, hints, result, says, isHint, typed }));
    this.kept.write(this.isOn ? { id: this.#id, answers } : null);
  }

  restart() {
    for (const question of this.all) Object.assign(question, { tries: 0, hints: 0, result: null, says: "" });
    this.#at = null;
    this.on.step(this.all[0].step);
    this.on.change();
    this.focus();
  }

  /**
   * How much of this step may be told: null for all of it, else how many hints the reader has asked for.
   *
   * @param {number} step
   */
  secret(step) {
    return this.isOn ? (this.open(step)?.hints ?? null) : null;
  }

  /**
   * The first question of a step that is not answered.
   *
   * @param {number} step
   */
  open(step) {
    return this.all.find((question) => question.step === step && !question.result);
  }

  /**
   * The reader goes from one step to another: what he leaves unanswered, and all between, is shown to him from then on.
   *
   * @param {number} from
   * @param {number} to
   */
  pass(from, to) {
    if (!this.isOn || from < 0) return;
    for (const question of this.all) {
      if (question.result || question.step < from || question.step >= to) continue;
      const answer = written(question);
      close(question, "skipped", `Skipped: you stepped past it. The answer is ${answer}.`, answer);
    }
  }

  get next() {
    const open = this.all.filter(({ result }) => !result);
    return open.find(({ step }) => step >= this.#step) ?? open[0];
  }

  /**
   * Shows the form for a step; `isEnd` says that there is no step after it.
   *
   * @param {number} step
   * @param {boolean} isEnd
   */
  show(step, isEnd) {
    this.#step = step;
    if (this.#at?.step !== step) this.#at = null;
    this.#at ??= this.open(step) ?? this.all.findLast((question) => question.step === step) ?? null;
    this.element.hidden = !this.isOn;
    if (!this.isOn) return;
    this.#keep();
    const at = this.#at;
    const isDone = !this.next;
    for (const part of [this.label, this.row, this.verdict]) part.hidden = !at;
    if (at) {
      this.label.textContent = at.text;
      if (this.#shown !== at) this.input.value = at.result ? (at.typed ?? "") : "";
      this.input.readOnly = Boolean(at.result);
      this.input.placeholder = at.values ? "e.g. 10 or [10, 10]" : "e.g. (2, 3)";
      this.verdict.dataset.result = at.result ?? (at.isHint ? "hint" : at.says ? "wrong" : "");
      this.#say(this.verdict, at.says ?? "");
      this.check.textContent = at.result ? "Go on" : "Check";
      this.hint.hidden = Boolean(at.result);
      this.hint.textContent = HINTS[at.hints];
    }
    this.#shown = at;
    this.#say(this.score, isDone || (isEnd && !this.open(step)) ? `Score: ${this.#counted()}` : this.#progress());
    this.again.hidden = !isDone && !this.all.some(({ result }) => result === "skipped");
  }

  focus() {
    if (!this.isOn || !this.#at || matchMedia("(pointer: coarse)").matches) return; // a keyboard would cover half of a phone
    this.input.focus({ preventScroll: true });
    this.element.scrollIntoView({ block: "nearest" });
  }

  /** One hint more; after the last the answer stands there. */
  help() {
    const at = this.#at;
    if (!at || at.result) return;
    at.hints += 1;
    at.isHint = true;
    if (at.hints >= HINTS.length) close(at, "shown", `The answer is ${written(at)}.`, written(at));
    else at.says = at.hints === 1 ? "The rule stands below." : "The numbers stand below.";
    this.on.change();
  }

  #enter() {
    const at = this.#at;
    if (!at || at.result) return this.#onward();
    const { isRight, isCounted, says } = judged(this.input.value, at);
    if (isCounted) at.tries += 1;
    Object.assign(at, { says, isHint: false });
    if (isRight) close(at, "right", says, this.input.value);
    this.on.change();
    if (!isRight) this.input.select();
  }

  #onward() {
    const { next } = this;
    this.#at = next ?? null;
    if (next?.step === this.#step) this.on.change();
    else this.on.step(next?.step ?? Infinity);
    this.focus();
  }

  /** @param {KeyboardEvent} event */
  #key(event) {
    if (event.isComposing || event.ctrlKey || event.metaKey || event.altKey) return;
    const isEmpty = !this.input.value || this.input.readOnly;
    if (event.key === "Enter") this.#enter();
    else if (isEmpty && event.key === "h") this.help();
    else if (!this.on.key(event.key, isEmpty)) return;
    event.preventDefault();
    event.stopPropagation();
  }

  #progress() {
    if (!this.all.length) return "Nothing to predict in this scene.";
    const skipped = this.all.filter(({ result }) => result === "skipped").length;
    const answered = this.all.filter(({ result }) => result).length - skipped;
    const told = `${answered} of ${this.all.length} answered${skipped ? `, ${skipped} skipped` : ""}`;
    return this.open(this.#step) ? `${told}. Stepping on skips it.` : told;
  }

  /** The score: how many are right, and of each other kind how many there are. */
  #counted() {
    const { all } = this;
    const right = all.filter(({ result }) => result === "right");
    const alone = right.filter(({ hints, tries }) => !hints && tries === 1);
    /** @type {[Asked[], string][]} */
    const kinds = [
      [right.filter(({ hints }) => hints), "with a hint"],
      [right.filter(({ hints, tries }) => !hints && tries > 1), "at a later try"],
      [all.filter(({ result }) => result === "shown"), "shown"],
      [all.filter(({ result }) => result === "skipped"), "skipped"],
      [all.filter(({ result }) => !result), "not answered"],
    ];
    const others = kinds.filter(([some]) => some.length).map(([some, what]) => `${some.length} ${what}`);
    const told = `${right.length} of ${all.length} right, ${alone.length} at once and without a hint.`;
    return others.length ? `${told} ${others.join(", ")}.` : told;
  }

  /**
   * A live region speaks when its text is set: the same text is not said again.
   *
   * @param {HTMLElement} region
   * @param {string} text
   */
  #say(region, text) {
    if (region.textContent !== text) region.textContent = text;
  }
}

/**
 * A question is done with: how, what is said of it, and what stands in its field.
 *
 * @param {Asked} question
 * @param {Result} result
 * @param {string} says
 * @param {string} typed
 */
function close(question, result, says, typed) {
  Object.assign(question, { result, says, typed });
}

/**
 * The answer as a reader would type it.
 *
 * @param {Tensor} answer
 */
function written({ shape, values }) {
  if (!values) return `(${shape.join(", ")}${shape.length === 1 ? "," : ""})`;
  /** @type {(value: number | string) => string} */
  const number = (value) => (typeof value === "number" ? String(Number(value.toPrecision(6))) : value);
  /** @type {(sizes: number[], from: number, to: number) => string} */
  const nested = (sizes, from, to) => {
    if (!sizes.length) return number(values[from]);
    const length = (to - from) / sizes[0];
    return `[${Array.from({ length: sizes[0] }, (_, i) => nested(sizes.slice(1), from + i * length, from + (i + 1) * length)).join(", ")}]`;
  };
  return nested(shape, 0, values.length);
}
