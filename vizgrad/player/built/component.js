// Built from ../js by python -m tests.javascript.build. Edit the modules there, not this file.

// js/address.js
var REST = 200;
var Address = class {
  /** @type {Fields} */
  #changes = {};
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;
  /** @type {string | undefined} the program whose scene is on its way */
  #awaited;
  /** @param {Part} part what follows the reader: "search" in an app, whose server reads it, "hash" in a file */
  constructor(part) {
    this.part = part;
    const asked = new Map([...parameters("search"), ...parameters("hash")]);
    const number = (name) => /^\d{1,9}$/.test(asked.get(name) ?? "") ? Number(asked.get(name)) : null;
    this.asked = {
      scene: number("scene"),
      // from 1
      step: number("step"),
      isPresented: asked.get("present") === "1",
      isEmbedded: /^(1|true)$/.test(asked.get("embed") ?? "")
    };
  }
  /** The index of the scene that was asked for, -1 if none was. */
  get scene() {
    return (this.asked.scene ?? 0) - 1;
  }
  /**
   * The payload opened where the address says, as far as that is there.
   *
   * @param {Payload} payload
   */
  opened(payload) {
    const { scene, step } = this.asked;
    const index = payload.scenes[this.scene]?.steps ? this.scene : payload.scene;
    const isThere = scene === null || index === this.scene;
    return { ...payload, scene: index, step: (isThere ? step : null) ?? payload.step };
  }
  /**
   * Whether the scene that was asked for is there but has to be fetched; `isAwaited` then says once that it has come.
   *
   * @param {Payload} payload
   */
  awaits({ scenes, source }) {
    const chosen = scenes[this.scene];
    this.#awaited = chosen && !chosen.steps ? source : void 0;
    return this.#awaited !== void 0;
  }
  /** @param {Payload} payload */
  isAwaited({ scene, source }) {
    const hasCome = source === this.#awaited && scene === this.scene;
    if (hasCome) this.#awaited = void 0;
    return hasCome;
  }
  /**
   * The reader has gone to a step; the scene, from 0, is named where there are several.
   *
   * @param {number} step
   * @param {number} scene
   * @param {Payload} payload
   */
  at(step, scene, { scenes }) {
    this.#write({ scene: scenes.length > 1 ? scene + 1 : null, step });
  }
  /**
   * What the page around the player is showing.
   *
   * @param {Fields} fields
   */
  keep(fields) {
    this.#write(fields);
  }
  /** @param {boolean} isPresented */
  presents(isPresented) {
    this.#write({ present: isPresented ? 1 : null });
  }
  /**
   * What others have put into the address stays; nothing is loaded, and the way back is as long as before.
   *
   * @param {Fields} changes
   */
  #write(changes) {
    Object.assign(this.#changes, changes);
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      const query = parameters(this.part);
      for (const [name, value] of Object.entries(this.#changes)) {
        if (value == null) query.delete(name);
        else query.set(name, String(value));
      }
      const address = new URL(location.href);
      address[this.part] = query.toString();
      try {
        if (address.href !== location.href) history.replaceState(history.state, "", address);
      } catch {
      }
    }, REST);
  }
  release() {
    clearTimeout(this.#timer);
  }
};
function parameters(part) {
  return new URLSearchParams(location[part].slice(1));
}

// js/lib/dom.js
function h(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (value === true) element.setAttribute(name, "");
    else if (value !== false && value != null) element.setAttribute(name, value);
  }
  for (const child of children) if (child != null) element.append(child);
  return element;
}
function mathElement(tag, text) {
  const element = document.createElementNS("http://www.w3.org/1998/Math/MathML", tag);
  element.textContent = text;
  return element;
}
var SVG = "http://www.w3.org/2000/svg";
var PATHS = {
  first: "M6 5v14M19 5.5v13L9.5 12z",
  previous: "M16 5.5v13L6.5 12z",
  next: "M8 5.5v13L17.5 12z",
  last: "M18 5v14M5 5.5v13L14.5 12z",
  play: "M7 4.5v15l12.5-7.5z",
  pause: "M8 5v14M16 5v14",
  plus: "M12 5v14M5 12h14",
  minus: "M5 12h14",
  fit: "M4 9V4h5M15 4h5v5M20 15v5h-5M9 20H4v-5",
  screen: "M3 5h18v11H3zM8.5 20h7M12 16v4",
  help: "M9 9.2a3 3 0 1 1 4.4 2.7c-1 .5-1.4 1-1.4 2.1M12 17.2v.1",
  copy: "M9 9h10v11H9zM15 9V4H5v11h4",
  turn: "M4 8h6v6H4zM14 5h6v6h-6zM7 17v3h10v-6M14.5 16.5 17 14l2.5 2.5",
  operation: "M4 12a4 4 0 1 1 8 0 4 4 0 0 1-8 0M12 12h8M16.5 8.5 20 12l-3.5 3.5",
  more: "M4.2 12a1 1 0 1 1 2 0 1 1 0 0 1-2 0M11 12a1 1 0 1 1 2 0 1 1 0 0 1-2 0M17.8 12a1 1 0 1 1 2 0 1 1 0 0 1-2 0",
  line: "M4 6h9M4 11h7M4 16h5M17 8v11M13.5 15.5 17 19l3.5-3.5",
  find: "M10.5 4.5a6 6 0 1 1 0 12 6 6 0 0 1 0-12M15 15l5 5",
  predict: "M4 5h16v11H11l-4.5 4v-4H4zM10.2 8.6a1.9 1.9 0 1 1 2.7 1.7c-.6.3-.9.6-.9 1.2M12 13.6v.1",
  alert: "M12 4 2.8 19.5h18.4zM12 10v4.5M12 17.1v.1",
  close: "M6 6l12 12M18 6 6 18"
};
var SOLID = /* @__PURE__ */ new Set(["first", "previous", "next", "last", "play", "more"]);
function icon(name) {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("aria-hidden", "true");
  svg.setAttribute("class", SOLID.has(name) ? "vg-icon vg-solid" : "vg-icon");
  const path2 = document.createElementNS(SVG, "path");
  path2.setAttribute("d", PATHS[name]);
  svg.append(path2);
  return svg;
}
function iconButton(name, image, onclick, extra = {}) {
  return h("button", { type: "button", class: "vg-button", "aria-label": name, title: name, onclick, ...extra }, icon(image));
}
function focusedNear(element) {
  return (
    /** @type {Document | ShadowRoot} */
    element.getRootNode().activeElement
  );
}
function calm() {
  return matchMedia("(prefers-reduced-motion: reduce)").matches;
}
var FORBIDDEN = "script, foreignObject, iframe, object, embed, animate, set, handler, annotation-xml, image, feImage, style";
var LINKS = /* @__PURE__ */ new Set(["href", "xlink:href", "src", "action", "formaction"]);
function parseSafely(markup) {
  const parsed = new DOMParser().parseFromString(markup, "image/svg+xml");
  const top = (
    /** @type {SVGSVGElement} */
    /** @type {unknown} */
    parsed.documentElement
  );
  if (parsed.querySelector("parsererror")) return null;
  for (const element of top.querySelectorAll(FORBIDDEN)) element.remove();
  for (const element of [top, ...top.querySelectorAll("*")]) {
    for (const { name, value } of [...element.attributes]) {
      const lower = name.toLowerCase();
      const isForeign = LINKS.has(lower) && !value.trim().startsWith("#");
      if (lower.startsWith("on") || isForeign || /url\(\s*['"]?(?!#)/i.test(value)) element.removeAttribute(name);
    }
  }
  return document.importNode(top, true);
}

// js/host/file_drop.js
var HEAVIEST = 5e6;
var FileDrop = class {
  #end = new AbortController();
  /**
   * @param {HTMLElement} player
   * @param {(file: { name: string, content: string | null }) => void} tell is given a file, its content in base64, or
   *   null where it is too large to be sent
   */
  constructor(player, tell) {
    this.tell = tell;
    this.sign = h("div", { class: "vg-drop", "aria-hidden": "true", popover: "manual" }, "Drop to open: .py, .ipynb or .json");
    player.append(this.sign);
    const signal = this.#end.signal;
    document.addEventListener("dragover", (event) => this.#over(event), { signal });
    document.addEventListener("dragleave", (event) => event.relatedTarget === null && this.sign.hidePopover(), { signal });
    document.addEventListener("drop", (event) => this.#drop(event), { signal });
  }
  release() {
    this.#end.abort();
    this.sign.remove();
  }
  /** @param {DragEvent} event */
  #over(event) {
    if (!event.dataTransfer || !isForUs(event)) return;
    event.preventDefault();
    event.dataTransfer.dropEffect = "copy";
    if (!this.sign.matches(":popover-open")) this.sign.showPopover();
  }
  /** @param {DragEvent} event */
  async #drop(event) {
    this.sign.hidePopover();
    if (!event.dataTransfer || !isForUs(event)) return;
    event.preventDefault();
    const [file] = event.dataTransfer.files;
    if (file) this.tell({ name: file.name, content: file.size > HEAVIEST ? null : await base64(file) });
  }
};
function isForUs({ dataTransfer, target }) {
  return dataTransfer?.types.includes("Files") && !(target instanceof Element && target.closest("[data-testid=stFileUploaderDropzone]"));
}
async function base64(file) {
  const bytes = new Uint8Array(await file.arrayBuffer());
  let letters = "";
  for (let at = 0; at < bytes.length; at += 32768) letters += String.fromCharCode(...bytes.subarray(at, at + 32768));
  return btoa(letters);
}

// js/host/page_links.js
var CHART = ".js-plotly-plot";
var PageLinks = class {
  /** @param {Player} player */
  constructor(player) {
    this.player = player;
    this.heard = /* @__PURE__ */ new WeakSet();
    this.sheet = document.head.appendChild(h("style", { "data-vizgrad-marks": "" }));
    this.clicked = (event) => this.#row(
      /** @type {Element} */
      event.target
    );
    this.entered = (event) => this.#hear(
      /** @type {Element} */
      event.target.closest?.(CHART)
    );
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
      ...pointsOf("norms", ({ customdata }) => customdata?.map((told2) => tensors.includes(String(told2[2])))),
      ...pointsOf("training", ({ customdata }) => customdata?.map((told2) => told2[0] === scene.index))
    ];
    const rules = [
      [rows, "background: var(--vg-now-fill); box-shadow: inset 3px 0 var(--vg-now)"],
      [charts, "outline: 2px solid var(--vg-now); outline-offset: -2px; border-radius: 4px"],
      [points, "stroke: var(--vg-now) !important; stroke-width: 5px !important"]
    ];
    const text = rules.map(([which, look]) => which.length ? `${which.join(",\n")} { ${look}; }` : "").join("\n");
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
    const chart = (
      /** @type {Chart | null | undefined} */
      element
    );
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
    } else if (meta.tensor !== void 0) this.#visit(meta.tensor);
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
};
function* pointsOf(key, isMeant) {
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

// js/host/share.js
var LONGEST = 8e3;
async function packed(text) {
  const squeezed = new Blob([text]).stream().pipeThrough(new CompressionStream("deflate-raw"));
  const bytes = new Uint8Array(await new Response(squeezed).arrayBuffer());
  let letters = "";
  for (const byte of bytes) letters += String.fromCharCode(byte);
  return btoa(letters).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}
async function linkTo({ fields, home, text, place }) {
  const link = new URL(location.pathname, location.origin);
  const said = { ...fields, ...text === home ? {} : { program: await packed(text) }, ...place };
  for (const [name, value] of Object.entries(said)) if (value != null) link.searchParams.set(name, String(value));
  return link.href;
}
var Share = class {
  #text = "";
  /** @param {() => Shown} what */
  constructor(what) {
    this.what = what;
    this.field = h("input", { class: "vg-link", readonly: true, "aria-label": "Link", spellcheck: "false", onfocus: () => this.field.select() });
    this.copy = h("button", { type: "button", class: "vg-run", onclick: () => this.#copy() }, "Copy");
    this.file = h("button", { type: "button", class: "vg-run", onclick: () => this.#download() }, "Download the program");
    this.row = h("div", { class: "vg-share-row" }, this.field, this.copy);
    this.said = h("p", { role: "status", "aria-live": "polite" });
    this.note = h("p", { class: "vg-share-note" });
    const heading = h("h3", { id: "vg-share-title" }, "Share");
    this.element = h(
      "section",
      { class: "vg-share", popover: "auto", role: "dialog", "aria-label": "Share", tabindex: "-1" },
      h("header", {}, heading, iconButton("Close", "close", () => this.element.hidePopover())),
      this.said,
      this.row,
      this.file,
      this.note
    );
    this.clicked = (event) => {
      const button = (
        /** @type {Element} */
        event.target.closest?.("[data-vizgrad-share]")
      );
      if (button) this.open(button);
    };
    document.addEventListener("click", this.clicked);
  }
  /**
   * Makes the link, copies it and shows it under `button`.
   *
   * @param {Element} button
   */
  async open(button) {
    const what = this.what();
    let link = null;
    try {
      link = await linkTo(what);
    } catch {
    }
    const isShort = (link?.length ?? Infinity) <= LONGEST;
    this.#text = what.text;
    this.row.hidden = !isShort;
    this.file.hidden = isShort;
    this.field.value = isShort && link || "";
    this.note.textContent = isShort ? described(what) : "";
    this.said.textContent = isShort ? "" : tooLong(link);
    if (!this.element.matches(":popover-open")) this.element.showPopover();
    this.#stand(button);
    if (isShort) await this.#copy();
    else this.file.focus();
  }
  release() {
    document.removeEventListener("click", this.clicked);
    this.element.remove();
  }
  /** Into the clipboard; where that is refused (it is on plain http), ready to be copied by hand. */
  async #copy() {
    let isCopied = true;
    try {
      await navigator.clipboard.writeText(this.field.value);
    } catch {
      this.field.focus();
      this.field.select();
      isCopied = this.#copyOldWay();
    }
    this.said.textContent = isCopied ? "Copied. Whoever opens the link sees what you see." : "Here is the link. Press Ctrl+C (⌘C) to copy it.";
    if (isCopied) this.copy.focus();
  }
  #copyOldWay() {
    try {
      return document.execCommand("copy");
    } catch {
      return false;
    }
  }
  #download() {
    const address = URL.createObjectURL(new Blob([this.#text], { type: "text/x-python" }));
    h("a", { href: address, download: "program.py" }).click();
    setTimeout(() => URL.revokeObjectURL(address), 1e4);
  }
  /** @param {Element} button */
  #stand(button) {
    const { bottom, right } = button.getBoundingClientRect();
    const { offsetWidth: width, offsetHeight: height } = this.element;
    this.element.style.left = `${Math.max(8, Math.min(right - width, innerWidth - width - 8))}px`;
    this.element.style.top = `${Math.max(8, Math.min(bottom + 6, innerHeight - height - 8))}px`;
  }
};
function described({ place, last, text, home, isEdited, fields }) {
  if (isEdited) return "It opens your text as it stands in the editor. You have not run it yet, so the link names no step.";
  const engine = fields.engine === "torch" ? ", on PyTorch" : "";
  const program = text === home && !fields.program ? "this lesson" : "your program";
  return `It opens ${program} at step ${place?.step} of ${last}${engine}.`;
}
function tooLong(link) {
  const length = link?.length.toLocaleString("en");
  const why = link === null ? "This browser cannot put a program into a link." : `This program is too long for a link: it would have ${length} characters, and many servers take no more than ${LONGEST.toLocaleString("en")}.`;
  return `${why} Send the file instead: Open in the File menu reads it.`;
}

// js/host/theme.js
function isDark(host) {
  const probe = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
  if (!probe) return false;
  probe.fillStyle = getComputedStyle(host).getPropertyValue("--st-background-color").trim() || "#ffffff";
  probe.fillRect(0, 0, 1, 1);
  const [red, green, blue] = probe.getImageData(0, 0, 1, 1).data;
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue < 128;
}

// js/host/zoom.js
var REST2 = 250;
var Zoom = class {
  #told = 1;
  /** @type {number | undefined} */
  #timer;
  /** @param {(zoom: number) => void} tell is called whenever that changes */
  constructor(tell) {
    const look = () => {
      const now = Math.round(parseFloat(getComputedStyle(document.documentElement).fontSize) / 0.8) / 20;
      if (now !== this.#told) tell(this.#told = now);
    };
    this.resized = () => {
      clearTimeout(this.#timer);
      this.#timer = setTimeout(look, REST2);
    };
    addEventListener("resize", this.resized);
    setTimeout(look);
  }
  release() {
    clearTimeout(this.#timer);
    removeEventListener("resize", this.resized);
  }
};

// js/commands.js
function commandsOf(player) {
  const { stepping, view, presentation, search, help } = player;
  const pace = (speed) => {
    stepping.speed = speed;
    player.toolbar.pace(speed);
    player.preferences.write("speed", speed);
  };
  return {
    first: () => stepping.walk(0),
    previous: () => stepping.walk(stepping.step - 1),
    next: () => stepping.walk(stepping.step + 1),
    end: () => stepping.walk(stepping.last),
    slide: (step) => stepping.walk(step),
    nextLine: () => stepping.walkLine(false),
    previousLine: () => stepping.walkLine(true),
    nextOperation: () => stepping.walkOperation(false),
    previousOperation: () => stepping.walkOperation(true),
    toggle: () => stepping.toggle(),
    faster: () => pace(stepping.other(1)),
    slower: () => pace(stepping.other(-1)),
    speed: pace,
    scene: (index) => player.choose(index),
    nextScene: () => player.chooseBeside(1),
    previousScene: () => player.chooseBeside(-1),
    detail: (detail) => player.chooseDetail(detail),
    turn: () => player.turn(),
    fit: () => view.picture.fit({ whole: true }),
    zoomIn: () => view.picture.zoom(1.25),
    zoomOut: () => view.picture.zoom(0.8),
    find: () => search.open(),
    predict: () => player.predict(),
    present: () => presentation.isOn ? presentation.leave() : presentation.show(),
    leave: () => presentation.leave(),
    spotlight: () => presentation.light(),
    help: () => help.open()
  };
}

// js/keys.js
var MEANING = {
  ArrowRight: "next",
  ArrowLeft: "previous",
  Home: "first",
  End: "end",
  " ": "toggle",
  f: "fit",
  p: "present",
  "+": "zoomIn",
  "=": "zoomIn",
  "-": "zoomOut",
  "[": "previousScene",
  "]": "nextScene",
  "?": "help",
  g: "predict",
  n: "nextLine",
  N: "previousLine",
  o: "nextOperation",
  O: "previousOperation",
  ">": "faster",
  "<": "slower",
  "/": "find"
};
var PRESENTING = { PageDown: "next", PageUp: "previous", Escape: "leave", l: "spotlight" };
var TYPING = "input:not([type=range]):not([type=checkbox]):not([type=radio]):not([type=button]), textarea:not([readonly]), select, [contenteditable]:not([contenteditable=false])";
var OWN_ARROWS = "[role=slider], input[type=range], input[type=radio], [role=radio], [role=radiogroup], [role=tab], [role=tablist], [role=grid], [role=listbox], [role=option], [role=menu], [role=menuitem], [role=combobox], [role=spinbutton], [role=tree], [role=application], [role=dialog]:not(.vg-help), dialog, canvas, video, audio, .vg-code:has(textarea:not([readonly]))";
var OWN_SPACE = "button, summary, a[href], [role=button], [role=checkbox], [role=switch], input";
var players = /* @__PURE__ */ new Set();
function listen(player) {
  if (!players.size) document.addEventListener("keydown", pressed);
  players.add(player);
}
function unlisten(player) {
  players.delete(player);
  if (!players.size) document.removeEventListener("keydown", pressed);
}
function pressed(event) {
  if (event.defaultPrevented || event.ctrlKey || event.altKey || event.metaKey || event.isComposing) return;
  const path2 = event.composedPath().filter((target) => target instanceof Element);
  const player = [...players].find((one) => one.presentation.isOn) ?? [...players].find((one) => path2.includes(one.element)) ?? [...players].find(isSeen);
  if (!player) return;
  const isMeant = path2.includes(player.element) || player.presentation.isOn || player.options.isAlone || event.target === document.body;
  const meaning = MEANING[event.key] ?? (player.presentation.isOn ? PRESENTING[event.key] : null);
  if (!meaning || !isMeant && event.key.length === 1 && event.key !== " ") return;
  if (path2.some((element) => owns(element, event.key)) || document.querySelector("dialog[open], [role=dialog][aria-modal=true]")) return;
  if (event.shiftKey && event.key.length > 1 && path2.some((element) => element.matches("textarea"))) return;
  event.preventDefault();
  player.commands[meaning]();
}
function owns(element, key) {
  if (element.matches(TYPING)) return true;
  if (key === " ") return element.matches(OWN_SPACE);
  return key.length > 1 && element.matches(OWN_ARROWS);
}
function isSeen(player) {
  const box = player.view.picture.element.getBoundingClientRect();
  return box.width > 0 && box.bottom > 0 && box.top < innerHeight;
}
function guard(event) {
  if (!event.ctrlKey && !event.metaKey && !event.altKey && /^[rc]$/i.test(event.key)) event.stopPropagation();
}
var HELP = [
  ["Steps", [
    ["→  ←", "next and previous step"],
    ["Home  End", "first and last step"],
    ["o  Shift+o", "next and previous operation"],
    ["n  Shift+n", "next and previous line of code"],
    ["[  ]", "previous and next scene"],
    ["Space", "play and pause"],
    ["<  >", "play slower, faster"]
  ]],
  ["Picture", [
    ["+  −", "zoom in, zoom out"],
    ["f", "show all"],
    ["/", "find a box by name, operation or grad_fn"]
  ]],
  ["Predict", [
    ["g", "predict each gradient, then see it"],
    ["Enter", "check the answer, go on"],
    ["h", "a hint, in the empty field"],
    ["→", "step past it: it counts as skipped"]
  ]],
  ["Lecture", [
    ["p  Esc", "picture, line and words alone; back"],
    ["l", "a light around the mouse"],
    ["Page Up  Page Down", "step, as remote controls do"]
  ]],
  ["Program", [
    ["Ctrl+Enter", "run the edited text"],
    ["Esc  Tab", "leave the text"],
    ["?", "this list"]
  ]]
];

// js/help.js
var HANDS = [
  ["Click a box or an arrow", "to where it was made, again to its gradient"],
  ["Click a line of code", "to where the line ran, again to its gradients"],
  ["Drag, wheel, pinch", "move and zoom the picture"]
];
var Help = class {
  /** @param {HTMLElement} button opens it and has the focus when it closes */
  constructor(button) {
    this.button = button;
    const close2 = () => {
      this.open(false);
      button.focus();
    };
    const rows = (title, list) => [h("h4", {}, title), h("dl", {}, ...list.flatMap(([keys, text]) => [h("dt", {}, ...keycaps(keys)), h("dd", {}, text)]))];
    const onkeydown = (event) => event.key === "Escape" && close2();
    this.element = h(
      "div",
      { class: "vg-help", role: "dialog", "aria-label": "Keys", tabindex: "-1", hidden: true, onkeydown },
      h("header", { class: "vg-panel-head" }, h("h3", {}, "Keys and hands"), iconButton("Close", "close", close2, { title: "Close (Esc)" })),
      h("div", { class: "vg-help-body" }, ...HELP.map(([title, list]) => h("section", {}, ...rows(title, list))), h("section", {}, ...rows("By hand", HANDS)))
    );
  }
  open(isOpen = this.element.hidden) {
    this.element.hidden = !isOpen;
    this.button.setAttribute("aria-expanded", String(isOpen));
    if (isOpen) this.element.focus();
  }
};
function keycaps(keys) {
  return /^(Click|Drag)/.test(keys) ? [keys] : keys.split("  ").flatMap((key, i) => [i ? " " : "", h("kbd", {}, key)]);
}

// js/lib/latex_symbols.js
var SPACES = { ",": "0.17em", ":": "0.22em", ">": "0.22em", ";": "0.28em", " ": "0.25em", "!": "-0.17em", quad: "1em", qquad: "2em" };
var SIGNS = {
  alpha: "α",
  beta: "β",
  gamma: "γ",
  delta: "δ",
  epsilon: "ϵ",
  varepsilon: "ε",
  zeta: "ζ",
  eta: "η",
  theta: "θ",
  vartheta: "ϑ",
  iota: "ι",
  kappa: "κ",
  lambda: "λ",
  mu: "μ",
  nu: "ν",
  xi: "ξ",
  pi: "π",
  varpi: "ϖ",
  rho: "ρ",
  varrho: "ϱ",
  sigma: "σ",
  varsigma: "ς",
  tau: "τ",
  upsilon: "υ",
  phi: "ϕ",
  varphi: "φ",
  chi: "χ",
  psi: "ψ",
  omega: "ω",
  Gamma: "Γ",
  Delta: "Δ",
  Theta: "Θ",
  Lambda: "Λ",
  Xi: "Ξ",
  Pi: "Π",
  Sigma: "Σ",
  Upsilon: "Υ",
  Phi: "Φ",
  Psi: "Ψ",
  Omega: "Ω",
  partial: "∂",
  nabla: "∇",
  infty: "∞",
  ell: "ℓ",
  top: "⊤",
  bot: "⊥",
  emptyset: "∅",
  hbar: "ℏ",
  Re: "ℜ",
  Im: "ℑ",
  ldots: "…",
  dots: "…",
  cdots: "⋯",
  vdots: "⋮",
  ddots: "⋱",
  imath: "ı",
  prime: "′",
  checkmark: "✓"
};
var RELATIONS = {
  cdot: "·",
  times: "×",
  odot: "⊙",
  oplus: "⊕",
  otimes: "⊗",
  div: "÷",
  pm: "±",
  mp: "∓",
  ast: "∗",
  star: "⋆",
  circ: "∘",
  bullet: "∙",
  le: "≤",
  leq: "≤",
  ge: "≥",
  geq: "≥",
  ne: "≠",
  neq: "≠",
  lt: "<",
  gt: ">",
  ll: "≪",
  gg: "≫",
  approx: "≈",
  equiv: "≡",
  sim: "∼",
  simeq: "≃",
  propto: "∝",
  in: "∈",
  notin: "∉",
  subset: "⊂",
  cup: "∪",
  cap: "∩",
  setminus: "∖",
  land: "∧",
  wedge: "∧",
  lor: "∨",
  vee: "∨",
  lnot: "¬",
  neg: "¬",
  to: "→",
  rightarrow: "→",
  leftarrow: "←",
  gets: "←",
  mapsto: "↦",
  leftrightarrow: "↔",
  Rightarrow: "⇒",
  Leftarrow: "⇐",
  iff: "⇔",
  uparrow: "↑",
  downarrow: "↓",
  mid: "|",
  colon: ":",
  langle: "⟨",
  rangle: "⟩",
  lfloor: "⌊",
  rfloor: "⌋",
  lceil: "⌈",
  rceil: "⌉"
};
var LARGE = { sum: "∑", prod: "∏", bigcup: "⋃", bigcap: "⋂" };
var LIMITS = new Set("max min lim sup inf argmax argmin".split(" "));
var FUNCTIONS = new Set(
  "sin cos tan cot sec csc arcsin arccos arctan sinh cosh tanh coth exp ln log lg det dim ker deg arg gcd Pr erf".split(" ")
);

// js/lib/latex.js
var MATH = "http://www.w3.org/1998/Math/MathML";
var PIECE = /\\(?:[a-zA-Z]+\*?|[^])|\d+(?:\.\d+)?|[{}^_&]|\s+|./gsu;
var ACCENTS = { bar: "¯", overline: "¯", hat: "^", widehat: "^", tilde: "~", widetilde: "~", vec: "→", dot: "˙" };
var BRACKETS = { bmatrix: "[]", pmatrix: "()", vmatrix: "||", Vmatrix: "‖‖", Bmatrix: "{}", cases: "{" };
var DOUBLED = { R: "ℝ", N: "ℕ", Z: "ℤ", C: "ℂ", 1: "𝟙" };
var FENCES = { "\\{": "{", "\\}": "}", "\\lVert": "‖", "\\rVert": "‖", "\\|": "‖", "\\lvert": "|", "\\rvert": "|", "\\langle": "⟨", "\\rangle": "⟩", ".": "" };
function mathOf(latex) {
  const reader = new Reader(latex);
  return m("math", { display: "block" }, m("mrow", {}, ...reader.all()));
}
var Reader = class {
  /** @param {string} latex */
  constructor(latex) {
    this.tokens = latex.match(PIECE) ?? [];
    this.at = 0;
  }
  /** Everything to the end; a bracket that closes nothing is passed over. */
  all() {
    const out = [];
    while (this.at < this.tokens.length) {
      out.push(...this.row());
      this.at++;
    }
    return out;
  }
  /** Elements up to one of the `stops`, or the end of what is being read; the stop itself is left. */
  row(stops = ["}"]) {
    const out = [];
    while (this.at < this.tokens.length && !stops.includes(this.tokens[this.at])) {
      const element = this.scripted(out.at(-1));
      if (element) out.push(element);
    }
    return out;
  }
  /**
   * One element with what stands above and below it; null for space and the like.
   *
   * @param {MathMLElement} [before] what stands before it in its row
   * @returns {MathMLElement | null}
   */
  scripted(before) {
    const token = this.tokens[this.at];
    const base = token === "^" || token === "_" ? m("mrow") : this.atom(before);
    if (!base) return null;
    let sub = null;
    let sup = null;
    for (; ; ) {
      this.skip();
      const sign2 = this.tokens[this.at];
      if (sign2 === "_") sub = this.after();
      else if (sign2 === "^") sup = this.after();
      else if (sign2 === "'") sup = (this.at++, m("mo", {}, "′"));
      else break;
    }
    const isLarge = base.dataset.above !== void 0;
    const [under, over, both] = isLarge ? ["munder", "mover", "munderover"] : ["msub", "msup", "msubsup"];
    const whole = sub && sup ? m(both, {}, base, sub, sup) : sub ? m(under, {}, base, sub) : sup ? m(over, {}, base, sup) : base;
    return base.dataset.call === void 0 || this.isBracketNext() ? whole : m("mrow", {}, whole, space("0.17em"));
  }
  after() {
    this.at++;
    return this.argument();
  }
  /**
   * What a command takes: a group in braces, or one element.
   *
   * @returns {MathMLElement}
   */
  argument() {
    this.skip();
    return this.tokens[this.at] === "{" ? this.group() : this.atom() ?? m("mrow");
  }
  group() {
    this.at++;
    const inside = this.row();
    this.at++;
    return inside.length === 1 ? inside[0] : m("mrow", {}, ...inside);
  }
  /** The text of a group, as it stands there. */
  text() {
    this.skip();
    if (this.tokens[this.at] !== "{") return this.tokens[this.at++] ?? "";
    let depth = 0;
    let text = "";
    for (; this.at < this.tokens.length; this.at++) {
      const token = this.tokens[this.at];
      if (token === "{" && !depth++) continue;
      if (token === "}" && !--depth) break;
      text += /^\\[^a-zA-Z]/u.test(token) ? token.slice(1) : token;
    }
    this.at++;
    return text;
  }
  skip() {
    while (/^\s/.test(this.tokens[this.at] ?? "")) this.at++;
  }
  isBracketNext() {
    return /^(\(|\\left)$/.test(this.tokens[this.at] ?? "");
  }
  /**
   * @param {MathMLElement} [before]
   * @returns {MathMLElement | null}
   */
  atom(before) {
    const token = this.tokens[this.at];
    if (token === "{") return this.group();
    this.at++;
    if (token === void 0 || /^\s/.test(token)) return null;
    if (token[0] === "\\") return this.command(token.slice(1), token, before);
    if (/^\d/.test(token)) return m("mn", {}, token);
    if (/^[\p{L}\p{M}]/u.test(token)) return m("mi", {}, token);
    return operator(token, before);
  }
  /**
   * @param {string} name
   * @param {string} token the name with its backslash
   * @param {MathMLElement} [before]
   */
  command(name, token, before) {
    if (name in SPACES) return space(SPACES[name]);
    if (name in SIGNS) return m("mi", /^[A-Z]/.test(name) ? { mathvariant: "normal" } : {}, SIGNS[name]);
    if (name in RELATIONS) return operator(RELATIONS[name], before);
    if (name in LARGE) return m("mo", { "data-above": "" }, LARGE[name]);
    if (LIMITS.has(name)) return m("mi", { "data-above": "", "data-call": "" }, name);
    if (FUNCTIONS.has(name)) return m("mi", { "data-call": "" }, name);
    if (token in FENCES) return m("mo", { stretchy: "false" }, FENCES[token]);
    if (name in ACCENTS) return m("mover", { accent: "true" }, this.argument(), m("mo", { stretchy: String(name.startsWith("over") || name.startsWith("wide")) }, ACCENTS[name]));
    switch (name) {
      case "frac":
      case "dfrac":
      case "tfrac":
        return m("mfrac", {}, this.argument(), this.argument());
      case "sqrt":
        return m("msqrt", {}, this.argument());
      case "underset":
      case "overset": {
        const aside = this.argument();
        return m(name === "underset" ? "munder" : "mover", {}, this.argument(), aside);
      }
      case "underbrace":
        return telling(m("munder", {}, this.argument(), m("mo", { stretchy: "true" }, "⏟")), "above");
      case "mathrm":
        return word(this.text());
      case "operatorname":
        return telling(word(this.text()), "call");
      case "mathbf":
        return m("mi", { class: "vg-bold", mathvariant: "normal" }, this.text());
      case "mathbb":
        return m("mi", { mathvariant: "normal" }, this.text().replace(/[RNZC1]/g, (letter) => DOUBLED[letter]));
      case "text":
        return m("mtext", {}, this.text().replace(/^ | $/g, " "));
      case "left":
        return this.fenced();
      case "begin":
        return this.table();
      default:
        return /^[a-zA-Z]/.test(name) ? m("mtext", { class: "vg-unknown" }, token) : operator(name, before);
    }
  }
  fenced() {
    const open = this.fence();
    const inside = this.row(["\\right"]);
    this.at++;
    return brackets(open, this.fence(), ...inside);
  }
  fence() {
    this.skip();
    const token = this.tokens[this.at++] ?? ".";
    return FENCES[token] ?? token;
  }
  table() {
    const name = this.text().replace("*", "");
    if (name === "array") this.text();
    const rows = [[]];
    while (this.at < this.tokens.length) {
      rows[rows.length - 1].push(this.row(["&", "\\\\", "\\end"]));
      const stop = this.tokens[this.at++];
      if (stop === "\\\\") rows.push([]);
      else if (stop !== "&") break;
    }
    this.text();
    const isAligned = name === "aligned" || name === "align";
    const sides = isAligned ? ["right", "left"] : name === "cases" ? ["left", "left"] : [];
    const cell = (inside, i) => m("mtd", sides.length ? { columnalign: sides[i % 2] } : {}, ...inside);
    const table = m("mtable", isAligned ? { displaystyle: "true" } : {}, ...rows.map((row) => m("mtr", {}, ...row.map(cell))));
    if (name === "bmatrix") table.classList.add("vg-matrix");
    else if (name in BRACKETS) return brackets(BRACKETS[name][0], BRACKETS[name][1] ?? "", table);
    return table;
  }
};
function m(tag, attributes = {}, ...children) {
  const element = document.createElementNS(MATH, tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.append(...children);
  return element;
}
function telling(element, mark) {
  element.dataset[mark] = "";
  return element;
}
function space(width) {
  return m("mspace", { width });
}
function word(text) {
  return m("mi", [...text].length === 1 ? { mathvariant: "normal" } : {}, text);
}
function operator(sign2, before) {
  const isSign = sign2 === "-" || sign2 === "+";
  const isFirst = isSign && (!before || before.localName === "mspace" || before.localName === "mo" && !/^[)\]}|‖!]$/.test(before.textContent ?? ""));
  const isBracket = /^[()[\]|]$/.test(sign2);
  return m("mo", isBracket ? { stretchy: "false" } : isFirst ? { form: "prefix" } : {}, sign2 === "-" ? "−" : sign2 === "*" ? "∗" : sign2);
}
function brackets(open, close2, ...inside) {
  const fence = (sign2, form) => sign2 ? [m("mo", { fence: "true", form, stretchy: "true" }, sign2)] : [];
  return m("mrow", {}, ...fence(open, "prefix"), ...inside, ...fence(close2, "postfix"));
}

// js/panels.js
var PHASES = {
  empty: "start",
  create: "forward",
  forward: "forward",
  inplace: "in place",
  backward: "backward",
  vjp: "backward",
  accumulate: "backward",
  set_grad: ".grad",
  hook: "hook",
  error: "error"
};
var HALT = "The program stops here. What came before is drawn: step back through it.";
var Explanation = class {
  /** @type {[label: string, math: MathMLElement][]} */
  #maths = [];
  /** @type {string[]} */
  #latex = [];
  #isFitted = false;
  #isScrolled = false;
  /** @param {HTMLElement} quiz in which a step's result is asked for; it stands first */
  constructor(quiz) {
    this.quiz = quiz;
    this.phase = h("span", { class: "vg-phase" });
    this.sentence = h("p", { class: "vg-sentence" });
    this.formulae = h("div", { class: "vg-formulae" });
    this.why = h("p", { class: "vg-why" });
    this.invitation = h("p", { class: "vg-invitation" });
    this.copied = h("span", { class: "vg-copied", "aria-live": "polite" });
    this.copy = h("button", { type: "button", class: "vg-small", onclick: () => this.#copy() }, icon("copy"), "Copy LaTeX");
    this.body = h(
      "div",
      { class: "vg-panel-body", tabindex: "0", onscroll: () => this.#isScrolled = true },
      quiz,
      this.invitation,
      this.sentence,
      this.formulae,
      this.why
    );
    this.element = h(
      "section",
      { class: "vg-panel vg-explanation", "aria-label": "Explanation" },
      h("header", { class: "vg-panel-head" }, h("h3", {}, "What happens"), this.phase, this.copied, this.copy),
      this.body
    );
  }
  /**
   * Tells a step. `secret` is null, or says that the result is to be found and how much else is told: 0 nothing, 1 the
   * rule, 2 the left-hand sides of the numbers too.
   *
   * @param {Step} step
   * @param {string[]} words the scene's
   * @param {string} [invitation]
   * @param {number | null} [secret]
   */
  show(step, words, invitation = "", secret = null) {
    const formulae = step.latex.map((pieces) => pieces.map((place) => words[place]).join(""));
    this.#latex = secret === null ? formulae.filter(Boolean) : [];
    this.phase.textContent = PHASES[step.kind];
    this.phase.dataset.kind = step.kind;
    this.sentence.replaceChildren(...secret === 0 ? [] : withCode(step.kind === "error" ? HALT : step.sentence));
    this.why.textContent = step.why !== null && secret !== 0 ? `Why now? ${words[step.why]}` : "";
    this.invitation.textContent = invitation;
    this.#maths = ["In symbols", "With numbers"].flatMap((label, i) => {
      if (!formulae[i] || secret !== null && i >= secret) return [];
      const math = mathOf(formulae[i]);
      if (secret !== null && i) veil(math);
      return [
        /** @type {[string, MathMLElement]} */
        [label, math]
      ];
    });
    this.#write(false);
    this.copy.hidden = !this.#latex.length;
    this.copied.textContent = "";
    if (this.#isScrolled) this.body.scrollTop = 0;
    this.#isScrolled = false;
    if (this.#isFitted) this.#fit();
  }
  /**
   * Puts up the formulae: each as a table, or with its equations one behind the other.
   *
   * @param {boolean} isDense
   */
  #write(isDense) {
    this.body.classList.toggle("is-dense", isDense);
    this.formulae.replaceChildren(
      ...this.#maths.map(
        ([label, math]) => h("div", { class: "vg-formula" }, h("span", { class: "vg-label" }, label), ...isDense ? equations(math) : [math])
      )
    );
  }
  /**
   * Makes the formulae as large as there is room for, in a lecture, where nobody scrolls; or as large as they are elsewhere.
   *
   * @param {boolean} isFitted
   */
  fit(isFitted) {
    this.#isFitted = isFitted;
    this.#write(false);
    if (isFitted) this.#fit();
  }
  #fit() {
    if (!this.#shrink(0.65) && this.quiz.hidden) {
      this.#write(true);
      this.#shrink(0.36);
    }
  }
  /**
   * Makes the formulae smaller until they fit, but no smaller than `least`; whether they do.
   *
   * @param {number} least
   */
  #shrink(least) {
    const { body } = this;
    const isTooLarge = () => body.scrollHeight > body.clientHeight || [...this.formulae.children].some(({ scrollWidth, clientWidth }) => scrollWidth > clientWidth);
    let share = 1.25;
    do
      body.style.setProperty("--vg-fit", String(share *= 0.9));
    while (share > least && isTooLarge());
    return !isTooLarge();
  }
  async #copy() {
    const text = this.#latex.map((line) => `\\[ ${line} \\]`).join("\n");
    try {
      await navigator.clipboard.writeText(text);
    } catch {
      const area = h("textarea", {}, text);
      this.element.append(area);
      area.select();
      document.execCommand("copy");
      area.remove();
    }
    this.copied.textContent = "copied";
  }
};
function equations(math) {
  const table = math.querySelector("mtable:not(.vg-matrix)");
  if (!table) return [math.cloneNode(true)];
  return [...table.children].map((row) => {
    const line = mathElement("mrow", "");
    for (const cell of row.children) line.append(...[...cell.childNodes].map((part) => part.cloneNode(true)));
    const equation = (
      /** @type {MathMLElement} */
      math.cloneNode(false)
    );
    equation.append(line);
    return equation;
  });
}
function veil(math) {
  const rows = [...math.querySelectorAll("mtr")].filter((row) => !row.closest(".vg-matrix"));
  const sides = rows.length ? rows.flatMap((row) => row.lastElementChild ?? []) : [...math.querySelectorAll("mrow")].slice(0, 1);
  for (const side of sides) {
    const [only, ...others] = side.children;
    const parts = [...(!others.length && only?.matches("mrow") ? only : side).children];
    const sign2 = parts.findLastIndex((part) => part.matches("mo") && "=≈↦←".includes(part.textContent));
    parts.slice(sign2 + 1).forEach((part) => part.remove());
    (parts[0]?.parentElement ?? side).append(mathElement("mtext", "?"));
  }
}
function withCode(text) {
  return text.split("`").map((part, i) => i % 2 ? h("code", {}, part) : part);
}
var Console = class {
  constructor() {
    this.text = h("pre", { class: "vg-printed", tabindex: "0" });
    this.element = h(
      "section",
      { class: "vg-panel vg-console", "aria-label": "Printed" },
      h("header", { class: "vg-panel-head" }, h("h3", {}, "Printed")),
      this.text
    );
  }
  /**
   * Shows the part of `text` up to `end`; the rest keeps its place, faintly, until its step comes.
   *
   * @param {string} text
   * @param {number} end
   */
  show(text, end) {
    this.element.hidden = !text;
    this.text.replaceChildren(text.slice(0, end), h("span", { class: "vg-later", "aria-hidden": "true" }, text.slice(end)));
  }
};
var ErrorPanel = class {
  /** @param {(line: number) => void} ongo goes to a line of the program */
  constructor(ongo) {
    this.ongo = ongo;
    this.element = h("section", { class: "vg-panel vg-error", "aria-label": "Error", hidden: true });
  }
  /** @param {Fault | null} error */
  show(error) {
    this.element.hidden = !error;
    if (!error) return this.element.replaceChildren();
    const line = error.span?.[0];
    this.element.replaceChildren(
      h(
        "header",
        { class: "vg-panel-head" },
        icon("alert"),
        h("h3", {}, error.type),
        line ? h("button", { type: "button", class: "vg-small", onclick: () => this.ongo(line) }, `Line ${line}`) : null
      ),
      h("div", { class: "vg-panel-body" }, h("pre", { class: "vg-message" }, error.message), error.hint ? h("p", { class: "vg-hint" }, ...withCode(error.hint)) : null)
    );
  }
};
var Legend = class {
  constructor() {
    this.element = h("ul", { class: "vg-legend", "aria-label": "Legend" });
  }
  /** @param {LegendEntry[]} entries */
  show(entries) {
    this.element.replaceChildren(...entries.map(({ kind, text }) => h("li", {}, sign(kind), text)));
    this.element.hidden = !entries.length;
  }
};
function sign(kind) {
  const isArrow = kind === "kind-forward" || kind === "kind-gradient";
  const classes = isArrow ? `edge ${kind} is-shown` : `node ${kind.startsWith("is-") ? `kind-op ${kind}` : kind} is-made`;
  const corner = kind === "kind-op" || kind.startsWith("is-") ? 0 : 4;
  const shape = isArrow ? '<path d="M1 8H18" fill="none"/><polygon points="18,4.5 25,8 18,11.5"/>' : `<path class="outline" d="${rounded(3, 2, 20, 12, corner)}"/>`;
  return parseSafely(
    `<svg xmlns="http://www.w3.org/2000/svg" class="vg-picture vg-sign" viewBox="0 0 26 16" aria-hidden="true"><g class="${classes}">${shape}</g></svg>`
  );
}
function rounded(x, y, width, height, r) {
  const arc = (dx, dy) => `a${r} ${r} 0 0 1 ${dx} ${dy}`;
  return `M${x + r} ${y}h${width - 2 * r}${arc(r, r)}v${height - 2 * r}${arc(-r, r)}h${2 * r - width}${arc(-r, -r)}v${2 * r - height}${arc(r, -r)}z`;
}

// js/steps/timeline.js
var Timeline = class {
  /**
   * `view.changes[i]` lists element, look, element, look …: what step i changes; step 0 sets the stage.
   *
   * @param {Pick<Drawing, "changes" | "looks" | "texts">} view
   */
  constructor(view) {
    this.changes = view.changes;
    const now = /* @__PURE__ */ new Map();
    this.undo = view.changes.map((changes) => {
      const before = [];
      for (const [element, look] of pairs(changes)) {
        before.push([element, now.get(element)]);
        now.set(element, look);
      }
      return before;
    });
    this.current = currents(view);
    this.visits = /* @__PURE__ */ new Map();
    this.current.forEach((elements, i) => {
      for (const element of elements) this.visits.set(element, [...this.visits.get(element) ?? [], i]);
    });
  }
  /**
   * What must change to go from one step to another (from -1: nothing is shown yet).
   *
   * @param {number} from
   * @param {number} to
   */
  between(from, to) {
    const changes = /* @__PURE__ */ new Map();
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
};
function pairs(flat) {
  return Array.from({ length: flat.length / 2 }, (_, i) => [flat[2 * i], flat[2 * i + 1]]);
}
function currents({ changes, looks, texts }) {
  const isCurrent = looks.map(([classes]) => /\bis-(current|error)\b/.test(texts[classes]));
  const current = /* @__PURE__ */ new Set();
  return changes.map((changed) => {
    for (const [element, look] of pairs(changed)) isCurrent[look] ? current.add(element) : current.delete(element);
    return [...current];
  });
}

// js/picture/picture.js
var LARGEST = 4;
var WIDE = 1400;
var PREFERRED = 1.35;
var LEGIBLE = 0.92;
var COMFORTABLE = 1.1;
var SLACK = 60;
var MARGIN = 10;
var MANY = 150;
var AROUND = 0.5;
var Picture = class {
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
  #places = /* @__PURE__ */ new Map();
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
  #pointers = /* @__PURE__ */ new Map();
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
    const named = /* @__PURE__ */ new Map();
    const all = svg.querySelectorAll("[data-node], [data-edge]");
    for (const g of all) named.set(g.dataset.node ?? g.dataset.edge, g);
    this.#places = new Map(elements.map((id, place) => [id, place]));
    this.#parts = elements.map((id) => {
      const g = named.get(id);
      const fixed = [...g?.classList ?? []].filter((name) => !/^(is|kind)-/.test(name)).join(" ");
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
      if (!part || look === void 0) continue;
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
      if (!part || isArrowsOnly && !part.g.dataset.edge) continue;
      const old = before === void 0 ? [] : looks[before];
      const news = looks[look].slice(1).map((text, row) => text !== old[row + 1] && texts[text].trim() ? row : -1).filter((row) => row >= 0);
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
      return (
        /** @type {Rect} */
        [left, top, left + width, top + height]
      );
    });
  }
  /** What one pixel of a desk's screen is on this one. */
  get #unit() {
    return Math.max(1, this.#width / WIDE) * this.closer;
  }
  /** The smallest scale at which a picture can be read; a lecture does not crop one that just fits. */
  get #legible() {
    return LEGIBLE * this.#unit / this.closer;
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
    const boxes = places.flatMap((place) => this.#parts[place]?.g.dataset.node ? [this.#rects[place] ?? []] : []);
    if (!boxes.length) return;
    const [left, top] = [0, 1].map((i) => Math.min(...boxes.map((box) => box[i])));
    const [right, bottom] = [2, 3].map((i) => Math.max(...boxes.map((box) => box[i])));
    const { x, y, scale } = this.#goal ?? this.#view;
    const slack = scale > this.#fitting * 1.001 ? SLACK : MARGIN / 2 / scale;
    const around = (length, from, to) => Math.max(0, Math.min(slack, (length - (to - from)) / 2 - 1));
    const [width, height] = [this.#width / scale, this.#height / scale];
    const [aside, above] = [around(width, left, right), around(height, top, bottom)];
    const target = {
      x: into(x, width, left - aside, right + aside),
      y: into(y, height, top - above, bottom + above),
      scale
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
    const tick = (now) => {
      const t = Math.min(1, (now - start) / 220);
      const ease = 1 - (1 - t) ** 3;
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
    const shift = (from, to) => `${Math.round((from - to) * scale)}px`;
    style.transform = `translate(${shift(this.#size.x, x)}, ${shift(this.#size.y, y)})`;
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
      const { left: left2, top: top2, right: right2, bottom: bottom2 } = this.#drawn;
      if (x >= left2 && y >= top2 && x + width <= right2 && y + height <= bottom2 && width * 8 > right2 - left2) return;
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
      if (isFar) part.g.replaceWith(part.stand = document.createComment(""));
      else part.stand?.replaceWith(part.g);
      if (!isFar) part.stand = null;
    });
  }
  // -- hands
  #listen() {
    const { element } = this;
    element.addEventListener("pointerdown", (event) => this.#down(event));
    element.addEventListener("pointermove", (event) => this.#move(event));
    for (
      const end of
      /** @type {const} */
      ["pointerup", "pointercancel"]
    ) element.addEventListener(end, (event) => this.#up(event));
    element.addEventListener("wheel", (event) => this.#wheel(event), { passive: false });
    element.addEventListener("dblclick", () => this.fit({ whole: !this.#isWhole }));
    const scrolled = () => this.#scrolledAt = performance.now();
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
    const part = (
      /** @type {Element} */
      event.target.closest("[data-node], [data-edge]")
    );
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
    this.#look({ x: x - dx * share / scale, y: y - dy * share / scale, scale });
  }
  /** @param {PointerEvent} event */
  #up(event) {
    if (!this.#pointers.delete(event.pointerId)) return;
    this.element.classList.remove("is-dragged");
    if (event.type === "pointerup" && this.#moved < 5 && this.#pressed) {
      const place = this.#places.get(this.#pressed.node ?? this.#pressed.edge ?? "");
      if (place !== void 0) this.onpick(place);
    }
  }
  /** @param {WheelEvent} event */
  #wheel(event) {
    if (!this.#svg) return;
    const isPinch = event.ctrlKey || event.metaKey;
    const isScrolling = performance.now() - this.#scrolledAt < 300;
    if (!isPinch && (isScrolling || event.deltaY > 0 && this.#isAtLeast)) return;
    event.preventDefault();
    const unit = event.deltaMode === 1 ? 16 : event.deltaMode === 2 ? 400 : 1;
    this.zoom(Math.exp(-event.deltaY * unit * (isPinch ? 0.01 : 15e-4)), ...this.#at(event));
  }
};
function into(start, length, from, to) {
  if (to - from >= length) return from;
  if (from < start) return from;
  return to > start + length ? to - length : start;
}
function shiftOf(g) {
  const matrix = g?.transform.baseVal.consolidate()?.matrix;
  return { x: matrix?.e ?? 0, y: matrix?.f ?? 0 };
}

// js/picture/heatmap.js
var LEVELS = "EDCBA0abcde";
var ODD = "x";
var MIDDLE = 5;
var CELL = 4;
var STRIP = 10;
function cells(code) {
  const rows = code.split("/");
  const high = rows.length === 1 ? STRIP : CELL;
  const strokes = /* @__PURE__ */ new Map();
  rows.forEach((row, i) => {
    [...row].forEach((letter, j) => {
      if (letter !== LEVELS[MIDDLE]) strokes.set(letter, `${strokes.get(letter) ?? ""}M${j * CELL} ${i * high + high / 2}h${CELL}`);
    });
  });
  const [width, height] = [rows[0].length * CELL + 1, rows.length * high + 1];
  const rim = path("rim", `M-.5-.5h${width}v${height}h-${width}z`, 1);
  const paths = [...strokes].sort().map(([letter, d]) => {
    const level = letter === ODD ? MIDDLE : LEVELS.indexOf(letter) - MIDDLE;
    const sign2 = letter === ODD ? "odd" : level > 0 ? "warm" : "cool";
    return path(high === STRIP ? `${sign2} tall` : sign2, d, Math.abs(level) / MIDDLE);
  });
  return [rim, ...paths];
}
function path(name, d, opacity) {
  const element = document.createElementNS(SVG, "path");
  element.setAttribute("class", name);
  element.setAttribute("d", d);
  if (opacity < 1) element.setAttribute("opacity", String(opacity));
  return element;
}

// js/picture/stencils.js
var MAPS = ["value", "gradient"];
function drawn(told2, { elements, maps }, words) {
  if (!told2) return null;
  const svg = parseSafely(told2.frame);
  const layer = svg?.querySelector("g");
  if (!svg || !layer) return null;
  const stencils = cut(told2.parts, words);
  for (let i = 0; i < told2.parts.length; i += 4) {
    const [place, x, y, stencil] = told2.parts.slice(i, i + 4);
    const g = (
      /** @type {SVGElement} */
      stencils.get(stencil)?.cloneNode(true)
    );
    g.dataset[g.classList.contains("edge") ? "edge" : "node"] = elements[place];
    g.setAttribute("transform", `translate(${x} ${y})`);
    maps[place]?.forEach((codes, what) => codes.forEach((code, k) => g.querySelector(`.${MAPS[what]}-${k}`)?.append(...cells(code))));
    layer.append(g);
  }
  return svg;
}
function cut(parts, words) {
  const used = [...new Set(parts.filter((_, i) => i % 4 === 3))];
  const sheet = parseSafely(`<svg xmlns="http://www.w3.org/2000/svg">${used.map((place) => words[place]).join("")}</svg>`);
  return new Map(used.map((place, i) => [place, sheet?.children[i]]));
}

// js/picture/scene_view.js
var NARROW = 560;
var DIRECTIONS = (
  /** @type {const} */
  ["LR", "TB"]
);
var DETAILS = [
  ["full", "Full"],
  ["simple", "Simple"],
  ["pytorch", "PyTorch"]
];
var SceneView = class {
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
    this.#isDownwards = own === "TB" !== isTurned;
    this.#veiled = null;
    this.onturnable(Boolean(turned));
    return this.picture.show(drawn(isTurned ? turned : svg, this.shown, this.scene.words), this.shown.elements);
  }
  /** @param {number} step */
  #restyle(step) {
    this.picture.apply(this.timeline.between(-1, step), this.shown);
    this.follow(step);
  }
};

// js/picture/search.js
var MOST = 8;
var Search = class {
  /** @type {Findable[]} */
  #found = [];
  #chosen = 0;
  /** @param {Listener} on */
  constructor(on) {
    this.on = on;
    this.input = h("input", {
      class: "vg-answer",
      type: "text",
      role: "combobox",
      autocomplete: "off",
      autocapitalize: "off",
      spellcheck: "false",
      placeholder: "x, mul, PowBackward0 …",
      "aria-label": "Find a box",
      "aria-controls": "vg-found",
      "aria-expanded": "true",
      "aria-autocomplete": "list",
      oninput: () => this.#find(),
      onkeydown: (event) => this.#key(event)
    });
    this.list = h("ul", { class: "vg-found", id: "vg-found", role: "listbox", "aria-label": "Boxes" });
    this.count = h("p", { class: "vg-unseen", "aria-live": "polite" });
    this.element = h("div", { class: "vg-search", role: "search", hidden: true, onfocusout: (event) => this.#left(event) }, this.input, this.list, this.count);
  }
  open() {
    this.element.hidden = false;
    this.input.value = "";
    this.#find();
    this.input.focus({ preventScroll: true });
  }
  close() {
    if (this.element.hidden) return;
    const hasFocus = this.element.contains(focusedNear(this.element));
    this.element.hidden = true;
    if (hasFocus) this.on.close();
  }
  #find() {
    const wanted = this.input.value.trim().toLowerCase();
    const rank = ({ name, about }) => {
      const [short, long] = [name.toLowerCase(), about.toLowerCase()];
      const isWordsStart = long.split(/[^\p{L}\d_]+/u).some((word2) => word2.startsWith(wanted));
      return [short === wanted, short.startsWith(wanted), isWordsStart, long.includes(wanted)].indexOf(true);
    };
    const ranked = this.on.boxes().map((box) => ({ ...box, rank: rank(box) }));
    this.#found = ranked.filter((box) => box.rank >= 0).sort((a, b) => a.rank - b.rank);
    this.#chosen = 0;
    this.#show();
    const { length } = this.#found;
    this.count.textContent = length === 1 ? "1 box" : `${length} boxes`;
  }
  #show() {
    this.list.replaceChildren(
      ...this.#found.slice(0, MOST).map(
        ({ name, about }, i) => h(
          "li",
          { id: `vg-found-${i}`, role: "option", "aria-selected": String(i === this.#chosen), onpointerdown: (event) => event.preventDefault(), onclick: () => this.#choose(i) },
          h("b", {}, name),
          ` ${about.slice(name.length)}`
        )
      )
    );
    this.list.hidden = !this.#found.length;
    this.input.setAttribute("aria-expanded", String(this.#found.length > 0));
    if (this.#found.length) this.input.setAttribute("aria-activedescendant", `vg-found-${this.#chosen}`);
    else this.input.removeAttribute("aria-activedescendant");
  }
  /** @param {number} i */
  #choose(i) {
    const box = this.#found[i];
    if (!box) return;
    this.close();
    this.on.choose(box.place);
  }
  /** @param {KeyboardEvent} event */
  #key(event) {
    if (event.isComposing) return;
    const count = Math.min(MOST, this.#found.length);
    if (event.key === "Enter") this.#choose(this.#chosen);
    else if (event.key === "Escape") this.close();
    else if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      this.#chosen = count ? (this.#chosen + (event.key === "ArrowDown" ? 1 : count - 1)) % count : 0;
      this.#show();
    } else return;
    event.preventDefault();
    event.stopPropagation();
  }
  /** @param {FocusEvent} event */
  #left(event) {
    if (!this.element.contains(
      /** @type {Node | null} */
      event.relatedTarget
    )) this.close();
  }
};

// js/presentation.js
var CLOSER = 1.15;
var ROOMY = 1e3;
var STILL = 2500;
var Presentation = class {
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
    if (isWhole) document.documentElement.requestFullscreen?.().catch(() => {
    });
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
};

// js/store/session.js
var SessionValue = class {
  /** @param {string} name */
  constructor(name) {
    this.key = `vizgrad.${name}`;
  }
  /**
   * The value that was written last, or null.
   *
   * @returns {any} anyone can write into the storage: check it
   */
  read() {
    try {
      return JSON.parse(sessionStorage.getItem(this.key) ?? "null");
    } catch {
      return null;
    }
  }
  /**
   * Remembers a value of plain data; null forgets it.
   *
   * @param {unknown} value
   */
  write(value) {
    try {
      if (value === null) sessionStorage.removeItem(this.key);
      else sessionStorage.setItem(this.key, JSON.stringify(value));
    } catch {
    }
  }
};

// js/store/draft.js
var MOST_KEPT = 4;
var Draft = class {
  constructor() {
    this.kept = new SessionValue("drafts");
  }
  /**
   * The text that was typed over `saved`, and whether it had run; null if nothing was typed.
   *
   * @param {string} saved
   */
  read(saved) {
    return this.#all().find((one) => one.saved === saved) ?? null;
  }
  /**
   * The same of what was typed last in this tab, if that was over another text than `saved`.
   *
   * @param {string} saved
   */
  other(saved) {
    const newest = this.#all()[0];
    return newest && newest.saved !== saved ? newest : null;
  }
  /**
   * @param {string} saved
   * @param {string} text
   * @param {boolean} hasRun
   */
  write(saved, text, hasRun) {
    const others = this.#all().filter((one) => one.saved !== saved);
    const all = text === saved ? others : [{ saved, text, hasRun }, ...others].slice(0, MOST_KEPT);
    this.kept.write(all.length ? all : null);
  }
  /** @returns {Typed[]} */
  #all() {
    const found = this.kept.read();
    return Array.isArray(found) ? found.filter((one) => typeof one?.text === "string" && typeof one.saved === "string") : [];
  }
};

// js/program/highlight.js
var KEYWORDS = new Set(
  "False None True and as assert async await break class continue def del elif else except finally for from global if import in is lambda nonlocal not or pass raise return try while with yield".split(" ")
);
var TOKEN = new RegExp(
  [
    /(?<comment>#[^\n]*)/u,
    /(?<string>[rbuf]{0,2}(?:"""[^]*?(?:"""|$)|'''[^]*?(?:'''|$))|[rbuf]{0,2}(?:"(?:\\.|[^"\\\n])*"?|'(?:\\.|[^'\\\n])*'?))/u,
    /(?<number>(?<![\p{L}_\d])(?:0[xob][\da-f_]+|(?:\d[\d_]*\.?[\d_]*|\.\d[\d_]*)(?:e[+-]?\d+)?j?))/u,
    /(?<name>[\p{L}_][\p{L}\p{N}_]*)/u
  ].map((part) => part.source).join("|"),
  "giu"
);
function tokens(text) {
  const lines = [[]];
  const put = (kind, piece) => piece.split("\n").forEach((part, i) => {
    if (i) lines.push([]);
    if (part) lines[lines.length - 1].push([kind, part]);
  });
  let at = 0;
  for (const match of text.matchAll(TOKEN)) {
    put("", text.slice(at, match.index));
    at = match.index + match[0].length;
    put(kindOf(match, text.slice(at, at + 40)), match[0]);
  }
  put("", text.slice(at));
  return lines;
}
function kindOf(match, after) {
  const { comment, string, number, name } = match.groups ?? {};
  if (comment) return "comment";
  if (string) return "string";
  if (number) return "number";
  if (KEYWORDS.has(name)) return "keyword";
  return /^\s*\(/.test(after) ? "call" : "";
}
function marked(line, marks) {
  const pieces = [];
  let column = 0;
  for (const [kind, text] of line) {
    const characters = [...text];
    const cuts = /* @__PURE__ */ new Set([0, characters.length]);
    for (const { from, to } of marks)
      for (const cut2 of [from - column, to - column]) if (cut2 > 0 && cut2 < characters.length) cuts.add(cut2);
    const sorted = [...cuts].sort((a, b) => a - b);
    for (let i = 0; i + 1 < sorted.length; i++) {
      const inside = marks.filter(({ from, to }) => from <= column + sorted[i] && column + sorted[i] < to);
      pieces.push([kind, characters.slice(sorted[i], sorted[i + 1]).join(""), inside.map((mark) => mark.name)]);
    }
    column += characters.length;
  }
  return pieces;
}

// js/program/editor.js
var INDENT = "    ";
var Editor = class {
  /** The text that the picture shows. */
  saved = "";
  /** @type {Span | null} */
  #current = null;
  /** @type {Fault | null} */
  #error = null;
  /** @type {Row[]} */
  #rows = [];
  /** @type {Token[][] | undefined} */
  #tokens;
  /** @type {string[]} */
  #savedLines = [];
  /** @type {string[]} */
  #textLines = [];
  #frame = 0;
  /** @type {number | undefined} the frame in which an edit will be shown */
  #edit;
  #leaves = false;
  /** @param {Listener} on */
  constructor(on) {
    this.on = on;
    this.gutter = h("div", { class: "vg-gutter", "aria-hidden": "true", onclick: (event) => this.#pick(event) });
    this.lines = h("div", { class: "vg-lines", "aria-hidden": "true" });
    this.area = h("textarea", {
      class: "vg-area",
      "aria-label": "Program",
      spellcheck: "false",
      autocapitalize: "off",
      autocomplete: "off",
      autocorrect: "off",
      wrap: "off",
      rows: "1",
      oninput: () => this.#edited(),
      onkeydown: (event) => this.#key(event),
      onclick: () => this.#pickRead()
    });
    this.sheet = h("div", { class: "vg-sheet" }, this.gutter, h("div", { class: "vg-text" }, this.lines, this.area));
    this.element = h("div", { class: "vg-code" }, this.sheet);
  }
  get text() {
    return this.area.value;
  }
  get isDirty() {
    return this.text !== this.saved;
  }
  /** @param {boolean} yes */
  set editable(yes) {
    this.area.readOnly = !yes;
  }
  /**
   * Replaces the text; what stood there is returned.
   *
   * @param {string} text
   */
  replace(text) {
    const before = this.text;
    if (before !== text) this.area.value = text;
    this.#render();
    return before;
  }
  /**
   * The picture now shows `source`: the marks belong to this text.
   *
   * @param {string} source
   * @param {Fault | null} error
   */
  show(source, error) {
    this.saved = source;
    this.#error = error;
    this.#current = null;
    this.#render();
  }
  /**
   * Marks an expression, or nothing.
   *
   * @param {Span | null} span
   */
  mark(span) {
    const old = this.#current;
    this.#current = span;
    if (!this.#tokens) return;
    for (const line of linesOf(old)) this.#renderLine(line);
    for (const line of linesOf(span)) this.#renderLine(line);
    cancelAnimationFrame(this.#frame);
    if (span) this.#frame = requestAnimationFrame(() => this.#reveal(span[0]));
  }
  /** @param {number} number */
  focusLine(number) {
    const start = this.text.split("\n", number - 1).join("\n").length + (number > 1 ? 1 : 0);
    this.area.focus();
    this.area.setSelectionRange(start, start);
    this.#reveal(number);
  }
  /** Pasted text comes as two events a line: it is coloured once, in the frame that shows it. */
  #edited() {
    if (this.#edit !== void 0) return;
    this.#edit = requestAnimationFrame(() => {
      this.#edit = void 0;
      this.#render();
      this.on.input(this.isDirty);
    });
  }
  #render() {
    this.#tokens = tokens(this.text);
    this.#savedLines = this.saved.split("\n");
    this.#textLines = this.text.split("\n");
    const count = this.#tokens.length;
    for (const { row, number } of this.#rows.splice(count)) {
      row.remove();
      number.remove();
    }
    while (this.#rows.length < count) {
      const added = { row: h("div"), number: h("div", {}, String(this.#rows.length + 1)), drawn: null };
      this.#rows.push(added);
      this.lines.append(added.row);
      this.gutter.append(added.number);
    }
    for (let line = 1; line <= count; line++) this.#renderLine(line);
  }
  /** @param {number} line */
  #renderLine(line) {
    const [place, pieces] = [this.#rows[line - 1], this.#tokens?.[line - 1]];
    if (!place || !pieces) return;
    const isSame = this.#textLines[line - 1] === this.#savedLines[line - 1];
    const current = isSame ? columns(this.#current, line, "current") : null;
    const error = isSame ? columns(this.#error?.span, line, "error") : null;
    const marks = [current, error].filter((mark) => mark !== null);
    const drawn2 = JSON.stringify([pieces, marks]);
    if (place.drawn === drawn2) return;
    place.drawn = drawn2;
    place.row.replaceChildren(
      ...marked(pieces, marks).map(([kind, text, names]) => {
        const classes = [kind && `vg-tok-${kind}`, ...names.map((name) => `vg-mark-${name}`)].filter(Boolean);
        return classes.length ? h("span", { class: classes.join(" ") }, text) : text;
      }),
      "\n"
    );
    const state = `${current ? " is-current" : ""}${error ? " is-error" : ""}`;
    place.row.className = `vg-line${state}`;
    place.number.className = `vg-number${state}`;
  }
  /**
   * Scrolls the pane (never the page) so that a line is in view.
   *
   * @param {number} line
   */
  #reveal(line) {
    const row = this.#rows[line - 1]?.row;
    if (!row) return;
    const { offsetTop: top, offsetHeight: height } = row;
    const { scrollTop, clientHeight } = this.element;
    if (top >= scrollTop && top + height <= scrollTop + clientHeight) return;
    const above = Math.max(0, Math.round((top - clientHeight / 2) / height));
    this.element.scrollTop = above && above * height + this.lines.offsetTop;
  }
  /** @param {Event} event */
  #pick(event) {
    const row = (
      /** @type {Element} */
      event.target.closest(".vg-number")
    );
    if (row) this.on.line(this.#rows.findIndex(({ number }) => number === row) + 1);
  }
  /** Where the text is only read, a click anywhere on a line picks it; where something was selected it does not. */
  #pickRead() {
    const { readOnly, selectionStart: start, selectionEnd: end } = this.area;
    if (readOnly && start === end) this.on.line(this.text.slice(0, start).split("\n").length);
  }
  /** @param {KeyboardEvent} event */
  #key(event) {
    if (this.area.readOnly) return;
    event.stopPropagation();
    if (event.isComposing) return;
    const { key } = event;
    if (key === "Enter" && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      this.on.run(this.text);
    } else if (key === "Escape") {
      this.#leaves = true;
      return;
    } else if (key === "Tab" && !this.#leaves && !event.ctrlKey && !event.altKey && !event.metaKey) {
      event.preventDefault();
      this.#indent(event.shiftKey);
    } else if (key === "Enter" && !event.shiftKey && !event.altKey) {
      event.preventDefault();
      this.#newLine();
    }
    this.#leaves = false;
  }
  #newLine() {
    const before = this.text.slice(0, this.area.selectionStart).split("\n").at(-1) ?? "";
    const indent = before.slice(0, before.search(/[^ \t]|$/));
    const opens = /:\s*(#.*)?$/.test(before) ? INDENT : "";
    this.#type(`
${indent}${opens}`);
  }
  /** @param {boolean} isBack */
  #indent(isBack) {
    const { selectionStart: start, selectionEnd: end } = this.area;
    const lineStart = this.text.lastIndexOf("\n", start - 1) + 1;
    const chosen = this.text.slice(start, end);
    if (!isBack && !chosen.includes("\n")) {
      this.#type(INDENT.slice((start - lineStart) % INDENT.length));
      return;
    }
    const block = this.text.slice(lineStart, end);
    const moved = block.split("\n").map((line) => isBack ? line.replace(/^( {1,4}|\t)/, "") : line && INDENT + line).join("\n");
    if (moved === block) return;
    this.area.setSelectionRange(lineStart, end);
    this.#type(moved);
    const shift = moved.split("\n")[0].length - block.split("\n")[0].length;
    this.area.setSelectionRange(Math.max(lineStart, start + shift), lineStart + moved.length);
  }
  /**
   * Types text as the keyboard would, so that the browser's own undo knows it.
   *
   * @param {string} text
   */
  #type(text) {
    const isTyped = text ? document.execCommand("insertText", false, text) : document.execCommand("delete");
    if (isTyped) return;
    this.area.setRangeText(text, this.area.selectionStart, this.area.selectionEnd, "end");
    this.#edited();
  }
};
function linesOf(span) {
  return span ? Array.from({ length: span[2] - span[0] + 1 }, (_, i) => span[0] + i) : [];
}
function columns(span, at, name) {
  if (!span || at < span[0] || span[2] < at) return null;
  const [line, column, endLine, endColumn] = span;
  const from = at === line ? column : 0;
  const to = at === endLine ? endColumn : Infinity;
  return { from, to: to > from ? to : from + 1, name };
}

// js/program/program.js
var PATIENCE = 3e4;
var Program = class {
  isRunning = false;
  #isEditable = false;
  #runs = 0;
  #draft = new Draft();
  /** @type {string | undefined} */
  #home;
  /** @type {number | undefined} how many of the reader's runs are answered */
  #answered;
  /** @type {number | undefined} */
  #patience;
  /** @type {string | undefined} what can be brought back */
  #lost;
  /** @type {string | undefined} what ran before the page was loaded again */
  #recalled;
  /** @type {string | undefined} what the page was told that the reader had left */
  #left;
  /** @param {Listener} on */
  constructor(on) {
    this.on = on;
    this.editor = new Editor({ run: (text) => this.run(text), input: () => this.note(), line: on.line });
    this.told = h("span", { class: "vg-note", "aria-live": "polite" });
    this.button = h("button", { type: "button", class: "vg-run", title: "Run (Ctrl+Enter)", onclick: () => this.run(this.editor.text) }, "Run");
    this.back = h("button", { type: "button", class: "vg-small", onclick: () => this.#restore() }, "Bring back my text");
    this.element = h(
      "section",
      { class: "vg-panel vg-program", "aria-label": "Program", onfocusout: (event) => this.#leave(event) },
      h("header", { class: "vg-panel-head" }, h("h3", {}, "Program"), this.told, this.back, this.button),
      this.editor.element
    );
  }
  get isEdited() {
    return this.#isEditable && this.editor.isDirty;
  }
  /**
   * Shows the payload's text and error. What ran in the place of `home` is run again after the page was loaded again.
   *
   * @param {News} news
   */
  show({ payload, text, home, rev, isFirst, isEditable }) {
    this.#home = home;
    const wasEdited = !isFirst && this.editor.isDirty;
    this.#isEditable = isEditable;
    this.editor.editable = isEditable;
    if (payload) this.editor.show(payload.source, payload.error);
    if (text !== null) this.#replace(text, wasEdited);
    if (isFirst && isEditable) this.#recall(rev ?? 0);
  }
  /**
   * Whether a payload is that of the program that ran before the page was loaded again; it is so once.
   *
   * @param {Payload} payload
   */
  isRecalled({ source }) {
    const isRecalled = source === this.#recalled;
    if (isRecalled) this.#recalled = void 0;
    return isRecalled;
  }
  /** @param {string} text */
  run(text) {
    if (!this.#isEditable || !this.on.isRunnable()) return;
    this.#runs = Math.max(this.#runs, this.#answered ?? 0) + 1;
    this.wait(true);
    this.on.run(text, this.#runs);
  }
  /**
   * So many of the reader's runs are answered.
   *
   * @param {number} [count]
   */
  answer(count) {
    this.#answered = count;
    if (count === void 0 || count >= this.#runs) this.wait(false);
  }
  /** @param {boolean} isRunning */
  wait(isRunning) {
    clearTimeout(this.#patience);
    this.isRunning = isRunning;
    this.button.textContent = isRunning ? "Running…" : "Run";
    this.button.setAttribute("aria-busy", String(isRunning));
    if (isRunning) this.told.textContent = "";
    if (isRunning) this.#patience = setTimeout(() => this.wait(false), PATIENCE);
    this.on.changed();
  }
  /** Says whether the text was edited since it ran, and keeps it. */
  note() {
    if (this.#isEditable) this.#draft.write(this.#home ?? this.editor.saved, this.editor.text, !this.editor.isDirty);
    this.told.textContent = this.isEdited ? "edited, not run yet" : "";
    this.back.hidden = this.#lost === void 0 || this.#lost === this.editor.text;
    this.on.changed();
  }
  release() {
    clearTimeout(this.#patience);
  }
  /**
   * Another text takes the editor's place; what the reader typed and did not run can be brought back.
   *
   * @param {string} text
   * @param {boolean} wasEdited
   */
  #replace(text, wasEdited) {
    const before = this.editor.replace(text);
    if (wasEdited && !text.includes(before.trimEnd())) this.#lost = before;
  }
  /**
   * What stood here before the page was loaded again; what stood here before a link took its place can be brought back.
   *
   * @param {number} rev
   */
  #recall(rev) {
    const home = this.#home ?? this.editor.text;
    const kept = this.#draft.read(home);
    if (!kept) {
      this.#lost = this.#draft.other(home)?.text;
      return;
    }
    if (kept.hasRun && rev > 0) return;
    this.editor.replace(kept.text);
    if (!kept.hasRun || this.#home === void 0) return;
    this.#recalled = kept.text;
    setTimeout(() => this.run(kept.text));
  }
  #restore() {
    if (this.#lost !== void 0) this.#lost = this.editor.replace(this.#lost);
    this.note();
  }
  /** @param {FocusEvent} event */
  #leave(event) {
    const player = this.element.closest(".vg-player");
    if (player?.contains(
      /** @type {Node | null} */
      event.relatedTarget
    ) || !this.editor.isDirty || this.editor.text === this.#left) return;
    this.#left = this.editor.text;
    this.on.draft(this.#left, this.#runs);
  }
};

// js/quiz/answer.js
var RELATIVE = 5e-3;
var ABSOLUTE = 5e-5;
var NUMBER = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/i;
var SPECIAL = { nan: NaN, inf: Infinity, "+inf": Infinity, "-inf": -Infinity };
function judged(text, { shape, values }) {
  let typed;
  try {
    typed = values ? tensorOf(text) : { shape: sizesOf(text), values: [] };
  } catch (error) {
    return { isRight: false, says: error instanceof Error ? error.message : String(error) };
  }
  const isShaped = typed.shape.length === shape.length && typed.shape.every((size, i) => size === shape[i]);
  if (!isShaped) return { isRight: false, isCounted: true, says: values ? `wrong shape: it must be ${tuple(shape)}` : "wrong shape" };
  if (!values) return { isRight: true, isCounted: true, says: "right" };
  const { values: found } = typed;
  const isRight = values.every((value, i) => isNear(found[i], Number(SPECIAL[value] ?? value)));
  return { isRight, isCounted: true, says: isRight ? "right" : "right shape, wrong values" };
}
function isNear(typed, value) {
  if (!Number.isFinite(value)) return Object.is(typed, value);
  return Math.abs(typed - value) <= ABSOLUTE + RELATIVE * Math.abs(value);
}
function tensorOf(text) {
  const bare = plain(text).replace(/^(?:torch\.)?tensor\(([^]*?)(?:,\s*\w+=[^]*)?\)$/, "$1");
  const tokens2 = bare.match(/[[\](),]|[^\s[\](),]+/g) ?? [];
  if (!tokens2.length) throw new Error("Type a number, or a list such as [10, 10].");
  let at = 0;
  const values = [];
  const read2 = () => {
    const token = tokens2[at++];
    if (token !== "[" && token !== "(") {
      values.push(numberOf(token));
      return [];
    }
    const shapes = [];
    while (at < tokens2.length && !"])".includes(tokens2[at])) {
      shapes.push(read2());
      if (tokens2[at] === ",") at++;
    }
    if (at++ >= tokens2.length) throw new Error("A bracket is not closed.");
    const [first = []] = shapes;
    if (shapes.some((one) => String(one) !== String(first))) throw new Error("The rows must be of the same length.");
    return [shapes.length, ...first];
  };
  const shape = read2();
  if (at < tokens2.length) throw new Error(tokens2[at] === "," ? "Put brackets around a list: [10, 10]." : "There is something after the end.");
  return { shape, values };
}
function sizesOf(text) {
  const bare = plain(text).replace(/^torch\.Size/, "");
  const words = bare.split(/[\s,x×()[\]]+/).filter(Boolean);
  if (!bare || !words.every((word2) => /^\d+$/.test(word2))) throw new Error("Type a shape such as (2, 3), or () for a single number.");
  return words.map(Number);
}
function numberOf(token = "") {
  if (token.toLowerCase() in SPECIAL) return SPECIAL[token.toLowerCase()];
  const [top, bottom, ...rest] = token.split("/");
  if (rest.length || ![top, bottom ?? "1"].every((part) => NUMBER.test(part))) {
    throw new Error(token && !"]),".includes(token) ? `${token} is no number.` : "A number is missing.");
  }
  return Number(top) / Number(bottom ?? 1);
}
function plain(text) {
  return text.trim().replaceAll("−", "-");
}
function tuple(shape) {
  return shape.length === 1 ? `(${shape[0]},)` : `(${shape.join(", ")})`;
}

// js/quiz/quiz.js
var HINTS = ["Hint: the rule", "Hint: with numbers", "Show the answer"];
var Quiz = class {
  isOn = false;
  /** @type {Asked[]} */
  all = [];
  /** @type {Asked | null} the question that is on show */
  #at = null;
  /** @type {Asked | null | undefined} the one that was on show before */
  #shown;
  #step = 0;
  #id = "";
  /** @param {Listener} on */
  constructor(on) {
    this.on = on;
    this.kept = new SessionValue("quiz");
    this.label = h("label", { class: "vg-question", for: "vg-answer" });
    this.input = h("input", {
      id: "vg-answer",
      class: "vg-answer",
      type: "text",
      autocomplete: "off",
      autocapitalize: "off",
      spellcheck: "false",
      "aria-describedby": "vg-verdict",
      onkeydown: (event) => this.#key(event)
    });
    this.check = h("button", { type: "button", class: "vg-small", onclick: () => this.#enter() }, "Check");
    this.hint = h("button", { type: "button", class: "vg-small", onclick: () => this.help() });
    this.row = h("div", { class: "vg-answers" }, this.input, this.check, this.hint);
    this.verdict = h("p", { class: "vg-verdict", id: "vg-verdict", "aria-live": "polite" });
    this.score = h("p", { class: "vg-score", "aria-live": "polite" });
    this.again = h("button", { type: "button", class: "vg-small", onclick: () => this.restart() }, "Try again");
    this.element = h(
      "div",
      { class: "vg-quiz", role: "group", "aria-label": "Predict", hidden: true },
      this.label,
      this.row,
      h("div", { class: "vg-told" }, this.verdict, this.score, this.again)
    );
  }
  /**
   * Takes over the questions of a scene of the payload `id`; what was answered in another is forgotten.
   *
   * @param {Scene} scene
   * @param {string} id
   */
  load(scene, id) {
    this.all = scene.steps.flatMap(({ asks = [] }, step) => asks.map((ask) => ({ ...ask, step, tries: 0, hints: 0, result: null })));
    this.#at = null;
    this.#step = 0;
    this.#id = `${id} ${scene.index}`;
    const kept = this.kept.read();
    if (kept?.id === this.#id && kept.answers?.length === this.all.length) {
      this.all.forEach((question, i) => Object.assign(question, kept.answers[i]));
      this.turn(true);
    }
  }
  /**
   * Begins or ends; the page around the player may have to hide what it knows.
   *
   * @param {boolean} isOn
   */
  turn(isOn) {
    this.isOn = isOn;
    document.documentElement.toggleAttribute("data-vg-predicting", isOn);
    this.#keep();
  }
  release() {
    document.documentElement.removeAttribute("data-vg-predicting");
  }
  /** A reload or a lost connection must not cost the score. */
  #keep() {
    const answers = this.all.map(({ tries, hints, result, says, isHint, typed }) => ({ tries, hints, result, says, isHint, typed }));
    this.kept.write(this.isOn ? { id: this.#id, answers } : null);
  }
  restart() {
    for (const question of this.all) Object.assign(question, { tries: 0, hints: 0, result: null, says: "" });
    this.#at = null;
    this.on.step(this.all[0].step);
    this.on.change();
    this.focus();
  }
  /**
   * How much of this step may be told: null for all of it, else how many hints the reader has asked for.
   *
   * @param {number} step
   */
  secret(step) {
    return this.isOn ? this.open(step)?.hints ?? null : null;
  }
  /**
   * The first question of a step that is not answered.
   *
   * @param {number} step
   */
  open(step) {
    return this.all.find((question) => question.step === step && !question.result);
  }
  /**
   * The reader goes from one step to another: what he leaves unanswered, and all between, is shown to him from then on.
   *
   * @param {number} from
   * @param {number} to
   */
  pass(from, to) {
    if (!this.isOn || from < 0) return;
    for (const question of this.all) {
      if (question.result || question.step < from || question.step >= to) continue;
      const answer = written(question);
      close(question, "skipped", `Skipped: you stepped past it. The answer is ${answer}.`, answer);
    }
  }
  get next() {
    const open = this.all.filter(({ result }) => !result);
    return open.find(({ step }) => step >= this.#step) ?? open[0];
  }
  /**
   * Shows the form for a step; `isEnd` says that there is no step after it.
   *
   * @param {number} step
   * @param {boolean} isEnd
   */
  show(step, isEnd) {
    this.#step = step;
    if (this.#at?.step !== step) this.#at = null;
    this.#at ??= this.open(step) ?? this.all.findLast((question) => question.step === step) ?? null;
    this.element.hidden = !this.isOn;
    if (!this.isOn) return;
    this.#keep();
    const at = this.#at;
    const isDone = !this.next;
    for (const part of [this.label, this.row, this.verdict]) part.hidden = !at;
    if (at) {
      this.label.textContent = at.text;
      if (this.#shown !== at) this.input.value = at.result ? at.typed ?? "" : "";
      this.input.readOnly = Boolean(at.result);
      this.input.placeholder = at.values ? "e.g. 10 or [10, 10]" : "e.g. (2, 3)";
      this.verdict.dataset.result = at.result ?? (at.isHint ? "hint" : at.says ? "wrong" : "");
      this.#say(this.verdict, at.says ?? "");
      this.check.textContent = at.result ? "Go on" : "Check";
      this.hint.hidden = Boolean(at.result);
      this.hint.textContent = HINTS[at.hints];
    }
    this.#shown = at;
    this.#say(this.score, isDone || isEnd && !this.open(step) ? `Score: ${this.#counted()}` : this.#progress());
    this.again.hidden = !isDone && !this.all.some(({ result }) => result === "skipped");
  }
  focus() {
    if (!this.isOn || !this.#at || matchMedia("(pointer: coarse)").matches) return;
    this.input.focus({ preventScroll: true });
    this.element.scrollIntoView({ block: "nearest" });
  }
  /** One hint more; after the last the answer stands there. */
  help() {
    const at = this.#at;
    if (!at || at.result) return;
    at.hints += 1;
    at.isHint = true;
    if (at.hints >= HINTS.length) close(at, "shown", `The answer is ${written(at)}.`, written(at));
    else at.says = at.hints === 1 ? "The rule stands below." : "The numbers stand below.";
    this.on.change();
  }
  #enter() {
    const at = this.#at;
    if (!at || at.result) return this.#onward();
    const { isRight, isCounted, says } = judged(this.input.value, at);
    if (isCounted) at.tries += 1;
    Object.assign(at, { says, isHint: false });
    if (isRight) close(at, "right", says, this.input.value);
    this.on.change();
    if (!isRight) this.input.select();
  }
  #onward() {
    const { next } = this;
    this.#at = next ?? null;
    if (next?.step === this.#step) this.on.change();
    else this.on.step(next?.step ?? Infinity);
    this.focus();
  }
  /** @param {KeyboardEvent} event */
  #key(event) {
    if (event.isComposing || event.ctrlKey || event.metaKey || event.altKey) return;
    const isEmpty = !this.input.value || this.input.readOnly;
    if (event.key === "Enter") this.#enter();
    else if (isEmpty && event.key === "h") this.help();
    else if (!this.on.key(event.key, isEmpty)) return;
    event.preventDefault();
    event.stopPropagation();
  }
  #progress() {
    if (!this.all.length) return "Nothing to predict in this scene.";
    const skipped = this.all.filter(({ result }) => result === "skipped").length;
    const answered = this.all.filter(({ result }) => result).length - skipped;
    const told2 = `${answered} of ${this.all.length} answered${skipped ? `, ${skipped} skipped` : ""}`;
    return this.open(this.#step) ? `${told2}. Stepping on skips it.` : told2;
  }
  /** The score: how many are right, and of each other kind how many there are. */
  #counted() {
    const { all } = this;
    const right = all.filter(({ result }) => result === "right");
    const alone = right.filter(({ hints, tries }) => !hints && tries === 1);
    const kinds = [
      [right.filter(({ hints }) => hints), "with a hint"],
      [right.filter(({ hints, tries }) => !hints && tries > 1), "at a later try"],
      [all.filter(({ result }) => result === "shown"), "shown"],
      [all.filter(({ result }) => result === "skipped"), "skipped"],
      [all.filter(({ result }) => !result), "not answered"]
    ];
    const others = kinds.filter(([some]) => some.length).map(([some, what]) => `${some.length} ${what}`);
    const told2 = `${right.length} of ${all.length} right, ${alone.length} at once and without a hint.`;
    return others.length ? `${told2} ${others.join(", ")}.` : told2;
  }
  /**
   * A live region speaks when its text is set: the same text is not said again.
   *
   * @param {HTMLElement} region
   * @param {string} text
   */
  #say(region, text) {
    if (region.textContent !== text) region.textContent = text;
  }
};
function close(question, result, says, typed) {
  Object.assign(question, { result, says, typed });
}
function written({ shape, values }) {
  if (!values) return `(${shape.join(", ")}${shape.length === 1 ? "," : ""})`;
  const number = (value) => typeof value === "number" ? String(Number(value.toPrecision(6))) : value;
  const nested = (sizes, from, to) => {
    if (!sizes.length) return number(values[from]);
    const length = (to - from) / sizes[0];
    return `[${Array.from({ length: sizes[0] }, (_, i) => nested(sizes.slice(1), from + i * length, from + (i + 1) * length)).join(", ")}]`;
  };
  return nested(shape, 0, values.length);
}

// js/steps/targets.js
function stopsOf(id, view, timeline) {
  const places = view.elements.flatMap((other, place) => other === id || isSameEdge(id, other) ? [place] : []);
  const stops = places.flatMap((place) => timeline.visits.get(place) ?? firstShown(view, place));
  return [...new Set(stops)].sort((a, b) => a - b);
}
function firstShown(view, place) {
  const step = view.changes.findIndex((changes, i) => i > 0 && shows(view, changes, place));
  return step < 0 ? [] : [step];
}
function shows({ looks, texts }, changes, place) {
  for (let i = 0; i < changes.length; i += 2) {
    if (changes[i] === place && !/\bis-ghost\b/.test(texts[looks[changes[i + 1]][0]])) return true;
  }
  return false;
}
function isSameEdge(id, other) {
  const [one, two] = [id, other].map((name) => /^([fg]):(\w+)-(\w+)-(\d+)$/.exec(name));
  if (!one || !two || one[1] === two[1]) return false;
  const [there, back] = one[1] === "f" ? [one, two] : [two, one];
  return there[3] === back[2] && there[4] === back[4] && (there[2] === back[3] || /^a/.test(back[3]));
}
function stopsOfLine(line, steps, timeline) {
  const isOn = ({ span }) => span !== null && span[0] <= line && line <= span[2];
  const made = new Set(steps.flatMap((step, i) => isOn(step) ? timeline.current[i] ?? [] : []));
  const isForward = ({ kind }) => kind === "create" || kind === "forward" || kind === "inplace";
  const lineMakes = steps.some((step) => isOn(step) && isForward(step));
  const isMade = (elements = []) => lineMakes && elements.some((element) => made.has(element));
  const about = steps.map((step, i) => i > 0 && (isOn(step) || !isForward(step) && isMade(timeline.current[i])));
  const isStart = (i) => about[i] && (!about[i - 1] || isForward(steps[i]) !== isForward(steps[i - 1]));
  return steps.map((_, i) => i).filter(isStart);
}
function otherLine(steps, current, isBack) {
  const isStart = (i) => i > 0 && lineOf(steps[i]) !== "" && lineOf(steps[i]) !== lineOf(steps[i - 1]);
  return neighbour(steps, current, isBack, isStart);
}
function otherOperation(steps, current, isBack) {
  return neighbour(steps, current, isBack, (i) => /^(forward|inplace|vjp|error)$/.test(steps[i].kind));
}
function neighbour(steps, current, isBack, isWanted) {
  const wanted = steps.map((_, i) => i).filter(isWanted);
  if (isBack) return wanted.findLast((i) => i < current) ?? 0;
  return wanted.find((i) => i > current) ?? steps.length - 1;
}
function lineOf({ span }) {
  return span ? `${span[0]}–${span[2]}` : "";
}
function nextOf(stops, current) {
  return stops[(stops.indexOf(current) + 1) % stops.length] ?? null;
}

// js/steps/stepping.js
var PACE = 1600;
var SPEEDS = [0.5, 1, 2, 4];
var Stepping = class {
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
    return this.#timer !== void 0;
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
    this.#timer = void 0;
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
};

// js/store/preferences.js
var Preferences = class {
  constructor() {
    this.kept = new SessionValue(`habits ${location.pathname}`);
  }
  /**
   * What was chosen last, if that is one of the `choices`; else undefined.
   *
   * @template T
   * @param {string} name
   * @param {readonly T[]} choices
   * @returns {T | undefined}
   */
  read(name, choices) {
    const value = this.kept.read()?.[name];
    return choices.includes(value) ? value : void 0;
  }
  /**
   * @param {string} name
   * @param {unknown} value
   */
  write(name, value) {
    this.kept.write({ ...this.kept.read(), [name]: value });
  }
};

// js/toolbar.js
var LISTED = 100;
var Toolbar = class {
  #isOpen = false;
  /** @param {Ask} on */
  constructor(on) {
    this.on = on;
    this.first = this.#button("First step", "first", "first", "Home");
    this.previous = this.#button("Previous step", "previous", "previous", "←");
    this.play = this.#button("Play", "play", "toggle", "Space");
    this.next = this.#button("Next step", "next", "next", "→");
    this.last = this.#button("Last step", "last", "end", "End");
    this.operation = this.#jump("Operation", "o");
    this.line = this.#jump("Line", "n");
    this.predict = h(
      "button",
      {
        type: "button",
        class: "vg-toggle",
        "aria-pressed": "false",
        title: "Predict each gradient, then see it (g)",
        onclick: () => on("predict")
      },
      icon("predict"),
      "Predict"
    );
    this.turn = this.#button("Turn the picture", "turn", "turn");
    this.help = this.#button("Keys", "help", "help", "?");
    this.help.setAttribute("aria-expanded", "false");
    this.more = iconButton("More", "more", () => this.open(!this.#isOpen), { class: "vg-button vg-more", "aria-expanded": "false" });
    this.slider = h("input", { type: "range", class: "vg-slider", min: 0, step: 1, "aria-label": "Step", oninput: () => on("slide", Number(this.slider.value)) });
    this.status = h("p", { class: "vg-status", role: "status", "aria-live": "polite" });
    this.speed = this.#select("Speed", (value) => on("speed", Number(value)), "Speed of playing (< >)");
    this.scene = this.#select("Scene", (value) => on("scene", Number(value)), "Scene ([ ])");
    this.numbered = this.#number((index) => on("scene", index));
    this.detail = this.#select("Detail", (value) => on("detail", value), "How much the picture shows");
    fill(this.speed.select, SPEEDS.map((speed) => ({ value: speed, text: `${speed}×`, selected: speed === 1 })));
    this.extras = this.#extras();
    this.element = h(
      "div",
      { class: "vg-toolbar", role: "group", "aria-label": "Steps", onkeydown: (event) => this.#key(event) },
      h("div", { class: "vg-group" }, this.first, this.previous, this.play, this.next, this.last),
      this.status,
      this.slider,
      this.extras,
      this.more
    );
    this.outside = (event) => {
      if (this.#isOpen && !event.composedPath().includes(this.element)) this.open(false);
    };
    document.addEventListener("pointerdown", this.outside);
  }
  /**
   * Where the reader is; `said` is for those who hear the page.
   *
   * @param {number} step
   * @param {number} last
   * @param {string} said
   */
  at(step, last, said) {
    for (const button of [this.first, this.previous]) dim(button, step === 0);
    for (const button of [this.next, this.last, this.line, this.operation]) dim(button, step === last);
    this.slider.max = String(last);
    this.slider.value = String(step);
    this.slider.setAttribute("aria-valuetext", `Step ${step} of ${last}`);
    this.slider.style.setProperty("--vg-share", String(last ? step / last : 0));
    const words = (text, name) => h("span", { class: name }, text);
    const count = h("b", {}, words("Step ", "vg-word"), String(step), words(" of ", "vg-of"), String(last));
    this.status.replaceChildren(count, h("span", { class: "vg-unseen" }, `. ${said}`));
  }
  /** @param {number} speed */
  pace(speed) {
    this.speed.select.value = String(speed);
  }
  /** @param {boolean} isPlaying */
  playing(isPlaying) {
    const name = isPlaying ? "Pause" : "Play";
    if (this.play.getAttribute("aria-label") === name) return;
    this.play.title = `${name} (Space)`;
    this.play.setAttribute("aria-label", name);
    this.play.replaceChildren(icon(name.toLowerCase()));
    this.status.setAttribute("aria-live", isPlaying ? "off" : "polite");
  }
  /**
   * The scenes to choose from, and which one is on show: in a list, or too many for one by their number.
   *
   * @param {Option[]} options
   * @param {number} chosen
   */
  scenes(options, chosen) {
    const held = options.length > LISTED ? options.filter(({ disabled }) => !disabled) : options;
    const isList = held.length <= LISTED;
    const [list, number] = [this.scene.label, this.numbered.element];
    const [shown, other] = isList ? [list, number] : [number, list];
    if (other.parentElement) other.replaceWith(shown);
    shown.hidden = held.length < 2;
    if (isList) {
      fill(this.scene.select, held);
      this.scene.select.value = String(chosen);
    } else this.numbered.show(chosen, options);
  }
  /**
   * @param {[Detail, string][]} options
   * @param {Detail | undefined} chosen
   */
  details(options, chosen) {
    fill(this.detail.select, options.map(([value, text]) => ({ value, text, selected: value === chosen })));
    this.detail.label.hidden = options.length < 2;
  }
  /**
   * @param {boolean} isOn
   * @param {boolean} isOffered
   */
  predicts(isOn, isOffered) {
    this.predict.setAttribute("aria-pressed", String(isOn));
    dim(this.predict, !isOffered);
  }
  /**
   * Where there is little room the extras stand behind a button.
   *
   * @param {boolean} isOpen
   */
  open(isOpen) {
    this.#isOpen = isOpen;
    this.element.classList.toggle("is-open", isOpen);
    this.more.setAttribute("aria-expanded", String(isOpen));
  }
  release() {
    document.removeEventListener("pointerdown", this.outside);
  }
  #extras() {
    const zoom = [this.#button("Zoom out", "minus", "zoomOut", "−"), this.#button("Zoom in", "plus", "zoomIn", "+")];
    const whole = this.#button("Show all", "fit", "fit", "f");
    const lecture = this.#button("Lecture", "screen", "present", "p");
    const chosen = (event) => {
      const target = (
        /** @type {Element} */
        event.target
      );
      if (target.closest("button") && !target.closest(".vg-stays")) this.open(false);
    };
    return h(
      "div",
      { class: "vg-extras", onclick: chosen },
      h("div", { class: "vg-group vg-stays" }, this.operation, this.line),
      ...[this.scene, this.speed, this.detail].map(({ label }) => label),
      this.predict,
      this.#button("Find a box", "find", "find", "/"),
      h("div", { class: "vg-group" }, h("span", { class: "vg-group vg-stays" }, ...zoom), whole, this.turn, lecture),
      this.help
    );
  }
  /**
   * A button for a command; its tooltip names its key.
   *
   * @param {string} name
   * @param {string} image
   * @param {Command} command
   */
  #button(name, image, command, key = "") {
    return iconButton(name, image, () => this.on(command), { title: key ? `${name} (${key})` : name });
  }
  /**
   * A button to the next operation or line; with Shift to the one before.
   *
   * @param {"Operation" | "Line"} what
   * @param {string} key
   */
  #jump(what, key) {
    const name = what.toLowerCase();
    const go = ({ shiftKey }) => this.on(`${shiftKey ? "previous" : "next"}${what}`);
    return iconButton(`Next ${name}`, name, go, { title: `Next ${name} (${key}); with Shift the one before` });
  }
  /**
   * @param {string} name
   * @param {(value: string) => void} onchange
   * @param {string} title
   */
  #select(name, onchange, title) {
    const select = h("select", { class: "vg-select", title, onchange: () => onchange(select.value) });
    const label = h("label", { class: "vg-choice" }, h("span", { class: "vg-choice-name" }, name), select);
    return { label, select };
  }
  /**
   * A scene that has to be fetched was asked for.
   *
   * @param {number} index
   */
  awaits(index) {
    this.scene.select.value = String(index);
    this.numbered.field.value = String(index + 1);
  }
  /**
   * A field for the number of one of many.
   *
   * @param {(index: number) => void} choose
   */
  #number(choose) {
    const field = h("input", { type: "number", class: "vg-select vg-numbered", min: 1, step: 1, inputmode: "numeric" });
    const all = h("span", { class: "vg-all", "aria-hidden": "true" });
    const element = h("label", { class: "vg-choice" }, h("span", { class: "vg-choice-name" }, "Scene"), field, all);
    let chosen = 0;
    let known = [];
    const show = (index, options) => {
      [chosen, known] = [index, options];
      field.value = String(index + 1);
      field.max = String(options.length);
      field.title = `${options[index].text} ([ ])`;
      all.textContent = `of ${options.length.toLocaleString("en")}`;
    };
    field.addEventListener("change", () => {
      const wanted = field.value === "" ? chosen : Math.round(Number(field.value)) - 1;
      const index = nearest(known, wanted);
      field.value = String(index + 1);
      if (index !== chosen) choose(index);
    });
    return { element, field, show };
  }
  /** @param {KeyboardEvent} event */
  #key(event) {
    if (event.key !== "Escape" || !this.#isOpen) return;
    event.stopPropagation();
    this.open(false);
    this.more.focus();
  }
};
function nearest(options, wanted) {
  const places = options.flatMap(({ disabled }, place) => disabled ? [] : [place]);
  return places.reduce((best, place) => Math.abs(place - wanted) < Math.abs(best - wanted) ? place : best);
}
function fill(select, options) {
  select.replaceChildren(...options.map(({ value, text, ...more }) => h("option", { value, ...more }, text)));
}
function dim(button, isIdle) {
  button.setAttribute("aria-disabled", String(isIdle));
}

// js/player.js
var WAYS_ON = { ArrowLeft: "previous", ArrowRight: "next", Home: "first", End: "end" };
function mount(root, payload, options = {}) {
  return new Player(root, payload, options);
}
var Player = class {
  /** @type {Options} */
  options = {};
  /** @type {Payload} */
  payload;
  /** @type {Scene} */
  scene;
  /** @type {Commands} */
  commands;
  /** @type {number | undefined} the scene that was asked for and is on its way */
  #awaited;
  #isInvited = false;
  /**
   * @param {Element} root
   * @param {Payload} payload
   * @param {Options} options
   */
  constructor(root, payload, options) {
    this.element = h("div", { class: "vg-player", tabindex: "-1", onkeydown: guard });
    this.preferences = new Preferences();
    this.toolbar = new Toolbar((command, ...what) => (
      /** @type {(...what: any[]) => void} */
      this.commands[command](...what)
    ));
    this.view = new SceneView({
      preferences: this.preferences,
      onpick: (id) => this.#picked(id),
      onturnable: (isTurnable) => this.toolbar.turn.hidden = !isTurnable
    });
    const { picture, legend } = this.view;
    this.stepping = new Stepping({
      moved: (from, to) => this.#moved(from, to),
      isHeld: () => this.quiz.secret(this.step) !== null,
      playing: (isPlaying) => this.toolbar.playing(isPlaying)
    });
    this.stepping.speed = this.preferences.read("speed", SPEEDS) ?? 1;
    this.toolbar.pace(this.stepping.speed);
    this.quiz = new Quiz({
      change: () => this.#tell(),
      step: (step) => this.go(step),
      key: (key, isEmpty) => this.#quizKey(key, isEmpty)
    });
    this.search = new Search({
      boxes: () => picture.boxes(),
      choose: (place) => this.#found(place),
      close: () => this.element.focus({ preventScroll: true })
    });
    this.help = new Help(this.toolbar.help);
    this.explanation = new Explanation(this.quiz.element);
    this.console = new Console();
    this.program = new Program({
      isRunnable: () => Boolean(this.options.onRun),
      run: (text, count) => this.options.onRun?.(text, count),
      draft: (text, count) => this.options.onDraft?.(text, count),
      line: (number) => this.stepping.walk(nextOf(stopsOfLine(number, this.scene.steps, this.view.timeline), this.step)),
      changed: () => {
        this.element.classList.toggle("is-running", this.program.isRunning);
        this.element.classList.toggle("is-edited", this.program.isEdited);
      }
    });
    this.errors = new ErrorPanel((line) => this.program.editor.focusLine(line));
    this.element.append(
      h(
        "div",
        { class: "vg-inside" },
        this.toolbar.element,
        h("div", { class: "vg-frame" }, picture.element, this.search.element),
        legend.element,
        this.errors.element,
        h("div", { class: "vg-below" }, this.program.element, this.explanation.element, this.console.element),
        this.help.element
      )
    );
    this.presentation = new Presentation(this.element, picture, {
      changed: (isOn) => {
        this.help.open(false);
        this.explanation.fit(isOn);
        this.options.onPresent?.(isOn);
      }
    });
    this.commands = commandsOf(this);
    root.append(this.element);
    this.update(payload, options);
    listen(this);
  }
  /**
   * Takes over a new payload or new options; the same ones change nothing.
   *
   * @param {Payload} payload
   * @param {Options} options
   */
  update(payload, options = {}) {
    const before = this.options;
    this.options = { ...before, ...options };
    const { editable = false, source, sourceRev, home, stepRev, step, runs, dark, isEmbedded, isAlone } = this.options;
    const isDark2 = dark ?? this.options.isDark;
    if (isDark2 == null) delete this.element.dataset.theme;
    else this.element.dataset.theme = isDark2 ? "dark" : "light";
    this.element.classList.toggle("is-editable", editable);
    this.element.classList.toggle("is-filling", Boolean(isAlone || isEmbedded));
    this.presentation.cover(isEmbedded);
    const [isFirst, isNew] = [!this.payload, payload.id !== this.payload?.id];
    const isOther = isFirst || sourceRev !== before.sourceRev;
    this.program.show({
      payload: isNew ? payload : null,
      text: isOther ? source ?? payload.source : null,
      home: home ?? void 0,
      rev: sourceRev,
      isFirst,
      isEditable: editable
    });
    if (isNew) this.#load(payload);
    if (stepRev !== void 0 && stepRev !== before.stepRev && step != null) this.go(step);
    this.program.answer(runs);
    this.program.note();
  }
  destroy() {
    this.pause();
    this.presentation.release();
    this.quiz.release();
    this.toolbar.release();
    this.program.release();
    this.view.picture.release();
    unlisten(this);
    this.element.remove();
  }
  // -- where the reader is
  /** The number of the step that is shown. */
  get step() {
    return this.stepping.step;
  }
  /** @param {number} step */
  go(step) {
    this.stepping.go(step);
  }
  pause() {
    if (this.stepping.isPlaying) this.stepping.pause();
  }
  /**
   * @param {number} from
   * @param {number} to
   */
  #moved(from, to) {
    this.quiz.pass(from, to);
    this.view.move(from, to);
    this.#isInvited &&= from === -1;
    Object.assign(this.element.dataset, { step: String(to), kind: this.stepping.now.kind });
    this.program.editor.mark(this.stepping.now.span);
    this.#tell();
    if (this.quiz.open(to)) this.#invite();
    this.view.follow(to);
    this.options.onStep?.(to, this.scene.index);
  }
  /** Tells the step in words, or asks for its result and hides it. */
  #tell() {
    const { scene, quiz } = this;
    const { step, last, now } = this.stepping;
    quiz.show(step, step === last);
    const secret = quiz.secret(step);
    const isSecret = secret !== null;
    this.toolbar.at(step, last, isSecret ? `Predict: ${quiz.open(step)?.text}` : now.sentence);
    this.explanation.show(now, scene.words, this.#invitation(), secret);
    this.console.show(this.payload.stdout, isSecret ? scene.steps[step - 1].printed : now.printed);
    this.element.classList.toggle("is-secret", isSecret);
    if (isSecret) this.view.veil(step, now.kind);
    else this.view.unveil();
  }
  #invitation() {
    const { step, last } = this.stepping;
    if (!this.#isInvited || !last || step !== last) return "";
    return matchMedia("(pointer: coarse)").matches ? "Everything is drawn. Step back through it with the arrow buttons." : "Everything is drawn. Press ← to step back through it, or Home to start from the empty stage.";
  }
  // -- predicting
  /** Asks for each gradient before it is shown, or stops asking. */
  predict() {
    const { quiz } = this;
    if (!quiz.all.length) return;
    this.pause();
    quiz.turn(!quiz.isOn);
    this.toolbar.predicts(quiz.isOn, true);
    this.#isInvited = false;
    const first = quiz.all.find(({ result }) => !result);
    if (quiz.isOn && first && this.step === this.stepping.last) this.go(first.step);
    this.#tell();
    this.#invite();
  }
  /** The keyboard goes to the answer, unless the reader is at work elsewhere on the page. */
  #invite() {
    const focused = focusedNear(this.element);
    const isBusy = focused && focused !== document.body && (!this.element.contains(focused) || focused === this.toolbar.slider || focused.closest(".vg-code"));
    if (!isBusy && !this.stepping.isPlaying) this.quiz.focus();
  }
  /**
   * A key in the field for an answer; whether it meant something.
   *
   * @param {string} key
   * @param {boolean} isEmpty
   */
  #quizKey(key, isEmpty) {
    const meaning = WAYS_ON[key];
    if (key === "Escape") (this.presentation.isOn ? this.element : this.toolbar.predict).focus();
    else if (meaning && isEmpty) this.commands[meaning]();
    else return false;
    return true;
  }
  // -- what is clicked
  /**
   * To where a box or an arrow was made, again to where its gradient came.
   *
   * @param {string} id
   */
  visit(id) {
    this.stepping.walk(nextOf(stopsOf(id, this.view.shown, this.view.timeline), this.step));
  }
  /**
   * The same for a tensor, from a table; whether its box is in the scene.
   *
   * @param {number | string} tensor
   */
  visitTensor(tensor) {
    const id = `t${tensor}`;
    if (!this.view.shown.elements.includes(id)) return false;
    this.visit(id);
    return true;
  }
  /** @param {string} id */
  #picked(id) {
    this.visit(id);
    const tensor = /^t(\d+)/.exec(id);
    if (tensor) this.options.onPick?.(Number(tensor[1]));
  }
  /** @param {number} place */
  #found(place) {
    this.visit(this.view.shown.elements[place]);
    this.view.picture.follow([place]);
  }
  // -- a new payload, another scene
  /** @param {Payload} payload */
  #load(payload) {
    this.pause();
    const isSame = this.payload?.source === payload.source && this.payload.engine === payload.engine && this.payload.detail !== payload.detail;
    const place = isSame ? { scene: this.scene.index, step: this.step } : null;
    this.payload = payload;
    this.#isInvited = !payload.error;
    this.errors.show(payload.error);
    this.element.classList.toggle("is-faulty", Boolean(payload.error));
    if (isSame) this.view.detail = payload.detail;
    const there = place && payload.scenes[place.scene]?.steps ? place : payload;
    this.#loadScene(there.scene, there.step, place !== null);
    this.#askAgain();
  }
  /**
   * @param {number} index
   * @param {number | null} [step] null for the last
   * @param {boolean} [isSame] whether it is the scene that was on show
   */
  #loadScene(index, step, isSame = false) {
    const { payload, options, view } = this;
    const scene = payload.scenes[index];
    if (!scene.steps) return;
    this.#awaited = void 0;
    this.scene = scene;
    this.stepping.load(this.scene.steps);
    view.load(this.scene, payload.detail);
    this.toolbar.scenes(payload.scenes.map(({ title, steps }, i) => ({ value: i, text: title, disabled: !steps && !options.onScene })), index);
    this.toolbar.details(view.details(Boolean(options.onDetail)), view.detail);
    if (!isSame) this.quiz.load(this.scene, payload.id);
    this.toolbar.predicts(this.quiz.isOn, this.quiz.all.length > 0);
    this.go(step ?? this.stepping.last);
  }
  /**
   * The next scene, or the one before (-1), also of one that is on its way; a file passes over those that it does not hold.
   *
   * @param {number} by
   */
  chooseBeside(by) {
    const { scenes } = this.payload;
    let index = (this.#awaited ?? this.scene.index) + by;
    while (scenes[index] && !scenes[index].steps && !this.options.onScene) index += by;
    this.choose(index);
  }
  /** @param {number} index */
  choose(index) {
    const chosen = this.payload.scenes[index];
    if (!chosen || index === (this.#awaited ?? this.scene.index)) return;
    this.pause();
    if (chosen.steps) return this.#loadScene(index);
    if (!this.options.onScene) return;
    this.#awaited = index;
    this.toolbar.awaits(index);
    this.options.onScene(index);
  }
  /** A page that was loaded again knows nothing of the detail that the reader had chosen: it is asked for once more. */
  #askAgain() {
    const wanted = this.preferences.read("detail", DETAILS.map(([detail]) => detail));
    const isMissing = wanted && wanted !== this.view.detail && this.scene.svg && !this.view.at(wanted);
    if (isMissing) setTimeout(() => this.options.onDetail?.(wanted));
  }
  /** @param {Detail} detail */
  chooseDetail(detail) {
    this.preferences.write("detail", detail);
    if (!this.view.at(detail)) return this.options.onDetail?.(detail);
    this.view.choose(detail, this.step);
    this.#tell();
  }
  turn() {
    this.view.turn(this.step);
    this.#tell();
  }
};

// js/component.js
var mounted = /* @__PURE__ */ new WeakMap();
function component_default({ data, parentElement, setStateValue, setTriggerValue }) {
  const before = mounted.get(parentElement);
  const [wishes, payload] = read(data, parentElement);
  const address = before ? before.address : wishes.followsAddress ? new Address("search") : null;
  const tellStep = (step, scene) => late(parentElement, () => setStateValue("step", { step, scene }));
  const isOpen = () => mounted.has(parentElement);
  const host = (
    /** @type {HTMLElement} */
    parentElement.querySelector(".vg-host")
  );
  const options = {
    ...wishes,
    isEmbedded: address?.asked.isEmbedded,
    isAlone: wishes.isAlone || address?.asked.isEmbedded,
    isDark: isDark(host),
    onRun: (text, runs) => setStateValue("program", { text, runs, rev: wishes.sourceRev }),
    onDraft: (text, runs) => setStateValue("draft", { text, runs, rev: wishes.sourceRev }),
    onPick: wishes.tellsPicks ? (tensor) => setTriggerValue("picked", tensor) : void 0,
    onDetail: wishes.tellsDetails ? (detail) => setTriggerValue("detail", detail) : void 0,
    onScene: (scene) => setTriggerValue("scene", scene),
    onZoom: (zoom) => setStateValue("zoom", zoom),
    onDrop: (file) => setTriggerValue("dropped", file),
    // The address follows the reader in the browser: no message, no rerun.
    onStep: (step, scene) => {
      if (isOpen()) address?.at(step, scene, payload);
      document.documentElement.dataset.vizgradLine = String(payload.scenes[scene]?.steps?.[step]?.span?.[0] ?? "");
      mounted.get(parentElement)?.links.mark();
      if (wishes.tellsSteps) tellStep(step, scene);
      if (wishes.tellsScenes) tellScene(parentElement, payload, scene, (shown) => setStateValue("shown", shown));
    },
    onPresent: (isPresented) => isOpen() && address?.presents(isPresented)
  };
  if (before) goOn(before, payload, options);
  else mounted.set(parentElement, begin(host, address, payload, options, wishes));
  if (wishes.address) address?.keep(wishes.address);
  return () => {
    const end = mounted.get(parentElement);
    for (const one of end?.others ?? []) one.release();
    end?.player.destroy();
    address?.release();
    mounted.delete(parentElement);
  };
}
function begin(host, address, payload, options, wishes) {
  const player = mount(host, address?.opened(payload) ?? payload, options);
  if (address?.asked.isPresented) player.presentation.show(false);
  const links = new PageLinks(player);
  const others = [links];
  if (address) others.push(sharing(player));
  if (wishes.tellsDrops) others.push(new FileDrop(player.element, (file) => player.options.onDrop?.(file)));
  if (wishes.tellsZoom) others.push(new Zoom((zoom) => player.options.onZoom?.(zoom)));
  return { player, address, links, others };
}
function goOn({ player, address }, payload, options) {
  const isReturn = address && (player.program.isRecalled(payload) || address.isAwaited(payload));
  player.update(isReturn ? address.opened(payload) : payload, options);
  if (isReturn && address.awaits(payload)) player.choose(address.scene);
}
var received = /* @__PURE__ */ new WeakMap();
function read(data, owner) {
  const end = data.indexOf(10);
  const json = (bytes) => JSON.parse(new TextDecoder().decode(bytes));
  const wishes = json(data.subarray(0, end));
  let payload = received.get(owner);
  if (payload?.id !== wishes.payload) payload = json(data.subarray(end + 1));
  received.set(
    owner,
    /** @type {Payload} */
    payload
  );
  return [
    wishes,
    /** @type {Payload} */
    payload
  ];
}
function sharing(player) {
  const share = new Share(() => {
    const { options, payload, program, scene, stepping } = player;
    const { text, isDirty: isEdited } = program.editor;
    const number = payload.scenes.length > 1 ? scene.index + 1 : null;
    const place = isEdited ? null : { scene: number, step: stepping.step };
    return { fields: options.link ?? {}, home: options.home, text, isEdited, place, last: stepping.last };
  });
  player.element.append(share.element);
  return share;
}
var told = /* @__PURE__ */ new WeakMap();
function tellScene(owner, { id, scene: first }, scene, tell) {
  const before = told.get(owner);
  if (scene === (before?.id === id ? before.scene : first)) return;
  const now = { id, scene };
  told.set(owner, now);
  setTimeout(() => told.get(owner) === now && tell(now));
}
var timers = /* @__PURE__ */ new WeakMap();
function late(owner, tell) {
  clearTimeout(timers.get(owner));
  timers.set(owner, setTimeout(tell, 250));
}
export {
  component_default as default
};
