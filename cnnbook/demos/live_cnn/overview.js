// All maps, units or filters of a layer as small images, one of which is chosen.

import { element, oncePerFrame } from "../shared/dom.js";
import { arrowStep } from "../shared/places.js";
import { onPointer } from "../shared/pointer.js";
import { isVector } from "./network.js";
import { greyLevel, largestOf, legend, tileCanvas } from "./tiles.js";
import { reachAt } from "./trio.js";
import { digits, mapName, nameOf } from "./words.js";

const TEXT = {
  things: { filters: "filters", units: "units", channels: "channels", maps: "maps" },
  caption: (layer, count, things) => `${layer}: all ${count} ${things}; choose one`,
  label: (layer, count, things, name) => `${layer}, ${count} ${things}, ${name} chosen. Arrow keys choose another.`,
  filterColours: (reach) => `A filter's three channels are drawn as red, green and blue; middle grey is 0, full brightness ${reach}.`,
  filterPart: (map, scale) => `The part of each filter that reads ${map} of the layer before: ${scale}.`,
  scale: (scale) => `The same scale for all: ${scale}.`,
};

// The filters of a convolution as tiles; of the later ones the part for one map of the layer before. {tiles, scale}
function filterTiles(chosen, { network }) {
  const n = chosen.n(), [kernel] = network.arrays[n], { kernel_size: size } = network.facts, reach = largestOf(kernel);
  const before = chosen.layers[n - 1], depth = before.shape[2], filters = chosen.layer().shape[2], single = n > 1 ? chosen.source() : null;
  const level = (f, i, j, c) => greyLevel(kernel[((i * size + j) * depth + c) * filters + f], reach);
  const tiles = Array.from({ length: filters }, (_, f) => (
    { height: size, width: size, colour: (i, j) => [0, 1, 2].map((c) => level(f, i, j, single ?? c)) }));
  if (single === null) return { tiles, scale: TEXT.filterColours(digits(reach)) };
  return { tiles, scale: TEXT.filterPart(mapName(before, single), legend(kernel, reach)) };
}

// The maps or units of a layer as tiles. {tiles, scale}
function mapTiles(chosen, { made }) {
  const n = chosen.n(), values = made[n], [height, width, channels] = chosen.layer().shape, reach = reachAt(made, n);
  const tiles = Array.from({ length: channels }, (_, c) => (
    { height, width, colour: (i, j) => Array(3).fill(greyLevel(values[(i * width + j) * channels + c], reach)) }));
  return { tiles, scale: TEXT.scale(legend(values, reach)) };
}

// `asFilters()` says whether filters are shown: {nodes, draw(shown)}.
export function createOverview(model, chosen, asFilters) {
  const overview = tileCanvas(), { canvas } = overview, caption = element("figcaption"), scale = element("p", { class: "cb-scale" });
  function thingsOf(layer) {
    if (asFilters()) return TEXT.things.filters;
    if (isVector(layer)) return TEXT.things.units;
    return layer.kind === "input" ? TEXT.things.channels : TEXT.things.maps;
  }
  function draw(shown) {
    const layer = chosen.layer(), map = chosen.map(), made = (asFilters() ? filterTiles : mapTiles)(chosen, shown);
    const count = made.tiles.length;
    scale.textContent = made.scale;
    caption.textContent = TEXT.caption(layer.name, count, thingsOf(layer));
    canvas.setAttribute("aria-label", TEXT.label(layer.name, count, thingsOf(layer), nameOf(layer, map, model.get("classes"))));
    overview.draw(made.tiles, map);
  }
  canvas.addEventListener("keydown", (event) => {
    const step = arrowStep(event.key);
    if (!step) return;
    const next = chosen.map() + step[0] * overview.columns + step[1];
    event.preventDefault();
    if (next >= 0 && next < chosen.layer().shape[2]) chosen.moveTo(chosen.position(), { to: next });
  });
  let pointed = 0;
  const follow = oncePerFrame(() => chosen.moveTo([0, 0], { to: pointed, aloud: false }));
  function press(event) {
    const { tile, row, column } = overview.at(event), [height, width, channels] = chosen.layer().shape;
    if (tile >= channels) return;
    chosen.moveTo(asFilters() ? chosen.position() : [Math.floor(row * height), Math.floor(column * width)], { to: tile });
  }
  function pointAt(event) {
    const { tile } = overview.at(event), layer = chosen.layer();
    if (!isVector(layer) || tile >= layer.shape[2]) return; // where a tile is a unit, not a map of them
    pointed = tile;
    follow();
  }
  onPointer(canvas, { began: press, hovered: pointAt });
  return { nodes: [element("figure", { class: "cb-broad" }, caption, canvas), scale], draw };
}
