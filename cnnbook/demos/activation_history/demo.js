// ActivationHistory: scrub through recorded trainings; for each network the histogram of the chosen moment and a strip of all of them.

import { groundAndLine } from "../shared/canvas.js";
import { choice, element, labelled, oncePerFrame, onChange, pace, svg, watchSurroundings } from "../shared/dom.js";
import { formatNumber } from "../shared/numbers.js";

const HEIGHT = 160, TOP = 34, BOTTOM = 140; // of a histogram; what is between is for its bars
const PLAY_MS = 400, CALM_MS = 1200; // from one moment to the next; the second where less motion is asked for

const fixed = (value, digits) => value.toLocaleString("en-US", { minimumFractionDigits: digits, maximumFractionDigits: digits, signDisplay: "negative" }).replace("-", "−");
const short = (value) => value.toLocaleString("en-US", { maximumSignificantDigits: 3 }).replace("-", "−");
const updated = (updates) => `${formatNumber(updates)} update${updates === 1 ? "" : "s"}`;

// A histogram's steps as a path from the ground line up and back to it; its fullest bin reaches TOP.
function outline(counts, x, reach) {
  const most = Math.max(...counts), edge = (i) => x((2 * i / counts.length - 1) * reach).toFixed(1);
  const steps = counts.map((count, i) => `V${(BOTTOM - (count / most) * (BOTTOM - TOP)).toFixed(1)}H${edge(i + 1)}`);
  return `M${edge(0)} ${BOTTOM}${steps.join("")}V${BOTTOM}`;
}

// The histogram at one moment over the one at the first, on a scale from -scale to scale.
function drawHistogram(chart, { counts, reach, means, sds }, step, scale) {
  const width = chart.clientWidth;
  if (!width) return;
  const x = (value) => ((Math.min(Math.max(value, -scale), scale) / scale + 1) / 2) * (width - 2) + 1;
  const [left, middle, right] = [means[step] - sds[step], means[step], means[step] + sds[step]].map(x);
  const text = (at, y, content, anchor) => svg("text", { x: at, y, "text-anchor": anchor }, content);
  chart.setAttribute("viewBox", `0 0 ${width} ${HEIGHT}`);
  chart.replaceChildren(
    svg("path", { class: "cb-bars", d: outline(counts[step], x, reach) }),
    svg("path", { class: "cb-zero-line", d: `M${x(0)} ${TOP - 12}V${BOTTOM + 4}` }),
    svg("path", { class: "cb-first", d: outline(counts[0], x, reach) }),
    svg("path", { class: "cb-ground-line", d: `M0 ${BOTTOM}H${width}` }),
    svg("path", { class: "cb-mean", d: `M${middle} ${TOP - 16}V${BOTTOM}` }),
    svg("path", { class: "cb-span", d: `M${left} ${TOP - 16}v8M${right} ${TOP - 16}v8M${left} ${TOP - 12}H${right}` }),
    text(Math.min(Math.max(middle, 38), width - 38), 13, "mean ± sd", "middle"),
    text(0, HEIGHT - 5, short(-scale), "start"), text(x(0), HEIGHT - 5, "0", "middle"), text(width, HEIGHT - 5, short(scale), "end"));
}

// All moments as columns of bins, the fullest bin of a column in full ink, and a frame around the chosen one.
function drawStrip(canvas, { counts, reach }, step, scale) {
  const ratio = window.devicePixelRatio || 1, width = Math.round(canvas.clientWidth * ratio), height = Math.round(canvas.clientHeight * ratio);
  if (!width || !height) return;
  canvas.width = width;
  canvas.height = height;
  const context = canvas.getContext("2d"), { ground } = groundAndLine(canvas), ink = getComputedStyle(canvas).color;
  const across = (i) => Math.round((i * width) / counts.length);
  const down = (value) => Math.round(((1 - value / scale) / 2) * height);
  context.fillStyle = ground;
  context.fillRect(0, 0, width, height);
  context.fillStyle = ink;
  counts.forEach((bins, i) => {
    const most = Math.max(...bins), edge = (bin) => down((2 * bin / bins.length - 1) * reach);
    bins.forEach((count, bin) => {
      context.globalAlpha = count / most;
      context.fillRect(across(i), edge(bin + 1), across(i + 1) - across(i), edge(bin) - edge(bin + 1));
    });
  });
  context.globalAlpha = 1;
  const edges = [Math.max(across(step) - ratio, 2 * ratio), Math.min(across(step + 1) + ratio, width - 2 * ratio)];
  for (const [colour, line] of [["#000", 4], ["#ffb000", 2]]) {
    context.strokeStyle = colour;
    context.lineWidth = line * ratio;
    context.strokeRect(edges[0], 2 * ratio, edges[1] - edges[0], height - 4 * ratio);
  }
}

function render({ model, el }) {
  let timer = 0;

  // ---- state ----
  const recordings = () => Object.values(model.get("recordings"));
  const steps = () => recordings()[0].steps;
  const last = () => steps().length - 1;
  // Other recordings may be here before Python has said which of their layers and moments is shown.
  const step = () => Math.min(model.get("step"), last()), layerIndex = () => Math.min(model.get("layer"), recordings()[0].layers.length - 1);
  function change(traits) {
    for (const [name, value] of Object.entries(traits)) model.set(name, value);
    model.save_changes();
  }
  const goTo = (to) => change({ step: Math.min(Math.max(to, 0), last()) });
  function choose(to) {
    pause();
    goTo(to);
  }
  function play() {
    if (step() === last()) goTo(0);
    timer = setInterval(() => {
      goTo(step() + 1);
      if (step() === last()) pause();
    }, pace(PLAY_MS, CALM_MS));
    redraw();
  }
  function pause() {
    clearInterval(timer);
    timer = 0;
    redraw();
  }
  function moment() {
    const updates = steps()[step()], epoch = Math.floor(updates / model.get("updates_per_epoch")) + 1;
    return `${updated(updates)}, ${updates ? `in epoch ${epoch}` : "before training"}`;
  }

  // ---- elements ----
  const layerChoice = choice("Layer", [], (i) => change({ layer: Number(i) }));
  const scaleBox = element("input", { type: "checkbox", onchange: () => change({ same_scale: scaleBox.checked }) });
  const slider = element("input", { type: "range", min: "0", step: "1", oninput: () => choose(slider.valueAsNumber) });
  const told = element("span", { class: "cb-moment", "aria-hidden": "true" });
  const scrub = labelled("Updates so far", slider);
  scrub.classList.add("cb-scrub");
  scrub.append(told);
  const button = (text, name, onclick) => element("button", { type: "button", class: `cb-${name}`, onclick }, text);
  const back = button("Back", "back", () => choose(step() - 1)), forward = button("Forward", "forward", () => choose(step() + 1));
  const playButton = button("Play", "play", () => (timer ? pause() : play()));
  const panels = element("div", { class: "cb-panels" });
  const live = element("p", { class: "cb-hidden", "aria-live": "polite" });
  const numbers = element("div", { class: "cb-numbers", tabindex: "0", role: "region", "aria-label": "Mean, sd and movement at all moments" });
  const details = element("details", { ontoggle: () => redraw() }, element("summary", {}, "All moments as numbers"), numbers);
  // A sample of a mark and what it means.
  const sample = (marks, meaning) => element("span", {}, svg("svg", { width: 26, height: 14, "aria-hidden": "true" }, ...marks.map(([name, d]) => svg("path", { class: name, d }))), meaning);
  const firstMeaning = element("span");
  const key = element("p", { class: "cb-key cb-histogram" },
    sample([["cb-bars", "M1 14V9H7V2H13V5H19V11H25V14"]], "chosen moment"),
    sample([["cb-first", "M1 14V10H9V2H17V10H25V14"]], firstMeaning),
    sample([["cb-mean", "M13 0V14"]], "mean"),
    sample([["cb-span", "M2 3v8M24 3v8M2 7H24"]], "mean ± sd"),
    sample([["cb-zero-line", "M13 0V14"]], "zero"));
  const shades = element("p", { class: "cb-key" }, element("span", {}, "strip: empty bin ", element("span", { class: "cb-shades" }), " fullest bin of its column"),
    sample([["cb-frame", "M9 1H17V13H9Z"], ["cb-frame cb-frame-inside", "M9 1H17V13H9Z"]], "chosen moment"));
  const reading = element("div", { class: "cb-scale" });
  // JupyterLab takes arrow keys for its own wherever they reach it, and the slider would not move.
  const keepKey = (event) => { if (!event.ctrlKey && !event.metaKey) event.stopPropagation(); };
  const root = element("div", { class: "cnnbook", onkeydown: keepKey },
    element("div", { class: "cb-controls" }, layerChoice.node, element("label", { class: "cb-switch" }, scaleBox, "Same scale for all")),
    scrub,
    element("div", { class: "cb-transport", role: "group", "aria-label": "Move through the training" }, back, playButton, forward),
    key, panels, shades, reading, live, details);

  // A network's figure and what draws it; they are rebuilt only when there are other recordings.
  let built = [];
  function buildPanels() {
    built = recordings().map(({ title }) => {
      const chart = svg("svg", { class: "cb-histogram", height: HEIGHT, role: "img" });
      const values = ["mean", "sd", "moves", "fullest bin"].map((name) => [element("dt", {}, name), element("dd")]);
      const canvas = element("canvas", { class: "cb-strip", role: "img" });
      const sides = element("div", { class: "cb-sides", "aria-hidden": "true" }), ticks = element("div", { class: "cb-ticks", "aria-hidden": "true" });
      const toColumn = (event) => choose(Math.floor(((event.clientX - canvas.getBoundingClientRect().left) / canvas.clientWidth) * steps().length));
      canvas.addEventListener("pointerdown", (event) => canvas.setPointerCapture(event.pointerId));
      canvas.addEventListener("pointermove", (event) => { if (event.buttons) toColumn(event); });
      canvas.addEventListener("click", toColumn);
      const node = element("figure", {}, element("figcaption", {}, title), chart,
        element("dl", {}, ...values.map((pair) => element("div", {}, ...pair))),
        element("div", { class: "cb-strip-frame" }, sides, canvas, ticks));
      return { node, chart, canvas, sides, ticks, values: values.map((pair) => pair[1]) };
    });
    panels.replaceChildren(...built.map((panel) => panel.node));
  }

  // ---- drawing ----
  function drawPanel(panel, { title, layers }, scale) {
    const layer = layers[layerIndex()], at = step(), counts = layer.counts[at];
    const fullest = (100 * Math.max(...counts)) / counts.reduce((a, b) => a + b, 0);
    const texts = [fixed(layer.means[at], 4), fixed(layer.sds[at], 4), `${fixed(layer.moved[at], 5)} sd`, `${fixed(fullest, 1)} %`];
    panel.values.forEach((value, i) => { value.textContent = texts[i]; });
    panel.chart.setAttribute("aria-label", `${title}: histogram of ${layer.name} after ${updated(steps()[at])}, from ${short(-scale)} to ${short(scale)}. Mean ${texts[0]}, sd ${texts[1]}.`);
    panel.canvas.setAttribute("aria-label", `${title}: the histograms of ${layer.name} at ${steps().length} moments, one column each. The slider chooses a moment.`);
    drawHistogram(panel.chart, layer, at, scale);
    drawStrip(panel.canvas, layer, at, scale);
    panel.sides.replaceChildren(...[scale, 0, -scale].map((value) => element("span", {}, short(value))));
    const marked = [...new Set([0, Math.round(last() / 2), last()])];
    panel.ticks.replaceChildren(...marked.map((i) => element("span", { style: `left: ${(100 * (i + 0.5)) / steps().length}%` }, formatNumber(steps()[i]))));
    return `${title}: mean ${texts[0]}, sd ${texts[1]}; in the next update a channel moves ${texts[2]}.`;
  }
  function drawTable(name) {
    const parts = ["mean", "sd", "moves"], cell = (value, digits) => element("td", {}, fixed(value, digits));
    const head = [
      element("tr", {}, element("th", { scope: "col", rowspan: "2" }, "updates"), ...recordings().map(({ title }) => element("th", { scope: "colgroup", colspan: "3" }, title))),
      element("tr", {}, ...recordings().flatMap(() => parts.map((part) => element("th", { scope: "col" }, part)))),
    ];
    const lines = steps().map((updates, i) => element("tr", {}, element("th", { scope: "row" }, formatNumber(updates)),
      ...recordings().map(({ layers }) => layers[layerIndex()]).flatMap((layer) => [cell(layer.means[i], 4), cell(layer.sds[i], 4), cell(layer.moved[i], 5)])));
    numbers.replaceChildren(element("table", { class: "cb-moments" }, element("caption", {}, `${name}; moves: how far a channel’s mean moves in the next update, in its sd`),
      element("thead", {}, ...head), element("tbody", {}, ...lines)));
  }
  function draw() {
    if (!el.isConnected) return;
    const chosen = recordings().map(({ layers }) => layers[layerIndex()]), { name, counts } = chosen[0];
    layerChoice.show(String(layerIndex()), recordings()[0].layers.map((layer, i) => [String(i), layer.name]));
    scaleBox.checked = model.get("same_scale");
    slider.max = last();
    slider.value = step();
    slider.setAttribute("aria-valuetext", moment());
    told.textContent = moment();
    playButton.textContent = timer ? "Pause" : "Play";
    firstMeaning.textContent = `after ${updated(steps()[0])}`;
    const largest = Math.max(...chosen.map((layer) => layer.reach));
    const said = recordings().map((recording, i) => drawPanel(built[i], recording, model.get("same_scale") ? largest : chosen[i].reach));
    reading.replaceChildren(...[
      `What enters the activation of ${name}, all channels together. Each histogram is as high as its fullest bin: compare places and widths, not heights. Values beyond the ends count in the last of the ${counts[0].length} bins.`,
      "Strip: the whole training, a column for each recorded number of updates, each a histogram seen from above. Choose a column to go there.",
      "Moves: how far the mean of a channel goes in the next update, in its standard deviations, averaged over the channels.",
    ].map((text) => element("p", {}, text)));
    if (details.open) drawTable(name);
    // While it plays, every moment would be read out: say it only when it rests.
    if (!timer) live.textContent = `${name}, ${moment()}. ${said.join(" ")}`;
  }
  const redraw = oncePerFrame(draw);

  // ---- events ----
  const rebuild = () => {
    pause();
    buildPanels();
  };
  const unlisten = [onChange(model, ["recordings"], rebuild), onChange(model, ["layer", "step", "same_scale", "updates_per_epoch"], redraw)];
  const unwatch = watchSurroundings(root, redraw);
  el.replaceChildren(root);
  rebuild();
  return () => {
    clearInterval(timer);
    unwatch();
    for (const end of unlisten) end();
  };
}

export default { render };
