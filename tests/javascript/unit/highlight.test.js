// Python text in colours.

import assert from "node:assert/strict";
import test from "node:test";

import { marked, tokens } from "../../../vizgrad/player/js/program/highlight.js";

test("tokens are coloured by their kind", () => {
  assert.deepEqual(tokens('for x in f(1.5, "a"):  # why').map(joined), [
    [
      ["keyword", "for"],
      ["", " x "],
      ["keyword", "in"],
      ["", " "],
      ["call", "f"],
      ["", "("],
      ["number", "1.5"],
      ["", ", "],
      ["string", '"a"'],
      ["", "):  "],
      ["comment", "# why"],
    ],
  ]);
});

test("nothing of a text is lost", () => {
  for (const text of ["", "\n", "x\n\ny", "'''a\nb'''", "γ = 1e-3j\n", "'open", "\t#", "f'{x}'\n1_000", "a\u2028b"]) {
    assert.equal(tokens(text).map((line) => line.map(([, piece]) => piece).join("")).join("\n"), text);
  }
});

test("a string over several lines is one on each of them", () => {
  assert.deepEqual(tokens('"""a\nb"""'), [[["string", '"""a']], [["string", 'b"""']]]);
});

test("a digit in a name is no number", () => {
  assert.deepEqual(tokens("x1"), [[["", "x1"]]]);
});

test("a mark cuts tokens where it begins and ends", () => {
  assert.deepEqual(marked([["", "abc"], ["call", "def"]], [{ from: 1, to: 4, name: "current" }]), [
    ["", "a", []],
    ["", "bc", ["current"]],
    ["call", "d", ["current"]],
    ["call", "ef", []],
  ]);
});

test("columns are characters, of which some are two of JavaScript's", () => {
  assert.deepEqual(marked([["string", "'🙂🙂'"]], [{ from: 2, to: 3, name: "error" }]), [
    ["string", "'🙂", []],
    ["string", "🙂", ["error"]],
    ["string", "'", []],
  ]);
});

test("marks may lie on one another and reach to the end of the line", () => {
  const both = [{ from: 0, to: Infinity, name: "current" }, { from: 1, to: 2, name: "error" }];
  assert.deepEqual(marked([["", "ab"]], both), [["", "a", ["current"]], ["", "b", ["current", "error"]]]);
});

/** Pieces without a colour that follow one another, as one. @param {string[][]} line */
function joined(line) {
  /** @type {string[][]} */
  const out = [];
  for (const [kind, text] of line) {
    const last = out.at(-1);
    if (!kind && last && !last[0]) last[1] += text;
    else out.push([kind, text]);
  }
  return out;
}
