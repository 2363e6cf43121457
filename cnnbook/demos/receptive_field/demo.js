// ReceptiveField: choose a unit of the last feature map and see what it depends on in every map before it, down to the image.

import { cellCanvas, groundAndLine } from "../shared/canvas.js";
import { element, liveRegion, oncePerFrame, watchSurroundings } from "../shared/dom.js";
import { asChoices, choice } from "../shared/fields.js";
import { change, onChange } from "../shared/model.js";
import { intoMap, placeAfter } from "../shared/places.js";
import { fieldOf, sidesOf, spansOf } from "./spans.js";

const NEW_LAYER = [3, 1]; // kernel and stride
const TEXT = {
  image: "Image", layers: "Layers", kernel: (n) => `Kernel ${n}`, stride: (n) => `Stride ${n}`,
  caption: (side, zeros) => `image, ${side} × ${side}; paled: what the unit does not see${zeros ? "; hatched: zeros it sees" : ""}`,
  imageLabel: ([top, bottom], [left, right]) =>
    `Image with the field of the unit: rows ${top + 1} to ${bottom + 1}, columns ${left + 1} to ${right + 1}.`,
  map: (n, side, last) => `map of layer ${n}, ${side} × ${side}${last ? ": choose a unit" : ""}`,
  lastLabel: (side) => `Last feature map, ${side} by ${side}. Arrow keys choose a unit.`,
  mapLabel: (n, [top, bottom], [left, right]) =>
    `Feature map ${n}: the unit depends on rows ${top + 1} to ${bottom + 1}, columns ${left + 1} to ${right + 1}.`,
  pixels: " pixels along each axis",
  said: (row, column, size, [top, bottom], [left, right]) => `Row ${row + 1}, column ${column + 1}: sees ${size} by ${size} pixels, ` +
    `rows ${top + 1} to ${bottom + 1}, columns ${left + 1} to ${right + 1}.`,
};

const inside = ([first, last], position) => position >= first && position <= last;
const imageOf = (model) => model.get("pictures")[model.get("picture")];
const sideOf = (model) => imageOf(model).rgb.length;

function moveTo(model, place) {
  const last = sidesOf(sideOf(model), model.get("layers")).at(-1);
  change(model, { position: intoMap(place, last, last) });
}

// The choices of image and layers: {nodes, show()}.
function createControls(model) {
  const { kernels, strides, most_layers: most } = model.get("limits"), layers = () => model.get("layers");
  const setLayer = (n, part, value) => change(model, { layers: layers().map((old, i) => (i === n ? old.with(part, Number(value)) : old)) });
  const imageChoice = choice(TEXT.image, [], (picture) => change(model, { picture }));
  const countChoice = choice(TEXT.layers, asChoices(Array.from({ length: most }, (_, n) => n + 1)), (count) => {
    change(model, { layers: [...layers(), ...Array(most).fill(NEW_LAYER)].slice(0, Number(count)) });
  });
  const layerChoices = Array.from({ length: most }, (_, n) => [
    choice(TEXT.kernel(n + 1), asChoices(kernels), (value) => setLayer(n, 0, value)),
    choice(TEXT.stride(n + 1), asChoices(strides), (value) => setLayer(n, 1, value)),
  ]);
  const nodes = [
    element("div", { class: "cb-controls" }, imageChoice.node, countChoice.node),
    element("div", { class: "cb-controls" }, ...layerChoices.flat().map((each) => each.node)),
  ];
  function show() {
    imageChoice.show(model.get("picture"), Object.entries(model.get("pictures")).map(([name, image]) => [name, image.title]));
    countChoice.show(String(layers().length));
    layerChoices.forEach((parts, n) => parts.forEach((part, k) => {
      part.node.hidden = n >= layers().length;
      if (!part.node.hidden) part.show(String(layers()[n][k]));
    }));
  }
  return { nodes, show };
}

// The image, with everything paled but what the unit sees: {node, draw(rows, columns)}.
function createImage(model) {
  const input = cellCanvas({ class: "cb-canvas", role: "img" }), caption = element("figcaption");
  function draw(rows, columns) {
    const pixels = imageOf(model).rgb, side = sideOf(model);
    const beyond = Math.max(-rows[0], rows[1] - side + 1, -columns[0], columns[1] - side + 1, 0);
    caption.textContent = TEXT.caption(side, beyond);
    if (!input.begin(side + 2 * beyond, side + 2 * beyond)) return;
    const { ground, line } = groundAndLine(input.canvas);
    for (let i = -beyond; i < side + beyond; i++) for (let j = -beyond; j < side + beyond; j++) {
      const seen = inside(rows, i) && inside(columns, j), pixel = pixels[i]?.[j];
      if (pixel) input.fill(i + beyond, j + beyond, `rgb(${pixel.map((v) => (seen ? v : 255 - (255 - v) * 0.3))})`);
      else if (seen) input.hatch(i + beyond, j + beyond, ground, line);
      else input.fill(i + beyond, j + beyond, ground);
    }
    input.outline(rows[0] + beyond, columns[0] + beyond, rows[1] - rows[0] + 1, columns[1] - columns[0] + 1);
    input.canvas.setAttribute("aria-label", TEXT.imageLabel(rows, columns));
  }
  return { node: element("figure", {}, caption, input.canvas), draw };
}

// The map of layer `n`, counted from 1; in the last one a unit is chosen: {node, draw(side, rows, columns)}.
function createMap(model, n) {
  const map = cellCanvas({ class: "cb-canvas" }), { canvas } = map, caption = element("figcaption");
  const node = element("figure", {}, caption, canvas), isLast = () => n === model.get("layers").length;
  function draw(side, rows, columns) {
    caption.textContent = TEXT.map(n, side, isLast());
    canvas.setAttribute("role", isLast() ? "application" : "img");
    if (isLast()) canvas.setAttribute("tabindex", "0");
    else canvas.removeAttribute("tabindex");
    canvas.setAttribute("aria-label", isLast() ? TEXT.lastLabel(side) : TEXT.mapLabel(n, rows, columns));
    if (!map.begin(side, side)) return;
    const { ground, line } = groundAndLine(canvas), { context, cell } = map;
    for (let i = 0; i < side; i++) for (let j = 0; j < side; j++) {
      map.fill(i, j, inside(rows, i) && inside(columns, j) ? "#ffb000" : ground);
      context.strokeStyle = line;
      context.lineWidth = 1;
      context.strokeRect(j * cell + 0.5, i * cell + 0.5, cell, cell);
    }
  }
  canvas.addEventListener("pointerdown", (event) => { if (isLast()) moveTo(model, map.at(event).map(Math.floor)); });
  canvas.addEventListener("keydown", (event) => {
    const next = placeAfter(event.key, model.get("position"));
    if (!isLast() || !next) return;
    moveTo(model, next);
    event.preventDefault();
  });
  return { node, draw };
}

function render({ model, el }) {
  const controls = createControls(model), image = createImage(model), live = liveRegion();
  const maps = Array.from({ length: model.get("limits").most_layers }, (_, n) => createMap(model, n + 1));
  const result = element("p", { class: "cb-sum" }), credit = element("p", { class: "cb-credit" });
  const root = element("div", { class: "cnnbook" }, ...controls.nodes,
    element("div", { class: "cb-stage" }, image.node, element("div", { class: "cb-maps" }, ...maps.map((map) => map.node))),
    result, live, credit);

  function draw() {
    if (!el.isConnected) return;
    const layers = model.get("layers"), sides = sidesOf(sideOf(model), layers), [row, column] = model.get("position");
    const down = spansOf(sides[0], layers, row), across = spansOf(sides[0], layers, column), { size, steps } = fieldOf(layers);
    controls.show();
    image.draw(down[0], across[0]);
    maps.forEach((map, n) => {
      map.node.hidden = n >= layers.length;
      if (!map.node.hidden) map.draw(sides[n + 1], down[n + 1], across[n + 1]);
    });
    const sum = steps.map(([more, jump]) => `(${more + 1} − 1) · ${jump}`).join(" + ");
    result.replaceChildren(`1 + ${sum} = `, element("output", { class: "cb-total" }, String(size)), TEXT.pixels);
    live.textContent = TEXT.said(row, column, size, down[0], across[0]);
    credit.textContent = imageOf(model).credit;
  }
  const redraw = oncePerFrame(draw);
  const layersChanged = () => { moveTo(model, model.get("position")); redraw(); };
  const ends = [
    onChange(model, ["layers"], layersChanged), onChange(model, ["picture", "position"], redraw), watchSurroundings(root, redraw),
  ];
  el.replaceChildren(root);
  redraw();
  return () => { for (const end of ends) end(); };
}

export default { render };
