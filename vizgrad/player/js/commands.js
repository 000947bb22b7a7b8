// What a reader can ask of a player, by a key or a button: one function for each name.

/** @import { Detail } from "./types.js" */
/** @import { Player } from "./player.js" */

/** @typedef {ReturnType<typeof commandsOf>} Commands */
/** @typedef {{ [Name in keyof Commands]: Parameters<Commands[Name]> extends [] ? Name : never }[keyof Commands]} Command What needs no more said. */

/**
 * The commands of a player; those of the keyboard (see keys.js) and of the toolbar are among them.
 *
 * @param {Player} player
 */
export function commandsOf(player) {
  const { stepping, view, presentation, search, help } = player;
  const pace = (/** @type {number} */ speed) => {
    stepping.speed = speed;
    player.toolbar.pace(speed);
    player.preferences.write("speed", speed);
  };
  return {
    first: () => stepping.walk(0),
    previous: () => stepping.walk(stepping.step - 1),
    next: () => stepping.walk(stepping.step + 1),
    end: () => stepping.walk(stepping.last),
    slide: (/** @type {number} */ step) => stepping.walk(step),
    nextLine: () => stepping.walkLine(false),
    previousLine: () => stepping.walkLine(true),
    nextOperation: () => stepping.walkOperation(false),
    previousOperation: () => stepping.walkOperation(true),
    toggle: () => stepping.toggle(),
    faster: () => pace(stepping.other(1)),
    slower: () => pace(stepping.other(-1)),
    speed: pace,
    scene: (/** @type {number} */ index) => player.choose(index),
    nextScene: () => player.chooseBeside(1),
    previousScene: () => player.chooseBeside(-1),
    detail: (/** @type {Detail} */ detail) => player.chooseDetail(detail),
    turn: () => player.turn(),
    fit: () => view.picture.fit({ whole: true }),
    zoomIn: () => view.picture.zoom(1.25),
    zoomOut: () => view.picture.zoom(0.8),
    find: () => search.open(),
    predict: () => player.predict(),
    present: () => (presentation.isOn ? presentation.leave() : presentation.show()),
    leave: () => presentation.leave(),
    spotlight: () => presentation.light(),
    help: () => help.open(),
  };
}
