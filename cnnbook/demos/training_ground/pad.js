// The image that the network is asked about: one of the test images, or a digit drawn by hand, and the network's answer.
import { cellCanvas } from "../shared/canvas.js";
import { element, labelled } from "../shared/dom.js";

const SIDE = 8, FINE = 32, BLOCK = FINE / SIDE, PEN = 3; // drawn on 32 × 32 points; a pixel counts the 16 points of its block, as in the data set

// 32 × 32 points, 0 or 1 -> 8 × 8 pixels from 0 to 16.
export function reduced(points) {
  const ink = new Uint8Array(SIDE * SIDE);
  points.forEach((point, at) => { ink[Math.floor(at / FINE / BLOCK) * SIDE + Math.floor((at % FINE) / BLOCK)] += point; });
  return ink;
}

// All points of a line between two places [row, column], PEN wide.
export function strokeLine(points, from, to) {
  const steps = Math.max(Math.abs(to[0] - from[0]), Math.abs(to[1] - from[1]), 1), back = Math.floor(PEN / 2);
  for (let step = 0; step <= steps; step++) {
    const [row, column] = [0, 1].map((axis) => Math.round(from[axis] + ((to[axis] - from[axis]) * step) / steps) - back);
    for (let i = row; i < row + PEN; i++) for (let j = column; j < column + PEN; j++) {
      if (i >= 0 && i < FINE && j >= 0 && j < FINE) points[i * FINE + j] = 1;
    }
  }
}

// `ask(ink)` is called when there is another image. `digits` as in digits.js.
export function digitPad({ digits, ask }) {
  const points = new Uint8Array(FINE * FINE), many = digits.test.labels.length;
  let shown = 0, cursor = [FINE / 2, FINE / 2], drawing = false, held = false;
  const canvas = cellCanvas({ class: "cb-canvas cb-pad", tabindex: "0", role: "application" });
  const caption = element("figcaption");
  const number = element("input", { type: "range", min: "1", max: String(many), value: "1", oninput: () => choose(Number(number.value) - 1) });
  const clear = element("button", { type: "button", onclick: () => { begin(); changed(); } }, "Draw a digit");
  const rows = Array.from({ length: 10 }, (_, digit) => {
    const bar = element("span", { class: "cb-bar" }), value = element("td");
    return { bar, value, node: element("tr", {}, element("th", { scope: "row" }, String(digit)), element("td", { class: "cb-track" }, bar), value) };
  });
  const answer = element("p", { class: "cb-answer" });
  const node = element("div", { class: "cb-ask" },
    element("figure", {}, caption, canvas.canvas),
    element("div", {}, answer, element("table", { class: "cb-classes" }, element("caption", {}, "probabilities"), element("tbody", {}, ...rows.map((row) => row.node)))),
    element("div", { class: "cb-controls" }, labelled("Test image", number), clear));

  const ink = () => (drawing ? reduced(points) : digits.ink(shown));
  function changed() {
    draw();
    ask(ink());
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
  function stroke(from, to) {
    if (!drawing) begin();
    strokeLine(points, from, to);
    changed();
  }
  function draw() {
    const pixels = ink();
    caption.textContent = drawing ? "Your digit: let it fill the square" : `Test image ${shown + 1}, a ${digits.test.labels[shown]}; draw on it to write your own`;
    canvas.canvas.setAttribute("aria-label", `Image of 8 by 8 pixels${drawing ? ", drawn by you" : `, a ${digits.test.labels[shown]}`}. Arrow keys move the pen, space draws a point, shift with an arrow key draws a line.`);
    number.setAttribute("aria-valuetext", `${shown + 1}, a ${digits.test.labels[shown]}`);
    if (!canvas.begin(SIDE, SIDE)) return;
    pixels.forEach((value, at) => {
      const grey = Math.round(255 * (1 - value / 16));
      canvas.fill(Math.floor(at / SIDE), at % SIDE, `rgb(${grey},${grey},${grey})`);
    });
    if (document.activeElement === canvas.canvas) canvas.outline(Math.floor(cursor[0] / BLOCK), Math.floor(cursor[1] / BLOCK), 1, 1);
  }
  function showAnswer(shares) {
    const best = shares.indexOf(Math.max(...shares)), known = Number.isFinite(shares[0]);
    answer.replaceChildren(...(known ? ["It says: ", element("strong", {}, String(best)), `, ${(100 * shares[best]).toFixed(1)} %`] : ["It has no answer any more."]));
    rows.forEach(({ bar, value, node: line }, digit) => {
      bar.style.width = known ? `${100 * shares[digit]}%` : "0";
      value.textContent = known ? `${(100 * shares[digit]).toFixed(1)} %` : "–";
      line.classList.toggle("cb-best", known && digit === best);
    });
  }

  const under = (event) => canvas.at(event).map((place) => Math.min(Math.max(Math.floor(place * BLOCK), 0), FINE - 1));
  canvas.canvas.addEventListener("pointerdown", (event) => {
    held = true;
    canvas.canvas.setPointerCapture(event.pointerId);
    cursor = under(event);
    stroke(cursor, cursor);
  });
  canvas.canvas.addEventListener("pointermove", (event) => {
    if (!held) return;
    const next = under(event);
    stroke(cursor, next);
    cursor = next;
  });
  for (const end of ["pointerup", "pointercancel", "lostpointercapture"]) canvas.canvas.addEventListener(end, () => { held = false; });
  for (const event of ["focus", "blur"]) canvas.canvas.addEventListener(event, draw);
  canvas.canvas.addEventListener("keydown", (event) => {
    const by = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0], " ": [0, 0] }[event.key];
    if (!by) return;
    event.preventDefault();
    const from = cursor, step = event.key === " " ? 0 : BLOCK / 2;
    cursor = cursor.map((place, axis) => Math.min(Math.max(place + step * by[axis], 0), FINE - 1));
    if (event.key === " " || event.shiftKey) stroke(from, cursor);
    else draw();
  });
  return { node, draw, showAnswer, ink };
}
