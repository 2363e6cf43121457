// On which pixels an answer depends: the gradient of a logit with respect to the image, and what hiding a part of it does. Nothing here
// draws. All of it is generators, to be run in slices.

import { softmax } from "../engine/loss.js";
import { build, scaled } from "./network.js";

const GREY = 0; // middle grey, as the network gets it

// {trained, untrained}: the engine's networks, the second with the first weights that Keras would draw, by a seed.
export function* networksOf(network, seed) {
  const trained = build(network, { inputGradient: true }).network;
  yield;
  const untrained = build({ layers: network.layers, facts: network.facts }, { inputGradient: true }).network;
  yield;
  untrained.initialise({ scheme: "glorot_uniform", seed });
  return { trained, untrained };
}

// How strongly each pixel [row][column] moves the logit of class `chosen`: of its three colours the largest derivative, without its sign.
export function* gradientOf(network, pixels, chosen) {
  const [, , channels] = network.inputShape;
  network.input.set(Float32Array.from(pixels, scaled));
  yield* network.forward(1);
  network.gradient.fill(0);
  network.gradient[chosen] = 1;
  yield* network.backward(1);
  const colours = (i) => network.inputGradient.subarray(i * channels, (i + 1) * channels);
  return Float32Array.from({ length: pixels.length / channels }, (_, i) => Math.max(...colours(i).map(Math.abs)));
}

// Where the upper left corner of the square may be, along one axis.
export function cornersOf(length, { side, step }) {
  return Array.from({ length: Math.floor((length - side) / step) + 1 }, (_, i) => i * step);
}

// {whole, shares}: the probability of class `chosen`, and what it is with a grey square at each place, [row][column] of the corners.
export function* occlusionOf(network, pixels, chosen, { side, step }) {
  const [height, width, channels] = network.inputShape, image = Float32Array.from(pixels, scaled), shares = [];
  function* ask() {
    yield* network.forward(1);
    return softmax(network.output)[chosen];
  }
  network.input.set(image);
  const whole = yield* ask();
  for (const top of cornersOf(height, { side, step })) for (const left of cornersOf(width, { side, step })) {
    network.input.set(image);
    for (let row = top; row < top + side; row++) {
      network.input.fill(GREY, (row * width + left) * channels, (row * width + left + side) * channels);
    }
    shares.push(yield* ask());
  }
  return { whole, shares };
}

// ---- what can be said of such maps ----

// The rank of each number, from 0; equal numbers share the mean of their ranks.
function ranksOf(numbers) {
  const order = Array.from(numbers, (_, i) => i).sort((a, b) => numbers[a] - numbers[b]), ranks = [];
  for (let first = 0, next = 0; first < order.length; first = next) {
    while (next < order.length && numbers[order[next]] === numbers[order[first]]) next += 1;
    for (let k = first; k < next; k++) ranks[order[k]] = (first + next - 1) / 2;
  }
  return ranks;
}

// Spearman's rank correlation of two maps; null where one of them is the same everywhere.
export function rankCorrelation(one, other) {
  const middle = (one.length - 1) / 2, [a, b] = [one, other].map((numbers) => ranksOf(numbers).map((rank) => rank - middle));
  const product = (x, y) => x.reduce((sum, value, i) => sum + value * y[i], 0), whole = Math.sqrt(product(a, a) * product(b, b));
  return whole ? product(a, b) / whole : null;
}

// Which ninth of a square map, [row][column] of `side`, holds most of it: {place 0 to 8, share, even}, `even` its share of the area.
export function largestNinth(values, side) {
  const sums = Array(9).fill(0), cells = Array(9).fill(0), third = (i) => Math.floor((3 * (i + 0.5)) / side);
  values.forEach((value, i) => {
    const place = 3 * third(Math.floor(i / side)) + third(i % side);
    sums[place] += value;
    cells[place] += 1;
  });
  const place = sums.indexOf(Math.max(...sums)), whole = sums.reduce((a, b) => a + b, 0);
  return { place, share: whole ? sums[place] / whole : 0, even: cells[place] / values.length };
}
