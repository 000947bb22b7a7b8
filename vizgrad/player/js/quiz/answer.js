// What a reader typed as a gradient: read as numbers, and compared with what it should be.

/** @import { Tensor } from "../types.js" */

// Half a per cent, so that an answer worked out from the rounded numbers of the picture is right, and half a unit of the
// fourth decimal, the last that PyTorch prints, for what is near zero.
const RELATIVE = 5e-3;
const ABSOLUTE = 5e-5;

const NUMBER = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/i;
/** @type {Record<string, number>} */
const SPECIAL = { nan: NaN, inf: Infinity, "+inf": Infinity, "-inf": -Infinity };

/**
 * The verdict on `text`: whether it is right, whether it counts as a try, and what to say about it.
 *
 * @param {string} text
 * @param {Tensor} question
 * @returns {{ isRight: boolean, isCounted?: boolean, says: string }}
 */
export function judged(text, { shape, values }) {
  let typed;
  try {
    typed = values ? tensorOf(text) : { shape: sizesOf(text), values: [] };
  } catch (error) {
    return { isRight: false, says: error instanceof Error ? error.message : String(error) };
  }
  const isShaped = typed.shape.length === shape.length && typed.shape.every((size, i) => size === shape[i]);
  if (!isShaped) return { isRight: false, isCounted: true, says: values ? `wrong shape: it must be ${tuple(shape)}` : "wrong shape" };
  if (!values) return { isRight: true, isCounted: true, says: "right" };
  const { values: found } = typed;
  const isRight = values.every((value, i) => isNear(found[i], Number(SPECIAL[value] ?? value)));
  return { isRight, isCounted: true, says: isRight ? "right" : "right shape, wrong values" };
}

/**
 * @param {number} typed
 * @param {number} value
 */
function isNear(typed, value) {
  if (!Number.isFinite(value)) return Object.is(typed, value);
  return Math.abs(typed - value) <= ABSOLUTE + RELATIVE * Math.abs(value);
}

/**
 * A number or nested lists of numbers, as Python or PyTorch writes them; throws an Error that says what to do.
 *
 * @param {string} text
 */
export function tensorOf(text) {
  const bare = plain(text).replace(/^(?:torch\.)?tensor\(([^]*?)(?:,\s*\w+=[^]*)?\)$/, "$1");
  const tokens = bare.match(/[[\](),]|[^\s[\](),]+/g) ?? [];
  if (!tokens.length) throw new Error("Type a number, or a list such as [10, 10].");
  let at = 0;
  /** @type {number[]} */
  const values = [];
  /** @type {() => number[]} */
  const read = () => {
    const token = tokens[at++];
    if (token !== "[" && token !== "(") {
      values.push(numberOf(token));
      return [];
    }
    /** @type {number[][]} */
    const shapes = [];
    while (at < tokens.length && !"])".includes(tokens[at])) {
      shapes.push(read());
      if (tokens[at] === ",") at++;
    }
    if (at++ >= tokens.length) throw new Error("A bracket is not closed.");
    const [first = []] = shapes;
    if (shapes.some((one) => String(one) !== String(first))) throw new Error("The rows must be of the same length.");
    return [shapes.length, ...first];
  };
  const shape = read();
  if (at < tokens.length) throw new Error(tokens[at] === "," ? "Put brackets around a list: [10, 10]." : "There is something after the end.");
  return { shape, values };
}

/**
 * Sizes as people type them: (2, 3), 2 x 3, torch.Size([2, 3]).
 *
 * @param {string} text
 */
function sizesOf(text) {
  const bare = plain(text).replace(/^torch\.Size/, "");
  const words = bare.split(/[\s,x×()[\]]+/).filter(Boolean);
  if (!bare || !words.every((word) => /^\d+$/.test(word))) throw new Error("Type a shape such as (2, 3), or () for a single number.");
  return words.map(Number);
}

function numberOf(token = "") {
  if (token.toLowerCase() in SPECIAL) return SPECIAL[token.toLowerCase()];
  const [top, bottom, ...rest] = token.split("/");
  if (rest.length || ![top, bottom ?? "1"].every((part) => NUMBER.test(part))) {
    throw new Error(token && !"]),".includes(token) ? `${token} is no number.` : "A number is missing.");
  }
  return Number(top) / Number(bottom ?? 1);
}

/** @param {string} text */
function plain(text) {
  return text.trim().replaceAll("\u2212", "-");
}

/** @param {number[]} shape */
function tuple(shape) {
  return shape.length === 1 ? `(${shape[0]},)` : `(${shape.join(", ")})`;
}
