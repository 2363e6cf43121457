// Small images of the same size on one canvas, on one grey scale: black is the most negative, middle grey 0, white the most positive.

import { pixelRatio, roomFor, sizeCanvas } from "../shared/canvas.js";
import { element } from "../shared/dom.js";

const TILE = 44, ACROSS = 8; // CSS pixels that an image takes at most, images in a row
const UNIT = 10, UNITS_ACROSS = 64; // the same where an image is a single number
const BROKEN = "rgb(185, 28, 28)"; // of what is not a finite number

// How images of height × width cells stand in a room of device pixels: {columns, cell}, a cell of whole pixels.
function layOut(count, height, width, room, ratio) {
  const isUnit = height * width === 1, most = Math.min(count, isUnit ? UNITS_ACROSS : ACROSS);
  const usual = Math.max(1, Math.floor(((isUnit ? UNIT : TILE) * ratio) / Math.max(height, width)));
  const columns = Math.max(1, Math.min(most, Math.floor(room / (width + 1))));
  return { columns, cell: Math.max(1, Math.min(usual, Math.floor(room / (columns * (width + 1))))) };
}

// {canvas, draw(images, height, width)}, which returns the number that is white.
export function smallImages() {
  const canvas = element("canvas", { class: "cb-canvas cb-tiles", role: "img" }), context = canvas.getContext("2d");
  function draw(images, height, width) {
    const reach = images.reduce((most, image) => image.reduce((so, x) => (Math.abs(x) > so ? Math.abs(x) : so), most), 0) || 1;
    const room = roomFor(canvas);
    if (!room) return reach;
    const { columns, cell } = layOut(images.length, height, width, room, pixelRatio()), rows = Math.ceil(images.length / columns);
    const gap = cell; // between two images, and nothing is drawn there
    sizeCanvas(canvas, columns * (width * cell + gap) - gap, rows * (height * cell + gap) - gap);
    images.forEach((image, n) => {
      const left = (n % columns) * (width * cell + gap), top = Math.floor(n / columns) * (height * cell + gap);
      image.forEach((x, at) => {
        const grey = Math.round(127.5 * (1 + x / reach));
        context.fillStyle = Number.isFinite(x) ? `rgb(${grey}, ${grey}, ${grey})` : BROKEN;
        context.fillRect(left + (at % width) * cell, top + Math.floor(at / width) * cell, cell, cell);
      });
    });
    return reach;
  }
  return { canvas, draw };
}
