// How the reader watches: the speed, the detail and the direction that he chose last, for this page in this tab.

import { SessionValue } from "./session.js";

export class Preferences {
  constructor() {
    this.kept = new SessionValue(`habits ${location.pathname}`);
  }

  /**
   * What was chosen last, if that is one of the `choices`; else undefined.
   *
   * @template T
   * @param {string} name
   * @param {readonly T[]} choices
   * @returns {T | undefined}
   */
  read(name, choices) {
    const value = this.kept.read()?.[name];
    return choices.includes(value) ? value : undefined;
  }

  /**
   * @param {string} name
   * @param {unknown} value
   */
  write(name, value) {
    this.kept.write({ ...this.kept.read(), [name]: value });
  }
}
