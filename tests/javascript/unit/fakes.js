// As much of a browser as the pure modules ask for.

/** Puts something in the place of a global. @param {string} name @param {unknown} value */
export function give(name, value) {
  Object.defineProperty(globalThis, name, { value, configurable: true, writable: true });
}

/** What a tab remembers; `isBroken` has every access fail, as where storage is switched off. */
export class FakeStorage {
  isBroken = false;

  /** @type {Map<string, string>} */
  items = new Map();

  /** @param {string} key */
  getItem(key) {
    this.#check();
    return this.items.get(key) ?? null;
  }

  /** @param {string} key @param {string} value */
  setItem(key, value) {
    this.#check();
    this.items.set(key, value);
  }

  /** @param {string} key */
  removeItem(key) {
    this.#check();
    this.items.delete(key);
  }

  #check() {
    if (this.isBroken) throw new Error("storage is switched off");
  }
}

/** An element that can be built, asked for its text and written down. */
export class FakeElement {
  /** @type {Record<string, string>} */
  attributes = {};

  /** @type {(FakeElement | string)[]} */
  childNodes = [];
  classList = { add: (/** @type {string} */ name) => this.setAttribute("class", name) };
  dataset = new Proxy(this.attributes, {
    get: (all, name) => all[`data-${String(name)}`],
    set: (all, name, value) => ((all[`data-${String(name)}`] = value), true),
  });

  /** @param {string} localName */
  constructor(localName) {
    this.localName = localName;
  }

  /** @param {string} name @param {string} value */
  setAttribute(name, value) {
    this.attributes[name] = value;
  }

  /** @param {(FakeElement | string)[]} children */
  append(...children) {
    this.childNodes.push(...children);
  }

  /** @returns {string} */
  get textContent() {
    return this.childNodes.map((child) => (typeof child === "string" ? child : child.textContent)).join("");
  }

  /** @returns {string} */
  toString() {
    const attributes = Object.entries(this.attributes).map(([name, value]) => ` ${name}="${value}"`);
    return `<${this.localName}${attributes.join("")}>${this.childNodes.join("")}</${this.localName}>`;
  }
}

export const fakeDocument = {
  /** @param {string} _ @param {string} tag */
  createElementNS: (_, tag) => new FakeElement(tag),
};
