// Maps as grey levels, and a canvas of many small images.

import { element } from "../shared/dom.js";
import { digits } from "./words.js";

const TILE = 72; // CSS pixels that a tile takes at most, a unit half of that
const FEW = 8, MANY = 16, WIDE = 560; // columns; the many where the page is wider than this
const TEXT = {
  less: " or less", more: " or more",
  black: (end, beyond) => `black −${end}${beyond}, `, white: (end, beyond) => `middle grey 0, white ${end}${beyond}`,
};

export const greyLevel = (value, reach) => Math.round(127.5 * (1 + value / reach));
export const largestOf = (values) => values.reduce((most, x) => Math.max(most, Math.abs(x)), 0) || 1;

// A few large values would turn all others grey, so the scale ends where 99 of 100 values do. Remembered, since pointing at a
// unit draws everything anew.
const reaches = new WeakMap();
export function reachOf(values) {
  if (values.length < 1000) return largestOf(values);
  if (!reaches.has(values)) reaches.set(values, values.map(Math.abs).sort()[Math.floor(0.99 * values.length)] || 1);
  return reaches.get(values);
}

// What black and white stand for.
export function legend(values, reach) {
  const beyond = largestOf(values) > reach ? [TEXT.less, TEXT.more] : ["", ""], end = digits(reach, 2);
  return `${values.some((x) => x < 0) ? TEXT.black(end, beyond[0]) : ""}${TEXT.white(end, beyond[1])}`;
}

// One map of a layer on a canvas of cells; false while that is not laid out yet.
export function drawMap(canvas, { shape: [height, width, channels] }, values, map, reach) {
  if (!canvas.begin(height, width)) return;
  for (let i = 0; i < height; i++) for (let j = 0; j < width; j++) {
    const grey = greyLevel(values[(i * width + j) * channels + map], reach);
    canvas.fill(i, j, `rgb(${grey}, ${grey}, ${grey})`);
  }
}

// The network's image, or what of it the reader gave.
export function drawPixels(canvas, pixels, [height, width]) {
  for (let i = 0; i < height; i++) for (let j = 0; j < width; j++) {
    canvas.fill(i, j, `rgb(${pixels.slice((i * width + j) * 3, (i * width + j) * 3 + 3).join()})`);
  }
}

function columnsFor(tiles, room) {
  const isUnits = tiles[0].height === 1;
  return Math.min(tiles.length, isUnits || room > WIDE ? MANY : FEW);
}

// A canvas of many small images: `tiles` are {height, width, colour(row, column)}.
export function tileCanvas() {
  const canvas = element("canvas", { class: "cb-canvas cb-tiles", tabindex: "0", role: "application" });
  const context = canvas.getContext("2d"), tile = element("canvas"), tileContext = tile.getContext("2d");
  let columns = 1;
  function drawTile({ height, width, colour }, left, top, side) {
    tile.width = width;
    tile.height = height;
    const image = tileContext.createImageData(width, height);
    for (let i = 0; i < height; i++) for (let j = 0; j < width; j++) image.data.set([...colour(i, j), 255], (i * width + j) * 4);
    tileContext.putImageData(image, 0, 0);
    context.drawImage(tile, left, top, side, side);
  }
  return {
    canvas,
    get columns() { return columns; },
    draw(tiles, chosen) {
      columns = columnsFor(tiles, canvas.parentNode.clientWidth);
      const rows = Math.ceil(tiles.length / columns);
      canvas.style.aspectRatio = `${columns} / ${rows}`;
      canvas.style.maxWidth = `${columns * (tiles[0].height === 1 ? TILE / 2 : TILE)}px`;
      const width = canvas.clientWidth * (window.devicePixelRatio || 1);
      if (!width) return;
      const size = Math.max(2, Math.floor(width / columns)), gap = Math.max(1, Math.round(size / 24)), side = size - 2 * gap;
      const corner = (n) => [(n % columns) * size + gap, Math.floor(n / columns) * size + gap];
      canvas.width = size * columns;
      canvas.height = size * rows;
      context.imageSmoothingEnabled = false;
      tiles.forEach((each, n) => drawTile(each, ...corner(n), side));
      for (const [colour, thick] of [["#000", 3 * gap + 2], ["#ffb000", gap + 2]]) {
        context.strokeStyle = colour;
        context.lineWidth = thick;
        context.strokeRect(...corner(chosen), side, side);
      }
    },
    // The tile under a pointer and where in it, as fractions.
    at(event) {
      const box = canvas.getBoundingClientRect(), side = box.width / columns;
      const x = (event.clientX - box.left) / side, y = (event.clientY - box.top) / side;
      return { tile: Math.floor(y) * columns + Math.floor(x), row: y % 1, column: x % 1 };
    },
  };
}
