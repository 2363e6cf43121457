// The image that the network is asked about: one of the test images, or a digit drawn by hand, and the network's answer.

import { cellCanvas } from "../shared/canvas.js";
import { button, element, setAll } from "../shared/dom.js";
import { labelled } from "../shared/fields.js";
import { fixed } from "../shared/numbers.js";
import { arrowStep, limited } from "../shared/places.js";
import { onPointer } from "../shared/pointer.js";

const SIDE = 8, CLASSES = 10, INK = 16;
const FINE = 32, BLOCK = FINE / SIDE, PEN = 3; // drawn on 32 × 32 points; a pixel counts the 16 points of its block, as in the data set
const TEXT = {
  own: "Your digit: let it fill the square", test: (n, digit) => `Test image ${n}, the digit ${digit}; draw on it to write your own`,
  said: (about) => `Image of 8 by 8 pixels, ${about}. Arrow keys move the pen, space draws a point, shift with an arrow key draws a line.`,
  byYou: "drawn by you", isA: (digit) => `the digit ${digit}`, chosen: (n, digit) => `${n}, the digit ${digit}`,
  number: "Test image", draw: "Draw a digit", caption: "probabilities", says: "It says: ", none: "It no longer has an answer.",
  share: (value) => `${fixed(100 * value, 1)} %`, noShare: "–",
};

// 32 × 32 points, 0 or 1 -> 8 × 8 pixels from 0 to 16.
export function reduced(points) {
  const ink = Array(SIDE * SIDE).fill(0);
  points.forEach((point, at) => { ink[Math.floor(at / FINE / BLOCK) * SIDE + Math.floor((at % FINE) / BLOCK)] += point; });
  return ink;
}

// All points of a line between two places [row, column], PEN wide.
function strokeLine(points, from, to) {
  const steps = Math.max(Math.abs(to[0] - from[0]), Math.abs(to[1] - from[1]), 1), back = Math.floor(PEN / 2);
  for (let step = 0; step <= steps; step++) {
    const [row, column] = [0, 1].map((axis) => Math.round(from[axis] + ((to[axis] - from[axis]) * step) / steps) - back);
    for (let i = row; i < row + PEN; i++) for (let j = column; j < column + PEN; j++) {
      if (i >= 0 && i < FINE && j >= 0 && j < FINE) points[i * FINE + j] = 1;
    }
  }
  return points;
}

// The network's answer: {nodes, show(shares)}.
function createAnswer() {
  const words = element("p", { class: "cb-answer" });
  const rows = Array.from({ length: CLASSES }, (_, digit) => {
    const bar = element("span", { class: "cb-bar" }), value = element("td");
    const node = element("tr", {}, element("th", { scope: "row" }, String(digit)), element("td", { class: "cb-track" }, bar), value);
    return { bar, value, node };
  });
  const table = element("table", { class: "cb-classes" }, element("caption", {}, TEXT.caption),
    element("tbody", {}, ...rows.map((row) => row.node)));
  function show(shares) {
    const best = shares.indexOf(Math.max(...shares)), known = best >= 0;
    words.replaceChildren(...(known ? [TEXT.says, element("strong", {}, String(best)), `, ${TEXT.share(shares[best])}`] : [TEXT.none]));
    rows.forEach(({ bar, value, node }, digit) => {
      bar.style.width = known ? `${100 * shares[digit]}%` : "0";
      value.textContent = known ? TEXT.share(shares[digit]) : TEXT.noShare;
      node.classList.toggle("cb-best", digit === best);
    });
  }
  return { node: element("div", {}, words, table), show };
}

// Drawing with pointer and keyboard on a canvas of SIDE × SIDE cells; `stroke(from, to)` in points, `moved()` when only the pen moves.
function listenToPen(canvas, { pen, stroke, moved }) {
  const node = canvas.canvas, under = (event) => canvas.at(event).map((place) => limited(Math.floor(place * BLOCK), 0, FINE - 1));
  function strokeTo(event, from) {
    pen.at = under(event);
    stroke(from ?? pen.at, pen.at);
  }
  onPointer(node, { began: (event) => strokeTo(event), moved: (event) => strokeTo(event, pen.at), atOnce: true });
  for (const event of ["focus", "blur"]) node.addEventListener(event, moved);
  node.addEventListener("keydown", (event) => {
    const step = event.key === " " ? [0, 0] : arrowStep(event.key), from = pen.at;
    if (!step) return;
    event.preventDefault();
    pen.at = from.map((place, axis) => limited(place + (BLOCK / 2) * step[axis], 0, FINE - 1));
    if (event.key === " " || event.shiftKey) stroke(from, pen.at);
    else moved();
  });
}

// {node, draw(), showAnswer(shares), ink()}; `ask()` is called when there is another image. `digits` as in digits.js.
export function digitPad({ digits, ask }) {
  const points = new Uint8Array(FINE * FINE), { labels } = digits.test, pen = { at: [FINE / 2, FINE / 2] };
  let shown = 0, drawing = false;
  const canvas = cellCanvas({ class: "cb-canvas cb-pad", tabindex: "0", role: "application" });
  const caption = element("figcaption"), answer = createAnswer();
  const number = element("input", { type: "range", min: 1, max: labels.length, value: 1, oninput: () => choose(Number(number.value) - 1) });
  const node = element("div", { class: "cb-ask" }, element("figure", {}, caption, canvas.canvas), answer.node,
    element("div", { class: "cb-controls" }, labelled(TEXT.number, number), button(TEXT.draw, () => { begin(); changed(); })));

  const ink = () => (drawing ? reduced(points) : digits.ink(shown));
  function changed() {
    draw();
    ask();
  }
  function choose(n) {
    shown = n;
    drawing = false;
    changed();
  }
  function begin() {
    drawing = true;
    points.fill(0);
  }
  function draw() {
    const digit = labels[shown];
    caption.textContent = drawing ? TEXT.own : TEXT.test(shown + 1, digit);
    setAll(canvas.canvas, { "aria-label": TEXT.said(drawing ? TEXT.byYou : TEXT.isA(digit)) });
    setAll(number, { "aria-valuetext": TEXT.chosen(shown + 1, digit) });
    if (!canvas.begin(SIDE, SIDE)) return;
    ink().forEach((value, at) => {
      const grey = Math.round(255 * (1 - value / INK));
      canvas.fill(Math.floor(at / SIDE), at % SIDE, `rgb(${grey},${grey},${grey})`);
    });
    if (document.activeElement === canvas.canvas) canvas.outline(...pen.at.map((place) => Math.floor(place / BLOCK)), 1, 1);
  }
  function stroke(from, to) {
    if (!drawing) begin();
    strokeLine(points, from, to);
    changed();
  }
  listenToPen(canvas, { pen, stroke, moved: draw });
  return { node, draw, showAnswer: answer.show, ink };
}
