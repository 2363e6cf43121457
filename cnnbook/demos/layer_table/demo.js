// LayerTable: an editable network, with the shape, parameters and multiply–accumulates of each layer and how they are worked out.

import { outputSize } from "../shared/arithmetic.js";
import { choice, element, labelled, oncePerFrame, onChange } from "../shared/dom.js";
import { formatNumber } from "../shared/numbers.js";

const FIELDS = { Conv2D: ["filters", "kernel", "stride"], Dense: ["units"], BatchNormalization: [], Flatten: [] };
const FRESH = { filters: 32, kernel: 3, stride: 1, padding: "same", units: 10 };
const MOST_LAYERS = 12, MOST = 4096;

// What a layer makes of a shape: {shape, parameters, how, macs, macsHow}, or {problem}.
function countLayer(layer, shape) {
  const n = (value) => formatNumber(value);
  if (layer.kind === "Conv2D") {
    if (shape.length !== 3) return { problem: "Conv2D takes height × width × channels: put it before Flatten." };
    const { filters, kernel, stride, padding } = layer, channels = shape[2];
    if (padding === "valid" && kernel > Math.min(shape[0], shape[1])) return { problem: `A ${kernel} × ${kernel} filter does not fit into ${shape[0]} × ${shape[1]} without padding.` };
    const [height, width] = [shape[0], shape[1]].map((side) => outputSize(side, kernel, stride, padding));
    const weights = kernel * kernel * channels;
    return {
      shape: [height, width, filters],
      parameters: (weights + 1) * filters, how: `(${kernel} · ${kernel} · ${n(channels)} + 1) · ${n(filters)}`,
      macs: height * width * weights * filters, macsHow: `${n(height)} · ${n(width)} · ${kernel} · ${kernel} · ${n(channels)} · ${n(filters)}`,
    };
  }
  if (layer.kind === "Dense") {
    if (shape.length !== 1) return { problem: "Dense takes one row of numbers: put Flatten before it." };
    return { shape: [layer.units], parameters: (shape[0] + 1) * layer.units, how: `(${n(shape[0])} + 1) · ${n(layer.units)}`, macs: shape[0] * layer.units, macsHow: `${n(shape[0])} · ${n(layer.units)}` };
  }
  if (layer.kind === "BatchNormalization") {
    const channels = shape.at(-1);
    return { shape, parameters: 4 * channels, how: `2 · ${n(channels)} trained + 2 · ${n(channels)} kept`, macs: 0, macsHow: "" };
  }
  return { shape: [shape.reduce((a, b) => a * b, 1)], parameters: 0, how: "", macs: 0, macsHow: "" };
}

function render({ model, el }) {
  const layers = () => model.get("layers");
  function change(traits) {
    for (const [name, value] of Object.entries(traits)) model.set(name, value);
    model.save_changes();
  }
  const setLayer = (i, layer) => change({ layers: layers().map((old, k) => (k === i ? layer : old)) });
  const fresh = (kind) => {
    const fields = kind === "Conv2D" ? [...FIELDS.Conv2D, "padding"] : FIELDS[kind];
    return { kind, ...Object.fromEntries(fields.map((field) => [field, FRESH[field]])) };
  };

  const complaint = element("p", { class: "cb-complaint", role: "alert" });
  const live = element("p", { class: "cb-hidden", "aria-live": "polite" });
  const body = element("tbody"), total = element("tr");
  const shapeInputs = ["height", "width", "channels"].map((name, axis) => wholeNumber(`input ${name}`, () => model.get("input_shape")[axis],
    (value) => change({ input_shape: model.get("input_shape").map((old, k) => (k === axis ? value : old)) })));
  const addChoice = choice("New layer", Object.keys(FIELDS).map((kind) => [kind, kind]), () => {});
  addChoice.show("Conv2D");
  const add = element("button", { type: "button", class: "cb-add", onclick: () => {
    if (layers().length < MOST_LAYERS) change({ layers: [...layers(), fresh(addChoice.select.value)] });
    else complaint.textContent = `The table takes ${MOST_LAYERS} layers at most.`;
  } }, "Add");
  const head = ["layer", "settings", "output shape", "parameters", "multiply–accumulates", ""].map((title) => (title ? element("th", { scope: "col" }, title) : element("td")));
  const scroller = element("div", { class: "cb-wide", tabindex: "0", role: "region", "aria-label": "Table of layers" },
    element("table", { class: "cb-layers" }, element("caption", {}, "for one image"), element("thead", {}, element("tr", {}, ...head)), body, element("tfoot", {}, total)));
  const root = element("div", { class: "cnnbook" },
    element("div", { class: "cb-controls" }, ...shapeInputs.map((field, axis) => labelled(["Height", "Width", "Channels"][axis], field.input))),
    scroller,
    element("div", { class: "cb-controls" }, addChoice.node, add),
    complaint, live);

  // A field for a whole number from 1 to MOST; anything else is said to be wrong and changes nothing.
  function wholeNumber(name, read, write) {
    const input = element("input", { type: "number", min: "1", max: String(MOST), step: "1", "aria-label": name, oninput: () => {
      const value = input.valueAsNumber, good = Number.isInteger(value) && value >= 1 && value <= MOST;
      input.setAttribute("aria-invalid", String(!good));
      complaint.textContent = good ? "" : `${name} takes a whole number from 1 to ${MOST}. The last valid one still counts.`;
      if (good) write(value);
    } });
    return { input, show() { if (document.activeElement !== input) { input.value = read(); input.removeAttribute("aria-invalid"); } } };
  }

  // Rows are rebuilt only when kinds change, so that a field keeps the focus while one types.
  let rows = [], built = "";
  function buildRows() {
    const kinds = layers().map((layer) => layer.kind).join();
    if (kinds === built) return;
    built = kinds;
    rows = layers().map((layer, i) => {
      const fields = FIELDS[layer.kind].map((field) => ({ field, ...wholeNumber(`layer ${i + 1}, ${field}`, () => layers()[i][field], (value) => setLayer(i, { ...layers()[i], [field]: value })) }));
      const settings = element("td", {}, ...fields.map(({ field, input }) => element("span", { class: "cb-setting" }, `${field} `, input)));
      let padding = null;
      if (layer.kind === "Conv2D") {
        padding = element("select", { "aria-label": `layer ${i + 1}, padding`, onchange: () => setLayer(i, { ...layers()[i], padding: padding.value }) },
          ...["same", "valid"].map((name) => element("option", { value: name }, name)));
        settings.append(element("span", { class: "cb-setting" }, padding));
      }
      const cells = ["shape", "parameters", "macs"].map(() => element("td"));
      const remove = element("button", { type: "button", "aria-label": `Remove layer ${i + 1}, ${layer.kind}`, onclick: () => change({ layers: layers().filter((_, k) => k !== i) }) }, "×");
      const node = element("tr", {}, element("th", { scope: "row" }, layer.kind), settings, ...cells, element("td", {}, remove));
      return { node, fields, padding, cells };
    });
    body.replaceChildren(...rows.map((row) => row.node));
  }
  const withHow = (value, how) => [element("span", { class: "cb-value" }, formatNumber(value)), ...(how ? [element("small", {}, how)] : [])];

  function draw() {
    if (!el.isConnected) return;
    buildRows();
    shapeInputs.forEach((field) => field.show());
    let shape = model.get("input_shape"), parameters = 0, macs = 0, problem = "";
    rows.forEach((row, i) => {
      row.fields.forEach((field) => field.show());
      if (row.padding) row.padding.value = layers()[i].padding;
      const counted = problem ? null : countLayer(layers()[i], shape);
      if (counted?.problem) problem = counted.problem;
      if (!counted || counted.problem) {
        row.cells[0].textContent = counted?.problem ?? "";
        row.cells[1].textContent = row.cells[2].textContent = "";
        return;
      }
      shape = counted.shape;
      parameters += counted.parameters;
      macs += counted.macs;
      row.cells[0].textContent = shape.map(formatNumber).join(" × ");
      row.cells[1].replaceChildren(...withHow(counted.parameters, counted.how));
      row.cells[2].replaceChildren(...withHow(counted.macs, counted.macsHow));
    });
    const sums = problem ? ["", "", ""] : ["", formatNumber(parameters), formatNumber(macs)];
    total.replaceChildren(element("th", { scope: "row" }, "total"), element("td"), ...sums.map((text) => element("td", {}, text)), element("td"));
    live.textContent = problem || `${layers().length} layers: ${formatNumber(parameters)} parameters, ${formatNumber(macs)} multiply–accumulates.`;
  }
  const redraw = oncePerFrame(draw);
  const unlisten = onChange(model, ["layers", "input_shape"], redraw);
  el.replaceChildren(root);
  redraw();
  return unlisten;
}

export default { render };
