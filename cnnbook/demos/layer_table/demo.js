// LayerTable: an editable network, with the shape, parameters and multiply–accumulates of each layer and how they are worked out.

import { button, element, liveRegion, oncePerFrame, tableHead } from "../shared/dom.js";
import { asChoices, choice, labelled, numberField, warnings, wholeFrom } from "../shared/fields.js";
import { change, onChange, replaced } from "../shared/model.js";
import { formatCount, formatNumber, sides } from "../shared/numbers.js";
import { countLayers } from "./counts.js";

const FRESH = { filters: 32, kernel: 3, stride: 1, padding: "same", units: 10 }; // of a new layer
const TEXT = {
  head: ["layer", "settings", "output shape", "parameters", "multiply–accumulates", ""],
  caption: "for one image", table: "Table of layers", total: "total",
  sides: ["Height", "Width", "Channels"], sideNames: ["input height", "input width", "input channels"],
  newLayer: "New layer", add: "Add", full: (most) => `The table takes ${most} layers at most.`,
  setting: (i, name) => `layer ${i + 1}, ${name}`, padding: "padding", remove: (i, kind) => `Remove layer ${i + 1}, ${kind}`,
  said: (count, parameters, macs) => `${count} layers: ${parameters} parameters, ${macs} multiply–accumulates.`,
};

// One layer's row: {node, show(counted), drop()}.
function createRow(model, layer, i, warn) {
  const layers = () => model.get("layers"), { numbers, most, paddings } = model.get("limits");
  const set = (name, value) => change(model, { layers: layers().map((old, k) => (k === i ? { ...old, [name]: value } : old)) });
  const fields = numbers[layer.kind].map((name) => ({ name, field: numberField({
    name: TEXT.setting(i, name), range: wholeFrom(1, most), warn, attributes: { "aria-label": TEXT.setting(i, name) },
    read: () => layers()[i][name], write: (value) => set(name, value),
  }) }));
  const settings = element("td", {}, ...fields.map(({ name, field }) => element("span", { class: "cb-setting" }, `${name} `, field.input)));
  let padding = null;
  if (layer.kind === "Conv2D") {
    padding = element("select", { "aria-label": TEXT.setting(i, TEXT.padding), onchange: () => set("padding", padding.value) },
      ...paddings.map((name) => element("option", { value: name }, name)));
    settings.append(element("span", { class: "cb-setting" }, padding));
  }
  const cells = ["shape", "parameters", "macs"].map(() => element("td"));
  const removeIt = () => change(model, { layers: layers().filter((_, k) => k !== i) });
  const remove = button("×", removeIt, { "aria-label": TEXT.remove(i, layer.kind) });
  function show(counted) {
    for (const { field } of fields) field.show();
    if (padding) padding.value = layers()[i].padding;
    if (!counted || counted.problem) {
      cells[0].textContent = counted?.problem ?? "";
      cells[1].textContent = cells[2].textContent = "";
      return;
    }
    cells[0].textContent = sides(counted.shape.map(formatNumber));
    cells[1].replaceChildren(...withHow(counted.parameters, counted.how));
    cells[2].replaceChildren(...withHow(counted.macs, counted.macsHow));
  }
  const node = element("tr", {}, element("th", { scope: "row" }, layer.kind), settings, ...cells, element("td", {}, remove));
  return { node, show, drop() { for (const { field } of fields) field.drop(); } };
}

const withHow = (value, how) =>
  [element("span", { class: "cb-value" }, formatCount(value)), ...(how ? [element("small", {}, how)] : [])];

// The table: {node, draw()}, which also returns what a screen reader is told.
function createTable(model, warn) {
  const body = element("tbody"), total = element("tr");
  const node = element("div", { class: "cb-wide", tabindex: "0", role: "region", "aria-label": TEXT.table },
    element("table", { class: "cb-layers" }, element("caption", {}, TEXT.caption), tableHead(TEXT.head), body,
      element("tfoot", {}, total)));
  let rows = [], built = "";
  // Rows are rebuilt only when kinds change, so that a field keeps the focus while one types.
  function build() {
    const kinds = model.get("layers").map((layer) => layer.kind).join();
    if (kinds === built) return;
    built = kinds;
    for (const row of rows) row.drop();
    rows = model.get("layers").map((layer, i) => createRow(model, layer, i, warn));
    body.replaceChildren(...rows.map((row) => row.node));
  }
  function draw() {
    build();
    const counted = countLayers(model.get("input_shape"), model.get("layers"));
    const [parameters, macs] = [counted.parameters, counted.macs].map(formatCount);
    rows.forEach((row, i) => row.show(counted.rows[i]));
    const sums = counted.problem ? ["", "", ""] : ["", parameters, macs];
    total.replaceChildren(element("th", { scope: "row" }, TEXT.total),
      ...["", ...sums, ""].map((text) => element("td", {}, text)));
    return counted.problem || TEXT.said(rows.length, parameters, macs);
  }
  return { node, draw };
}

function createShapeFields(model, warn) {
  const shape = () => model.get("input_shape");
  return TEXT.sideNames.map((name, axis) => numberField({
    name, range: wholeFrom(1, model.get("limits").most), warn, attributes: { "aria-label": name },
    read: () => shape()[axis], write: (value) => change(model, { input_shape: replaced(shape(), axis, value) }),
  }));
}

// Choose a kind of layer and add one of it at the end.
function createAdder(model, refuse) {
  const { numbers, most_layers: most } = model.get("limits");
  function fresh(kind) {
    const names = kind === "Conv2D" ? [...numbers[kind], "padding"] : numbers[kind];
    return { kind, ...Object.fromEntries(names.map((name) => [name, FRESH[name]])) };
  }
  const kinds = choice(TEXT.newLayer, asChoices(Object.keys(numbers)), () => {});
  kinds.show("Conv2D");
  const add = button(TEXT.add, () => {
    const layers = model.get("layers");
    if (layers.length < most) change(model, { layers: [...layers, fresh(kinds.select.value)] });
    else refuse(TEXT.full(most));
  }, { class: "cb-add" });
  return element("div", { class: "cb-controls" }, kinds.node, add);
}

function render({ model, el }) {
  const { node: complaint, warn, refuse } = warnings(), live = liveRegion(), shapeFields = createShapeFields(model, warn);
  const table = createTable(model, warn);
  const root = element("div", { class: "cnnbook" },
    element("div", { class: "cb-controls" }, ...shapeFields.map((field, axis) => labelled(TEXT.sides[axis], field.input))),
    table.node, createAdder(model, refuse), complaint, live);
  function draw() {
    if (!el.isConnected) return;
    for (const field of shapeFields) field.show();
    live.textContent = table.draw();
  }
  const redraw = oncePerFrame(draw), unlisten = onChange(model, ["layers", "input_shape"], redraw);
  el.replaceChildren(root);
  redraw();
  return unlisten;
}

export default { render };
