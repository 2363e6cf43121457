// A network: layers one after the other, their memory, and the way through them forward and back.
import { Arena, bytesFor } from "./arena.js";
import { Dropout, Flatten, LeakyReLU, ReLU } from "./elementwise.js";
import { INITIALISERS } from "./initialisers.js";
import { sizeOf } from "./layer.js";
import { BatchNormalization } from "./normalization.js";
import { AveragePooling2D, GlobalAveragePooling2D, MaxPooling2D } from "./pooling.js";
import { Conv2D, Dense } from "./products.js";
import { seedFor } from "./random.js";
import { countLayer, settle } from "./specs.js";

const LAYERS = {
  AveragePooling2D, BatchNormalization, Conv2D, Dense, Dropout, Flatten, GlobalAveragePooling2D, LeakyReLU, MaxPooling2D, ReLU,
};

export class Network {
  // `layers` as in specs.js; `capacity` is the largest batch. Throws an Error with a sentence where they do not fit together, and a
  // RangeError where there is not enough memory. With `inputGradient`, the gradient with respect to the images is computed as well.
  constructor({ inputShape, layers }, capacity, { simd = true, inputGradient = false } = {}) {
    this.capacity = capacity;
    this.inputShape = inputShape;
    this.layers = [];
    for (const [n, layer] of layers.entries()) {
      const before = this.layers.at(-1)?.shape ?? inputShape;
      try {
        const settled = settle(layer);
        this.layers.push(new LAYERS[layer.kind](settled, before, countLayer(layer, before).shape));
      } catch (error) {
        throw new Error(`Layer ${n + 1}: ${error.message}`, { cause: error });
      }
    }
    this.arena = new Arena(this.#place(inputGradient, null), { simd });
    this.#place(inputGradient, this.arena);
    for (const layer of this.layers) layer.arena = this.arena;
  }

  get shape() { return this.layers.at(-1)?.shape ?? this.inputShape; }
  get output() { return this.layers.at(-1)?.output ?? this.input; }
  get gradient() { return this.layers.at(-1)?.gradient ?? this.inputGradient; }
  get weights() { return this.layers.flatMap((layer) => layer.weights); }
  get trainable() { return this.weights.filter((weight) => weight.trainable); }

  // Give every array its place in the arena; without one, only add up its bytes.
  #place(inputGradient, arena) {
    const lengths = [], shared = (this.shared ??= new Map()), places = new Map();
    const take = (length) => {
      lengths.push(length);
      return arena ? arena.take(length) : new Float32Array(0);
    };
    const share = (name, length) => {
      if (!arena) shared.set(name, Math.max(length, shared.get(name) ?? 0));
      else if (!places.has(name)) places.set(name, arena.take(shared.get(name)));
      return arena ? places.get(name) : new Float32Array(0);
    };
    const images = this.capacity * sizeOf(this.inputShape);
    this.input = take(images);
    this.inputGradient = inputGradient ? take(images) : null;
    let before = { output: this.input, gradient: this.inputGradient };
    for (const layer of this.layers) {
      layer.place(before, this.capacity, take, share);
      before = layer;
    }
    return bytesFor([...lengths, ...shared.values()]);
  }

  // Fresh weights. `scheme` is a name of INITIALISERS, `scale` what some of them take.
  initialise({ scheme, scale = 0, seed }) {
    this.layers.forEach((layer, n) => layer.weights.forEach(({ shape, start, values }, k) => {
      const fanOut = shape.at(-1) * (shape.length === 4 ? shape[0] * shape[1] : 1), fanIn = sizeOf(shape.slice(0, -1));
      if (start === "kernel") INITIALISERS[scheme](values, { fanIn, fanOut, seed: seedFor(seed, n, k), scale });
      else values.fill(start === "ones" ? 1 : 0);
    }));
    this.layers.forEach((layer, n) => {
      if (layer.kind === "Dropout") Object.assign(layer, { seed: seedFor(seed, n), throws: 0 });
    });
  }

  // Part of a batch is here, from image `first` on; other networks have the rest.
  takePart(first) { for (const layer of this.layers) layer.part = { first }; }

  // Through all layers; the first `count` images stand in `input`, the result is in `output`.
  *forward(count, training = false) {
    for (const layer of this.layers) {
      yield* layer.forward(count, training);
      yield;
    }
  }

  // Back again; `gradient` holds that of the loss with respect to `output`. The weights' gradients are in `weights` then.
  *backward(count) {
    for (let n = this.layers.length - 1; n >= 0; n--) {
      yield* this.layers[n].backward(count);
      yield;
    }
  }
}
