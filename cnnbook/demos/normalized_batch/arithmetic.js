// BatchNormalization of one channel: a batch's statistics, the results, and what a training step keeps.

export const STATISTICS = ["mean", "variance"];

const average = (values) => values.reduce((a, b) => a + b, 0) / values.length;

// Mean and (biased) variance of a batch.
export function statisticsOf(values) {
  const mean = average(values);
  return { mean, variance: average(values.map((value) => (value - mean) ** 2)) };
}

// The results with these statistics, one for each value.
export const normalize = (values, { mean, variance }, { gamma, beta, epsilon }) =>
  values.map((value) => (gamma * (value - mean)) / Math.sqrt(variance + epsilon) + beta);

// The moving statistics after so many steps with one batch. Keras's convention: momentum is the weight of the old.
export function afterSteps(before, batch, momentum, steps) {
  const moved = ([name, old]) => [name, momentum * old + (1 - momentum) * batch[name]];
  let after = before;
  for (let i = 0; i < steps; i++) after = Object.fromEntries(Object.entries(after).map(moved));
  return after;
}

// Where each of these places stands so that none covers another: the number of its row, counted from the line.
export function rowsOf(places, width) {
  const rows = [], ends = [];
  for (const i of places.map((_, k) => k).sort((a, b) => places[a] - places[b])) {
    let row = 0;
    while (ends[row] > places[i]) row += 1;
    rows[i] = row;
    ends[row] = places[i] + width;
  }
  return rows;
}
