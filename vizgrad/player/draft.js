// What was typed since the page opened: a reload must not lose it.

import { Kept } from "./kept.js";

export class Draft {
  constructor() {
    this.kept = new Kept("draft");
  }

  /** The text that was typed over `saved`, and whether it had run: { text, hasRun }, or null if nothing was typed. */
  read(saved) {
    const found = this.kept.read();
    return found?.saved === saved && typeof found.text === "string" ? found : null;
  }

  write(saved, text, hasRun) {
    this.kept.write(text === saved ? null : { saved, text, hasRun });
  }
}
