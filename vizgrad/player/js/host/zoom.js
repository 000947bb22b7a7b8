// How large the page's text is: 1 on a desk, and more on a wall.

const REST = 250; // milliseconds in which a window gets its size

export class Zoom {
  #told = 1;

  /** @type {number | undefined} */
  #timer;

  /** @param {(zoom: number) => void} tell is called whenever that changes */
  constructor(tell) {
    const look = () => {
      const now = Math.round(parseFloat(getComputedStyle(document.documentElement).fontSize) / 0.8) / 20;
      if (now !== this.#told) tell((this.#told = now));
    };
    this.resized = () => {
      clearTimeout(this.#timer);
      this.#timer = setTimeout(look, REST);
    };
    addEventListener("resize", this.resized);
    setTimeout(look); // when Streamlit waits for what a component says
  }

  release() {
    clearTimeout(this.#timer);
    removeEventListener("resize", this.resized);
  }
}
