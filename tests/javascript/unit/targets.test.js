// Where a click, a line of code or a key leads.

import assert from "node:assert/strict";
import test from "node:test";

import { nextOf, otherLine, otherOperation, stopsOf, stopsOfLine } from "../../../vizgrad/player/js/steps/targets.js";
import { Timeline } from "../../../vizgrad/player/js/steps/timeline.js";
import { STEPS, VIEW, step } from "./scenes.js";

const timeline = new Timeline(VIEW);
const LAST = STEPS.length - 1;

test("a box leads to where it was made and to where its gradient came", () => {
  assert.deepEqual(stopsOf("t0", VIEW, timeline), [1, 6]);
});

test("an arrow leads to where it was drawn and to where the gradient went back along it", () => {
  assert.deepEqual(stopsOf("f:t0-t2-0", VIEW, timeline), [3, 5]);
  assert.deepEqual(stopsOf("g:t2-a0-0", VIEW, timeline), [3, 5]);
});

test("what is never the current one leads to where it appears", () => {
  assert.deepEqual(stopsOf("a0", VIEW, timeline), [3]);
});

test("what is not there leads nowhere", () => {
  assert.deepEqual(stopsOf("t9", VIEW, timeline), []);
  assert.equal(nextOf([], 3), null);
});

test("the stops are visited in turn", () => {
  assert.deepEqual([0, 1, 6].map((now) => nextOf([1, 6], now)), [1, 6, 1]);
});

test("a line leads to where it ran, and to the gradients of what it made", () => {
  assert.deepEqual(stopsOfLine(1, STEPS, timeline), [1, 6]);
  assert.deepEqual(stopsOfLine(3, STEPS, timeline), [3, 5]);
});

test("the line of backward() leads to where it begins", () => {
  assert.deepEqual(stopsOfLine(4, STEPS, timeline), [4]);
});

test("a line that does nothing leads nowhere", () => {
  assert.deepEqual(stopsOfLine(7, STEPS, timeline), []);
});

test("another line begins where the line changes", () => {
  assert.deepEqual(STEPS.map((_, i) => otherLine(STEPS, i, false)), [1, 2, 3, 4, LAST, LAST, LAST]);
  assert.deepEqual(STEPS.map((_, i) => otherLine(STEPS, i, true)), [0, 0, 1, 2, 3, 4, 4]);
});

test("operations are forward and backward ones", () => {
  assert.deepEqual(STEPS.map((_, i) => otherOperation(STEPS, i, false)), [3, 3, 3, 5, 5, LAST, LAST]);
  assert.deepEqual(STEPS.map((_, i) => otherOperation(STEPS, i, true)), [0, 0, 0, 0, 3, 3, 5]);
});

test("an error is an operation", () => {
  assert.equal(otherOperation([step("empty"), step("create", 1), step("error", 2)], 0, false), 2);
});
