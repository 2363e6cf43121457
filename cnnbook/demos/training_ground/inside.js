// The inside of a network in training: filters, feature maps, and for each layer what enters and leaves it and the gradient's norm.

import { BINS } from "../engine/observe.js";
import { element, setAll, svg, tableHead } from "../shared/dom.js";
import { choice } from "../shared/fields.js";
import { smallImages } from "./images.js";
import { readable } from "./words.js";

const IMAGE = [8, 8, 1], BAR = 6, HIGH = 40;
const TEXT = {
  layer: "Layer", channel: "Filters for", map: (n) => `map ${n} of the layer before`, name: (n, kind) => `${n}, ${kind}`,
  filters: (reach) => `Filters: black −${reach}, middle grey 0, white ${reach}`,
  filtersSaid: (count, n, reach) => `${count} filters of layer ${n}, weights up to ${reach}`,
  maps: "Feature maps", units: "Units", shown: (what, reach) => `${what} of the image: black −${reach}, white ${reach}`,
  shownSaid: (what, n, reach) => `${what} of layer ${n} for the chosen image, values up to ${reach}`,
  flow: "What enters and leaves each layer", caption: "in the last batch", head: ["layer", "what enters", "what leaves", "gradient’s norm"],
  lost: (count) => `${count} not finite`, span: (low, high) => `${low} to ${high}`, notFinite: "not finite",
};

// A histogram as one path, and what it spans in words.
function outline({ low, high, counts, lost }) {
  const most = Math.max(...counts, 1);
  const steps = counts.map((count, n) => `V${(HIGH - (HIGH * count) / most).toFixed(1)}H${(n + 1) * BAR}`).join("");
  return { d: `M0 ${HIGH}${steps}V${HIGH}Z`, text: lost ? TEXT.lost(lost) : TEXT.span(readable(low), readable(high)) };
}

// A cell with a histogram: {node, show(outline)}.
function histogramCell() {
  const path = svg("path"), span = element("small");
  const drawing = svg("svg", { viewBox: `0 0 ${BINS * BAR} ${HIGH}`, class: "cb-bars", "aria-hidden": "true" }, path);
  const show = ({ d, text }) => {
    path.setAttribute("d", d);
    span.textContent = text;
  };
  return { node: element("td", {}, drawing, span), show };
}

// What enters and leaves each layer, and its gradient's norm: {node, begin(layers), draw(seen)}.
function createFlow() {
  const body = element("tbody");
  const table = element("table", { class: "cb-layers cb-flow" }, element("caption", {}, TEXT.caption), tableHead(TEXT.head), body);
  const node = element("div", { class: "cb-wide", tabindex: "0", role: "region", "aria-label": TEXT.flow, hidden: true }, table);
  let rows = [];
  function begin(layers) {
    node.hidden = true;
    rows = layers.map(({ kind }, n) => {
      const enters = histogramCell(), leaves = histogramCell(), norm = element("td");
      const line = element("tr", {}, element("th", { scope: "row" }, TEXT.name(n + 1, kind)), enters.node, leaves.node, norm);
      return { enters, leaves, norm, line };
    });
    body.replaceChildren(...rows.map(({ line }) => line));
  }
  function draw({ histograms, norms, failure }) {
    if (histograms?.length !== rows.length + 1) return;
    node.hidden = false;
    const outlines = histograms.map(outline);
    rows.forEach(({ enters, leaves, norm, line }, n) => {
      enters.show(outlines[n]);
      leaves.show(outlines[n + 1]);
      norm.textContent = norms[n] == null ? "" : Number.isFinite(norms[n]) ? readable(norms[n]) : TEXT.notFinite;
      line.classList.toggle("cb-broken", failure?.layer === n);
    });
  }
  return { node, begin, draw };
}

function figureOf(drawing) {
  const caption = element("figcaption"), node = element("figure", { class: "cb-broad", hidden: true }, caption, drawing.canvas);
  return { caption, node };
}

// Which layer and which of the maps before it are looked at: {node, chosen, begin(layers, plan)}; `ask()` when others are chosen.
function createChoices(ask) {
  const chosen = { layer: 0, channel: 0 };
  let layers = [], plan = { rows: [] };
  const before = () => (chosen.layer ? plan.rows[chosen.layer - 1]?.shape : IMAGE);
  const channels = () => (layers[chosen.layer]?.kind === "Conv2D" ? before()?.[2] ?? 1 : 1);
  const layerChoice = choice(TEXT.layer, [], (value) => {
    Object.assign(chosen, { layer: Number(value), channel: 0 });
    showChannels();
    ask();
  });
  const channelChoice = choice(TEXT.channel, [], (value) => {
    chosen.channel = Number(value);
    ask();
  });
  function showChannels() {
    channelChoice.node.hidden = channels() < 2;
    channelChoice.show(String(chosen.channel), Array.from({ length: channels() }, (_, n) => [String(n), TEXT.map(n + 1)]));
  }
  function begin(nextLayers, nextPlan) {
    [layers, plan] = [nextLayers, nextPlan];
    if (!layers[chosen.layer]) chosen.layer = Math.max(0, layers.length - 1);
    if (chosen.channel >= channels()) chosen.channel = 0;
    layerChoice.show(String(chosen.layer), layers.map((layer, n) => [String(n), TEXT.name(n + 1, layer.kind)]));
    showChannels();
  }
  return { node: element("div", { class: "cb-controls" }, layerChoice.node, channelChoice.node), chosen, begin };
}

// {node, chosen, begin(layers, plan), draw(seen)}: `seen` is what a session has seen; what is of another layer than the chosen one is
// not shown.
export function networkInside(ask) {
  let layers = [], plan = { rows: [] };
  const choices = createChoices(ask), filters = smallImages(), maps = smallImages();
  const filterFigure = figureOf(filters), mapFigure = figureOf(maps), flow = createFlow();
  const node = element("div", {}, choices.node, filterFigure.node, mapFigure.node, flow.node);

  function begin(nextLayers, nextPlan) {
    [layers, plan] = [nextLayers, nextPlan];
    choices.begin(layers, plan);
    flow.begin(layers);
  }
  function drawFilters(layer, n, kernels) {
    filterFigure.node.hidden = kernels?.[0].length !== layer.kernel ** 2;
    if (filterFigure.node.hidden) return;
    const reach = readable(filters.draw(kernels, layer.kernel, layer.kernel));
    filterFigure.caption.textContent = TEXT.filters(reach);
    setAll(filters.canvas, { "aria-label": TEXT.filtersSaid(kernels.length, n + 1, reach) });
  }
  function drawMaps(shape, n, values) {
    const areMaps = shape.length === 3, what = areMaps ? TEXT.maps : TEXT.units;
    mapFigure.node.hidden = values?.[0].length !== (areMaps ? shape[0] * shape[1] : shape[0]);
    if (mapFigure.node.hidden) return;
    const reach = readable(areMaps ? maps.draw(values, shape[0], shape[1]) : maps.draw([...values[0]].map((value) => [value]), 1, 1));
    mapFigure.caption.textContent = TEXT.shown(what, reach);
    setAll(maps.canvas, { "aria-label": TEXT.shownSaid(what, n + 1, reach) });
  }
  function draw(seen) {
    const n = choices.chosen.layer, shape = plan.rows[n]?.shape;
    if (!shape) return;
    drawFilters(layers[n], n, seen.filters);
    drawMaps(shape, n, seen.maps);
    flow.draw(seen);
  }
  return { node, begin, draw, chosen: choices.chosen };
}
