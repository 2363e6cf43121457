// A figure for each network: the histogram, its numbers and the strip; and all moments as a table.

import { element, svg } from "../shared/dom.js";
import { fixed, formatNumber } from "../shared/numbers.js";
import { onPointer } from "../shared/pointer.js";
import { drawChannels, span } from "./channels.js";
import { drawHistogram, drawStrip, HEIGHT, short } from "./histograms.js";
import { updated } from "./training.js";

const TEXT = {
  values: ["mean", "sd", "moves", "fullest bin", "moves on leaving"],
  moved: (value) => `${value} sd`, percent: (value) => `${value} %`,
  chart: (title, layer, updates, end, mean, sd) =>
    `${title}: histogram of ${layer} after ${updates}, from ${short(-end)} to ${short(end)}. Mean ${mean}, sd ${sd}.`,
  strip: (title, layer, moments) =>
    `${title}: the histograms of ${layer} at ${moments} moments, one column each. The slider chooses a moment.`,
  channels: (title, layer, updates, ends) =>
    `${title}: what leaves the activation of ${layer}, channel by channel. ` +
    `After ${updates}, from the 10th to the 90th percentile: ${ends}.`,
  leaving: (count, least, most) => `leaving: ${count} channels, each drawn from ${least} to ${most}`,
  ends: (low, high) => `${low} to ${high}`,
  said: (title, mean, sd, moved, left) =>
    `${title}: mean ${mean}, sd ${sd}; in the next update a channel moves ${moved} on entering and ${left} on leaving.`,
  updates: "updates", parts: ["mean", "sd", "moves"],
  table: (name) => `${name}; moves: how far a channel’s mean moves in the next update, in units of its sd`,
};

// One network's figure: {node, draw(recording, scale, ends)}, `ends` of the channels or null for its own; drawing returns what a screen
// reader is told.
export function createPanel(training, title) {
  const chart = svg("svg", { class: "cb-histogram", height: HEIGHT, role: "img" });
  const canvas = element("canvas", { class: "cb-strip", role: "img" }), columns = element("div", {}, canvas);
  const values = TEXT.values.map(() => element("dd"));
  const sides = element("div", { class: "cb-sides", "aria-hidden": "true" });
  const leaving = svg("svg", { class: "cb-channels", role: "img" }), scaleOfLeaving = element("p");
  const ticks = element("div", { class: "cb-ticks", "aria-hidden": "true" });
  function toColumn(event) {
    const across = (event.clientX - canvas.getBoundingClientRect().left) / canvas.clientWidth;
    training.choose(Math.floor(across * training.steps().length));
  }
  onPointer(canvas, { began: toColumn, moved: toColumn });
  const node = element("figure", {}, element("figcaption", {}, title), chart,
    element("dl", {}, ...TEXT.values.map((name, i) => element("div", {}, element("dt", {}, name), values[i]))),
    element("div", { class: "cb-strip-frame" }, sides, columns, ticks),
    element("div", { class: "cb-leaving" }, scaleOfLeaving, leaving));

  function drawLeaving(layer, at, ends) {
    const room = scaleOfLeaving.clientWidth;
    if (!room) return;
    const shown = layer.channels[at].map(([low, , high]) => TEXT.ends(short(low), short(high))).join("; ");
    leaving.setAttribute("aria-label", TEXT.channels(title, layer.name, updated(training.steps()[at]), shown));
    drawChannels(leaving, layer.channels, at, ends, room);
    scaleOfLeaving.textContent = TEXT.leaving(layer.channels[at].length, ...ends.map(short));
  }
  function draw({ layers }, scale, ends) {
    const layer = layers[training.layer()], at = training.step(), steps = training.steps(), last = training.last();
    const counts = layer.counts[at];
    const fullest = (100 * Math.max(...counts)) / counts.reduce((a, b) => a + b, 0);
    const [moved, left] = [layer.moved, layer.left_moved].map((moves) => TEXT.moved(fixed(moves[at], 5)));
    const [mean, sd] = [layer.means, layer.sds].map((values) => fixed(values[at], 4));
    [mean, sd, moved, TEXT.percent(fixed(fullest, 1)), left].forEach((text, i) => { values[i].textContent = text; });
    chart.setAttribute("aria-label", TEXT.chart(title, layer.name, updated(steps[at]), scale, mean, sd));
    canvas.setAttribute("aria-label", TEXT.strip(title, layer.name, steps.length));
    drawHistogram(chart, layer, at, scale);
    drawStrip(canvas, layer, at, scale);
    drawLeaving(layer, at, ends || span(layer.channels));
    sides.replaceChildren(...[scale, 0, -scale].map((value) => element("span", {}, short(value))));
    const marked = [...new Set([0, Math.round(last / 2), last])];
    ticks.style.width = canvas.style.width;
    ticks.replaceChildren(...marked.map((i) =>
      element("span", { style: { left: `${(100 * (i + 0.5)) / steps.length}%` } }, formatNumber(steps[i]))));
    return TEXT.said(title, mean, sd, moved, left);
  }
  return { node, draw };
}

// All moments of the shown layer as numbers.
export function momentsTable(training) {
  const recordings = training.recordings(), layers = training.layersShown();
  const cell = (value, digits) => element("td", {}, fixed(value, digits));
  const head = [
    element("tr", {}, element("th", { scope: "col", rowspan: "2" }, TEXT.updates),
      ...recordings.map(({ title }) => element("th", { scope: "colgroup", colspan: "3" }, title))),
    element("tr", {}, ...recordings.flatMap(() => TEXT.parts.map((part) => element("th", { scope: "col" }, part)))),
  ];
  const lines = training.steps().map((updates, i) => element("tr", {}, element("th", { scope: "row" }, formatNumber(updates)),
    ...layers.flatMap((layer) => [cell(layer.means[i], 4), cell(layer.sds[i], 4), cell(layer.moved[i], 5)])));
  return element("table", { class: "cb-moments" }, element("caption", {}, TEXT.table(layers[0].name)),
    element("thead", {}, ...head), element("tbody", {}, ...lines));
}
