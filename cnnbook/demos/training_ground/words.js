// What became of a run, in words.

import { formatNumber, significant, upTo } from "../shared/numbers.js";

const TEXT = {
  untrained: "Not trained yet.",
  done: (updates, epochs) => `${updates} updates, ${epochs} epochs`,
  measured: (update, training, test) =>
    `; measured at update ${update}: ${training} % of training images and ${test} % of test images classified correctly`,
  ends: (most) => ` It ends here, after ${most} updates.`,
  failed: (when, what, where, value) => `The first number that is not finite appeared ${when}: ${what}${where} became ${value}. `
    + "From then on nothing can be learned. Start again, for instance with a smaller learning rate.",
  inUpdate: (update) => `in update ${update}`, measuring: (update) => `when it was measured after update ${update}`,
  ofLayer: (n, kind) => ` of layer ${n} (${kind})`,
  sameAs: (name) => `This run has the same set-up as ${name}.`,
  oneThing: (name, thing) =>
    `This run and ${name} differ in one thing, ${thing}: what differs in the curves comes from that or from chance. Try other seeds.`,
  things: (name, count, all) =>
    `This run and ${name} differ in ${count} things: ${all}. There is no telling which of them made the difference.`,
};

// 0.0123, 12.3, 1.2e−5: three digits, with a power of ten where it is far from 1.
export function readable(value) {
  const size = Math.abs(value);
  return size === 0 || (size >= 1e-3 && size < 1e4) ? significant(value, 3) : value.toExponential(1).replaceAll("-", "−");
}

function failureInWords(failure, layers) {
  const where = failure.layer === null ? "" : TEXT.ofLayer(failure.layer + 1, layers[failure.layer].kind);
  return TEXT.failed((failure.measuring ? TEXT.measuring : TEXT.inUpdate)(failure.update), failure.what, where, failure.value);
}

export function status({ refused, seen, points, setup, isDone, limits }) {
  if (refused) return refused;
  if (!seen || (!seen.updates && !seen.failure)) return TEXT.untrained;
  const where = TEXT.done(formatNumber(seen.updates), upTo(seen.epoch, 1)), last = points.at(-1);
  if (seen.failure) return `${where}. ${failureInWords(seen.failure, setup.layers)}`;
  const measured = last
    ? TEXT.measured(formatNumber(last.update), ...[last.training, last.test].map(({ accuracy }) => upTo(100 * accuracy, 1))) : "";
  return `${where}${measured}.${isDone ? TEXT.ends(formatNumber(limits.updates)) : ""}`;
}

// How a run differs from a kept one, given in which settings.
export function comparison(name, settings) {
  if (!settings.length) return TEXT.sameAs(name);
  return settings.length === 1 ? TEXT.oneThing(name, settings[0]) : TEXT.things(name, settings.length, settings.join(", "));
}
