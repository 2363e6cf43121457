// Whether a network can be trained here, before any memory is taken: it must fit together, end in the classes, and not be too large.
import { formatNumber, sides } from "../shared/numbers.js";
import { sentenceOf } from "../shared/refusal.js";
import { sizeOf } from "./layer.js";
import { countLayer } from "./specs.js";

const TEXT = {
  problem: (n, sentence) => `Layer ${n}: ${sentence}`,
  outputs: (n, size, most) => `Layer ${n} gives ${size} numbers per image; the limit here is ${most}.`,
  parameters: (n, count, most) => `Up to layer ${n} the network has ${count} parameters; the limit here is ${most}.`,
  macs: (n, count, most) => `Up to layer ${n} the network has ${count} multiply–accumulates per image; the limit here is ${most}.`,
  layers: (count, most) => `The network has ${count} layers; the limit here is ${most}.`,
  ending: (shape, classes) => `The last layer gives ${shape}, but there are ${classes} classes; end with Dense and ${classes} units.`,
};

// {rows: [{shape, parameters, fixed, macs} or {problem}], parameters, fixed, macs, problem}; rows after a problem are null.
export function planNetwork({ inputShape, classes, layers }, limits) {
  const rows = [], sums = { parameters: 0, fixed: 0, macs: 0 };
  let shape = inputShape, problem = "";
  for (const [n, layer] of layers.entries()) {
    if (problem) {
      rows.push(null);
      continue;
    }
    try {
      const row = countLayer(layer, shape);
      rows.push(row);
      shape = row.shape;
      for (const name of Object.keys(sums)) sums[name] += row[name];
      problem = tooLarge(n, row, sums, limits);
    } catch (error) {
      const sentence = sentenceOf(error);
      problem = TEXT.problem(n + 1, sentence);
      rows.push({ problem: sentence });
    }
  }
  problem ||= ending(layers, shape, classes, limits);
  return { rows, ...sums, problem };
}

function tooLarge(n, { shape }, { parameters, fixed, macs }, limits) {
  const outputs = sizeOf(shape);
  if (outputs > limits.outputs) return TEXT.outputs(n + 1, formatNumber(outputs), formatNumber(limits.outputs));
  const kept = parameters + fixed;
  if (kept > limits.parameters) return TEXT.parameters(n + 1, formatNumber(kept), formatNumber(limits.parameters));
  return macs > limits.macs ? TEXT.macs(n + 1, formatNumber(macs), formatNumber(limits.macs)) : "";
}

function ending(layers, shape, classes, limits) {
  if (layers.length > limits.layers) return TEXT.layers(formatNumber(layers.length), limits.layers);
  return shape.length === 1 && shape[0] === classes ? "" : TEXT.ending(sides(shape), classes);
}
