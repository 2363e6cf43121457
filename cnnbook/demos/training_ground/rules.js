// What a set-up may hold, from the table that Python writes into the state; and what becomes of it for the engine.
import { formatNumber } from "../shared/numbers.js";

export function takes(rule) {
  if (rule.kind === "choice") return `one of ${rule.choices.join(", ")}`;
  if (rule.kind === "flag") return "true or false";
  return `a ${rule.kind === "whole" ? "whole " : ""}number from ${formatNumber(rule.least)} to ${formatNumber(rule.most)}`;
}

export function fits(rule, value) {
  if (rule.kind === "choice") return rule.choices.includes(value);
  if (rule.kind === "flag") return typeof value === "boolean";
  return (rule.kind === "whole" ? Number.isInteger(value) : Number.isFinite(value)) && value >= rule.least && value <= rule.most;
}

const usual = (rules) => Object.fromEntries(Object.entries(rules).map(([name, rule]) => [name, rule.usual]));
export const freshLayer = (rules, kind) => ({ kind, ...usual(rules.layers[kind]) });

function settled(where, rules, given) {
  for (const [name, value] of Object.entries(given)) {
    if (!Object.hasOwn(rules, name)) throw new Error(`${where} has no setting ${name}.`);
    if (!fits(rules[name], value)) throw new Error(`${where}: ${name} is ${String(value)}; it takes ${takes(rules[name])}.`);
  }
  return { ...usual(rules), ...given };
}

// A set-up from outside, with everything that is not named as usual. Throws an Error with a sentence.
export function checked(rules, limits, given) {
  const { layers, ...settings } = given ?? {};
  if (!Array.isArray(layers)) throw new Error("There is no list of layers in it.");
  if (layers.length > limits.layers) throw new Error(`It has ${formatNumber(layers.length)} layers; here a network takes ${limits.layers} at most.`);
  const made = layers.map((layer, n) => {
    const { kind, ...own } = layer ?? {};
    if (!Object.hasOwn(rules.layers, kind)) throw new Error(`Layer ${n + 1} is of the kind ${String(kind)}, which is not known here.`);
    return { kind, ...settled(`Layer ${n + 1}, ${kind}`, rules.layers[kind], own) };
  });
  return { layers: made, ...settled("The set-up", rules.training, settings) };
}

// As the engine's Trainer takes it.
export function forEngine({ layers, optimizer, rate, momentum, batch, images, scheme, scale, seed }) {
  return { layers, optimizer: { kind: optimizer, rate, momentum }, batch, images, initialisation: { scheme, scale }, seed };
}

// In which settings two set-ups differ, in words.
export function differences(one, other) {
  const found = [];
  if (JSON.stringify(one.layers) !== JSON.stringify(other.layers)) found.push("the layers");
  for (const name of Object.keys(one)) if (name !== "layers" && one[name] !== other[name]) found.push(`${name} (${one[name]} and ${other[name]})`);
  return found;
}
