// What this tab of the browser remembers over a reload or a lost connection.

export class SessionValue {
  /** @param {string} name */
  constructor(name) {
    this.key = `vizgrad.${name}`;
  }

  /**
   * The value that was written last, or null.
   *
   * @returns {any} anyone can write into the storage: check it
   */
  read() {
    try {
      return JSON.parse(sessionStorage.getItem(this.key) ?? "null");
    } catch {
      return null; // storage is switched off, or something else wrote there
    }
  }

  /**
   * Remembers a value of plain data; null forgets it.
   *
   * @param {unknown} value
   */
  write(value) {
    try {
      if (value === null) sessionStorage.removeItem(this.key);
      else sessionStorage.setItem(this.key, JSON.stringify(value));
    } catch {
      // storage is switched off or full: the page works without it
    }
  }
}
