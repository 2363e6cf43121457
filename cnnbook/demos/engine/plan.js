// Whether a network can be trained here, before any memory is taken: it must fit together, end in the classes, and not be too large.
import { formatNumber } from "../shared/numbers.js";
import { countLayer } from "./specs.js";

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
      problem = `Layer ${n + 1}: ${error.message}`;
      rows.push({ problem: error.message });
    }
  }
  problem ||= ending(layers, shape, classes, limits);
  return { rows, ...sums, problem };
}

function tooLarge(n, row, { parameters, fixed, macs }, limits) {
  const size = row.shape.reduce((a, b) => a * b, 1);
  const most = (what, value, limit) => `Up to layer ${n + 1} the network has ${formatNumber(value)} ${what}; here it takes ${formatNumber(limit)} at most.`;
  if (size > limits.outputs) return `Layer ${n + 1} gives ${formatNumber(size)} numbers per image; here it takes ${formatNumber(limits.outputs)} at most.`;
  if (parameters + fixed > limits.parameters) return most("parameters", parameters + fixed, limits.parameters);
  if (macs > limits.macs) return most("multiply–accumulates per image", macs, limits.macs);
  return "";
}

function ending(layers, shape, classes, limits) {
  if (layers.length > limits.layers) return `The network has ${formatNumber(layers.length)} layers; here it takes ${limits.layers} at most.`;
  if (shape.length === 1 && shape[0] === classes) return "";
  return `The last layer gives ${shape.join(" × ")}, but there are ${classes} classes: end with Dense and ${classes} units.`;
}
