// ReceptiveField: choose a unit of the last feature map and see what it depends on in every map before it, down to the picture.

import { outputSize, zerosBefore } from "../shared/arithmetic.js";
import { cellCanvas, groundAndLine } from "../shared/canvas.js";
import { choice, element, oncePerFrame, onChange, watchSurroundings } from "../shared/dom.js";

const KERNELS = [1, 2, 3, 4, 5, 7], STRIDES = [1, 2, 3], MOST_LAYERS = 4;

function render({ model, el }) {
  const SIZE = model.get("pictures")[model.get("picture")].rgb.length;

  // ---- state ----
  const layers = () => model.get("layers");
  function sides() {
    const result = [SIZE];
    for (const [kernel, stride] of layers()) result.push(outputSize(result.at(-1), kernel, stride, "same"));
    return result;
  }
  // [first, last] along one axis in the picture and in each map, from one position in the last map.
  function spans(position) {
    let [first, last] = [position, position];
    const result = [[first, last]], all = sides();
    for (let n = layers().length - 1; n >= 0; n--) {
      const [kernel, stride] = layers()[n], before = zerosBefore(all[n], kernel, stride, "same");
      [first, last] = [first * stride - before, last * stride - before + kernel - 1];
      result.unshift([first, last]);
    }
    return result;
  }
  function change(traits) {
    for (const [name, value] of Object.entries(traits)) model.set(name, value);
    model.save_changes();
  }
  function moveTo(row, column) {
    const most = sides().at(-1) - 1;
    change({ position: [row, column].map((v) => Math.min(Math.max(v, 0), most)) });
  }
  const setLayer = (n, part, value) => change({ layers: layers().map((layer, i) => (i === n ? layer.with(part, Number(value)) : layer)) });

  // ---- elements ----
  const numbers = (values) => values.map((n) => [String(n), String(n)]);
  const pictureChoice = choice("Picture", [], (name) => change({ picture: name }));
  const countChoice = choice("Layers", numbers([1, 2, 3, 4]), (n) => {
    const grown = [...layers(), ...Array(MOST_LAYERS).fill([3, 1])];
    change({ layers: grown.slice(0, Number(n)) });
  });
  const layerChoices = Array.from({ length: MOST_LAYERS }, (_, n) => ({
    kernel: choice(`Kernel ${n + 1}`, numbers(KERNELS), (value) => setLayer(n, 0, value)),
    stride: choice(`Stride ${n + 1}`, numbers(STRIDES), (value) => setLayer(n, 1, value)),
  }));
  const input = cellCanvas({ class: "cb-canvas", role: "img" });
  const maps = Array.from({ length: MOST_LAYERS }, () => ({ canvas: cellCanvas({ class: "cb-canvas" }), caption: element("figcaption") }));
  const caption = element("figcaption"), result = element("p", { class: "cb-sum" }), live = element("p", { class: "cb-hidden", "aria-live": "polite" });
  const mapFigures = maps.map((map) => element("figure", {}, map.caption, map.canvas.canvas));
  const root = element("div", { class: "cnnbook" },
    element("div", { class: "cb-controls" }, pictureChoice.node, countChoice.node),
    element("div", { class: "cb-controls" }, ...layerChoices.flatMap((layer) => [layer.kernel.node, layer.stride.node])),
    element("div", { class: "cb-stage" }, element("figure", {}, caption, input.canvas), element("div", { class: "cb-maps" }, ...mapFigures)),
    result, live, element("p", { class: "cb-credit" }));

  // ---- drawing ----
  const inside = ([first, last], position) => position >= first && position <= last;
  function drawInput(rows, columns) {
    const pixels = model.get("pictures")[model.get("picture")].rgb;
    const beyond = Math.max(-rows[0], rows[1] - SIZE + 1, -columns[0], columns[1] - SIZE + 1, 0);
    caption.textContent = `picture, ${SIZE} × ${SIZE}; paled: what the unit does not see${beyond ? "; hatched: zeros it sees" : ""}`;
    if (!input.begin(SIZE + 2 * beyond, SIZE + 2 * beyond)) return;
    const { ground, line } = groundAndLine(root);
    for (let i = -beyond; i < SIZE + beyond; i++) for (let j = -beyond; j < SIZE + beyond; j++) {
      const seen = inside(rows, i) && inside(columns, j), pixel = pixels[i]?.[j];
      if (pixel) input.fill(i + beyond, j + beyond, `rgb(${pixel.map((v) => (seen ? v : 255 - (255 - v) * 0.3))})`);
      else if (seen) input.hatch(i + beyond, j + beyond, ground, line);
      else input.fill(i + beyond, j + beyond, ground);
    }
    input.outline(rows[0] + beyond, columns[0] + beyond, rows[1] - rows[0] + 1, columns[1] - columns[0] + 1);
    input.canvas.setAttribute("aria-label", `Picture with the field of the unit: rows ${rows[0] + 1} to ${rows[1] + 1}, columns ${columns[0] + 1} to ${columns[1] + 1}.`);
  }
  function drawMap(n, rows, columns) {
    const { canvas } = maps[n], side = sides()[n + 1], last = n === layers().length - 1;
    maps[n].caption.textContent = `map of layer ${n + 1}, ${side} × ${side}${last ? ": choose a unit" : ""}`;
    canvas.canvas.setAttribute("role", last ? "application" : "img");
    if (last) canvas.canvas.setAttribute("tabindex", "0");
    else canvas.canvas.removeAttribute("tabindex");
    canvas.canvas.setAttribute("aria-label", last
      ? `Last feature map, ${side} by ${side}. Arrow keys choose a unit.`
      : `Feature map ${n + 1}: the unit depends on rows ${rows[0] + 1} to ${rows[1] + 1}, columns ${columns[0] + 1} to ${columns[1] + 1}.`);
    if (!canvas.begin(side, side)) return;
    const { ground, line } = groundAndLine(root);
    for (let i = 0; i < side; i++) for (let j = 0; j < side; j++) {
      if (inside(rows, i) && inside(columns, j)) canvas.fill(i, j, "#ffb000");
      else canvas.fill(i, j, ground);
      canvas.context.strokeStyle = line;
      canvas.context.lineWidth = 1;
      canvas.context.strokeRect(j * canvas.cell + 0.5, i * canvas.cell + 0.5, canvas.cell, canvas.cell);
    }
  }
  function draw() {
    if (!el.isConnected) return;
    const [row, column] = model.get("position");
    const down = spans(row), across = spans(column);
    pictureChoice.show(model.get("picture"), Object.entries(model.get("pictures")).map(([name, p]) => [name, p.title]));
    countChoice.show(String(layers().length));
    layerChoices.forEach(({ kernel, stride }, n) => {
      kernel.node.hidden = stride.node.hidden = mapFigures[n].hidden = n >= layers().length;
      if (n < layers().length) {
        kernel.show(String(layers()[n][0]));
        stride.show(String(layers()[n][1]));
      }
    });
    drawInput(down[0], across[0]);
    layers().forEach((_, n) => drawMap(n, down[n + 1], across[n + 1]));
    let size = 1, jump = 1;
    const steps = layers().map(([kernel, stride]) => {
      const step = `(${kernel} − 1) · ${jump}`;
      size += (kernel - 1) * jump;
      jump *= stride;
      return step;
    });
    result.replaceChildren(`1 + ${steps.join(" + ")} = `, element("output", { class: "cb-total" }, String(size)), ` pixels along each axis`);
    live.textContent = `Row ${row + 1}, column ${column + 1}: sees ${size} by ${size} pixels, rows ${down[0][0] + 1} to ${down[0][1] + 1}, columns ${across[0][0] + 1} to ${across[0][1] + 1}.`;
    root.querySelector(".cb-credit").textContent = model.get("pictures")[model.get("picture")].credit;
  }
  const redraw = oncePerFrame(draw);

  // ---- events ----
  maps.forEach(({ canvas }, n) => {
    const isLast = () => n === layers().length - 1;
    canvas.canvas.addEventListener("pointerdown", (event) => { if (isLast()) moveTo(...canvas.at(event).map(Math.floor)); });
    canvas.canvas.addEventListener("keydown", (event) => {
      const [row, column] = model.get("position");
      const moves = { ArrowLeft: [row, column - 1], ArrowRight: [row, column + 1], ArrowUp: [row - 1, column], ArrowDown: [row + 1, column] };
      if (!isLast() || !moves[event.key]) return;
      moveTo(...moves[event.key]);
      event.preventDefault();
    });
  });
  const layersChanged = () => {
    moveTo(...model.get("position"));
    redraw();
  };
  const unlisten = [onChange(model, ["layers"], layersChanged), onChange(model, ["picture", "position"], redraw)];
  const unwatch = watchSurroundings(root, redraw);

  el.replaceChildren(root);
  redraw();
  return () => {
    unwatch();
    for (const end of unlisten) end();
  };
}

export default { render };
