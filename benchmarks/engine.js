// What benchmarks/engine.py runs in its page: the same networks in the engine, in TensorFlow.js and in ConvNetJS.
// `engine`, `tf` and `convnetjs` are there; `digits` is {shape, classes, training, test}, `cnn` {specs, weights} of the trained network.

const SMALL = [
  { kind: "Conv2D", filters: 8 }, { kind: "ReLU" }, { kind: "Conv2D", filters: 16, stride: 2 }, { kind: "ReLU" },
  { kind: "Flatten" }, { kind: "Dense", units: 10 },
];
const BATCH = 32, RATE = 0.05;

async function milliseconds(times, action) {
  const start = performance.now();
  for (let n = 0; n < times; n++) await action();
  return (performance.now() - start) / times;
}

// ---- inference of the book's CNN, one image ----

function engineAnswers(image) {
  const network = new engine.Network({ inputShape: [32, 32, 3], layers: cnn.specs }, 1);
  network.weights.forEach(({ values }, n) => values.set(cnn.weights[n]));
  return async () => {
    network.input.set(image);
    engine.finish(network.forward(1));
    return engine.softmax(network.output);
  };
}

function tfModel(specs, shape) {
  const layers = specs.map((spec, n) => {
    const inputShape = n === 0 ? { inputShape: shape } : {};
    if (spec.kind === "Conv2D") return tf.layers.conv2d({ filters: spec.filters, kernelSize: 3, strides: spec.stride ?? 1, padding: "same", ...inputShape });
    if (spec.kind === "Dense") return tf.layers.dense({ units: spec.units });
    if (spec.kind === "BatchNormalization") return tf.layers.batchNormalization({ epsilon: 1e-3 });
    if (spec.kind === "LeakyReLU") return tf.layers.leakyReLU({ alpha: 0.3 });
    return spec.kind === "ReLU" ? tf.layers.reLU() : tf.layers.flatten();
  });
  return tf.sequential({ layers });
}

async function tfAnswers(backend, image) {
  await tf.setBackend(backend);
  const model = tfModel(cnn.specs, [32, 32, 3]);
  const shapes = model.getWeights().map((weight) => weight.shape);
  model.layers.reduce((at, layer) => {
    const many = layer.weights.length;
    if (many) layer.setWeights(layer.weights.map((weight, k) => tf.tensor(cnn.weights[at + k], weight.shape)));
    return at + many;
  }, 0);
  if (shapes.length !== cnn.weights.length) throw new Error("the networks differ");
  return async () => {
    if (tf.getBackend() !== backend) await tf.setBackend(backend);
    const logits = tf.tidy(() => model.predict(tf.tensor(image, [1, 32, 32, 3])).softmax());
    const answer = await logits.data();
    logits.dispose();
    return answer;
  };
}

// ---- training steps of the small network ----

const batchOf = (n, into) => {
  const size = 64, many = digits.training.labels.length;
  return Array.from({ length: BATCH }, (_, i) => (n * BATCH + i) % many).map((row, i) => into(i, digits.training.images.subarray(row * size, (row + 1) * size), digits.training.labels[row]));
};

function engineSteps(simd) {
  const network = new engine.Network({ inputShape: [8, 8, 1], layers: SMALL }, BATCH, { simd }), labels = new Uint8Array(BATCH);
  network.initialise({ scheme: "glorot_uniform", seed: 1 });
  const update = engine.OPTIMIZERS.sgd(network.trainable, { rate: RATE });
  let n = 0;
  return async () => {
    batchOf(n++, (i, image, label) => { network.input.set(image, i * 64); labels[i] = label; });
    engine.finish(network.forward(BATCH, true));
    engine.crossEntropy(network.output, labels, 10, network.gradient);
    engine.finish(network.backward(BATCH));
    update();
  };
}

function convnetSteps() {
  const net = new convnetjs.Net();
  net.makeLayers([
    { type: "input", out_sx: 8, out_sy: 8, out_depth: 1 }, { type: "conv", sx: 3, filters: 8, stride: 1, pad: 1, activation: "relu" },
    { type: "conv", sx: 3, filters: 16, stride: 2, pad: 1, activation: "relu" }, { type: "softmax", num_classes: 10 },
  ]);
  const trainer = new convnetjs.SGDTrainer(net, { method: "sgd", learning_rate: RATE, momentum: 0, batch_size: BATCH, l2_decay: 0 });
  let n = 0;
  return async () => batchOf(n++, (i, image, label) => {
    const volume = new convnetjs.Vol(8, 8, 1, 0);
    volume.w.set(image);
    trainer.train(volume, label);
  });
}

async function tfSteps(backend) {
  await tf.setBackend(backend);
  const model = tfModel(SMALL, [8, 8, 1]), optimizer = tf.train.sgd(RATE), images = new Float32Array(BATCH * 64), labels = new Int32Array(BATCH);
  let n = 0;
  const step = async () => {
    if (tf.getBackend() !== backend) await tf.setBackend(backend);
    batchOf(n++, (i, image, label) => { images.set(image, i * 64); labels[i] = label; });
    const loss = tf.tidy(() => {
      const x = tf.tensor(images, [BATCH, 8, 8, 1]), y = tf.oneHot(tf.tensor1d(labels, "int32"), 10);
      return optimizer.minimize(() => tf.losses.softmaxCrossEntropy(y, model.apply(x, { training: true })), true);
    });
    await loss.data();
    loss.dispose();
  };
  await step(); // a backend that cannot train says so here
  return step;
}

// Each way in turn, again and again, so that all meet the same machine: name -> milliseconds of each round.
async function alternate(ways, rounds, times) {
  const found = Object.fromEntries(Object.keys(ways).map((name) => [name, []]));
  for (const way of Object.values(ways)) await milliseconds(times, way);
  for (let round = 0; round < rounds; round++) for (const [name, way] of Object.entries(ways)) found[name].push(await milliseconds(times, way));
  return found;
}

async function inference(image, rounds) {
  const ways = { engine: engineAnswers(image), "TensorFlow.js wasm": await tfAnswers("wasm", image), "TensorFlow.js cpu": await tfAnswers("cpu", image) };
  const answers = {};
  for (const [name, way] of Object.entries(ways)) answers[name] = [...await way()];
  return { answers, times: await alternate(ways, rounds, 5) };
}

async function training(rounds) {
  const ways = { engine: engineSteps(true), "engine without SIMD": engineSteps(false), ConvNetJS: convnetSteps() }, refused = {};
  for (const backend of ["wasm", "cpu"]) {
    try {
      ways[`TensorFlow.js ${backend}`] = await tfSteps(backend);
    } catch (error) {
      refused[`TensorFlow.js ${backend}`] = error.message.split("\n")[0];
    }
  }
  return { refused, times: await alternate(ways, rounds, 10) };
}

// Seconds of training, measurements included, until so many of the test images are right.
function untilRight(setup, wanted, most) {
  const trainer = new engine.Trainer(setup, digits), start = performance.now();
  while (performance.now() - start < 1000 * most) {
    engine.finish(trainer.update());
    const last = trainer.points.at(-1);
    if (last.test.accuracy >= wanted) return { seconds: (performance.now() - start) / 1000, updates: last.update, accuracy: last.test.accuracy };
  }
  return null;
}

globalThis.benchmark = { inference, training, untilRight };
