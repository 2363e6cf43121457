// Accuracy on the test images after each epoch, over the band between the lowest and the highest of the recorded runs.
import { element, svg } from "../shared/dom.js";
import { percent } from "./words.js";

const WIDTH = 420, HEIGHT = 190, LEFT = 46, RIGHT = 10, TOP = 10, BOTTOM = 30, STEP = 0.1;
const TEXT = {
  title: "Accuracy on the test images", epochs: "epochs", percent: (share) => `${Math.round(100 * share)} %`,
  own: "this training", band: (runs) => `Keras, ${runs} recorded runs: from the lowest to the highest`,
  none: (band) => `${band}. This training has not completed an epoch yet.`,
  says: (band, all) => `${band}. This training, epoch by epoch: ${all} %.`,
};

function axes(x, y, low, high, epochs) {
  const label = (text, place, anchor) => svg("text", { class: "cb-tick-text", ...place, "text-anchor": anchor }, text);
  const shares = Array.from({ length: Math.round((high - low) / STEP) + 1 }, (_, n) => low + n * STEP), every = Math.ceil(epochs / 10);
  return [
    ...shares.flatMap((share) => [
      svg("path", { class: "cb-tick", d: `M${LEFT} ${y(share)}H${WIDTH - RIGHT}` }),
      label(TEXT.percent(share), { x: LEFT - 6, y: y(share) + 4 }, "end"),
    ]),
    ...Array.from({ length: epochs }, (_, n) => n + 1).filter((epoch) => epoch % every === 0 || epoch === 1)
      .map((epoch) => label(String(epoch), { x: x(epoch), y: HEIGHT - 14 }, "middle")),
    label(TEXT.epochs, { x: WIDTH - RIGHT, y: HEIGHT }, "end"),
  ];
}

const line = (values, x, y) => values.map((value, n) => `${n ? "L" : "M"}${x(n + 1).toFixed(1)} ${y(value).toFixed(1)}`).join("");

// {node, draw(accuracies)}; `recorded`: {runs, least, most}, an accuracy for each epoch.
export function accuracyChart(recorded) {
  const band = TEXT.band(recorded.runs);
  const drawing = svg("svg", { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, class: "cb-chart cb-curves", role: "img" });
  const key = (name, text, shape) => element("span", { class: "cb-key" },
    svg("svg", { viewBox: "0 0 30 10", width: 30, height: 10, "aria-hidden": "true" }, svg("path", { class: name, d: shape })), text);
  const node = element("figure", { class: "cb-broad" }, element("figcaption", {}, TEXT.title), drawing,
    element("p", { class: "cb-legend cb-chart" }, key("cb-own", TEXT.own, "M0 5H30"), key("cb-band", band, "M0 0H30V10H0Z")));
  function draw(accuracies) {
    const epochs = Math.max(recorded.least.length, accuracies.length), all = [...recorded.least, ...recorded.most, ...accuracies];
    const low = Math.floor(Math.min(...all) / STEP) * STEP, high = Math.ceil(Math.max(...all) / STEP) * STEP;
    const x = (epoch) => LEFT + 8 + ((WIDTH - LEFT - RIGHT - 16) * (epoch - 1)) / Math.max(epochs - 1, 1);
    const y = (share) => TOP + (HEIGHT - TOP - BOTTOM) * (1 - (share - low) / (high - low));
    const back = recorded.least.map((value, n) => `L${x(n + 1).toFixed(1)} ${y(value).toFixed(1)}`).reverse().join("");
    drawing.replaceChildren(
      svg("path", { class: "cb-band", d: `${line(recorded.most, x, y)}${back}Z` }), ...axes(x, y, low, high, epochs),
      svg("path", { class: "cb-own", d: line(accuracies, x, y) }),
      ...accuracies.map((value, n) => svg("circle", { class: "cb-dot", cx: x(n + 1), cy: y(value), r: 3.5 })),
    );
    drawing.setAttribute("aria-label", accuracies.length ? TEXT.says(band, accuracies.map(percent).join(", ")) : TEXT.none(band));
  }
  return { node, draw };
}
