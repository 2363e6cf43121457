// The network's image on the page, which can be painted on.

import { cellCanvas, inkOn } from "../shared/canvas.js";
import { button, element } from "../shared/dom.js";
import { choice } from "../shared/fields.js";
import { arrowStep, intoMap } from "../shared/places.js";
import { onPointer } from "../shared/pointer.js";
import { drawPixels } from "./tiles.js";

const COLOURS = {
  black: [20, 20, 20], white: [255, 255, 255], grey: [128, 128, 128], red: [190, 40, 35], orange: [235, 140, 40], yellow: [240, 210, 70],
  green: [70, 130, 60], "sky blue": [130, 180, 225], "dark blue": [30, 60, 130], brown: [110, 75, 45],
};
const BRUSHES = [1, 2, 3, 5, 8];
const TEXT = {
  colour: "Colour", brush: "Brush", wide: (n) => `${n} pixel${n === 1 ? "" : "s"} wide`, white: "White sheet",
  caption: (side) => `what the network gets: ${side} × ${side} pixels`,
  sheet: (side) => `Drawing sheet of ${side} by ${side} pixels. ` +
    "Arrow keys move the brush, space paints, shift with an arrow key paints a line.",
  image: (side, about) => `Image of ${side} by ${side} pixels: ${about}`,
  cursor: ([row, column]) => `Row ${row + 1}, column ${column + 1}.`,
};

// How far a brush reaches before its middle.
const before = (brush) => Math.floor((brush - 1) / 2);

// Paint a square of `brush` × `brush` pixels around each point of the line between two cells [row, column] of `side` × `side` pixels.
function paint(pixels, side, from, to, brush, colour) {
  const steps = Math.max(Math.abs(to[0] - from[0]), Math.abs(to[1] - from[1]), 1);
  for (let step = 0; step <= steps; step++) {
    const [row, column] = [0, 1].map((k) => Math.round(from[k] + ((to[k] - from[k]) * step) / steps) - before(brush));
    for (let i = row; i < row + brush; i++) for (let j = column; j < column + brush; j++) {
      if (i >= 0 && i < side && j >= 0 && j < side) pixels.set(colour, (i * side + j) * 3);
    }
  }
}

// Colour, width of the brush, and a white sheet: {node, show(), colour(), width()}.
function createTools(redraw, clear) {
  let colour = "black", width = 2;
  const swatches = Object.entries(COLOURS).map(([name, rgb]) => {
    const style = { background: `rgb(${rgb})`, color: inkOn(rgb) };
    return { name, node: button("", () => { colour = name; redraw(); }, { class: "cb-swatch", "aria-label": name, title: name, style }) };
  });
  const brushes = choice(TEXT.brush, BRUSHES.map((n) => [String(n), TEXT.wide(n)]), (n) => { width = Number(n); });
  const node = element("div", { class: "cb-tools" },
    element("div", { class: "cb-swatches", role: "group", "aria-label": TEXT.colour }, ...swatches.map((swatch) => swatch.node)),
    brushes.node, button(TEXT.white, clear, { class: "cb-clear" }));
  function show() {
    brushes.show(String(width));
    for (const swatch of swatches) {
      swatch.node.setAttribute("aria-pressed", String(swatch.name === colour));
      swatch.node.textContent = swatch.name === colour ? "✓" : "";
    }
  }
  return { node, show, colour: () => COLOURS[colour], width: () => width };
}

// The brush follows the pointer and the keys, while `drawing()`.
function listen(canvas, side, drawing, { moveTo, paintTo, cursor }) {
  const node = canvas.canvas, cellUnder = (event) => intoMap(canvas.at(event).map(Math.floor), side, side);
  function paintFrom(from, event) {
    if (!drawing()) return;
    moveTo(cellUnder(event));
    paintTo(from ?? cursor());
  }
  onPointer(node, { began: (event) => paintFrom(null, event), moved: (event) => paintFrom(cursor(), event), atOnce: true });
  node.addEventListener("keydown", (event) => {
    const by = event.key === " " ? [0, 0] : arrowStep(event.key);
    if (!drawing() || !by) return;
    event.preventDefault();
    const from = cursor(), isPainting = event.key === " " || event.shiftKey;
    moveTo(intoMap(from.map((place, axis) => place + by[axis]), side, side), !isPainting);
    if (isPainting) paintTo(from);
  });
}

// `drawing()` says whether one paints, `edit(paint)` hands the pixels to `paint`, `clear` makes them white, `say` speaks to a screen
// reader: {figure, tools, draw(pixels, alt, about)}.
export function createSheet(side, { drawing, edit, clear, redraw, say }) {
  const canvas = cellCanvas({ class: "cb-canvas cb-picture" }), note = element("p", { class: "cb-note" });
  const tools = createTools(redraw, clear);
  let cursor = [side / 2, side / 2];
  function moveTo(place, aloud = false) {
    cursor = place;
    if (aloud) say(() => TEXT.cursor(cursor));
    redraw();
  }
  const paintTo = (from) => edit((pixels) => paint(pixels, side, from, cursor, tools.width(), tools.colour()));
  function draw(pixels, alt, about) {
    const node = canvas.canvas, isSheet = drawing();
    note.textContent = about;
    tools.node.hidden = !isSheet;
    tools.show();
    node.setAttribute("role", isSheet ? "application" : "img");
    node.setAttribute("aria-label", isSheet ? TEXT.sheet(side) : TEXT.image(side, alt));
    node.classList.toggle("cb-sheet", isSheet);
    if (isSheet) node.setAttribute("tabindex", "0");
    else node.removeAttribute("tabindex");
    if (!canvas.begin(side, side)) return;
    drawPixels(canvas, pixels, [side, side]);
    if (isSheet) canvas.outline(...cursor.map((place) => place - before(tools.width())), tools.width(), tools.width());
  }
  listen(canvas, side, drawing, { moveTo, paintTo, cursor: () => cursor });
  return { figure: element("figure", {}, element("figcaption", {}, TEXT.caption(side)), canvas.canvas, note), tools: tools.node, draw };
}
