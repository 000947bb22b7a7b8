// What Python tells the player, as far as the player reads it (payload.py and views.py write it), and other shapes that
// several modules share. A "place" is an index into a table of the payload, or into the elements of a picture.

/** @typedef {[line: number, column: number, endLine: number, endColumn: number]} Span Lines from 1, columns from 0, in characters. */

/** @typedef {"full" | "simple" | "pytorch"} Detail How much a picture shows. */

/** @typedef {"LR" | "TB"} Direction Which way a picture goes: left to right, or top to bottom. */

/**
 * @typedef {object} Tensor
 * @property {number[]} shape
 * @property {(number | string)[] | null} values in row order, with "nan", "inf" and "-inf" as text; null if only the shape is asked for
 */

/** @typedef {Tensor & { text: string }} Question What a reader may be asked to predict, and the right answer. */

/**
 * @typedef {object} Step
 * @property {"empty" | "create" | "forward" | "inplace" | "backward" | "vjp" | "accumulate" | "set_grad" | "hook" | "error"} kind
 * @property {Span | null} span the expression that it comes from
 * @property {string} sentence
 * @property {number | null} why a place in the scene's words
 * @property {number[][]} latex two formulae, in symbols and with numbers, each made of places in the scene's words
 * @property {number} printed how much of the printed text stands there
 * @property {Question[]} [asks]
 */

/** @typedef {number[]} Look How a box or an arrow looks: its classes, then its rows of text, as places in the picture's texts. */

/** @typedef {Map<number, number | undefined>} Changes From places of elements to places of looks. */

/**
 * @typedef {object} Laid A picture that is laid out.
 * @property {string} frame its SVG without boxes and arrows
 * @property {number[]} parts element, x, y, stencil (a place in the scene's words), and so on
 */

/**
 * @typedef {object} Drawing A scene's picture at one detail, and how it changes.
 * @property {Laid | null} svg
 * @property {Laid | null} turned the same in the other direction
 * @property {string | null} [problem] why there is no picture
 * @property {string[]} elements the ids of boxes and arrows: t0, a4, f:t0-t1-0
 * @property {Record<number, string[][]>} maps the heat maps of elements: those of the value, those of the gradient
 * @property {Look[]} looks
 * @property {string[]} texts
 * @property {number[][]} changes for each step element, look, and so on
 * @property {LegendEntry[]} legend
 */

/** @typedef {{ kind: string, text: string }} LegendEntry */

/**
 * @typedef {object} Told What only a scene that comes along has.
 * @property {number} index
 * @property {string} title
 * @property {Direction} direction
 * @property {string[]} words pieces of text that come again and again
 * @property {Step[]} steps
 * @property {Partial<Record<Detail, Drawing>>} views the picture at other details
 */

/** @typedef {Drawing & Told} Scene */

/** @typedef {{ index: number, title: string, steps: null }} Untold A scene that can be asked for. */

/** @typedef {{ type: string, message: string, hint: string | null, span: Span | null }} Fault The error that ended the program. */

/**
 * @typedef {object} Payload
 * @property {string} id
 * @property {string} engine
 * @property {string} source
 * @property {string} stdout
 * @property {Fault | null} error
 * @property {number} scene the one on show
 * @property {number | null} step the one to open at; null for the last
 * @property {Detail} detail
 * @property {(Scene | Untold)[]} scenes
 */

/**
 * @typedef {object} Options What a page wants of the player; all of it may be left out.
 * @property {boolean} [editable] the program may be edited
 * @property {string | null} [source] the program's text, taken over when `sourceRev` changes
 * @property {number} [sourceRev]
 * @property {string | null} [home] the text that the page opens with when it is loaded again
 * @property {number} [runs] how many of the reader's runs are answered
 * @property {number | null} [step] where to go when `stepRev` changes
 * @property {number} [stepRev]
 * @property {boolean} [dark] wins over `isDark`
 * @property {boolean | null} [isDark] null for the system's choice
 * @property {boolean} [isEmbedded] the page is to be the player alone
 * @property {boolean} [isAlone] the page has no other use for the keyboard and for its room
 * @property {Fields | null} [link] what a link says besides the step
 * @property {(text: string, count: number) => void} [onRun]
 * @property {(text: string, count: number) => void} [onDraft]
 * @property {(tensor: number) => void} [onPick]
 * @property {(scene: number) => void} [onScene] the reader wants a scene that is not in the payload
 * @property {(detail: string) => void} [onDetail] the reader wants a picture that is not in the payload
 * @property {(step: number, scene: number) => void} [onStep]
 * @property {(isOn: boolean) => void} [onPresent] whether a lecture is on
 * @property {(zoom: number) => void} [onZoom] how large the page's text is
 * @property {(file: { name: string, content: string | null }) => void} [onDrop]
 */

/** @typedef {Record<string, string | number | null | undefined>} Fields Names and values of an address; null goes without saying. */

export {};
