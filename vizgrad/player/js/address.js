// The page's address: what it asks for when the page opens, and where the reader is from then on.

const REST = 200; // milliseconds; browsers allow only so many changes of an address in a while

/** @import { Fields, Payload } from "./types.js" */

/** @typedef {"search" | "hash"} Part Of an address: what stands behind its ? or its #. */

export class Address {
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
    /** @type {(name: string) => number | null} */
    const number = (name) => (/^\d{1,9}$/.test(asked.get(name) ?? "") ? Number(asked.get(name)) : null);
    this.asked = {
      scene: number("scene"), // from 1
      step: number("step"),
      isPresented: asked.get("present") === "1",
      isEmbedded: /^(1|true)$/.test(asked.get("embed") ?? ""),
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
    this.#awaited = chosen && !chosen.steps ? source : undefined;
    return this.#awaited !== undefined;
  }

  /** @param {Payload} payload */
  isAwaited({ scene, source }) {
    const hasCome = source === this.#awaited && scene === this.scene;
    if (hasCome) this.#awaited = undefined;
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
        // a page within a page may have no address of its own
      }
    }, REST);
  }

  release() {
    clearTimeout(this.#timer);
  }
}

/** @param {Part} part */
function parameters(part) {
  return new URLSearchParams(location[part].slice(1));
}
