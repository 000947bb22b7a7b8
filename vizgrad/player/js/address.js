// The page's address: what it asks for when the page opens, and where the reader is from then on.

const REST = 200; // milliseconds; browsers allow only so many changes of an address in a while

export class Address {
  /** `part` is what follows the reader: "search" in an app, whose server reads it, "hash" in a file. */
  constructor(part) {
    this.part = part;
    this.changes = {};
    const asked = new Map([...parameters("search"), ...parameters("hash")]);
    const number = (name) => (/^\d{1,9}$/.test(asked.get(name) ?? "") ? Number(asked.get(name)) : null);
    this.asked = { scene: number("scene"), step: number("step"), isPresented: asked.get("present") === "1", isEmbedded: /^(1|true)$/.test(asked.get("embed") ?? "") };
  }

  /** The payload opened where the address says, as far as that is there. */
  opened(payload) {
    const { scene, step } = this.asked;
    const index = payload.scenes[scene - 1]?.steps ? scene - 1 : payload.scene;
    const isThere = scene === null || index === scene - 1;
    return { ...payload, scene: index, step: (isThere ? step : null) ?? payload.step };
  }

  /** Whether the scene that was asked for is there but has to be fetched; `isAwaited` then says once that it has come. */
  awaits({ scenes, source }) {
    const chosen = scenes[this.asked.scene - 1];
    this.awaited = chosen && !chosen.steps ? source : undefined;
    return this.awaited !== undefined;
  }

  isAwaited({ scene, source }) {
    const hasCome = source === this.awaited && scene === this.asked.scene - 1;
    if (hasCome) this.awaited = undefined;
    return hasCome;
  }

  /** The reader has gone to a step; the scene, from 0, is named where there are several. */
  at(step, scene, { scenes }) {
    this.#write({ scene: scenes.length > 1 ? scene + 1 : null, step });
  }

  /** What the page around the player is showing: names and values, null for what goes without saying. */
  keep(fields) {
    this.#write(fields);
  }

  presents(isPresented) {
    this.#write({ present: isPresented ? 1 : null });
  }

  /** What others have put into the address stays; nothing is loaded, and the way back is as long as before. */
  #write(changes) {
    Object.assign(this.changes, changes);
    clearTimeout(this.timer);
    this.timer = setTimeout(() => {
      const query = parameters(this.part);
      for (const [name, value] of Object.entries(this.changes)) value === null ? query.delete(name) : query.set(name, value);
      const address = new URL(location.href);
      address[this.part] = query;
      try {
        if (address.href !== location.href) history.replaceState(history.state, "", address);
      } catch {
        // a page within a page may have no address of its own
      }
    }, REST);
  }

  release() {
    clearTimeout(this.timer);
  }
}

function parameters(part) {
  return new URLSearchParams(location[part].slice(1));
}
