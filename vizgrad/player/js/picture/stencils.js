// A picture put together: each box and arrow is a copy of its stencil at its place.

/** @import { Drawing, Laid } from "../types.js" */

import { parseSafely } from "../lib/dom.js";
import { cells } from "./heatmap.js";

const MAPS = ["value", "gradient"];

/**
 * The SVG that `told` describes, of a view's elements and with the markup in the scene's `words`; null if there is none.
 *
 * @param {Laid | null} told
 * @param {Pick<Drawing, "elements" | "maps">} view
 * @param {string[]} words
 */
export function drawn(told, { elements, maps }, words) {
  if (!told) return null;
  const svg = parseSafely(told.frame);
  const layer = svg?.querySelector("g");
  if (!svg || !layer) return null;
  const stencils = cut(told.parts, words);
  for (let i = 0; i < told.parts.length; i += 4) {
    const [place, x, y, stencil] = told.parts.slice(i, i + 4);
    const g = /** @type {SVGElement} */ (stencils.get(stencil)?.cloneNode(true));
    g.dataset[g.classList.contains("edge") ? "edge" : "node"] = elements[place];
    g.setAttribute("transform", `translate(${x} ${y})`);
    maps[place]?.forEach((codes, what) => codes.forEach((code, k) => g.querySelector(`.${MAPS[what]}-${k}`)?.append(...cells(code))));
    layer.append(g);
  }
  return svg;
}

/**
 * The stencils that are used, by their places in `words`, read in one go.
 *
 * @param {number[]} parts
 * @param {string[]} words
 */
function cut(parts, words) {
  const used = [...new Set(parts.filter((_, i) => i % 4 === 3))];
  const sheet = parseSafely(`<svg xmlns="http://www.w3.org/2000/svg">${used.map((place) => words[place]).join("")}</svg>`);
  return new Map(used.map((place, i) => [place, sheet?.children[i]]));
}
