// Layers as plain objects, {kind, …}: what each kind takes, which shape comes out, and how many parameters and multiply–accumulates it has.
import { outputSize } from "../shared/arithmetic.js";

// kind -> its settings with what they are where nothing is said; a pooling's stride is its size then, as in Keras.
export const KINDS = {
  Conv2D: { filters: 8, kernel: 3, stride: 1, padding: "same", bias: true },
  MaxPooling2D: { size: 2, stride: null, padding: "valid" },
  AveragePooling2D: { size: 2, stride: null, padding: "valid" },
  GlobalAveragePooling2D: {},
  Flatten: {},
  Dense: { units: 10, bias: true },
  BatchNormalization: { momentum: 0.99, epsilon: 1e-3 },
  Dropout: { rate: 0.5 },
  ReLU: {},
  LeakyReLU: { slope: 0.3 },
};

const isPair = (value) => Array.isArray(value) && value.length === 2;
const isCount = (value) => Number.isInteger(value) && value >= 1;
const TAKES = {
  filters: [isCount, "a whole number from 1 on"],
  units: [isCount, "a whole number from 1 on"],
  kernel: [(pair) => isPair(pair) && pair.every(isCount), "whole numbers from 1 on"],
  size: [(pair) => isPair(pair) && pair.every(isCount), "whole numbers from 1 on"],
  stride: [(pair) => isPair(pair) && pair.every(isCount), "whole numbers from 1 on"],
  padding: [(name) => name === "same" || name === "valid", "“same” or “valid”"],
  bias: [(value) => typeof value === "boolean", "true or false"],
  momentum: [(value) => value >= 0 && value < 1, "a number from 0 to below 1"],
  epsilon: [(value) => value > 0 && Number.isFinite(value), "a number above 0"],
  rate: [(value) => value >= 0 && value < 1, "a number from 0 to below 1"],
  slope: [Number.isFinite, "a number"],
};

// The layer with all its settings, kernels, sizes and strides as pairs. Throws an Error with a sentence where one is not possible.
export function settle(layer) {
  const usual = KINDS[layer?.kind];
  if (!usual) throw new Error(`There is no layer of the kind ${String(layer?.kind)}; there are ${Object.keys(KINDS).join(", ")}.`);
  const settled = { ...usual, ...layer };
  if ("stride" in usual) settled.stride ??= settled.size;
  for (const name of ["kernel", "size", "stride"]) if (name in usual && !Array.isArray(settled[name])) settled[name] = [settled[name], settled[name]];
  for (const name of Object.keys(settled)) {
    if (name === "kind") continue;
    if (!(name in usual)) throw new Error(`${layer.kind} has no setting called ${name}.`);
    const [fits, what] = TAKES[name];
    if (!fits(settled[name])) throw new Error(`${layer.kind}: ${name} is ${String(settled[name])}; it takes ${what}.`);
  }
  return settled;
}

function windowed(kind, shape, [height, width], { stride, padding }) {
  if (shape.length !== 3) throw new Error(`${kind} takes height × width × channels: put it before Flatten.`);
  if (padding === "valid" && (height > shape[0] || width > shape[1])) {
    throw new Error(`${kind}: a window of ${height} × ${width} does not fit into ${shape[0]} × ${shape[1]} without padding.`);
  }
  return [outputSize(shape[0], height, stride[0], padding), outputSize(shape[1], width, stride[1], padding)];
}

const without = (shape, parameters = 0, fixed = 0) => ({ shape, parameters, fixed, macs: 0 });
const COUNTS = {
  Conv2D(layer, shape) {
    const size = windowed("Conv2D", shape, layer.kernel, layer), weights = layer.kernel[0] * layer.kernel[1] * shape[2];
    const parameters = (weights + layer.bias) * layer.filters;
    return { shape: [...size, layer.filters], parameters, fixed: 0, macs: size[0] * size[1] * weights * layer.filters };
  },
  MaxPooling2D: (layer, shape) => without([...windowed(layer.kind, shape, layer.size, layer), shape[2]]),
  AveragePooling2D: (layer, shape) => without([...windowed(layer.kind, shape, layer.size, layer), shape[2]]),
  GlobalAveragePooling2D: (layer, shape) => without([...windowed(layer.kind, shape, [1, 1], { stride: [1, 1], padding: "valid" }), shape[2]].slice(2)),
  Flatten: (layer, shape) => without([shape.reduce((a, b) => a * b, 1)]),
  Dense(layer, shape) {
    if (shape.length !== 1) throw new Error("Dense takes one row of numbers: put Flatten before it.");
    return { shape: [layer.units], parameters: (shape[0] + layer.bias) * layer.units, fixed: 0, macs: shape[0] * layer.units };
  },
  BatchNormalization: (layer, shape) => without(shape, 2 * shape.at(-1), 2 * shape.at(-1)),
  Dropout: (layer, shape) => without(shape),
  ReLU: (layer, shape) => without(shape),
  LeakyReLU: (layer, shape) => without(shape),
};

// {shape, parameters, fixed, macs} of a layer for one image: what comes out, what is trained, what is kept, multiply–accumulates.
// Throws an Error with a sentence where the layer does not fit.
export function countLayer(layer, shape) {
  const settled = settle(layer);
  return COUNTS[settled.kind](settled, shape);
}
