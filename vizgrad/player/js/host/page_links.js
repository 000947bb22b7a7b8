// What the page shows beside the player: a click on a row or in a chart leads the player to its tensor, and what the
// player's step is about is marked there. All of it happens in the browser; no message goes to the server.

/** @import { Player } from "../player.js" */

import { h } from "../lib/dom.js";

const CHART = ".js-plotly-plot";

// What is used of Plotly's charts:
/** @typedef {{ customdata?: any[], xaxis?: string, yaxis?: string }} Line */
/** @typedef {{ customdata: any }} Point */
/** @typedef {{ scenes?: boolean, tensors?: boolean, tensor?: number }} Meta What a chart's points are about. */
/** @typedef {Element & { on?: (name: string, tell: (event: { points: Point[] }) => void) => void, data: Line[], layout: { meta?: Meta } }} Chart */

export class PageLinks {
  /** @param {Player} player */
  constructor(player) {
    this.player = player;
    this.heard = new WeakSet();
    // One sheet for all marks: it costs no search on the page, and a chart that is drawn anew is marked at once.
    this.sheet = document.head.appendChild(h("style", { "data-vizgrad-marks": "" }));
    this.clicked = (/** @type {Event} */ event) => this.#row(/** @type {Element} */ (event.target));
    this.entered = (/** @type {Event} */ event) => this.#hear(/** @type {Element} */ (event.target).closest?.(CHART));
    document.addEventListener("click", this.clicked);
    document.addEventListener("pointerover", this.entered);
    this.mark();
  }

  /** Marks what the player's step is about: rows, charts, points of the norms, the scene's point of a loop. */
  mark() {
    const { view, step, scene } = this.player;
    const found = (view.timeline.current[step] ?? []).map((place) => /^t(\d+)/.exec(view.shown.elements[place])?.[1]);
    const tensors = [...new Set(found.filter(Boolean))];
    const rows = tensors.map((id) => `tr[data-tensor="${id}"]`);
    const charts = tensors.flatMap((id) => [`.st-key-grad_${id} ${CHART}`, `.st-key-sum_${id} ${CHART}`]);
    const points = [
      ...pointsOf("norms", ({ customdata }) => customdata?.map((told) => tensors.includes(String(told[2])))),
      ...pointsOf("training", ({ customdata }) => customdata?.map((told) => told[0] === scene.index)),
    ];
    /** @type {[which: string[], look: string][]} */
    const rules = [
      [rows, "background: var(--vg-now-fill); box-shadow: inset 3px 0 var(--vg-now)"],
      [charts, "outline: 2px solid var(--vg-now); outline-offset: -2px; border-radius: 4px"],
      [points, "stroke: var(--vg-now) !important; stroke-width: 5px !important"],
    ];
    const text = rules.map(([which, look]) => (which.length ? `${which.join(",\n")} { ${look}; }` : "")).join("\n");
    if (this.sheet.textContent !== text) this.sheet.textContent = text;
  }

  release() {
    document.removeEventListener("click", this.clicked);
    document.removeEventListener("pointerover", this.entered);
    this.sheet.remove();
  }

  /**
   * A click on a row is a click on its tensor's box: to the step that made it, again to where its gradient came.
   *
   * @param {Element} target
   */
  #row(target) {
    const tensor = target.closest?.("[data-tensor]")?.getAttribute("data-tensor");
    if (tensor != null && !String(getSelection())) this.#visit(tensor);
  }

  /**
   * A chart is listened to from when the pointer first comes over it: Streamlit makes a new one for new data.
   *
   * @param {Element | null | undefined} element
   */
  #hear(element) {
    const chart = /** @type {Chart | null | undefined} */ (element);
    if (!chart?.on || this.heard.has(chart)) return;
    this.heard.add(chart);
    chart.on("plotly_click", ({ points: [point] }) => point && this.#chosen(chart.layout.meta ?? {}, point));
  }

  /**
   * @param {Meta} meta
   * @param {Point} point
   */
  #chosen(meta, { customdata }) {
    if (meta.scenes) {
      this.player.choose(customdata[0]);
      this.#show();
    } else if (meta.tensor !== undefined) this.#visit(meta.tensor);
    else if (meta.tensors && customdata[2] != null) this.#visit(customdata[2]);
  }

  /** @param {number | string} tensor */
  #visit(tensor) {
    if (this.player.visitTensor(tensor)) this.#show();
  }

  /** Brings the picture onto the screen if some of it is out of sight. */
  #show() {
    const { top, bottom } = this.player.view.picture.element.getBoundingClientRect();
    if (top < 0 || bottom > innerHeight) this.player.element.scrollIntoView({ block: "start" });
  }
}

/**
 * The drawn points of a chart of which `isMeant` says yes: it is given a line's data and answers for each point.
 *
 * @param {string} key
 * @param {(data: Line) => boolean[] | undefined} isMeant
 */
function* pointsOf(key, isMeant) {
  /** @type {Chart | null} */
  const chart = document.querySelector(`.st-key-${key} ${CHART}`);
  const lines = chart?.data ?? [];
  for (const [line, data] of lines.entries()) {
    const subplot = `.subplot.x${(data.xaxis ?? "x").slice(1)}y${(data.yaxis ?? "y").slice(1)}`;
    const before = lines.slice(0, line).filter(({ yaxis }) => (yaxis ?? "y") === (data.yaxis ?? "y")).length;
    for (const [place, yes] of (isMeant(data) ?? []).entries()) {
      if (yes) yield `.st-key-${key} ${subplot} .trace:nth-child(${before + 1}) .points path:nth-child(${place + 1})`;
    }
  }
}
