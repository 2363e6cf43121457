// Drawings of one layer of one network: the histogram of a moment, and a strip of all moments.

import { groundAndLine, pixelRatio, roomFor, sizeCanvas } from "../shared/canvas.js";
import { svg } from "../shared/dom.js";
import { significant } from "../shared/numbers.js";
import { limited } from "../shared/places.js";

export const HEIGHT = 160; // of a histogram
const STRIP = 140; // height of a strip
const TOP = 34, BOTTOM = 140; // what is between is for its bars
const NAME = 38; // half the width of the words over the mean
const TEXT = { span: "mean ± sd" };

export const short = (value) => significant(value, 3);

// A histogram's steps as a path from the ground line up and back to it; its fullest bin reaches TOP.
function outline(counts, x, reach) {
  const most = Math.max(...counts), edge = (i) => x((2 * i / counts.length - 1) * reach).toFixed(1);
  const steps = counts.map((count, i) => `V${(BOTTOM - (count / most) * (BOTTOM - TOP)).toFixed(1)}H${edge(i + 1)}`);
  return `M${edge(0)} ${BOTTOM}${steps.join("")}V${BOTTOM}`;
}

// The histogram at one moment over the one at the first, on a scale from -scale to scale.
export function drawHistogram(chart, { counts, reach, means, sds }, step, scale) {
  const width = chart.clientWidth;
  if (!width) return;
  const x = (value) => ((limited(value, -scale, scale) / scale + 1) / 2) * (width - 2) + 1;
  const [left, middle, right] = [means[step] - sds[step], means[step], means[step] + sds[step]].map(x);
  const text = (at, y, content, anchor) => svg("text", { x: at, y, "text-anchor": anchor }, content);
  chart.setAttribute("viewBox", `0 0 ${width} ${HEIGHT}`);
  chart.replaceChildren(
    svg("path", { class: "cb-bars", d: outline(counts[step], x, reach) }),
    svg("path", { class: "cb-zero-line", d: `M${x(0)} ${TOP - 12}V${BOTTOM + 4}` }),
    svg("path", { class: "cb-first", d: outline(counts[0], x, reach) }),
    svg("path", { class: "cb-ground-line", d: `M0 ${BOTTOM}H${width}` }),
    svg("path", { class: "cb-mean", d: `M${middle} ${TOP - 16}V${BOTTOM}` }),
    svg("path", { class: "cb-span", d: `M${left} ${TOP - 16}v8M${right} ${TOP - 16}v8M${left} ${TOP - 12}H${right}` }),
    text(limited(middle, NAME, width - NAME), 13, TEXT.span, "middle"),
    text(0, HEIGHT - 5, short(-scale), "start"), text(x(0), HEIGHT - 5, "0", "middle"), text(width, HEIGHT - 5, short(scale), "end"));
}

// All moments as columns of bins, the fullest bin of a column in full ink, and a frame around the chosen one.
export function drawStrip(canvas, { counts, reach }, step, scale) {
  const ratio = pixelRatio(), room = roomFor(canvas), column = Math.max(1, Math.floor(room / counts.length));
  if (!room) return;
  const width = column * counts.length, height = Math.round(STRIP * ratio);
  sizeCanvas(canvas, width, height);
  const context = canvas.getContext("2d"), { ground } = groundAndLine(canvas), ink = getComputedStyle(canvas).color;
  const across = (i) => i * column;
  const down = (value) => Math.round(((1 - value / scale) / 2) * height);
  context.fillStyle = ground;
  context.fillRect(0, 0, width, height);
  context.fillStyle = ink;
  counts.forEach((bins, i) => {
    const most = Math.max(...bins), edge = (bin) => down((2 * bin / bins.length - 1) * reach);
    bins.forEach((count, bin) => {
      context.globalAlpha = count / most;
      context.fillRect(across(i), edge(bin + 1), across(i + 1) - across(i), edge(bin) - edge(bin + 1));
    });
  });
  context.globalAlpha = 1;
  const edges = [Math.max(across(step) - ratio, 2 * ratio), Math.min(across(step + 1) + ratio, width - 2 * ratio)];
  for (const [colour, line] of [["#000", 4], ["#ffb000", 2]]) {
    context.strokeStyle = colour;
    context.lineWidth = line * ratio;
    context.strokeRect(edges[0], 2 * ratio, edges[1] - edges[0], height - 4 * ratio);
  }
}
