// Where the reader is in a scene, and the ways from there: step by step, by operation, by line, played at a speed.

/** @import { Step } from "../types.js" */

import { otherLine, otherOperation } from "./targets.js";

const PACE = 1600; // milliseconds for a step at speed 1
export const SPEEDS = [0.5, 1, 2, 4];

/**
 * @typedef {object} Listener
 * @property {(from: number, to: number) => void} moved shows a step; `from` is -1 if none is shown yet
 * @property {() => boolean} isHeld whether playing waits here
 * @property {(isPlaying: boolean) => void} playing
 */

export class Stepping {
  /** @type {Step[]} */
  steps = [];
  step = -1;
  speed = 1;

  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;

  /** @param {Listener} on */
  constructor(on) {
    this.on = on;
  }

  get last() {
    return this.steps.length - 1;
  }

  get now() {
    return this.steps[this.step];
  }

  /**
   * Begins with other steps; none is shown yet.
   *
   * @param {Step[]} steps
   */
  load(steps) {
    this.pause();
    this.steps = steps;
    this.step = -1;
  }

  /** @param {number} step */
  go(step) {
    const target = Math.min(this.last, Math.max(0, step));
    if (target === this.step) return;
    const from = this.step;
    this.step = target;
    this.on.moved(from, target);
  }

  /**
   * Goes there by the reader's own hand; null goes nowhere.
   *
   * @param {number | null} step
   */
  walk(step) {
    if (step === null) return;
    this.pause();
    this.go(step);
  }

  /** @param {boolean} isBack */
  walkLine(isBack) {
    this.walk(otherLine(this.steps, this.step, isBack));
  }

  /** @param {boolean} isBack */
  walkOperation(isBack) {
    this.walk(otherOperation(this.steps, this.step, isBack));
  }

  // -- playing

  get isPlaying() {
    return this.#timer !== undefined;
  }

  play() {
    if (this.step === this.last) this.go(0);
    const tick = () => {
      this.go(this.step + 1);
      if (this.step === this.last || this.on.isHeld()) return this.pause();
      this.#timer = setTimeout(tick, PACE / this.speed);
    };
    clearTimeout(this.#timer);
    this.#timer = setTimeout(tick, PACE / this.speed / 2);
    this.on.playing(true);
  }

  pause() {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.on.playing(false);
  }

  toggle() {
    if (this.isPlaying) this.pause();
    else this.play();
  }

  /**
   * The next speed up (1) or down (-1).
   *
   * @param {number} by
   */
  other(by) {
    const at = SPEEDS.indexOf(this.speed) + by;
    return SPEEDS[Math.min(SPEEDS.length - 1, Math.max(0, at))];
  }
}
