// The picture: an SVG laid out once, restyled at each step, moved as one layer, zoomed by its size.

/** @import { Changes, Drawing } from "../types.js" */
/** @import { Findable } from "./search.js" */

import { calm, h } from "../lib/dom.js";

const LARGEST = 4; // pixels of the screen per unit of the picture
const WIDE = 1400; // pixels; a screen that is wider is larger, or further away: all sizes grow with it
const PREFERRED = 1.35; // a small picture is not blown up beyond this
const LEGIBLE = 0.92; // a picture that fits only below this is shown larger, and follows the current box: 12 units of type are 11 pixels
const COMFORTABLE = 1.1; // as are 10 units here
const SLACK = 60; // units around the current box that are seen, too, where not all of the picture is: its constants
const MARGIN = 10;
const MANY = 150; // boxes and arrows from which on only those are drawn that are near what is seen
const AROUND = 0.5; // how near, in stages on each side

/** @typedef {{ x: number, y: number, scale: number }} View The unit of the picture in the stage's corner, and pixels per unit. */

/**
 * @typedef {object} Part A box or an arrow.
 * @property {SVGGElement} g
 * @property {string} fixed the classes that no look changes
 * @property {SVGTextElement[]} rows
 * @property {Comment | null} stand what keeps its place while it is left out
 */

/** @typedef {[left: number, top: number, right: number, bottom: number]} Rect */

export class Picture {
  /** How much larger than usual a picture may be shown. */
  closer = 1;

  /** @type {SVGSVGElement | null} */
  #svg = null;
  #size = { x: 0, y: 0, width: 100, height: 100 };

  /** @type {(Part | null)[]} in the order of the elements */
  #parts = [];

  /** @type {(Rect | null)[]} */
  #rects = [];

  /** @type {Map<string, number>} */
  #places = new Map();

  /** The stage's size in pixels. */
  #room = { width: 0, height: 0 };

  /** @type {View} */
  #view = { x: 0, y: 0, scale: 1 };

  /** @type {View | null} where the view is gliding to */
  #goal = null;
  #frame = 0;

  /** @type {number[] | null} the elements that the view follows */
  #followed = null;

  /** @type {{ left: number, top: number, right: number, bottom: number } | null} where parts are not left out */
  #drawn = null;

  /** Whether the reader has moved the view, or has asked for all of the picture. */
  #isTouched = false;
  #isWhole = false;

  /** @type {boolean | undefined} whether the picture is higher than the stage */
  #isTall;

  /** @type {Map<number, [x: number, y: number]>} where fingers, or the mouse, hold the picture */
  #pointers = new Map();
  #moved = 0;

  /** @type {DOMStringMap | undefined} what the pointer went down on */
  #pressed;
  #scrolledAt = -Infinity;

  /** @type {() => void} stops listening */
  release;

  /** @param {(place: number) => void} onpick is called with the place of what was clicked */
  constructor(onpick) {
    this.onpick = onpick;
    this.element = h("div", { class: "vg-stage" });
    this.#listen();
  }

  /**
   * Puts up the picture of a scene; `elements` are the ids of its boxes and arrows. False if there is none.
   *
   * @param {SVGSVGElement | null} svg
   * @param {string[]} elements
   */
  show(svg, elements) {
    cancelAnimationFrame(this.#frame);
    this.#goal = null;
    this.#svg = svg;
    this.#parts = [];
    this.element.replaceChildren();
    if (!svg) return false;
    const box = svg.viewBox.baseVal;
    this.#size = { x: box.x, y: box.y, width: box.width || 100, height: box.height || 100 };
    svg.removeAttribute("width");
    svg.removeAttribute("height");
    svg.setAttribute("role", "group");
    /** @type {Map<string | undefined, SVGGElement>} */
    const named = new Map();
    /** @type {NodeListOf<SVGGElement>} */
    const all = svg.querySelectorAll("[data-node], [data-edge]");
    for (const g of all) named.set(g.dataset.node ?? g.dataset.edge, g);
    this.#places = new Map(elements.map((id, place) => [id, place]));
    this.#parts = elements.map((id) => {
      const g = named.get(id);
      const fixed = [...(g?.classList ?? [])].filter((name) => !/^(is|kind)-/.test(name)).join(" ");
      return g ? { g, fixed, rows: [...g.querySelectorAll("text")], stand: null } : null;
    });
    this.element.append(svg);
    this.#rects = this.#placed(svg);
    this.#drawn = null;
    this.#followed = null;
    this.fit();
    return true;
  }

  /**
   * Restyles what changes.
   *
   * @param {Changes} changes
   * @param {Pick<Drawing, "looks" | "texts">} view
   */
  apply(changes, { looks, texts }) {
    for (const [place, look] of changes) {
      const part = this.#parts[place];
      if (!part || look === undefined) continue;
      const [classes, ...rows] = looks[look];
      part.g.setAttribute("class", `${part.fixed} ${texts[classes]}`);
      rows.forEach((text, row) => {
        const line = part.rows[row];
        if (line && line.textContent !== texts[text]) line.textContent = texts[text];
      });
    }
  }

  /**
   * The boxes that can be found.
   *
   * @returns {Findable[]}
   */
  boxes() {
    /** @type {(g: SVGGElement, inks: string) => string[]} */
    const texts = (g, inks) => [...g.querySelectorAll(inks)].map((text) => text.textContent.trim()).filter(Boolean);
    return this.#parts.flatMap((part, place) => {
      if (!part?.g.dataset.node) return [];
      const [name, ...rest] = texts(part.g, ".ink-name, .ink-title, .ink-accumulate, .ink-constant, .ink-expression, .ink-note");
      return name ? [{ place, name, about: [name, ...rest].join(" ") }] : [];
    });
  }

  /**
   * Hides the texts that changes bring: of arrows only, or of all elements.
   *
   * @param {Map<number, [before: number | undefined, look: number]>} changes
   * @param {Pick<Drawing, "looks" | "texts">} view
   * @param {boolean} isArrowsOnly
   */
  veil(changes, { looks, texts }, isArrowsOnly) {
    for (const [place, [before, look]] of changes) {
      const part = this.#parts[place];
      if (!part || (isArrowsOnly && !part.g.dataset.edge)) continue;
      const old = before === undefined ? [] : looks[before];
      const news = looks[look].slice(1).map((text, row) => (text !== old[row + 1] && texts[text].trim() ? row : -1)).filter((row) => row >= 0);
      news.forEach((row, i) => part.rows[row]?.replaceChildren(i ? "" : "?"));
      if (news.length) part.g.classList.add("is-secret");
    }
  }

  // -- the view

  /** The stage's size, kept: to ask for it while a step is being drawn would have the page laid out once more. */
  #measure() {
    this.#room = { width: this.element.clientWidth, height: this.element.clientHeight };
  }

  get #width() {
    return this.#room.width;
  }

  get #height() {
    return this.#room.height;
  }

  /**
   * Where each box and arrow stands, once for all steps.
   *
   * @param {SVGSVGElement} svg
   */
  #placed(svg) {
    const shift = shiftOf(svg.querySelector("g"));
    return this.#parts.map((part) => {
      if (!part) return null;
      const { x, y, width, height } = part.g.getBBox();
      const own = shiftOf(part.g);
      const [left, top] = [x + own.x + shift.x, y + own.y + shift.y];
      return /** @type {Rect} */ ([left, top, left + width, top + height]);
    });
  }

  /** What one pixel of a desk's screen is on this one. */
  get #unit() {
    return Math.max(1, this.#width / WIDE) * this.closer;
  }

  /** The smallest scale at which a picture can be read; a lecture does not crop one that just fits. */
  get #legible() {
    return (LEGIBLE * this.#unit) / this.closer;
  }

  get #fitting() {
    const { width, height } = this.#size;
    return Math.min((this.#width - 2 * MARGIN) / width, (this.#height - 2 * MARGIN) / height, PREFERRED * this.#unit);
  }

  /** Gives the stage the height that the picture wants at this width, once for all steps. */
  #resize() {
    const { width, height } = this.#size;
    const wide = Math.min((this.#width - 2 * MARGIN) / width, PREFERRED * this.#unit);
    const scale = wide < this.#legible ? COMFORTABLE * this.#unit : wide;
    this.element.style.setProperty("--vg-wanted", `${Math.ceil(height * scale + 2 * MARGIN)}px`);
  }

  /** Shows all of the picture; on the first look, as much as can be read. */
  fit({ whole = false } = {}) {
    this.#measure();
    if (!this.#svg || !this.#width) return;
    this.#arrive();
    this.#resize();
    this.#measure();
    const fitting = this.#fitting;
    // As wide as the stage where that can be read; what is cut off on all sides anyway need not be small.
    const wide = (this.#width - 2 * MARGIN) / this.#size.width;
    const comfortable = COMFORTABLE * this.#unit;
    const cropped = wide < this.#legible ? comfortable : Math.min(comfortable, wide);
    const scale = whole || fitting >= this.#legible ? fitting : cropped;
    this.#isTouched = false;
    this.#isWhole = whole;
    const { x, y, width, height } = this.#size;
    this.#look({ x: x + width / 2 - this.#width / scale / 2, y: y + height / 2 - this.#height / scale / 2, scale });
    if (this.#followed) this.follow(this.#followed);
  }

  /**
   * Zooms by a factor around a point of the stage (its middle if none is given).
   *
   * @param {number} factor
   */
  zoom(factor, px = this.#width / 2, py = this.#height / 2) {
    if (!this.#svg) return;
    this.#arrive();
    const { x, y, scale } = this.#view;
    const next = Math.min(LARGEST * this.#unit, Math.max(Math.min(this.#fitting, COMFORTABLE) * 0.8, scale * factor));
    this.#isTouched = true;
    this.#look({ x: x + px / scale - px / next, y: y + py / scale - py / next, scale: next });
  }

  get #isAtLeast() {
    return this.#view.scale <= this.#fitting * 1.001;
  }

  /**
   * Moves the view, if need be, so that these elements can be seen; the boxes themselves stay where they are.
   *
   * @param {number[]} places
   */
  follow(places) {
    this.#followed = places;
    if (!this.#svg || this.#pointers.size) return;
    const boxes = places.flatMap((place) => (this.#parts[place]?.g.dataset.node ? [this.#rects[place] ?? []] : []));
    if (!boxes.length) return;
    const [left, top] = [0, 1].map((i) => Math.min(...boxes.map((box) => box[i])));
    const [right, bottom] = [2, 3].map((i) => Math.max(...boxes.map((box) => box[i])));
    const { x, y, scale } = this.#goal ?? this.#view;
    // Less than what fit() leaves where all of a picture is seen: it is never moved.
    const slack = scale > this.#fitting * 1.001 ? SLACK : MARGIN / 2 / scale;
    /** @type {(length: number, from: number, to: number) => number} */
    const around = (length, from, to) => Math.max(0, Math.min(slack, (length - (to - from)) / 2 - 1));
    const [width, height] = [this.#width / scale, this.#height / scale];
    const [aside, above] = [around(width, left, right), around(height, top, bottom)];
    const target = {
      x: into(x, width, left - aside, right + aside),
      y: into(y, height, top - above, bottom + above),
      scale,
    };
    if (target.x !== x || target.y !== y) this.#glide(target);
  }

  /** Ends a glide at once, where it would have ended: what it still did would undo what is asked for now. */
  #arrive() {
    cancelAnimationFrame(this.#frame);
    if (this.#goal) this.#view = this.#goal;
    this.#goal = null;
  }

  /** @param {View} target */
  #glide(target) {
    cancelAnimationFrame(this.#frame);
    if (calm()) return this.#look(target);
    this.#goal = target;
    const from = { ...this.#view };
    const start = performance.now();
    const tick = (/** @type {number} */ now) => {
      const t = Math.min(1, (now - start) / 220);
      const ease = 1 - (1 - t) ** 3;
      /** @type {(name: "x" | "y") => number} */
      const between = (name) => from[name] + (target[name] - from[name]) * ease;
      this.#look({ x: between("x"), y: between("y"), scale: target.scale });
      if (t < 1) this.#frame = requestAnimationFrame(tick);
      else this.#goal = null;
    };
    this.#frame = requestAnimationFrame(tick);
  }

  /** @param {View} view */
  #look({ x, y, scale }) {
    if (!this.#svg) return;
    const { style } = this.#svg;
    if (scale !== this.#view.scale || !style.width) {
      style.width = `${this.#size.width * scale}px`;
      style.height = `${this.#size.height * scale}px`;
    }
    this.#view = { x, y, scale };
    this.#draw();
    /** @type {(from: number, to: number) => string} */
    const shift = (from, to) => `${Math.round((from - to) * scale)}px`; // whole pixels keep the text sharp
    style.transform = `translate(${shift(this.#size.x, x)}, ${shift(this.#size.y, y)})`;
    // One finger scrolls the page where the picture has nothing more to show above or below.
    const isTall = this.#size.height * scale > this.#height;
    if (isTall !== this.#isTall) this.element.style.touchAction = isTall ? "none" : "pan-y";
    this.#isTall = isTall;
  }

  /** Leaves out what is far from what is seen: a step on a long picture takes no longer than on a short one. */
  #draw() {
    if (this.#parts.length < MANY) return;
    const { x, y, scale } = this.#view;
    const [width, height] = [this.#width / scale, this.#height / scale];
    if (this.#drawn) {
      const { left, top, right, bottom } = this.#drawn;
      if (x >= left && y >= top && x + width <= right && y + height <= bottom && width * 8 > right - left) return;
    }
    const [left, top] = [x - width * AROUND, y - height * AROUND];
    const [right, bottom] = [x + width * (1 + AROUND), y + height * (1 + AROUND)];
    this.#drawn = { left, top, right, bottom };
    this.#parts.forEach((part, place) => {
      const rect = this.#rects[place];
      if (!part || !rect) return;
      const [from, above, to, below] = rect;
      const isFar = to < left || from > right || below < top || above > bottom;
      if (isFar === Boolean(part.stand)) return;
      // Even what is not displayed takes its time in each layout of an SVG: it leaves the page, and a comment keeps its place.
      if (isFar) part.g.replaceWith((part.stand = document.createComment("")));
      else part.stand?.replaceWith(part.g);
      if (!isFar) part.stand = null;
    });
  }

  // -- hands

  #listen() {
    const { element } = this;
    element.addEventListener("pointerdown", (event) => this.#down(event));
    element.addEventListener("pointermove", (event) => this.#move(event));
    for (const end of /** @type {const} */ (["pointerup", "pointercancel"])) element.addEventListener(end, (event) => this.#up(event));
    element.addEventListener("wheel", (event) => this.#wheel(event), { passive: false });
    element.addEventListener("dblclick", () => this.fit({ whole: !this.#isWhole }));
    const scrolled = () => (this.#scrolledAt = performance.now());
    document.addEventListener("scroll", scrolled, { capture: true, passive: true });
    const observer = new ResizeObserver(() => {
      this.#measure();
      if (!this.#svg) return;
      if (this.#isTouched) this.#look(this.#view);
      else this.fit({ whole: this.#isWhole });
    });
    observer.observe(element);
    this.release = () => {
      document.removeEventListener("scroll", scrolled, { capture: true });
      observer.disconnect();
      cancelAnimationFrame(this.#frame);
    };
  }

  /**
   * Where on the stage something happened.
   *
   * @param {MouseEvent} event
   * @returns {[x: number, y: number]}
   */
  #at(event) {
    const { left, top } = this.element.getBoundingClientRect();
    return [event.clientX - left, event.clientY - top];
  }

  /** @param {PointerEvent} event */
  #down(event) {
    if (!this.#svg || event.button > 0) return;
    cancelAnimationFrame(this.#frame);
    this.#goal = null;
    this.#pointers.set(event.pointerId, this.#at(event));
    this.#moved = this.#pointers.size > 1 ? Infinity : 0;
    /** @type {SVGGElement | null} */
    const part = /** @type {Element} */ (event.target).closest("[data-node], [data-edge]");
    this.#pressed = part?.dataset;
  }

  /** @param {PointerEvent} event */
  #move(event) {
    const before = this.#pointers.get(event.pointerId);
    if (!before) return;
    const now = this.#at(event);
    const [dx, dy] = [now[0] - before[0], now[1] - before[1]];
    if (this.#pointers.size === 2) {
      const other = [...this.#pointers].find(([id]) => id !== event.pointerId)?.[1] ?? before;
      /** @type {(a: number[], b: number[]) => number} */
      const spread = (a, b) => Math.hypot(a[0] - b[0], a[1] - b[1]) || 1;
      this.zoom(spread(now, other) / spread(before, other), (now[0] + other[0]) / 2, (now[1] + other[1]) / 2);
    } else {
      this.#moved += Math.hypot(dx, dy);
      if (this.#moved < 5) return;
      if (!this.element.hasPointerCapture(event.pointerId)) {
        this.element.setPointerCapture(event.pointerId);
        this.element.classList.add("is-dragged");
      }
    }
    this.#pointers.set(event.pointerId, now);
    const { x, y, scale } = this.#view;
    const share = this.#pointers.size === 2 ? 0.5 : 1;
    this.#isTouched = true;
    this.#look({ x: x - (dx * share) / scale, y: y - (dy * share) / scale, scale });
  }

  /** @param {PointerEvent} event */
  #up(event) {
    if (!this.#pointers.delete(event.pointerId)) return;
    this.element.classList.remove("is-dragged");
    if (event.type === "pointerup" && this.#moved < 5 && this.#pressed) {
      const place = this.#places.get(this.#pressed.node ?? this.#pressed.edge ?? "");
      if (place !== undefined) this.onpick(place);
    }
  }

  /** @param {WheelEvent} event */
  #wheel(event) {
    if (!this.#svg) return;
    const isPinch = event.ctrlKey || event.metaKey;
    // A page that is being scrolled goes on scrolling when the pointer comes upon the picture, and a picture that
    // is as small as it gets leaves the wheel to the page.
    const isScrolling = performance.now() - this.#scrolledAt < 300;
    if (!isPinch && (isScrolling || (event.deltaY > 0 && this.#isAtLeast))) return;
    event.preventDefault();
    const unit = event.deltaMode === 1 ? 16 : event.deltaMode === 2 ? 400 : 1;
    this.zoom(Math.exp(-event.deltaY * unit * (isPinch ? 0.01 : 0.0015)), ...this.#at(event));
  }
}

/**
 * The start of a window of `length` moved as little as needed to hold [from, to], or its beginning if it is longer.
 *
 * @param {number} start
 * @param {number} length
 * @param {number} from
 * @param {number} to
 */
function into(start, length, from, to) {
  if (to - from >= length) return from;
  if (from < start) return from;
  return to > start + length ? to - length : start;
}

/**
 * Where a group's own transform moves it.
 *
 * @param {SVGGElement | null} g
 */
function shiftOf(g) {
  const matrix = g?.transform.baseVal.consolidate()?.matrix;
  return { x: matrix?.e ?? 0, y: matrix?.f ?? 0 };
}
