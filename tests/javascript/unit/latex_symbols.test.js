// The tables of signs, each of which a command finds by its name.

import assert from "node:assert/strict";
import test from "node:test";

import { FUNCTIONS, LARGE, LIMITS, RELATIONS, SIGNS, SPACES } from "../../../vizgrad/player/js/lib/latex_symbols.js";

test("no name stands in two tables: the first would win", () => {
  const names = [SPACES, SIGNS, RELATIONS, LARGE].flatMap((table) => Object.keys(table));
  const all = [...names, ...LIMITS, ...FUNCTIONS];
  assert.deepEqual(all.filter((name, i) => all.indexOf(name) !== i), []);
});

test("a sign is one character", () => {
  for (const table of [SIGNS, RELATIONS, LARGE]) {
    for (const [name, sign] of Object.entries(table)) assert.equal([...sign].length, 1, name);
  }
});

test("a space is a width", () => {
  for (const width of Object.values(SPACES)) assert.match(width, /^-?[\d.]+em$/);
});
