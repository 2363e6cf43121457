// In the first Worker: it holds the data, leads the training, and tells the page how it goes.
import { USES, seedFor, shuffled } from "../engine/random.js";
import { soon } from "../engine/slices.js";
import { sentenceOf } from "../shared/refusal.js";
import { unpack, verify } from "./archive.js";
import { Replica } from "./replica.js";
import { Hub, divided, together } from "./team.js";

const TELL = 500; // milliseconds between two messages about progress
const TEXT = { memory: "The browser allows no more memory.", broken: "Something did not work in this browser." };

// What the page is told when something fails.
export const told = (error) => (error instanceof RangeError ? TEXT.memory : sentenceOf(error, TEXT.broken));

// Seconds, without pauses.
class Clock {
  #before = 0;
  #since = null;

  get seconds() { return this.#before + (this.#since === null ? 0 : (performance.now() - this.#since) / 1000); }
  go() { this.#since ??= performance.now(); }
  halt() { [this.#before, this.#since] = [this.seconds, null]; }
}

export class Lead {
  #post;
  #data = null;
  #goOn = null; // what ends a pause
  #state = "idle"; // or "running", "pausing", "stopping"
  #told = 0;

  constructor(post) { this.#post = post; }

  // Messages: {kind: "read", file, facts} · "train" {setup, epochs, ports} · "pause" · "resume" · "stop".
  async receive(message) {
    if (message.kind === "read") await this.#read(message);
    else if (message.kind === "train") await this.#train(message);
    else {
      this.#state = { pause: "pausing", resume: "running", stop: "stopping" }[message.kind];
      if (message.kind !== "pause") this.#goOn?.();
    }
  }

  async #read({ file, facts }) {
    let images = 0;
    this.#data = null; // the old memory may go before the new is taken
    try {
      const data = await unpack(file, facts, (n) => this.#tell({ kind: "reading", images: images += n }));
      this.#post({ kind: "checking" });
      await verify(data, facts.sha256);
      this.#data = data;
      this.#post({ kind: "read" });
    } catch (error) {
      this.#post({ kind: "refused", sentence: told(error) });
    }
  }

  // `setup` as a Replica takes it, and {batch}.
  async #train({ setup, epochs, ports }) {
    this.#state = "running";
    try {
      const clock = new Clock(), hub = new Hub(ports);
      const replica = new Replica(setup, Math.ceil(setup.batch / hub.size), { isShared: hub.size > 1 });
      this.#post({ kind: "began", simd: replica.network.arena.simd });
      for (let epoch = 1; epoch <= epochs && this.#state !== "stopping"; epoch++) {
        clock.go();
        await this.#epoch({ setup, epoch, clock, hub, replica });
      }
      this.#post({ kind: "ended", wasStopped: this.#state === "stopping" });
    } catch (error) {
      this.#post({ kind: "broken", sentence: told(error) });
    }
  }

  async #epoch({ setup, epoch, clock, hub, replica }) {
    const { training, test } = this.#data;
    const order = shuffled(training.labels.length, seedFor(setup.seed, USES.order, epoch - 1));
    const go = (kind, part, rows) => this.#pass({ kind, part, rows, batch: setup.batch, epoch, clock, hub, replica });
    const trained = await go("update", training, order);
    const measured = trained && await go("measure", test, Uint32Array.from(test.labels.keys()));
    if (!measured) return;
    this.#post({ kind: "epoch", epoch, seconds: clock.seconds, values: {
      accuracy: trained.accuracy, loss: trained.loss, val_accuracy: measured.accuracy, val_loss: measured.loss,
    } });
  }

  // All images of a part once, in batches: {loss, accuracy}, or null where it was stopped.
  async #pass({ kind, part, rows, batch, epoch, clock, hub, replica }) {
    const sums = { loss: 0, right: 0 };
    for (let done = 0; done < rows.length;) {
      await this.#turn(clock);
      if (this.#state === "stopping") return null;
      const now = rows.subarray(done, done + batch), [own, ...others] = divided(kind, part, now, hub.size);
      others.forEach((task, n) => hub.deal(task, n + 1));
      const { loss, right } = await together(replica[kind](own), hub);
      sums.loss += loss;
      sums.right += right;
      done += now.length;
      this.#tell({ kind: "progress", doing: kind, epoch, done, loss: sums.loss / done, accuracy: sums.right / done });
    }
    return { loss: sums.loss / rows.length, accuracy: sums.right / rows.length };
  }

  // Let messages get through, and wait while it is paused.
  async #turn(clock) {
    await new Promise(soon);
    if (this.#state !== "pausing") return;
    clock.halt();
    this.#post({ kind: "paused" });
    await new Promise((goOn) => { this.#goOn = goOn; });
    this.#goOn = null;
    if (this.#state === "stopping") return;
    clock.go();
    this.#post({ kind: "resumed" });
  }

  #tell(message) {
    const now = performance.now();
    if (now - this.#told < TELL) return;
    this.#told = now;
    this.#post(message);
  }
}
