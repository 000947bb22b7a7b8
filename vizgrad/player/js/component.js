// The player as a Streamlit component. Streamlit calls the export again whenever its data or the theme changes, without
// the cleanup of the call before: the second call finds the player that the first one made. The functions that send
// something to Python may be new at each call: they are options like the others.

/** @import { Fields, Options, Payload } from "./types.js" */
/** @import { Player } from "./player.js" */

import { Address } from "./address.js";
import { FileDrop } from "./host/file_drop.js";
import { PageLinks } from "./host/page_links.js";
import { Share } from "./host/share.js";
import { isDark } from "./host/theme.js";
import { Zoom } from "./host/zoom.js";
import { mount } from "./player.js";

/**
 * @typedef {object} Call What Streamlit calls a component with.
 * @property {Uint8Array} data
 * @property {HTMLElement} parentElement
 * @property {(name: string, value: unknown) => void} setStateValue
 * @property {(name: string, value: unknown) => void} setTriggerValue
 */

/**
 * @typedef {object} Wishes What Python says besides the options; component.py tells what they mean.
 * @property {string} payload the id of the payload
 * @property {boolean} followsAddress
 * @property {Fields | null} address
 * @property {boolean} tellsSteps
 * @property {boolean} tellsPicks
 * @property {boolean} tellsScenes
 * @property {boolean} tellsZoom
 * @property {boolean} tellsDetails
 * @property {boolean} tellsDrops
 */

/**
 * @typedef {object} Mounted What stands in one place of the page.
 * @property {Player} player
 * @property {Address | null} address
 * @property {{ release: () => void }[]} others what listens to the page beside the player
 * @property {PageLinks} links
 */

/** @type {WeakMap<HTMLElement, Mounted>} */
const mounted = new WeakMap();

/** @param {Call} call */
export default function ({ data, parentElement, setStateValue, setTriggerValue }) {
  const before = mounted.get(parentElement);
  const [wishes, payload] = read(data, parentElement);
  const address = before ? before.address : wishes.followsAddress ? new Address("search") : null;
  /** @type {(step: number, scene: number) => void} */
  const tellStep = (step, scene) => late(parentElement, () => setStateValue("step", { step, scene }));
  const isOpen = () => mounted.has(parentElement);
  const host = /** @type {HTMLElement} */ (parentElement.querySelector(".vg-host"));
  /** @type {Options} */
  const options = {
    ...wishes,
    isEmbedded: address?.asked.isEmbedded,
    isAlone: wishes.isAlone || address?.asked.isEmbedded,
    isDark: isDark(host),
    onRun: (text, runs) => setStateValue("program", { text, runs, rev: wishes.sourceRev }),
    onDraft: (text, runs) => setStateValue("draft", { text, runs, rev: wishes.sourceRev }),
    onPick: wishes.tellsPicks ? (tensor) => setTriggerValue("picked", tensor) : undefined,
    onDetail: wishes.tellsDetails ? (detail) => setTriggerValue("detail", detail) : undefined,
    onScene: (scene) => setTriggerValue("scene", scene),
    onZoom: (zoom) => setStateValue("zoom", zoom),
    onDrop: (file) => setTriggerValue("dropped", file),
    // The address follows the reader in the browser: no message, no rerun.
    onStep: (step, scene) => {
      if (isOpen()) address?.at(step, scene, payload);
      // What else on the page shows the program can mark the line, by style alone.
      document.documentElement.dataset.vizgradLine = String(payload.scenes[scene]?.steps?.[step]?.span?.[0] ?? "");
      mounted.get(parentElement)?.links.mark();
      if (wishes.tellsSteps) tellStep(step, scene);
      if (wishes.tellsScenes) tellScene(parentElement, payload, scene, (shown) => setStateValue("shown", shown));
    },
    onPresent: (isPresented) => isOpen() && address?.presents(isPresented),
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

/**
 * @param {HTMLElement} host
 * @param {Address | null} address
 * @param {Payload} payload
 * @param {Options} options
 * @param {Wishes} wishes
 * @returns {Mounted}
 */
function begin(host, address, payload, options, wishes) {
  const player = mount(host, address?.opened(payload) ?? payload, options);
  if (address?.asked.isPresented) player.presentation.show(false);
  const links = new PageLinks(player);
  /** @type {{ release: () => void }[]} */
  const others = [links];
  if (address) others.push(sharing(player));
  if (wishes.tellsDrops) others.push(new FileDrop(player.element, (file) => player.options.onDrop?.(file)));
  if (wishes.tellsZoom) others.push(new Zoom((zoom) => player.options.onZoom?.(zoom)));
  return { player, address, links, others };
}

/**
 * @param {Mounted} before
 * @param {Payload} payload
 * @param {Options} options
 */
function goOn({ player, address }, payload, options) {
  const isReturn = address && (player.program.isRecalled(payload) || address.isAwaited(payload));
  player.update(isReturn ? address.opened(payload) : payload, options);
  if (isReturn && address.awaits(payload)) player.choose(address.scene);
}

/** @type {WeakMap<HTMLElement, Payload>} */
const received = new WeakMap();

/**
 * The options, which stand in the first line of what Python sends, and the payload after it; the same is read once.
 *
 * @param {Uint8Array} data
 * @param {HTMLElement} owner
 * @returns {[Wishes & Options, Payload]}
 */
function read(data, owner) {
  const end = data.indexOf(10); // a line break
  const json = (/** @type {Uint8Array} */ bytes) => JSON.parse(new TextDecoder().decode(bytes));
  const wishes = json(data.subarray(0, end));
  let payload = received.get(owner);
  if (payload?.id !== wishes.payload) payload = json(data.subarray(end + 1));
  received.set(owner, /** @type {Payload} */ (payload));
  return [wishes, /** @type {Payload} */ (payload)];
}

/**
 * What a link says of the player as it is when the link is asked for.
 *
 * @param {Player} player
 */
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

/** @type {WeakMap<HTMLElement, { id: string, scene: number }>} */
const told = new WeakMap();

/**
 * Tells which scene is on show when that changes, and at no other step.
 *
 * @param {HTMLElement} owner
 * @param {Payload} payload
 * @param {number} scene
 * @param {(shown: { id: string, scene: number }) => void} tell
 */
function tellScene(owner, { id, scene: first }, scene, tell) {
  const before = told.get(owner);
  if (scene === (before?.id === id ? before.scene : first)) return;
  const now = { id, scene };
  told.set(owner, now);
  setTimeout(() => told.get(owner) === now && tell(now)); // the player may still be on its way to another
}

/** @type {WeakMap<HTMLElement, number>} */
const timers = new WeakMap();

/**
 * Calls `tell` when the reader has rested for a moment.
 *
 * @param {HTMLElement} owner
 * @param {() => void} tell
 */
function late(owner, tell) {
  clearTimeout(timers.get(owner));
  timers.set(owner, setTimeout(tell, 250));
}
