// Where the first number that is not finite arose, and how large gradients are.

const firstBad = (values, count = values.length) => {
  for (let i = 0; i < count; i++) if (!Number.isFinite(values[i])) return i;
  return -1;
};

const found = (layer, what, value) => ({ layer, what, value: Number.isNaN(value) ? "NaN" : value > 0 ? "∞" : "−∞" });

function firstWeight(layer, n, of, what) {
  for (const weight of layer.weights) {
    const at = weight[of] ? firstBad(weight[of]) : -1;
    if (at >= 0) return found(n, what(weight.name), weight[of][at]);
  }
  return null;
}

// In the order in which they are computed; {layer (from 0), what, value}, or null where all are finite. `count` images went through.
export function inForward(network, count) {
  for (const [n, layer] of network.layers.entries()) {
    const at = firstBad(layer.output, (count * layer.output.length) / network.capacity);
    if (at >= 0) return found(n, "output", layer.output[at]);
  }
  return null;
}

export function inBackward(network, count) {
  for (let n = network.layers.length - 1; n >= 0; n--) {
    const layer = network.layers[n], at = firstBad(layer.gradient, (count * layer.gradient.length) / network.capacity);
    if (at >= 0) return found(n, "gradient of the output", layer.gradient[at]);
    const weight = firstWeight(layer, n, "gradient", (name) => `gradient of the ${name}`);
    if (weight) return weight;
  }
  return null;
}

export function inWeights(network) {
  for (const [n, layer] of network.layers.entries()) {
    const weight = firstWeight(layer, n, "values", (name) => name);
    if (weight) return weight;
  }
  return null;
}

// The norm (length) of each layer's gradients, all its weights together; null for a layer without.
export function gradientNorms(network) {
  return network.layers.map(({ weights }) => {
    const trained = weights.filter((weight) => weight.trainable);
    if (!trained.length) return null;
    let sum = 0;
    for (const { gradient } of trained) for (let i = 0; i < gradient.length; i++) sum += gradient[i] * gradient[i];
    return Math.sqrt(sum);
  });
}
