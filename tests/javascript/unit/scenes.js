// A small scene for the tests: x and w are made, y comes of them, and the gradients go back.

/** @import { Step } from "../../../vizgrad/player/js/types.js" */

/**
 * @param {Step["kind"]} kind
 * @param {number} [line]
 * @returns {Step}
 */
export function step(kind, line) {
  return { kind, span: line ? [line, 0, line, 9] : null, sentence: kind, why: null, latex: [[], []], printed: 0 };
}

export const STEPS = [
  step("empty"),
  step("create", 1),
  step("create", 2),
  step("forward", 3),
  step("backward", 4),
  step("vjp", 4),
  step("accumulate", 4),
];

const [GHOST, MADE, CURRENT, VISITED] = [0, 1, 2, 3];

/** Boxes and arrows: t0 (0), t1 (1), t2 (2), an arrow there (3) and back (4), an AccumulateGrad (5). */
export const VIEW = {
  elements: ["t0", "t1", "t2", "f:t0-t2-0", "g:t2-a0-0", "a0"],
  texts: ["kind-op is-ghost", "kind-op is-made", "kind-op is-made is-current", "kind-op is-visited", "", "5"],
  looks: [[0, 4], [1, 5], [2, 5], [3, 5]],
  changes: [
    [0, GHOST, 1, GHOST, 2, GHOST, 3, GHOST, 4, GHOST, 5, GHOST],
    [0, CURRENT],
    [0, MADE, 1, CURRENT],
    [1, MADE, 2, CURRENT, 3, MADE, 5, MADE],
    [2, MADE],
    [2, CURRENT, 4, CURRENT],
    [2, VISITED, 4, VISITED, 0, CURRENT],
  ],
};
