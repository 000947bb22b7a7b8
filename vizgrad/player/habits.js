// How the reader watches: the speed, the detail and the direction that he chose last, for this page in this tab.

import { Kept } from "./kept.js";

export class Habits {
  constructor() {
    this.kept = new Kept(`habits ${location.pathname}`);
  }

  /** What was chosen last, if that is one of the `choices`; else undefined. */
  read(name, choices) {
    const value = this.kept.read()?.[name];
    return choices.includes(value) ? value : undefined;
  }

  write(name, value) {
    this.kept.write({ ...this.kept.read(), [name]: value });
  }
}
