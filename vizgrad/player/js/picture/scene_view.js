// One scene as it is seen: its picture at the chosen detail, in the chosen direction, at one of its steps.

import { h } from "../lib/dom.js";
import { Legend } from "../panels.js";
import { Picture } from "./picture.js";
import { drawn } from "./stencils.js";
import { Timeline } from "../steps/timeline.js";

const NARROW = 560; // pixels; below, a picture that comes in both directions goes downwards
const DIRECTIONS = ["LR", "TB"];
export const DETAILS = { full: "Full", simple: "Simple", pytorch: "PyTorch" };

export class SceneView {
  /** `onpick(id of a box or an arrow)` is called when one is clicked; `onturnable(yes)` says whether there is another direction. */
  constructor({ onpick, onturnable, preferences }) {
    this.onturnable = onturnable;
    this.preferences = preferences;
    this.direction = preferences.read("direction", DIRECTIONS);
    this.detail = preferences.read("detail", Object.keys(DETAILS));
    this.picture = new Picture((place) => onpick(this.shown.elements[place]));
    this.legend = new Legend();
  }

  /** Puts up a scene without any step; `own` is the detail at which payload and scene tell the picture. */
  load(scene, own) {
    this.scene = scene;
    this.own = own;
    if (!this.at(this.detail)) this.detail = own;
    this.#see();
  }

  /** The picture at a detail, undefined if the payload does not hold it. */
  at(detail) {
    return detail === this.own ? this.scene : this.scene?.views[detail];
  }

  /** The details to choose from, [name, words]: those at hand, or all. */
  details(isAll) {
    return this.scene.svg ? Object.entries(DETAILS).filter(([detail]) => isAll || this.at(detail)) : [];
  }

  /** Shows more or less of the same scene at the same step. */
  choose(detail, step) {
    this.detail = detail;
    this.#see();
    this.#restyle(step);
  }

  turn(step) {
    this.direction = this.isDownwards ? "LR" : "TB";
    this.preferences.write("direction", this.direction);
    this.#draw();
    this.#restyle(step);
  }

  /** Goes from one step (-1: none is shown yet) to another. */
  move(from, to) {
    this.unveil();
    this.picture.apply(this.timeline.between(from, to), this.shown);
  }

  follow(step) {
    this.picture.follow(this.timeline.current[step]);
  }

  /** Hides what a step shows that was not shown before it; at a gradient's step only what the arrows carry is new. */
  veil(step, kind) {
    this.veiled = this.timeline.changesAt(step);
    this.picture.veil(this.veiled, this.shown, kind === "vjp");
  }

  unveil() {
    if (this.veiled) this.picture.apply([...this.veiled].map(([place, [, look]]) => [place, look]), this.shown);
    this.veiled = null;
  }

  #see() {
    this.shown = this.at(this.detail) ?? this.scene;
    this.timeline = new Timeline(this.shown, this.scene.steps);
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
    this.isDownwards = (own === "TB") !== isTurned;
    this.veiled = null;
    this.onturnable(Boolean(turned));
    return this.picture.show(drawn(isTurned ? turned : svg, this.shown, this.scene.words), this.shown.elements);
  }

  #restyle(step) {
    this.picture.apply(this.timeline.between(-1, step), this.shown);
    this.follow(step);
  }
}
