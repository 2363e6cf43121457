// Random numbers that depend on a seed and a place only: the generator mulberry32, as in cnnbook.demos.dropout_mask.

// Number i (from 0) of the stream of `seed`, in [0, 1).
export function uniform(seed, i) {
  const state = (seed + Math.imul(i + 1, 0x6d2b79f5)) | 0;
  let mixed = Math.imul(state ^ (state >>> 15), state | 1);
  mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
  return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
}

// A seed of its own for each use: seedFor(seed, layer, step) and the like.
export function seedFor(seed, ...path) {
  return path.reduce((mixed, place) => Math.floor(uniform(mixed, place) * 4294967296), seed);
}

// What the seed of a training is used for, each with a seed of its own.
export const USES = { order: 1, weights: 2 };

// A number of the standard normal distribution between −2 and 2, as Keras cuts it (Box and Muller's way, until one fits).
export function* truncatedNormals(seed) {
  for (let i = 0; ; i += 2) {
    const radius = Math.sqrt(-2 * Math.log(1 - uniform(seed, i))), angle = 2 * Math.PI * uniform(seed, i + 1);
    for (const x of [radius * Math.cos(angle), radius * Math.sin(angle)]) if (Math.abs(x) <= 2) yield x;
  }
}

// The numbers 0 to length − 1 in random order (Fisher and Yates).
export function shuffled(length, seed) {
  const order = Uint32Array.from({ length }, (_, i) => i);
  for (let i = length - 1; i > 0; i--) {
    const j = Math.floor(uniform(seed, i) * (i + 1));
    [order[i], order[j]] = [order[j], order[i]];
  }
  return order;
}
