// How a number of the small network, and its error, were made, in words and numbers. Nothing here knows a page.

import { formatNumber, upTo, within } from "../shared/numbers.js";
import { backTo, largestOf, met, under, windowOf } from "./network.js";

export const CLASSES = ["A", "B"];

// Errors are smaller than numbers: they get a decimal more.
export const errorText = (value) => upTo(value, 3);

const NONE = "0"; // a sum of products in which every one is zero

const TEXT = {
  value: {
    image: (shown) => `a pixel: ${shown}`,
    kernel: (shown) => `a weight of the filter: ${shown}`,
    bias: (shown) => `the filter's bias: ${shown}`,
    weights: (shown, from, to) => `the weight from pooled number ${from} to class ${to}: ${shown}`,
    biases: (shown, to) => `the bias of class ${to}: ${shown}`,
    sums: (shown, products, bias) => `pixel × weight, and the bias: ${products} + ${bias} = ${shown}`,
    map: (shown, sum) => `ReLU: the larger of ${sum} and 0 is ${shown}`,
    pooled: (shown, four) => `the largest of ${four} is ${shown}`,
    logits: (shown, products, bias) => `pooled × weight, and the bias: ${products} + ${bias} = ${shown}`,
    probabilities: (shown, logit) => `e to the power of ${logit}, over the sum for both classes, is ${shown}`,
    loss: (shown, probability, right) => `minus the logarithm of ${probability}, which class ${right} got, is ${shown}`,
  },
  error: {
    loss: () => "the loss grows just as fast as itself: 1",
    rightProbability: (shown) => `minus one over its probability: ${shown}`,
    wrongProbability: () => "only the right class counts: 0",
    rightLogit: (shown) => `probability minus 1, it is the right class: ${shown}`,
    wrongLogit: (shown) => `probability minus 0, it is the wrong class: ${shown}`,
    biases: (shown) => `the error of its logit: ${shown}`,
    weights: (shown, products) => `its input × the error of its logit: ${products} = ${shown}`,
    pooled: (shown, products) => `weight × error, summed over both logits: ${products} = ${shown}`,
    largest: (shown) => `the largest of its window gets the whole error: ${shown}`,
    notLargest: () => "not the largest of its window: 0",
    passes: (shown) => `above 0, so ReLU lets the error pass: ${shown}`,
    stops: () => "not above 0, so ReLU stops the error: 0",
    bias: (shown) => `the sum of all errors of the sums: ${shown}`,
    kernel: (shown, products) => `the pixel it lay on × the error there, over all places: ${products} = ${shown}`,
    image: (shown, products) => `the weight it went through × the error there: ${products} = ${shown}`,
  },
};

// "2 × 0.5 + 1 × (−3)" of [factor, factor] pairs, those with a zero left out.
function products(pairs, second = formatNumber) {
  const left = pairs.filter(([a, b]) => a !== 0 && b !== 0);
  return left.map(([a, b]) => `${within(formatNumber(a))} × ${within(second(b))}`).join(" + ") || NONE;
}

// What else the sentence about a number needs, for each part.
const FACTS = {
  image: () => [],
  kernel: () => [],
  bias: () => [],
  weights: (parts, i, j) => [i + 1, CLASSES[j]],
  biases: (parts, i, j) => [CLASSES[j]],
  sums: (parts, i, j) => [products(under(parts, i, j)), within(formatNumber(parts.bias[0][0]))],
  map: (parts, i, j) => [formatNumber(parts.sums[i][j])],
  pooled: (parts, i, j) => [windowOf(i, j).map(([row, column]) => formatNumber(parts.map[row][column])).join(", ")],
  logits: (parts, i, j) => [
    products(parts.pooled.flat().map((value, n) => [value, parts.weights[n][j]])), within(formatNumber(parts.biases[0][j])),
  ],
  probabilities: (parts, i, j) => [formatNumber(parts.logits[0][j])],
  loss: (parts, i, j, label) => [upTo(parts.probabilities[0][label], 3), CLASSES[label]],
};

// How a number was made on the way forward.
export function valueStory(parts, part, i, j, label) {
  const value = parts[part][i][j], shown = part === "loss" ? upTo(value, 3) : formatNumber(value);
  return TEXT.value[part](shown, ...FACTS[part](parts, i, j, label));
}

// Which sentence about its error, and what else it needs.
const REASONS = {
  loss: () => ["loss"],
  probabilities: (parts, errors, i, j, label) => [j === label ? "rightProbability" : "wrongProbability"],
  logits: (parts, errors, i, j, label) => [j === label ? "rightLogit" : "wrongLogit"],
  biases: () => ["biases"],
  weights: (parts, errors, i, j) => ["weights", products([[parts.pooled.flat()[i], errors.logits[0][j]]], errorText)],
  pooled: (parts, errors, i, j) => [
    "pooled", products(errors.logits[0].map((error, k) => [parts.weights[2 * i + j][k], error]), errorText),
  ],
  map: (parts, errors, i, j) => [String(largestOf(parts.map, i >> 1, j >> 1)) === String([i, j]) ? "largest" : "notLargest"],
  sums: (parts, errors, i, j) => [parts.sums[i][j] > 0 ? "passes" : "stops"],
  bias: () => ["bias"],
  kernel: (parts, errors, i, j) => ["kernel", products(met(parts.image, errors.sums, i, j), errorText)],
  image: (parts, errors, i, j) => ["image", products(backTo(parts.kernel, errors.sums, i, j), errorText)],
};

// How its error was made on the way back.
export function errorStory(parts, errors, part, i, j, label) {
  const [sentence, ...facts] = REASONS[part](parts, errors, i, j, label);
  return TEXT.error[sentence](errorText(errors[part][i][j]), ...facts);
}

const everywhere = (table, part) => table.flatMap((row, i) => row.map((_, j) => [part, i, j]));

// The numbers of other parts whose errors go into this one's: [[part, row, column], ...].
export const SOURCES = {
  loss: () => [],
  probabilities: () => [["loss", 0, 0]],
  logits: (parts) => everywhere(parts.probabilities, "probabilities"),
  biases: (parts, i, j) => [["logits", 0, j]],
  weights: (parts, i, j) => [["logits", 0, j]],
  pooled: (parts) => everywhere(parts.logits, "logits"),
  map: (parts, i, j) => [["pooled", i >> 1, j >> 1]],
  sums: (parts, i, j) => [["map", i, j]],
  bias: (parts) => everywhere(parts.sums, "sums"),
  kernel: (parts) => everywhere(parts.sums, "sums"),
  image: (parts, i, j) => everywhere(parts.sums, "sums").filter(([, row, column]) => Math.abs(row - i) <= 1 && Math.abs(column - j) <= 1),
};
