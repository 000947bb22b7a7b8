// A scene's steps as changes that can be walked in both directions.

/** @import { Changes, Drawing } from "../types.js" */

export class Timeline {
  /**
   * `view.changes[i]` lists element, look, element, look …: what step i changes; step 0 sets the stage.
   *
   * @param {Pick<Drawing, "changes" | "looks" | "texts">} view
   */
  constructor(view) {
    this.changes = view.changes;
    /** @type {Map<number, number>} */
    const now = new Map();
    this.undo = view.changes.map((changes) => {
      /** @type {[number, number | undefined][]} */
      const before = [];
      for (const [element, look] of pairs(changes)) {
        before.push([element, now.get(element)]);
        now.set(element, look);
      }
      return before;
    });
    this.current = currents(view);
    /** @type {Map<number, number[]>} the steps that are about an element */
    this.visits = new Map();
    this.current.forEach((elements, i) => {
      for (const element of elements) this.visits.set(element, [...(this.visits.get(element) ?? []), i]);
    });
  }

  /**
   * What must change to go from one step to another (from -1: nothing is shown yet).
   *
   * @param {number} from
   * @param {number} to
   */
  between(from, to) {
    /** @type {Changes} */
    const changes = new Map();
    for (let i = from + 1; i <= to; i++) for (const [element, look] of pairs(this.changes[i])) changes.set(element, look);
    for (let i = from; i > to; i--) for (const [element, look] of this.undo[i]) changes.set(element, look);
    return changes;
  }

  /**
   * What a step changes: element → [its look before, its look from then on].
   *
   * @param {number} step
   * @returns {Map<number, [before: number | undefined, look: number]>}
   */
  changesAt(step) {
    const before = new Map(this.undo[step]);
    return new Map(pairs(this.changes[step]).map(([element, look]) => [element, [before.get(element), look]]));
  }
}

/**
 * @param {number[]} flat
 * @returns {[number, number][]}
 */
function pairs(flat) {
  return Array.from({ length: flat.length / 2 }, (_, i) => [flat[2 * i], flat[2 * i + 1]]);
}

/**
 * For each step the elements that it is about: the current one, or those of an error.
 *
 * @param {Pick<Drawing, "changes" | "looks" | "texts">} view
 */
function currents({ changes, looks, texts }) {
  const isCurrent = looks.map(([classes]) => /\bis-(current|error)\b/.test(texts[classes]));
  /** @type {Set<number>} */
  const current = new Set();
  return changes.map((changed) => {
    for (const [element, look] of pairs(changed)) isCurrent[look] ? current.add(element) : current.delete(element);
    return [...current];
  });
}
