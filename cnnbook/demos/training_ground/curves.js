// Loss and accuracy while a network trains, of training and of test images; kept runs lie under the present one.
import { element, svg } from "../shared/dom.js";
import { formatNumber } from "../shared/numbers.js";

const WIDTH = 420, HEIGHT = 190, LEFT = 46, RIGHT = 8, TOP = 10, BOTTOM = 30;
const MOST_LOSS = 5; // beyond this the curve leaves the chart, so that the rest can be read
const KINDS = [["training", "cb-training"], ["test", "cb-test"]];

// Round steps for an axis from 0 to `most`: about four of them.
function ticks(most) {
  const rough = most / 4, unit = 10 ** Math.floor(Math.log10(rough)), step = unit * [1, 2, 5, 10].find((factor) => factor * unit >= rough);
  return Array.from({ length: Math.floor(most / step + 1e-9) + 1 }, (_, n) => n * step);
}

function path(points, value, x, y) {
  let pen = "M";
  return points.map((point) => {
    const at = value(point);
    if (!Number.isFinite(at)) {
      pen = "M";
      return "";
    }
    const step = `${pen}${x(point.update).toFixed(1)} ${y(at).toFixed(1)}`;
    pen = "L";
    return step;
  }).join("");
}

function chart(title, value, format) {
  const drawing = svg("svg", { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, class: "cb-chart cb-curves", role: "img" });
  const node = element("figure", { class: "cb-broad" }, element("figcaption", {}, title), drawing);
  // `runs`: [{points, name}], the present one last.
  function draw(runs, mostY) {
    const all = runs.flatMap((run) => run.points), mostX = Math.max(10, ...all.map((point) => point.update));
    const x = (update) => LEFT + ((WIDTH - LEFT - RIGHT) * update) / mostX;
    const y = (at) => TOP + (HEIGHT - TOP - BOTTOM) * (1 - Math.min(at, mostY) / mostY);
    const parts = [];
    for (const at of ticks(mostY)) parts.push(svg("path", { class: "cb-tick", d: `M${LEFT} ${y(at)}H${WIDTH - RIGHT}` }),
      svg("text", { class: "cb-tick-text", x: LEFT - 6, y: y(at) + 4, "text-anchor": "end" }, format(at)));
    for (const at of ticks(mostX)) parts.push(svg("text", { class: "cb-tick-text", x: Math.min(x(at), WIDTH - 18), y: HEIGHT - 12, "text-anchor": "middle" }, formatNumber(at)));
    parts.push(svg("text", { class: "cb-tick-text", x: WIDTH - RIGHT, y: HEIGHT, "text-anchor": "end" }, "updates"));
    runs.forEach((run, n) => {
      const present = n === runs.length - 1 ? "cb-present" : `cb-kept-${n}`;
      for (const [kind, name] of KINDS) parts.push(svg("path", { class: `${name} ${present}`, d: path(run.points, (point) => value(point[kind]), x, y) }));
    });
    drawing.replaceChildren(...parts);
    const last = runs.at(-1).points.at(-1);
    drawing.setAttribute("aria-label", last
      ? `${title} after ${formatNumber(last.update)} updates: ${format(value(last.training))} on training images, ${format(value(last.test))} on test images.`
      : `${title}: nothing measured yet.`);
  }
  return { node, draw };
}

const percent = (share) => (Number.isFinite(share) ? `${formatNumber(Math.round(1000 * share) / 10)} %` : "–");
const twoDigits = (value) => (Number.isFinite(value) ? value.toFixed(2) : "not a finite number");

// `draw(runs)` shows runs {points, name}, the present one last.
export function trainingCurves() {
  const accuracy = chart("Accuracy", (at) => at.accuracy, percent), loss = chart("Loss", (at) => at.loss, twoDigits);
  const key = (name, text) => element("span", { class: `cb-key ${name}` }, svg("svg", { viewBox: "0 0 30 8", width: 30, height: 8, "aria-hidden": "true" }, svg("path", { d: "M0 4H30", class: name })), text);
  const legend = element("p", { class: "cb-legend cb-chart" }), table = element("table", { class: "cb-kept" });
  const node = element("div", {}, accuracy.node, loss.node, legend, table);
  function draw(runs) {
    const worst = Math.max(...runs.flatMap((run) => run.points).flatMap((point) => [point.training.loss, point.test.loss]).filter(Number.isFinite), 0.5);
    accuracy.draw(runs, 1);
    loss.draw(runs, Math.min(worst, MOST_LOSS));
    legend.replaceChildren(key("cb-training cb-present", "training images"), key("cb-test cb-present", "test images"),
      ...runs.slice(0, -1).map((run, n) => key(`cb-test cb-kept-${n}`, run.name)));
    const cell = (value) => element("td", {}, value);
    table.hidden = runs.length < 2;
    table.replaceChildren(element("caption", {}, "at the last measurement"),
      element("thead", {}, element("tr", {}, ...["run", "updates", "training", "test"].map((title) => element("th", { scope: "col" }, title)))),
      element("tbody", {}, ...runs.map(({ name, points }) => {
        const last = points.at(-1);
        return element("tr", {}, element("th", { scope: "row" }, name), ...(last
          ? [cell(formatNumber(last.update)), cell(percent(last.training.accuracy)), cell(percent(last.test.accuracy))]
          : [cell("–"), cell("–"), cell("–")]));
      })));
  }
  return { node, draw };
}
