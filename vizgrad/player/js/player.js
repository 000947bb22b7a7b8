// The step player: one piece for the Streamlit component and the standalone file, `mount(root, payload, options)`.

/** @import { Detail, Options, Payload, Scene } from "./types.js" */
/** @import { Command, Commands } from "./commands.js" */

import { commandsOf } from "./commands.js";
import { Help } from "./help.js";
import { guard, listen, unlisten } from "./keys.js";
import { focusedNear, h } from "./lib/dom.js";
import { Console, ErrorPanel, Explanation } from "./panels.js";
import { DETAILS, SceneView } from "./picture/scene_view.js";
import { Search } from "./picture/search.js";
import { Presentation } from "./presentation.js";
import { Program } from "./program/program.js";
import { Quiz } from "./quiz/quiz.js";
import { SPEEDS, Stepping } from "./steps/stepping.js";
import { nextOf, stopsOf, stopsOfLine } from "./steps/targets.js";
import { Preferences } from "./store/preferences.js";
import { Toolbar } from "./toolbar.js";

/** @type {Record<string, Command>} what the keys mean that step from the field for an answer */
const WAYS_ON = { ArrowLeft: "previous", ArrowRight: "next", Home: "first", End: "end" };

/**
 * Puts a player into `root`.
 *
 * @param {Element} root
 * @param {Payload} payload
 * @param {Options} [options]
 */
export function mount(root, payload, options = {}) {
  return new Player(root, payload, options);
}

export class Player {
  /** @type {Options} */
  options = {};

  /** @type {Payload} */
  payload;

  /** @type {Scene} */
  scene;

  /** @type {Commands} */
  commands;

  /** @type {number | undefined} the scene that was asked for and is on its way */
  #awaited;
  #isInvited = false;

  /**
   * @param {Element} root
   * @param {Payload} payload
   * @param {Options} options
   */
  constructor(root, payload, options) {
    this.element = h("div", { class: "vg-player", tabindex: "-1", onkeydown: guard });
    this.preferences = new Preferences();
    this.toolbar = new Toolbar((command, ...what) => /** @type {(...what: any[]) => void} */ (this.commands[command])(...what));
    this.view = new SceneView({
      preferences: this.preferences,
      onpick: (id) => this.#picked(id),
      onturnable: (isTurnable) => (this.toolbar.turn.hidden = !isTurnable),
    });
    const { picture, legend } = this.view;
    this.stepping = new Stepping({
      moved: (from, to) => this.#moved(from, to),
      isHeld: () => this.quiz.secret(this.step) !== null,
      playing: (isPlaying) => this.toolbar.playing(isPlaying),
    });
    this.stepping.speed = this.preferences.read("speed", SPEEDS) ?? 1;
    this.toolbar.pace(this.stepping.speed);
    this.quiz = new Quiz({
      change: () => this.#tell(),
      step: (step) => this.go(step),
      key: (key, isEmpty) => this.#quizKey(key, isEmpty),
    });
    this.search = new Search({
      boxes: () => picture.boxes(),
      choose: (place) => this.#found(place),
      close: () => this.element.focus({ preventScroll: true }),
    });
    this.help = new Help(this.toolbar.help);
    this.explanation = new Explanation(this.quiz.element);
    this.console = new Console();
    this.program = new Program({
      isRunnable: () => Boolean(this.options.onRun),
      run: (text, count) => this.options.onRun?.(text, count),
      draft: (text, count) => this.options.onDraft?.(text, count),
      line: (number) => this.stepping.walk(nextOf(stopsOfLine(number, this.scene.steps, this.view.timeline), this.step)),
      changed: () => {
        this.element.classList.toggle("is-running", this.program.isRunning);
        this.element.classList.toggle("is-edited", this.program.isEdited);
      },
    });
    this.errors = new ErrorPanel((line) => this.program.editor.focusLine(line));
    this.element.append(
      h(
        "div",
        { class: "vg-inside" },
        this.toolbar.element,
        h("div", { class: "vg-frame" }, picture.element, this.search.element),
        legend.element,
        this.errors.element,
        h("div", { class: "vg-below" }, this.program.element, this.explanation.element, this.console.element),
        this.help.element,
      ),
    );
    this.presentation = new Presentation(this.element, picture, {
      changed: (isOn) => {
        this.help.open(false);
        this.explanation.fit(isOn);
        this.options.onPresent?.(isOn);
      },
    });
    this.commands = commandsOf(this);
    root.append(this.element);
    this.update(payload, options);
    listen(this);
  }

  /**
   * Takes over a new payload or new options; the same ones change nothing.
   *
   * @param {Payload} payload
   * @param {Options} options
   */
  update(payload, options = {}) {
    const before = this.options;
    this.options = { ...before, ...options };
    const { editable = false, source, sourceRev, home, stepRev, step, runs, dark, isEmbedded, isAlone } = this.options;
    const isDark = dark ?? this.options.isDark;
    if (isDark == null) delete this.element.dataset.theme;
    else this.element.dataset.theme = isDark ? "dark" : "light";
    this.element.classList.toggle("is-editable", editable);
    this.element.classList.toggle("is-filling", Boolean(isAlone || isEmbedded));
    this.presentation.cover(isEmbedded);
    const [isFirst, isNew] = [!this.payload, payload.id !== this.payload?.id];
    const isOther = isFirst || sourceRev !== before.sourceRev;
    this.program.show({
      payload: isNew ? payload : null,
      text: isOther ? (source ?? payload.source) : null,
      home: home ?? undefined,
      rev: sourceRev,
      isFirst,
      isEditable: editable,
    });
    if (isNew) this.#load(payload);
    if (stepRev !== undefined && stepRev !== before.stepRev && step != null) this.go(step);
    this.program.answer(runs);
    this.program.note();
  }

  destroy() {
    this.pause();
    this.presentation.release();
    this.quiz.release();
    this.toolbar.release();
    this.program.release();
    this.view.picture.release();
    unlisten(this);
    this.element.remove();
  }

  // -- where the reader is

  /** The number of the step that is shown. */
  get step() {
    return this.stepping.step;
  }

  /** @param {number} step */
  go(step) {
    this.stepping.go(step);
  }

  pause() {
    if (this.stepping.isPlaying) this.stepping.pause();
  }

  /**
   * @param {number} from
   * @param {number} to
   */
  #moved(from, to) {
    this.quiz.pass(from, to);
    this.view.move(from, to);
    this.#isInvited &&= from === -1;
    Object.assign(this.element.dataset, { step: String(to), kind: this.stepping.now.kind });
    this.program.editor.mark(this.stepping.now.span);
    this.#tell();
    if (this.quiz.open(to)) this.#invite();
    this.view.follow(to);
    this.options.onStep?.(to, this.scene.index);
  }

  /** Tells the step in words, or asks for its result and hides it. */
  #tell() {
    const { scene, quiz } = this;
    const { step, last, now } = this.stepping;
    quiz.show(step, step === last);
    const secret = quiz.secret(step);
    const isSecret = secret !== null;
    this.toolbar.at(step, last, isSecret ? `Predict: ${quiz.open(step)?.text}` : now.sentence);
    this.explanation.show(now, scene.words, this.#invitation(), secret);
    this.console.show(this.payload.stdout, isSecret ? scene.steps[step - 1].printed : now.printed);
    this.element.classList.toggle("is-secret", isSecret);
    if (isSecret) this.view.veil(step, now.kind);
    else this.view.unveil();
  }

  #invitation() {
    const { step, last } = this.stepping;
    if (!this.#isInvited || !last || step !== last) return "";
    return matchMedia("(pointer: coarse)").matches
      ? "Everything is drawn. Step back through it with the arrow buttons."
      : "Everything is drawn. Press ← to step back through it, or Home to start from the empty stage.";
  }

  // -- predicting

  /** Asks for each gradient before it is shown, or stops asking. */
  predict() {
    const { quiz } = this;
    if (!quiz.all.length) return;
    this.pause();
    quiz.turn(!quiz.isOn);
    this.toolbar.predicts(quiz.isOn, true);
    this.#isInvited = false;
    const first = quiz.all.find(({ result }) => !result);
    if (quiz.isOn && first && this.step === this.stepping.last) this.go(first.step);
    this.#tell();
    this.#invite();
  }

  /** The keyboard goes to the answer, unless the reader is at work elsewhere on the page. */
  #invite() {
    const focused = focusedNear(this.element);
    const isBusy = focused && focused !== document.body && (!this.element.contains(focused) || focused === this.toolbar.slider || focused.closest(".vg-code"));
    if (!isBusy && !this.stepping.isPlaying) this.quiz.focus();
  }

  /**
   * A key in the field for an answer; whether it meant something.
   *
   * @param {string} key
   * @param {boolean} isEmpty
   */
  #quizKey(key, isEmpty) {
    const meaning = WAYS_ON[key];
    if (key === "Escape") (this.presentation.isOn ? this.element : this.toolbar.predict).focus();
    else if (meaning && isEmpty) this.commands[meaning]();
    else return false;
    return true;
  }

  // -- what is clicked

  /**
   * To where a box or an arrow was made, again to where its gradient came.
   *
   * @param {string} id
   */
  visit(id) {
    this.stepping.walk(nextOf(stopsOf(id, this.view.shown, this.view.timeline), this.step));
  }

  /**
   * The same for a tensor, from a table; whether its box is in the scene.
   *
   * @param {number | string} tensor
   */
  visitTensor(tensor) {
    const id = `t${tensor}`;
    if (!this.view.shown.elements.includes(id)) return false;
    this.visit(id);
    return true;
  }

  /** @param {string} id */
  #picked(id) {
    this.visit(id);
    const tensor = /^t(\d+)/.exec(id);
    if (tensor) this.options.onPick?.(Number(tensor[1]));
  }

  /** @param {number} place */
  #found(place) {
    this.visit(this.view.shown.elements[place]);
    this.view.picture.follow([place]);
  }

  // -- a new payload, another scene

  /** @param {Payload} payload */
  #load(payload) {
    this.pause();
    // The same program at another detail: the reader stays where he is.
    const isSame = this.payload?.source === payload.source && this.payload.engine === payload.engine && this.payload.detail !== payload.detail;
    const place = isSame ? { scene: this.scene.index, step: this.step } : null;
    this.payload = payload;
    this.#isInvited = !payload.error;
    this.errors.show(payload.error);
    this.element.classList.toggle("is-faulty", Boolean(payload.error));
    if (isSame) this.view.detail = payload.detail;
    const there = place && payload.scenes[place.scene]?.steps ? place : payload;
    this.#loadScene(there.scene, there.step, place !== null);
    this.#askAgain();
  }

  /**
   * @param {number} index
   * @param {number | null} [step] null for the last
   * @param {boolean} [isSame] whether it is the scene that was on show
   */
  #loadScene(index, step, isSame = false) {
    const { payload, options, view } = this;
    const scene = payload.scenes[index];
    if (!scene.steps) return; // it did not come along
    this.#awaited = undefined;
    this.scene = scene;
    this.stepping.load(this.scene.steps);
    view.load(this.scene, payload.detail);
    this.toolbar.scenes(payload.scenes.map(({ title, steps }, i) => ({ value: i, text: title, disabled: !steps && !options.onScene })), index);
    this.toolbar.details(view.details(Boolean(options.onDetail)), view.detail);
    if (!isSame) this.quiz.load(this.scene, payload.id);
    this.toolbar.predicts(this.quiz.isOn, this.quiz.all.length > 0);
    this.go(step ?? this.stepping.last);
  }

  /**
   * The next scene, or the one before (-1), also of one that is on its way; a file passes over those that it does not hold.
   *
   * @param {number} by
   */
  chooseBeside(by) {
    const { scenes } = this.payload;
    let index = (this.#awaited ?? this.scene.index) + by;
    while (scenes[index] && !scenes[index].steps && !this.options.onScene) index += by;
    this.choose(index);
  }

  /** @param {number} index */
  choose(index) {
    const chosen = this.payload.scenes[index];
    if (!chosen || index === (this.#awaited ?? this.scene.index)) return;
    this.pause();
    if (chosen.steps) return this.#loadScene(index);
    if (!this.options.onScene) return;
    this.#awaited = index;
    this.toolbar.awaits(index);
    this.options.onScene(index);
  }

  /** A page that was loaded again knows nothing of the detail that the reader had chosen: it is asked for once more. */
  #askAgain() {
    const wanted = this.preferences.read("detail", DETAILS.map(([detail]) => detail));
    const isMissing = wanted && wanted !== this.view.detail && this.scene.svg && !this.view.at(wanted);
    if (isMissing) setTimeout(() => this.options.onDetail?.(wanted));
  }

  /** @param {Detail} detail */
  chooseDetail(detail) {
    this.preferences.write("detail", detail);
    if (!this.view.at(detail)) return this.options.onDetail?.(detail);
    this.view.choose(detail, this.step);
    this.#tell();
  }

  turn() {
    this.view.turn(this.step);
    this.#tell();
  }
}
