// The step player: one piece for the Streamlit component and the standalone file, `mount(root, payload, options)`.

import { h, icon, iconButton } from "./dom.js";
import { Draft } from "./draft.js";
import { Editor } from "./editor.js";
import { guard, HELP, listen, unlisten } from "./keys.js";
import { Console, ErrorPanel, Explanation, Legend } from "./panels.js";
import { Picture } from "./picture.js";
import { Quiz } from "./quiz.js";
import { Search } from "./search.js";
import { Timeline } from "./timeline.js";

const SPEEDS = [0.5, 1, 2, 4];
const NARROW = 560; // pixels; below, a picture that comes in both directions goes downwards
const DETAILS = { full: "Full", simple: "Simple", pytorch: "PyTorch" };
const PACE = 1600; // milliseconds for a step at speed 1

/**
 * Puts a player into `root`. Options, all of them optional:
 * editable: the program may be edited; source, sourceRev: its text, taken over when the number changes; runs: how many of
 * the reader's runs are answered; step, stepRev: go there when the number changes; isDark: true, false, or null for the
 * system's choice; onRun(text, count), onPick(tensor id), onScene(index), onDraft(text), onStep(step, scene),
 * onDetail(name): the reader wants a picture that is not in the payload; onPresent(whether a lecture is on); dark wins over isDark;
 * isEmbedded: the page is to be the player alone; isAlone: the page has no other use for the keyboard.
 */
export function mount(root, payload, options = {}) {
  return new Player(root, payload, options);
}

class Player {
  constructor(root, payload, options) {
    this.options = {};
    this.step = -1;
    this.runs = 0;
    this.kept = new Draft();
    this.#build(root);
    this.update(payload, options);
    listen(this);
    // Esc is the browser's own where the whole screen is given, and no key comes of it.
    this.onscreen = () => document.fullscreenElement || this.leave();
    document.addEventListener("fullscreenchange", this.onscreen);
  }

  /** Takes over a new payload or new options; the same ones change nothing. */
  update(payload, options = {}) {
    const before = this.options;
    this.options = { ...before, ...options };
    const { editable = false, source, sourceRev, stepRev, step, runs, dark } = this.options;
    const isDark = dark ?? this.options.isDark;
    if (isDark == null) delete this.element.dataset.theme;
    else this.element.dataset.theme = isDark ? "dark" : "light";
    this.element.classList.toggle("is-editable", editable);
    this.#cover();
    this.editor.editable = editable;
    const isNew = payload.id !== this.payload?.id;
    const wasEdited = Boolean(this.payload) && this.editor.isDirty;
    if (isNew) this.editor.show(payload.source, payload.error);
    if (!this.payload || sourceRev !== before.sourceRev) this.#replaceText(source ?? payload.source, wasEdited);
    if (!this.payload && editable) this.editor.replace(this.kept.read(this.editor.text) ?? this.editor.text);
    if (isNew) this.#load(payload);
    if (stepRev !== undefined && stepRev !== before.stepRev && Number.isInteger(step)) this.go(step);
    if (runs === undefined || runs >= this.runs) this.#running(false);
    this.#note();
  }

  destroy() {
    this.pause();
    this.present(false);
    document.body.style.visibility = "";
    unlisten(this);
    document.removeEventListener("fullscreenchange", this.onscreen);
    clearTimeout(this.patience);
    this.picture.release();
    this.element.remove();
  }

  // -- stepping

  get last() {
    return this.timeline.last;
  }

  go(step) {
    const target = Math.min(this.last, Math.max(0, step));
    if (target === this.step) return;
    const { scene } = this;
    this.#unveil();
    this.picture.apply(this.timeline.between(this.step, target), this.view);
    this.isInvited &&= this.step === -1;
    this.step = target;
    const now = scene.steps[target];
    this.element.dataset.step = target;
    const count = `Step ${target} of ${this.last}`;
    this.slider.value = target;
    this.slider.setAttribute("aria-valuetext", count);
    this.slider.style.setProperty("--vg-share", this.last ? target / this.last : 0);
    for (const button of [this.buttons.first, this.buttons.previous]) dim(button, target === 0);
    for (const button of [this.buttons.next, this.buttons.last, this.buttons.line]) dim(button, target === this.last);
    this.editor.mark(now.span);
    this.#tell();
    if (this.quiz.open(target)) this.#invite();
    this.picture.follow(this.timeline.current[target]);
    this.options.onStep?.(target, scene.index);
  }

  /** Tells the step in words, or asks for its result and hides it. */
  #tell() {
    const { scene, step } = this;
    const now = scene.steps[step];
    this.quiz.show(step, step === this.last);
    const secret = this.quiz.secret(step);
    const isSecret = secret !== null;
    const said = isSecret ? `Predict: ${this.quiz.open(step).text}` : now.sentence;
    this.status.replaceChildren(h("b", {}, `Step ${step} of ${this.last}`), h("span", { class: "vg-unseen" }, `. ${said}`));
    this.explanation.show(now, scene.words, this.#invitation(), secret);
    this.console.show(this.payload.stdout, isSecret ? scene.steps[step - 1].printed : now.printed);
    this.element.classList.toggle("is-secret", isSecret);
    if (!isSecret) return this.#unveil();
    this.veiled = this.timeline.changesAt(step);
    this.picture.veil(this.veiled, this.view, now.kind === "vjp");
  }

  #unveil() {
    if (this.veiled) this.picture.apply([...this.veiled].map(([place, [, look]]) => [place, look]), this.view);
    this.veiled = null;
  }

  first() {
    this.pause();
    this.go(0);
  }

  previous() {
    this.pause();
    this.go(this.step - 1);
  }

  next() {
    this.pause();
    this.go(this.step + 1);
  }

  end() {
    this.pause();
    this.go(this.last);
  }

  toggle() {
    this.timer ? this.pause() : this.play();
  }

  play() {
    if (this.step === this.last) this.go(0);
    this.#playing(true);
    const tick = () => {
      this.go(this.step + 1);
      if (this.step === this.last || this.quiz.secret(this.step) !== null) return this.pause();
      this.timer = setTimeout(tick, PACE / this.speed.value);
    };
    this.timer = setTimeout(tick, PACE / this.speed.value / 2);
  }

  pause() {
    clearTimeout(this.timer);
    this.timer = null;
    this.#playing(false);
  }

  /** To the first step of the next line of code. */
  nextLine() {
    this.pause();
    this.go(this.timeline.otherLine(this.step, false));
  }

  previousLine() {
    this.pause();
    this.go(this.timeline.otherLine(this.step, true));
  }

  // -- what keys do besides

  find() {
    this.search.open();
  }

  #found(place) {
    this.#visit(this.timeline.visitOf(place, this.step));
    this.picture.follow([place]);
  }

  fit() {
    this.picture.fit({ whole: true });
  }

  zoomIn() {
    this.picture.zoom(1.25);
  }

  zoomOut() {
    this.picture.zoom(0.8);
  }

  /** For a lecture: the picture, the line of code and what happens, large, and nothing else; Esc brings the page back. */
  present(isPresented = !this.isPresented, isWhole = true) {
    if (isPresented === Boolean(this.isPresented)) return;
    this.isPresented = isPresented;
    this.picture.closer = isPresented ? 1.5 : 1;
    this.element.classList.toggle("is-presented", isPresented);
    this.#cover();
    if (isPresented) {
      this.help(false);
      this.element.focus({ preventScroll: true });
      // Browsers give the whole screen for a key or a click only, and a frame may forbid it: nothing is lost.
      if (isWhole) document.documentElement.requestFullscreen?.().catch(() => {});
    } else {
      this.element.classList.remove("is-lit");
      if (document.fullscreenElement) document.exitFullscreen();
    }
    this.options.onPresent?.(isPresented);
  }

  /** Takes the page for the player alone, or gives it back. */
  #cover() {
    const isCovering = this.isPresented || Boolean(this.options.isEmbedded);
    this.element.classList.toggle("is-covering", isCovering);
    // What is not seen takes no clicks and no focus either; the style makes the player visible again.
    document.body.style.visibility = isCovering ? "hidden" : "";
  }

  leave() {
    this.present(false);
  }

  /** A light that follows the mouse. */
  spotlight() {
    this.element.classList.toggle("is-lit");
  }

  /** Asks for each gradient before it is shown, or stops asking. */
  predict() {
    if (!this.quiz.all.length) return;
    this.pause();
    this.quiz.isOn = !this.quiz.isOn;
    this.buttons.predict.setAttribute("aria-pressed", String(this.quiz.isOn));
    this.isInvited = false;
    const first = this.quiz.all.find(({ result }) => !result);
    if (this.quiz.isOn && first && this.step === this.last) this.go(first.step);
    this.#tell();
    this.#invite();
  }

  /** The keyboard goes to the answer, unless the reader is at work elsewhere on the page. */
  #invite() {
    const focused = this.element.getRootNode().activeElement;
    const isBusy = focused && focused !== document.body && (!this.element.contains(focused) || focused === this.slider || focused.closest(".vg-code"));
    if (!isBusy && !this.timer) this.quiz.focus();
  }

  #quizKey(key, isEmpty) {
    const meaning = { ArrowLeft: "previous", ArrowRight: "next", Home: "first", End: "end" }[key];
    if (key === "Escape") (this.isPresented ? this.element : this.buttons.predict).focus();
    else if (meaning && isEmpty) this[meaning]();
    else return false;
    return true;
  }

  previousScene() {
    this.#choose(this.scene.index - 1);
  }

  nextScene() {
    this.#choose(this.scene.index + 1);
  }

  help(open = this.manual.hidden) {
    this.manual.hidden = !open;
    this.buttons.help.setAttribute("aria-expanded", String(open));
    if (open) this.manual.focus();
  }

  // -- a new payload, another scene

  #load(payload) {
    this.pause();
    // The same program at another detail: the reader stays where he is.
    const isSame = this.payload?.source === payload.source && this.payload.engine === payload.engine && this.payload.detail !== payload.detail;
    const place = isSame ? { scene: this.scene.index, step: this.step } : null;
    this.payload = payload;
    this.isInvited = !payload.error;
    this.errors.show(payload.error);
    this.element.classList.toggle("is-faulty", Boolean(payload.error));
    this.chooser.replaceChildren(...payload.scenes.map(({ title, steps }, i) =>
        h("option", { value: i, disabled: !steps && !this.options.onScene }, title),
      ),
    );
    this.chooserLabel.hidden = payload.scenes.length < 2;
    this.detail = payload.detail;
    const there = payload.scenes[place?.scene]?.steps ? place : { scene: payload.scene, step: payload.step };
    this.#loadScene(there.scene, there.step, place !== null);
  }

  #loadScene(index, step, isSame = false) {
    this.scene = this.payload.scenes[index];
    this.chooser.value = index;
    this.#offerDetails();
    if (!isSame) {
      this.quiz.load(this.scene);
      dim(this.buttons.predict, !this.quiz.all.length);
    }
    this.step = -1;
    this.slider.max = this.scene.steps.length - 1;
    this.#see();
    this.go(step ?? this.last);
  }

  /** Puts up the scene's picture at the detail that was chosen, without any step. */
  #see() {
    this.view = this.#viewAt(this.detail) ?? this.scene;
    this.timeline = new Timeline(this.view, this.scene.steps);
    this.veiled = null;
    if (!this.#draw()) this.picture.element.append(h("p", { class: "vg-nothing" }, this.view.problem ?? "No operation on tensors was recorded."));
    this.legend.show(this.view.legend);
  }

  #viewAt(detail) {
    return detail === this.payload.detail ? this.scene : this.scene.views[detail];
  }

  #offerDetails() {
    const isOffered = (detail) => Boolean(this.#viewAt(detail) || this.options.onDetail);
    if (!this.#viewAt(this.detail)) this.detail = this.payload.detail;
    this.detailChooser.replaceChildren(
      ...Object.entries(DETAILS)
        .filter(([detail]) => isOffered(detail))
        .map(([detail, name]) => h("option", { value: detail, selected: detail === this.detail }, name)),
    );
    this.detailChooser.parentElement.hidden = this.detailChooser.length < 2 || !this.scene.svg;
  }

  /** Shows more or less of the same scene; what is not in the payload is asked for. */
  #chooseDetail(detail) {
    if (!this.#viewAt(detail)) return this.options.onDetail(detail);
    this.detail = detail;
    this.#see();
    this.#restyle();
  }

  #restyle() {
    this.picture.apply(this.timeline.between(-1, this.step), this.view);
    this.#tell();
    this.picture.follow(this.timeline.current[this.step]);
  }

  /** Draws the scene in the direction that was chosen, or that suits the width; false if there is nothing to draw. */
  #draw() {
    const { direction } = this.scene;
    const { svg, turned, elements } = this.view;
    const suits = this.picture.element.clientWidth < NARROW ? "TB" : direction;
    const isTurned = Boolean(turned) && (this.direction ?? suits) !== direction;
    this.turnButton.hidden = !turned;
    this.shown = isTurned ? (direction === "TB" ? "LR" : "TB") : direction;
    return this.picture.show(isTurned ? turned : svg, elements);
  }

  #turn() {
    this.direction = this.shown === "TB" ? "LR" : "TB";
    this.#draw();
    this.#restyle();
  }

  #choose(index) {
    const chosen = this.payload.scenes[index];
    if (!chosen || chosen === this.scene) return;
    this.pause();
    if (chosen.steps) this.#loadScene(index);
    else this.options.onScene?.(index);
  }

  #visit(step) {
    if (step === null) return;
    this.pause();
    this.go(step);
  }

  #picked(place, id) {
    this.#visit(this.timeline.visitOf(place, this.step));
    const tensor = /^t(\d+)/.exec(id ?? "");
    if (tensor) this.options.onPick?.(Number(tensor[1]));
  }

  #invitation() {
    if (!this.isInvited || !this.last) return "";
    if (this.step !== this.last) return "";
    return matchMedia("(pointer: coarse)").matches
      ? "Everything is drawn. Step back through it with the arrows above the picture."
      : "Everything is drawn. Press ← to step back through it, or Home to start from the empty stage.";
  }

  // -- the program text

  #run(text) {
    if (!this.options.editable || !this.options.onRun) return;
    this.runs = Math.max(this.runs, this.options.runs ?? 0) + 1;
    this.#running(true);
    this.options.onRun(text, this.runs);
  }

  #running(isRunning) {
    clearTimeout(this.patience);
    this.isRunning = isRunning;
    this.element.classList.toggle("is-running", isRunning);
    this.runButton.textContent = isRunning ? "Running…" : "Run";
    this.runButton.setAttribute("aria-busy", String(isRunning));
    if (isRunning) this.patience = setTimeout(() => this.#running(false), 30000);
  }

  /** Another text takes the editor's place; what the reader typed and did not run can be brought back. */
  #replaceText(text, wasEdited) {
    const before = this.editor.replace(text);
    if (wasEdited && !text.includes(before.trimEnd())) this.lost = before;
  }

  #restore() {
    this.lost = this.editor.replace(this.lost);
    this.#note();
  }

  #note() {
    const isDirty = Boolean(this.options.editable) && this.editor.isDirty;
    this.element.classList.toggle("is-edited", isDirty);
    if (this.options.editable) this.kept.write(this.editor.saved, this.editor.text);
    this.note.textContent = isDirty ? "edited, not run yet" : "";
    this.restoreButton.hidden = this.lost === undefined || this.lost === this.editor.text;
  }

  #left(event) {
    if (this.element.contains(event.relatedTarget) || !this.editor.isDirty || this.editor.text === this.draft) return;
    this.draft = this.editor.text;
    this.options.onDraft?.(this.draft, this.runs);
  }

  // -- the furniture

  #build(root) {
    this.picture = new Picture((place, id) => this.#picked(place, id));
    this.quiz = new Quiz({
      change: () => this.#tell(),
      step: (step) => this.go(step),
      key: (key, isEmpty) => this.#quizKey(key, isEmpty),
    });
    this.search = new Search({
      boxes: () => this.picture.boxes(),
      choose: (place) => this.#found(place),
      close: () => this.element.focus({ preventScroll: true }),
    });
    this.explanation = new Explanation(this.quiz.element);
    this.console = new Console();
    this.legend = new Legend();
    this.errors = new ErrorPanel((line) => this.editor.focusLine(line));
    this.editor = new Editor({
      run: (text) => this.#run(text),
      input: () => this.#note(),
      line: (number) => this.#visit(this.timeline.visitOfLine(number, this.step)),
    });
    this.element = h(
      "div",
      {
        class: "vg-player",
        tabindex: "-1",
        onkeydown: guard,
        onpointermove: ({ clientX, clientY }) => {
          this.spot.style.setProperty("--vg-x", `${clientX}px`);
          this.spot.style.setProperty("--vg-y", `${clientY}px`);
        },
      },
      h(
        "div",
        { class: "vg-inside" },
        this.#toolbar(),
        h("div", { class: "vg-frame" }, this.picture.element, this.search.element),
        this.legend.element,
        this.errors.element,
        h("div", { class: "vg-below" }, this.#program(), this.explanation.element, this.console.element),
        this.#manual(),
      ),
      iconButton("Leave the lecture", "close", () => this.leave(), { class: "vg-button vg-leave" }),
      (this.spot = h("div", { class: "vg-spot", "aria-hidden": "true" })),
    );
    root.append(this.element);
  }

  #toolbar() {
    this.buttons = {
      first: iconButton("First step", "first", () => this.first()),
      previous: iconButton("Previous step", "previous", () => this.previous()),
      play: iconButton("Play", "play", () => this.toggle()),
      next: iconButton("Next step", "next", () => this.next()),
      last: iconButton("Last step", "last", () => this.end()),
      predict: h("button", { type: "button", class: "vg-toggle", "aria-pressed": "false", title: "Predict each gradient, then see it (g)", onclick: () => this.predict() }, icon("predict"), "Predict"),
      line: iconButton("Next line", "line", () => this.nextLine(), { title: "Next line of code (n)" }),
      help: iconButton("Keys", "help", () => this.help(), { "aria-expanded": "false" }),
    };
    this.slider = h("input", {
      type: "range",
      class: "vg-slider",
      min: 0,
      step: 1,
      "aria-label": "Step",
      oninput: () => {
        this.pause();
        this.go(Number(this.slider.value));
      },
    });
    this.speed = h(
      "select",
      { class: "vg-select", "aria-label": "Speed", title: "Speed" },
      ...SPEEDS.map((speed) => h("option", { value: speed, selected: speed === 1 }, `${speed}×`)),
    );
    this.chooser = h("select", { class: "vg-select", onchange: () => this.#choose(Number(this.chooser.value)) });
    this.chooserLabel = h("label", { class: "vg-chooser" }, h("span", { class: "vg-unseen" }, "Scene"), this.chooser);
    this.detailChooser = h("select", { class: "vg-select", title: "How much the picture shows", onchange: () => this.#chooseDetail(this.detailChooser.value) });
    const detail = h("label", {}, h("span", { class: "vg-unseen" }, "Detail"), this.detailChooser);
    this.turnButton = iconButton("Turn the picture", "turn", () => this.#turn());
    this.status = h("p", { class: "vg-status", role: "status", "aria-live": "polite" });
    const { first, previous, play, next, last, line, predict, help } = this.buttons;
    return h(
      "div",
      { class: "vg-toolbar", role: "group", "aria-label": "Steps" },
      h("div", { class: "vg-group" }, first, previous, play, next, last, line),
      this.status,
      this.slider,
      this.chooserLabel,
      this.speed,
      detail,
      predict,
      iconButton("Find a box", "find", () => this.find(), { title: "Find a box (/)" }),
      h(
        "div",
        { class: "vg-group" },
        iconButton("Zoom out", "minus", () => this.zoomOut()),
        iconButton("Zoom in", "plus", () => this.zoomIn()),
        iconButton("Show all", "fit", () => this.fit()),
        this.turnButton,
        iconButton("Lecture", "screen", () => this.present()),
      ),
      help,
    );
  }

  #program() {
    this.note = h("span", { class: "vg-note", "aria-live": "polite" });
    this.runButton = h("button", { type: "button", class: "vg-run", title: "Run (Ctrl+Enter)", onclick: () => this.#run(this.editor.text) }, "Run");
    this.restoreButton = h("button", { type: "button", class: "vg-small", onclick: () => this.#restore() }, "Bring back my text");
    return h(
      "section",
      { class: "vg-panel vg-program", "aria-label": "Program", onfocusout: (event) => this.#left(event) },
      h("header", { class: "vg-panel-head" }, h("h3", {}, "Program"), this.note, this.restoreButton, this.runButton),
      this.editor.element,
    );
  }

  #manual() {
    const close = () => {
      this.help(false);
      this.buttons.help.focus();
    };
    this.manual = h(
      "div",
      {
        class: "vg-help",
        role: "dialog",
        "aria-label": "Keys",
        tabindex: "-1",
        hidden: true,
        onkeydown: (event) => event.key === "Escape" && close(),
      },
      h("header", { class: "vg-panel-head" }, h("h3", {}, "Keys"), iconButton("Close", "close", close)),
      h("dl", {}, ...HELP.flatMap(([keys, text]) => [h("dt", {}, keys), h("dd", {}, text)])),
      h("p", {}, "Drag to move the picture, turn the wheel or pinch to zoom. Click a box to go to the step where it was made, again for its gradient. Click a line number to go to what that line did."),
    );
    return this.manual;
  }

  #playing(isPlaying) {
    const { play } = this.buttons;
    const name = isPlaying ? "Pause" : "Play";
    if (play.title === name) return;
    play.title = name;
    play.setAttribute("aria-label", name);
    play.replaceChildren(icon(name.toLowerCase()));
    this.status.setAttribute("aria-live", isPlaying ? "off" : "polite");
  }
}

/** A button at its end stays focusable, so that the keyboard does not lose its place. */
function dim(button, isIdle) {
  button.setAttribute("aria-disabled", String(isIdle));
}
