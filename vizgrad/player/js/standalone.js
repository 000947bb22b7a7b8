// The page that is nothing but a player: it opens where its address says, and its address follows.

/** @import { Payload } from "./types.js" */

import { Address } from "./address.js";
import { mount } from "./player.js";

/** @type {Payload} */
const payload = JSON.parse(found("payload").textContent);
const address = new Address("hash");
let isOpen = false;
const player = mount(found("player"), address.opened(payload), {
  isAlone: true,
  isEmbedded: address.asked.isEmbedded,
  onStep: (step, scene) => isOpen && address.at(step, scene, payload),
  onPresent: (isPresented) => isOpen && address.presents(isPresented),
});
if (address.asked.isPresented) player.presentation.show(false);
isOpen = true;

/** @param {string} id */
function found(id) {
  return /** @type {HTMLElement} */ (document.getElementById(id));
}
