// The lecture: the picture, the line of code and what happens, large, and nothing else; and what points at it.

/** @import { Picture } from "./picture/picture.js" */

import { h, iconButton } from "./lib/dom.js";

const CLOSER = 1.15; // how much larger the picture is than at a desk
const ROOMY = 1000; // pixels; only from here on there is room for that
const STILL = 2500; // milliseconds after which a pointer that rests goes away

export class Presentation {
  isOn = false;
  #isEmbedded = false;

  /** @type {number | undefined} */
  #timer;

  /**
   * @param {HTMLElement} element the player's
   * @param {Picture} picture what grows
   * @param {{ changed: (isOn: boolean) => void }} on
   */
  constructor(element, picture, on) {
    this.element = element;
    this.picture = picture;
    this.on = on;
    this.spot = h("div", { class: "vg-spot", "aria-hidden": "true" });
    element.append(iconButton("Leave the lecture", "close", () => this.leave(), { class: "vg-button vg-leave" }), this.spot);
    element.addEventListener("pointermove", (event) => this.#point(event));
    // Esc is the browser's own where the whole screen is given, and no key comes of it.
    this.onscreen = () => {
      if (!document.fullscreenElement) this.leave();
    };
    document.addEventListener("fullscreenchange", this.onscreen);
  }

  /** `isWhole` asks the browser for the whole screen, too. */
  show(isWhole = true) {
    if (this.isOn) return;
    this.#turn(true);
    this.element.focus({ preventScroll: true });
    // Browsers give the whole screen for a key or a click only, and a frame may forbid it: nothing is lost.
    if (isWhole) document.documentElement.requestFullscreen?.().catch(() => {});
  }

  leave() {
    if (!this.isOn) return;
    this.element.classList.remove("is-lit", "is-pointing");
    this.#turn(false);
    if (document.fullscreenElement) document.exitFullscreen();
  }

  /** Takes the page for the player alone, as an embedded one has it, or gives it back after the lecture. */
  cover(isEmbedded = this.#isEmbedded) {
    this.#isEmbedded = isEmbedded;
    const isCovering = this.isOn || isEmbedded;
    this.element.classList.toggle("is-covering", isCovering);
    // What is not seen takes no clicks and no focus either; the style makes the player visible again.
    document.body.style.visibility = isCovering ? "hidden" : "";
  }

  /** Darkens all but what is around the mouse, or makes it light again. */
  light() {
    this.element.classList.toggle("is-lit");
  }

  release() {
    clearTimeout(this.#timer);
    document.removeEventListener("fullscreenchange", this.onscreen);
    this.leave();
    document.body.style.visibility = "";
  }

  /** @param {boolean} isOn */
  #turn(isOn) {
    this.isOn = isOn;
    this.element.classList.toggle("is-presented", isOn);
    this.cover();
    this.picture.closer = isOn && innerWidth > ROOMY ? CLOSER : 1;
    this.picture.fit();
    this.on.changed(isOn);
  }

  /**
   * A bright ring goes with the mouse, large enough to be seen from the last row, until it rests.
   *
   * @param {PointerEvent} event
   */
  #point({ clientX, clientY, pointerType }) {
    if (!this.isOn) return;
    this.spot.style.setProperty("--vg-x", `${clientX}px`);
    this.spot.style.setProperty("--vg-y", `${clientY}px`);
    if (pointerType === "touch") return;
    this.element.classList.add("is-pointing");
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.element.classList.remove("is-pointing"), STILL);
  }
}
