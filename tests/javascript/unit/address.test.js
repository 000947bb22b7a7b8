// What an address asks for, and how it follows the reader.

import assert from "node:assert/strict";
import test from "node:test";

import { Address } from "../../../vizgrad/player/js/address.js";
import { give } from "./fakes.js";
import { step } from "./scenes.js";

/** @import { Part } from "../../../vizgrad/player/js/address.js" */
/** @import { Payload } from "../../../vizgrad/player/js/types.js" */

const told = { steps: [step("empty")] };
const payload = /** @type {Payload} */ (/** @type {unknown} */ ({ source: "x = 1", scene: 2, step: null, scenes: [told, { steps: null }, told] }));

/** A page that is open at an address. @param {string} rest @param {Part} [part] */
function opened(rest, part = "search") {
  give("location", new URL(`https://example.org/lesson${rest}`));
  const page = { address: "" };
  give("history", { state: null, replaceState: (/** @type {any} */ _, /** @type {any} */ __, /** @type {URL} */ url) => (page.address = url.href) });
  return { address: new Address(part), page };
}

/** @type {[rest: string, asked: object][]} */
const ASKED = [
  ["", { scene: null, step: null, isPresented: false, isEmbedded: false }],
  ["?scene=2&step=3", { scene: 2, step: 3, isPresented: false, isEmbedded: false }],
  ["#scene=2&step=0&present=1", { scene: 2, step: 0, isPresented: true, isEmbedded: false }],
  ["?step=1#step=4", { scene: null, step: 4, isPresented: false, isEmbedded: false }],
  ["?embed=true&present=yes", { scene: null, step: null, isPresented: false, isEmbedded: true }],
  ["?step=-1&scene=1e3", { scene: null, step: null, isPresented: false, isEmbedded: false }],
  ["?step=12345678901", { scene: null, step: null, isPresented: false, isEmbedded: false }],
  ["?step=", { scene: null, step: null, isPresented: false, isEmbedded: false }],
];

for (const [rest, asked] of ASKED) {
  test(`is asked by ${rest || "nothing"}`, () => assert.deepEqual(opened(rest).address.asked, asked));
}

/** @type {[rest: string, scene: number, step: number | null][]} */
const OPENED = [
  ["", 2, null],
  ["?step=5", 2, 5],
  ["?scene=1&step=5", 0, 5],
  ["?scene=2&step=5", 2, null], // it did not come along
  ["?scene=9&step=5", 2, null],
  ["?scene=0&step=5", 2, null],
];

for (const [rest, scene, at] of OPENED) {
  test(`opens ${rest || "as it comes"}`, () => {
    const there = opened(rest).address.opened(payload);
    assert.deepEqual([there.scene, there.step], [scene, at]);
  });
}

test("a scene that did not come along is awaited once", () => {
  const { address } = opened("?scene=2");
  assert.ok(address.awaits(payload));
  assert.ok(!address.isAwaited(payload));
  assert.ok(!address.isAwaited({ ...payload, scene: 1, source: "x = 2" }));
  assert.ok(address.isAwaited({ ...payload, scene: 1 }));
  assert.ok(!address.isAwaited({ ...payload, scene: 1 }));
  assert.ok(!opened("?scene=1").address.awaits(payload));
  assert.ok(!opened("").address.awaits(payload));
});

test("the address follows the reader when he rests, and keeps what others wrote", ({ mock }) => {
  mock.timers.enable({ apis: ["setTimeout"] });
  const { address, page } = opened("?theirs=1&step=9#part");
  address.at(1, 0, payload);
  address.at(2, 1, payload);
  assert.equal(page.address, "");
  mock.timers.tick(200);
  assert.equal(page.address, "https://example.org/lesson?theirs=1&step=2&scene=2#part");
});

test("one scene needs no name, and what goes without saying goes", ({ mock }) => {
  mock.timers.enable({ apis: ["setTimeout"] });
  const { address, page } = opened("#scene=1&lesson=xor&present=1", "hash");
  address.at(2, 0, { ...payload, scenes: [payload.scenes[0]] });
  address.keep({ lesson: null });
  address.presents(false);
  mock.timers.tick(200);
  assert.equal(page.address, "https://example.org/lesson#step=2");
});

test("nothing is written after the end, nor where a page may have no address", ({ mock }) => {
  mock.timers.enable({ apis: ["setTimeout"] });
  const { address, page } = opened("");
  address.presents(true);
  address.release();
  mock.timers.tick(1000);
  assert.equal(page.address, "");
  give("history", { replaceState: () => { throw new Error("SecurityError"); } });
  address.presents(true);
  mock.timers.tick(1000);
});
