// The keyboard: which key means what, and which keys belong to what has the focus.

/** @import { Command } from "./commands.js" */
/** @import { Player } from "./player.js" */

/**
 * What a key does to a player; each is one of its commands.
 *
 * @type {Record<string, Command>}
 */
const MEANING = {
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
  "/": "find",
};

/**
 * What more they do in a lecture, where remote controls send them.
 *
 * @type {Record<string, Command>}
 */
const PRESENTING = { PageDown: "next", PageUp: "previous", Escape: "leave", l: "spotlight" };

const TYPING = "input:not([type=range]):not([type=checkbox]):not([type=radio]):not([type=button]), textarea:not([readonly]), select, [contenteditable]:not([contenteditable=false])";
const OWN_ARROWS =
  "[role=slider], input[type=range], input[type=radio], [role=radio], [role=radiogroup], [role=tab], [role=tablist], [role=grid], " +
  "[role=listbox], [role=option], [role=menu], [role=menuitem], [role=combobox], [role=spinbutton], [role=tree], [role=application], " +
  "[role=dialog]:not(.vg-help), dialog, canvas, video, audio, .vg-code:has(textarea:not([readonly]))";
const OWN_SPACE = "button, summary, a[href], [role=button], [role=checkbox], [role=switch], input";

/** @type {Set<Player>} */
const players = new Set();

/**
 * From now on the page's keys step this player: the one that has the focus, or the first that can be seen.
 *
 * @param {Player} player
 */
export function listen(player) {
  if (!players.size) document.addEventListener("keydown", pressed);
  players.add(player);
}

/** @param {Player} player */
export function unlisten(player) {
  players.delete(player);
  if (!players.size) document.removeEventListener("keydown", pressed);
}

/** @param {KeyboardEvent} event */
function pressed(event) {
  if (event.defaultPrevented || event.ctrlKey || event.altKey || event.metaKey || event.isComposing) return;
  const path = event.composedPath().filter((target) => target instanceof Element);
  const player = [...players].find((one) => one.presentation.isOn) ?? [...players].find((one) => path.includes(one.element)) ?? [...players].find(isSeen);
  if (!player) return;
  // Letters and signs are for a player that has the focus, or has nothing beside it; where nothing has the focus, too.
  const isMeant = path.includes(player.element) || player.presentation.isOn || player.options.isAlone || event.target === document.body;
  const meaning = MEANING[event.key] ?? (player.presentation.isOn ? PRESENTING[event.key] : null);
  if (!meaning || (!isMeant && event.key.length === 1 && event.key !== " ")) return;
  if (path.some((element) => owns(element, event.key)) || document.querySelector("dialog[open], [role=dialog][aria-modal=true]")) return;
  if (event.shiftKey && event.key.length > 1 && path.some((element) => element.matches("textarea"))) return; // it selects
  event.preventDefault();
  player.commands[meaning]();
}

/**
 * Whether a key belongs to an element that has the focus, or that is around it.
 *
 * @param {Element} element
 * @param {string} key
 */
function owns(element, key) {
  if (element.matches(TYPING)) return true;
  if (key === " ") return element.matches(OWN_SPACE);
  return key.length > 1 && element.matches(OWN_ARROWS);
}

/** @param {Player} player */
function isSeen(player) {
  const box = player.view.picture.element.getBoundingClientRect();
  return box.width > 0 && box.bottom > 0 && box.top < innerHeight;
}

/**
 * Keeps plain r and c from the page around the player: Streamlit reruns, or offers to clear its caches.
 *
 * @param {KeyboardEvent} event
 */
export function guard(event) {
  if (!event.ctrlKey && !event.metaKey && !event.altKey && /^[rc]$/i.test(event.key)) event.stopPropagation();
}

/**
 * What is listed: groups of keys with what they do.
 *
 * @type {[title: string, keys: string[][]][]}
 */
export const HELP = [
  ["Steps", [
    ["→  ←", "next and previous step"],
    ["Home  End", "first and last step"],
    ["o  Shift+o", "next and previous operation"],
    ["n  Shift+n", "next and previous line of code"],
    ["[  ]", "previous and next scene"],
    ["Space", "play and pause"],
    ["<  >", "play slower, faster"],
  ]],
  ["Picture", [
    ["+  −", "zoom in, zoom out"],
    ["f", "show all"],
    ["/", "find a box by name, operation or grad_fn"],
  ]],
  ["Predict", [
    ["g", "predict each gradient, then see it"],
    ["Enter", "check the answer, go on"],
    ["h", "a hint, in the empty field"],
    ["→", "step past it: it counts as skipped"],
  ]],
  ["Lecture", [
    ["p  Esc", "picture, line and words alone; back"],
    ["l", "a light around the mouse"],
    ["Page Up  Page Down", "step, as remote controls do"],
  ]],
  ["Program", [
    ["Ctrl+Enter", "run the edited text"],
    ["Esc  Tab", "leave the text"],
    ["?", "this list"],
  ]],
];
