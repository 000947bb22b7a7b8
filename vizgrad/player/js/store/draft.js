// What was typed since the page opened: neither a reload nor a link that is opened in this tab may lose it.

import { SessionValue } from "./session.js";

const MOST_KEPT = 4; // programs; the page of each begins with another text

/** @typedef {{ saved: string, text: string, hasRun: boolean }} Typed `text` was typed over `saved`. */

export class Draft {
  constructor() {
    this.kept = new SessionValue("drafts");
  }

  /**
   * The text that was typed over `saved`, and whether it had run; null if nothing was typed.
   *
   * @param {string} saved
   */
  read(saved) {
    return this.#all().find((one) => one.saved === saved) ?? null;
  }

  /**
   * The same of what was typed last in this tab, if that was over another text than `saved`.
   *
   * @param {string} saved
   */
  other(saved) {
    const newest = this.#all()[0];
    return newest && newest.saved !== saved ? newest : null;
  }

  /**
   * @param {string} saved
   * @param {string} text
   * @param {boolean} hasRun
   */
  write(saved, text, hasRun) {
    const others = this.#all().filter((one) => one.saved !== saved);
    const all = text === saved ? others : [{ saved, text, hasRun }, ...others].slice(0, MOST_KEPT);
    this.kept.write(all.length ? all : null);
  }

  /** @returns {Typed[]} */
  #all() {
    const found = this.kept.read();
    return Array.isArray(found) ? found.filter((one) => typeof one?.text === "string" && typeof one.saved === "string") : [];
  }
}
