// Layers as plain objects, {kind, …}: what each kind takes, which shape comes out, and how many parameters and multiply–accumulates
// it has.
import { outputSize } from "../shared/arithmetic.js";
import { sides } from "../shared/numbers.js";
import { Refusal } from "../shared/refusal.js";
import { sizeOf } from "./layer.js";

const TEXT = {
  count: "a whole number of at least 1", counts: "whole numbers of at least 1", padding: "“same” or “valid”", flag: "true or false",
  share: "a number of at least 0 and below 1", above: "a number above 0", number: "a number",
  noKind: (kind, kinds) => `There is no layer of the kind ${kind}; the kinds are ${kinds}.`,
  noSetting: (kind, name) => `${kind} has no setting called ${name}.`,
  refused: (kind, name, value, takes) => `${kind}: ${name} is ${value}; it takes ${takes}.`,
  needsImage: (kind) => `${kind} takes height × width × channels; put it before Flatten.`,
  needsRow: "Dense takes one row of numbers; put Flatten before it.",
  tooLarge: (kind, window, shape) => `${kind}: a window of ${window} does not fit into ${shape} without padding.`,
};

// kind -> its settings with what they are where nothing is said; a pooling's stride is its size then, as in Keras.
const KINDS = {
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
  filters: [isCount, TEXT.count],
  units: [isCount, TEXT.count],
  kernel: [(pair) => isPair(pair) && pair.every(isCount), TEXT.counts],
  size: [(pair) => isPair(pair) && pair.every(isCount), TEXT.counts],
  stride: [(pair) => isPair(pair) && pair.every(isCount), TEXT.counts],
  padding: [(name) => name === "same" || name === "valid", TEXT.padding],
  bias: [(value) => typeof value === "boolean", TEXT.flag],
  momentum: [(value) => value >= 0 && value < 1, TEXT.share],
  epsilon: [(value) => value > 0 && Number.isFinite(value), TEXT.above],
  rate: [(value) => value >= 0 && value < 1, TEXT.share],
  slope: [Number.isFinite, TEXT.number],
};

// The layer with all its settings, kernels, sizes and strides as pairs. Throws an Error with a sentence where one is not possible.
export function settle(layer) {
  const usual = KINDS[layer?.kind];
  if (!usual) throw new Refusal(TEXT.noKind(String(layer?.kind), Object.keys(KINDS).join(", ")));
  const settled = { ...usual, ...layer };
  if ("stride" in usual) settled.stride ??= settled.size;
  for (const name of ["kernel", "size", "stride"]) {
    if (name in usual && !Array.isArray(settled[name])) settled[name] = [settled[name], settled[name]];
  }
  for (const name of Object.keys(settled)) {
    if (name === "kind") continue;
    if (!(name in usual)) throw new Refusal(TEXT.noSetting(layer.kind, name));
    const [fits, what] = TAKES[name];
    if (!fits(settled[name])) throw new Refusal(TEXT.refused(layer.kind, name, String(settled[name]), what));
  }
  return settled;
}

function windowed(kind, shape, [height, width], { stride, padding }) {
  if (shape.length !== 3) throw new Refusal(TEXT.needsImage(kind));
  if (padding === "valid" && (height > shape[0] || width > shape[1])) {
    throw new Refusal(TEXT.tooLarge(kind, sides([height, width]), sides(shape.slice(0, 2))));
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
  GlobalAveragePooling2D(layer, shape) {
    if (shape.length !== 3) throw new Refusal(TEXT.needsImage(layer.kind));
    return without([shape[2]]);
  },
  Flatten: (layer, shape) => without([sizeOf(shape)]),
  Dense(layer, shape) {
    if (shape.length !== 1) throw new Refusal(TEXT.needsRow);
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
