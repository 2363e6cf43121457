// A small network forward and back: 3 × 3 filter with "same" padding, ReLU, 2 × 2 max pooling, dense layer, softmax with cross-entropy.
// Every part is a table [row][column]. Nothing here knows a page.

export const PARAMETERS = ["kernel", "bias", "weights", "biases"]; // what a step of training changes

const grid = (rows, columns, value) => Array.from({ length: rows }, (_, i) => Array.from({ length: columns }, (_, j) => value(i, j)));
const same = (table, value) => grid(table.length, table[0].length, value);
const total = (numbers) => numbers.reduce((sum, number) => sum + number, 0);
const cells = (table) => table.flatMap((row, i) => row.map((value, j) => [i, j, value]));

// The four places of the window that pooled number [i][j] looks at.
export const windowOf = (i, j) => [[2 * i, 2 * j], [2 * i, 2 * j + 1], [2 * i + 1, 2 * j], [2 * i + 1, 2 * j + 1]];

// Where the largest number of a window is; the first of several.
export function largestOf(map, i, j) {
  return windowOf(i, j).reduce((best, place) => (map[place[0]][place[1]] > map[best[0]][best[1]] ? place : best));
}

// Every part of the network on the way forward. `nudge` moves one number, {part, row, column, by}, and all that depends on it.
export function forward(state, nudge = null) {
  const parts = {};
  const put = (name, table) => {
    parts[name] = table.map((row) => [...row]);
    if (nudge?.part === name) parts[name][nudge.row][nudge.column] += nudge.by;
    return parts[name];
  };
  for (const name of ["image", ...PARAMETERS]) put(name, state[name]);
  const { image, kernel, bias, weights, biases } = parts;
  const sums = put("sums", same(image, (i, j) =>
    bias[0][0] + total(cells(kernel).map(([a, b, weight]) => weight * (image[i + a - 1]?.[j + b - 1] ?? 0)))));
  const map = put("map", same(sums, (i, j) => Math.max(sums[i][j], 0)));
  const pooled = put("pooled", grid(2, 2, (i, j) => Math.max(...windowOf(i, j).map(([row, column]) => map[row][column]))));
  const logits = put("logits", grid(1, 2, (_, k) => biases[0][k] + total(pooled.flat().map((value, n) => value * weights[n][k]))));
  const highest = Math.max(...logits[0]), powers = logits[0].map((logit) => Math.exp(logit - highest));
  const probabilities = put("probabilities", [powers.map((power) => power / total(powers))]);
  // From the logits, since a probability may be too small for any number but 0; from a nudged probability, what follows from that.
  const fromLogits = highest + Math.log(total(powers)) - logits[0][state.label];
  put("loss", [[nudge?.part === "probabilities" ? -Math.log(probabilities[0][state.label]) : fromLogits]]);
  return parts;
}

// The error of every number: how fast the loss grows with it.
export function backward(state) {
  const { image, kernel, weights, sums, map, pooled, probabilities } = forward(state);
  const isRight = (k) => (k === state.label ? 1 : 0);
  const logits = same(probabilities, (_, k) => probabilities[0][k] - isRight(k));
  const pooledError = grid(2, 2, (i, j) => total(logits[0].map((error, k) => error * weights[2 * i + j][k])));
  const mapError = same(map, () => 0);
  for (const [i, j, error] of cells(pooledError)) {
    const [row, column] = largestOf(map, i, j);
    mapError[row][column] = error;
  }
  const sumsError = same(sums, (i, j) => (sums[i][j] > 0 ? mapError[i][j] : 0));
  return {
    loss: [[1]],
    probabilities: same(probabilities, (_, k) => (isRight(k) ? -1 / probabilities[0][k] : 0)),
    logits,
    biases: logits.map((row) => [...row]),
    weights: same(weights, (n, k) => pooled.flat()[n] * logits[0][k]),
    pooled: pooledError,
    map: mapError,
    sums: sumsError,
    bias: [[total(sumsError.flat())]],
    kernel: same(kernel, (a, b) => total(cells(sumsError).map(([i, j, error]) => error * (image[i + a - 1]?.[j + b - 1] ?? 0)))),
    // The pixel met the sum one row up through the weight one row down: the kernel is flipped.
    image: same(image, (i, j) => total(cells(kernel).map(([a, b, weight]) => weight * (sumsError[i - a + 1]?.[j - b + 1] ?? 0)))),
  };
}

// The slope of the loss by trying: the number a little up, and a little down.
export function slope(state, part, row, column, step = 1e-5) {
  const loss = (by) => forward(state, { part, row, column, by }).loss[0][0];
  return (loss(step) - loss(-step)) / (2 * step);
}

// The parameters after one step of gradient descent.
export function stepped(state, rate) {
  const errors = backward(state);
  return Object.fromEntries(PARAMETERS.map((name) => [name, same(state[name], (i, j) => state[name][i][j] - rate * errors[name][i][j])]));
}
