// Softmax with cross-entropy, from logits [image][class] and labels: the mean over the batch, as Keras with from_logits=True.

export function softmax(logits) {
  const largest = Math.max(...logits); // without it e to the power of a large number would be infinite
  const powers = Array.from(logits, (x) => Math.exp(x - largest)), whole = powers.reduce((a, b) => a + b, 0);
  return Float32Array.from(powers, (power) => power / whole);
}

// The loss of each image, summed, and how many are right. With `gradient`, also that of their mean with respect to the logits.
export function crossEntropy(logits, labels, classes, gradient = null) {
  const count = labels.length;
  let loss = 0, right = 0;
  for (let n = 0; n < count; n++) {
    const at = n * classes;
    let largest = -Infinity, best = 0, whole = 0;
    for (let c = 0; c < classes; c++) if (!(logits[at + c] <= largest)) { largest = logits[at + c]; best = c; } // NaN stays
    for (let c = 0; c < classes; c++) whole += Math.exp(logits[at + c] - largest);
    loss += Math.log(whole) + largest - logits[at + labels[n]];
    right += best === labels[n];
    if (gradient) for (let c = 0; c < classes; c++) {
      gradient[at + c] = (Math.exp(logits[at + c] - largest) / whole - (c === labels[n])) / count;
    }
  }
  return { loss, right };
}
