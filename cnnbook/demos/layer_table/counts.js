// What each layer makes of a shape, and how its parameters and multiply–accumulates are worked out.

import { countLayer } from "../engine/specs.js";
import { formatNumber } from "../shared/numbers.js";
import { sentenceOf } from "../shared/refusal.js";

const TEXT = {
  problem: (n, sentence) => `Layer ${n}: ${sentence}`,
  normalised: (channels) => `2 · ${channels} trained + 2 · ${channels} kept`,
};

// Written out, and its exact value: with large layers it has more digits than a JavaScript number.
const product = (...factors) => factors.map(formatNumber).join(" · ");
const exact = (...factors) => factors.reduce((all, factor) => all * BigInt(factor), 1n);

// Exact counts of a layer that makes one shape of another, and how they are worked out.
function derived(layer, before, after) {
  const channels = before.at(-1), none = { parameters: 0n, fixed: 0n, macs: 0n, how: "", macsHow: "" };
  if (layer.kind === "Conv2D") {
    const { kernel, filters } = layer, factors = [...after.slice(0, 2), kernel, kernel, channels, filters];
    const parameters = exact(kernel * kernel * channels + 1, filters), macs = exact(...factors);
    const how = `(${product(kernel, kernel, channels)} + 1) · ${formatNumber(filters)}`;
    return { ...none, parameters, macs, how, macsHow: product(...factors) };
  }
  if (layer.kind === "Dense") {
    const { units } = layer, how = `(${formatNumber(channels)} + 1) · ${formatNumber(units)}`;
    return { ...none, parameters: exact(channels + 1, units), macs: exact(channels, units), how, macsHow: product(channels, units) };
  }
  if (layer.kind !== "BatchNormalization") return none;
  return { ...none, parameters: exact(2, channels), fixed: exact(2, channels), how: TEXT.normalised(formatNumber(channels)) };
}

// All layers from the input on, {shape, parameters, fixed, macs, how, macsHow} each, and the sums; after the first that does not fit
// nothing is counted, and `problem` says why.
export function countLayers(inputShape, layers) {
  const rows = [], sums = { parameters: 0n, fixed: 0n, macs: 0n };
  let shape = inputShape, problem = "";
  function count(layer) {
    const after = countLayer(layer, shape).shape, row = { shape: after, ...derived(layer, shape, after) };
    for (const name of Object.keys(sums)) sums[name] += row[name];
    shape = after;
    return row;
  }
  for (const [n, layer] of layers.entries()) {
    if (problem) rows.push(null);
    else try {
      rows.push(count(layer));
    } catch (error) {
      const sentence = sentenceOf(error);
      rows.push({ problem: sentence });
      problem = TEXT.problem(n + 1, sentence);
    }
  }
  return { rows, ...sums, problem };
}
