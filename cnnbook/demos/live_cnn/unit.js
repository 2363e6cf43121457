// The arithmetic that made one unit's value, written out.

import { element } from "../shared/dom.js";
import { formatNumber, within } from "../shared/numbers.js";
import { byReach, convolutionCell, filterOf, isVector } from "./network.js";
import { digits, exact, LARGEST, mapName, percent, plusBias, short, sumOf } from "./words.js";

const TEXT = {
  pixel: (pixel) => `Pixel ${pixel}, scaled to the range from −1 to 1: ${pixel} · 2 / 255 − 1 = `,
  norm: "γ · (x − mean) / √(variance + ε) + β",
  kept: "LeakyReLU keeps positive numbers as they are: ",
  scaled: (slope, x) => `LeakyReLU multiplies negative numbers by ${slope}: ${slope} · ${x} = `,
  softmax: (classes) => ": e to the power of this logit, after subtracting the largest one so that no power overflows, " +
    `divided by the sum of all ${classes} powers.`,
  patch: (map) => `patch, ${map}`, filter: "filter", products: "products",
  sums: (maps) => `The products of each of the ${maps} maps, added up: `,
  unit: (n) => `unit ${n}`, place: (map, row, column) => `map ${map}, row ${row}, column ${column}`,
  terms: (shown, all) => `The ${shown} largest of ${all} products`, head: ["from", "value", "weight", "product"],
  these: (count) => `these ${count}`, others: "the others",
};
const WORDS = { 10: "ten" };

const bracket = (value) => within(digits(value));
const total = (value, text = digits(value, 4)) => element("output", { class: "cb-total" }, exact(value, text));

function table(caption, rows, head) {
  const line = (cells, tag) => element("tr", {}, ...cells.map((cell) => element(tag, tag === "th" ? { scope: "col" } : {}, cell)));
  return element("table", {}, element("caption", {}, caption), ...(head ? [element("thead", {}, line(head, "th"))] : []),
    element("tbody", {}, ...rows.map((cells) => line(cells, "td"))));
}

// One line for the layers that look at one number, or at ten.
const LINES = {
  input: ({ pixels, index, value }) => [TEXT.pixel(pixels[index]), total(value)],
  norm({ network, made, n, map, index, value }) {
    const [gamma, beta, mean, variance] = network.arrays[n].map((array) => array[map]), x = made[n - 1][index];
    const root = `√(${digits(variance)} + ${network.facts.epsilon})`;
    const written = `= ${digits(gamma)} · (${digits(x)} − ${bracket(mean)}) / ${root} + ${bracket(beta)} = `;
    return [TEXT.norm, element("br"), written, total(value)];
  },
  act({ network, made, n, index, value }) {
    const x = made[n - 1][index];
    return [x > 0 ? TEXT.kept : TEXT.scaled(network.facts.slope, bracket(x)), total(value)];
  },
  softmax({ made, n, map, value }) {
    const logits = made[n - 1], largest = Math.max(...logits), whole = logits.reduce((sum, x) => sum + Math.exp(x - largest), 0);
    return ["e", element("sup", {}, `${digits(logits[map])} − ${bracket(largest)}`), ` / ${digits(whole)} = `, total(value, percent(value)),
      TEXT.softmax(WORDS[logits.length] ?? logits.length)];
  },
};

// The patch of one map before, with what is beyond that map hatched: zeros of the padding are no numbers of the layer.
function patchTable(cell, before, c, grid) {
  const node = grid(TEXT.patch(mapName(before, c)), cell.patches[c]), beyond = (place, axis) => place < 0 || place >= before.shape[axis];
  [...node.tBodies[0].rows].forEach((line, i) => [...line.cells].forEach((td, j) =>
    td.classList.toggle("cb-zero", beyond(cell.top + i, 0) || beyond(cell.left + j, 1))));
  return node;
}

function convolutionArithmetic({ network, made, n, map, position, value, incoming }) {
  const cell = convolutionCell(network, made, n, map, position), before = network.layers[n - 1], kernel = filterOf(network, n, map);
  const sign = (text) => element("span", { class: "cb-sign", "aria-hidden": "true" }, text);
  const grid = (caption, rows) => table(caption, rows.map((line) => line.map(short)));
  const shown = before.kind === "input" ? cell.sums.map((_, c) => c) : [incoming];
  const lines = shown.map((c) => element("div", { class: "cb-line" },
    patchTable(cell, before, c, grid), sign("×"), grid(TEXT.filter, kernel.map((line) => line.map((weights) => weights[c]))),
    element("div", { class: "cb-line" }, sign("="), grid(TEXT.products, cell.products[c]))));
  const sums = [`${sumOf(cell.sums, (c) => mapName(before, c))}${plusBias(network.arrays[n][1][map])}`, total(value)];
  return [...lines, element("p", { class: "cb-sum" }, TEXT.sums(before.shape[2]), ...sums)];
}

// Where a dense layer's input comes from, as Flatten numbers it.
function inputName(before, i) {
  const [, width, channels] = before.shape, place = Math.floor(i / channels);
  return isVector(before) ? TEXT.unit(i + 1) : TEXT.place((i % channels) + 1, Math.floor(place / width) + 1, (place % width) + 1);
}

function denseArithmetic({ network, made, n, map, value }) {
  const before = network.layers[n - 1], units = network.layers[n].shape[2], [kernel, bias] = network.arrays[n], values = made[n - 1];
  const products = values.map((x, i) => x * kernel[i * units + map]), largest = byReach(products).slice(0, LARGEST);
  const rows = largest.map((i) => [inputName(before, i), digits(values[i]), digits(kernel[i * units + map]), digits(products[i])]);
  const listed = largest.reduce((sum, i) => sum + products[i], 0), rest = products.reduce((a, b) => a + b, 0) - listed;
  const sum = `${digits(listed)} (${TEXT.these(LARGEST)}) ${rest < 0 ? "−" : "+"} ${digits(Math.abs(rest))} (${TEXT.others})`;
  return [
    element("div", { class: "cb-terms" }, table(TEXT.terms(LARGEST, formatNumber(values.length)), rows, TEXT.head)),
    element("p", { class: "cb-sum" }, sum + plusBias(bias[map]), total(value)),
  ];
}

// Everything about one unit, as nodes. `incoming` is the map before whose patch is written out.
export function unitArithmetic(unit) {
  const { kind } = unit.network.layers[unit.n];
  if (kind === "conv") return convolutionArithmetic(unit);
  if (kind === "dense") return denseArithmetic(unit);
  return [element("p", { class: "cb-sum" }, ...LINES[kind](unit))];
}
