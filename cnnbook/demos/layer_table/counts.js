// What each layer makes of a shape, and how its parameters and multiply–accumulates are worked out.

import { outputSize } from "../shared/arithmetic.js";
import { formatNumber } from "../shared/numbers.js";

const TEXT = {
  needsImage: "Conv2D takes height × width × channels: put it before Flatten.",
  tooLarge: (kernel, [height, width]) => `A ${kernel} × ${kernel} filter does not fit into ${height} × ${width} without padding.`,
  needsRow: "Dense takes one row of numbers: put Flatten before it.",
  normalised: (channels) => `2 · ${channels} trained + 2 · ${channels} kept`,
};

// Written out, and its exact value: with large layers it has more digits than a JavaScript number.
const product = (...factors) => factors.map(formatNumber).join(" · ");
const exact = (...factors) => factors.reduce((all, factor) => all * BigInt(factor), 1n);

function countConvolution({ filters, kernel, stride, padding }, shape) {
  if (shape.length !== 3) return { problem: TEXT.needsImage };
  if (padding === "valid" && kernel > Math.min(shape[0], shape[1])) return { problem: TEXT.tooLarge(kernel, shape) };
  const [height, width] = shape.slice(0, 2).map((side) => outputSize(side, kernel, stride, padding)), channels = shape[2];
  const weights = kernel * kernel * channels;
  return {
    shape: [height, width, filters],
    parameters: exact(weights + 1, filters),
    how: `(${product(kernel, kernel, channels)} + 1) · ${formatNumber(filters)}`,
    macs: exact(height, width, weights, filters),
    macsHow: product(height, width, kernel, kernel, channels, filters),
  };
}

function countDense({ units }, shape) {
  if (shape.length !== 1) return { problem: TEXT.needsRow };
  return {
    shape: [units],
    parameters: exact(shape[0] + 1, units),
    how: `(${formatNumber(shape[0])} + 1) · ${formatNumber(units)}`,
    macs: exact(shape[0], units),
    macsHow: product(shape[0], units),
  };
}

// {shape, parameters, how, macs, macsHow} of a layer behind this shape, or {problem} where it does not fit.
function countLayer(layer, shape) {
  if (layer.kind === "Conv2D") return countConvolution(layer, shape);
  if (layer.kind === "Dense") return countDense(layer, shape);
  if (layer.kind === "BatchNormalization") {
    const channels = shape.at(-1);
    return { shape, parameters: exact(4, channels), how: TEXT.normalised(formatNumber(channels)), macs: 0n, macsHow: "" };
  }
  return { shape: [shape.reduce((a, b) => a * b, 1)], parameters: 0n, how: "", macs: 0n, macsHow: "" };
}

// All layers from the input on, and the sums; after the first that does not fit nothing is counted, and `problem` says why.
export function countLayers(inputShape, layers) {
  const rows = [];
  let shape = inputShape, parameters = 0n, macs = 0n, problem = "";
  for (const layer of layers) {
    const counted = problem ? null : countLayer(layer, shape);
    if (counted?.problem) problem = counted.problem;
    else if (counted) {
      shape = counted.shape;
      parameters += counted.parameters;
      macs += counted.macs;
    }
    rows.push(counted);
  }
  return { rows, parameters, macs, problem };
}
