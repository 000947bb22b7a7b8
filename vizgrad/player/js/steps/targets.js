// Where a click, a line of code or a key leads: the steps at which something was made, and those of its gradient.

/** @import { Drawing, Step } from "../types.js" */
/** @import { Timeline } from "./timeline.js" */

/**
 * The steps at which a box or an arrow was made and at which its gradient came, in order.
 *
 * @param {string} id
 * @param {Pick<Drawing, "elements" | "changes" | "looks" | "texts">} view
 * @param {Pick<Timeline, "visits">} timeline
 */
export function stopsOf(id, view, timeline) {
  // An arrow's way back is another element: both ways belong to what was clicked.
  const places = view.elements.flatMap((other, place) => (other === id || isSameEdge(id, other) ? [place] : []));
  const stops = places.flatMap((place) => timeline.visits.get(place) ?? firstShown(view, place));
  return [...new Set(stops)].sort((a, b) => a - b);
}

/**
 * What is never the current one (a constant, an AccumulateGrad) has the step at which it appears.
 *
 * @param {Pick<Drawing, "changes" | "looks" | "texts">} view
 * @param {number} place
 */
function firstShown(view, place) {
  const step = view.changes.findIndex((changes, i) => i > 0 && shows(view, changes, place));
  return step < 0 ? [] : [step];
}

/**
 * Whether a step makes an element more than a ghost.
 *
 * @param {Pick<Drawing, "looks" | "texts">} view
 * @param {number[]} changes
 * @param {number} place
 */
function shows({ looks, texts }, changes, place) {
  for (let i = 0; i < changes.length; i += 2) {
    if (changes[i] === place && !/\bis-ghost\b/.test(texts[looks[changes[i + 1]][0]])) return true;
  }
  return false;
}

/**
 * Whether two arrows are the ways there and back between the same boxes: f:t0-t1-0 and g:t1-t0-0, or g:t1-a4-0 for a leaf.
 *
 * @param {string} id
 * @param {string} other
 */
function isSameEdge(id, other) {
  const [one, two] = [id, other].map((name) => /^([fg]):(\w+)-(\w+)-(\d+)$/.exec(name));
  if (!one || !two || one[1] === two[1]) return false;
  const [there, back] = one[1] === "f" ? [one, two] : [two, one];
  return there[3] === back[2] && there[4] === back[4] && (there[2] === back[3] || /^a/.test(back[3]));
}

/**
 * Where each stay on a line of the program begins, and each stay on the gradients of what the line made.
 *
 * @param {number} line
 * @param {Step[]} steps
 * @param {Pick<Timeline, "current">} timeline
 */
export function stopsOfLine(line, steps, timeline) {
  /** @type {(step: Step) => boolean} */
  const isOn = ({ span }) => span !== null && span[0] <= line && line <= span[2];
  const made = new Set(steps.flatMap((step, i) => (isOn(step) ? (timeline.current[i] ?? []) : [])));
  /** @type {(step: Step) => boolean} */
  const isForward = ({ kind }) => kind === "create" || kind === "forward" || kind === "inplace";
  const lineMakes = steps.some((step) => isOn(step) && isForward(step));
  /** @type {(elements?: number[]) => boolean} */
  const isMade = (elements = []) => lineMakes && elements.some((element) => made.has(element));
  const about = steps.map((step, i) => i > 0 && (isOn(step) || (!isForward(step) && isMade(timeline.current[i]))));
  /** @type {(i: number) => boolean} */
  const isStart = (i) => about[i] && (!about[i - 1] || isForward(steps[i]) !== isForward(steps[i - 1]));
  return steps.map((_, i) => i).filter(isStart);
}

/**
 * The first step of what another line of the program does next, or did before (back); the end where there is none.
 *
 * @param {Step[]} steps
 * @param {number} current
 * @param {boolean} isBack
 */
export function otherLine(steps, current, isBack) {
  /** @type {(i: number) => boolean} */
  const isStart = (i) => i > 0 && lineOf(steps[i]) !== "" && lineOf(steps[i]) !== lineOf(steps[i - 1]);
  return neighbour(steps, current, isBack, isStart);
}

/**
 * The next operation, forward or backward, or the one before: what only makes or stores is passed over.
 *
 * @param {Step[]} steps
 * @param {number} current
 * @param {boolean} isBack
 */
export function otherOperation(steps, current, isBack) {
  return neighbour(steps, current, isBack, (i) => /^(forward|inplace|vjp|error)$/.test(steps[i].kind));
}

/**
 * @param {Step[]} steps
 * @param {number} current
 * @param {boolean} isBack
 * @param {(i: number) => boolean} isWanted
 */
function neighbour(steps, current, isBack, isWanted) {
  const wanted = steps.map((_, i) => i).filter(isWanted);
  if (isBack) return wanted.findLast((i) => i < current) ?? 0;
  return wanted.find((i) => i > current) ?? steps.length - 1;
}

/**
 * The lines of the program that a step is about; "" where it is about none.
 *
 * @param {Step} step
 */
function lineOf({ span }) {
  return span ? `${span[0]}–${span[2]}` : "";
}

/**
 * The first of the stops, or from one of them the next, in turn; null if there are none.
 *
 * @param {number[]} stops
 * @param {number} current
 */
export function nextOf(stops, current) {
  return stops[(stops.indexOf(current) + 1) % stops.length] ?? null;
}
