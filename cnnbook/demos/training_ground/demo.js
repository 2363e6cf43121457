// TrainingGround: put a network together, train it on digits while watching, and compare runs. Nothing leaves the page.
import { choice, element, oncePerFrame, onChange, watchSurroundings } from "../shared/dom.js";
import { formatNumber } from "../shared/numbers.js";
import { readAddress, writeAddress } from "./address.js";
import { trainingCurves } from "./curves.js";
import { readDigits } from "./digits.js";
import { networkEditor } from "./editor.js";
import { labelledField } from "./fields.js";
import { networkInside } from "./inside.js";
import { digitPad } from "./pad.js";
import { checked, differences } from "./rules.js";
import { Run } from "./run.js";

const MOST_KEPT = 2, SAID_EVERY = 10_000; // milliseconds between two announcements while it trains
const LABELS = {
  optimizer: "Optimizer", rate: "Learning rate", momentum: "Momentum", batch: "Batch size", images: "Training images",
  pixels: "Pixels", scheme: "Initialisation", scale: "Scale of it", seed: "Seed",
};
const same = (one, other) => JSON.stringify(one) === JSON.stringify(other);
const percent = (share) => `${formatNumber(Math.round(1000 * share) / 10)} %`;

// What became of a run, in words.
function status(run) {
  if (run.refused) return run.refused;
  const { seen } = run, last = run.points.at(-1);
  if (!seen || !seen.updates && !seen.failure) return "Not trained yet.";
  const where = `${formatNumber(seen.updates)} updates, ${formatNumber(Math.round(10 * seen.epoch) / 10)} epochs`;
  if (seen.failure) return `${where}. ${failureInWords(run)}`;
  const measured = last ? `; measured at update ${formatNumber(last.update)}: ${percent(last.training.accuracy)} of training images right, ${percent(last.test.accuracy)} of test images` : "";
  return `${where}${measured}.${run.isDone ? ` It ends here, after ${formatNumber(run.limits.updates)} updates.` : ""}`;
}

function failureInWords({ seen: { failure }, setup }) {
  const layer = failure.layer === null ? "" : ` of layer ${failure.layer + 1} (${setup.layers[failure.layer].kind})`;
  const when = failure.measuring ? `when it was measured after update ${failure.update}` : `in update ${failure.update}`;
  return `The first number that is not finite arose ${when}: ${failure.what}${layer} became ${failure.value}. From there on nothing can be learned. Start again with a smaller learning rate, for instance.`;
}

class Ground {
  kept = []; // {name, points, setup}
  #said = 0;

  constructor({ model, el, source, digits }) {
    Object.assign(this, { model, el, rules: model.get("rules"), limits: model.get("limits"), presets: model.get("presets") });
    this.initial = model.get("setup");
    this.run = new Run({ source, digits: readDigits(digits), limits: this.limits, changed: (what) => this.#heard(what) });
    this.redraw = oncePerFrame(() => this.#draw());
    this.#build();
    this.#listen();
    el.replaceChildren(this.root);
    this.pad.draw();
    this.run.watched.ink = this.pad.ink();
    if (!this.#fromAddress()) this.run.begin(this.initial);
  }

  // ---- elements ----
  #build() {
    const complain = (sentence) => { this.complaint.textContent = sentence; };
    const button = (text, action, name) => element("button", { type: "button", class: name, onclick: action }, text);
    this.complaint = element("p", { class: "cb-complaint", role: "alert" });
    this.live = element("p", { class: "cb-hidden", "aria-live": "polite" });
    this.statusLine = element("p", { class: "cb-status" });
    this.about = element("p");
    this.difference = element("p");
    const titles = Object.entries(this.presets).map(([name, { title }]) => [name, title]);
    this.preset = choice("Begin with", titles, (name) => { if (this.presets[name]) this.change(this.presets[name].setup); });
    this.titles = titles;
    this.buttons = {
      train: button("Train", () => this.train(), "cb-play"), step: button("One step", () => this.run.step()),
      again: button("Start again", () => { this.run.begin(this.setup); this.say("It starts from the beginning."); }), keep: button("Keep this run", () => this.keep()),
      forget: button("Forget kept runs", () => { this.kept = []; this.redraw(); }),
    };
    this.fields = Object.fromEntries(Object.entries(this.rules.training).map(([name, rule]) =>
      [name, labelledField(LABELS[name], rule, (value) => this.change({ ...this.setup, [name]: value }), complain)]));
    this.editor = networkEditor({ rules: this.rules, limits: this.limits, change: (layers) => this.change({ ...this.setup, layers }), complain });
    this.curves = trainingCurves();
    this.inside = networkInside(() => this.#watch());
    this.pad = digitPad({ digits: this.run.digits, ask: () => this.#watch() });
    this.root = element("div", { class: "cnnbook cb-ground" },
      element("div", { class: "cb-controls" }, this.preset.node), this.about,
      element("div", { class: "cb-controls cb-transport" }, ...Object.values(this.buttons)), this.statusLine, this.complaint,
      element("div", { class: "cb-halves" },
        element("div", {}, this.curves.node, this.difference),
        element("div", {}, this.pad.node)),
      this.#folded("Set-up of the training", element("div", { class: "cb-controls" }, ...Object.values(this.fields).map((field) => field.node)), true),
      this.#folded("The network", this.editor.node, true),
      this.#folded("Look inside while it learns", this.inside.node, true), this.live,
      element("p", { class: "cb-credit" }, "Digits: E. Alpaydin and C. Kaynak, UCI, CC BY 4.0. The training runs in your browser; nothing is uploaded."));
  }

  #folded(title, content, open) {
    return element("details", { open, ontoggle: () => this.redraw() }, element("summary", {}, title), content);
  }

  #listen() {
    const fromModel = () => { if (!same(this.run.setup, this.model.get("setup"))) this.run.begin(this.model.get("setup")); };
    const moved = () => this.#fromAddress(true);
    addEventListener("popstate", moved);
    const ends = [onChange(this.model, ["setup"], fromModel), watchSurroundings(this.root, () => { this.pad.draw(); this.redraw(); })];
    this.end = () => {
      for (const end of ends) end();
      removeEventListener("popstate", moved);
      this.run.close();
    };
  }

  // ---- the set-up ----
  get setup() { return this.run.setup; }

  change(setup) {
    if (same(setup, this.setup)) return;
    this.complaint.textContent = "";
    this.run.begin(setup);
    this.model.set("setup", setup);
    this.model.save_changes();
    writeAddress(this.root, same(setup, this.initial) ? null : setup);
  }

  // Whether the address had a set-up; `back` when the reader went through the browser's history.
  #fromAddress(back = false) {
    const found = readAddress(this.root);
    if (!found && !back) return false;
    try {
      if (found?.broken) throw new Error("It is damaged.");
      const setup = found ? checked(this.rules, this.limits, found.setup) : this.initial;
      if (same(setup, this.setup)) return true;
      this.run.begin(setup);
      this.model.set("setup", setup);
      this.model.save_changes();
      if (!back) this.root.scrollIntoView();
      return true;
    } catch (error) {
      this.complaint.textContent = `The address holds a set-up that cannot be used. ${error.message}`;
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

  keep() {
    const name = `kept run ${this.kept.length + 1}`;
    this.kept = [...this.kept, { name, points: [...this.run.points], setup: this.setup }].slice(-MOST_KEPT).map((run, n) => ({ ...run, name: `kept run ${n + 1}` }));
    this.say(`Kept as ${name}. Change one thing and train again.`);
    this.redraw();
  }

  say(sentence) { this.live.textContent = sentence; }

  #watch() {
    if (!this.setup) return;
    Object.assign(this.run.watched, this.inside.chosen, { ink: this.pad.ink() });
    this.run.look();
  }

  #heard(what) {
    if (what === "begun") {
      this.inside.begin(this.setup.layers, this.run.plan);
      Object.assign(this.run.watched, this.inside.chosen);
    }
    if (what === "refused") this.say(this.run.refused);
    if (what === "seen" && this.run.running && performance.now() - this.#said > SAID_EVERY || what === "paused") {
      this.#said = performance.now();
      this.pending = what === "paused"; // said when what it measured has come
      if (!this.pending) this.say(status(this.run));
    } else if (what === "seen" && this.pending) {
      this.pending = false;
      this.say(status(this.run));
      this.#publish();
    }
    this.redraw();
  }

  // What a kernel gets: loss and accuracy so far.
  #publish() {
    const finite = (value) => (Number.isFinite(value) ? value : null);
    this.model.set("points", this.run.points.map(({ update, epoch, training, test }) =>
      [update, epoch, ...[training.loss, training.accuracy, test.loss, test.accuracy].map(finite)]));
    this.model.save_changes();
  }

  // ---- drawing ----
  #draw() {
    if (!this.el.isConnected || !this.setup) return;
    const { run } = this, name = Object.keys(this.presets).find((key) => same(this.presets[key].setup, this.setup));
    this.preset.show(name ?? "own", name ? this.titles : [...this.titles, ["own", "your own"]]);
    this.about.textContent = name ? this.presets[name].text : "Your own set-up. Its address can be sent to others.";
    this.statusLine.textContent = status(run);
    this.statusLine.classList.toggle("cb-complaint", Boolean(run.refused || run.failure));
    this.buttons.train.textContent = run.running ? "Pause" : "Train";
    const over = Boolean(run.refused || run.failure || run.isDone);
    this.buttons.train.disabled = over;
    this.buttons.step.disabled = over || run.running;
    this.buttons.keep.disabled = run.points.length < 2;
    this.buttons.forget.hidden = !this.kept.length;
    for (const [field, { show }] of Object.entries(this.fields)) show(this.setup[field]);
    this.fields.momentum.node.hidden = this.setup.optimizer !== "momentum";
    this.fields.scale.node.hidden = !["normal", "equal"].includes(this.setup.scheme);
    this.editor.show(this.setup.layers, run.plan);
    this.curves.draw([...this.kept, { name: "this run", points: run.points }]);
    this.#drawDifference();
    if (!run.seen) return;
    this.pad.showAnswer(run.seen.answer);
    this.inside.draw(run.seen);
  }

  #drawDifference() {
    this.difference.textContent = this.kept.map((run) => {
      const found = differences(run.setup, this.setup);
      if (!found.length) return `This run has the same set-up as ${run.name}.`;
      if (found.length === 1) return `This run and ${run.name} differ in one thing, ${found[0]}: what differs in the curves comes from that.`;
      return `This run and ${run.name} differ in ${found.length} things: ${found.join(", ")}. Which of them made the difference cannot be told.`;
    }).join(" ");
  }
}

function render(given) {
  const ground = new Ground(given);
  return () => ground.end();
}

export default { render };
