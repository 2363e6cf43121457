// The numbers of one cell: patch × filter = products, a line for each channel, and their sum.

import { inkOn } from "../shared/canvas.js";
import { element } from "../shared/dom.js";
import { numberField, numberFrom } from "../shared/fields.js";
import { change } from "../shared/model.js";
import { formatNumber } from "../shared/numbers.js";
import { imageOf } from "./walk.js";

const TEXT = {
  channels: { grey: [""], rgb: ["red", "green", "blue"] },
  patch: "patch", filter: "filter", products: "products",
  aWeight: "A weight",
  weight: (of, i, j) => `filter${of}, row ${i + 1}, column ${j + 1}`,
  sum: (value) => `sum ${value}`,
  bias: (value) => ` + bias ${value} = `,
};

const times = (n, make) => Array.from({ length: n }, (_, i) => make(i));

function grid(caption, size, makeCell) {
  const cells = times(size, (i) => times(size, (j) => makeCell(i, j)));
  const body = element("tbody", {}, ...cells.map((line) => element("tr", {}, ...line)));
  return { cells, node: element("table", {}, element("caption", {}, caption), body) };
}

// The tables of all channels; a weight is changed by typing, and `warn` says what it does not take.
export function createTables(model, warn) {
  const node = element("div", { class: "cb-arithmetic" }), sum = element("p", { class: "cb-sum" });
  const { kernel_size: size, most } = model.get("limits"), range = numberFrom(-most, most);
  let tables = [];

  function setWeight(i, j, c, value) {
    const kernel = model.get("kernel").map((line) => line.map((weights) => [...weights]));
    kernel[i][j][c] = value;
    change(model, { kernel, filter: "custom" });
  }
  function channelTables(name, c) {
    const of = name && ` ${name}`, plain = () => element("td");
    const fields = times(size, (i) => times(size, (j) => numberField({
      name: TEXT.aWeight, range, warn, attributes: { "aria-label": TEXT.weight(of, i, j) },
      read: () => Math.round(model.get("kernel")[i][j][c] * 1000) / 1000, write: (value) => setWeight(i, j, c, value),
    })));
    return {
      fields: fields.flat(),
      patch: grid(TEXT.patch + of, size, plain),
      filter: grid(TEXT.filter, size, (i, j) => element("td", {}, fields[i][j].input)),
      products: grid(TEXT.products, size, plain),
    };
  }
  // Built once per number of channels, so that an input keeps the focus while one types.
  function build() {
    const names = TEXT.channels[model.get("colour")];
    if (tables.length === names.length) return;
    for (const field of tables.flatMap((table) => table.fields)) field.drop();
    tables = names.map(channelTables);
    const sign = (text) => element("span", { class: "cb-sign", "aria-hidden": "true" }, text);
    node.replaceChildren(...tables.map((table) =>
      element("div", { class: "cb-line" }, table.patch.node, sign("×"), table.filter.node, sign("="), table.products.node)));
  }
  function showChannel(table, cell, c) {
    const pixels = imageOf(model), grey = model.get("colour") === "grey";
    for (let i = 0; i < size; i++) for (let j = 0; j < size; j++) {
      const value = cell.patches[c][i][j], rgb = [0, 1, 2].map((k) => (grey || k === c ? value : 0));
      const inside = pixels[cell.top + i]?.[cell.left + j] !== undefined, patch = table.patch.cells[i][j];
      patch.textContent = formatNumber(value);
      patch.className = inside ? "" : "cb-zero";
      patch.style.background = inside ? `rgb(${rgb})` : "";
      patch.style.color = inside ? inkOn(rgb) : "";
      table.products.cells[i][j].textContent = formatNumber(cell.products[c][i][j]);
    }
    for (const field of table.fields) field.show();
  }
  // Show one cell's arithmetic; returns the sums in words.
  function show(cell) {
    build();
    tables.forEach((table, c) => showChannel(table, cell, c));
    const sums = cell.sums.map(formatNumber);
    const parts = sums.length > 1 ? sums.map((text, c) => `${TEXT.channels.rgb[c]} ${text}`).join(" + ") : TEXT.sum(sums[0]);
    const total = element("output", { class: "cb-total" }, formatNumber(cell.total));
    sum.replaceChildren(parts + TEXT.bias(formatNumber(model.get("bias"))), total);
    return parts;
  }
  // Weights that were being typed give way to those of a filter that was chosen.
  const giveWay = () => { for (const field of tables.flatMap((table) => table.fields)) field.show(true); };
  return { node, sum, show, giveWay };
}
