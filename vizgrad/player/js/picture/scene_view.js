// One scene as it is seen: its picture at the chosen detail, in the chosen direction, at one of its steps.

/** @import { Detail, Drawing, Scene, Step } from "../types.js" */
/** @import { Preferences } from "../store/preferences.js" */

import { h } from "../lib/dom.js";
import { Legend } from "../panels.js";
import { Timeline } from "../steps/timeline.js";
import { Picture } from "./picture.js";
import { drawn } from "./stencils.js";

const NARROW = 560; // pixels; below, a picture that comes in both directions goes downwards
const DIRECTIONS = /** @type {const} */ (["LR", "TB"]);

/** @type {[Detail, string][]} what the reader may choose, and how it is called */
export const DETAILS = [
  ["full", "Full"],
  ["simple", "Simple"],
  ["pytorch", "PyTorch"],
];

/**
 * @typedef {object} Needs
 * @property {(id: string) => void} onpick is called with the id of a box or an arrow that is clicked
 * @property {(isTurnable: boolean) => void} onturnable is told whether there is another direction
 * @property {Preferences} preferences
 */

export class SceneView {
  /** @type {Map<number, [before: number | undefined, look: number]> | null} what is hidden of the step */
  #veiled = null;
  #isDownwards = false;

  // What load() fills:
  /** @type {Scene} */
  scene;
  /** @type {Drawing} the scene's picture at the chosen detail */
  shown;
  /** @type {Timeline} */
  timeline;
  /** @type {Detail} at which payload and scene tell the picture */
  own;

  /** @param {Needs} needs */
  constructor({ onpick, onturnable, preferences }) {
    this.onturnable = onturnable;
    this.preferences = preferences;
    this.direction = preferences.read("direction", DIRECTIONS);
    this.detail = preferences.read("detail", DETAILS.map(([detail]) => detail));
    this.picture = new Picture((place) => onpick(this.shown.elements[place]));
    this.legend = new Legend();
  }

  /**
   * Puts up a scene without any step; `own` is the detail at which payload and scene tell the picture.
   *
   * @param {Scene} scene
   * @param {Detail} own
   */
  load(scene, own) {
    this.scene = scene;
    this.own = own;
    if (!this.at(this.detail)) this.detail = own;
    this.#see();
  }

  /**
   * The picture at a detail, undefined if the payload does not hold it.
   *
   * @param {Detail} [detail]
   * @returns {Drawing | undefined}
   */
  at(detail) {
    return detail === this.own ? this.scene : detail && this.scene.views[detail];
  }

  /**
   * The details to choose from: those at hand, or all.
   *
   * @param {boolean} isAll
   */
  details(isAll) {
    return this.scene.svg ? DETAILS.filter(([detail]) => isAll || this.at(detail)) : [];
  }

  /**
   * Shows more or less of the same scene at the same step.
   *
   * @param {Detail} detail
   * @param {number} step
   */
  choose(detail, step) {
    this.detail = detail;
    this.#see();
    this.#restyle(step);
  }

  /** @param {number} step */
  turn(step) {
    this.direction = this.#isDownwards ? "LR" : "TB";
    this.preferences.write("direction", this.direction);
    this.#draw();
    this.#restyle(step);
  }

  /**
   * Goes from one step (-1: none is shown yet) to another.
   *
   * @param {number} from
   * @param {number} to
   */
  move(from, to) {
    this.unveil();
    this.picture.apply(this.timeline.between(from, to), this.shown);
  }

  /** @param {number} step */
  follow(step) {
    this.picture.follow(this.timeline.current[step]);
  }

  /**
   * Hides what a step shows that was not shown before it; at a gradient's step only what the arrows carry is new.
   *
   * @param {number} step
   * @param {Step["kind"]} kind
   */
  veil(step, kind) {
    this.#veiled = this.timeline.changesAt(step);
    this.picture.veil(this.#veiled, this.shown, kind === "vjp");
  }

  unveil() {
    if (this.#veiled) this.picture.apply(new Map([...this.#veiled].map(([place, [, look]]) => [place, look])), this.shown);
    this.#veiled = null;
  }

  #see() {
    this.shown = this.at(this.detail) ?? this.scene;
    this.timeline = new Timeline(this.shown);
    if (!this.#draw()) {
      this.picture.element.append(h("p", { class: "vg-nothing" }, this.shown.problem ?? "No operation on tensors was recorded."));
    }
    this.legend.show(this.shown.legend);
  }

  /** Draws the scene in the direction that was chosen, or that suits the width; false if there is nothing to draw. */
  #draw() {
    const { svg, turned } = this.shown;
    const own = this.scene.direction;
    const suits = this.picture.element.clientWidth < NARROW ? "TB" : own;
    const isTurned = Boolean(turned) && (this.direction ?? suits) !== own;
    this.#isDownwards = (own === "TB") !== isTurned;
    this.#veiled = null;
    this.onturnable(Boolean(turned));
    return this.picture.show(drawn(isTurned ? turned : svg, this.shown, this.scene.words), this.shown.elements);
  }

  /** @param {number} step */
  #restyle(step) {
    this.picture.apply(this.timeline.between(-1, step), this.shown);
    this.follow(step);
  }
}
