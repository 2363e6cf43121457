// One unit of the network: the part of the picture that it depends on, and the arithmetic that made its value.

import { EPSILON, KERNEL, SLOPE } from "./network.js";
import { convolveAt, zerosBefore } from "../shared/arithmetic.js";
import { element } from "../shared/dom.js";
import { formatNumber } from "../shared/numbers.js";

const LARGEST = 6; // contributions that are listed one by one

// A number to so many significant digits and decimals at most: −0.0123, 1.23.
export function digits(value, places = 3, decimals = 4) {
  const text = Number(Math.abs(value).toFixed(decimals)).toLocaleString("en-US", { maximumSignificantDigits: places });
  return (value < 0 && text !== "0" ? "−" : "") + text;
}
const short = (value) => digits(value, 2, 3); // for the narrow cells of a table
export const percent = (share) => `${(100 * share).toFixed(1)} %`;
// A shown number that keeps its exact value for whoever reads the page by script.
export const exact = (value, text, attributes = {}) => element("data", { value, ...attributes }, text);
const bracket = (value) => (value < 0 ? `(${digits(value)})` : digits(value));

export const isVector = (layer) => layer.shape[0] === 1;

// First and last row and column of the picture that a unit of layer `n` depends on, clipped to the picture.
export function seenBy(layers, n, [row, column]) {
  const [height, width] = layers[0].shape, spans = [[row, row], [column, column]];
  for (; n > 0; n--) {
    if (layers[n].kind === "dense" || layers[n].kind === "softmax") return [[0, height - 1], [0, width - 1]];
    if (layers[n].kind !== "conv") continue;
    spans.forEach(([first, last], axis) => {
      const before = zerosBefore(layers[n - 1].shape[axis], KERNEL, layers[n].stride, "same");
      spans[axis] = [first * layers[n].stride - before, last * layers[n].stride - before + KERNEL - 1];
    });
  }
  return spans.map(([first, last], axis) => [Math.max(first, 0), Math.min(last, layers[0].shape[axis] - 1)]);
}

// Flat values as [row][column][channel], as `convolveAt` takes them, without a copy of the numbers.
const nested = (values, [height, width, channels]) => Array.from({ length: height }, (_, i) =>
  Array.from({ length: width }, (_, j) => values.subarray((i * width + j) * channels, (i * width + j + 1) * channels)));

// One filter of a convolution as [row][column][channel].
const filterOf = (kernel, depth, filters, f) => Array.from({ length: KERNEL }, (_, i) =>
  Array.from({ length: KERNEL }, (_, j) => Array.from({ length: depth }, (_, c) => kernel[((i * KERNEL + j) * depth + c) * filters + f])));

export function convolutionCell({ layers, arrays }, made, n, map, [row, column]) {
  const [kernel, bias] = arrays[n], depth = layers[n - 1].shape[2];
  return convolveAt(nested(made[n - 1], layers[n - 1].shape), filterOf(kernel, depth, layers[n].shape[2], map), bias[map],
    { stride: layers[n].stride, padding: "same" }, row, column);
}

export const byReach = (numbers) => Array.from(numbers, (_, i) => i).sort((a, b) => Math.abs(numbers[b]) - Math.abs(numbers[a]));
const COLOUR_NAMES = ["red", "green", "blue"];
export const mapName = (layer, map) => (layer.kind === "input" ? COLOUR_NAMES[map] : `map ${map + 1}`);

// "0.53 (map 7) − 0.41 (map 12) + …": the largest terms by name, the others together.
function sumOf(terms, nameOf) {
  const order = byReach(terms), named = order.slice(0, order.length > LARGEST + 1 ? LARGEST : order.length), rest = order.slice(named.length);
  const parts = named.map((i) => [terms[i], nameOf(i)]);
  if (rest.length) parts.push([rest.reduce((sum, i) => sum + terms[i], 0), `the other ${formatNumber(rest.length)}`]);
  return parts.map(([value, name], i) => `${i ? (value < 0 ? " − " : " + ") : value < 0 ? "−" : ""}${digits(Math.abs(value))} (${name})`).join("");
}
const plusBias = (bias) => `${bias < 0 ? " − " : " + "}${digits(Math.abs(bias))} (bias) = `;

function table(caption, rows, head) {
  const line = (cells, tag) => element("tr", {}, ...cells.map((cell) => element(tag, tag === "th" ? { scope: "col" } : {}, cell)));
  return element("table", {}, element("caption", {}, caption), ...(head ? [element("thead", {}, line(head, "th"))] : []),
    element("tbody", {}, ...rows.map((cells) => line(cells, "td"))));
}

// The arithmetic of each kind of layer: {value, nodes}, nodes to be shown above one another.
const ARITHMETIC = {
  input({ pixels, index, value }) {
    return [`Pixel ${pixels[index]}, scaled to the range from −1 to 1: ${pixels[index]} · 2 / 255 − 1 = `, total(value)];
  },
  norm({ network, made, n, map, index, value }) {
    const [gamma, beta, mean, variance] = network.arrays[n].map((array) => array[map]), x = made[n - 1][index];
    return ["γ · (x − mean) / √(variance + ε) + β", element("br"),
      `= ${digits(gamma)} · (${digits(x)} − ${bracket(mean)}) / √(${digits(variance)} + ${EPSILON}) + ${bracket(beta)} = `, total(value)];
  },
  act({ made, n, index, value }) {
    const x = made[n - 1][index];
    return x > 0 ? ["LeakyReLU keeps what is positive: ", total(value)] : [`LeakyReLU multiplies what is negative by ${SLOPE}: ${SLOPE} · ${bracket(x)} = `, total(value)];
  },
  softmax({ made, n, map, value }) {
    const logits = made[n - 1], largest = Math.max(...logits), whole = logits.reduce((sum, x) => sum + Math.exp(x - largest), 0);
    return ["e", element("sup", {}, `${digits(logits[map])} − ${bracket(largest)}`), ` / ${digits(whole)} = `, total(value, percent(value)),
      ": e to the power of this logit, the largest one subtracted so that no power overflows, divided by the sum of all ten powers."];
  },
};
const total = (value, text = digits(value, 4)) => element("output", { class: "cb-total" }, exact(value, text));

function convolutionArithmetic({ network, made, n, map, position, value, incoming }) {
  const cell = convolutionCell(network, made, n, map, position), before = network.layers[n - 1];
  const kernel = filterOf(network.arrays[n][0], before.shape[2], network.layers[n].shape[2], map);
  const sign = (text) => element("span", { class: "cb-sign", "aria-hidden": "true" }, text);
  const grid = (caption, rows) => table(caption, rows.map((line) => line.map(short)));
  const beyond = (place, axis) => place < 0 || place >= before.shape[axis];
  // Zeros of the padding are no numbers of the layer before, so they look different.
  function patchGrid(c) {
    const node = grid(`patch, ${mapName(before, c)}`, cell.patches[c]);
    [...node.tBodies[0].rows].forEach((line, i) => [...line.cells].forEach((td, j) => td.classList.toggle("cb-zero", beyond(cell.top + i, 0) || beyond(cell.left + j, 1))));
    return node;
  }
  const lines = (before.kind === "input" ? [0, 1, 2] : [incoming]).map((c) => element("div", { class: "cb-line" },
    patchGrid(c), sign("×"), grid("filter", kernel.map((line) => line.map((weights) => weights[c]))),
    element("div", { class: "cb-line" }, sign("="), grid("products", cell.products[c]))));
  const sums = [`${sumOf(cell.sums, (c) => mapName(before, c))}${plusBias(network.arrays[n][1][map])}`, total(value)];
  return [...lines, element("p", { class: "cb-sum" }, `The products of each of the ${before.shape[2]} maps, added up: `, ...sums)];
}

function denseArithmetic({ network, made, n, map, value }) {
  const before = network.layers[n - 1], [, width, channels] = before.shape, units = network.layers[n].shape[2];
  const [kernel, bias] = network.arrays[n], values = made[n - 1];
  const products = values.map((x, i) => x * kernel[i * units + map]), largest = byReach(products).slice(0, LARGEST);
  const nameOf = (i) => (isVector(before) ? `unit ${i + 1}` : `map ${(i % channels) + 1}, row ${Math.floor(i / channels / width) + 1}, column ${(Math.floor(i / channels) % width) + 1}`);
  const rows = largest.map((i) => [nameOf(i), digits(values[i]), digits(kernel[i * units + map]), digits(products[i])]);
  const listed = largest.reduce((sum, i) => sum + products[i], 0), all = products.reduce((a, b) => a + b, 0);
  return [
    element("div", { class: "cb-terms" }, table(`The ${LARGEST} largest of ${formatNumber(values.length)} products`, rows, ["from", "value", "weight", "product"])),
    element("p", { class: "cb-sum" }, `${digits(listed)} (these ${LARGEST}) ${all - listed < 0 ? "−" : "+"} ${digits(Math.abs(all - listed))} (the others)${plusBias(bias[map])}`, total(value)),
  ];
}

// Everything about one unit, as nodes. `incoming` is the map before whose patch is written out.
export function unitArithmetic(unit) {
  const { kind } = unit.network.layers[unit.n];
  if (kind === "conv") return convolutionArithmetic(unit);
  if (kind === "dense") return denseArithmetic(unit);
  return [element("p", { class: "cb-sum" }, ...ARITHMETIC[kind](unit))];
}
