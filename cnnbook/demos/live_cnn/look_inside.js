// The inside of the network: all maps or filters of a layer, one map enlarged, and the arithmetic of one unit.

import { KERNEL, SLOPE } from "./network.js";
import { SIDE } from "./own_image.js";
import { byReach, convolutionCell, digits, isVector, mapName, percent, seenBy, unitArithmetic } from "./unit.js";
import { zerosBefore } from "../shared/arithmetic.js";
import { cellCanvas } from "../shared/canvas.js";
import { choice, element, oncePerFrame } from "../shared/dom.js";

const ABOUT = {
  input: "The three colour channels, scaled from 0–255 to the range from −1 to 1.",
  conv: "Each map comes from one filter, which slides over all maps of the layer before.",
  norm: "Each map is normalised with the mean and variance kept from training, then scaled and shifted by two learned numbers. Below, before and after are drawn to one scale.",
  act: `LeakyReLU: what is positive stays, what is negative is multiplied by ${SLOPE}. Below, before and after are drawn to one scale.`,
  dense: "Each unit is connected with every number of the layer before.",
  softmax: "Softmax turns the ten logits into shares of one whole.",
};
const TILE = 72; // CSS pixels that a tile takes at most

const greyLevel = (value, reach) => Math.round(127.5 * (1 + value / reach));
const largestOf = (values) => values.reduce((most, x) => Math.max(most, Math.abs(x)), 0) || 1;
// A few large values would turn all others grey, so the scale ends where 99 of 100 values do. Remembered, since pointing at a
// unit draws everything anew.
const reaches = new WeakMap();
function reachOf(values) {
  if (values.length < 1000) return largestOf(values);
  if (!reaches.has(values)) reaches.set(values, values.map(Math.abs).sort()[Math.floor(0.99 * values.length)] || 1);
  return reaches.get(values);
}
function legend(values, reach) {
  const beyond = largestOf(values) > reach ? [" or less", " or more"] : ["", ""], end = digits(reach, 2);
  return `${values.some((x) => x < 0) ? `black −${end}${beyond[0]}, ` : ""}middle grey 0, white ${end}${beyond[1]}`;
}

// A canvas of many small pictures: `tiles` are {height, width, colour(row, column)}.
function tileCanvas() {
  const canvas = element("canvas", { class: "cb-canvas cb-tiles", tabindex: "0", role: "application" });
  const context = canvas.getContext("2d"), tile = element("canvas"), tileContext = tile.getContext("2d");
  let columns = 1;
  return {
    canvas,
    get columns() { return columns; },
    draw(tiles, chosen) {
      columns = Math.min(tiles.length, tiles.length === 128 ? 16 : canvas.parentNode.clientWidth > 560 ? 16 : 8);
      if (tiles.length === 10) columns = 10;
      const rows = Math.ceil(tiles.length / columns);
      canvas.style.aspectRatio = `${columns} / ${rows}`;
      canvas.style.maxWidth = `${columns * (tiles[0].height === 1 ? TILE / 2 : TILE)}px`;
      const width = canvas.clientWidth * (window.devicePixelRatio || 1);
      if (!width) return;
      const size = Math.max(2, Math.floor(width / columns)), gap = Math.max(1, Math.round(size / 24));
      canvas.width = size * columns;
      canvas.height = size * rows;
      context.imageSmoothingEnabled = false;
      tiles.forEach(({ height, width: across, colour }, n) => {
        tile.width = across;
        tile.height = height;
        const image = tileContext.createImageData(across, height);
        for (let i = 0; i < height; i++) for (let j = 0; j < across; j++) image.data.set([...colour(i, j), 255], (i * across + j) * 4);
        tileContext.putImageData(image, 0, 0);
        context.drawImage(tile, (n % columns) * size + gap, Math.floor(n / columns) * size + gap, size - 2 * gap, size - 2 * gap);
      });
      for (const [colour, thick] of [["#000", 3 * gap + 2], ["#ffb000", gap + 2]]) {
        context.strokeStyle = colour;
        context.lineWidth = thick;
        context.strokeRect((chosen % columns) * size + gap, Math.floor(chosen / columns) * size + gap, size - 2 * gap, size - 2 * gap);
      }
    },
    // The tile under a pointer and where in it, as fractions.
    at(event) {
      const box = canvas.getBoundingClientRect(), side = box.width / columns;
      const x = (event.clientX - box.left) / side, y = (event.clientY - box.top) / side;
      return { tile: Math.floor(y) * columns + Math.floor(x), row: y % 1, column: x % 1 };
    },
  };
}

// `change` sets traits, `say` speaks to a screen reader.
export function lookInside({ model, change, say }) {
  let shown = null; // {network, made, pixels} of the last draw
  let filters = false; // show a layer's filters in place of its maps
  let incoming = null; // the map before whose patch is written out; null for the one that counts most

  const layers = model.get("layers");
  const at = () => layers.findIndex((layer) => layer.name === model.get("layer"));
  const limited = (value, size) => Math.min(Math.max(value, 0), size - 1);
  function moveTo(row, column, { map = model.get("map"), aloud = true } = {}) {
    const [height, width, channels] = layers[at()].shape;
    change({ map: limited(map, channels), position: [limited(row, height), limited(column, width)] });
    if (aloud) say(() => sentence());
  }
  function chooseLayer(name) {
    const [height, width, channels] = layers.find((layer) => layer.name === name).shape, old = layers[at()].shape;
    const [row, column] = model.get("position");
    incoming = null;
    // The unit stays at the same place of the picture.
    const position = [limited(Math.floor(((row + 0.5) * height) / old[0]), height), limited(Math.floor(((column + 0.5) * width) / old[1]), width)];
    change({ layer: name, map: limited(model.get("map"), channels), position });
    say(() => sentence());
  }
  const nameOf = (layer, map) => {
    if (layer.name === "logits" || layer.kind === "softmax") return model.get("classes")[map];
    return isVector(layer) ? `unit ${map + 1}` : mapName(layer, map);
  };
  function title() {
    const layer = layers[at()], [row, column] = model.get("position"), name = `${layer.name}, ${nameOf(layer, model.get("map"))}`;
    return isVector(layer) ? name : `${name}, row ${row + 1}, column ${column + 1}`;
  }
  function valueNow() {
    const layer = layers[at()], [, width, channels] = layer.shape, [row, column] = model.get("position");
    const index = (row * width + column) * channels + model.get("map");
    return { index, value: shown.made[at()][index] };
  }
  const reachAt = (n) => (n === 0 ? 1 : reachOf(shown.made[n])); // the picture's own scale ends at 1
  const sentence = () => (shown ? `${title()}: ${layers[at()].kind === "softmax" ? percent(valueNow().value) : digits(valueNow().value, 4)}.` : "");

  // ---- elements ----
  const layerChoice = choice("Layer", layers.map((layer) => [layer.name, `${layer.name} (${isVector(layer) ? layer.shape[2] : layer.shape.join(" × ")})`]), chooseLayer);
  const showChoice = choice("Show", [["maps", "feature maps"], ["filters", "filters"]], (name) => { filters = name === "filters"; draw(shown); });
  const incomingChoice = choice("Patch and filter of", [], (map) => { incoming = Number(map); draw(shown); });
  const overview = tileCanvas();
  const patch = cellCanvas({ class: "cb-canvas", role: "img" }), before = cellCanvas({ class: "cb-canvas", role: "img" });
  const chosen = cellCanvas({ class: "cb-canvas cb-map", tabindex: "0", role: "application" });
  const about = element("p"), scale = element("p", { class: "cb-scale" }), heading = element("p", { class: "cb-unit-title" }), arithmetic = element("div", { class: "cb-unit" });
  const figure = (canvas, attributes = {}) => { const caption = element("figcaption"); return { caption, node: element("figure", attributes, caption, canvas) }; };
  const patchFigure = figure(patch.canvas), beforeFigure = figure(before.canvas), chosenFigure = figure(chosen.canvas);
  const overviewFigure = figure(overview.canvas, { class: "cb-broad" });
  const incomingControls = element("div", { class: "cb-controls" }, incomingChoice.node);
  const drawn = element("div", { hidden: "" }, overviewFigure.node, scale, // hidden while there is nothing to see or to name
    element("div", { class: "cb-trio" }, patchFigure.node, beforeFigure.node, chosenFigure.node),
    heading, incomingControls, arithmetic);
  const node = element("details", { class: "cb-inside", ontoggle: () => draw(shown) },
    element("summary", {}, "Look inside: each layer, each unit"),
    element("div", { class: "cb-controls" }, layerChoice.node, showChoice.node),
    about, drawn);

  // ---- drawing ----
  function drawMap(canvas, layer, values, map, reach) {
    const [height, width, channels] = layer.shape;
    if (!canvas.begin(height, width)) return;
    for (let i = 0; i < height; i++) for (let j = 0; j < width; j++) {
      const grey = greyLevel(values[(i * width + j) * channels + map], reach);
      canvas.fill(i, j, `rgb(${grey}, ${grey}, ${grey})`);
    }
  }
  function drawOverview(n, layer) {
    const values = shown.made[n], [height, width, channels] = layer.shape, map = model.get("map");
    const asFilters = filters && layer.kind === "conv";
    let tiles;
    if (asFilters) {
      const [kernel] = shown.network.arrays[n], depth = layers[n - 1].shape[2], reach = largestOf(kernel), single = n > 1 ? from(n, layer) : null;
      const level = (f, i, j, c) => greyLevel(kernel[((i * KERNEL + j) * depth + c) * channels + f], reach);
      tiles = Array.from({ length: channels }, (_, f) => ({ height: KERNEL, width: KERNEL, colour: (i, j) => [0, 1, 2].map((c) => level(f, i, j, single ?? c)) }));
      scale.textContent = single === null
        ? `A filter's three channels as red, green and blue; middle grey is 0, the brightest ${digits(reach)}.`
        : `Of each filter the part for ${mapName(layers[n - 1], single)} of the layer before: ${legend(kernel, reach)}.`;
    } else {
      const reach = reachAt(n);
      tiles = Array.from({ length: channels }, (_, c) => ({ height, width, colour: (i, j) => Array(3).fill(greyLevel(values[(i * width + j) * channels + c], reach)) }));
      scale.textContent = `The same scale for all: ${legend(values, reach)}.`;
    }
    const things = asFilters ? "filters" : isVector(layer) ? "units" : layer.kind === "input" ? "channels" : "maps";
    overviewFigure.caption.textContent = `${layer.name}: all ${channels} ${things}; choose one`;
    overview.canvas.setAttribute("aria-label", `${layer.name}, ${channels} ${things}, ${nameOf(layer, map)} chosen. Arrow keys choose another.`);
    overview.draw(tiles, map);
  }
  // The map of the layer before that is written out: the chosen one, or the one whose products count most here.
  function from(n, layer) {
    if (layer.kind !== "conv") return model.get("map");
    return incoming ?? byReach(convolutionCell(shown.network, shown.made, n, model.get("map"), model.get("position")).sums)[0];
  }
  function drawTrio(n, layer) {
    const [row, column] = model.get("position"), map = model.get("map"), [down, across] = seenBy(layers, n, [row, column]);
    const size = ([first, last]) => last - first + 1;
    const all = size(down) === SIDE && size(across) === SIDE;
    patchFigure.caption.textContent = `it sees ${all ? "the whole picture" : `${size(down)} × ${size(across)} pixels`}`;
    patch.canvas.setAttribute("aria-label", `The picture with what the unit sees outlined: rows ${down[0] + 1} to ${down[1] + 1}, columns ${across[0] + 1} to ${across[1] + 1}.`);
    if (patch.begin(SIDE, SIDE)) {
      for (let i = 0; i < SIDE; i++) for (let j = 0; j < SIDE; j++) patch.fill(i, j, `rgb(${shown.pixels.slice((i * SIDE + j) * 3, (i * SIDE + j) * 3 + 3).join()})`);
      patch.outline(down[0], across[0], size(down), size(across));
    }
    // BatchNorm and activation are seen by comparison, so both maps get the scale of what comes out.
    const reach = reachAt(n);
    chosenFigure.node.hidden = isVector(layer);
    beforeFigure.node.hidden = isVector(layer) || layer.kind === "input";
    if (!beforeFigure.node.hidden) {
      const previous = layers[n - 1], source = from(n, layer), stride = layer.kind === "conv" ? layer.stride : 1, side = layer.kind === "conv" ? KERNEL : 1;
      beforeFigure.caption.textContent = `from ${previous.name}, ${mapName(previous, source)}`;
      before.canvas.setAttribute("aria-label", `${previous.name}, ${mapName(previous, source)}, with what the unit is made from outlined.`);
      drawMap(before, previous, shown.made[n - 1], source, layer.kind === "conv" ? reachAt(n - 1) : reach);
      const [top, left] = [row, column].map((place, axis) => place * stride - (side === 1 ? 0 : zerosBefore(previous.shape[axis], KERNEL, stride, "same")));
      before.outline(top, left, side, side);
    }
    if (!chosenFigure.node.hidden) {
      chosenFigure.caption.textContent = `${layer.name}, ${nameOf(layer, map)}: choose a unit`;
      chosen.canvas.setAttribute("aria-label", `${layer.name}, ${nameOf(layer, map)}, ${layer.shape[0]} by ${layer.shape[1]} units. Arrow keys choose a unit.`);
      drawMap(chosen, layer, shown.made[n], map, reach);
      chosen.outline(row, column, 1, 1);
    }
  }
  function draw(state) {
    shown = state;
    const n = at(), layer = layers[n];
    layerChoice.show(layer.name);
    showChoice.show(filters ? "filters" : "maps");
    showChoice.node.hidden = layer.kind !== "conv";
    about.textContent = ABOUT[layer.kind];
    drawn.hidden = !shown || !node.open;
    if (drawn.hidden) return;
    const source = isVector(layer) || layer.kind === "input" ? 0 : from(n, layer);
    drawOverview(n, layer);
    drawTrio(n, layer);
    incomingControls.hidden = layer.kind !== "conv" || n === 1;
    if (!incomingControls.hidden) incomingChoice.show(String(source), Array.from({ length: layers[n - 1].shape[2] }, (_, c) => [String(c), mapName(layers[n - 1], c)]));
    heading.textContent = title();
    arithmetic.replaceChildren(...unitArithmetic({ ...shown, n, map: model.get("map"), position: model.get("position"), incoming: source, ...valueNow() }));
  }

  // ---- events ----
  overview.canvas.addEventListener("pointerdown", (event) => {
    const { tile, row, column } = overview.at(event), [height, width, channels] = layers[at()].shape;
    if (tile >= channels) return;
    const [oldRow, oldColumn] = model.get("position");
    if (filters && layers[at()].kind === "conv") moveTo(oldRow, oldColumn, { map: tile });
    else moveTo(Math.floor(row * height), Math.floor(column * width), { map: tile });
  });
  overview.canvas.addEventListener("keydown", (event) => {
    const by = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -overview.columns, ArrowDown: overview.columns }[event.key];
    if (!by) return;
    const next = model.get("map") + by;
    event.preventDefault();
    if (next >= 0 && next < layers[at()].shape[2]) moveTo(...model.get("position"), { map: next });
  });
  let pointed = 0;
  const followTile = oncePerFrame(() => moveTo(0, 0, { map: pointed, aloud: false }));
  overview.canvas.addEventListener("pointermove", (event) => {
    const { tile } = overview.at(event), layer = layers[at()];
    if (!isVector(layer) || tile >= layer.shape[2]) return; // where a tile is a unit, not a map of them
    pointed = tile;
    followTile();
  });
  chosen.canvas.addEventListener("pointerdown", (event) => moveTo(...chosen.at(event).map(Math.floor)));
  let pointer = [0, 0];
  const follow = oncePerFrame(() => moveTo(...pointer, { aloud: false }));
  chosen.canvas.addEventListener("pointermove", (event) => { pointer = chosen.at(event).map(Math.floor); follow(); });
  chosen.canvas.addEventListener("keydown", (event) => {
    const [row, column] = model.get("position");
    const moves = { ArrowLeft: [row, column - 1], ArrowRight: [row, column + 1], ArrowUp: [row - 1, column], ArrowDown: [row + 1, column] };
    if (!moves[event.key]) return;
    event.preventDefault();
    moveTo(...moves[event.key]);
  });
  return { node, draw };
}
