// Maps as grey levels, and a canvas of many small images.

import { pixelRatio, roomFor, sizeCanvas } from "../shared/canvas.js";
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

// How tiles of so many cells stand in a room, in device pixels: {columns, gap, cell}. Each cell is a whole number of pixels.
function layOut(count, { height, width }, room, ratio) {
  const isUnit = height === 1;
  let columns = Math.min(count, isUnit || room > WIDE * ratio ? MANY : FEW);
  while (columns > 1 && room / columns < width + 2) columns -= 1;
  const size = Math.min(Math.floor(room / columns), (isUnit ? TILE / 2 : TILE) * ratio), gap = Math.max(1, Math.round(size / 24));
  return { columns, gap, cell: Math.max(1, Math.floor((size - 2 * gap) / width)) };
}

// A canvas of many small images: `tiles` are {height, width, colour(row, column)}.
export function tileCanvas() {
  const canvas = element("canvas", { class: "cb-canvas cb-tiles", tabindex: "0", role: "application" });
  const context = canvas.getContext("2d"), tile = element("canvas"), tileContext = tile.getContext("2d");
  let columns = 1, size = 1;
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
      const room = roomFor(canvas);
      if (!room) return;
      const made = layOut(tiles.length, tiles[0], room, pixelRatio()), { gap } = made, side = made.cell * tiles[0].width;
      columns = made.columns;
      size = side + 2 * gap;
      const corner = (n) => [(n % columns) * size + gap, Math.floor(n / columns) * size + gap];
      sizeCanvas(canvas, size * columns, size * Math.ceil(tiles.length / columns));
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
      const box = canvas.getBoundingClientRect(), side = size / pixelRatio();
      const x = (event.clientX - box.left) / side, y = (event.clientY - box.top) / side;
      return { tile: Math.floor(y) * columns + Math.floor(x), row: y % 1, column: x % 1 };
    },
  };
}
