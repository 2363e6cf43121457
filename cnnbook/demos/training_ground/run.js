// One training as the page sees it: it starts sessions of the engine, asks them what they see, and keeps what they tell.
import { connect } from "../engine/connect.js";
import { planNetwork } from "../engine/plan.js";
import { scaled } from "./digits.js";
import { forEngine } from "./rules.js";

const PACE = { usual: 120, calm: 1000 }; // milliseconds between two looks while it trains
const SHARE = 8; // so many times as long as drawing took, at least

export class Run {
  setup = null;
  plan = null;
  points = []; // loss and accuracy so far
  seen = null; // what the session saw last
  running = false;
  id = 0; // of this training, so that messages about an earlier one are known
  drawing = 0; // milliseconds that the page took to show what was seen last
  refused = ""; // why this set-up cannot be trained
  watched = { layer: 0, channel: 0, ink: null }; // what is to be seen
  #session = null;
  #begun = false; // whether the session has this set-up
  #looking = false; // a look is on its way
  #again = false; // something else is to be seen than what is on its way
  #timer = 0;

  // `changed(what)` is called with "begun", "seen", "paused" or "refused".
  constructor({ source, digits, limits, changed }) {
    Object.assign(this, { source, digits, limits, changed });
  }

  get updates() { return this.seen?.updates ?? 0; }
  get failure() { return this.seen?.failure ?? null; }
  get isDone() { return this.updates >= this.limits.updates; }

  // The points as Python has them, null for what is not finite.
  get rows() {
    const finite = (value) => (Number.isFinite(value) ? value : null);
    return this.points.map(({ update, epoch, training, test }) =>
      [update, epoch, ...[training.loss, training.accuracy, test.loss, test.accuracy].map(finite)]);
  }

  // Start from the beginning with this set-up. The session gets it once something is to be done or seen.
  begin(setup) {
    this.pause();
    Object.assign(this, { setup, points: [], seen: null, refused: "", running: false });
    this.plan = planNetwork({ inputShape: [8, 8, 1], classes: 10, layers: setup.layers }, this.limits);
    this.#begun = this.#looking = this.#again = false;
    this.id += 1;
    if (this.plan.problem) this.refused = this.plan.problem;
    this.changed("begun");
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.look()); // handing over the images takes a while, so it waits for its turn
  }

  #ready() {
    if (this.refused) return false;
    this.#session ??= connect(this.source, (message) => this.#hear(message));
    if (!this.#begun) {
      this.#begun = true;
      this.#session.send({ kind: "start", id: this.id, setup: forEngine(this.setup), data: this.digits.data(this.setup.pixels) });
    }
    return true;
  }

  train() {
    if (this.failure || this.isDone || !this.#ready()) return;
    this.running = true;
    this.#session.send({ kind: "run", until: this.limits.updates });
    this.look();
  }

  step() {
    if (this.failure || this.isDone || !this.#ready()) return;
    this.#session.send({ kind: "step" });
  }

  pause() { if (this.running) this.#session.send({ kind: "pause" }); }

  // Ask what is to be seen; while it trains, again and again.
  look() {
    clearTimeout(this.#timer);
    if (!this.#ready()) return;
    if (this.#looking) {
      this.#again = true;
      return;
    }
    this.#looking = true;
    const { layer, channel, ink } = this.watched;
    this.#session.send({ kind: "look", layer, channel, image: scaled(ink, this.setup.pixels), points: this.points.length });
  }

  #hear(message) {
    if (message.kind === "broken") this.#session = null; // the next training gets another
    else if (message.id !== this.id) return;
    if (message.kind === "refused" || message.kind === "broken") {
      Object.assign(this, { refused: message.sentence, running: false });
      this.#looking = false;
      this.changed("refused");
    } else if (message.kind === "paused") {
      this.running = false;
      this.look();
      this.changed("paused");
    } else if (message.kind === "seen") {
      this.#looking = false;
      this.seen = message;
      this.points.push(...message.points);
      this.changed("seen");
      if (this.#again) {
        this.#again = false;
        this.look();
      } else if (this.running) this.#later();
    }
  }

  // In a tab that is not seen there are no frames: the training goes on, and nothing is drawn.
  #later() {
    const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
    clearTimeout(this.#timer);
    const wait = Math.max(calm ? PACE.calm : PACE.usual, SHARE * this.drawing);
    this.#timer = setTimeout(() => requestAnimationFrame(() => { if (this.running) this.look(); }), wait);
  }

  close() {
    clearTimeout(this.#timer);
    this.#session?.close();
  }
}
