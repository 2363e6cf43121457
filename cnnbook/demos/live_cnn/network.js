// The trained network: where its weights come from, and what each of its layers makes of a picture.

import { zerosBefore } from "../shared/arithmetic.js";
import { element } from "../shared/dom.js";
import { formatNumber } from "../shared/numbers.js";

export const KERNEL = 3;
export const SLOPE = 0.3;
export const EPSILON = 1e-3;

const count = ({ shape: [height, width, channels] }) => height * width * channels;

// How many numbers each layer keeps, [name, sizes]; the large dense kernel is held as integers, so `scales` stands for it here.
function weightSizes(layers) {
  return layers.map((layer, n) => {
    const before = layers[n - 1], channels = layer.shape[2];
    if (layer.kind === "conv") return [KERNEL * KERNEL * before.shape[2] * channels, channels];
    if (layer.kind === "norm") return [channels, channels, channels, channels];
    if (layer.kind === "dense") return [layer.name === "dense" ? channels : count(before) * channels, channels];
    return [];
  });
}
const integersOf = (layers) => layers.reduce((sum, layer, n) => sum + (layer.name === "dense" ? count(layers[n - 1]) * layer.shape[2] : 0), 0);
const bytesOf = (layers) => 4 * weightSizes(layers).flat().reduce((a, b) => a + b, 0) + 2 * integersOf(layers);
// As base64, four characters stand for three bytes.
export const megabytes = (layers) => formatNumber(Math.round((bytesOf(layers) * 4) / 3 / 1e5) / 10);

// Bytes as `trained_cnn.packed` writes them -> the arrays of each layer, as 32-bit floats.
function unpack(layers, bytes) {
  const wanted = bytesOf(layers);
  if (bytes.byteLength !== wanted) throw new Error(`the weights have ${bytes.byteLength} bytes; the network takes ${wanted}`);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let at = 0;
  const arrays = weightSizes(layers).map((sizes) => sizes.map((size) => {
    const values = new Float32Array(size);
    for (let i = 0; i < size; i++, at += 4) values[i] = view.getFloat32(at, true);
    return values;
  }));
  const dense = layers.findIndex((layer) => layer.name === "dense"), [scales, bias] = arrays[dense];
  const kernel = new Float32Array(integersOf(layers));
  for (let i = 0; i < kernel.length; i++, at += 2) kernel[i] = view.getInt16(at, true) * scales[i % scales.length];
  arrays[dense] = [kernel, bias];
  return arrays;
}

// The page's file of weights, asked for once however many demos want it.
function fromPage(address) {
  globalThis.cnnbookWeights ??= new Promise((resolve, reject) => {
    const script = element("script", {
      src: address,
      onload: () => resolve(Uint8Array.from(atob(globalThis.cnnbookWeightsText), (character) => character.charCodeAt(0))),
      onerror: () => {
        delete globalThis.cnnbookWeights;
        reject(new Error(`${new URL(address).pathname.split("/").pop()} could not be loaded`));
      },
    });
    document.head.append(script);
  });
  return globalThis.cnnbookWeights;
}

export async function loadNetwork(model) {
  const layers = model.get("layers"), synced = model.get("weights");
  const bytes = synced ? new Uint8Array(synced.buffer ?? synced, synced.byteOffset ?? 0, synced.byteLength) : await fromPage(model.get("weights_address"));
  return { layers, arrays: unpack(layers, bytes) };
}

// ---- layers: each takes values [row][column][channel] in one flat array and gives the same ----

function convolution(values, [height, width, depth], kernel, bias, [rows, columns, filters], stride) {
  const made = new Float32Array(rows * columns * filters), sums = new Float64Array(filters);
  const above = zerosBefore(height, KERNEL, stride, "same"), left = zerosBefore(width, KERNEL, stride, "same");
  for (let row = 0; row < rows; row++) for (let column = 0; column < columns; column++) {
    sums.set(bias);
    for (let i = 0; i < KERNEL; i++) for (let j = 0; j < KERNEL; j++) {
      const y = row * stride - above + i, x = column * stride - left + j;
      if (y < 0 || y >= height || x < 0 || x >= width) continue; // a zero of the padding adds nothing
      let weight = (i * KERNEL + j) * depth * filters;
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

const normalised = (x, c, [gamma, beta, mean, variance]) => (gamma[c] * (x - mean[c])) / Math.sqrt(variance[c] + EPSILON) + beta[c];
const leaky = (x) => (x > 0 ? x : SLOPE * x);

function softmax(values) {
  const largest = Math.max(...values); // without it e to the power of a large number would be infinite
  const powers = Array.from(values, (x) => Math.exp(x - largest)), whole = powers.reduce((a, b) => a + b, 0);
  return Float32Array.from(powers, (power) => power / whole);
}

// Pixels 0 to 255, 32 × 32 × 3 -> what each layer makes of them, in order; the first is the scaled picture.
export function runNetwork({ layers, arrays }, pixels) {
  const made = [Float32Array.from(pixels, (pixel) => (pixel * 2) / 255 - 1)];
  for (let n = 1; n < layers.length; n++) {
    const layer = layers[n], values = made[n - 1], channels = layer.shape[2];
    if (layer.kind === "conv") made.push(convolution(values, layers[n - 1].shape, ...arrays[n], layer.shape, layer.stride));
    else if (layer.kind === "norm") made.push(values.map((x, i) => normalised(x, i % channels, arrays[n])));
    else if (layer.kind === "act") made.push(values.map(leaky));
    else if (layer.kind === "dense") made.push(dense(values, ...arrays[n]));
    else made.push(softmax(values));
  }
  return made;
}
