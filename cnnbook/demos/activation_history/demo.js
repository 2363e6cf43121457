// ActivationHistory: scrub through recorded trainings; for each network the histogram of the chosen moment and a strip of all of them.

import { button, element, liveRegion, oncePerFrame, svg, toggle, watchSurroundings } from "../shared/dom.js";
import { choice, labelled } from "../shared/fields.js";
import { change, onChange } from "../shared/model.js";
import { span } from "./channels.js";
import { createPanel, momentsTable } from "./panels.js";
import { createTraining, updated } from "./training.js";

const TEXT = {
  layer: "Layer", sameScale: "Same scale for all", scrub: "Updates so far",
  move: "Move through the training", back: "Back", forward: "Forward", play: "Play", pause: "Pause",
  chosen: "chosen moment", mean: "mean", span: "mean ± sd", zero: "zero", after: (updates) => `after ${updates}`,
  empty: "strip: empty bin ", fullest: " fullest bin of its column",
  all: "All moments as numbers", allLabel: "Mean, sd and movement at all moments",
  reading: (name, bins, channels) => [
    `What enters the activation of ${name}, all channels together. Each histogram is as high as its fullest bin: ` +
      `compare places and widths, not heights. Values beyond the ends are counted in the outermost of the ${bins} bins.`,
    "Strip: the whole training, a column for each recorded number of updates, each a histogram seen from above. " +
      "Choose a column to go there.",
    "Moves: how far the mean of a channel moves in the next update, in units of its standard deviation (sd), averaged over the channels.",
    `Beneath the strip: what leaves the activation, for the first ${channels} channels, one line each. The band reaches from the 10th ` +
      "to the 90th percentile, the line in it is the mean, and all bands of a network have the same scale.",
  ],
};

// The controls above: {nodes, show()}.
function createControls(model, training) {
  const layers = choice(TEXT.layer, [], (i) => change(model, { layer: Number(i) }));
  const scaleBox = element("input", { type: "checkbox", onchange: () => change(model, { same_scale: scaleBox.checked }) });
  const slider = element("input", { type: "range", min: "0", step: "1", oninput: () => training.choose(slider.valueAsNumber) });
  const told = element("span", { class: "cb-moment", "aria-hidden": "true" }), scrub = labelled(TEXT.scrub, slider);
  scrub.classList.add("cb-scrub");
  scrub.append(told);
  const playButton = toggle(TEXT.play, () => (training.playing ? training.pause() : training.play()), { class: "cb-play" });
  const nodes = [
    element("div", { class: "cb-controls" }, layers.node, element("label", { class: "cb-switch" }, scaleBox, TEXT.sameScale)),
    scrub,
    element("div", { class: "cb-transport", role: "group", "aria-label": TEXT.move },
      button(TEXT.back, () => training.choose(training.step() - 1), { class: "cb-back" }), playButton,
      button(TEXT.forward, () => training.choose(training.step() + 1), { class: "cb-forward" })),
  ];
  function show() {
    const moment = training.moment();
    layers.show(String(training.layer()), training.recordings()[0].layers.map((layer, i) => [String(i), layer.name]));
    scaleBox.checked = model.get("same_scale");
    slider.max = training.last();
    slider.value = training.step();
    slider.setAttribute("aria-valuetext", moment);
    told.textContent = moment;
    playButton.textContent = training.playing ? TEXT.pause : TEXT.play;
  }
  return { nodes, show };
}

// A sample of a mark and what it means.
const sample = (marks, meaning) => element("span", {},
  svg("svg", { width: 26, height: 14, "aria-hidden": "true" }, ...marks.map(([name, d]) => svg("path", { class: name, d }))), meaning);

// What the marks of a histogram mean; `first` is filled in with the first moment.
const histogramKey = (first) => element("p", { class: "cb-key cb-histogram" },
  sample([["cb-bars", "M1 14V9H7V2H13V5H19V11H25V14"]], TEXT.chosen),
  sample([["cb-first", "M1 14V10H9V2H17V10H25V14"]], first),
  sample([["cb-mean", "M13 0V14"]], TEXT.mean),
  sample([["cb-span", "M2 3v8M24 3v8M2 7H24"]], TEXT.span),
  sample([["cb-zero-line", "M13 0V14"]], TEXT.zero));

const stripKey = () => element("p", { class: "cb-key" },
  element("span", {}, TEXT.empty, element("span", { class: "cb-shades" }), TEXT.fullest),
  sample([["cb-frame", "M9 1H17V13H9Z"], ["cb-frame cb-frame-inside", "M9 1H17V13H9Z"]], TEXT.chosen));

// JupyterLab takes arrow keys for its own wherever they reach it, and the slider would not move.
const keepKey = (event) => { if (!event.ctrlKey && !event.metaKey) event.stopPropagation(); };

function render({ model, el }) {
  const redraw = oncePerFrame(draw), training = createTraining(model, redraw), controls = createControls(model, training);
  const panels = element("div", { class: "cb-panels" }), reading = element("div", { class: "cb-scale" }), live = liveRegion();
  const numbers = element("div", { class: "cb-numbers", tabindex: "0", role: "region", "aria-label": TEXT.allLabel });
  const details = element("details", { ontoggle: () => redraw() }, element("summary", {}, TEXT.all), numbers);
  const firstMeaning = element("span");
  const root = element("div", { class: "cnnbook", onkeydown: keepKey }, ...controls.nodes,
    histogramKey(firstMeaning), panels, stripKey(), reading, live, details);
  let built = []; // the networks' figures, rebuilt only when there are other recordings

  function rebuild() {
    training.pause();
    built = training.recordings().map(({ title }) => createPanel(training, title));
    panels.replaceChildren(...built.map((panel) => panel.node));
  }
  function draw() {
    if (!el.isConnected) return;
    const layers = training.layersShown(), { name, counts, channels } = layers[0];
    const largest = Math.max(...layers.map((layer) => layer.reach));
    controls.show();
    firstMeaning.textContent = TEXT.after(updated(training.steps()[0]));
    const same = model.get("same_scale"), ends = same ? span(layers.flatMap((layer) => layer.channels)) : null;
    const said = training.recordings().map((recording, i) => built[i].draw(recording, same ? largest : layers[i].reach, ends));
    reading.replaceChildren(...TEXT.reading(name, counts[0].length, channels[0].length).map((text) => element("p", {}, text)));
    if (details.open) numbers.replaceChildren(momentsTable(training));
    // While it plays, every moment would be read out: say it only when it rests.
    if (!training.playing) live.textContent = `${name}, ${training.moment()}. ${said.join(" ")}`;
  }
  const ends = [
    onChange(model, ["recordings"], rebuild),
    onChange(model, ["layer", "step", "same_scale", "updates_per_epoch"], redraw),
    watchSurroundings(root, redraw),
    training.stop,
  ];
  el.replaceChildren(root);
  rebuild();
  return () => { for (const end of ends) end(); };
}

export default { render };
