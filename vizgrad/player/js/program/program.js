// The program's panel: its text, the button that runs it, and what became of text that was not run.

/** @import { Payload } from "../types.js" */

import { h } from "../lib/dom.js";
import { Draft } from "../store/draft.js";
import { Editor } from "./editor.js";

const PATIENCE = 30000; // milliseconds after which a run that was not answered is no longer waited for

/**
 * @typedef {object} Listener
 * @property {() => boolean} isRunnable
 * @property {(text: string, count: number) => void} run
 * @property {(text: string, count: number) => void} draft the reader leaves text that did not run
 * @property {(line: number) => void} line the reader picks a line
 * @property {() => void} changed
 */

/**
 * @typedef {object} News
 * @property {Payload | null} payload null if it is the same as before
 * @property {string | null} text takes the editor's place unless it is null
 * @property {string} [home] the text that the page would open with when it is loaded again, if that is known
 * @property {number} [rev] how often the page has changed the text
 * @property {boolean} isFirst
 * @property {boolean} isEditable
 */

export class Program {
  isRunning = false;
  #isEditable = false;
  #runs = 0;
  #draft = new Draft();

  /** @type {string | undefined} */
  #home;

  /** @type {number | undefined} how many of the reader's runs are answered */
  #answered;

  /** @type {number | undefined} */
  #patience;

  /** @type {string | undefined} what can be brought back */
  #lost;

  /** @type {string | undefined} what ran before the page was loaded again */
  #recalled;

  /** @type {string | undefined} what the page was told that the reader had left */
  #left;

  /** @param {Listener} on */
  constructor(on) {
    this.on = on;
    this.editor = new Editor({ run: (text) => this.run(text), input: () => this.note(), line: on.line });
    this.told = h("span", { class: "vg-note", "aria-live": "polite" });
    this.button = h("button", { type: "button", class: "vg-run", title: "Run (Ctrl+Enter)", onclick: () => this.run(this.editor.text) }, "Run");
    this.back = h("button", { type: "button", class: "vg-small", onclick: () => this.#restore() }, "Bring back my text");
    this.element = h(
      "section",
      { class: "vg-panel vg-program", "aria-label": "Program", onfocusout: (/** @type {FocusEvent} */ event) => this.#leave(event) },
      h("header", { class: "vg-panel-head" }, h("h3", {}, "Program"), this.told, this.back, this.button),
      this.editor.element,
    );
  }

  get isEdited() {
    return this.#isEditable && this.editor.isDirty;
  }

  /**
   * Shows the payload's text and error. What ran in the place of `home` is run again after the page was loaded again.
   *
   * @param {News} news
   */
  show({ payload, text, home, rev, isFirst, isEditable }) {
    this.#home = home;
    const wasEdited = !isFirst && this.editor.isDirty;
    this.#isEditable = isEditable;
    this.editor.editable = isEditable;
    if (payload) this.editor.show(payload.source, payload.error);
    if (text !== null) this.#replace(text, wasEdited);
    if (isFirst && isEditable) this.#recall(rev ?? 0);
  }

  /**
   * Whether a payload is that of the program that ran before the page was loaded again; it is so once.
   *
   * @param {Payload} payload
   */
  isRecalled({ source }) {
    const isRecalled = source === this.#recalled;
    if (isRecalled) this.#recalled = undefined;
    return isRecalled;
  }

  /** @param {string} text */
  run(text) {
    if (!this.#isEditable || !this.on.isRunnable()) return;
    this.#runs = Math.max(this.#runs, this.#answered ?? 0) + 1;
    this.wait(true);
    this.on.run(text, this.#runs);
  }

  /**
   * So many of the reader's runs are answered.
   *
   * @param {number} [count]
   */
  answer(count) {
    this.#answered = count;
    if (count === undefined || count >= this.#runs) this.wait(false);
  }

  /** @param {boolean} isRunning */
  wait(isRunning) {
    clearTimeout(this.#patience);
    this.isRunning = isRunning;
    this.button.textContent = isRunning ? "Running…" : "Run";
    this.button.setAttribute("aria-busy", String(isRunning));
    if (isRunning) this.told.textContent = "";
    if (isRunning) this.#patience = setTimeout(() => this.wait(false), PATIENCE);
    this.on.changed();
  }

  /** Says whether the text was edited since it ran, and keeps it. */
  note() {
    if (this.#isEditable) this.#draft.write(this.#home ?? this.editor.saved, this.editor.text, !this.editor.isDirty);
    this.told.textContent = this.isEdited ? "edited, not run yet" : "";
    this.back.hidden = this.#lost === undefined || this.#lost === this.editor.text;
    this.on.changed();
  }

  release() {
    clearTimeout(this.#patience);
  }

  /**
   * Another text takes the editor's place; what the reader typed and did not run can be brought back.
   *
   * @param {string} text
   * @param {boolean} wasEdited
   */
  #replace(text, wasEdited) {
    const before = this.editor.replace(text);
    if (wasEdited && !text.includes(before.trimEnd())) this.#lost = before;
  }

  /**
   * What stood here before the page was loaded again; what stood here before a link took its place can be brought back.
   *
   * @param {number} rev
   */
  #recall(rev) {
    const home = this.#home ?? this.editor.text;
    const kept = this.#draft.read(home);
    if (!kept) {
      this.#lost = this.#draft.other(home)?.text;
      return;
    }
    // Where the page has changed the text since it was opened it was not loaded again, and it knows what ran.
    if (kept.hasRun && rev > 0) return;
    this.editor.replace(kept.text);
    if (!kept.hasRun || this.#home === undefined) return;
    this.#recalled = kept.text;
    setTimeout(() => this.run(kept.text));
  }

  #restore() {
    if (this.#lost !== undefined) this.#lost = this.editor.replace(this.#lost);
    this.note();
  }

  /** @param {FocusEvent} event */
  #leave(event) {
    const player = this.element.closest(".vg-player");
    if (player?.contains(/** @type {Node | null} */ (event.relatedTarget)) || !this.editor.isDirty || this.editor.text === this.#left) return;
    this.#left = this.editor.text;
    this.on.draft(this.#left, this.#runs);
  }
}
