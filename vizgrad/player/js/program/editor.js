// The program: a native text area over coloured text, with line numbers, the current line and error marks.

/** @import { Fault, Span } from "../types.js" */
/** @import { Mark, Token } from "./highlight.js" */

import { h } from "../lib/dom.js";
import { marked, tokens } from "./highlight.js";

const INDENT = "    ";

/**
 * @typedef {object} Listener
 * @property {(text: string) => void} run
 * @property {(isDirty: boolean) => void} input
 * @property {(line: number) => void} line the reader picks a line
 */

/** @typedef {{ row: HTMLElement, number: HTMLElement, drawn: string | null }} Row A line, its number, and what it was drawn from. */

export class Editor {
  /** The text that the picture shows. */
  saved = "";

  /** @type {Span | null} */
  #current = null;

  /** @type {Fault | null} */
  #error = null;

  /** @type {Row[]} */
  #rows = [];

  /** @type {Token[][] | undefined} */
  #tokens;

  /** @type {string[]} */
  #savedLines = [];

  /** @type {string[]} */
  #textLines = [];
  #frame = 0;

  /** @type {number | undefined} the frame in which an edit will be shown */
  #edit;
  #leaves = false;

  /** @param {Listener} on */
  constructor(on) {
    this.on = on;
    this.gutter = h("div", { class: "vg-gutter", "aria-hidden": "true", onclick: (/** @type {Event} */ event) => this.#pick(event) });
    this.lines = h("div", { class: "vg-lines", "aria-hidden": "true" });
    this.area = h("textarea", {
      class: "vg-area",
      "aria-label": "Program",
      spellcheck: "false",
      autocapitalize: "off",
      autocomplete: "off",
      autocorrect: "off",
      wrap: "off",
      rows: "1",
      oninput: () => this.#edited(),
      onkeydown: (/** @type {KeyboardEvent} */ event) => this.#key(event),
      onclick: () => this.#pickRead(),
    });
    this.sheet = h("div", { class: "vg-sheet" }, this.gutter, h("div", { class: "vg-text" }, this.lines, this.area));
    this.element = h("div", { class: "vg-code" }, this.sheet);
  }

  get text() {
    return this.area.value;
  }

  get isDirty() {
    return this.text !== this.saved;
  }

  /** @param {boolean} yes */
  set editable(yes) {
    this.area.readOnly = !yes;
  }

  /**
   * Replaces the text; what stood there is returned.
   *
   * @param {string} text
   */
  replace(text) {
    const before = this.text;
    if (before !== text) this.area.value = text;
    this.#render();
    return before;
  }

  /**
   * The picture now shows `source`: the marks belong to this text.
   *
   * @param {string} source
   * @param {Fault | null} error
   */
  show(source, error) {
    this.saved = source;
    this.#error = error;
    this.#current = null;
    this.#render();
  }

  /**
   * Marks an expression, or nothing.
   *
   * @param {Span | null} span
   */
  mark(span) {
    const old = this.#current;
    this.#current = span;
    if (!this.#tokens) return;
    for (const line of linesOf(old)) this.#renderLine(line);
    for (const line of linesOf(span)) this.#renderLine(line);
    cancelAnimationFrame(this.#frame); // in the frame that is to be laid out anyway
    if (span) this.#frame = requestAnimationFrame(() => this.#reveal(span[0]));
  }

  /** @param {number} number */
  focusLine(number) {
    const start = this.text.split("\n", number - 1).join("\n").length + (number > 1 ? 1 : 0);
    this.area.focus();
    this.area.setSelectionRange(start, start);
    this.#reveal(number);
  }

  /** Pasted text comes as two events a line: it is coloured once, in the frame that shows it. */
  #edited() {
    if (this.#edit !== undefined) return;
    this.#edit = requestAnimationFrame(() => {
      this.#edit = undefined;
      this.#render();
      this.on.input(this.isDirty);
    });
  }

  #render() {
    this.#tokens = tokens(this.text);
    this.#savedLines = this.saved.split("\n");
    this.#textLines = this.text.split("\n");
    const count = this.#tokens.length;
    for (const { row, number } of this.#rows.splice(count)) {
      row.remove();
      number.remove();
    }
    while (this.#rows.length < count) {
      const added = { row: h("div"), number: h("div", {}, String(this.#rows.length + 1)), drawn: null };
      this.#rows.push(added);
      this.lines.append(added.row);
      this.gutter.append(added.number);
    }
    for (let line = 1; line <= count; line++) this.#renderLine(line);
  }

  /** @param {number} line */
  #renderLine(line) {
    const [place, pieces] = [this.#rows[line - 1], this.#tokens?.[line - 1]];
    if (!place || !pieces) return;
    // A mark belongs to the text that ran: a line that was edited since then has none.
    const isSame = this.#textLines[line - 1] === this.#savedLines[line - 1];
    const current = isSame ? columns(this.#current, line, "current") : null;
    const error = isSame ? columns(this.#error?.span, line, "error") : null;
    const marks = [current, error].filter((mark) => mark !== null);
    const drawn = JSON.stringify([pieces, marks]);
    if (place.drawn === drawn) return; // a key changes one line of many
    place.drawn = drawn;
    place.row.replaceChildren(
      ...marked(pieces, marks).map(([kind, text, names]) => {
        const classes = [kind && `vg-tok-${kind}`, ...names.map((name) => `vg-mark-${name}`)].filter(Boolean);
        return classes.length ? h("span", { class: classes.join(" ") }, text) : text;
      }),
      "\n",
    );
    const state = `${current ? " is-current" : ""}${error ? " is-error" : ""}`;
    place.row.className = `vg-line${state}`;
    place.number.className = `vg-number${state}`;
  }

  /**
   * Scrolls the pane (never the page) so that a line is in view.
   *
   * @param {number} line
   */
  #reveal(line) {
    const row = this.#rows[line - 1]?.row;
    if (!row) return;
    const { offsetTop: top, offsetHeight: height } = row;
    const { scrollTop, clientHeight } = this.element;
    if (top >= scrollTop && top + height <= scrollTop + clientHeight) return;
    const above = Math.max(0, Math.round((top - clientHeight / 2) / height)); // whole lines, so that none is cut
    this.element.scrollTop = above && above * height + this.lines.offsetTop;
  }

  /** @param {Event} event */
  #pick(event) {
    const row = /** @type {Element} */ (event.target).closest(".vg-number");
    if (row) this.on.line(this.#rows.findIndex(({ number }) => number === row) + 1);
  }

  /** Where the text is only read, a click anywhere on a line picks it; where something was selected it does not. */
  #pickRead() {
    const { readOnly, selectionStart: start, selectionEnd: end } = this.area;
    if (readOnly && start === end) this.on.line(this.text.slice(0, start).split("\n").length);
  }

  /** @param {KeyboardEvent} event */
  #key(event) {
    if (this.area.readOnly) return;
    event.stopPropagation(); // typing is not for the page's hotkeys
    if (event.isComposing) return;
    const { key } = event;
    if (key === "Enter" && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      this.on.run(this.text);
    } else if (key === "Escape") {
      this.#leaves = true; // the next Tab moves the focus on, so that the keyboard is never caught
      return;
    } else if (key === "Tab" && !this.#leaves && !event.ctrlKey && !event.altKey && !event.metaKey) {
      event.preventDefault();
      this.#indent(event.shiftKey);
    } else if (key === "Enter" && !event.shiftKey && !event.altKey) {
      event.preventDefault();
      this.#newLine();
    }
    this.#leaves = false;
  }

  #newLine() {
    const before = this.text.slice(0, this.area.selectionStart).split("\n").at(-1) ?? "";
    const indent = before.slice(0, before.search(/[^ \t]|$/));
    const opens = /:\s*(#.*)?$/.test(before) ? INDENT : "";
    this.#type(`\n${indent}${opens}`);
  }

  /** @param {boolean} isBack */
  #indent(isBack) {
    const { selectionStart: start, selectionEnd: end } = this.area;
    const lineStart = this.text.lastIndexOf("\n", start - 1) + 1;
    const chosen = this.text.slice(start, end);
    if (!isBack && !chosen.includes("\n")) {
      this.#type(INDENT.slice((start - lineStart) % INDENT.length));
      return;
    }
    const block = this.text.slice(lineStart, end);
    const moved = block
      .split("\n")
      .map((line) => (isBack ? line.replace(/^( {1,4}|\t)/, "") : line && INDENT + line))
      .join("\n");
    if (moved === block) return;
    this.area.setSelectionRange(lineStart, end);
    this.#type(moved);
    const shift = moved.split("\n")[0].length - block.split("\n")[0].length;
    this.area.setSelectionRange(Math.max(lineStart, start + shift), lineStart + moved.length);
  }

  /**
   * Types text as the keyboard would, so that the browser's own undo knows it.
   *
   * @param {string} text
   */
  #type(text) {
    const isTyped = text ? document.execCommand("insertText", false, text) : document.execCommand("delete");
    if (isTyped) return;
    this.area.setRangeText(text, this.area.selectionStart, this.area.selectionEnd, "end");
    this.#edited();
  }
}

/** @param {Span | null} span */
function linesOf(span) {
  return span ? Array.from({ length: span[2] - span[0] + 1 }, (_, i) => span[0] + i) : [];
}

/**
 * What of a line an expression takes up; null if it is elsewhere.
 *
 * @param {Span | null | undefined} span
 * @param {number} at
 * @param {string} name
 * @returns {Mark | null}
 */
function columns(span, at, name) {
  if (!span || at < span[0] || span[2] < at) return null;
  const [line, column, endLine, endColumn] = span;
  const from = at === line ? column : 0;
  const to = at === endLine ? endColumn : Infinity;
  return { from, to: to > from ? to : from + 1, name };
}
