// Small images of the same size on one canvas, on one grey scale: black is the most negative, middle grey 0, white the most positive.

import { element } from "../shared/dom.js";

const TILE = 44, GAP = 8, ACROSS = 8; // CSS pixels that an image takes at most, canvas pixels between two, images in a row
const BROKEN = "#b91c1c"; // of what is not a finite number

// {canvas, draw(images, height, width)}, which returns the number that is white.
export function smallImages() {
  const canvas = element("canvas", { class: "cb-canvas cb-tiles", role: "img" }), context = canvas.getContext("2d");
  function draw(images, height, width) {
    const reach = images.reduce((most, image) => image.reduce((so, x) => (Math.abs(x) > so ? Math.abs(x) : so), most), 0) || 1;
    const columns = Math.min(images.length, ACROSS), rows = Math.ceil(images.length / columns);
    const cell = Math.max(2, Math.floor((2 * TILE) / Math.max(height, Math.min(width, 2 * ACROSS))));
    canvas.width = columns * (width * cell + GAP) - GAP;
    canvas.height = rows * (height * cell + GAP) - GAP;
    canvas.style.width = `${canvas.width / 2}px`;
    images.forEach((image, n) => {
      const left = (n % columns) * (width * cell + GAP), top = Math.floor(n / columns) * (height * cell + GAP);
      image.forEach((x, at) => {
        const grey = Math.round(127.5 * (1 + x / reach));
        context.fillStyle = Number.isFinite(x) ? `rgb(${grey},${grey},${grey})` : BROKEN;
        context.fillRect(left + (at % width) * cell, top + Math.floor(at / width) * cell, cell, cell);
      });
    });
    return reach;
  }
  return { canvas, draw };
}
