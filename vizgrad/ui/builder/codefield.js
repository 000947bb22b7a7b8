// A field for code: the browser owns its text and tells it when the reader rests. Streamlit calls the export again for
// new data; the text that is there stays.

const REST = 250; // milliseconds without a key until Python is told

/**
 * @typedef {object} Data What Python sends.
 * @property {string} text
 * @property {number} rows
 * @property {string} label
 * @property {string[]} names
 * @property {string} placeholder
 * @property {{ label: string, writes: string }[][]} palette
 */

/**
 * @typedef {object} Call What Streamlit calls a component with.
 * @property {Data} data
 * @property {HTMLElement} parentElement
 * @property {(name: string, value: unknown) => void} setStateValue
 * @property {(name: string, value: unknown) => void} setTriggerValue
 */

/** @type {WeakMap<HTMLElement, Field>} */
const fields = new WeakMap();

/** @param {Call} call */
export default function ({ data, parentElement, setStateValue, setTriggerValue }) {
  const host = /** @type {HTMLElement} */ (parentElement.querySelector(".vg-codefield"));
  let field = fields.get(parentElement);
  if (!field) fields.set(parentElement, (field = new Field(host, data)));
  field.tell = (text) => setStateValue("text", text);
  field.enter = () => setTriggerValue("entered", true);
  field.show(data);
  return () => {
    field.flush();
    fields.delete(parentElement);
  };
}

class Field {
  /** @type {(text: string) => void} */
  tell = () => {};
  enter = () => {};

  /** @type {number | undefined} */
  #timer;

  /** @type {Map<string, string>} what was drawn last, in JSON */
  #drawn = new Map();

  /**
   * @param {HTMLElement} host
   * @param {Data} data
   */
  constructor(host, { text, rows, label }) {
    this.told = text;
    this.chips = element("div", "vg-chips");
    this.area = rows > 1 ? element("textarea", "vg-input") : element("input", "vg-input");
    Object.assign(this.area, { value: text, spellcheck: false, autocomplete: "off", autocapitalize: "off" });
    if (rows > 1) Object.assign(this.area, { rows, wrap: "off" });
    this.area.setAttribute("aria-label", label);
    this.area.addEventListener("input", () => this.edited());
    this.area.addEventListener("blur", () => this.flush());
    this.area.addEventListener("keydown", (event) => this.key(/** @type {KeyboardEvent} */ (event), rows > 1));
    this.label = element("div", "vg-label");
    this.label.setAttribute("aria-hidden", "true");
    this.palette = element("div", "vg-palette");
    this.palette.setAttribute("role", "toolbar");
    this.palette.setAttribute("aria-label", "Operations");
    host.replaceChildren(element("div", "vg-head", this.label, this.chips), this.area, this.palette);
  }

  /** @param {Data} data */
  show({ label, names, placeholder, palette }) {
    this.label.textContent = label;
    this.area.placeholder = placeholder;
    if (this.#isNew("names", names)) this.chips.replaceChildren(...names.map((name) => this.button("vg-chip", name, name)));
    if (this.#isNew("palette", palette)) {
      const buttons = palette.map((group) => group.map((one) => this.button("vg-op", one.label, one.writes)));
      this.palette.replaceChildren(...buttons.map((group) => element("span", "vg-group", ...group)));
    }
  }

  /**
   * Remembers a value by its content; true if it is another than before.
   *
   * @param {string} name
   * @param {unknown} value
   */
  #isNew(name, value) {
    const text = JSON.stringify(value);
    const differs = this.#drawn.get(name) !== text;
    this.#drawn.set(name, text);
    return differs;
  }

  /**
   * @param {string} kind
   * @param {string} text
   * @param {string} writes
   */
  button(kind, text, writes) {
    const button = element("button", kind, text);
    button.type = "button";
    button.title = `Insert ${writes.replace("‸", "").trim()}`;
    button.addEventListener("pointerdown", (event) => event.preventDefault()); // the caret stays where it is
    button.addEventListener("click", () => this.insert(writes));
    return button;
  }

  /**
   * Writes at the caret; what is selected goes into the brackets.
   *
   * @param {string} writes
   */
  insert(writes) {
    const { area } = this;
    const { value } = area;
    const [from, to] = [area.selectionStart ?? value.length, area.selectionEnd ?? value.length];
    const selected = value.slice(from, to);
    let text = writes.includes("‸") ? writes : `${writes}‸`;
    if (/\s$/.test(value.slice(0, from)) || !from) text = text.replace(/^ +(?=\S)/, "");
    const caret = text.indexOf("‸");
    text = text.replace("‸", () => (writes.includes("‸") ? selected : ""));
    area.focus();
    area.setRangeText(text, from, to, "end");
    const inside = writes.includes("‸") && !selected;
    const at = from + (inside ? caret : text.length);
    area.setSelectionRange(at, at);
    this.edited();
  }

  edited() {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.flush(), REST);
  }

  flush() {
    clearTimeout(this.#timer);
    if (this.area.value === this.told) return;
    this.told = this.area.value;
    this.tell(this.told);
  }

  /**
   * @param {KeyboardEvent} event
   * @param {boolean} isLong whether Enter begins a new row
   */
  key(event, isLong) {
    event.stopPropagation(); // typing is not for the page's hotkeys
    if (event.isComposing) return;
    if (event.key === "Enter" && (!isLong || event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      this.flush();
      this.enter();
    }
  }
}

/**
 * @template {keyof HTMLElementTagNameMap} T
 * @param {T} tag
 * @param {string} name
 * @param {(Node | string)[]} children
 * @returns {HTMLElementTagNameMap[T]}
 */
function element(tag, name, ...children) {
  const made = document.createElement(tag);
  made.className = name;
  made.append(...children);
  return made;
}
