// Dropout's masks: which unit each of them keeps, and what comes of it.

import { uniform } from "../engine/random.js";

// Whether mask k (from 1) keeps a unit.
export const isKept = (seed, rate, k, unit, units) => uniform(seed, (k - 1) * units + unit) >= rate;

// All masks from the first: {kept by the last one, outputs, averages} per unit, and the chosen unit's average after each mask.
export function play({ values, rate, mode, scale, seed, draws }, chosen) {
  const training = mode === "training";
  const ifKept = values.map((value) => (training && scale ? value / (1 - rate) : value));
  const counts = values.map(() => 0), curve = [];
  let kept = values.map(() => true);
  for (let k = 1; k <= draws; k++) {
    if (training) kept = values.map((_, unit) => isKept(seed, rate, k, unit, values.length));
    kept.forEach((isIn, unit) => { counts[unit] += isIn; });
    curve.push(ifKept[chosen] * (counts[chosen] / k));
  }
  if (training && !draws) return { kept, outputs: values, averages: null, curve };
  const averages = ifKept.map((value, unit) => (draws ? value * (counts[unit] / draws) : value));
  return { kept, outputs: ifKept.map((value, unit) => (kept[unit] ? value : 0)), averages, curve };
}

// About four steps of 1, 2 or 5 times a power of ten.
export function niceStep(span) {
  const power = 10 ** Math.floor(Math.log10(span / 4));
  return [1, 2, 5, 10].map((n) => n * power).find((step) => step >= span / 4);
}
