// CifarTraining: a reader's own copy of CIFAR-10, checked, and the book's CNN trained on it in the page. Nothing leaves the page.

import { button, element, liveRegion, oncePerFrame, say, tableHead } from "../shared/dom.js";
import { labelled, numberField, warnings, wholeFrom } from "../shared/fields.js";
import { change } from "../shared/model.js";
import { fixed } from "../shared/numbers.js";
import { accuracyChart } from "./chart.js";
import { download, recordOf } from "./record.js";
import { Training } from "./training.js";
import { percent, status } from "./words.js";

const USUAL_WORKERS = 4; // at most; beyond these little is gained, since each gets fewer images of a batch
const TEXT = {
  file: (name) => `Your copy of ${name}`,
  private: "The file is read on your computer and is not sent anywhere.",
  names: { workers: "Workers", epochs: "Epochs", seed: "Seed" },
  train: "Train", pause: "Pause", resume: "Resume", stop: "Stop", download: "Download the record",
  alone: "A Worker computes in the background, so the page stays responsive. One Worker trains as Keras does in this chapter.",
  together: (n) => `${n} Workers each take a part of every batch, exchange means and variances for BatchNormalization, and add up their `
    + "gradients, as the chapter “Going further” explains. Apart from rounding, the result is "
    + "that of one Worker, Dropout's masks included.",
  progress: "Progress",
  caption: "After each epoch",
  head: ["epoch", "accuracy, test", "Keras, test", "loss, test", "accuracy, training", "loss, training"],
  range: (least, most) => `${least} to ${most} %`, share: (share) => `${percent(share)} %`, none: "–",
  credit: "CIFAR-10: A. Krizhevsky, V. Nair and G. Hinton, University of Toronto.",
};

class Demo {
  kept = new Map(); // runs that can be downloaded, by seed
  isUnsaved = false;

  constructor({ model, el, source }) {
    const get = (name) => model.get(name);
    Object.assign(this, { model, el, recorded: get("recorded"), limits: get("limits") });
    const facts = { archive: get("archive"), network: get("network"), recipe: get("recipe") }, cores = navigator.hardwareConcurrency || 1;
    this.most = { ...this.limits, workers: Math.max(1, Math.min(this.limits.workers, cores)) };
    this.chosen = { workers: Math.max(1, Math.min(USUAL_WORKERS, Math.floor(cores / 2))), epochs: facts.recipe.epochs, seed: 0 };
    this.training = new Training({ source, facts, changed: (kind) => this.#heard(kind) });
    this.redraw = oncePerFrame(() => this.#draw());
    this.#build(facts.archive.name);
    this.leaving = (event) => {
      if (!this.training.isUnderWay && !this.isUnsaved) return;
      event.preventDefault();
      event.returnValue = true; // for browsers that ask only then
    };
    window.addEventListener("beforeunload", this.leaving);
    el.replaceChildren(this.root);
    this.#drawEpochs();
    this.#draw();
  }

  #build(name) {
    this.file = element("input", { type: "file", accept: ".gz,.tgz,application/gzip", onchange: () => this.#read() });
    this.file.addEventListener("click", () => { this.file.value = ""; }); // or the same file could not be chosen again
    this.complaints = warnings();
    this.live = liveRegion();
    this.statusLine = element("p", { class: "cb-status" });
    this.bar = element("progress", { "aria-label": TEXT.progress, max: 1, value: 0 });
    this.explained = element("p");
    this.fields = Object.entries(TEXT.names).map(([key, label]) => this.#field(key, label));
    this.buttons = {
      train: button(TEXT.train, () => this.#press(), { class: "cb-play" }),
      stop: button(TEXT.stop, () => this.training.stop()),
      download: button(TEXT.download, () => this.#save()),
    };
    this.chart = accuracyChart(this.recorded);
    this.rows = element("tbody");
    const controls = (...nodes) => element("div", { class: "cb-controls" }, ...nodes);
    const table = element("table", { class: "cb-runs" }, element("caption", {}, TEXT.caption), tableHead(TEXT.head), this.rows);
    this.root = element("div", { class: "cnnbook cb-cifar" },
      labelled(TEXT.file(name), this.file), element("p", {}, TEXT.private),
      controls(...this.fields.map(({ node }) => node)), this.explained, this.complaints.node,
      controls(...Object.values(this.buttons)), this.statusLine, this.bar,
      this.chart.node, element("div", { class: "cb-wide", tabindex: 0, role: "group", "aria-label": TEXT.caption }, table),
      this.live, element("p", { class: "cb-credit" }, TEXT.credit));
  }

  #field(key, label) {
    const least = key === "seed" ? 0 : 1, { input, show } = numberField({
      name: label, range: wholeFrom(least, this.most[key]), warn: this.complaints.warn, read: () => this.chosen[key],
      write: (value) => { this.chosen[key] = value; this.redraw(); },
    });
    show();
    return { node: labelled(label, input), input };
  }

  // ---- what the reader does ----
  #read() {
    const [file] = this.file.files;
    if (file) this.training.read(file);
  }

  #press() {
    const { training } = this;
    if (training.stage === "training") training.pause();
    else if (training.stage === "paused") training.resume();
    else training.train(this.chosen);
  }

  #save() {
    download([...this.kept.values()].sort((one, other) => one.seed - other.seed));
    this.isUnsaved = false;
  }

  // ---- what happens ----
  // Of each seed the longest run is kept, so that another training loses none: a shorter one of the same seed has the same epochs.
  #keep() {
    const record = recordOf(this.training), before = this.kept.get(record.seed);
    if (before && before.recipe.epochs >= record.recipe.epochs) return;
    this.kept.set(record.seed, record);
    this.isUnsaved = true;
  }

  // A screen reader hears of each new state and each whole epoch, and of nothing between. Those are drawn at once.
  #heard(kind) {
    if (!this.root) return;
    const { training } = this, isNew = training.stage !== this.heardStage;
    this.heardStage = training.stage;
    if (kind === "epoch") this.#keep();
    if (["finished", "stopped", "broken"].includes(kind) && training.epochs.length) change(this.model, { record: recordOf(training) });
    if (!isNew && kind !== "epoch") {
      this.redraw();
      return;
    }
    say(this.live, status(training, this.recorded));
    this.#drawEpochs();
    this.#draw();
  }

  #draw() {
    const { training, buttons, chosen } = this, { stage, isBusy, isUnderWay } = training;
    this.statusLine.textContent = status(training, this.recorded);
    this.statusLine.classList.toggle("cb-complaint", stage === "refused" || stage === "broken");
    this.explained.textContent = chosen.workers > 1 ? TEXT.together(chosen.workers) : TEXT.alone;
    buttons.train.textContent = stage === "training" ? TEXT.pause : stage === "paused" ? TEXT.resume : TEXT.train;
    buttons.train.disabled = isUnderWay ? false : isBusy || !training.hasData;
    buttons.stop.disabled = !isUnderWay;
    buttons.download.disabled = !this.kept.size;
    this.file.disabled = isBusy;
    for (const { input } of this.fields) input.disabled = isUnderWay;
    this.#drawBar();
  }

  #drawBar() {
    const { stage, sizes, images, progress, isBusy } = this.training;
    this.bar.hidden = !isBusy;
    if (stage === "reading") this.bar.value = images / (sizes.update + sizes.measure);
    else if (stage === "checking" || !progress) this.bar.removeAttribute("value");
    else this.bar.value = progress.done / sizes[progress.doing];
  }

  #drawEpochs() {
    const { epochs } = this.training, { least, most } = this.recorded, all = Math.max(epochs.length, least.length);
    this.chart.draw(epochs.map(({ val_accuracy: share }) => share));
    this.rows.replaceChildren(...Array.from({ length: all }, (_, n) => {
      const own = epochs[n], keras = n < least.length ? TEXT.range(percent(least[n]), percent(most[n])) : TEXT.none;
      const [first, ...rest] = own
        ? [TEXT.share(own.val_accuracy), fixed(own.val_loss, 3), TEXT.share(own.accuracy), fixed(own.loss, 3)] : Array(4).fill(TEXT.none);
      const cells = [first, keras, ...rest].map((text) => element("td", {}, text));
      return element("tr", {}, element("th", { scope: "row" }, String(n + 1)), ...cells);
    }));
  }

  end() {
    window.removeEventListener("beforeunload", this.leaving);
    this.training.close();
  }
}

function render(given) {
  const demo = new Demo(given);
  return () => demo.end();
}

export default { render };
