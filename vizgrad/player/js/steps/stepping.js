// Where the reader is in a scene, and the ways from there: step by step, by operation, by line, played at a speed.

import { otherLine, otherOperation } from "./targets.js";

const PACE = 1600; // milliseconds for a step at speed 1
export const SPEEDS = [0.5, 1, 2, 4];

export class Stepping {
  /** `on.moved(from, to)` shows a step (-1: none is shown yet); `on.isHeld()`: playing waits here; `on.playing(yes)`. */
  constructor(on) {
    Object.assign(this, { on, steps: [], step: -1, speed: 1, timer: null });
  }

  get last() {
    return this.steps.length - 1;
  }

  get now() {
    return this.steps[this.step];
  }

  /** Begins with other steps; none is shown yet. */
  load(steps) {
    this.pause();
    this.steps = steps;
    this.step = -1;
  }

  go(step) {
    const target = Math.min(this.last, Math.max(0, step));
    if (target === this.step) return;
    const from = this.step;
    this.step = target;
    this.on.moved(from, target);
  }

  /** Goes there by the reader's own hand; null goes nowhere. */
  walk(step) {
    if (step === null) return;
    this.pause();
    this.go(step);
  }

  walkLine(isBack) {
    this.walk(otherLine(this.steps, this.step, isBack));
  }

  walkOperation(isBack) {
    this.walk(otherOperation(this.steps, this.step, isBack));
  }

  // -- playing

  get isPlaying() {
    return this.timer !== null;
  }

  play() {
    if (this.step === this.last) this.go(0);
    const tick = () => {
      this.go(this.step + 1);
      if (this.step === this.last || this.on.isHeld()) return this.pause();
      this.timer = setTimeout(tick, PACE / this.speed);
    };
    clearTimeout(this.timer);
    this.timer = setTimeout(tick, PACE / this.speed / 2);
    this.on.playing(true);
  }

  pause() {
    clearTimeout(this.timer);
    this.timer = null;
    this.on.playing(false);
  }

  toggle() {
    this.isPlaying ? this.pause() : this.play();
  }

  /** The next speed up or down. */
  other(by) {
    const at = SPEEDS.indexOf(this.speed) + by;
    return SPEEDS[Math.min(SPEEDS.length - 1, Math.max(0, at))];
  }
}
