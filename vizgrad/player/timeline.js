// A scene's steps as changes that can be walked in both directions.

export class Timeline {
  /** `scene.steps[i].changes` lists element, look, element, look …: what step i changes; step 0 sets the stage. */
  constructor(scene) {
    this.steps = scene.steps;
    this.last = scene.steps.length - 1;
    const now = new Map();
    this.undo = scene.steps.map((step) => {
      const before = [];
      for (const [element, look] of pairs(step.changes)) {
        before.push([element, now.get(element)]);
        now.set(element, look);
      }
      return before;
    });
    this.current = currents(scene);
    this.visits = new Map();
    this.current.forEach((elements, i) => {
      for (const element of elements) this.visits.set(element, [...(this.visits.get(element) ?? []), i]);
    });
  }

  /** What must change to go from one step to another (from -1: nothing is shown yet): element → look. */
  between(from, to) {
    const changes = new Map();
    for (let i = from + 1; i <= to; i++) for (const [element, look] of pairs(this.steps[i].changes)) changes.set(element, look);
    for (let i = from; i > to; i--) for (const [element, look] of this.undo[i]) changes.set(element, look);
    return changes;
  }

  /** What a step changes: element → [its look before, its look from then on]. */
  changesAt(step) {
    const before = new Map(this.undo[step]);
    return new Map(pairs(this.steps[step].changes).map(([element, look]) => [element, [before.get(element), look]]));
  }

  /**
   * The step to show when an element is chosen: where it was made, then where its gradient came, in turn. What is never
   * the current one (a constant, an arrow) has the steps that change it.
   */
  visitOf(element, current) {
    const changed = (step, i) => (i && pairs(step.changes).some(([changing]) => changing === element) ? i : 0);
    return after(this.visits.get(element) ?? this.steps.map(changed).filter(Boolean), current);
  }

  /** The next step on a line of the program, in turn; null if there is none. */
  visitOfLine(line, current) {
    const isThere = (step) => step.span && step.span[0] <= line && line <= step.span[2];
    const stops = this.steps.map((step, i) => (i && isThere(step) ? i : 0)).filter(Boolean);
    return after(stops, current);
  }
}

/** The next of the stops, or the first again; null if there are none. */
function after(stops, current) {
  return stops.find((stop) => stop > current) ?? stops[0] ?? null;
}

function pairs(flat) {
  return Array.from({ length: flat.length / 2 }, (_, i) => [flat[2 * i], flat[2 * i + 1]]);
}

/** For each step the elements that it is about: the current one, or those of an error. */
function currents(scene) {
  const isCurrent = scene.looks.map(([classes]) => /\bis-(current|error)\b/.test(scene.texts[classes]));
  const current = new Set();
  return scene.steps.map((step) => {
    for (const [element, look] of pairs(step.changes)) isCurrent[look] ? current.add(element) : current.delete(element);
    return [...current];
  });
}
