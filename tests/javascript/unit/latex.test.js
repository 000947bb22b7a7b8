// LaTeX as MathML. That every formula of every lesson is read as a converter reads it is seen in a browser.

import assert from "node:assert/strict";
import test from "node:test";

import { mathOf } from "../../../vizgrad/player/js/lib/latex.js";
import { fakeDocument, give } from "./fakes.js";

give("document", fakeDocument);

/** What a formula becomes, without the elements around it. @param {string} latex */
function read(latex) {
  const [, inside] = /^<math display="block"><mrow>(.*)<\/mrow><\/math>$/s.exec(String(mathOf(latex))) ?? [];
  return inside;
}

/** @type {[latex: string, mathml: string][]} */
const READ = [
  ["x", "<mi>x</mi>"],
  ["12.5", "<mn>12.5</mn>"],
  ["x_1", "<msub><mi>x</mi><mn>1</mn></msub>"],
  ["x^{2}", "<msup><mi>x</mi><mn>2</mn></msup>"],
  ["x_i^2", "<msubsup><mi>x</mi><mi>i</mi><mn>2</mn></msubsup>"],
  [String.raw`\frac{1}{x}`, "<mfrac><mn>1</mn><mi>x</mi></mfrac>"],
  [String.raw`\sqrt{x}`, "<msqrt><mi>x</mi></msqrt>"],
  [String.raw`\Omega`, '<mi mathvariant="normal">Ω</mi>'],
  [String.raw`a \cdot b`, "<mi>a</mi><mo>·</mo><mi>b</mi>"],
  [String.raw`\mathrm{loss}`, "<mi>loss</mi>"],
  [String.raw`\mathbb{R}`, '<mi mathvariant="normal">ℝ</mi>'],
  [String.raw`\text{ if }`, "<mtext>\u00a0if\u00a0</mtext>"],
  [String.raw`\nosuch`, '<mtext class="vg-unknown">\\nosuch</mtext>'],
  [String.raw`\exp(x)`, '<mi data-call="">exp</mi><mo stretchy="false">(</mo><mi>x</mi><mo stretchy="false">)</mo>'],
  [String.raw`\sum_i x`, '<munder><mo data-above="">∑</mo><mi>i</mi></munder><mi>x</mi>'],
  ["-x", '<mo form="prefix">−</mo><mi>x</mi>'],
  ["a - b", "<mi>a</mi><mo>−</mo><mi>b</mi>"],
  [String.raw`\left(x\right]`, '<mrow><mo fence="true" form="prefix" stretchy="true">(</mo><mi>x</mi><mo fence="true" form="postfix" stretchy="true">]</mo></mrow>'],
  [
    String.raw`\begin{bmatrix} 1 & 2 \\ 3 & 4 \end{bmatrix}`,
    '<mtable class="vg-matrix"><mtr><mtd><mn>1</mn></mtd><mtd><mn>2</mn></mtd></mtr><mtr><mtd><mn>3</mn></mtd><mtd><mn>4</mn></mtd></mtr></mtable>',
  ],
];

for (const [latex, mathml] of READ) test(latex, () => assert.equal(read(latex), mathml));

for (const broken of ["", "}", "{", "^", "x_", String.raw`\frac`, String.raw`\left(`, String.raw`\begin{aligned} x &`, String.raw`\sqrt}`]) {
  test(`what is no LaTeX is read to its end: ${broken}`, () => assert.ok(mathOf(broken)));
}
