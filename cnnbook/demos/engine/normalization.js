// BatchNormalization as Keras computes it: in training with mean and variance of the batch, through which the gradient passes, and
// else with the moving ones. Of a batch that several networks share, each takes those of the whole, as with synchronized=True.
import { Layer, sizeOf } from "./layer.js";

export class BatchNormalization extends Layer {
  constructor(spec, inputShape, shape) {
    super(spec, inputShape, shape);
    this.momentum = spec.momentum;
    this.epsilon = spec.epsilon;
    this.channels = shape.at(-1);
    this.gamma = this.addWeight("gamma", [this.channels], "ones");
    this.beta = this.addWeight("beta", [this.channels], "zeros");
    this.movingMean = this.addWeight("moving mean", [this.channels], "zeros", false);
    this.movingVariance = this.addWeight("moving variance", [this.channels], "ones", false);
    this.mean = new Float64Array(this.channels);
    this.rows = 0; // how many numbers per channel these two were taken of
    this.inverse = new Float64Array(this.channels); // 1 / √(variance + epsilon)
  }

  *forward(count, training) {
    const n = (count * sizeOf(this.shape));
    this.training = training;
    if (training) {
      yield* this.measure(n);
      yield;
    } else for (let c = 0; c < this.channels; c++) {
      this.mean[c] = this.movingMean.values[c];
      this.inverse[c] = 1 / Math.sqrt(this.movingVariance.values[c] + this.epsilon);
    }
    const { input, output, channels, mean } = this, beta = this.beta.values, scale = this.inverse.map((x, c) => x * this.gamma.values[c]);
    for (let i = 0; i < n;) for (let c = 0; c < channels; c++, i++) output[i] = (input[i] - mean[c]) * scale[c] + beta[c];
    yield;
  }

  // Mean and (biased) variance per channel of the first n numbers, and the moving ones a step further.
  *measure(n) {
    const { input, channels, mean, inverse, momentum } = this;
    let sums = new Float64Array(channels + 1), squares = new Float64Array(channels);
    for (let i = 0; i < n;) for (let c = 0; c < channels; c++, i++) sums[c] += input[i];
    sums[channels] = n / channels;
    if (this.part) sums = yield sums;
    this.rows = sums[channels]; // in the whole batch
    for (let c = 0; c < channels; c++) mean[c] = sums[c] / this.rows;
    for (let i = 0; i < n;) for (let c = 0; c < channels; c++, i++) squares[c] += (input[i] - mean[c]) ** 2;
    if (this.part) squares = yield squares;
    for (let c = 0; c < channels; c++) {
      const variance = squares[c] / this.rows;
      inverse[c] = 1 / Math.sqrt(variance + this.epsilon);
      this.movingMean.values[c] = momentum * this.movingMean.values[c] + (1 - momentum) * mean[c];
      this.movingVariance.values[c] = momentum * this.movingVariance.values[c] + (1 - momentum) * variance;
    }
  }

  *backward(count) {
    const { input, gradient, inputGradient, channels, mean, inverse } = this, n = count * sizeOf(this.shape);
    const rows = this.training ? this.rows : Infinity; // the moving mean and variance depend on no row
    let sums = new Float64Array(2 * channels); // of the gradient, then of it times the normalised input
    for (let i = 0; i < n;) for (let c = 0; c < channels; c++, i++) {
      sums[c] += gradient[i];
      sums[channels + c] += gradient[i] * (input[i] - mean[c]) * inverse[c];
    }
    this.beta.gradient.set(sums.subarray(0, channels));
    this.gamma.gradient.set(sums.subarray(channels));
    if (this.part) sums = yield sums;
    else yield;
    if (!inputGradient) return;
    const gamma = this.gamma.values;
    for (let i = 0; i < n;) for (let c = 0; c < channels; c++, i++) {
      const normalised = (input[i] - mean[c]) * inverse[c];
      inputGradient[i] = gamma[c] * inverse[c] * (gradient[i] - sums[c] / rows - (normalised * sums[channels + c]) / rows);
    }
    yield;
  }
}
