// What all layers have in common. A layer keeps what comes out and the gradient with respect to it, both of one batch, row by row
// [image][row][column][channel]; `forward` and `backward` are generators that pause often enough for a page to stay alive. Where several
// networks share a batch, they also yield numbers, and are given what these add up to over all networks.

export const sizeOf = (shape) => shape.reduce((product, side) => product * side, 1);

export class Layer {
  weights = []; // {name, shape, start, trainable, values, gradient}
  input = null;
  output = null;
  arena = null; // whose matrix product it uses
  inputGradient = null; // null where nothing before it is trained
  gradient = null; // of the loss with respect to the output
  part = null; // {first}: the batch is shared, and from this image on it is here; null where all of it is here

  constructor(spec, inputShape, shape) {
    Object.assign(this, { kind: spec.kind, inputShape, shape });
  }

  // `start` is what it begins with: "kernel" (the chosen initialisation), "zeros" or "ones".
  addWeight(name, shape, start, trainable = true) {
    const weight = { name, shape, start, trainable, values: null, gradient: null };
    this.weights.push(weight);
    return weight;
  }

  // Take the memory for batches of up to `capacity` images. `before` is what stands before it; `take(length)` gives an array of its
  // own, `share(name, length)` one that all layers use in turn. Both give empty arrays while the memory is only being added up.
  place(before, capacity, take, share) {
    for (const weight of this.weights) {
      weight.values = take(sizeOf(weight.shape));
      if (weight.trainable) weight.gradient = take(sizeOf(weight.shape));
    }
    this.input = before.output;
    this.inputGradient = before.gradient;
    this.output = take(capacity * sizeOf(this.shape));
    this.gradient = take(capacity * sizeOf(this.shape));
  }
}

// Run a generator to its end; what it returns.
export function finish(generator) {
  for (;;) {
    const { done, value } = generator.next();
    if (done) return value;
  }
}
