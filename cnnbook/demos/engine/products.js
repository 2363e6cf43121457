// The layers that are matrix products: Conv2D and Dense.
import { zerosBefore } from "../shared/arithmetic.js";
import { Layer, sizeOf } from "./layer.js";

const CHUNK = 131072; // numbers in the patches that are multiplied at once: half a megabyte, which stays in a processor's cache
const PIECE = 2e6; // multiply–accumulates between two pauses, some milliseconds where there is no SIMD

// Each row of `values` starts as the bias.
function spread(bias, values) {
  const n = bias.length;
  for (let at = 0; at < values.length; at += n) for (let j = 0; j < n; j++) values[at + j] = bias[j];
}

function addRows(values, sums) {
  const n = sums.length, totals = Float64Array.from(sums);
  for (let at = 0; at < values.length; at += n) for (let j = 0; j < n; j++) totals[j] += values[at + j];
  sums.set(totals);
}

function transpose(values, rows, columns, result) {
  for (let i = 0, at = 0; i < rows; i++) for (let j = 0; j < columns; j++, at++) result[j * rows + i] = values[at];
}

class Product extends Layer {
  constructor(spec, inputShape, shape, kernelShape) {
    super(spec, inputShape, shape);
    this.units = shape.at(-1);
    this.inputs = sizeOf(kernelShape) / this.units; // per unit or filter
    this.kernel = this.addWeight("kernel", kernelShape, "kernel");
    this.bias = spec.bias === false ? null : this.addWeight("bias", [this.units], "zeros");
  }

  place(before, capacity, take, share) {
    super.place(before, capacity, take, share);
    this.turned = this.inputGradient ? share("kernel", sizeOf(this.kernel.shape)) : null;
  }

  // Sums of products, with the bias: rows of inputs -> rows of units.
  multiply(from, to) {
    if (this.bias) spread(this.bias.values, to);
    else to.fill(0);
    this.arena.product(from, this.kernel.values, to, to.length / this.units, this.inputs, this.units);
  }

  // The share of these rows in the gradients of kernel and bias.
  gatherGradients(from, gradient) {
    this.arena.product(from, gradient, this.kernel.gradient, this.inputs, gradient.length / this.units, this.units, true);
    if (this.bias) addRows(gradient, this.bias.gradient);
  }

  // Rows of gradients of the units -> rows of gradients of the inputs; `turned` holds the transposed kernel.
  multiplyBack(gradient, to) {
    to.fill(0);
    this.arena.product(gradient, this.turned, to, gradient.length / this.units, this.units, this.inputs);
  }

  beginBackward() {
    for (const weight of this.weights) weight.gradient.fill(0);
    if (this.inputGradient) transpose(this.kernel.values, this.inputs, this.units, this.turned);
  }
}

export class Dense extends Product {
  constructor(spec, inputShape, shape) {
    super(spec, inputShape, shape, [inputShape[0], spec.units]);
    this.rows = Math.max(1, Math.floor(PIECE / sizeOf(this.kernel.shape))); // images at once
  }

  *forward(count) {
    for (let first = 0; first < count; first += this.rows) {
      const last = Math.min(first + this.rows, count);
      const from = this.input.subarray(first * this.inputs, last * this.inputs);
      this.multiply(from, this.output.subarray(first * this.units, last * this.units));
      yield;
    }
  }

  *backward(count) {
    this.beginBackward();
    for (let first = 0; first < count; first += this.rows) {
      const last = Math.min(first + this.rows, count);
      const [from, to] = [first * this.inputs, last * this.inputs];
      const gradient = this.gradient.subarray(first * this.units, last * this.units);
      this.gatherGradients(this.input.subarray(from, to), gradient);
      yield;
      if (this.inputGradient) this.multiplyBack(gradient, this.inputGradient.subarray(from, to));
      yield;
    }
  }
}

export class Conv2D extends Product {
  constructor(spec, inputShape, shape) {
    const [height, width, channels] = inputShape, [kernel, stride] = [spec.kernel, spec.stride];
    super(spec, inputShape, shape, [...kernel, channels, spec.filters]);
    Object.assign(this, { kernelSize: kernel, stride });
    this.before = [0, 1].map((axis) => zerosBefore(inputShape[axis], kernel[axis], stride[axis], spec.padding));
    // As much of the padded image as the windows reach.
    this.padded = [0, 1].map((axis) => Math.max((shape[axis] - 1) * stride[axis] + kernel[axis], this.before[axis] + inputShape[axis]));
    this.positions = shape[0] * shape[1];
    this.imageSize = height * width * channels;
    this.images = Math.max(1, Math.floor(Math.min(CHUNK, PIECE / this.units) / (this.positions * this.inputs))); // at once
  }

  place(before, capacity, take, share) {
    super.place(before, capacity, take, share);
    this.paddedImage = share("padded", this.padded[0] * this.padded[1] * this.inputShape[2]);
    this.patches = share("patches", Math.min(this.images, capacity) * this.positions * this.inputs);
  }

  // The windows of the padded image, one after the other.
  gatherPatches(patches) {
    const [rows, columns, channels] = [this.shape[0], this.shape[1], this.inputShape[2]], [height, width] = this.kernelSize;
    const line = this.padded[1] * channels, run = width * channels, from = this.paddedImage;
    for (let row = 0, at = 0; row < rows; row++) for (let column = 0; column < columns; column++) {
      let place = row * this.stride[0] * line + column * this.stride[1] * channels;
      for (let i = 0; i < height; i++, place += line) for (let x = 0; x < run; x++, at++) patches[at] = from[place + x];
    }
  }

  // The reverse: each number of a patch is added to its place in the padded image.
  scatterPatches(patches) {
    const [rows, columns, channels] = [this.shape[0], this.shape[1], this.inputShape[2]], [height, width] = this.kernelSize;
    const line = this.padded[1] * channels, run = width * channels, to = this.paddedImage;
    to.fill(0);
    for (let row = 0, at = 0; row < rows; row++) for (let column = 0; column < columns; column++) {
      let place = row * this.stride[0] * line + column * this.stride[1] * channels;
      for (let i = 0; i < height; i++, place += line) for (let x = 0; x < run; x++, at++) to[place + x] += patches[at];
    }
  }

  pad(image) {
    const line = this.inputShape[1] * this.inputShape[2], channels = this.inputShape[2], to = this.paddedImage;
    to.fill(0);
    for (let row = 0; row < this.inputShape[0]; row++) {
      to.set(image.subarray(row * line, (row + 1) * line), ((row + this.before[0]) * this.padded[1] + this.before[1]) * channels);
    }
  }

  crop(image) {
    const line = this.inputShape[1] * this.inputShape[2], channels = this.inputShape[2];
    for (let row = 0; row < this.inputShape[0]; row++) {
      const at = ((row + this.before[0]) * this.padded[1] + this.before[1]) * channels;
      image.set(this.paddedImage.subarray(at, at + line), row * line);
    }
  }

  // The windows of images `first` to `last`, one a row.
  patchesOf(first, last) {
    const size = this.positions * this.inputs;
    for (let image = first; image < last; image++) {
      this.pad(this.input.subarray(image * this.imageSize, (image + 1) * this.imageSize));
      this.gatherPatches(this.patches.subarray((image - first) * size, (image - first + 1) * size));
    }
    return this.patches.subarray(0, (last - first) * size);
  }

  *forward(count) {
    const made = this.positions * this.units;
    for (let first = 0; first < count; first += this.images) {
      const last = Math.min(first + this.images, count);
      this.multiply(this.patchesOf(first, last), this.output.subarray(first * made, last * made));
      yield;
    }
  }

  *backward(count) {
    const made = this.positions * this.units, size = this.positions * this.inputs;
    this.beginBackward();
    for (let first = 0; first < count; first += this.images) {
      const last = Math.min(first + this.images, count), gradient = this.gradient.subarray(first * made, last * made);
      const patches = this.patchesOf(first, last);
      this.gatherGradients(patches, gradient);
      yield;
      if (!this.inputGradient) continue;
      this.multiplyBack(gradient, patches);
      for (let image = first; image < last; image++) {
        this.scatterPatches(patches.subarray((image - first) * size, (image - first + 1) * size));
        this.crop(this.inputGradient.subarray(image * this.imageSize, (image + 1) * this.imageSize));
      }
      yield;
    }
  }
}
