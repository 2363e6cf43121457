// The trained network: its weights as bytes, what each of its layers makes of an image, and what a unit depends on. A network is
// {layers, facts, arrays}: the first two from Python, the third what `unpack` gives.

import { convolveAt, zerosBefore } from "../shared/arithmetic.js";

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
  if (bytes.byteLength !== wanted) throw new Error(`the weights have ${bytes.byteLength} bytes; the network takes ${wanted}`);
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

// ---- layers: each takes values [row][column][channel] in one flat array and gives the same ----

function convolution(values, [height, width, depth], kernel, bias, [rows, columns, filters], stride, size) {
  const made = new Float32Array(rows * columns * filters), sums = new Float64Array(filters);
  const above = zerosBefore(height, size, stride, "same"), left = zerosBefore(width, size, stride, "same");
  for (let row = 0; row < rows; row++) for (let column = 0; column < columns; column++) {
    sums.set(bias);
    for (let i = 0; i < size; i++) for (let j = 0; j < size; j++) {
      const y = row * stride - above + i, x = column * stride - left + j;
      if (y < 0 || y >= height || x < 0 || x >= width) continue; // a zero of the padding adds nothing
      let weight = (i * size + j) * depth * filters;
      for (let c = 0, from = (y * width + x) * depth; c < depth; c++, from++) {
        const value = values[from];
        for (let f = 0; f < filters; f++, weight++) sums[f] += value * kernel[weight];
      }
    }
    made.set(sums, (row * columns + column) * filters);
  }
  return made;
}

function dense(values, kernel, bias) {
  const sums = Float64Array.from(bias), units = sums.length;
  for (let i = 0, weight = 0; i < values.length; i++) {
    const value = values[i];
    for (let u = 0; u < units; u++, weight++) sums[u] += value * kernel[weight];
  }
  return Float32Array.from(sums);
}

const normalised = (x, c, [gamma, beta, mean, variance], epsilon) =>
  (gamma[c] * (x - mean[c])) / Math.sqrt(variance[c] + epsilon) + beta[c];

function softmax(values) {
  const largest = Math.max(...values); // without it e to the power of a large number would be infinite
  const powers = Array.from(values, (x) => Math.exp(x - largest)), whole = powers.reduce((a, b) => a + b, 0);
  return Float32Array.from(powers, (power) => power / whole);
}

// Pixels 0 to 255 -> what each layer makes of them, in order; the first is the scaled image.
export function runNetwork({ layers, facts, arrays }, pixels) {
  const made = [Float32Array.from(pixels, (pixel) => (pixel * 2) / 255 - 1)], { kernel_size: size, slope, epsilon } = facts;
  for (let n = 1; n < layers.length; n++) {
    const layer = layers[n], values = made[n - 1], channels = layer.shape[2];
    if (layer.kind === "conv") made.push(convolution(values, layers[n - 1].shape, ...arrays[n], layer.shape, layer.stride, size));
    else if (layer.kind === "norm") made.push(values.map((x, i) => normalised(x, i % channels, arrays[n], epsilon)));
    else if (layer.kind === "act") made.push(values.map((x) => (x > 0 ? x : slope * x)));
    else if (layer.kind === "dense") made.push(dense(values, ...arrays[n]));
    else made.push(softmax(values));
  }
  return made;
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
