// ReceptiveField: choose a unit of the last feature map and see what it depends on in every map before it, down to the image.

import { cellCanvas, groundAndLine } from "../shared/canvas.js";
import { element, liveRegion, oncePerFrame, watchSurroundings } from "../shared/dom.js";
import { asChoices, choice } from "../shared/fields.js";
import { change, onChange, replaced } from "../shared/model.js";
import { formatNumber } from "../shared/numbers.js";
import { intoMap, placeAfter } from "../shared/places.js";
import { fieldOf, sidesOf, spansOf, unitAt } from "./spans.js";

const NEW_LAYER = [3, 1]; // kernel and stride
const MOST_ZEROS = 16; // rows and columns of them that are drawn on each side of the image, however many a unit sees
const FEW_MAPS = 4; // that stand beside the image; more stand beneath it
const SEEN = "#ffb000"; // what the unit depends on in a map
const TEXT = {
  image: "Image", layers: "Layers", kernel: (n) => `Kernel ${n}`, stride: (n) => `Stride ${n}`,
  caption: (side, zeros, more) => `image, ${side}\u00a0×\u00a0${side}; faded: what the unit does not see` +
    (zeros ? `; hatched: the padding it sees${more ? ", which goes on beyond the edge" : ""}` : ""),
  imageLabel: ([top, bottom], [left, right]) =>
    `Image with the receptive field of the unit: rows ${top + 1} to ${bottom + 1}, columns ${left + 1} to ${right + 1}.`,
  map: (n, side, last) => `map of layer ${n}, ${side}\u00a0×\u00a0${side}${last ? ": choose a unit" : ""}`,
  hint: "You can also choose a place in the image or in another map: this selects the unit of the last map that is centred nearest to it.",
  lastLabel: (side) => `Last feature map, ${side} by ${side}. Arrow keys choose a unit.`,
  mapLabel: (n, [top, bottom], [left, right]) =>
    `Feature map ${n}: the unit depends on rows ${top + 1} to ${bottom + 1}, columns ${left + 1} to ${right + 1}.`,
  pixels: " pixels along each axis",
  said: (row, column, size, [top, bottom], [left, right]) =>
    `Row ${row + 1}, column ${column + 1}: this unit sees ${size} by ${size} pixels, ` +
    `rows ${top + 1} to ${bottom + 1}, columns ${left + 1} to ${right + 1}.`,
};

const inside = ([first, last], position) => position >= first && position <= last;
const imageOf = (model) => model.get("pictures")[model.get("picture")];
const sideOf = (model) => imageOf(model).rgb.length;

function moveTo(model, place) {
  const last = sidesOf(sideOf(model), model.get("layers")).at(-1);
  change(model, { position: intoMap(place, last, last) });
}

// Choose the unit that sees this place of map `n`; 0 is the image.
const chooseAt = (model, n, place) => moveTo(model, place.map((at) => unitAt(sideOf(model), model.get("layers"), n, at)));

// The choices of image and layers: {nodes, show()}.
function createControls(model) {
  const { kernels, strides, most_layers: most } = model.get("limits"), layers = () => model.get("layers");
  const setLayer = (n, part, value) => change(model, { layers: replaced(layers(), n, replaced(layers()[n], part, Number(value))) });
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

// The image, in which everything is faded except what the unit sees: {node, draw(rows, columns)}.
function createImage(model) {
  const input = cellCanvas({ class: "cb-canvas cb-choosable", role: "img" }), caption = element("figcaption");
  let zeros = 0; // rows and columns of them that are drawn on each side
  function draw(rows, columns) {
    const pixels = imageOf(model).rgb, side = sideOf(model);
    const beyond = Math.max(-rows[0], rows[1] - side + 1, -columns[0], columns[1] - side + 1, 0);
    zeros = Math.min(beyond, MOST_ZEROS);
    caption.textContent = TEXT.caption(side, beyond, beyond > zeros);
    input.canvas.setAttribute("aria-label", TEXT.imageLabel(rows, columns));
    if (!input.begin(side + 2 * zeros, side + 2 * zeros)) return;
    const { ground, line } = groundAndLine(input.canvas);
    for (let i = -zeros; i < side + zeros; i++) for (let j = -zeros; j < side + zeros; j++) {
      const seen = inside(rows, i) && inside(columns, j), pixel = pixels[i]?.[j];
      if (pixel) input.fill(i + zeros, j + zeros, `rgb(${pixel.map((v) => Math.round(seen ? v : 255 - (255 - v) * 0.3))})`);
      else if (seen) input.hatch(i + zeros, j + zeros, ground, line);
      else input.fill(i + zeros, j + zeros, ground);
    }
    input.outline(rows[0] + zeros, columns[0] + zeros, rows[1] - rows[0] + 1, columns[1] - columns[0] + 1);
  }
  input.canvas.addEventListener("click", (event) => chooseAt(model, 0, input.at(event).map((place) => Math.floor(place) - zeros)));
  return { node: element("figure", {}, caption, input.canvas), draw };
}

// The map of layer `n`, counted from 1; the keys move the unit in the last one: {node, draw(side, rows, columns)}.
function createMap(model, n) {
  const map = cellCanvas({ class: "cb-canvas cb-choosable" }, { lines: true }), { canvas } = map, caption = element("figcaption");
  const node = element("figure", {}, caption, canvas), isLast = () => n === model.get("layers").length;
  function draw(side, rows, columns) {
    caption.textContent = TEXT.map(n, side, isLast());
    canvas.setAttribute("role", isLast() ? "application" : "img");
    if (isLast()) canvas.setAttribute("tabindex", "0");
    else canvas.removeAttribute("tabindex");
    canvas.setAttribute("aria-label", isLast() ? TEXT.lastLabel(side) : TEXT.mapLabel(n, rows, columns));
    if (!map.begin(side, side)) return;
    const { ground } = groundAndLine(canvas);
    for (let i = 0; i < side; i++) for (let j = 0; j < side; j++) {
      map.fill(i, j, inside(rows, i) && inside(columns, j) ? SEEN : ground);
    }
  }
  canvas.addEventListener("click", (event) => chooseAt(model, n, map.at(event).map(Math.floor)));
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
  const stage = element("div", { class: "cb-stage" }, image.node, element("div", { class: "cb-maps" }, ...maps.map((map) => map.node)));
  const root = element("div", { class: "cnnbook cb-receptive" }, ...controls.nodes, stage, element("p", { class: "cb-scale" }, TEXT.hint),
    result, live, credit);

  function draw() {
    if (!el.isConnected) return;
    const layers = model.get("layers"), sides = sidesOf(sideOf(model), layers), [row, column] = model.get("position");
    const down = spansOf(sides[0], layers, row), across = spansOf(sides[0], layers, column), { size, steps } = fieldOf(layers);
    controls.show();
    stage.classList.toggle("cb-many", layers.length > FEW_MAPS);
    maps.forEach((map, n) => { map.node.hidden = n >= layers.length; });
    image.draw(down[0], across[0]);
    layers.forEach((_, n) => maps[n].draw(sides[n + 1], down[n + 1], across[n + 1]));
    const sum = steps.map(([more, jump]) => `(${more + 1} − 1) · ${formatNumber(jump)}`).join(" + ");
    result.replaceChildren(`1 + ${sum} = `, element("output", { class: "cb-total" }, formatNumber(size)), TEXT.pixels);
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
