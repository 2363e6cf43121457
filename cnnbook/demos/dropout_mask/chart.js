// The average after each mask as a solid line, the value without Dropout as a dashed one, each with its name beside it.

import { svg } from "../shared/dom.js";
import { formatNumber } from "../shared/numbers.js";
import { limited } from "../shared/places.js";
import { niceStep } from "./arithmetic.js";

const HEIGHT = 240, LEFT = 40, RIGHT = 112, TOP = 10, BOTTOM = HEIGHT - 36; // the margins have the ticks and the names
const FEWEST = 10; // masks that the axis has room for, however few there are
const APART = 16; // pixels between two names

const TEXT = { masks: "masks", value: (value) => `value ${value}`, average: (value) => `average ${value}` };

const textAt = ([x, y], name, content, anchor = "start") => svg("text", { x, y, class: name, "text-anchor": anchor }, content);

// Lines and numbers of both axes.
function axes({ low, high, right, most, y }) {
  const parts = [], step = niceStep(high - low);
  for (let i = Math.ceil(low / step); i * step <= high; i++) {
    parts.push(svg("path", { d: `M${LEFT} ${y(i * step)}H${right}`, class: i ? "cb-tick" : "cb-tick cb-axis" }),
      textAt([LEFT - 6, y(i * step) + 4], "cb-tick-text", formatNumber(i * step), "end"));
  }
  return [...parts, textAt([LEFT, BOTTOM + 16], "cb-tick-text", "1"),
    textAt([right, BOTTOM + 16], "cb-tick-text", formatNumber(most), "end"),
    textAt([(LEFT + right) / 2, BOTTOM + 30], "cb-tick-text", TEXT.masks, "middle")];
}

// Where the names of the value and of the average stand: two in one place are moved apart.
function heightsOfNames(value, end) {
  const apart = end - value;
  if (Math.abs(apart) >= APART) return [value, end];
  const middle = limited((end + value) / 2, TOP + APART / 2, BOTTOM - APART / 2), shift = apart < 0 ? APART / 2 : -APART / 2;
  return [middle + shift, middle - shift];
}

export function drawChart(chart, curve, value) {
  const width = chart.clientWidth, right = width - RIGHT, most = Math.max(curve.length, FEWEST);
  if (!width) return;
  const reach = [0, value, ...curve], low = Math.min(...reach), high = Math.max(...reach, low + 0.01);
  const x = (k) => LEFT + ((k - 1) / (most - 1)) * (right - LEFT);
  const y = (v) => BOTTOM - ((v - low) / (high - low)) * (BOTTOM - TOP);
  const parts = axes({ low, high, right, most, y }), names = [TEXT.value(formatNumber(value))];
  let heights = [y(value)];
  if (curve.length) {
    const end = y(curve.at(-1)), line = curve.map((v, i) => `${i ? "L" : "M"}${x(i + 1).toFixed(1)} ${y(v).toFixed(1)}`).join("");
    parts.push(svg("path", { d: line, class: "cb-average" }), svg("circle", { cx: x(curve.length), cy: end, r: 4, class: "cb-end" }));
    names.push(TEXT.average(formatNumber(curve.at(-1))));
    heights = heightsOfNames(y(value), end);
  }
  parts.push(svg("path", { d: `M${LEFT} ${y(value)}H${right + 4}`, class: "cb-plain" }),
    ...names.map((name, i) => textAt([right + 9, heights[i] + 4], "cb-name", name)));
  chart.setAttribute("viewBox", `0 0 ${width} ${HEIGHT}`);
  chart.replaceChildren(...parts);
}
