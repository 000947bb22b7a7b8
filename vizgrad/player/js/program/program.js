// The program's panel: its text, the button that runs it, and what became of text that was not run.

import { h } from "../lib/dom.js";
import { Draft } from "../store/draft.js";
import { Editor } from "./editor.js";

const PATIENCE = 30000; // milliseconds after which a run that was not answered is no longer waited for

export class Program {
  /** `on.run(text, count)`, `on.draft(text, count)`, `on.line(number)`, `on.changed()` are called as the reader works; `on.isRunnable()` is asked. */
  constructor(on) {
    Object.assign(this, { on, runs: 0, draft: new Draft() });
    this.editor = new Editor({ run: (text) => this.run(text), input: () => this.note(), line: on.line });
    this.told = h("span", { class: "vg-note", "aria-live": "polite" });
    this.button = h("button", { type: "button", class: "vg-run", title: "Run (Ctrl+Enter)", onclick: () => this.run(this.editor.text) }, "Run");
    this.back = h("button", { type: "button", class: "vg-small", onclick: () => this.#restore() }, "Bring back my text");
    this.element = h(
      "section",
      { class: "vg-panel vg-program", "aria-label": "Program", onfocusout: (event) => this.#left(event) },
      h("header", { class: "vg-panel-head" }, h("h3", {}, "Program"), this.told, this.back, this.button),
      this.editor.element,
    );
  }

  get isEdited() {
    return this.isEditable && this.editor.isDirty;
  }

  /**
   * The payload's text and error; `text` takes the editor's place unless it is null. `home` is the text that the page
   * would open with when it is loaded again, if that is known: what ran in its place is run again then.
   */
  show({ payload, text, home, rev, isFirst, isEditable }) {
    this.home = home;
    const wasEdited = !isFirst && this.editor.isDirty;
    this.isEditable = isEditable;
    this.editor.editable = isEditable;
    if (payload) this.editor.show(payload.source, payload.error);
    if (text !== null) this.#replace(text, wasEdited);
    if (isFirst && isEditable) this.#recall(rev);
  }

  /** Whether a payload is that of the program that ran before the page was loaded again; it is so once. */
  isRecalled({ source }) {
    const isRecalled = source === this.recalled;
    if (isRecalled) this.recalled = undefined;
    return isRecalled;
  }

  run(text) {
    if (!this.isEditable || !this.on.isRunnable()) return;
    this.runs = Math.max(this.runs, this.answered ?? 0) + 1;
    this.wait(true);
    this.on.run(text, this.runs);
  }

  /** `count` of the reader's runs are answered. */
  answer(count) {
    this.answered = count;
    if (count === undefined || count >= this.runs) this.wait(false);
  }

  wait(isRunning) {
    clearTimeout(this.patience);
    this.isRunning = isRunning;
    this.button.textContent = isRunning ? "Running…" : "Run";
    this.button.setAttribute("aria-busy", String(isRunning));
    if (isRunning) this.told.textContent = "";
    if (isRunning) this.patience = setTimeout(() => this.wait(false), PATIENCE);
    this.on.changed();
  }

  /** Says whether the text was edited since it ran, and keeps it. */
  note() {
    if (this.isEditable) this.draft.write(this.home ?? this.editor.saved, this.editor.text, !this.editor.isDirty);
    this.told.textContent = this.isEdited ? "edited, not run yet" : "";
    this.back.hidden = this.lost === undefined || this.lost === this.editor.text;
    this.on.changed();
  }

  release() {
    clearTimeout(this.patience);
  }

  /** Another text takes the editor's place; what the reader typed and did not run can be brought back. */
  #replace(text, wasEdited) {
    const before = this.editor.replace(text);
    if (wasEdited && !text.includes(before.trimEnd())) this.lost = before;
  }

  /** What stood here before the page was loaded again; what stood here before a link took its place can be brought back. */
  #recall(rev) {
    const home = this.home ?? this.editor.text;
    const kept = this.draft.read(home);
    if (!kept) {
      this.lost = this.draft.other(home)?.text;
      return;
    }
    // Where the page has changed the text since it was opened it was not loaded again, and it knows what ran.
    if (kept.hasRun && rev > 0) return;
    this.editor.replace(kept.text);
    if (!kept.hasRun || this.home === undefined) return;
    this.recalled = kept.text;
    setTimeout(() => this.run(kept.text));
  }

  #restore() {
    this.lost = this.editor.replace(this.lost);
    this.note();
  }

  #left(event) {
    const player = this.element.closest(".vg-player");
    if (player?.contains(event.relatedTarget) || !this.editor.isDirty || this.editor.text === this.left) return;
    this.left = this.editor.text;
    this.on.draft(this.left, this.runs);
  }
}
