// A link that opens this program at this step in another browser; where it would be too long, the file instead.

/** @import { Fields } from "../types.js" */

import { h, iconButton } from "../lib/dom.js";

/** Characters of a link. Web servers take a request's first line up to 8 kB (nginx, Apache), and the path and "HTTP/1.1" are part of it. */
const LONGEST = 8000;

/**
 * @typedef {object} Shown What is on show.
 * @property {Fields} fields what the link says of the page around the player
 * @property {string | null} [home] the program that this address opens
 * @property {string} text the program to be opened
 * @property {{ scene: number | null, step: number } | null} place the step and, from 1, the scene
 * @property {number} last the number of the last step
 * @property {boolean} isEdited whether the text was edited since it ran
 */

/**
 * The text in the few characters that an address may have: raw deflate in base64url, as Python's link.py reads it.
 *
 * @param {string} text
 */
async function packed(text) {
  const squeezed = new Blob([text]).stream().pipeThrough(new CompressionStream("deflate-raw"));
  const bytes = new Uint8Array(await new Response(squeezed).arrayBuffer());
  let letters = "";
  for (const byte of bytes) letters += String.fromCharCode(byte);
  return btoa(letters).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}

/**
 * The link to what is on show.
 *
 * @param {Shown} what
 */
async function linkTo({ fields, home, text, place }) {
  const link = new URL(location.pathname, location.origin);
  const said = { ...fields, ...(text === home ? {} : { program: await packed(text) }), ...place };
  for (const [name, value] of Object.entries(said)) if (value != null) link.searchParams.set(name, String(value));
  return link.href;
}

/** The small window with the link, which comes up under the button that was pressed. */
export class Share {
  #text = "";

  /** @param {() => Shown} what */
  constructor(what) {
    this.what = what;
    this.field = h("input", { class: "vg-link", readonly: true, "aria-label": "Link", spellcheck: "false", onfocus: () => this.field.select() });
    this.copy = h("button", { type: "button", class: "vg-run", onclick: () => this.#copy() }, "Copy");
    this.file = h("button", { type: "button", class: "vg-run", onclick: () => this.#download() }, "Download the program");
    this.row = h("div", { class: "vg-share-row" }, this.field, this.copy);
    this.said = h("p", { role: "status", "aria-live": "polite" });
    this.note = h("p", { class: "vg-share-note" });
    const heading = h("h3", { id: "vg-share-title" }, "Share");
    this.element = h(
      "section",
      { class: "vg-share", popover: "auto", role: "dialog", "aria-label": "Share", tabindex: "-1" },
      h("header", {}, heading, iconButton("Close", "close", () => this.element.hidePopover())),
      this.said,
      this.row,
      this.file,
      this.note,
    );
    this.clicked = (/** @type {Event} */ event) => {
      const button = /** @type {Element} */ (event.target).closest?.("[data-vizgrad-share]");
      if (button) this.open(button);
    };
    document.addEventListener("click", this.clicked);
  }

  /**
   * Makes the link, copies it and shows it under `button`.
   *
   * @param {Element} button
   */
  async open(button) {
    const what = this.what();
    let link = null;
    try {
      link = await linkTo(what);
    } catch {
      // a browser from before 2023: it cannot squeeze
    }
    const isShort = (link?.length ?? Infinity) <= LONGEST;
    this.#text = what.text;
    this.row.hidden = !isShort;
    this.file.hidden = isShort;
    this.field.value = (isShort && link) || "";
    this.note.textContent = isShort ? described(what) : "";
    this.said.textContent = isShort ? "" : tooLong(link);
    if (!this.element.matches(":popover-open")) this.element.showPopover();
    this.#stand(button);
    if (isShort) await this.#copy();
    else this.file.focus();
  }

  release() {
    document.removeEventListener("click", this.clicked);
    this.element.remove();
  }

  /** Into the clipboard; where that is refused (it is on plain http), ready to be copied by hand. */
  async #copy() {
    let isCopied = true;
    try {
      await navigator.clipboard.writeText(this.field.value);
    } catch {
      this.field.focus();
      this.field.select();
      isCopied = this.#copyOldWay();
    }
    this.said.textContent = isCopied ? "Copied. Whoever opens the link sees what you see." : "Here is the link. Press Ctrl+C (⌘C) to copy it.";
    if (isCopied) this.copy.focus();
  }

  #copyOldWay() {
    try {
      return document.execCommand("copy");
    } catch {
      return false;
    }
  }

  #download() {
    const address = URL.createObjectURL(new Blob([this.#text], { type: "text/x-python" }));
    h("a", { href: address, download: "program.py" }).click();
    setTimeout(() => URL.revokeObjectURL(address), 10000);
  }

  /** @param {Element} button */
  #stand(button) {
    const { bottom, right } = button.getBoundingClientRect();
    const { offsetWidth: width, offsetHeight: height } = this.element;
    this.element.style.left = `${Math.max(8, Math.min(right - width, innerWidth - width - 8))}px`;
    this.element.style.top = `${Math.max(8, Math.min(bottom + 6, innerHeight - height - 8))}px`;
  }
}

/** @param {Shown} what */
function described({ place, last, text, home, isEdited, fields }) {
  if (isEdited) return "It opens your text as it stands in the editor. You have not run it yet, so the link names no step.";
  const engine = fields.engine === "torch" ? ", on PyTorch" : "";
  const program = text === home && !fields.program ? "this lesson" : "your program";
  return `It opens ${program} at step ${place?.step} of ${last}${engine}.`;
}

/** @param {string | null} link */
function tooLong(link) {
  const length = link?.length.toLocaleString("en");
  const why =
    link === null
      ? "This browser cannot put a program into a link."
      : `This program is too long for a link: it would have ${length} characters, and many servers take no more than ${LONGEST.toLocaleString("en")}.`;
  return `${why} Send the file instead: Open in the File menu reads it.`;
}
