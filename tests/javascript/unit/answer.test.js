// What becomes of a typed gradient.

import assert from "node:assert/strict";
import test from "node:test";

import { judged, tensorOf } from "../../../vizgrad/player/js/quiz/answer.js";

const VECTOR = { shape: [2], values: [10, 10] };
const MATRIX = { shape: [2, 2], values: [1, 2, 3, 4] };
const NUMBER = { shape: [], values: [0.5] };
const LARGE = { shape: [64, 784], values: null };
const ODD = { shape: [2], values: ["nan", "-inf"] };

/** @type {[string, import("../../../vizgrad/player/js/types.js").Tensor, string][]} */
const VERDICTS = [
  ["[10, 10]", VECTOR, "right"],
  ["[10., 10.]", VECTOR, "right"],
  ["(10, 10,)", VECTOR, "right"],
  [" tensor([10., 10.], dtype=torch.float64) ", VECTOR, "right"],
  ["[10.04, 9.97]", VECTOR, "right"], // rounded
  ["[10.2, 10]", VECTOR, "right shape, wrong values"],
  ["[10, -10]", VECTOR, "right shape, wrong values"],
  ["10", VECTOR, "wrong shape: it must be (2,)"],
  ["[[10, 10]]", VECTOR, "wrong shape: it must be (2,)"],
  ["[10]", VECTOR, "wrong shape: it must be (2,)"],
  ["[[1, 2], [3, 4]]", MATRIX, "right"],
  ["[[1, 3], [2, 4]]", MATRIX, "right shape, wrong values"],
  ["[1, 2, 3, 4]", MATRIX, "wrong shape: it must be (2, 2)"],
  ["[[1, 2], [3]]", MATRIX, "The rows must be of the same length."],
  ["[[1, 2], [3, 4]", MATRIX, "A bracket is not closed."],
  ["0.5", NUMBER, "right"],
  ["1/2", NUMBER, "right"],
  ["5e-1", NUMBER, "right"],
  ["[0.5]", NUMBER, "wrong shape: it must be ()"],
  ["-0.5", NUMBER, "right shape, wrong values"],
  ["10, 10", VECTOR, "Put brackets around a list: [10, 10]."],
  ["ten", NUMBER, "ten is no number."],
  ["", NUMBER, "Type a number, or a list such as [10, 10]."],
  ["[]", { shape: [0], values: [] }, "right"],
  ["[nan, -inf]", ODD, "right"],
  ["[1, inf]", ODD, "right shape, wrong values"],
  ["(64, 784)", LARGE, "right"],
  ["64 x 784", LARGE, "right"],
  ["(784, 64)", LARGE, "wrong shape"],
  ["big", LARGE, "Type a shape such as (2, 3), or () for a single number."],
];

for (const [text, question, verdict] of VERDICTS) {
  test(`${text} for ${JSON.stringify(question)}`, () => {
    const { isRight, says } = judged(text, question);
    assert.equal(says, verdict);
    assert.equal(isRight, verdict === "right");
  });
}

test("what cannot be read does not count as a try", () => {
  assert.ok(!judged("ten", NUMBER).isCounted);
  assert.ok(judged("7", NUMBER).isCounted);
});

test("a tensor is read with its shape, and with the sign that a text editor makes of a hyphen", () => {
  assert.deepEqual(tensorOf("[[1, 2, 3], [\u22124, 5, 6]]"), { shape: [2, 3], values: [1, 2, 3, -4, 5, 6] });
});
