// Numbers, maps and units of the live network in words.

import { element } from "../shared/dom.js";
import { formatNumber, written } from "../shared/numbers.js";
import { byReach, isVector } from "./network.js";

export const LARGEST = 6; // contributions that are listed one by one

const TEXT = {
  colours: ["red", "green", "blue"], map: (n) => `map ${n}`, unit: (n) => `unit ${n}`,
  others: (count) => `the other ${count}`, bias: "bias",
};

// A number to so many significant digits and decimals at most: −0.0123, 1.23.
export const digits = (value, places = 3, decimals = 4) => written(Number(value.toFixed(decimals)), { maximumSignificantDigits: places });
export const short = (value) => digits(value, 2, 3); // for the narrow cells of a table
export const percent = (share) => `${(100 * share).toFixed(1)} %`;
// A shown number that keeps its exact value for whoever reads the page by script.
export const exact = (value, text, attributes = {}) => element("data", { value, ...attributes }, text);

export const mapName = (layer, map) => (layer.kind === "input" ? TEXT.colours[map] : TEXT.map(map + 1));

// A map or unit of a layer; the last layers have the names of the classes.
export function nameOf(layer, map, classes) {
  if (layer.name === "logits" || layer.kind === "softmax") return classes[map];
  return isVector(layer) ? TEXT.unit(map + 1) : mapName(layer, map);
}

// "0.53 (map 7) − 0.41 (map 12) + …": the largest terms by name, the others together.
export function sumOf(terms, nameOfTerm) {
  const order = byReach(terms), named = order.slice(0, order.length > LARGEST + 1 ? LARGEST : order.length);
  const rest = order.slice(named.length);
  const parts = named.map((i) => [terms[i], nameOfTerm(i)]);
  if (rest.length) parts.push([rest.reduce((sum, i) => sum + terms[i], 0), TEXT.others(formatNumber(rest.length))]);
  const sign = (value, i) => (i ? (value < 0 ? " − " : " + ") : value < 0 ? "−" : "");
  return parts.map(([value, name], i) => `${sign(value, i)}${digits(Math.abs(value))} (${name})`).join("");
}

export const plusBias = (bias) => `${bias < 0 ? " − " : " + "}${digits(Math.abs(bias))} (${TEXT.bias}) = `;
