// Small heat maps, drawn from their codes: a letter for each cell, rows parted by a slash.

import { SVG } from "../lib/dom.js";

const LEVELS = "EDCBA0abcde"; // from the most negative to the most positive
const ODD = "x"; // not finite
const MIDDLE = 5;
const CELL = 4; // pixels
const STRIP = 10; // the height of a vector's cells

/**
 * A map's rim and cells, its corner at the origin; cells of one colour are one path.
 *
 * @param {string} code
 */
export function cells(code) {
  const rows = code.split("/");
  const high = rows.length === 1 ? STRIP : CELL;
  const strokes = new Map();
  rows.forEach((row, i) => {
    [...row].forEach((letter, j) => {
      if (letter !== LEVELS[MIDDLE]) strokes.set(letter, `${strokes.get(letter) ?? ""}M${j * CELL} ${i * high + high / 2}h${CELL}`);
    });
  });
  const [width, height] = [rows[0].length * CELL + 1, rows.length * high + 1];
  const rim = path("rim", `M-.5-.5h${width}v${height}h-${width}z`, 1);
  const paths = [...strokes].sort().map(([letter, d]) => {
    const level = letter === ODD ? MIDDLE : LEVELS.indexOf(letter) - MIDDLE;
    const sign = letter === ODD ? "odd" : level > 0 ? "warm" : "cool";
    return path(high === STRIP ? `${sign} tall` : sign, d, Math.abs(level) / MIDDLE);
  });
  return [rim, ...paths];
}

/**
 * @param {string} name
 * @param {string} d
 * @param {number} opacity
 */
function path(name, d, opacity) {
  const element = document.createElementNS(SVG, "path");
  element.setAttribute("class", name);
  element.setAttribute("d", d);
  if (opacity < 1) element.setAttribute("opacity", String(opacity));
  return element;
}
