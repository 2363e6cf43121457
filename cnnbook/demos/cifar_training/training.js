// A training as the page sees it: its Workers, what state it is in, and what it has measured so far.
import { startWorker } from "../engine/worker.js";

const TEXT = {
  broken: "One of the Workers failed.",
  noWorkers: "This page is not allowed to start Workers, and training without them would freeze it.",
};
const PACE = 20_000; // milliseconds over which the speed is measured
const MEASURING = 1 / 3; // of the time of training with an image: nothing goes back through the network

export class Training {
  stage = "empty"; // "reading", "checking", "refused", "ready", "training", "paused", "finished", "stopped", "broken"
  sentence = ""; // why it was refused or broke off
  images = 0; // read so far
  progress = null; // {doing, epoch, done, loss, accuracy} of the last message
  epochs = []; // what each whole epoch has measured: {accuracy, loss, val_accuracy, val_loss}
  run = null; // {epochs, seed, workers, began} of the last training
  seconds = 0; // of it, up to the last whole epoch, without pauses
  simd = true;
  hasData = false;
  #lead = null;
  #members = [];
  #crew = 0; // counts up when all Workers go
  #paces = []; // [milliseconds, images] of the last messages

  // `source` is the Workers' script, `facts` what is trained and how, {archive, network, recipe}. `changed(kind)` is called after each
  // message, and `sizes` are how many images there are to train and to test with.
  constructor({ source, facts, changed }) {
    const { files, images } = facts.archive;
    Object.assign(this, { source, facts, changed });
    this.sizes = { update: files.training.length * images, measure: files.test.length * images };
  }

  get isBusy() { return ["reading", "checking", "training", "paused"].includes(this.stage); }
  get isUnderWay() { return ["training", "paused"].includes(this.stage); }

  #become(stage, more = {}) {
    Object.assign(this, { stage, ...more });
    this.changed(stage);
  }

  // ---- the Workers ----
  // What a Worker says that has been dismissed meanwhile is not heard.
  #start(ready, hear) {
    const crew = this.#crew, isHeard = () => crew === this.#crew;
    try {
      return startWorker(this.source, {
        ready,
        receive: (message) => { if (isHeard()) hear(message); },
        failed: (wasReady) => { if (isHeard()) this.#fail(wasReady ? TEXT.broken : TEXT.noWorkers); },
      });
    } catch {
      this.#fail(TEXT.noWorkers);
      return null;
    }
  }

  #toLead(message, ports = []) {
    if (this.#lead) this.#lead.postMessage(message, ports);
    else this.#lead = this.#start((worker) => worker.postMessage(message, ports), (told) => this.#hear(told));
  }

  // A member says nothing to the page but that it breaks off.
  #startMember(message, port) {
    return this.#start((worker) => worker.postMessage({ ...message, port }, [port]), ({ sentence }) => this.#fail(sentence));
  }

  #dismissMembers() { for (const worker of this.#members.splice(0)) worker?.terminate(); }

  // All Workers go, and with the first one the data, which must be read again: it may wait for another for ever.
  #fail(sentence) {
    const stage = this.isUnderWay ? "broken" : "refused";
    this.#crew += 1;
    this.#dismissMembers();
    this.#lead?.terminate();
    this.#lead = null;
    this.#become(stage, { sentence, hasData: false });
  }

  // ---- what is asked for ----
  read(file) {
    this.#become("reading", { images: 0, sentence: "", hasData: false, progress: null });
    this.#toLead({ kind: "read", file, facts: { ...this.facts.archive, ...this.#shape } });
  }

  get #shape() {
    const { shape, classes } = this.facts.network;
    return { shape, classes };
  }

  train({ epochs, seed, workers }) {
    const { network, recipe } = this.facts, channels = Array.from({ length: workers - 1 }, () => new MessageChannel());
    const optimizer = { kind: recipe.optimizer, rate: recipe.learning_rate };
    const setup = { ...network, optimizer, pixels: recipe.pixel_range, batch: recipe.batch_size, seed };
    this.#paces = [];
    this.#become("training", { epochs: [], progress: null, sentence: "", seconds: 0, run: { epochs, seed, workers, began: new Date() } });
    const capacity = Math.ceil(setup.batch / workers);
    this.#members = channels.map(({ port2 }) => this.#startMember({ kind: "follow", setup, capacity }, port2));
    if (!this.isUnderWay) return; // a Worker could not begin
    const ports = channels.map(({ port1 }) => port1);
    this.#toLead({ kind: "train", setup, epochs, ports }, ports);
  }

  pause() { this.#toLead({ kind: "pause" }); }
  resume() { this.#toLead({ kind: "resume" }); }
  stop() { this.#toLead({ kind: "stop" }); }

  close() {
    this.#crew += 1;
    this.#dismissMembers();
    this.#lead?.terminate();
  }

  // ---- what is told ----
  #hear(message) {
    const { kind, sentence } = message;
    if (kind === "reading") this.#become("reading", { images: message.images });
    else if (kind === "checking") this.#become("checking");
    else if (kind === "refused") this.#become("refused", { sentence });
    else if (kind === "read") this.#become("ready", { hasData: true });
    else if (kind === "began") this.simd = message.simd;
    else if (kind === "progress") this.#advance(message);
    else if (kind === "paused") this.#become("paused");
    else if (kind === "resumed") {
      this.#paces = [];
      this.#become("training");
    } else if (kind === "epoch") {
      this.epochs.push(message.values);
      this.seconds = message.seconds;
      this.changed("epoch");
    } else if (kind === "ended") {
      this.#dismissMembers();
      this.#become(message.wasStopped ? "stopped" : "finished");
    } else if (kind === "broken") {
      this.#dismissMembers();
      this.#become("broken", { sentence });
    }
  }

  #advance(message) {
    this.progress = message;
    const now = performance.now();
    this.#paces.push([now, this.#work(message)]);
    while (now - this.#paces[0][0] > PACE) this.#paces.shift();
    this.changed("progress");
  }

  // ---- how fast it is ----
  // Images that it has trained with so far; one that it was only asked about counts less.
  #work({ epoch, doing, done }) {
    const { update, measure } = this.sizes, before = (epoch - 1) * (update + MEASURING * measure);
    return before + (doing === "update" ? done : update + MEASURING * done);
  }

  // Images per second; 0 while it is not known.
  get pace() {
    const [first, last] = [this.#paces[0], this.#paces.at(-1)];
    return this.#paces.length > 1 ? (1000 * (last[1] - first[1])) / (last[0] - first[0]) : 0;
  }

  // Seconds to the end at this pace; null while it is not known.
  get left() {
    if (!this.pace) return null;
    return (this.run.epochs * (this.sizes.update + MEASURING * this.sizes.measure) - this.#work(this.progress)) / this.pace;
  }
}
