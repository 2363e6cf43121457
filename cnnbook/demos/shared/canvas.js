// Drawing on canvases whose every pixel is one pixel of the screen.

import { element } from "./dom.js";

const FINEST = 2; // device pixels that a cell must keep beside its line; where it has fewer, no lines are drawn

// Black or white, whichever reads better on this background.
export function inkOn([r, g, b]) {
  const linear = [r, g, b].map((v) => (v / 255 <= 0.04045 ? v / 255 / 12.92 : ((v / 255 + 0.055) / 1.055) ** 2.4));
  return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2] > 0.179 ? "#000" : "#fff";
}

// Device pixels per CSS pixel: of the screen, and of the page's zoom.
export const pixelRatio = () => window.devicePixelRatio || 1;

// The fewest device pixels that are also whole CSS pixels: 5 where the ratio is 1.25. Where there are no such few, as with the zooms
// between, a browser lays out in device pixels anyway.
function wholeStep(ratio) {
  const css = [1, 2, 3, 4].find((pixels) => Number.isInteger(pixels * ratio));
  return css ? css * ratio : 1;
}

// Device pixels that there are for a canvas between the edges of its parent, so many that `sizeCanvas` adds none; 0 while that is not
// laid out.
export function roomFor(canvas) {
  const around = getComputedStyle(canvas.parentNode), { maxWidth } = getComputedStyle(canvas);
  const edges = [around.paddingLeft, around.paddingRight, around.borderLeftWidth, around.borderRightWidth];
  const inside = edges.reduce((left, edge) => left - parseFloat(edge), canvas.parentNode.getBoundingClientRect().width);
  const most = maxWidth.endsWith("px") ? parseFloat(maxWidth) : Infinity, ratio = pixelRatio(), step = wholeStep(ratio);
  return Math.max(0, Math.floor((Math.min(inside, most) * ratio) / step) * step);
}

// Make a canvas at least so many device pixels wide and high, and its place on the page exactly as large: then the browser draws each
// pixel once, where a stretched canvas loses lines and makes some cells wider than others. What is added at the right and at the
// bottom, so that the place has whole CSS pixels too, stays transparent. The hundredth is more than a browser loses in rounding down.
export function sizeCanvas(canvas, width, height) {
  const ratio = pixelRatio(), step = wholeStep(ratio);
  for (const [side, pixels] of [["width", width], ["height", height]]) {
    canvas[side] = Math.ceil(pixels / step) * step;
    canvas.style[side] = `${(canvas[side] + (step === 1 ? 0.01 : 0)) / ratio}px`;
  }
}

// A canvas of square cells in a thin frame, each as many whole device pixels wide as there is room for; with `lines` also between them.
export function cellCanvas(attributes = {}, { lines = false } = {}) {
  const canvas = element("canvas", attributes);
  const context = canvas.getContext("2d");
  let edge = 1, cell = 1, line = 0; // the frame, a cell with the line after it, and that line, in device pixels
  const over = (column) => edge + column * cell; // where a row or column begins
  return {
    canvas,
    context,
    // Returns false while the canvas is not laid out yet.
    begin(rows, columns) {
      const room = roomFor(canvas);
      if (!room) return false;
      edge = Math.max(1, Math.round(pixelRatio()));
      cell = Math.max(1, Math.floor((room - (lines ? 1 : 2) * edge) / columns)); // with lines, the last one is the frame's
      line = lines && cell >= edge + FINEST ? edge : 0;
      const width = over(columns) + edge - line, height = over(rows) + edge - line;
      sizeCanvas(canvas, width, height);
      context.rect(0, 0, width, height);
      context.clip();
      context.fillStyle = groundAndLine(canvas).line;
      context.fillRect(0, 0, width, height);
      return true;
    },
    fill(row, column, colour) {
      context.fillStyle = colour;
      context.fillRect(over(column), over(row), cell - line, cell - line);
    },
    // Where cells lie on the canvas, or parts of some: [left, top, width, height] in whole pixels.
    area: (row, column, height, width) => [over(column), over(row), width * cell, height * cell].map(Math.round),
    // Hatching says "no pixel here" and cannot be taken for black, in light or dark.
    hatch(row, column, ground, colour) {
      this.fill(row, column, ground);
      context.strokeStyle = colour;
      context.lineWidth = Math.max(1, cell / 10);
      context.beginPath();
      context.moveTo(over(column), over(row + 1));
      context.lineTo(over(column + 1), over(row));
      context.stroke();
    },
    outline(row, column, height, width) {
      const thick = Math.max(3, cell / 4);
      for (const [colour, lineWidth] of [["#000", thick * 2], ["#ffb000", thick]]) {
        context.strokeStyle = colour;
        context.lineWidth = lineWidth;
        context.strokeRect(...this.area(row, column, height, width));
      }
    },
    // The [row, column] under a pointer, as fractions of cells.
    at(event) {
      const box = canvas.getBoundingClientRect(), ratio = pixelRatio();
      return [event.clientY - box.top, event.clientX - box.left].map((length) => (length * ratio - edge) / cell);
    },
  };
}

// The colours of what is no pixel, in the present theme.
export function groundAndLine(root) {
  const style = getComputedStyle(root);
  return { ground: style.getPropertyValue("--cb-ground").trim() || "#fff", line: style.getPropertyValue("--cb-muted").trim() || "#777" };
}
