// Trains a network on images of classes: batches in an order that only the seed decides, updates, and what can be seen of them.
import { crossEntropy, softmax } from "./loss.js";
import { Network } from "./network.js";
import { OPTIMIZERS } from "./optimizers.js";
import { USES, seedFor, shuffled } from "./random.js";
import { gradientNorms, inBackward, inForward, inWeights } from "./trace.js";

const MEASURED = 360; // images of each kind whose loss and accuracy are measured

// The updates after which loss and accuracy are measured: the first few, then one an epoch, but never fewer than this apart.
const EARLY = [0, 4, 12], APART = 20;

export class Trainer {
  updates = 0;
  points = []; // {update, epoch, training: {loss, accuracy}, test: {loss, accuracy}}
  norms = []; // of the gradients of the last update, per layer
  last = null; // {loss, accuracy} of the last batch
  failure = null; // {update, layer, what, value} of the first number that was not finite
  measured = false; // whether the last point has the present weights

  // `setup`: {layers, optimizer, batch, images, initialisation: {scheme, scale}, seed}.
  // `data`: {shape, classes, training: {images, labels}, test: {images, labels}}, images as one Float32Array after the other.
  constructor(setup, data, { simd = true } = {}) {
    this.setup = setup;
    this.data = data;
    this.size = data.shape.reduce((a, b) => a * b, 1);
    this.images = Math.min(setup.images, data.training.labels.length);
    this.batch = Math.min(setup.batch, this.images);
    this.network = new Network({ inputShape: data.shape, layers: setup.layers }, Math.max(this.batch, 32), { simd });
    this.network.initialise({ ...setup.initialisation, seed: seedFor(setup.seed, USES.weights) });
    this.optimize = OPTIMIZERS[setup.optimizer.kind](this.network.trainable, setup.optimizer);
    this.labels = new Uint8Array(this.batch);
  }

  get perEpoch() { return Math.ceil(this.images / this.batch); } // updates; the last batch may be smaller
  get epoch() { return this.updates / this.perEpoch; }

  #isDue() {
    return !this.measured && (EARLY.includes(this.updates) || this.updates % (this.perEpoch * Math.ceil(APART / this.perEpoch)) === 0);
  }

  #load({ images, labels }, rows, into) {
    rows.forEach((row, n) => {
      this.network.input.set(images.subarray(row * this.size, (row + 1) * this.size), n * this.size);
      into[n] = labels[row];
    });
    return into.subarray(0, rows.length);
  }

  // One update. Where a number is not finite, `failure` says which, and nothing is updated any more.
  *update() {
    if (this.failure) return;
    if (this.#isDue()) yield* this.ask();
    if (this.failure) return;
    const { network, batch } = this, epoch = Math.floor(this.updates / this.perEpoch), from = (this.updates % this.perEpoch) * batch;
    if (from === 0 || !this.order) this.order = shuffled(this.images, seedFor(this.setup.seed, USES.order, epoch));
    const labels = this.#load(this.data.training, this.order.subarray(from, from + batch), this.labels), count = labels.length;
    yield* network.forward(count, true);
    const { loss, right } = crossEntropy(network.output, labels, this.data.classes, network.gradient);
    this.last = { loss: loss / count, accuracy: right / count };
    if (!Number.isFinite(loss)) {
      this.#fail(inForward(network, count) ?? { layer: null, what: "loss", value: String(loss) });
      return;
    }
    yield* network.backward(count);
    this.norms = gradientNorms(network);
    const broken = this.norms.every((norm) => norm === null || Number.isFinite(norm)) ? null : inBackward(network, count);
    if (broken) {
      this.#fail(broken);
      return;
    }
    this.optimize();
    this.updates += 1;
    this.measured = false;
    const weight = inWeights(network);
    if (weight) this.#fail({ ...weight, after: true });
  }

  #fail(where) { this.failure = { update: this.updates + (where.after ? 0 : 1), ...where }; }

  // Loss and accuracy on training and test images with the present weights, as one more point.
  *ask() {
    if (this.measured) return;
    const training = yield* this.#measure(this.data.training, Math.min(this.images, MEASURED));
    const test = yield* this.#measure(this.data.test, Math.min(this.data.test.labels.length, MEASURED));
    this.measured = true;
    this.points.push({ update: this.updates, epoch: this.epoch, training, test });
  }

  *#measure(part, whole) {
    const { network } = this, labels = new Uint8Array(network.capacity), sums = { loss: 0, right: 0 };
    for (let first = 0; first < whole; first += network.capacity) {
      const rows = Array.from({ length: Math.min(network.capacity, whole - first) }, (_, i) => first + i);
      const truth = this.#load(part, rows, labels);
      yield* network.forward(rows.length);
      const { loss, right } = crossEntropy(network.output, truth, this.data.classes);
      sums.loss += loss;
      sums.right += right;
    }
    if (!Number.isFinite(sums.loss) && !this.failure) {
      const where = inForward(network, Math.min(network.capacity, whole)) ?? { layer: null, what: "loss", value: String(sums.loss) };
      this.failure = { update: this.updates, ...where, measuring: true };
    }
    return { loss: sums.loss / whole, accuracy: sums.right / whole };
  }

  // What the network says of one image: the share of each class.
  *classify(image) {
    this.network.input.set(image);
    yield* this.network.forward(1);
    return softmax(this.network.output.subarray(0, this.data.classes));
  }
}
