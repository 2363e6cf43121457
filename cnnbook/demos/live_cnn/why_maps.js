// The maps of what an answer depends on, drawn: how strongly pixels move it in grey, how hidden places change it in two colours.

import { cornersOf } from "./dependence.js";
import { largestOf, reachOf } from "./tiles.js";

const FALLS = [213, 94, 0], RISES = [0, 114, 178], NONE = [247, 247, 247]; // orange and blue, told apart by the colour-blind
const MARKED = 0.05; // of the largest change: from here on a rise has a stroke as well as a colour

// Changes of the probability, positive where hiding a place makes it fall.
export const fallsOf = ({ whole, shares }) => shares.map((share) => whole - share);

// `about` is {side, square}, the image's side and the grey square. A canvas that is not laid out yet is left as it is.
export function drawStrengths(canvas, map, { side }) {
  if (!canvas.begin(side, side)) return;
  const reach = reachOf(map);
  map.forEach((value, i) => {
    const grey = Math.round(255 * Math.min(1, value / reach));
    canvas.fill(Math.floor(i / side), i % side, `rgb(${grey}, ${grey}, ${grey})`);
  });
}

// Each place is drawn where the middle of its square is; the square's middle does not reach the border.
export function drawChanges(canvas, found, { side, square }) {
  if (!canvas.begin(side, side)) return;
  const { context, cell } = canvas, falls = fallsOf(found), reach = largestOf(falls), corners = cornersOf(side, square);
  const size = square.step * cell, first = ((square.side - square.step) / 2) * cell;
  context.strokeStyle = "#000";
  context.lineWidth = Math.max(1, cell / 3);
  corners.forEach((top, i) => corners.forEach((left, j) => {
    const level = falls[i * corners.length + j] / reach, end = level < 0 ? RISES : FALLS, x = first + left * cell, y = first + top * cell;
    context.fillStyle = `rgb(${NONE.map((none, c) => Math.round(none + (end[c] - none) * Math.abs(level)))})`;
    context.fillRect(x, y, size, size);
    if (level > -MARKED) return;
    context.beginPath();
    context.moveTo(x + 0.2 * size, y + 0.8 * size);
    context.lineTo(x + 0.8 * size, y + 0.2 * size);
    context.stroke();
  }));
}
