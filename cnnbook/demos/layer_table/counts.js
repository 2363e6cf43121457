// What each layer makes of a shape, and how its parameters and multiply–accumulates are worked out.

import { countLayer } from "../engine/specs.js";
import { formatNumber } from "../shared/numbers.js";

const TEXT = {
  problem: (n, sentence) => `Layer ${n}: ${sentence}`,
  normalised: (channels) => `2 · ${channels} trained + 2 · ${channels} kept`,
  tooMany: "These are more than a browser counts to the last digit.",
};

const product = (...factors) => factors.map(formatNumber).join(" · ");

// {how, macsHow} of a layer that makes one shape of another.
function derivations(layer, before, after) {
  const channels = before.at(-1);
  if (layer.kind === "Conv2D") {
    const { kernel, filters } = layer;
    return {
      how: `(${product(kernel, kernel, channels)} + 1) · ${formatNumber(filters)}`,
      macsHow: product(...after.slice(0, 2), kernel, kernel, channels, filters),
    };
  }
  if (layer.kind === "Dense") {
    const { units } = layer;
    return { how: `(${formatNumber(channels)} + 1) · ${formatNumber(units)}`, macsHow: product(channels, units) };
  }
  return { how: layer.kind === "BatchNormalization" ? TEXT.normalised(formatNumber(channels)) : "", macsHow: "" };
}

// All layers from the input on, {shape, parameters, fixed, macs, how, macsHow} each, and the sums; after the first that does not fit
// nothing is counted, and `problem` says why.
export function countLayers(inputShape, layers) {
  const rows = [], sums = { parameters: 0, fixed: 0, macs: 0 };
  let shape = inputShape, problem = "";
  function count(layer) {
    const counted = countLayer(layer, shape), row = { ...counted, ...derivations(layer, shape, counted.shape) };
    for (const name of Object.keys(sums)) sums[name] += row[name];
    if (![sums.parameters + sums.fixed, sums.macs].every(Number.isSafeInteger)) throw new Error(TEXT.tooMany);
    shape = counted.shape;
    return row;
  }
  for (const [n, layer] of layers.entries()) {
    if (problem) rows.push(null);
    else try {
      rows.push(count(layer));
    } catch (error) {
      rows.push({ problem: error.message });
      problem = TEXT.problem(n + 1, error.message);
    }
  }
  return { rows, ...sums, problem };
}
