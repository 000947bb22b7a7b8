// The picture: Graphviz' SVG laid out once, restyled at each step, moved as one layer, zoomed by its size.

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

export class Picture {
  /** `onpick(place, id)` is called with the place, and the node's id, of what was clicked. */
  constructor(onpick) {
    this.onpick = onpick;
    this.pointers = new Map();
    this.element = h("div", { class: "vg-stage" });
    this.view = { x: 0, y: 0, scale: 1 };
    this.room = { width: 0, height: 0 };
    this.closer = 1; // how much larger than usual a picture may be shown
    this.#listen();
  }

  /** Puts up the picture of a scene; `elements` are the ids of its boxes and arrows. False if there is none. */
  show(svg, elements) {
    cancelAnimationFrame(this.frame);
    this.goal = null;
    this.svg = svg;
    this.parts = [];
    this.element.replaceChildren();
    if (!this.svg) return false;
    const box = this.svg.viewBox.baseVal;
    this.size = { x: box.x, y: box.y, width: box.width || 100, height: box.height || 100 };
    this.svg.removeAttribute("width");
    this.svg.removeAttribute("height");
    this.svg.setAttribute("role", "group");
    const named = new Map();
    for (const g of this.svg.querySelectorAll("[data-node], [data-edge]")) named.set(g.dataset.node ?? g.dataset.edge, g);
    this.places = new Map(elements.map((id, place) => [id, place]));
    this.parts = elements.map((id) => {
      const g = named.get(id);
      const fixed = [...(g?.classList ?? [])].filter((name) => !/^(is|kind)-/.test(name)).join(" ");
      return g ? { g, fixed, rows: [...g.querySelectorAll("text")] } : null;
    });
    this.element.append(this.svg);
    this.rects = this.#placed();
    this.drawn = null;
    this.followed = null;
    this.fit();
    return true;
  }

  /** Restyles: `changes` is element → look, a look [classes, text, text …] by their places in `texts`. */
  apply(changes, { looks, texts }) {
    for (const [place, look] of changes) {
      const part = this.parts[place];
      if (!part || look === undefined) continue;
      const [classes, ...rows] = looks[look];
      part.g.setAttribute("class", `${part.fixed} ${texts[classes]}`);
      rows.forEach((text, row) => {
        const line = part.rows[row];
        if (line && line.textContent !== texts[text]) line.textContent = texts[text];
      });
    }
  }

  /** The boxes that can be found: what each is called, and everything that is written on it but numbers. */
  boxes() {
    const texts = (g, inks) => [...g.querySelectorAll(inks)].map((text) => text.textContent.trim()).filter(Boolean);
    return this.parts.flatMap((part, place) => {
      if (!part?.g.dataset.node) return [];
      const [name, ...rest] = texts(part.g, ".ink-name, .ink-title, .ink-accumulate, .ink-constant, .ink-expression, .ink-note");
      return name ? [{ place, name, about: [name, ...rest].join(" ") }] : [];
    });
  }

  /** Hides the texts that `changes` (element → [the look before, the look]) bring: of arrows only, or of all elements. */
  veil(changes, { looks, texts }, isArrowsOnly) {
    for (const [place, [before, look]] of changes) {
      const part = this.parts[place];
      if (!part || (isArrowsOnly && !part.g.dataset.edge)) continue;
      const old = looks[before] ?? [];
      const news = looks[look].slice(1).map((text, row) => (text !== old[row + 1] && texts[text].trim() ? row : -1)).filter((row) => row >= 0);
      news.forEach((row, i) => part.rows[row]?.replaceChildren(i ? "" : "?"));
      if (news.length) part.g.classList.add("is-secret");
    }
  }

  // -- the view

  /** The stage's size, kept: to ask for it while a step is being drawn would have the page laid out once more. */
  #measure() {
    this.room = { width: this.element.clientWidth, height: this.element.clientHeight };
  }

  get #width() {
    return this.room.width;
  }

  get #height() {
    return this.room.height;
  }

  /** Where each box and arrow stands, once for all steps: [left, top, right, bottom]. */
  #placed() {
    const shift = shiftOf(this.svg.querySelector("g"));
    return this.parts.map((part) => {
      if (!part) return null;
      const { x, y, width, height } = part.g.getBBox();
      const own = shiftOf(part.g);
      const [left, top] = [x + own.x + shift.x, y + own.y + shift.y];
      return [left, top, left + width, top + height];
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
    const { width, height } = this.size;
    return Math.min((this.#width - 2 * MARGIN) / width, (this.#height - 2 * MARGIN) / height, PREFERRED * this.#unit);
  }

  /** Gives the stage the height that the picture wants at this width, once for all steps. */
  #resize() {
    const { width, height } = this.size;
    const wide = Math.min((this.#width - 2 * MARGIN) / width, PREFERRED * this.#unit);
    const scale = wide < this.#legible ? COMFORTABLE * this.#unit : wide;
    this.element.style.setProperty("--vg-wanted", `${Math.ceil(height * scale + 2 * MARGIN)}px`);
  }

  /** Shows all of the picture; on the first look, as much as can be read. */
  fit({ whole = false } = {}) {
    this.#measure();
    if (!this.svg || !this.#width) return;
    this.#arrive();
    this.#resize();
    this.#measure();
    const fitting = this.#fitting;
    // As wide as the stage where that can be read; what is cut off on all sides anyway need not be small.
    const wide = (this.#width - 2 * MARGIN) / this.size.width;
    const comfortable = COMFORTABLE * this.#unit;
    const cropped = wide < this.#legible ? comfortable : Math.min(comfortable, wide);
    const scale = whole || fitting >= this.#legible ? fitting : cropped;
    this.isTouched = false;
    this.isWhole = whole;
    const { x, y, width, height } = this.size;
    this.#look({ x: x + width / 2 - this.#width / scale / 2, y: y + height / 2 - this.#height / scale / 2, scale });
    if (this.followed) this.follow(this.followed);
  }

  /** Zooms by a factor around a point of the stage (its middle if none is given). */
  zoom(factor, px = this.#width / 2, py = this.#height / 2) {
    if (!this.svg) return;
    this.#arrive();
    const { x, y, scale } = this.view;
    const next = Math.min(LARGEST * this.#unit, Math.max(Math.min(this.#fitting, COMFORTABLE) * 0.8, scale * factor));
    this.isTouched = true;
    this.#look({ x: x + px / scale - px / next, y: y + py / scale - py / next, scale: next });
  }

  get isAtLeast() {
    return this.svg && this.view.scale <= this.#fitting * 1.001;
  }

  /** Moves the view, if need be, so that these elements can be seen; the boxes themselves stay where they are. */
  follow(places) {
    this.followed = places;
    if (!this.svg || this.pointers.size) return;
    const boxes = places.filter((place) => this.parts[place]?.g.dataset.node).map((place) => this.rects[place]);
    if (!boxes.length) return;
    const [left, top] = [0, 1].map((i) => Math.min(...boxes.map((box) => box[i])));
    const [right, bottom] = [2, 3].map((i) => Math.max(...boxes.map((box) => box[i])));
    const { x, y, scale } = this.goal ?? this.view;
    // Less than what fit() leaves where all of a picture is seen: it is never moved.
    const slack = scale > this.#fitting * 1.001 ? SLACK : MARGIN / 2 / scale;
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
    cancelAnimationFrame(this.frame);
    if (this.goal) this.view = this.goal;
    this.goal = null;
  }

  #glide(target) {
    cancelAnimationFrame(this.frame);
    if (calm()) return this.#look(target);
    this.goal = target;
    const from = { ...this.view };
    const start = performance.now();
    const tick = (now) => {
      const t = Math.min(1, (now - start) / 220);
      const ease = 1 - (1 - t) ** 3;
      const between = (name) => from[name] + (target[name] - from[name]) * ease;
      this.#look({ x: between("x"), y: between("y"), scale: target.scale });
      if (t < 1) this.frame = requestAnimationFrame(tick);
      else this.goal = null;
    };
    this.frame = requestAnimationFrame(tick);
  }

  #look({ x, y, scale }) {
    const { style } = this.svg;
    if (scale !== this.view.scale || !style.width) {
      style.width = `${this.size.width * scale}px`;
      style.height = `${this.size.height * scale}px`;
    }
    this.view = { x, y, scale };
    this.#draw();
    const shift = (from, to) => `${Math.round((from - to) * scale)}px`; // whole pixels keep the text sharp
    style.transform = `translate(${shift(this.size.x, x)}, ${shift(this.size.y, y)})`;
    // One finger scrolls the page where the picture has nothing more to show above or below.
    const isTall = this.size.height * scale > this.#height;
    if (isTall !== this.isTall) this.element.style.touchAction = isTall ? "none" : "pan-y";
    this.isTall = isTall;
  }

  /** Leaves out what is far from what is seen: a step on a long picture takes no longer than on a short one. */
  #draw() {
    if (this.parts.length < MANY) return;
    const { x, y, scale } = this.view;
    const [width, height] = [this.#width / scale, this.#height / scale];
    const { left, top, right, bottom } = this.drawn ?? {};
    if (x >= left && y >= top && x + width <= right && y + height <= bottom && width * 8 > right - left) return;
    this.drawn = { left: x - width * AROUND, top: y - height * AROUND, right: x + width * (1 + AROUND), bottom: y + height * (1 + AROUND) };
    this.parts.forEach((part, place) => {
      if (!part) return;
      const [from, above, to, below] = this.rects[place];
      const isFar = to < this.drawn.left || from > this.drawn.right || below < this.drawn.top || above > this.drawn.bottom;
      if (isFar === Boolean(part.stand)) return;
      // Even what is not displayed takes its time in each layout of an SVG: it leaves the page, and a comment keeps its place.
      if (isFar) part.g.replaceWith((part.stand = document.createComment("")));
      else part.stand.replaceWith(part.g);
      if (!isFar) part.stand = null;
    });
  }

  // -- hands

  #listen() {
    const { element } = this;
    element.addEventListener("pointerdown", (event) => this.#down(event));
    element.addEventListener("pointermove", (event) => this.#move(event));
    for (const end of ["pointerup", "pointercancel"]) element.addEventListener(end, (event) => this.#up(event));
    element.addEventListener("wheel", (event) => this.#wheel(event), { passive: false });
    element.addEventListener("dblclick", () => this.fit({ whole: !this.isWhole }));
    const scrolled = () => (this.scrolledAt = performance.now());
    document.addEventListener("scroll", scrolled, { capture: true, passive: true });
    this.observer = new ResizeObserver(() => {
      this.#measure();
      if (!this.svg) return;
      if (this.isTouched) this.#look(this.view);
      else this.fit({ whole: this.isWhole });
    });
    this.observer.observe(element);
    this.release = () => {
      document.removeEventListener("scroll", scrolled, { capture: true });
      this.observer.disconnect();
      cancelAnimationFrame(this.frame);
    };
  }

  #at(event) {
    const { left, top } = this.element.getBoundingClientRect();
    return [event.clientX - left, event.clientY - top];
  }

  #down(event) {
    if (!this.svg || event.button > 0) return;
    cancelAnimationFrame(this.frame);
    this.goal = null;
    this.pointers.set(event.pointerId, this.#at(event));
    this.moved = this.pointers.size > 1 ? Infinity : 0;
    this.pressed = event.target.closest("[data-node], [data-edge]")?.dataset;
  }

  #move(event) {
    const before = this.pointers.get(event.pointerId);
    if (!before) return;
    const now = this.#at(event);
    const [dx, dy] = [now[0] - before[0], now[1] - before[1]];
    if (this.pointers.size === 2) {
      const [other] = [...this.pointers].find(([id]) => id !== event.pointerId).slice(1);
      const spread = (a, b) => Math.hypot(a[0] - b[0], a[1] - b[1]) || 1;
      this.zoom(spread(now, other) / spread(before, other), (now[0] + other[0]) / 2, (now[1] + other[1]) / 2);
    } else {
      this.moved += Math.hypot(dx, dy);
      if (this.moved < 5) return;
      if (!this.element.hasPointerCapture(event.pointerId)) {
        this.element.setPointerCapture(event.pointerId);
        this.element.classList.add("is-dragged");
      }
    }
    this.pointers.set(event.pointerId, now);
    const { x, y, scale } = this.view;
    const share = this.pointers.size === 2 ? 0.5 : 1;
    this.isTouched = true;
    this.#look({ x: x - (dx * share) / scale, y: y - (dy * share) / scale, scale });
  }

  #up(event) {
    if (!this.pointers.delete(event.pointerId)) return;
    this.element.classList.remove("is-dragged");
    if (event.type === "pointerup" && this.moved < 5 && this.pressed) {
      const place = this.places.get(this.pressed.node ?? this.pressed.edge);
      if (place !== undefined) this.onpick(place, this.pressed.node);
    }
  }

  #wheel(event) {
    if (!this.svg) return;
    const isPinch = event.ctrlKey || event.metaKey;
    // A page that is being scrolled goes on scrolling when the pointer comes upon the picture, and a picture that
    // is as small as it gets leaves the wheel to the page.
    const isScrolling = performance.now() - (this.scrolledAt ?? -1e9) < 300;
    if (!isPinch && (isScrolling || (event.deltaY > 0 && this.isAtLeast))) return;
    event.preventDefault();
    const unit = event.deltaMode === 1 ? 16 : event.deltaMode === 2 ? 400 : 1;
    this.zoom(Math.exp(-event.deltaY * unit * (isPinch ? 0.01 : 0.0015)), ...this.#at(event));
  }
}

/** The start of a window of `length` moved as little as needed to hold [from, to], or its beginning if it is longer. */
function into(start, length, from, to) {
  if (to - from >= length) return from;
  if (from < start) return from;
  return to > start + length ? to - length : start;
}

/** Where a group's own transform moves it. */
function shiftOf(g) {
  const { e = 0, f = 0 } = g.transform.baseVal.consolidate()?.matrix ?? {};
  return { x: e, y: f };
}
