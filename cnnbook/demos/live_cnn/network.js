// The trained network: where its weights come from, and what each of its layers makes of a picture.

import { finish } from "../engine/layer.js";
import { softmax } from "../engine/loss.js";
import { Network } from "../engine/network.js";
import { loadScript } from "../shared/load.js";
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

// The page's file of weights.
const fromPage = (address) => loadScript(address, () => Uint8Array.from(atob(globalThis.cnnbookWeightsText), (character) => character.charCodeAt(0)));

// A layer as the engine takes it; softmax is none of its layers.
const SPECS = {
  conv: ({ shape, stride }) => ({ kind: "Conv2D", filters: shape[2], kernel: KERNEL, stride }),
  norm: () => ({ kind: "BatchNormalization", epsilon: EPSILON }),
  act: () => ({ kind: "LeakyReLU", slope: SLOPE }),
  dense: ({ shape }) => ({ kind: "Dense", units: shape[2] }),
};

// The engine's network for one image, with these weights, and which of its layers stands for which of ours.
function build(layers, arrays) {
  const specs = [], places = [];
  layers.forEach((layer, n) => {
    if (!SPECS[layer.kind]) return;
    if (layer.kind === "dense" && count(layers[n - 1]) !== layers[n - 1].shape[2]) specs.push({ kind: "Flatten" });
    places[n] = specs.push(SPECS[layer.kind](layer)) - 1;
  });
  const network = new Network({ inputShape: layers[0].shape, layers: specs }, 1);
  places.forEach((place, n) => network.layers[place].weights.forEach(({ values }, k) => values.set(arrays[n][k])));
  return { network, places };
}

export async function loadNetwork(model) {
  const layers = model.get("layers"), synced = model.get("weights");
  const bytes = synced ? new Uint8Array(synced.buffer ?? synced, synced.byteOffset ?? 0, synced.byteLength) : await fromPage(model.get("weights_address"));
  const arrays = unpack(layers, bytes);
  return { layers, arrays, ...build(layers, arrays) };
}

// Pixels 0 to 255, 32 × 32 × 3 -> what each layer makes of them, in order; the first is the scaled image.
export function runNetwork({ layers, network, places }, pixels) {
  pixels.forEach((pixel, i) => { network.input[i] = (pixel * 2) / 255 - 1; });
  finish(network.forward(1));
  return layers.map((layer, n) => {
    if (layer.kind === "input") return network.input.slice();
    return layer.kind === "softmax" ? softmax(network.output) : network.layers[places[n]].output.slice();
  });
}
