// What was typed and not run, kept for this tab of the browser: a reload must not lose it.

const KEY = "vizgrad.draft";

export class Draft {
  /** The text that was typed over `saved`, or null if nothing was. */
  read(saved) {
    try {
      const kept = JSON.parse(sessionStorage.getItem(KEY));
      return kept?.saved === saved && typeof kept.text === "string" ? kept.text : null;
    } catch {
      return null; // storage is switched off, or something else wrote there
    }
  }

  write(saved, text) {
    try {
      if (text === saved) sessionStorage.removeItem(KEY);
      else sessionStorage.setItem(KEY, JSON.stringify({ saved, text }));
    } catch {
      // storage is switched off or full: the text still stands in the editor
    }
  }
}
