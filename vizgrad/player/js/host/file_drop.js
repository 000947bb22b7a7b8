// A file that is dropped anywhere on the page is opened: without this the browser would leave the page for it.

import { h } from "../lib/dom.js";

const HEAVIEST = 5e6; // bytes; Python opens no larger ones

export class FileDrop {
  /** `tell({ name, content })` is given a file, its content in base64, or null where it is too large to be sent. */
  constructor(player, tell) {
    Object.assign(this, { player, tell });
    this.sign = h("div", { class: "vg-drop", "aria-hidden": "true", popover: "manual" }, "Drop to open: .py, .ipynb or .json");
    player.append(this.sign);
    this.on = {
      dragover: (event) => this.#over(event),
      dragleave: (event) => event.relatedTarget === null && this.sign.hidePopover(),
      drop: (event) => this.#drop(event),
    };
    for (const [name, listener] of Object.entries(this.on)) document.addEventListener(name, listener);
  }

  release() {
    for (const [name, listener] of Object.entries(this.on)) document.removeEventListener(name, listener);
    this.sign.remove();
  }

  #over(event) {
    if (!isForUs(event)) return;
    event.preventDefault();
    event.dataTransfer.dropEffect = "copy";
    if (!this.sign.matches(":popover-open")) this.sign.showPopover();
  }

  async #drop(event) {
    this.sign.hidePopover();
    if (!isForUs(event)) return;
    event.preventDefault();
    const [file] = event.dataTransfer.files;
    if (file) this.tell({ name: file.name, content: file.size > HEAVIEST ? null : await base64(file) });
  }
}

/** Files, and not on a field of the page that takes them itself. */
function isForUs(event) {
  return event.dataTransfer?.types.includes("Files") && !event.target.closest?.("[data-testid=stFileUploaderDropzone]");
}

async function base64(file) {
  const bytes = new Uint8Array(await file.arrayBuffer());
  let letters = "";
  for (let at = 0; at < bytes.length; at += 32768) letters += String.fromCharCode(...bytes.subarray(at, at + 32768));
  return btoa(letters);
}
