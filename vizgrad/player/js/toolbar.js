// The toolbar: the buttons that step, the slider and the count, and what else the reader may choose.

/** @import { Command, Commands } from "./commands.js" */
/** @import { Detail } from "./types.js" */

import { h, icon, iconButton } from "./lib/dom.js";
import { SPEEDS } from "./steps/stepping.js";

const LISTED = 100; // scenes that a list may have; of more, one is asked for by its number

/** @typedef {{ value: string | number, text: string, selected?: boolean, disabled?: boolean }} Option */

/**
 * @callback Ask is told what a button, the slider or a choice asks for
 * @param {keyof Commands} command
 * @param {...any} what
 * @returns {void}
 */

export class Toolbar {
  #isOpen = false;

  /** @param {Ask} on */
  constructor(on) {
    this.on = on;
    this.first = this.#button("First step", "first", "first", "Home");
    this.previous = this.#button("Previous step", "previous", "previous", "←");
    this.play = this.#button("Play", "play", "toggle", "Space");
    this.next = this.#button("Next step", "next", "next", "→");
    this.last = this.#button("Last step", "last", "end", "End");
    this.operation = this.#jump("Operation", "o");
    this.line = this.#jump("Line", "n");
    this.predict = h(
      "button",
      {
        type: "button",
        class: "vg-toggle",
        "aria-pressed": "false",
        title: "Predict each gradient, then see it (g)",
        onclick: () => on("predict"),
      },
      icon("predict"),
      "Predict",
    );
    this.turn = this.#button("Turn the picture", "turn", "turn");
    this.help = this.#button("Keys", "help", "help", "?");
    this.help.setAttribute("aria-expanded", "false");
    this.more = iconButton("More", "more", () => this.open(!this.#isOpen), { class: "vg-button vg-more", "aria-expanded": "false" });
    this.slider = h("input", { type: "range", class: "vg-slider", min: 0, step: 1, "aria-label": "Step", oninput: () => on("slide", Number(this.slider.value)) });
    this.status = h("p", { class: "vg-status", role: "status", "aria-live": "polite" });
    this.speed = this.#select("Speed", (value) => on("speed", Number(value)), "Speed of playing (< >)");
    this.scene = this.#select("Scene", (value) => on("scene", Number(value)), "Scene ([ ])");
    this.numbered = this.#number((index) => on("scene", index));
    this.detail = this.#select("Detail", (value) => on("detail", value), "How much the picture shows");
    fill(this.speed.select, SPEEDS.map((speed) => ({ value: speed, text: `${speed}×`, selected: speed === 1 })));
    this.extras = this.#extras();
    this.element = h(
      "div",
      { class: "vg-toolbar", role: "group", "aria-label": "Steps", onkeydown: (/** @type {KeyboardEvent} */ event) => this.#key(event) },
      h("div", { class: "vg-group" }, this.first, this.previous, this.play, this.next, this.last),
      this.status,
      this.slider,
      this.extras,
      this.more,
    );
    this.outside = (/** @type {Event} */ event) => {
      if (this.#isOpen && !event.composedPath().includes(this.element)) this.open(false);
    };
    document.addEventListener("pointerdown", this.outside);
  }

  /**
   * Where the reader is; `said` is for those who hear the page.
   *
   * @param {number} step
   * @param {number} last
   * @param {string} said
   */
  at(step, last, said) {
    for (const button of [this.first, this.previous]) dim(button, step === 0);
    for (const button of [this.next, this.last, this.line, this.operation]) dim(button, step === last);
    this.slider.max = String(last);
    this.slider.value = String(step);
    this.slider.setAttribute("aria-valuetext", `Step ${step} of ${last}`);
    this.slider.style.setProperty("--vg-share", String(last ? step / last : 0));
    /** @type {(text: string, name: string) => HTMLElement} */
    const words = (text, name) => h("span", { class: name }, text);
    const count = h("b", {}, words("Step ", "vg-word"), String(step), words(" of ", "vg-of"), String(last));
    this.status.replaceChildren(count, h("span", { class: "vg-unseen" }, `. ${said}`));
  }

  /** @param {number} speed */
  pace(speed) {
    this.speed.select.value = String(speed);
  }

  /** @param {boolean} isPlaying */
  playing(isPlaying) {
    const name = isPlaying ? "Pause" : "Play";
    if (this.play.getAttribute("aria-label") === name) return;
    this.play.title = `${name} (Space)`;
    this.play.setAttribute("aria-label", name);
    this.play.replaceChildren(icon(name.toLowerCase()));
    this.status.setAttribute("aria-live", isPlaying ? "off" : "polite");
  }

  /**
   * The scenes to choose from, and which one is on show: in a list, or too many for one by their number.
   *
   * @param {Option[]} options
   * @param {number} chosen
   */
  scenes(options, chosen) {
    const held = options.length > LISTED ? options.filter(({ disabled }) => !disabled) : options;
    const isList = held.length <= LISTED;
    const [list, number] = [this.scene.label, this.numbered.element];
    const [shown, other] = isList ? [list, number] : [number, list];
    if (other.parentElement) other.replaceWith(shown);
    shown.hidden = held.length < 2;
    if (isList) {
      fill(this.scene.select, held);
      this.scene.select.value = String(chosen);
    } else this.numbered.show(chosen, options);
  }

  /**
   * @param {[Detail, string][]} options
   * @param {Detail | undefined} chosen
   */
  details(options, chosen) {
    fill(this.detail.select, options.map(([value, text]) => ({ value, text, selected: value === chosen })));
    this.detail.label.hidden = options.length < 2;
  }

  /**
   * @param {boolean} isOn
   * @param {boolean} isOffered
   */
  predicts(isOn, isOffered) {
    this.predict.setAttribute("aria-pressed", String(isOn));
    dim(this.predict, !isOffered);
  }

  /**
   * Where there is little room the extras stand behind a button.
   *
   * @param {boolean} isOpen
   */
  open(isOpen) {
    this.#isOpen = isOpen;
    this.element.classList.toggle("is-open", isOpen);
    this.more.setAttribute("aria-expanded", String(isOpen));
  }

  release() {
    document.removeEventListener("pointerdown", this.outside);
  }

  #extras() {
    const zoom = [this.#button("Zoom out", "minus", "zoomOut", "−"), this.#button("Zoom in", "plus", "zoomIn", "+")];
    const whole = this.#button("Show all", "fit", "fit", "f");
    const lecture = this.#button("Lecture", "screen", "present", "p");
    // A menu closes when something was chosen, but not between two steps of the same kind.
    const chosen = (/** @type {Event} */ event) => {
      const target = /** @type {Element} */ (event.target);
      if (target.closest("button") && !target.closest(".vg-stays")) this.open(false);
    };
    return h(
      "div",
      { class: "vg-extras", onclick: chosen },
      h("div", { class: "vg-group vg-stays" }, this.operation, this.line),
      ...[this.scene, this.speed, this.detail].map(({ label }) => label),
      this.predict,
      this.#button("Find a box", "find", "find", "/"),
      h("div", { class: "vg-group" }, h("span", { class: "vg-group vg-stays" }, ...zoom), whole, this.turn, lecture),
      this.help,
    );
  }

  /**
   * A button for a command; its tooltip names its key.
   *
   * @param {string} name
   * @param {string} image
   * @param {Command} command
   */
  #button(name, image, command, key = "") {
    return iconButton(name, image, () => this.on(command), { title: key ? `${name} (${key})` : name });
  }

  /**
   * A button to the next operation or line; with Shift to the one before.
   *
   * @param {"Operation" | "Line"} what
   * @param {string} key
   */
  #jump(what, key) {
    const name = what.toLowerCase();
    const go = (/** @type {MouseEvent} */ { shiftKey }) => this.on(`${shiftKey ? "previous" : "next"}${what}`);
    return iconButton(`Next ${name}`, name, go, { title: `Next ${name} (${key}); with Shift the one before` });
  }

  /**
   * @param {string} name
   * @param {(value: string) => void} onchange
   * @param {string} title
   */
  #select(name, onchange, title) {
    const select = h("select", { class: "vg-select", title, onchange: () => onchange(select.value) });
    const label = h("label", { class: "vg-choice" }, h("span", { class: "vg-choice-name" }, name), select);
    return { label, select };
  }

  /**
   * A scene that has to be fetched was asked for.
   *
   * @param {number} index
   */
  awaits(index) {
    this.scene.select.value = String(index);
    this.numbered.field.value = String(index + 1);
  }

  /**
   * A field for the number of one of many.
   *
   * @param {(index: number) => void} choose
   */
  #number(choose) {
    const field = h("input", { type: "number", class: "vg-select vg-numbered", min: 1, step: 1, inputmode: "numeric" });
    const all = h("span", { class: "vg-all", "aria-hidden": "true" });
    const element = h("label", { class: "vg-choice" }, h("span", { class: "vg-choice-name" }, "Scene"), field, all);
    let chosen = 0;
    /** @type {Option[]} */
    let known = [];
    const show = (/** @type {number} */ index, /** @type {Option[]} */ options) => {
      [chosen, known] = [index, options];
      field.value = String(index + 1);
      field.max = String(options.length);
      field.title = `${options[index].text} ([ ])`;
      all.textContent = `of ${options.length.toLocaleString("en")}`;
    };
    field.addEventListener("change", () => {
      const wanted = field.value === "" ? chosen : Math.round(Number(field.value)) - 1;
      const index = nearest(known, wanted);
      field.value = String(index + 1);
      if (index !== chosen) choose(index);
    });
    return { element, field, show };
  }

  /** @param {KeyboardEvent} event */
  #key(event) {
    if (event.key !== "Escape" || !this.#isOpen) return;
    event.stopPropagation();
    this.open(false);
    this.more.focus();
  }
}

/**
 * The place of the option that can be chosen and is nearest to a place.
 *
 * @param {Option[]} options
 * @param {number} wanted
 */
function nearest(options, wanted) {
  const places = options.flatMap(({ disabled }, place) => (disabled ? [] : [place]));
  return places.reduce((best, place) => (Math.abs(place - wanted) < Math.abs(best - wanted) ? place : best));
}

/**
 * @param {HTMLSelectElement} select
 * @param {Option[]} options
 */
function fill(select, options) {
  select.replaceChildren(...options.map(({ value, text, ...more }) => h("option", { value, ...more }, text)));
}

/**
 * A button at its end stays focusable, so that the keyboard does not lose its place.
 *
 * @param {HTMLElement} button
 * @param {boolean} isIdle
 */
function dim(button, isIdle) {
  button.setAttribute("aria-disabled", String(isIdle));
}
