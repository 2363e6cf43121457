// One copy of the network, a replica: its part of each batch, forward and back, and the update. What its generators yield is to be summed
// over all replicas and given back (team.js does both); so all of them make the same update.
import { crossEntropy } from "../engine/loss.js";
import { Network } from "../engine/network.js";
import { OPTIMIZERS } from "../engine/optimizers.js";
import { USES, seedFor } from "../engine/random.js";
import { Refusal } from "../shared/refusal.js";

const TEXT = { notFinite: "The loss is no longer a finite number." };

export class Replica {
  // `setup`: {layers, shape, classes, optimizer: {kind, rate}, initialisation: {scheme}, pixels: [low, high], seed}. `capacity` is its
  // largest part of a batch; with `isShared` there are other replicas.
  constructor(setup, capacity, { isShared = false, simd = true } = {}) {
    Object.assign(this, { classes: setup.classes, capacity, isShared });
    this.network = new Network({ inputShape: setup.shape, layers: setup.layers }, capacity, { simd });
    this.network.initialise({ ...setup.initialisation, seed: seedFor(setup.seed, USES.weights) });
    this.optimize = OPTIMIZERS[setup.optimizer.kind](this.network.trainable, setup.optimizer);
    const [low, high] = setup.pixels;
    this.scaled = Float32Array.from({ length: 256 }, (_, pixel) => (pixel * (high - low)) / 255 + low);
    this.gathered = isShared ? new Float32Array(this.network.trainable.reduce((sum, { values }) => sum + values.length, 2)) : null;
  }

  #load(images) {
    const { input } = this.network;
    for (let i = 0; i < images.length; i++) input[i] = this.scaled[images[i]];
  }

  // One update with `images` (uint8) and their labels, the part from image `first` on of a batch of `whole`. Gives the sum of the losses
  // and how many are right, of the whole batch. Throws a Refusal where the loss is not finite.
  *update({ images, labels, first, whole }) {
    const { network, classes } = this, count = labels.length;
    this.#load(images);
    if (this.isShared) network.takePart(first);
    yield* network.forward(count, true);
    let { loss, right } = crossEntropy(network.output, labels, classes, network.gradient);
    for (let i = 0; i < count * classes; i++) network.gradient[i] *= count / whole; // of the mean over the whole batch
    yield* network.backward(count);
    if (this.isShared) [loss, right] = yield* this.#sumGradients(loss, right);
    if (!Number.isFinite(loss)) throw new Refusal(TEXT.notFinite);
    this.optimize();
    return { loss, right };
  }

  // All gradients in one array, and loss and right answers behind them.
  *#sumGradients(loss, right) {
    let at = 0;
    for (const { gradient } of this.network.trainable) {
      this.gathered.set(gradient, at);
      at += gradient.length;
    }
    this.gathered.set([loss, right], at);
    this.gathered = yield this.gathered;
    at = 0;
    for (const { gradient } of this.network.trainable) {
      gradient.set(this.gathered.subarray(at, at + gradient.length));
      at += gradient.length;
    }
    return this.gathered.subarray(at);
  }

  // Loss and right answers of test images, summed as above, with the moving means and variances.
  *measure({ images, labels }) {
    this.#load(images);
    yield* this.network.forward(labels.length);
    const { loss, right } = crossEntropy(this.network.output, labels, this.classes);
    const [losses, rights] = this.isShared ? yield Float64Array.of(loss, right) : [loss, right];
    return { loss: losses, right: rights };
  }
}
