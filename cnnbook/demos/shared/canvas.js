// Drawing on canvases of square cells.

import { element } from "./dom.js";

// Black or white, whichever reads better on this background.
export function inkOn([r, g, b]) {
  const linear = [r, g, b].map((v) => (v / 255 <= 0.04045 ? v / 255 / 12.92 : ((v / 255 + 0.055) / 1.055) ** 2.4));
  return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2] > 0.179 ? "#000" : "#fff";
}

// A canvas of square cells that keeps its proportions and stays sharp on any screen.
export function cellCanvas(attributes = {}) {
  const canvas = element("canvas", attributes);
  const context = canvas.getContext("2d");
  let cell = 1;
  return {
    canvas,
    context,
    get cell() { return cell; },
    // Returns false while the canvas is not laid out yet.
    begin(rows, columns) {
      canvas.style.aspectRatio = `${columns} / ${rows}`;
      const width = canvas.clientWidth * (window.devicePixelRatio || 1);
      if (!width) return false;
      cell = Math.max(1, Math.round(width / columns));
      canvas.width = cell * columns;
      canvas.height = cell * rows;
      return true;
    },
    fill(row, column, colour) {
      context.fillStyle = colour;
      context.fillRect(column * cell, row * cell, cell, cell);
    },
    // Hatching says "no pixel here" and cannot be taken for black, in light or dark.
    hatch(row, column, ground, line) {
      this.fill(row, column, ground);
      context.strokeStyle = line;
      context.lineWidth = Math.max(1, cell / 10);
      context.beginPath();
      context.moveTo(column * cell, (row + 1) * cell);
      context.lineTo((column + 1) * cell, row * cell);
      context.stroke();
    },
    outline(row, column, height, width) {
      const thick = Math.max(3, cell / 4);
      for (const [colour, lineWidth] of [["#000", thick * 2], ["#ffb000", thick]]) {
        context.strokeStyle = colour;
        context.lineWidth = lineWidth;
        context.strokeRect(column * cell, row * cell, width * cell, height * cell);
      }
    },
    // The [row, column] under a pointer, as fractions of cells.
    at(event) {
      const box = canvas.getBoundingClientRect();
      const down = (event.clientY - box.top) / box.height, across = (event.clientX - box.left) / box.width;
      return [down * (canvas.height / cell), across * (canvas.width / cell)];
    },
  };
}

// The colours of what is no pixel, in the present theme.
export function groundAndLine(root) {
  const style = getComputedStyle(root);
  return { ground: style.getPropertyValue("--cb-ground").trim() || "#fff", line: style.getPropertyValue("--cb-muted").trim() || "#777" };
}
