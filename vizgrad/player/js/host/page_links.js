// What the page shows beside the player: a click on a row or in a chart leads the player to its tensor, and what the
// player's step is about is marked there. All of it happens in the browser; no message goes to the server.

import { h } from "../lib/dom.js";

const CHART = ".js-plotly-plot";

export class PageLinks {
  constructor(player) {
    this.player = player;
    this.heard = new WeakSet();
    // One sheet for all marks: it costs no search on the page, and a chart that is drawn anew is marked at once.
    this.sheet = document.head.appendChild(h("style", { "data-vizgrad-marks": "" }));
    this.clicked = (event) => this.#row(event);
    this.entered = (event) => this.#hear(event.target.closest?.(CHART));
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

  /** A click on a row is a click on its tensor's box: to the step that made it, again to where its gradient came. */
  #row(event) {
    const row = event.target.closest?.("[data-tensor]");
    if (row && !String(getSelection())) this.#visit(row.dataset.tensor);
  }

  /** A chart is listened to from when the pointer first comes over it: Streamlit makes a new one for new data. */
  #hear(chart) {
    if (!chart?.on || this.heard.has(chart)) return;
    this.heard.add(chart);
    chart.on("plotly_click", ({ points: [point] }) => point && this.#chosen(chart.layout.meta ?? {}, point));
  }

  #chosen(meta, { customdata }) {
    if (meta.scenes) {
      this.player.choose(customdata[0]);
      this.#show();
    } else if (meta.tensor !== undefined) this.#visit(meta.tensor);
    else if (meta.tensors && customdata[2] != null) this.#visit(customdata[2]);
  }

  #visit(tensor) {
    if (this.player.visitTensor(tensor)) this.#show();
  }

  /** Brings the picture onto the screen if some of it is out of sight. */
  #show() {
    const { top, bottom } = this.player.element.querySelector(".vg-stage").getBoundingClientRect();
    if (top < 0 || bottom > innerHeight) this.player.element.scrollIntoView({ block: "start" });
  }
}

/** The drawn points of a chart of which `isMeant` says yes: it is given a line's data and answers for each point. */
function* pointsOf(key, isMeant) {
  const chart = document.querySelector(`.st-key-${key} ${CHART}`);
  for (const [line, data] of (chart?.data ?? []).entries()) {
    const subplot = `.subplot.x${(data.xaxis ?? "x").slice(1)}y${(data.yaxis ?? "y").slice(1)}`;
    const before = chart.data.slice(0, line).filter(({ yaxis }) => (yaxis ?? "y") === (data.yaxis ?? "y")).length;
    for (const [place, yes] of (isMeant(data) ?? []).entries()) {
      if (yes) yield `.st-key-${key} ${subplot} .trace:nth-child(${before + 1}) .points path:nth-child(${place + 1})`;
    }
  }
}
