// The layers that treat each number by itself: activations, Dropout, and Flatten, which changes nothing but the shape.
import { Layer, sizeOf } from "./layer.js";
import { seedFor, uniform } from "./random.js";

export class ReLU extends Layer {
  constructor(spec, inputShape, shape) {
    super(spec, inputShape, shape);
    // What a number at or below 0 is multiplied by, and what one above: looked up, since a processor cannot guess which branch to take.
    this.factors = Float64Array.of(spec.slope ?? 0, 1);
  }

  *forward(count) {
    const { input, output, factors } = this;
    for (let i = 0, n = count * sizeOf(this.shape); i < n; i++) output[i] = input[i] * factors[+(input[i] > 0)];
    yield;
  }

  *backward(count) {
    if (!this.inputGradient) return;
    const { input, gradient, inputGradient, factors } = this;
    for (let i = 0, n = count * sizeOf(this.shape); i < n; i++) inputGradient[i] = gradient[i] * factors[+(input[i] > 0)];
    yield;
  }
}

export class LeakyReLU extends ReLU {}

export class Dropout extends Layer {
  seed = 0; // with `throws` it gives each batch a mask of its own
  throws = 0;
  given = null; // a mask from outside for the next batch: 1 keeps, 0 drops

  constructor(spec, inputShape, shape) {
    super(spec, inputShape, shape);
    this.rate = spec.rate;
  }

  place(before, capacity, take, share) {
    super.place(before, capacity, take, share);
    this.factors = take(capacity * sizeOf(this.shape)); // 0, or what a survivor is multiplied by
  }

  *forward(count, training) {
    const { input, output, factors, rate } = this, n = count * sizeOf(this.shape), survivor = 1 / (1 - rate);
    if (!training) {
      output.set(input.subarray(0, n));
      factors.fill(1, 0, n);
      return;
    }
    const seed = seedFor(this.seed, this.throws++), first = (this.part?.first ?? 0) * sizeOf(this.shape);
    for (let i = 0; i < n; i++) {
      factors[i] = (this.given ? this.given[i] : uniform(seed, first + i) >= rate) ? survivor : 0;
      output[i] = input[i] * factors[i];
    }
    yield;
  }

  *backward(count) {
    if (!this.inputGradient) return;
    const { gradient, inputGradient, factors } = this;
    for (let i = 0, n = count * sizeOf(this.shape); i < n; i++) inputGradient[i] = gradient[i] * factors[i];
    yield;
  }
}

export class Flatten extends Layer {
  place(before) {
    Object.assign(this, { input: before.output, output: before.output, inputGradient: before.gradient, gradient: before.gradient });
  }

  *forward() {}

  *backward() {}
}
