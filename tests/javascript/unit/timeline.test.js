// A scene's steps, walked in both directions.

import assert from "node:assert/strict";
import test from "node:test";

import { Timeline } from "../../../vizgrad/player/js/steps/timeline.js";
import { VIEW } from "./scenes.js";

const LAST = VIEW.changes.length - 1;
const timeline = new Timeline(VIEW);

/** What is shown at a step, told from the beginning. @param {number} step */
function at(step) {
  return timeline.between(-1, step);
}

test("every way from one step to another ends with the same looks", () => {
  for (let from = 0; from <= LAST; from++) {
    for (let to = 0; to <= LAST; to++) {
      assert.deepEqual(new Map([...at(from), ...timeline.between(from, to)]), at(to), `${from} → ${to}`);
    }
  }
});

test("nothing changes on the way to where one is", () => {
  assert.equal(timeline.between(3, 3).size, 0);
});

test("only what the steps between change is told", () => {
  assert.deepEqual([...timeline.between(0, 1)], [[0, 2]]);
  assert.deepEqual([...timeline.between(1, 0)], [[0, 0]]);
});

test("a step knows what it is about", () => {
  assert.deepEqual(timeline.current, [[], [0], [1], [2], [], [2, 4], [0]]);
});

test("an element knows the steps that are about it", () => {
  assert.deepEqual(timeline.visits.get(0), [1, 6]);
  assert.deepEqual(timeline.visits.get(2), [3, 5]);
  assert.equal(timeline.visits.get(3), undefined);
});

test("a change is told with the look before it", () => {
  assert.deepEqual(timeline.changesAt(6), new Map([[2, [2, 3]], [4, [2, 3]], [0, [1, 2]]]));
  assert.deepEqual(timeline.changesAt(0).get(5), [undefined, 0]);
});

test("an error is what a step is about, too", () => {
  const view = { texts: ["is-made is-error", "is-made"], looks: [[0], [1]], changes: [[], [0, 0], [0, 1]] };
  assert.deepEqual(new Timeline(view).current, [[], [0], []]);
});
