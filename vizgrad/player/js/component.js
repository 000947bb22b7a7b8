// The player as a Streamlit component. Streamlit calls the export again whenever its data or the theme changes, without
// the cleanup of the call before: the second call finds the player that the first one made. The functions that send
// something to Python may be new at each call: they are options like the others.

import { Address } from "./address.js";
import { FileDrop } from "./host/file_drop.js";
import { PageLinks } from "./host/page_links.js";
import { Share } from "./host/share.js";
import { mount } from "./player.js";

const mounted = new WeakMap();

export default function ({ data, parentElement, setStateValue, setTriggerValue }) {
  const before = mounted.get(parentElement);
  const { payload, ...rest } = read(data, parentElement);
  const address = before ? before.address : rest.followsAddress ? new Address("search") : null;
  const tell = rest.tellsSteps ? late((step, scene) => setStateValue("step", { step, scene }), parentElement) : undefined;
  const isOpen = () => mounted.has(parentElement);
  const options = {
    ...rest,
    isEmbedded: address?.asked.isEmbedded,
    isAlone: rest.isAlone || address?.asked.isEmbedded,
    isDark: isDark(parentElement.querySelector(".vg-host")),
    onRun: (text, runs) => setStateValue("program", { text, runs, rev: rest.sourceRev }),
    onDraft: (text, runs) => setStateValue("draft", { text, runs, rev: rest.sourceRev }),
    onPick: rest.tellsPicks ? (tensor) => setTriggerValue("picked", tensor) : undefined,
    onDetail: rest.tellsDetails ? (detail) => setTriggerValue("detail", detail) : undefined,
    onScene: (scene) => setTriggerValue("scene", scene),
    onZoom: (zoom) => setStateValue("zoom", zoom),
    onDrop: (file) => setTriggerValue("dropped", file),
    // The address follows the reader in the browser: no message, no rerun.
    onStep: (step, scene) => {
      if (isOpen()) address?.at(step, scene, payload);
      // What else on the page shows the program can mark the line, by style alone.
      document.documentElement.dataset.vizgradLine = payload.scenes[scene]?.steps?.[step]?.span?.[0] ?? "";
      mounted.get(parentElement)?.links.mark();
      tell?.(step, scene);
      if (rest.tellsScenes) tellScene(parentElement, payload, scene, (shown) => setStateValue("shown", shown));
    },
    onPresent: (isPresented) => isOpen() && address?.presents(isPresented),
  };
  let player = before?.player;
  if (player) {
    const isReturn = address && (player.program.isRecalled(payload) || address.isAwaited(payload));
    player.update(isReturn ? address.opened(payload) : payload, options);
    if (isReturn && address.awaits(payload)) player.choose(address.asked.scene - 1);
  } else {
    player = mount(parentElement.querySelector(".vg-host"), address?.opened(payload) ?? payload, options);
    if (address?.asked.isPresented) player.presentation.show(false);
    mounted.set(parentElement, { player, address, links: new PageLinks(player), share: address && sharing(player), fileDrop: rest.tellsDrops ? new FileDrop(player.element, (file) => player.options.onDrop(file)) : null, zoom: rest.tellsZoom ? new Zoom((zoom) => player.options.onZoom(zoom)) : null });
  }
  if (rest.address) address?.keep(rest.address);
  return () => {
    mounted.get(parentElement)?.links.release();
    mounted.get(parentElement)?.share?.release();
    mounted.get(parentElement)?.fileDrop?.release();
    mounted.get(parentElement)?.zoom?.release();
    player.destroy();
    address?.release();
    mounted.delete(parentElement);
  };
}

const received = new WeakMap();

/** The options, which stand in the first line of what Python sends, and the payload after it; the same is read once. */
function read(data, owner) {
  const end = data.indexOf(10); // a line break
  const json = (bytes) => JSON.parse(new TextDecoder().decode(bytes));
  const options = json(data.subarray(0, end));
  if (received.get(owner)?.id !== options.payload) received.set(owner, json(data.subarray(end + 1)));
  return { ...options, payload: received.get(owner) };
}

/** What a link says of the player as it is when the link is asked for. */
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

/** Tells how large the page's text is, 1 on a desk and more on a wall, whenever that changes. */
class Zoom {
  constructor(tell) {
    this.told = 1;
    this.look = () => {
      const now = Math.round(parseFloat(getComputedStyle(document.documentElement).fontSize) / 0.8) / 20;
      if (now !== this.told) tell((this.told = now));
    };
    this.resized = () => {
      clearTimeout(this.timer);
      this.timer = setTimeout(this.look, 250); // once, when the window has its size
    };
    addEventListener("resize", this.resized);
    setTimeout(this.look); // when Streamlit waits for what a component says
  }

  release() {
    clearTimeout(this.timer);
    removeEventListener("resize", this.resized);
  }
}

/** Whether the page's theme is dark, by the lightness of its background. */
function isDark(host) {
  const probe = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
  probe.fillStyle = getComputedStyle(host).getPropertyValue("--st-background-color").trim() || "#ffffff";
  probe.fillRect(0, 0, 1, 1);
  const [red, green, blue] = probe.getImageData(0, 0, 1, 1).data;
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue < 128;
}

const told = new WeakMap();

/** Tells which scene is on show when that changes, and at no other step. */
function tellScene(owner, { id, scene: first }, scene, tell) {
  const before = told.get(owner);
  if (scene === (before?.id === id ? before.scene : first)) return;
  const now = { id, scene };
  told.set(owner, now);
  setTimeout(() => told.get(owner) === now && tell(now)); // the player may still be on its way to another
}

const timers = new WeakMap();

/** Calls `tell` when the reader has rested for a moment. */
function late(tell, owner) {
  return (...what) => {
    clearTimeout(timers.get(owner));
    timers.set(owner, setTimeout(() => tell(...what), 250));
  };
}
