// The image with the window on it, and the feature map as far as it is computed.

import { zerosBefore } from "../shared/arithmetic.js";
import { cellCanvas, groundAndLine } from "../shared/canvas.js";
import { element } from "../shared/dom.js";
import { formatNumber } from "../shared/numbers.js";
import { imageOf, mapSize, settingsOf } from "./walk.js";

const TEXT = {
  role: "image with a sliding window",
  window: "Image. Arrow keys move the window, Home and End go to the ends of a row, space plays and pauses.",
  image: (height, width, zeros) => `image, ${height} × ${width}${zeros ? "; hatched: zeros around it" : ""}`,
  map: (height, width, visited) => `feature map, ${height} × ${width}, ${visited} of ${height * width} computed`,
  mapLabel: (height, width, visited) => `Feature map of ${height} rows and ${width} columns, ${visited} cells computed.`,
  signed: (reach) => `black ${formatNumber(-reach)}, middle grey 0, white ${formatNumber(reach)}`,
  positive: (reach) => `black 0, white ${formatNumber(reach)}`, unfinished: "; hatched: not yet computed",
  row: "row",
};

export function createInput(model) {
  const input = cellCanvas({
    class: "cb-canvas cb-input", tabindex: "0", role: "application", "aria-roledescription": TEXT.role, "aria-label": TEXT.window,
  });
  const caption = element("figcaption"), node = element("figure", { class: "cb-left" }, caption, input.canvas);
  // Rows or columns of zeros before and after one axis.
  function zeros(side, cells) {
    const { stride, padding } = settingsOf(model), { kernel_size: kernel } = model.get("limits");
    const before = zerosBefore(side, kernel, stride, padding);
    return [before, Math.max((cells - 1) * stride + kernel - before - side, 0)];
  }
  function draw(cell) {
    const pixels = imageOf(model), rows = pixels.length, columns = pixels[0].length, { height, width } = mapSize(model);
    const [top, bottom] = zeros(rows, height), [left, right] = zeros(columns, width);
    caption.textContent = TEXT.image(rows, columns, top + bottom + left + right);
    if (!input.begin(rows + top + bottom, columns + left + right)) return;
    const { ground, line } = groundAndLine(input.canvas);
    for (let i = -top; i < rows + bottom; i++) for (let j = -left; j < columns + right; j++) {
      const pixel = pixels[i]?.[j];
      if (pixel) input.fill(i + top, j + left, `rgb(${pixel.length === 1 ? [pixel[0], pixel[0], pixel[0]] : pixel})`);
      else input.hatch(i + top, j + left, ground, line);
    }
    const { kernel_size: kernel } = model.get("limits");
    input.outline(cell.top + top, cell.left + left, kernel, kernel);
  }
  return { node, input, draw };
}

export function createMap(model, visited) {
  const map = cellCanvas({ class: "cb-canvas cb-map", role: "img" });
  const caption = element("figcaption"), scale = element("p", { class: "cb-scale" });
  const node = element("figure", { class: "cb-right" }, caption, map.canvas, scale);
  function draw(values) {
    const height = values.length, width = values[0].length, low = Math.min(...values.flat()), high = Math.max(...values.flat());
    const reach = Math.max(Math.abs(low), Math.abs(high)) || 1, signed = low < 0;
    caption.textContent = TEXT.map(height, width, visited.size);
    const ends = signed ? TEXT.signed(reach) : TEXT.positive(reach);
    scale.textContent = ends + (visited.size < height * width ? TEXT.unfinished : "");
    map.canvas.setAttribute("aria-label", TEXT.mapLabel(height, width, visited.size));
    if (!map.begin(height, width)) return;
    const { ground, line } = groundAndLine(map.canvas);
    for (let i = 0; i < height; i++) for (let j = 0; j < width; j++) {
      const grey = Math.round(255 * (signed ? (values[i][j] / reach + 1) / 2 : values[i][j] / reach));
      if (visited.has(i * width + j)) map.fill(i, j, `rgb(${grey}, ${grey}, ${grey})`);
      else map.hatch(i, j, ground, line);
    }
    map.outline(...model.get("position"), 1, 1);
  }
  return { node, map, draw };
}

// The feature map as a table of numbers; what is not computed yet is empty.
export function mapTable(values, visited) {
  const width = values[0].length, column = (j) => element("th", { scope: "col" }, String(j + 1));
  const head = element("tr", {}, element("th", { scope: "col" }, TEXT.row), ...values[0].map((_, j) => column(j)));
  const lines = values.map((line, i) => element("tr", {}, element("th", { scope: "row" }, String(i + 1)),
    ...line.map((value, j) => element("td", {}, visited.has(i * width + j) ? formatNumber(value) : ""))));
  return element("table", {}, element("thead", {}, head), element("tbody", {}, ...lines));
}
