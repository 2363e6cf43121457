// The inside of the network: all maps or filters of a layer, one map enlarged, and the arithmetic of one unit.

import { element } from "../shared/dom.js";
import { choice } from "../shared/fields.js";
import { sides } from "../shared/numbers.js";
import { createChosen } from "./chosen_unit.js";
import { isVector } from "./network.js";
import { createOverview } from "./overview.js";
import { createTrio } from "./trio.js";
import { unitArithmetic } from "./unit.js";
import { mapName } from "./words.js";

const TEXT = {
  about: (slope) => ({
    input: "The three colour channels, scaled from 0–255 to the range from −1 to 1.",
    conv: "Each map comes from one filter, which slides over all maps of the layer before.",
    norm: "Each map or unit is normalised with its mean and variance kept from training, then scaled and shifted by two learned numbers.",
    act: `LeakyReLU: positive numbers stay as they are, negative ones are multiplied by ${slope}.`,
    dense: "Each unit is connected to every unit of the layer before.",
    softmax: "Softmax turns the ten logits into shares that add up to 1.",
  }),
  oneScale: "Before and after are drawn below to the same scale.",
  summary: "Look inside: each layer, each unit",
  layer: "Layer", show: "Show", shows: [["maps", "feature maps"], ["filters", "filters"]], source: "Patch and filter of",
  layerName: (layer) => `${layer.name} (${isVector(layer) ? layer.shape[2] : sides(layer.shape)})`,
};

// The choices above: {node, show(filters)}; `chooseShow` is given "maps" or "filters".
function createControls(chosen, chooseShow) {
  const layers = choice(TEXT.layer, chosen.layers.map((layer) => [layer.name, TEXT.layerName(layer)]), chosen.chooseLayer);
  const shows = choice(TEXT.show, TEXT.shows, chooseShow);
  function show(filters) {
    layers.show(chosen.layer().name);
    shows.show(filters ? "filters" : "maps");
    shows.node.hidden = chosen.layer().kind !== "conv";
  }
  return { node: element("div", { class: "cb-controls" }, layers.node, shows.node), show };
}

// `say` speaks to a screen reader: {node, draw(shown)}, where `shown` is {network, made, pixels} or null.
export function lookInside(model, say) {
  let shown = null, filters = false; // show a layer's filters in place of its maps
  const chosen = createChosen(model, () => shown, say), about = TEXT.about(model.get("facts").slope);
  const controls = createControls(chosen, (name) => { filters = name === "filters"; draw(shown); });
  const sources = choice(TEXT.source, [], (map) => { chosen.chooseSource(Number(map)); draw(shown); });
  const overview = createOverview(model, chosen, () => filters && chosen.layer().kind === "conv"), trio = createTrio(chosen);
  const words = element("p"), heading = element("p", { class: "cb-unit-title" }), arithmetic = element("div", { class: "cb-unit" });
  const sourceControls = element("div", { class: "cb-controls" }, sources.node);
  // Hidden while there is nothing to see or to name.
  const drawn = element("div", { hidden: "" }, ...overview.nodes, trio.node, heading, sourceControls, arithmetic);
  const node = element("details", { class: "cb-inside", ontoggle: () => draw(shown) },
    element("summary", {}, TEXT.summary), controls.node, words, drawn);

  function draw(state) {
    shown = state;
    const n = chosen.n(), layer = chosen.layer();
    controls.show(filters);
    const twoMaps = ["norm", "act"].includes(layer.kind) && !isVector(layer);
    words.textContent = about[layer.kind] + (twoMaps ? ` ${TEXT.oneScale}` : "");
    drawn.hidden = !shown || !node.open;
    if (drawn.hidden) return;
    const before = chosen.layers[n - 1], incoming = chosen.source();
    overview.draw(shown);
    trio.draw(shown);
    sourceControls.hidden = layer.kind !== "conv" || n === 1;
    if (!sourceControls.hidden) {
      sources.show(String(incoming), Array.from({ length: before.shape[2] }, (_, c) => [String(c), mapName(before, c)]));
    }
    heading.textContent = chosen.title();
    const unit = { n, map: chosen.map(), position: chosen.position(), incoming, ...chosen.value() };
    arithmetic.replaceChildren(...unitArithmetic({ ...shown, ...unit }));
  }
  return { node, draw };
}
