// Finds a box of the picture by its name, its operation or its grad_fn.

import { focusedNear, h } from "../lib/dom.js";

/** @typedef {{ place: number, name: string, about: string }} Findable A box: its name, and all that is written on it but numbers. */

/**
 * @typedef {object} Listener
 * @property {() => Findable[]} boxes what can be found
 * @property {(place: number) => void} choose goes there
 * @property {() => void} close is told the end
 */

const MOST = 8;

export class Search {
  /** @type {Findable[]} */
  #found = [];
  #chosen = 0;

  /** @param {Listener} on */
  constructor(on) {
    this.on = on;
    this.input = h("input", {
      class: "vg-answer",
      type: "text",
      role: "combobox",
      autocomplete: "off",
      autocapitalize: "off",
      spellcheck: "false",
      placeholder: "x, mul, PowBackward0 …",
      "aria-label": "Find a box",
      "aria-controls": "vg-found",
      "aria-expanded": "true",
      "aria-autocomplete": "list",
      oninput: () => this.#find(),
      onkeydown: (/** @type {KeyboardEvent} */ event) => this.#key(event),
    });
    this.list = h("ul", { class: "vg-found", id: "vg-found", role: "listbox", "aria-label": "Boxes" });
    this.count = h("p", { class: "vg-unseen", "aria-live": "polite" });
    this.element = h("div", { class: "vg-search", role: "search", hidden: true, onfocusout: (/** @type {FocusEvent} */ event) => this.#left(event) }, this.input, this.list, this.count);
  }

  open() {
    this.element.hidden = false;
    this.input.value = "";
    this.#find();
    this.input.focus({ preventScroll: true });
  }

  close() {
    if (this.element.hidden) return;
    const hasFocus = this.element.contains(focusedNear(this.element));
    this.element.hidden = true;
    if (hasFocus) this.on.close();
  }

  #find() {
    const wanted = this.input.value.trim().toLowerCase();
    /** @type {(box: Findable) => number} */
    const rank = ({ name, about }) => {
      const [short, long] = [name.toLowerCase(), about.toLowerCase()];
      const isWordsStart = long.split(/[^\p{L}\d_]+/u).some((word) => word.startsWith(wanted));
      return [short === wanted, short.startsWith(wanted), isWordsStart, long.includes(wanted)].indexOf(true);
    };
    const ranked = this.on.boxes().map((box) => ({ ...box, rank: rank(box) }));
    this.#found = ranked.filter((box) => box.rank >= 0).sort((a, b) => a.rank - b.rank);
    this.#chosen = 0;
    this.#show();
    const { length } = this.#found;
    this.count.textContent = length === 1 ? "1 box" : `${length} boxes`;
  }

  #show() {
    this.list.replaceChildren(
      ...this.#found.slice(0, MOST).map(({ name, about }, i) =>
        h(
          "li",
          { id: `vg-found-${i}`, role: "option", "aria-selected": String(i === this.#chosen), onpointerdown: (/** @type {Event} */ event) => event.preventDefault(), onclick: () => this.#choose(i) },
          h("b", {}, name),
          ` ${about.slice(name.length)}`,
        ),
      ),
    );
    this.list.hidden = !this.#found.length;
    this.input.setAttribute("aria-expanded", String(this.#found.length > 0));
    if (this.#found.length) this.input.setAttribute("aria-activedescendant", `vg-found-${this.#chosen}`);
    else this.input.removeAttribute("aria-activedescendant");
  }

  /** @param {number} i */
  #choose(i) {
    const box = this.#found[i];
    if (!box) return;
    this.close();
    this.on.choose(box.place);
  }

  /** @param {KeyboardEvent} event */
  #key(event) {
    if (event.isComposing) return;
    const count = Math.min(MOST, this.#found.length);
    if (event.key === "Enter") this.#choose(this.#chosen);
    else if (event.key === "Escape") this.close();
    else if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      this.#chosen = count ? (this.#chosen + (event.key === "ArrowDown" ? 1 : count - 1)) % count : 0;
      this.#show();
    } else return;
    event.preventDefault();
    event.stopPropagation();
  }

  /** @param {FocusEvent} event */
  #left(event) {
    if (!this.element.contains(/** @type {Node | null} */ (event.relatedTarget))) this.close();
  }
}
