// What a set-up may hold, from the table that Python writes into the state; and what becomes of it for the engine.

import { formatNumber } from "../shared/numbers.js";
import { Refusal } from "../shared/refusal.js";
import { usual } from "../shared/settings.js";

const TEXT = {
  choices: (names) => `one of ${names.join(", ")}`, flag: "true or false",
  number: (what, least, most) => `a ${what}number from ${least} to ${most}`, whole: "whole ",
  noSetting: (where, name) => `${where} has no setting ${name}.`,
  refused: (where, name, value, takes) => `${where}: ${name} is ${value}; it takes ${takes}.`,
  noLayers: "There is no list of layers in it.", setup: "The set-up",
  tooMany: (count, most) => `It has ${count} layers; the limit here is ${most}.`,
  unknown: (n, kind) => `Layer ${n} is of the kind ${kind}, which is not known here.`,
  layer: (n, kind) => `Layer ${n}, ${kind}`,
  layersDiffer: "the layers", differ: (name, one, other) => `${name} (${one} and ${other})`,
};

function takes(rule) {
  if (rule.kind === "choice") return TEXT.choices(rule.choices);
  if (rule.kind === "flag") return TEXT.flag;
  return TEXT.number(rule.kind === "whole" ? TEXT.whole : "", formatNumber(rule.least), formatNumber(rule.most));
}

function fits(rule, value) {
  if (rule.kind === "choice") return rule.choices.includes(value);
  if (rule.kind === "flag") return typeof value === "boolean";
  return (rule.kind === "whole" ? Number.isInteger(value) : Number.isFinite(value)) && value >= rule.least && value <= rule.most;
}

function settled(where, rules, given) {
  for (const [name, value] of Object.entries(given)) {
    if (!Object.hasOwn(rules, name)) throw new Refusal(TEXT.noSetting(where, name));
    if (!fits(rules[name], value)) throw new Refusal(TEXT.refused(where, name, String(value), takes(rules[name])));
  }
  return { ...usual(rules), ...given };
}

// A set-up from outside, with everything that is not named as usual. Throws a Refusal.
export function checked(rules, limits, given) {
  const { layers, ...settings } = given ?? {};
  if (!Array.isArray(layers)) throw new Refusal(TEXT.noLayers);
  if (layers.length > limits.layers) throw new Refusal(TEXT.tooMany(formatNumber(layers.length), limits.layers));
  const made = layers.map((layer, n) => {
    const { kind, ...own } = layer ?? {};
    if (!Object.hasOwn(rules.layers, kind)) throw new Refusal(TEXT.unknown(n + 1, String(kind)));
    return { kind, ...settled(TEXT.layer(n + 1, kind), rules.layers[kind], own) };
  });
  return { layers: made, ...settled(TEXT.setup, rules.training, settings) };
}

// As the engine's Trainer takes it.
export function forEngine({ layers, optimizer, rate, momentum, batch, images, scheme, scale, seed }) {
  return { layers, optimizer: { kind: optimizer, rate, momentum }, batch, images, initialisation: { scheme, scale }, seed };
}

export const same = (one, other) => JSON.stringify(one) === JSON.stringify(other);

// In which settings two set-ups differ, in words.
export function differences(one, other) {
  const names = Object.keys(one).filter((name) => name !== "layers" && one[name] !== other[name]);
  const found = names.map((name) => TEXT.differ(name, one[name], other[name]));
  return same(one.layers, other.layers) ? found : [TEXT.layersDiffer, ...found];
}
