// A file that is dropped anywhere on the page is opened: without this the browser would leave the page for it.

import { h } from "../lib/dom.js";

const HEAVIEST = 5e6; // bytes; Python opens no larger ones

export class FileDrop {
  #end = new AbortController();

  /**
   * @param {HTMLElement} player
   * @param {(file: { name: string, content: string | null }) => void} tell is given a file, its content in base64, or
   *   null where it is too large to be sent
   */
  constructor(player, tell) {
    this.tell = tell;
    this.sign = h("div", { class: "vg-drop", "aria-hidden": "true", popover: "manual" }, "Drop to open: .py, .ipynb or .json");
    player.append(this.sign);
    const signal = this.#end.signal;
    document.addEventListener("dragover", (event) => this.#over(event), { signal });
    document.addEventListener("dragleave", (event) => event.relatedTarget === null && this.sign.hidePopover(), { signal });
    document.addEventListener("drop", (event) => this.#drop(event), { signal });
  }

  release() {
    this.#end.abort();
    this.sign.remove();
  }

  /** @param {DragEvent} event */
  #over(event) {
    if (!event.dataTransfer || !isForUs(event)) return;
    event.preventDefault();
    event.dataTransfer.dropEffect = "copy";
    if (!this.sign.matches(":popover-open")) this.sign.showPopover();
  }

  /** @param {DragEvent} event */
  async #drop(event) {
    this.sign.hidePopover();
    if (!event.dataTransfer || !isForUs(event)) return;
    event.preventDefault();
    const [file] = event.dataTransfer.files;
    if (file) this.tell({ name: file.name, content: file.size > HEAVIEST ? null : await base64(file) });
  }
}

/**
 * Files, and not on a field of the page that takes them itself.
 *
 * @param {DragEvent} event
 */
function isForUs({ dataTransfer, target }) {
  return dataTransfer?.types.includes("Files") && !(target instanceof Element && target.closest("[data-testid=stFileUploaderDropzone]"));
}

/** @param {File} file */
async function base64(file) {
  const bytes = new Uint8Array(await file.arrayBuffer());
  let letters = "";
  for (let at = 0; at < bytes.length; at += 32768) letters += String.fromCharCode(...bytes.subarray(at, at + 32768));
  return btoa(letters);
}
