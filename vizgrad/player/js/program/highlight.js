// Python text cut into coloured tokens, line by line.

const KEYWORDS = new Set(
  ("False None True and as assert async await break class continue def del elif else except finally for from global if " +
    "import in is lambda nonlocal not or pass raise return try while with yield").split(" "),
);

const TOKEN = new RegExp(
  [
    /(?<comment>#[^\n]*)/u,
    /(?<string>[rbuf]{0,2}(?:"""[^]*?(?:"""|$)|'''[^]*?(?:'''|$))|[rbuf]{0,2}(?:"(?:\\.|[^"\\\n])*"?|'(?:\\.|[^'\\\n])*'?))/u,
    /(?<number>(?<![\p{L}_\d])(?:0[xob][\da-f_]+|(?:\d[\d_]*\.?[\d_]*|\.\d[\d_]*)(?:e[+-]?\d+)?j?))/u,
    /(?<name>[\p{L}_][\p{L}\p{N}_]*)/u,
  ]
    .map((part) => part.source)
    .join("|"),
  "giu",
);

/** @typedef {[kind: string, text: string]} Token */
/** @typedef {{ from: number, to: number, name: string }} Mark Columns of a line, in characters, that have a name. */

/**
 * The lines of `text`, each a list of tokens; their kind is "" for what has no colour.
 *
 * @param {string} text
 */
export function tokens(text) {
  /** @type {Token[][]} */
  const lines = [[]];
  /** @type {(kind: string, piece: string) => void} */
  const put = (kind, piece) =>
    piece.split("\n").forEach((part, i) => {
      if (i) lines.push([]);
      if (part) lines[lines.length - 1].push([kind, part]);
    });
  let at = 0;
  for (const match of text.matchAll(TOKEN)) {
    put("", text.slice(at, match.index));
    at = match.index + match[0].length;
    put(kindOf(match, text.slice(at, at + 40)), match[0]);
  }
  put("", text.slice(at));
  return lines;
}

/**
 * @param {RegExpMatchArray} match
 * @param {string} after
 */
function kindOf(match, after) {
  const { comment, string, number, name } = match.groups ?? {};
  if (comment) return "comment";
  if (string) return "string";
  if (number) return "number";
  if (KEYWORDS.has(name)) return "keyword";
  return /^\s*\(/.test(after) ? "call" : "";
}

/**
 * Cuts one line's tokens at the given columns and names the pieces inside of them.
 *
 * @param {Token[]} line
 * @param {Mark[]} marks
 */
export function marked(line, marks) {
  /** @type {[kind: string, text: string, names: string[]][]} */
  const pieces = [];
  let column = 0;
  for (const [kind, text] of line) {
    const characters = [...text];
    const cuts = new Set([0, characters.length]);
    for (const { from, to } of marks)
      for (const cut of [from - column, to - column]) if (cut > 0 && cut < characters.length) cuts.add(cut);
    const sorted = [...cuts].sort((a, b) => a - b);
    for (let i = 0; i + 1 < sorted.length; i++) {
      const inside = marks.filter(({ from, to }) => from <= column + sorted[i] && column + sorted[i] < to);
      pieces.push([kind, characters.slice(sorted[i], sorted[i + 1]).join(""), inside.map((mark) => mark.name)]);
    }
    column += characters.length;
  }
  return pieces;
}
