// What can be seen of a network between two updates: histograms, filters, feature maps.

export const BINS = 24; // of a histogram

// {low, high, counts, lost} of numbers; `lost` counts those that are not finite.
function histogram(values, count = values.length) {
  let low = Infinity, high = -Infinity, lost = 0;
  for (let i = 0; i < count; i++) {
    const x = values[i];
    if (!Number.isFinite(x)) lost += 1;
    else {
      if (x < low) low = x;
      if (x > high) high = x;
    }
  }
  const counts = Array(BINS).fill(0);
  if (lost === count) return { low: 0, high: 0, counts, lost };
  const scale = high > low ? BINS / (high - low) : 0;
  for (let i = 0; i < count; i++) if (Number.isFinite(values[i])) counts[Math.min(BINS - 1, Math.floor((values[i] - low) * scale))] += 1;
  return { low, high, counts, lost };
}

// A histogram of what enters the network and of what each layer passes on, for the `count` images that are in its memory.
export function histograms(network, count) {
  const of = (values) => histogram(values, (count * values.length) / network.capacity);
  return [of(network.input), ...network.layers.map((layer) => of(layer.output))];
}

// The kernel of a Conv2D as one small image per filter, [filter][row][column] of its channel `channel`.
export function filters(layer, channel) {
  const [height, width, channels, many] = layer.kernel.shape, values = layer.kernel.values;
  const one = (_, f) => Float32Array.from({ length: height * width }, (_, i) => values[(i * channels + channel) * many + f]);
  return Array.from({ length: many }, one);
}

// What a layer makes of the first image in memory, one array per feature map; a layer without maps gives one array of all units.
export function maps(layer) {
  const { shape, output } = layer;
  if (shape.length === 1) return [output.slice(0, shape[0])];
  const [height, width, channels] = shape;
  return Array.from({ length: channels }, (_, c) => Float32Array.from({ length: height * width }, (_, i) => output[i * channels + c]));
}
