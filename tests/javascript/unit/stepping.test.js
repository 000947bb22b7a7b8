// Where the reader is, and how playing goes on.

import assert from "node:assert/strict";
import test from "node:test";

import { Stepping } from "../../../vizgrad/player/js/steps/stepping.js";
import { STEPS } from "./scenes.js";

const LAST = STEPS.length - 1;

/** Stepping through the small scene, opened at its last step, and what was told of it. */
function begun() {
  /** @type {[from: number, to: number][]} */
  const moves = [];
  const told = { moves, isHeld: false, isPlaying: false };
  const stepping = new Stepping({
    moved: (from, to) => moves.push([from, to]),
    isHeld: () => told.isHeld,
    playing: (isPlaying) => (told.isPlaying = isPlaying),
  });
  stepping.load(STEPS);
  stepping.go(LAST);
  moves.length = 0;
  return { stepping, told };
}

test("a step beyond the ends is the end", () => {
  const { stepping, told } = begun();
  stepping.go(-5);
  stepping.go(99);
  assert.deepEqual(told.moves, [[LAST, 0], [0, LAST]]);
  assert.equal(stepping.now, STEPS[LAST]);
});

test("going where one is tells nothing", () => {
  const { stepping, told } = begun();
  stepping.go(LAST);
  stepping.walk(null);
  assert.deepEqual(told.moves, []);
});

test("lines and operations are walked", () => {
  const { stepping } = begun();
  stepping.walkOperation(true);
  assert.equal(stepping.step, 5);
  stepping.walkLine(true);
  assert.equal(stepping.step, 4);
});

test("playing goes from the start to the end and stops there", ({ mock }) => {
  mock.timers.enable({ apis: ["setTimeout"] });
  const { stepping, told } = begun();
  stepping.toggle();
  assert.ok(told.isPlaying && stepping.isPlaying);
  assert.deepEqual(told.moves, [[LAST, 0]]);
  for (let i = 0; i < LAST; i++) mock.timers.tick(1600);
  assert.equal(stepping.step, LAST);
  assert.ok(!told.isPlaying && !stepping.isPlaying);
});

test("a higher speed takes less time", ({ mock }) => {
  mock.timers.enable({ apis: ["setTimeout"] });
  const { stepping } = begun();
  stepping.speed = 4;
  stepping.play();
  mock.timers.tick(200);
  mock.timers.tick(400);
  mock.timers.tick(399);
  assert.equal(stepping.step, 2);
});

test("playing waits where an answer is asked for", ({ mock }) => {
  mock.timers.enable({ apis: ["setTimeout"] });
  const { stepping, told } = begun();
  told.isHeld = true;
  stepping.play();
  mock.timers.tick(800);
  assert.equal(stepping.step, 1);
  assert.ok(!stepping.isPlaying);
});

test("a step by hand, or another scene, ends playing", ({ mock }) => {
  mock.timers.enable({ apis: ["setTimeout"] });
  const { stepping } = begun();
  stepping.play();
  stepping.walk(3);
  mock.timers.tick(10_000);
  assert.equal(stepping.step, 3);
  stepping.play();
  stepping.load(STEPS.slice(0, 2));
  mock.timers.tick(10_000);
  assert.equal(stepping.step, -1);
});

test("speeds have a slowest and a fastest", () => {
  const { stepping } = begun();
  assert.deepEqual([stepping.other(-1), stepping.other(1)], [0.5, 2]);
  stepping.speed = 4;
  assert.equal(stepping.other(1), 4);
  stepping.speed = 0.5;
  assert.equal(stepping.other(-1), 0.5);
});
