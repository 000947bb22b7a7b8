// Heat maps from their codes. That they are those of a picture file is seen in a browser.

import assert from "node:assert/strict";
import test from "node:test";

import { cells } from "../../../vizgrad/player/js/picture/heatmap.js";
import { fakeDocument, give } from "./fakes.js";

give("document", fakeDocument);

/** The paths of a map: [class, d, opacity]. @param {string} code */
function paths(code) {
  return cells(code).map((path) => {
    const { class: name, d, opacity } = /** @type {any} */ (path).attributes;
    return [name, d, Number(opacity ?? 1)];
  });
}

test("a vector is a strip that is higher than a matrix's rows", () => {
  assert.deepEqual(paths("e"), [
    ["rim", "M-.5-.5h5v11h-5z", 1],
    ["warm tall", "M0 5h4", 1],
  ]);
});

test("cells of one colour are one path, in each row at its height", () => {
  assert.deepEqual(paths("aE/Ea"), [
    ["rim", "M-.5-.5h9v9h-9z", 1],
    ["cool", "M4 2h4M0 6h4", 1],
    ["warm", "M0 2h4M4 6h4", 0.2],
  ]);
});

test("zero is left blank, and what is not finite is marked", () => {
  assert.deepEqual(paths("0/x").slice(1), [["odd", "M0 6h4", 1]]);
});
