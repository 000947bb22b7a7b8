// The list of keys, and what hands can do.

import { h, iconButton } from "./lib/dom.js";
import { HELP } from "./keys.js";

const HANDS = [
  ["Click a box or an arrow", "to where it was made, again to its gradient"],
  ["Click a line of code", "to where the line ran, again to its gradients"],
  ["Drag, wheel, pinch", "move and zoom the picture"],
];

export class Help {
  /** @param {HTMLElement} button opens it and has the focus when it closes */
  constructor(button) {
    this.button = button;
    const close = () => {
      this.open(false);
      button.focus();
    };
    /** @type {(title: string, list: string[][]) => HTMLElement[]} */
    const rows = (title, list) => [h("h4", {}, title), h("dl", {}, ...list.flatMap(([keys, text]) => [h("dt", {}, ...keycaps(keys)), h("dd", {}, text)]))];
    const onkeydown = (/** @type {KeyboardEvent} */ event) => event.key === "Escape" && close();
    this.element = h(
      "div",
      { class: "vg-help", role: "dialog", "aria-label": "Keys", tabindex: "-1", hidden: true, onkeydown },
      h("header", { class: "vg-panel-head" }, h("h3", {}, "Keys and hands"), iconButton("Close", "close", close, { title: "Close (Esc)" })),
      h("div", { class: "vg-help-body" }, ...HELP.map(([title, list]) => h("section", {}, ...rows(title, list))), h("section", {}, ...rows("By hand", HANDS))),
    );
  }

  open(isOpen = this.element.hidden) {
    this.element.hidden = !isOpen;
    this.button.setAttribute("aria-expanded", String(isOpen));
    if (isOpen) this.element.focus();
  }
}

/**
 * "Home  End" as two keys; what has no double space is one.
 *
 * @param {string} keys
 */
function keycaps(keys) {
  return /^(Click|Drag)/.test(keys) ? [keys] : keys.split("  ").flatMap((key, i) => [i ? " " : "", h("kbd", {}, key)]);
}
