// How a number of the small network, and its error, were made, in words and numbers. Nothing here knows a page.

import { formatNumber, upTo, within } from "../shared/numbers.js";
import { largestOf, windowOf } from "./network.js";

export const CLASSES = ["A", "B"];

const bracket = (value) => within(formatNumber(value));
const errorText = (value) => upTo(value, 3);

// "2 × 0.5 + 1 × (−3)" of [factor, factor] pairs, those with a zero left out; "0" if none is left.
function products(pairs, [first, second]) {
  const left = pairs.filter(([a, b]) => a !== 0 && b !== 0);
  return left.map(([a, b]) => `${within(first(a))} × ${within(second(b))}`).join(" + ") || "0";
}

// Pixels under the filter at a place of the map: [pixel, weight] pairs.
const under = ({ image, kernel }, i, j) =>
  kernel.flatMap((line, a) => line.map((weight, b) => [image[i + a - 1]?.[j + b - 1] ?? 0, weight]));

const name = (n) => `pooled number ${n + 1}`;

// How a number was made on the way forward.
export function valueStory(parts, part, i, j, label) {
  const value = parts[part][i][j], shown = formatNumber(value), plain = [formatNumber, formatNumber];
  switch (part) {
    case "image": return `a pixel: ${shown}`;
    case "kernel": return `a weight of the filter: ${shown}`;
    case "bias": return `the filter's bias: ${shown}`;
    case "weights": return `the weight from ${name(i)} to class ${CLASSES[j]}: ${shown}`;
    case "biases": return `the bias of class ${CLASSES[j]}: ${shown}`;
    case "sums": {
      const sum = products(under(parts, i, j), plain);
      return `each pixel × its weight, plus the bias: ${sum} + ${bracket(parts.bias[0][0])} = ${shown}`;
    }
    case "map": return `ReLU: the larger of ${formatNumber(parts.sums[i][j])} and 0 is ${shown}`;
    case "pooled": {
      const window = windowOf(i, j).map(([row, column]) => formatNumber(parts.map[row][column]));
      return `the largest of ${window.join(", ")} is ${shown}`;
    }
    case "logits": {
      const pairs = parts.pooled.flat().map((pooled, n) => [pooled, parts.weights[n][j]]);
      return `each pooled number × its weight, plus the bias: ${products(pairs, plain)} + ${bracket(parts.biases[0][j])} = ${shown}`;
    }
    case "probabilities": {
      const logit = formatNumber(parts.logits[0][j]);
      return `e to the power of ${logit}, divided by the sum of both such powers, is ${shown}`;
    }
    default: {
      const probability = parts.probabilities[0][label], written = probability < 0.001 ? "below 0.001" : upTo(probability, 3);
      return `minus the logarithm of the probability of class ${CLASSES[label]}, ${written}, is ${upTo(value, 3)}`;
    }
  }
}

// How its error was made on the way back.
export function errorStory(parts, errors, part, i, j, label) {
  const shown = errorText(errors[part][i][j]), mixed = [formatNumber, errorText];
  switch (part) {
    case "loss": return "the loss changes at the same rate as itself: 1";
    case "probabilities": return j === label ? `minus one over its probability: ${shown}` : "only the right class counts: 0";
    case "logits": return `probability minus ${j === label ? "1, for the right class" : "0, for the wrong class"}: ${shown}`;
    case "biases": return `the error of its logit: ${shown}`;
    case "weights": {
      const pair = [parts.pooled.flat()[i], errors.logits[0][j]];
      return `its input × the error of its logit: ${products([pair], mixed)} = ${shown}`;
    }
    case "pooled": {
      const pairs = errors.logits[0].map((e, k) => [parts.weights[2 * i + j][k], e]);
      return `weight × error, summed over both logits: ${products(pairs, mixed)} = ${shown}`;
    }
    case "map": {
      const [row, column] = largestOf(parts.map, i >> 1, j >> 1);
      if (row === i && column === j) return `the largest of its window gets the whole error: ${shown}`;
      return parts.map[i][j] < parts.map[row][column] ? "not the largest of its window, so no error: 0"
        : "as large as another number of its window, which gets the whole error: 0";
    }
    case "sums": {
      return parts.sums[i][j] > 0 ? `above 0, so ReLU passes the error back: ${shown}` : "not above 0, so ReLU stops the error: 0";
    }
    case "bias": return `the errors of all the sums, added up: ${shown}`;
    case "kernel": {
      const pairs = errors.sums.flatMap((line, r) => line.map((e, c) => [parts.image[r + i - 1]?.[c + j - 1] ?? 0, e]));
      return `the pixel it lay on × the error there, summed over all places: ${products(pairs, mixed)} = ${shown}`;
    }
    default: {
      const pairs = parts.kernel.flatMap((line, a) => line.map((weight, b) => [weight, errors.sums[i - a + 1]?.[j - b + 1] ?? 0]));
      return `the weight it went through × the error there: ${products(pairs, mixed)} = ${shown}`;
    }
  }
}

// The numbers of other parts whose errors go into this one's: [[part, row, column], ...].
export function sourcesOf(parts, part, i, j) {
  const everywhere = (other) => parts[other].flatMap((row, r) => row.map((_, c) => [other, r, c]));
  switch (part) {
    case "loss": return [];
    case "probabilities": return [["loss", 0, 0]];
    case "logits": return everywhere("probabilities");
    case "biases": case "weights": return [["logits", 0, j]];
    case "pooled": return everywhere("logits");
    case "map": return [["pooled", i >> 1, j >> 1]];
    case "sums": return [["map", i, j]];
    case "bias": case "kernel": return everywhere("sums");
    default: return everywhere("sums").filter(([, r, c]) => Math.abs(r - i) <= 1 && Math.abs(c - j) <= 1);
  }
}
