// Loss and accuracy while a network trains, of training and of test images; kept runs lie under the present one.

import { element, svg, tableHead } from "../shared/dom.js";
import { fixed, formatNumber, upTo } from "../shared/numbers.js";

const WIDTH = 420, HEIGHT = 190, LEFT = 46, RIGHT = 8, TOP = 10, BOTTOM = 30;
const MOST_LOSS = 5; // beyond this the curve leaves the chart, so that the rest can be read
const LEAST_UPDATES = 10;
const KINDS = [["training", "cb-training"], ["test", "cb-test"]];
const TEXT = {
  accuracy: "Accuracy", loss: "Loss", updates: "updates", notFinite: "not a finite number", none: "–",
  percent: (share) => `${upTo(100 * share, 1)} %`,
  chart: (title, updates, training, test) => `${title} after ${updates} updates: ${training} on training images, ${test} on test images.`,
  empty: (title) => `${title}: nothing measured yet.`,
  training: "training images", test: "test images", kept: "at the last measurement", head: ["run", "updates", "training", "test"],
};
const percent = (share) => (Number.isFinite(share) ? TEXT.percent(share) : TEXT.none);
const twoDecimals = (value) => (Number.isFinite(value) ? fixed(value, 2) : TEXT.notFinite);

// Round steps for an axis from 0 to `most`: about four of them.
function ticks(most) {
  const rough = most / 4, unit = 10 ** Math.floor(Math.log10(rough)), step = unit * [1, 2, 5, 10].find((factor) => factor * unit >= rough);
  return Array.from({ length: Math.floor(most / step + 1e-9) + 1 }, (_, n) => n * step);
}

// The line through points {update, …}; where `value` is not finite it is broken.
function line(points, value, x, y) {
  let pen = "M";
  return points.map((point) => {
    const at = value(point), step = Number.isFinite(at) ? `${pen}${x(point.update).toFixed(1)} ${y(at).toFixed(1)}` : "";
    pen = step ? "L" : "M";
    return step;
  }).join("");
}

function axes(x, y, mostX, mostY, format) {
  const text = (at, place, anchor) => svg("text", { class: "cb-tick-text", ...place, "text-anchor": anchor }, at);
  return [
    ...ticks(mostY).flatMap((at) => [
      svg("path", { class: "cb-tick", d: `M${LEFT} ${y(at)}H${WIDTH - RIGHT}` }), text(format(at), { x: LEFT - 6, y: y(at) + 4 }, "end"),
    ]),
    ...ticks(mostX).map((at) => text(formatNumber(at), { x: Math.min(x(at), WIDTH - 18), y: HEIGHT - 12 }, "middle")),
    text(TEXT.updates, { x: WIDTH - RIGHT, y: HEIGHT }, "end"),
  ];
}

// One chart: {node, draw(runs, mostY)}; runs are {points, name}, the present one last.
function createChart(title, value, format) {
  const drawing = svg("svg", { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, class: "cb-chart cb-curves", role: "img" });
  const node = element("figure", { class: "cb-broad" }, element("figcaption", {}, title), drawing);
  function draw(runs, mostY) {
    const mostX = runs.reduce((most, { points }) => Math.max(most, points.at(-1)?.update ?? 0), LEAST_UPDATES);
    const x = (update) => LEFT + ((WIDTH - LEFT - RIGHT) * update) / mostX;
    const y = (at) => TOP + (HEIGHT - TOP - BOTTOM) * (1 - Math.min(at, mostY) / mostY);
    const lines = runs.flatMap(({ points }, n) => KINDS.map(([kind, name]) => svg("path", {
      class: `${name} ${n === runs.length - 1 ? "cb-present" : `cb-kept-${n}`}`, d: line(points, (point) => value(point[kind]), x, y),
    })));
    drawing.replaceChildren(...axes(x, y, mostX, mostY, format), ...lines);
    const last = runs.at(-1).points.at(-1);
    drawing.setAttribute("aria-label", last
      ? TEXT.chart(title, formatNumber(last.update), format(value(last.training)), format(value(last.test))) : TEXT.empty(title));
  }
  return { node, draw };
}

function key(name, text) {
  const stroke = svg("path", { d: "M0 4H30", class: name });
  const sample = svg("svg", { viewBox: "0 0 30 8", width: 30, height: 8, "aria-hidden": "true" }, stroke);
  return element("span", { class: "cb-key" }, sample, text);
}

function runRow({ name, points }) {
  const last = points.at(-1), cells = last
    ? [formatNumber(last.update), percent(last.training.accuracy), percent(last.test.accuracy)] : [TEXT.none, TEXT.none, TEXT.none];
  return element("tr", {}, element("th", { scope: "row" }, name), ...cells.map((text) => element("td", {}, text)));
}

// Both charts, what the lines mean, and the runs' last numbers: {node, draw(runs)}, runs as above.
export function trainingCurves() {
  const accuracy = createChart(TEXT.accuracy, (at) => at.accuracy, percent), loss = createChart(TEXT.loss, (at) => at.loss, twoDecimals);
  const legend = element("p", { class: "cb-legend cb-chart" }), table = element("table", { class: "cb-runs" });
  const node = element("div", {}, accuracy.node, loss.node, legend, table);
  function draw(runs) {
    const losses = runs.flatMap((run) => run.points).flatMap((point) => [point.training.loss, point.test.loss]).filter(Number.isFinite);
    accuracy.draw(runs, 1);
    loss.draw(runs, Math.min(losses.reduce((most, x) => Math.max(most, x), 0.5), MOST_LOSS));
    legend.replaceChildren(key("cb-training cb-present", TEXT.training), key("cb-test cb-present", TEXT.test),
      ...runs.slice(0, -1).map((run, n) => key(`cb-test cb-kept-${n}`, run.name)));
    table.hidden = runs.length < 2;
    table.replaceChildren(element("caption", {}, TEXT.kept), tableHead(TEXT.head), element("tbody", {}, ...runs.map(runRow)));
  }
  return { node, draw };
}
