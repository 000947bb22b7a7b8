// A field for code: the browser owns its text and tells it when the reader rests. Streamlit calls the export again for
// new data; the text that is there stays.

const REST = 250; // milliseconds without a key until Python is told
const fields = new WeakMap();

export default function ({ data, parentElement, setStateValue, setTriggerValue }) {
  const host = parentElement.querySelector(".vg-codefield");
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
  constructor(host, { text, rows, label }) {
    this.told = text;
    this.chips = element("div", "vg-chips");
    this.area = element(rows > 1 ? "textarea" : "input", "vg-input");
    Object.assign(this.area, { value: text, spellcheck: false, autocomplete: "off", autocapitalize: "off" });
    if (rows > 1) Object.assign(this.area, { rows, wrap: "off" });
    this.area.setAttribute("aria-label", label);
    this.area.addEventListener("input", () => this.edited());
    this.area.addEventListener("blur", () => this.flush());
    this.area.addEventListener("keydown", (event) => this.key(event, rows > 1));
    this.label = element("div", "vg-label");
    this.label.setAttribute("aria-hidden", "true");
    this.palette = element("div", "vg-palette");
    this.palette.setAttribute("role", "toolbar");
    this.palette.setAttribute("aria-label", "Operations");
    host.replaceChildren(element("div", "vg-head", this.label, this.chips), this.area, this.palette);
  }

  show({ label, names, placeholder, palette }) {
    this.label.textContent = label;
    this.area.placeholder = placeholder;
    if (isNew(this, "names", names)) this.chips.replaceChildren(...names.map((name) => this.button("vg-chip", name, name)));
    if (isNew(this, "groups", palette))
      this.palette.replaceChildren(
        ...palette.map((group) => element("span", "vg-group", ...group.map((one) => this.button("vg-op", one.label, one.writes)))),
      );
  }

  button(kind, text, writes) {
    const button = element("button", kind, text);
    button.type = "button";
    button.title = `Insert ${writes.replace("‸", "").trim()}`;
    button.addEventListener("pointerdown", (event) => event.preventDefault()); // the caret stays where it is
    button.addEventListener("click", () => this.insert(writes));
    return button;
  }

  /** Writes at the caret; what is selected goes into the brackets. */
  insert(writes) {
    const { area } = this;
    const { selectionStart: from, selectionEnd: to, value } = area;
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
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.flush(), REST);
  }

  flush() {
    clearTimeout(this.timer);
    if (this.area.value === this.told) return;
    this.told = this.area.value;
    this.tell(this.told);
  }

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

/** Remembers a value by its content; true if it is another than before. */
function isNew(owner, name, value) {
  const text = JSON.stringify(value);
  const differs = owner[`${name}Shown`] !== text;
  owner[`${name}Shown`] = text;
  return differs;
}

function element(tag, name, ...children) {
  const made = document.createElement(tag);
  made.className = name;
  made.append(...children);
  return made;
}
