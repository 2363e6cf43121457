// Dropout's masks: which unit is kept in which throw, and what comes of it.

import { uniform } from "../engine/random.js";

// Whether a unit is kept in throw k (from 1).
export const isKept = (seed, rate, k, unit, units) => uniform(seed, (k - 1) * units + unit) >= rate;

// All throws from the first: {kept in the last throw, outputs, averages} per unit, and the chosen unit's average after each throw.
export function play({ values, rate, mode, scale, seed, throws }, chosen) {
  const training = mode === "training";
  const ifKept = values.map((value) => (training && scale ? value / (1 - rate) : value));
  const counts = values.map(() => 0), curve = [];
  let kept = values.map(() => true);
  for (let k = 1; k <= throws; k++) {
    if (training) kept = values.map((_, unit) => isKept(seed, rate, k, unit, values.length));
    kept.forEach((isIn, unit) => { counts[unit] += isIn; });
    curve.push(ifKept[chosen] * (counts[chosen] / k));
  }
  if (training && !throws) return { kept, outputs: values, averages: null, curve };
  const averages = ifKept.map((value, unit) => (throws ? value * (counts[unit] / throws) : value));
  return { kept, outputs: ifKept.map((value, unit) => (kept[unit] ? value : 0)), averages, curve };
}

// About four steps of 1, 2 or 5 times a power of ten.
export function niceStep(span) {
  const power = 10 ** Math.floor(Math.log10(span / 4));
  return [1, 2, 5, 10].map((n) => n * power).find((step) => step >= span / 4);
}
