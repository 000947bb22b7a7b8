// What was typed and not run: a reload must not lose it.

import { Kept } from "./kept.js";

export class Draft {
  constructor() {
    this.kept = new Kept("draft");
  }

  /** The text that was typed over `saved`, or null if nothing was. */
  read(saved) {
    const found = this.kept.read();
    return found?.saved === saved && typeof found.text === "string" ? found.text : null;
  }

  write(saved, text) {
    this.kept.write(text === saved ? null : { saved, text });
  }
}
