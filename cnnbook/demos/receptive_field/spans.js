// Which part of each map a unit depends on; layers are [kernel, stride], all with padding "same".

import { outputSize, zerosBefore } from "../shared/arithmetic.js";

// The side of the image and of each feature map.
export function sidesOf(side, layers) {
  const result = [side];
  for (const [kernel, stride] of layers) result.push(outputSize(result.at(-1), kernel, stride, "same"));
  return result;
}

// [first, last] along one axis in the image and in each map, from one position in the last map; beyond a map are zeros.
export function spansOf(side, layers, position) {
  let [first, last] = [position, position];
  const result = [[first, last]], all = sidesOf(side, layers);
  for (let n = layers.length - 1; n >= 0; n--) {
    const [kernel, stride] = layers[n], before = zerosBefore(all[n], kernel, stride, "same");
    [first, last] = [first * stride - before, last * stride - before + kernel - 1];
    result.unshift([first, last]);
  }
  return result;
}

// The unit of the last map whose part of map `n` (0 is the image) has its middle nearest to a position in that map; it may lie beyond
// the last map.
export function unitAt(side, layers, n, position) {
  const [first, last] = spansOf(side, layers, 0)[n], step = layers.slice(n).reduce((product, [, stride]) => product * stride, 1);
  return Math.round((position - (first + last) / 2) / step);
}

// How many pixels a unit sees along each axis, and what each layer adds: [kernel − 1, pixels from one unit to the next].
export function fieldOf(layers) {
  let size = 1, jump = 1;
  const steps = layers.map(([kernel, stride]) => {
    const step = [kernel - 1, jump];
    size += (kernel - 1) * jump;
    jump *= stride;
    return step;
  });
  return { size, steps };
}
