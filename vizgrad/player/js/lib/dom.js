// Small words for making elements, and the icons (drawn: arrow characters are missing on some machines).

/** @typedef {Node | string | null | undefined} Child */

/**
 * An element; attributes named on… are listeners, true and false set and leave out, children may be text.
 *
 * @template {keyof HTMLElementTagNameMap} T
 * @param {T} tag
 * @param {Record<string, any>} [attributes]
 * @param {Child[]} children
 * @returns {HTMLElementTagNameMap[T]}
 */
export function h(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (value === true) element.setAttribute(name, "");
    else if (value !== false && value != null) element.setAttribute(name, value);
  }
  for (const child of children) if (child != null) element.append(child);
  return element;
}

/**
 * An element of MathML.
 *
 * @param {string} tag
 * @param {string} text
 */
export function mathElement(tag, text) {
  const element = document.createElementNS("http://www.w3.org/1998/Math/MathML", tag);
  element.textContent = text;
  return element;
}

export const SVG = "http://www.w3.org/2000/svg";

/** @type {Record<string, string>} */
const PATHS = {
  first: "M6 5v14M19 5.5v13L9.5 12z",
  previous: "M16 5.5v13L6.5 12z",
  next: "M8 5.5v13L17.5 12z",
  last: "M18 5v14M5 5.5v13L14.5 12z",
  play: "M7 4.5v15l12.5-7.5z",
  pause: "M8 5v14M16 5v14",
  plus: "M12 5v14M5 12h14",
  minus: "M5 12h14",
  fit: "M4 9V4h5M15 4h5v5M20 15v5h-5M9 20H4v-5",
  screen: "M3 5h18v11H3zM8.5 20h7M12 16v4",
  help: "M9 9.2a3 3 0 1 1 4.4 2.7c-1 .5-1.4 1-1.4 2.1M12 17.2v.1",
  copy: "M9 9h10v11H9zM15 9V4H5v11h4",
  turn: "M4 8h6v6H4zM14 5h6v6h-6zM7 17v3h10v-6M14.5 16.5 17 14l2.5 2.5",
  operation: "M4 12a4 4 0 1 1 8 0 4 4 0 0 1-8 0M12 12h8M16.5 8.5 20 12l-3.5 3.5",
  more: "M4.2 12a1 1 0 1 1 2 0 1 1 0 0 1-2 0M11 12a1 1 0 1 1 2 0 1 1 0 0 1-2 0M17.8 12a1 1 0 1 1 2 0 1 1 0 0 1-2 0",
  line: "M4 6h9M4 11h7M4 16h5M17 8v11M13.5 15.5 17 19l3.5-3.5",
  find: "M10.5 4.5a6 6 0 1 1 0 12 6 6 0 0 1 0-12M15 15l5 5",
  predict: "M4 5h16v11H11l-4.5 4v-4H4zM10.2 8.6a1.9 1.9 0 1 1 2.7 1.7c-.6.3-.9.6-.9 1.2M12 13.6v.1",
  alert: "M12 4 2.8 19.5h18.4zM12 10v4.5M12 17.1v.1",
  close: "M6 6l12 12M18 6 6 18",
};
const SOLID = new Set(["first", "previous", "next", "last", "play", "more"]);

/**
 * A drawn icon by name, hidden from assistive technology: the button that holds it has a name.
 *
 * @param {string} name
 */
export function icon(name) {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("aria-hidden", "true");
  svg.setAttribute("class", SOLID.has(name) ? "vg-icon vg-solid" : "vg-icon");
  const path = document.createElementNS(SVG, "path");
  path.setAttribute("d", PATHS[name]);
  svg.append(path);
  return svg;
}

/**
 * A button with an icon; `name` is its accessible name and its tooltip.
 *
 * @param {string} name
 * @param {string} image
 * @param {(event: MouseEvent) => void} onclick
 * @param {Record<string, any>} [extra]
 */
export function iconButton(name, image, onclick, extra = {}) {
  return h("button", { type: "button", class: "vg-button", "aria-label": name, title: name, onclick, ...extra }, icon(image));
}

/**
 * What has the focus in the document or the shadow tree that an element stands in.
 *
 * @param {Element} element
 */
export function focusedNear(element) {
  return /** @type {Document | ShadowRoot} */ (element.getRootNode()).activeElement;
}

/** Whether the reader asks for less motion. */
export function calm() {
  return matchMedia("(prefers-reduced-motion: reduce)").matches;
}

const FORBIDDEN = "script, foreignObject, iframe, object, embed, animate, set, handler, annotation-xml, image, feImage, style";
const LINKS = new Set(["href", "xlink:href", "src", "action", "formaction"]);

/**
 * Parses SVG and drops all that could run or load something; null if it is not well formed.
 *
 * @param {string} markup
 */
export function parseSafely(markup) {
  const parsed = new DOMParser().parseFromString(markup, "image/svg+xml");
  const top = /** @type {SVGSVGElement} */ (/** @type {unknown} */ (parsed.documentElement));
  if (parsed.querySelector("parsererror")) return null;
  for (const element of top.querySelectorAll(FORBIDDEN)) element.remove();
  for (const element of [top, ...top.querySelectorAll("*")]) {
    for (const { name, value } of [...element.attributes]) {
      const lower = name.toLowerCase();
      const isForeign = LINKS.has(lower) && !value.trim().startsWith("#");
      if (lower.startsWith("on") || isForeign || /url\(\s*['"]?(?!#)/i.test(value)) element.removeAttribute(name);
    }
  }
  return document.importNode(top, true);
}
