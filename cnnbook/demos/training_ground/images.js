// Small images of the same size on one canvas, on one grey scale: black is the most negative, middle grey 0, white the most positive.

import { element } from "../shared/dom.js";

const TILE = 44, ACROSS = 8; // CSS pixels that an image takes at most, images in a row
const BROKEN = [185, 28, 28]; // of what is not a finite number

// {canvas, draw(images, height, width)}, which returns the number that is white. A number is one pixel of the canvas, which is enlarged.
export function smallImages() {
  const canvas = element("canvas", { class: "cb-canvas cb-tiles", role: "img" }), context = canvas.getContext("2d");
  function draw(images, height, width) {
    const reach = images.reduce((most, image) => image.reduce((so, x) => (Math.abs(x) > so ? Math.abs(x) : so), most), 0) || 1;
    const columns = Math.min(images.length, ACROSS), rows = Math.ceil(images.length / columns), gap = 1;
    const pixels = context.createImageData(columns * (width + gap) - gap, rows * (height + gap) - gap); // transparent at first
    images.forEach((image, n) => {
      const left = (n % columns) * (width + gap), top = Math.floor(n / columns) * (height + gap);
      image.forEach((x, at) => {
        const grey = 127.5 * (1 + x / reach), place = 4 * ((top + Math.floor(at / width)) * pixels.width + left + (at % width));
        pixels.data.set(Number.isFinite(x) ? [grey, grey, grey, 255] : [...BROKEN, 255], place);
      });
    });
    Object.assign(canvas, { width: pixels.width, height: pixels.height });
    context.putImageData(pixels, 0, 0);
    canvas.style.width = `${pixels.width * Math.max(1, TILE / Math.max(height, Math.min(width, 2 * ACROSS)))}px`;
    return reach;
  }
  return { canvas, draw };
}
