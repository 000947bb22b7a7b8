// What a tab remembers.

import assert from "node:assert/strict";
import test, { beforeEach } from "node:test";

import { Draft } from "../../../vizgrad/player/js/store/draft.js";
import { Preferences } from "../../../vizgrad/player/js/store/preferences.js";
import { SessionValue } from "../../../vizgrad/player/js/store/session.js";
import { FakeStorage, give } from "./fakes.js";

let storage = new FakeStorage();

beforeEach(() => {
  storage = new FakeStorage();
  give("sessionStorage", storage);
  give("location", new URL("https://example.org/lesson"));
});

test("a value is read as it was written, and null forgets it", () => {
  const kept = new SessionValue("quiz");
  assert.equal(kept.read(), null);
  kept.write({ id: "a", answers: [1] });
  assert.deepEqual(new SessionValue("quiz").read(), { id: "a", answers: [1] });
  assert.equal(new SessionValue("other").read(), null);
  kept.write(null);
  assert.equal(storage.items.size, 0);
});

test("what another wrote there, or a storage that is off, is as nothing", () => {
  const kept = new SessionValue("quiz");
  storage.items.set("vizgrad.quiz", "{");
  assert.equal(kept.read(), null);
  storage.isBroken = true;
  kept.write(1);
  assert.equal(kept.read(), null);
});

test("a preference is one of the choices", () => {
  const preferences = new Preferences();
  preferences.write("speed", 2);
  preferences.write("detail", "simple");
  assert.equal(new Preferences().read("speed", [1, 2]), 2);
  assert.equal(preferences.read("detail", ["full"]), undefined);
  assert.equal(preferences.read("direction", ["LR"]), undefined);
  give("location", new URL("https://example.org/another"));
  assert.equal(new Preferences().read("speed", [1, 2]), undefined);
});

test("a draft is that of the text that it was typed over", () => {
  const draft = new Draft();
  draft.write("saved", "typed", false);
  assert.deepEqual(new Draft().read("saved"), { saved: "saved", text: "typed", hasRun: false });
  assert.equal(draft.read("other"), null);
  assert.equal(draft.other("other")?.text, "typed");
  assert.equal(draft.other("saved"), null);
});

test("a text as it was saved is no draft", () => {
  const draft = new Draft();
  draft.write("saved", "typed", false);
  draft.write("saved", "saved", true);
  assert.equal(storage.items.size, 0);
});

test("only the newest drafts are kept", () => {
  const draft = new Draft();
  for (const name of ["a", "b", "c", "d", "e"]) draft.write(name, `${name} typed`, false);
  assert.equal(draft.read("a"), null);
  assert.equal(draft.read("b")?.text, "b typed");
  assert.equal(draft.other("x")?.saved, "e");
});

test("what is no draft is passed over", () => {
  storage.items.set("vizgrad.drafts", JSON.stringify([null, 5, { text: 1, saved: "a" }, { text: "b", saved: "a", hasRun: true }]));
  assert.equal(new Draft().read("a")?.text, "b");
  storage.items.set("vizgrad.drafts", '"text"');
  assert.equal(new Draft().read("a"), null);
});
