// A training that is steered by messages, in a Worker or on the page's own thread. It works in slices, so that messages get through
// and a page stays alive; what is to be seen is only made when it is asked for.
import { sentenceOf } from "../shared/refusal.js";
import { finish } from "./layer.js";
import { filters, histograms, maps } from "./observe.js";
import { soon } from "./slices.js";
import { Trainer } from "./trainer.js";

const TEXT = {
  memory: "This network needs more memory than the browser allows.", broken: "The training stopped unexpectedly. Start it again.",
};

export class Session {
  #id = null; // of the training; all messages carry it, so that none is taken for one of another
  #post;
  #slice; // milliseconds of work before others get their turn
  #trainer = null;
  #work = null; // a generator that has begun an update or a measurement
  #running = false;
  #until = 0; // the number of updates after which it pauses
  #waiting = []; // questions that came in the middle of an update
  #seen = { updates: 0, values: null }; // the histograms of the last update that was looked at

  constructor(send, slice) {
    this.#post = send;
    this.#slice = slice;
  }

  #send(message) { this.#post({ ...message, id: this.#id }); }

  // Messages: {kind: "start", id, setup, data, simd} · "run" {until} · "step" · "pause" · "look" {layer, channel, image, points}
  receive(message) {
    this.#guard(() => {
      if (message.kind === "start") this.#start(message);
      else if (message.kind === "run") this.#run(message.until);
      else if (message.kind === "step") this.#run(this.#trainer.updates + 1);
      else if (message.kind === "pause") this.#until = 0;
      else if (this.#work) this.#waiting.push(message);
      else this.#answer(message);
    });
  }

  // What goes wrong becomes a sentence for the reader.
  #guard(action) {
    try {
      action();
    } catch (error) {
      this.#running = false;
      this.#work = null;
      const sentence = error instanceof RangeError ? TEXT.memory : sentenceOf(error, TEXT.broken);
      this.#send({ kind: "refused", sentence });
    }
  }

  #start({ id = null, setup, data, simd = true }) {
    this.#id = id;
    this.#running = false;
    this.#work = this.#trainer = null; // the old memory may go before the new is taken
    this.#waiting = [];
    this.#seen = { updates: 0, values: null };
    this.#trainer = new Trainer(setup, data, { simd });
    this.#send({ kind: "started", simd: this.#trainer.network.arena.simd, perEpoch: this.#trainer.perEpoch });
  }

  #run(until) {
    this.#until = until;
    if (this.#running) return;
    this.#running = true;
    this.#turn(this.#trainer);
  }

  // Work for one slice, then let others have a turn. A turn for a network that is gone ends.
  #turn(trainer) {
    if (!this.#running || trainer !== this.#trainer) return;
    const end = performance.now() + this.#slice;
    do {
      if (!this.#work) {
        for (const message of this.#waiting.splice(0)) this.#answer(message);
        this.#work = this.#next(trainer);
      }
      if (!this.#work) {
        this.#running = false;
        this.#send({ kind: "paused" });
        return;
      }
      if (this.#work.next().done) this.#work = null;
    } while (performance.now() < end);
    soon(() => this.#guard(() => this.#turn(trainer)));
  }

  // When it pauses, it measures first, so that the last point belongs to the weights that are there.
  #next(trainer) {
    if (trainer.failure) return null;
    if (trainer.updates < this.#until) return trainer.update();
    this.#remember();
    return trainer.measured ? null : trainer.ask();
  }

  // The network's memory holds the last batch until something else goes through.
  #remember() {
    const { updates, network, batch } = this.#trainer;
    if (updates > this.#seen.updates) this.#seen = { updates, values: histograms(network, batch) };
  }

  #answer(message) {
    const trainer = this.#trainer;
    this.#remember();
    const answer = finish(trainer.classify(message.image));
    const layer = trainer.network.layers[message.layer];
    this.#send({
      kind: "seen", running: this.#running, updates: trainer.updates, epoch: trainer.epoch, failure: trainer.failure, last: trainer.last,
      points: trainer.points.slice(message.points), norms: trainer.norms, histograms: this.#seen.values, answer,
      filters: layer?.kind === "Conv2D" ? filters(layer, message.channel) : null, maps: layer ? maps(layer) : null,
    });
  }
}
