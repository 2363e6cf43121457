// TrainingGround: put a network together, train it on digits while watching, and compare runs. Nothing leaves the page.

import { button, element, liveRegion, oncePerFrame, overFrames, toggle, watchSurroundings } from "../shared/dom.js";
import { choice, warnings } from "../shared/fields.js";
import { layerEditor } from "../shared/layer_editor.js";
import { change, onChange } from "../shared/model.js";
import { upTo } from "../shared/numbers.js";
import { Refusal, sentenceOf } from "../shared/refusal.js";
import { labelledSetting } from "../shared/settings.js";
import { readAddress, writeAddress } from "./address.js";
import { trainingCurves } from "./curves.js";
import { readDigits } from "./digits.js";
import { networkInside } from "./inside.js";
import { digitPad } from "./pad.js";
import { checked, differences, same } from "./rules.js";
import { Run } from "./run.js";
import { comparison, status } from "./words.js";

const MOST_KEPT = 2;
const SAID_EVERY = 10_000; // milliseconds between two announcements while it trains
const QUIET = 600; // milliseconds without a change until it goes into the address
const TEXT = {
  begin: "Begin with", own: "your own", ownAbout: "Your own set-up. You can send its address to others.",
  train: "Train", pause: "Pause", step: "One step", again: "Start again", keep: "Keep this run", forget: "Forget kept runs",
  kept: (n) => `kept run ${n}`, now: "this run", keptSaid: (name) => `Kept as ${name}. Change one thing and train again.`,
  fromStart: "It starts from the beginning.", layers: "for one image of 8 × 8 pixels",
  training: "Set-up of the training", network: "The network", inside: "Look inside while it learns",
  damaged: "It is damaged.", address: (sentence) => `The address holds a set-up that cannot be used. ${sentence}`,
  credit: "Digits: E. Alpaydin and C. Kaynak, UCI, CC BY 4.0. The training runs in your browser; nothing is uploaded.",
  labels: {
    optimizer: "Optimizer", rate: "Learning rate", momentum: "Momentum", batch: "Batch size", images: "Training images",
    pixels: "Pixels", scheme: "Initialisation", scale: "Scale of the weights", seed: "Seed",
  },
};
// Settings that only some choices of another setting need.
const NEEDED = { momentum: ["optimizer", ["momentum"]], scale: ["scheme", ["normal", "equal"]] };

class Ground {
  kept = []; // {id, name, points, setup}
  #drawn = ""; // what the curves show
  #said = 0; // when something was announced
  #resting = false; // it has paused, and what it measured is not here yet
  #writing = 0; // the timer that writes the address
  #ends = []; // what is to be done when the demo goes

  constructor({ model, el, source, digits }) {
    Object.assign(this, { model, el, rules: model.get("rules"), limits: model.get("limits"), presets: model.get("presets") });
    this.initial = model.get("setup");
    // One part a frame, so that a slow machine holds up nobody for long.
    this.redraw = oncePerFrame(() => this.#timed(() => this.#draw(), this.redrawCurves));
    this.redrawCurves = oncePerFrame(() => this.#timed(() => this.#drawCurves(), this.redrawInside));
    this.redrawInside = oncePerFrame(() => this.#timed(() => this.#drawInside()));
    this.redrawSetup = oncePerFrame(() => this.#drawSetup());
    this.redrawEditor = oncePerFrame(() => { if (this.el.isConnected) this.editor.show(this.run.plan); });
    this.#ends.push(overFrames(this.#mount(source, digits)));
  }

  *#mount(source, digits) {
    this.run = new Run({ source, digits: readDigits(digits), limits: this.limits, changed: (what) => this.#heard(what) });
    this.#ends.push(() => this.run.close());
    yield;
    this.#buildControls();
    yield;
    this.#buildParts();
    this.run.watched.ink = this.pad.ink();
    this.root = this.#head();
    yield;
    upTo(0, 1); // the first number that a page writes takes as long as all others together
    yield;
    if (!this.#fromAddress()) this.run.begin(this.initial);
    this.el.replaceChildren(this.root);
    for (const part of this.#parts()) {
      yield;
      this.root.append(part);
    }
    this.#listen(); // it draws, too, as soon as the width is known
  }

  end() { for (const end of this.#ends) end(); }
  get setup() { return this.run.setup; }

  // ---- elements ----
  #buildControls() {
    this.complaints = warnings();
    this.live = liveRegion();
    this.statusLine = element("p", { class: "cb-status" });
    [this.about, this.difference] = [element("p"), element("p")];
    this.preset = choice(TEXT.begin, [], (name) => { if (this.presets[name]) this.change(this.presets[name].setup); });
    this.buttons = {
      train: toggle(TEXT.train, () => this.train(), { class: "cb-play" }),
      step: button(TEXT.step, () => this.run.step()),
      again: button(TEXT.again, () => this.again()),
      keep: button(TEXT.keep, () => this.keep()),
      forget: button(TEXT.forget, () => this.forget()),
    };
    this.fields = Object.fromEntries(Object.entries(this.rules.training).map(([name, rule]) => [name, labelledSetting({
      name: TEXT.labels[name], rule, warn: this.complaints.warn,
      read: () => this.setup[name], write: (value) => this.change({ ...this.setup, [name]: value }),
    })]));
  }

  #buildParts() {
    this.editor = layerEditor({
      kinds: this.rules.layers, most: this.limits.layers, caption: TEXT.layers,
      warn: this.complaints.warn, refuse: this.complaints.refuse, list: () => this.setup.layers,
      change: (layers) => this.change({ ...this.setup, layers }),
    });
    this.curves = trainingCurves();
    this.inside = networkInside(() => this.#watch());
    this.pad = digitPad({ digits: this.run.digits, ask: () => this.#watch() });
  }

  #controls(nodes) { return element("div", { class: "cb-controls" }, ...nodes); }

  #head() {
    return element("div", { class: "cnnbook cb-ground" }, this.#controls([this.preset.node]), this.about,
      this.#controls(Object.values(this.buttons)), this.statusLine, this.complaints.node, this.live);
  }

  // What follows the head; the browser lays out one part at a time.
  #parts() {
    const folded = (title, content) => element("details", { open: true, ontoggle: this.redraw }, element("summary", {}, title), content);
    this.insidePart = folded(TEXT.inside, this.inside.node);
    return [
      element("div", { class: "cb-halves" }, element("div", {}, this.curves.node, this.difference), this.pad.node),
      folded(TEXT.training, this.#controls(Object.values(this.fields).map((field) => field.node))),
      folded(TEXT.network, this.editor.node), this.insidePart, element("p", { class: "cb-credit" }, TEXT.credit),
    ];
  }

  #listen() {
    const fromModel = () => { if (!same(this.setup, this.model.get("setup"))) this.run.begin(this.model.get("setup")); };
    const moved = () => this.#fromAddress(true);
    window.addEventListener("popstate", moved);
    const surroundings = oncePerFrame(() => { this.pad.draw(); this.redraw(); });
    this.#ends.push(onChange(this.model, ["setup"], fromModel), watchSurroundings(this.root, surroundings), () => {
      window.removeEventListener("popstate", moved);
      clearTimeout(this.#writing);
    });
  }

  // ---- the set-up ----
  change(setup) {
    if (same(setup, this.setup)) return;
    this.complaints.warn("address", "");
    this.run.begin(setup);
    change(this.model, { setup });
    clearTimeout(this.#writing);
    this.#writing = setTimeout(() => writeAddress(this.el, this.presets, same(setup, this.initial) ? null : setup), QUIET);
  }

  // Whether the address had a set-up; `back` when the reader went through the browser's history.
  #fromAddress(back = false) {
    const found = readAddress(this.el, this.presets);
    if (!found && !back) return false;
    clearTimeout(this.#writing);
    try {
      if (found?.broken) throw new Refusal(TEXT.damaged);
      const setup = found ? checked(this.rules, this.limits, found.setup) : this.initial;
      this.complaints.warn("address", "");
      if (same(setup, this.setup)) return true;
      if (this.root.contains(document.activeElement)) document.activeElement.blur(); // or its field would keep the old value
      this.run.begin(setup);
      change(this.model, { setup });
      if (!back) this.el.scrollIntoView();
      return true;
    } catch (error) {
      this.complaints.warn("address", TEXT.address(sentenceOf(error)));
      return false;
    }
  }

  // ---- training ----
  train() {
    if (this.run.running) this.run.pause();
    else {
      this.run.train();
      this.#said = performance.now();
    }
    this.redraw();
  }

  again() {
    this.run.begin(this.setup);
    this.say(TEXT.fromStart);
  }

  keep() {
    const runs = [...this.kept, { id: this.run.id, points: [...this.run.points], setup: this.setup }].slice(-MOST_KEPT);
    this.kept = runs.map((run, n) => ({ ...run, name: TEXT.kept(n + 1) }));
    this.say(TEXT.keptSaid(this.kept.at(-1).name));
    this.redraw();
  }

  forget() {
    this.kept = [];
    this.buttons.keep.focus();
    this.redraw();
  }

  say(sentence) { this.live.textContent = sentence; }

  #watch() {
    if (!this.setup) return;
    Object.assign(this.run.watched, this.inside.chosen, { ink: this.pad.ink() });
    this.run.look();
  }

  // What the run tells: "begun", "seen", "paused" or "refused". A screen reader hears of it when it rests, and seldom before.
  #heard(what) {
    if (what === "begun") {
      this.#resting = false;
      // Those of another training go; not while the model tells of its set-up: nothing would be sent then.
      setTimeout(() => { if (this.model.get("points")?.length && !this.run.points.length) this.#publish(); });
      this.inside.begin(this.setup.layers, this.run.plan);
      Object.assign(this.run.watched, this.inside.chosen);
      this.redrawSetup();
    }
    if (what === "paused") this.#resting = true;
    const rests = what === "seen" && this.#resting && !this.run.running;
    const due = what === "seen" && this.run.running && performance.now() - this.#said > SAID_EVERY;
    if (rests) {
      this.#resting = false;
      this.#publish();
    }
    if (rests || due || what === "refused") {
      this.#said = performance.now();
      this.say(status(this.run));
    }
    this.redraw();
  }

  // What a kernel gets: loss and accuracy so far.
  #publish() { change(this.model, { points: this.run.rows }); }

  // ---- drawing ----
  // Draw a part, and then the next. How long that takes decides how often it is done.
  #timed(draw, next = () => {}) {
    if (!this.el.isConnected || !this.setup) return;
    const start = performance.now();
    draw();
    this.run.drawing = Math.max(performance.now() - start, this.run.drawing / 2);
    next();
  }

  // What changes while it trains: words and buttons first, then the curves, then the inside.
  #draw() {
    const { run } = this;
    this.statusLine.textContent = status(run);
    this.statusLine.classList.toggle("cb-complaint", Boolean(run.refused || run.failure));
    this.#drawButtons();
    if (run.seen) this.pad.showAnswer(run.seen.answer);
  }

  #drawInside() { if (this.run.seen && this.insidePart?.open) this.inside.draw(this.run.seen); }

  // The curves, where there is something new to see.
  #drawCurves() {
    const { run } = this, key = [run.id, run.points.length, ...this.kept.map((kept) => kept.id)].join();
    if (key === this.#drawn) return;
    this.#drawn = key;
    this.curves.draw([...this.kept, { name: TEXT.now, points: run.points }]);
    this.difference.textContent = this.kept.map(({ name, setup }) => comparison(name, differences(setup, this.setup))).join(" ");
  }

  // What changes with the set-up only.
  #drawSetup() {
    if (!this.el.isConnected) return;
    this.#drawPreset();
    for (const [name, field] of Object.entries(this.fields)) {
      const [other, needs] = NEEDED[name] ?? [];
      field.node.hidden = other !== undefined && !needs.includes(this.setup[other]);
      field.show();
    }
    this.redrawEditor();
  }

  #drawPreset() {
    const titles = Object.entries(this.presets).map(([name, { title }]) => [name, title]);
    const present = Object.keys(this.presets).find((name) => same(this.presets[name].setup, this.setup));
    this.preset.show(present ?? "own", present ? titles : [...titles, ["own", TEXT.own]]);
    this.about.textContent = present ? this.presets[present].text : TEXT.ownAbout;
  }

  #drawButtons() {
    const { run, buttons } = this, over = Boolean(run.refused || run.failure || run.isDone);
    buttons.train.textContent = run.running ? TEXT.pause : TEXT.train;
    buttons.train.disabled = over;
    buttons.step.disabled = over || run.running;
    buttons.keep.disabled = run.points.length < 2;
    buttons.forget.hidden = !this.kept.length;
  }
}

function render(given) {
  const ground = new Ground(given);
  return () => ground.end();
}

export default { render };
