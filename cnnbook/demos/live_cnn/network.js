// The trained network: its weights as bytes, what each of its layers makes of an image, and what a unit depends on. A network is
// {layers, facts, arrays}: the first two from Python, the third what `unpack` gives.

import { finish } from "../engine/layer.js";
import { softmax } from "../engine/loss.js";
import { Network } from "../engine/network.js";
import { convolveAt, zerosBefore } from "../shared/arithmetic.js";
import { Refusal } from "../shared/refusal.js";

const TEXT = { length: (found, wanted) => `the weights have ${found} bytes instead of ${wanted}` };

const count = ({ shape: [height, width, channels] }) => height * width * channels;
export const isVector = (layer) => layer.shape[0] === 1;

// The large dense kernel is held as integers.
const hasIntegers = (layer) => layer.name === "dense";

// How many numbers each layer keeps, array by array; of integers only the scales count here.
function weightSizes(layers, { kernel_size: kernel }) {
  return layers.map((layer, n) => {
    const before = layers[n - 1], channels = layer.shape[2];
    if (layer.kind === "conv") return [kernel * kernel * before.shape[2] * channels, channels];
    if (layer.kind === "norm") return [channels, channels, channels, channels];
    if (layer.kind === "dense") return [hasIntegers(layer) ? channels : count(before) * channels, channels];
    return [];
  });
}
const integersOf = (layers) => layers.reduce((sum, layer, n) => sum + (hasIntegers(layer) ? count(layers[n - 1]) * layer.shape[2] : 0), 0);

export const bytesOf = (layers, facts) => 4 * weightSizes(layers, facts).flat().reduce((a, b) => a + b, 0) + 2 * integersOf(layers);

// Bytes as `trained_cnn.packed` writes them -> the arrays of each layer, as 32-bit floats.
export function unpack(layers, facts, bytes) {
  const wanted = bytesOf(layers, facts);
  if (bytes.byteLength !== wanted) throw new Refusal(TEXT.length(bytes.byteLength, wanted));
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let at = 0;
  const arrays = weightSizes(layers, facts).map((sizes) => sizes.map((size) => {
    const values = new Float32Array(size);
    for (let i = 0; i < size; i++, at += 4) values[i] = view.getFloat32(at, true);
    return values;
  }));
  const dense = layers.findIndex(hasIntegers), [scales, bias] = arrays[dense];
  const kernel = new Float32Array(integersOf(layers));
  for (let i = 0; i < kernel.length; i++, at += 2) kernel[i] = view.getInt16(at, true) * scales[i % scales.length];
  arrays[dense] = [kernel, bias];
  return arrays;
}

// ---- what the layers make of an image: the engine's work ----

// A layer as the engine takes it; softmax is none of its layers.
const SPECS = {
  conv: ({ shape, stride }, { kernel_size: kernel }) => ({ kind: "Conv2D", filters: shape[2], kernel, stride }),
  norm: (layer, { epsilon }) => ({ kind: "BatchNormalization", epsilon }),
  act: (layer, { slope }) => ({ kind: "LeakyReLU", slope }),
  dense: ({ shape }) => ({ kind: "Dense", units: shape[2] }),
};
const built = new WeakMap(); // by the arrays of weights

// The engine's network for one image with these weights, or without any, and which of its layers stands for which of ours.
export function build({ layers, facts, arrays = [] }, options = {}) {
  const specs = [], places = [];
  layers.forEach((layer, n) => {
    if (!SPECS[layer.kind]) return;
    if (layer.kind === "dense" && !isVector(layers[n - 1])) specs.push({ kind: "Flatten" });
    places[n] = specs.push(SPECS[layer.kind](layer, facts)) - 1;
  });
  const network = new Network({ inputShape: layers[0].shape, layers: specs }, 1, options);
  arrays.forEach((own, n) => own.forEach((values, k) => network.layers[places[n]].weights[k].values.set(values)));
  return { network, places };
}

// A pixel from 0 to 255 as the network gets it, from −1 to 1.
export const scaled = (pixel) => (pixel * 2) / 255 - 1;

// Pixels 0 to 255 -> what each layer makes of them, in order; the first is the scaled image.
export function runNetwork(trained, pixels) {
  if (!built.has(trained.arrays)) built.set(trained.arrays, build(trained));
  const { network, places } = built.get(trained.arrays);
  pixels.forEach((pixel, i) => { network.input[i] = scaled(pixel); });
  finish(network.forward(1));
  return trained.layers.map((layer, n) => {
    if (layer.kind === "input") return network.input.slice();
    return layer.kind === "softmax" ? softmax(network.output) : network.layers[places[n]].output.slice();
  });
}

// ---- one unit ----

// First and last row and column of the image that a unit of layer `n` depends on, clipped to the image.
export function seenBy({ layers, facts: { kernel_size: kernel } }, n, [row, column]) {
  const [height, width] = layers[0].shape, spans = [[row, row], [column, column]];
  for (; n > 0; n--) {
    if (layers[n].kind === "dense" || layers[n].kind === "softmax") return [[0, height - 1], [0, width - 1]];
    if (layers[n].kind !== "conv") continue;
    spans.forEach(([first, last], axis) => {
      const before = zerosBefore(layers[n - 1].shape[axis], kernel, layers[n].stride, "same");
      spans[axis] = [first * layers[n].stride - before, last * layers[n].stride - before + kernel - 1];
    });
  }
  return spans.map(([first, last], axis) => [Math.max(first, 0), Math.min(last, layers[0].shape[axis] - 1)]);
}

// Flat values as [row][column][channel], as `convolveAt` takes them, without a copy of the numbers.
const nested = (values, [height, width, channels]) => Array.from({ length: height }, (_, i) =>
  Array.from({ length: width }, (_, j) => values.subarray((i * width + j) * channels, (i * width + j + 1) * channels)));

// Filter `f` of the convolution `n` as [row][column][channel].
export function filterOf({ layers, facts: { kernel_size: size }, arrays }, n, f) {
  const [kernel] = arrays[n], depth = layers[n - 1].shape[2], filters = layers[n].shape[2];
  const times = (length, make) => Array.from({ length }, make);
  return times(size, (_, i) => times(size, (_, j) => times(depth, (_, c) => kernel[((i * size + j) * depth + c) * filters + f])));
}

// All that makes one unit of the convolution `n`, as `convolveAt` gives it.
export function convolutionCell(network, made, n, map, [row, column]) {
  const { layers, arrays } = network, image = nested(made[n - 1], layers[n - 1].shape);
  return convolveAt(image, filterOf(network, n, map), arrays[n][1][map], { stride: layers[n].stride, padding: "same" }, row, column);
}

// The indices of numbers, the one farthest from zero first.
export const byReach = (numbers) => Array.from(numbers, (_, i) => i).sort((a, b) => Math.abs(numbers[b]) - Math.abs(numbers[a]));
