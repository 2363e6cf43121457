// Three images of one unit: what it sees of the network's image, what it is made from in the layer before, and its own map.

import { zerosBefore } from "../shared/arithmetic.js";
import { cellCanvas } from "../shared/canvas.js";
import { element, oncePerFrame } from "../shared/dom.js";
import { placeAfter } from "../shared/places.js";
import { onPointer } from "../shared/pointer.js";
import { isVector, seenBy } from "./network.js";
import { drawMap, drawPixels, reachOf } from "./tiles.js";
import { mapName } from "./words.js";

const TEXT = {
  all: "it sees the whole image", sees: (height, width) => `it sees ${height} × ${width} pixels`,
  seesLabel: ([top, bottom], [left, right]) =>
    `The image with what the unit sees in an outline: rows ${top + 1} to ${bottom + 1}, columns ${left + 1} to ${right + 1}.`,
  from: (layer, map) => `from ${layer}, ${map}`,
  fromLabel: (layer, map) => `${layer}, ${map}, with what the unit is made from in an outline.`,
  choose: (name) => `${name}: choose a unit`,
  chooseLabel: (name, height, width) => `${name}, ${height} by ${width} units. Arrow keys choose a unit.`,
};

const size = ([first, last]) => last - first + 1;

// The scale of a layer's values; the image's own ends at 1.
export const reachAt = (made, n) => (n === 0 ? 1 : reachOf(made[n]));

function figureOf(canvas) {
  const caption = element("figcaption");
  return { caption, node: element("figure", {}, caption, canvas) };
}

// What the unit sees of the image.
function drawSeen(canvas, caption, chosen, { network, pixels }) {
  const [height, width] = chosen.layers[0].shape, [down, across] = seenBy(network, chosen.n(), chosen.position());
  caption.textContent = size(down) === height && size(across) === width ? TEXT.all : TEXT.sees(size(down), size(across));
  canvas.canvas.setAttribute("aria-label", TEXT.seesLabel(down, across));
  if (!canvas.begin(height, width)) return;
  drawPixels(canvas, pixels, [height, width]);
  canvas.outline(down[0], across[0], size(down), size(across));
}

// What the unit is made from in the layer before. BatchNorm and activation are seen by comparison, so both maps get one scale.
function drawBefore(canvas, caption, chosen, { network, made }) {
  const n = chosen.n(), layer = chosen.layer(), previous = chosen.layers[n - 1], source = chosen.source();
  const isConvolution = layer.kind === "conv";
  const kernel = isConvolution ? network.facts.kernel_size : 1, stride = isConvolution ? layer.stride : 1, map = mapName(previous, source);
  caption.textContent = TEXT.from(previous.name, map);
  canvas.canvas.setAttribute("aria-label", TEXT.fromLabel(previous.name, map));
  drawMap(canvas, previous, made[n - 1], source, reachAt(made, isConvolution ? n - 1 : n));
  const corner = chosen.position().map((place, axis) => place * stride - zerosBefore(previous.shape[axis], kernel, stride, "same"));
  canvas.outline(...corner, kernel, kernel);
}

// The unit's own map.
function drawOwn(canvas, caption, chosen, { made }) {
  const layer = chosen.layer(), [height, width] = layer.shape;
  caption.textContent = TEXT.choose(chosen.name());
  canvas.canvas.setAttribute("aria-label", TEXT.chooseLabel(chosen.name(), height, width));
  drawMap(canvas, layer, made[chosen.n()], chosen.map(), reachAt(made, chosen.n()));
  canvas.outline(...chosen.position(), 1, 1);
}

// {node, draw(shown)}; in the unit's own map another unit can be chosen.
export function createTrio(chosen) {
  const seen = cellCanvas({ class: "cb-canvas", role: "img" }), before = cellCanvas({ class: "cb-canvas", role: "img" });
  const own = cellCanvas({ class: "cb-canvas cb-map", tabindex: "0", role: "application" });
  const [seenFigure, beforeFigure, ownFigure] = [seen, before, own].map((canvas) => figureOf(canvas.canvas));
  function draw(shown) {
    const layer = chosen.layer();
    ownFigure.node.hidden = isVector(layer);
    beforeFigure.node.hidden = isVector(layer) || layer.kind === "input";
    drawSeen(seen, seenFigure.caption, chosen, shown);
    if (!beforeFigure.node.hidden) drawBefore(before, beforeFigure.caption, chosen, shown);
    if (!ownFigure.node.hidden) drawOwn(own, ownFigure.caption, chosen, shown);
  }
  let pointer = [0, 0];
  const follow = oncePerFrame(() => chosen.moveTo(pointer, { aloud: false }));
  function pointAt(event) {
    pointer = own.at(event).map(Math.floor);
    follow();
  }
  onPointer(own.canvas, { began: (event) => chosen.moveTo(own.at(event).map(Math.floor)), moved: pointAt, hovered: pointAt });
  own.canvas.addEventListener("keydown", (event) => {
    const next = placeAfter(event.key, chosen.position());
    if (!next) return;
    event.preventDefault();
    chosen.moveTo(next);
  });
  return { node: element("div", { class: "cb-trio" }, seenFigure.node, beforeFigure.node, ownFigure.node), draw };
}
