// Pooling: the largest or the mean of each window, or the mean of a whole map. What lies outside the image counts for nothing.
import { zerosBefore } from "../shared/arithmetic.js";
import { Layer, sizeOf } from "./layer.js";

class Pooling extends Layer {
  constructor(spec, inputShape, shape) {
    super(spec, inputShape, shape);
    const before = [0, 1].map((axis) => zerosBefore(inputShape[axis], spec.size[axis], spec.stride[axis], spec.padding));
    // First and last row (column) of each window, inside the image.
    this.spans = [0, 1].map((axis) => Array.from({ length: shape[axis] }, (_, place) => {
      const from = place * spec.stride[axis] - before[axis];
      return [Math.max(from, 0), Math.min(from + spec.size[axis], inputShape[axis])];
    }));
  }

  // Call visit(output index of the first channel, input index of the image, [top, bottom], [left, right]) for each window.
  windows(count, visit) {
    const channels = this.shape[2], image = sizeOf(this.inputShape);
    for (let n = 0, at = 0; n < count; n++) for (const down of this.spans[0]) for (const across of this.spans[1]) {
      visit(at, n * image, down, across);
      at += channels;
    }
  }
}

export class MaxPooling2D extends Pooling {
  place(before, capacity, take, share) {
    super.place(before, capacity, take, share);
    this.winners = new Uint32Array(this.output.length); // where the largest stood, the first of equals
  }

  *forward(count) {
    const { input, output, winners } = this, [, width, channels] = this.inputShape;
    this.windows(count, (at, image, [top, bottom], [left, right]) => {
      for (let c = 0; c < channels; c++) {
        let best = image + (top * width + left) * channels + c;
        for (let y = top; y < bottom; y++) for (let x = left; x < right; x++) {
          const place = image + (y * width + x) * channels + c;
          if (input[place] > input[best] || Number.isNaN(input[place])) best = place;
        }
        winners[at + c] = best;
        output[at + c] = input[best];
      }
    });
    yield;
  }

  *backward(count) {
    if (!this.inputGradient) return;
    const { gradient, inputGradient, winners } = this;
    inputGradient.fill(0, 0, count * sizeOf(this.inputShape));
    for (let i = 0, n = count * sizeOf(this.shape); i < n; i++) inputGradient[winners[i]] += gradient[i];
    yield;
  }
}

export class AveragePooling2D extends Pooling {
  *forward(count) {
    const { input, output } = this, [, width, channels] = this.inputShape;
    this.windows(count, (at, image, [top, bottom], [left, right]) => {
      const area = (bottom - top) * (right - left);
      for (let c = 0; c < channels; c++) {
        let sum = 0;
        for (let y = top; y < bottom; y++) for (let x = left; x < right; x++) sum += input[image + (y * width + x) * channels + c];
        output[at + c] = sum / area;
      }
    });
    yield;
  }

  *backward(count) {
    if (!this.inputGradient) return;
    const { gradient, inputGradient } = this, [, width, channels] = this.inputShape;
    inputGradient.fill(0, 0, count * sizeOf(this.inputShape));
    this.windows(count, (at, image, [top, bottom], [left, right]) => {
      const area = (bottom - top) * (right - left);
      for (let y = top; y < bottom; y++) for (let x = left; x < right; x++) {
        for (let c = 0; c < channels; c++) inputGradient[image + (y * width + x) * channels + c] += gradient[at + c] / area;
      }
    });
    yield;
  }
}

export class GlobalAveragePooling2D extends Layer {
  *forward(count) {
    const { input, output } = this, [height, width, channels] = this.inputShape, area = height * width, sums = new Float64Array(channels);
    for (let n = 0, place = 0; n < count; n++) {
      sums.fill(0);
      for (let i = 0; i < area; i++) for (let c = 0; c < channels; c++, place++) sums[c] += input[place];
      for (let c = 0; c < channels; c++) output[n * channels + c] = sums[c] / area;
    }
    yield;
  }

  *backward(count) {
    if (!this.inputGradient) return;
    const { gradient, inputGradient } = this, [height, width, channels] = this.inputShape, area = height * width;
    for (let n = 0, place = 0; n < count; n++) {
      for (let i = 0; i < area; i++) for (let c = 0; c < channels; c++, place++) inputGradient[place] = gradient[n * channels + c] / area;
    }
    yield;
  }
}
