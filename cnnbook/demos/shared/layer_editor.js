// A network as a table that can be changed: insert, move, remove layers, and set what they take; beside each its shape and counts.

import { button, element, tableHead } from "./dom.js";
import { asChoices, choice } from "./fields.js";
import { formatCount, formatNumber, sides } from "./numbers.js";
import { freshLayer, settingField } from "./settings.js";

const TEXT = {
  head: ["layer", "settings", "output shape", "parameters", "multiply–accumulates"],
  table: "Table of layers", total: "total",
  newLayer: "New layer", place: "Put it", first: "first", after: (n, kind) => `after ${n}, ${kind}`, insert: "Insert",
  full: (most) => `The network can have at most ${most} layers.`,
  layer: (n, kind) => `Layer ${n}, ${kind}`, action: (layer, what) => `${layer}: ${what}`,
};
const ACTIONS = [["up", "↑", "move up"], ["down", "↓", "move down"], ["remove", "×", "remove"]];

// What the buttons of a row do to the list of layers; the place at which the same button is to be found afterwards.
function moved(layers, n, action) {
  const others = layers.filter((_, k) => k !== n);
  if (action === "remove") return { layers: others, place: Math.min(n, others.length - 1) };
  const place = action === "up" ? n - 1 : n + 1;
  return { layers: [...others.slice(0, place), layers[n], ...others.slice(place)], place };
}

// A count, and how it is worked out where that is said.
const withHow = (count, how) =>
  [element("span", { class: "cb-value" }, formatCount(count)), ...(how ? [element("small", {}, how)] : [])];

// One row: {node, show(counted), drop()}. `list` gives the layers, `act(n, action)` moves or removes one.
function createRow({ kinds, list, change, warn, act }, n) {
  const { kind } = list()[n], name = TEXT.layer(n + 1, kind);
  const write = (setting) => (value) => change(list().map((old, k) => (k === n ? { ...old, [setting]: value } : old)));
  const fields = Object.entries(kinds[kind]).map(([setting, rule]) => ({
    setting, field: settingField({ name: TEXT.action(name, setting), rule, read: () => list()[n][setting], write: write(setting), warn }),
  }));
  const settings = fields.map(({ setting, field }) => element("span", { class: "cb-setting" }, `${setting} `, field.input));
  const cells = ["shape", "parameters", "macs"].map(() => element("td"));
  const buttons = ACTIONS.map(([action, sign, what]) => button(sign, () => act(n, action), {
    "aria-label": TEXT.action(name, what), "data-action": action,
    disabled: (action === "up" && n === 0) || (action === "down" && n === list().length - 1),
  }));
  function show(counted) {
    for (const { field } of fields) field.show();
    cells[0].textContent = counted?.problem ?? (counted ? sides(counted.shape.map(formatNumber)) : "");
    cells[1].replaceChildren(...(counted?.shape ? withHow(counted.parameters + counted.fixed, counted.how) : []));
    cells[2].replaceChildren(...(counted?.shape ? withHow(counted.macs, counted.macsHow) : []));
  }
  const about = element("td", {}, ...settings, element("div", { class: "cb-moves" }, ...buttons)); // there a phone shows them, too
  const node = element("tr", {}, element("th", { scope: "row" }, kind), about, ...cells);
  return { node, show, drop() { for (const { field } of fields) field.drop(); } };
}

// Choose a kind and a place, and insert a layer: {node, show(layers), focus()}.
function createInserter({ kinds, most, list, change, refuse }) {
  const kind = choice(TEXT.newLayer, asChoices(Object.keys(kinds)), () => {}), place = choice(TEXT.place, [], () => {});
  kind.show(Object.keys(kinds)[0]);
  const insert = button(TEXT.insert, () => {
    const at = Number(place.select.value);
    if (list().length >= most) refuse(TEXT.full(most));
    else change([...list().slice(0, at), freshLayer(kinds, kind.select.value), ...list().slice(at)]);
  }, { class: "cb-add" });
  function show(layers) {
    const places = layers.map((layer, n) => [String(n + 1), TEXT.after(n + 1, layer.kind)]);
    place.show(String(Math.max(0, layers.length - 1)), [["0", TEXT.first], ...places]);
  }
  return { node: element("div", { class: "cb-controls" }, kind.node, place.node, insert), show, focus: () => insert.focus() };
}

// {node, show(plan)}: `kinds` are the rules of the settings of each kind of layer, `most` is how many layers there may be, `list()` gives
// the layers and `change(layers)` gets others. `plan` has the sums of all counts, or `problem`, and in its rows {shape, parameters, fixed,
// macs} or {problem} of each layer, or null for one that was not counted. Counts are numbers or BigInts; `how` and `macsHow` may say how
// they are worked out.
export function layerEditor({ kinds, most, caption, list, change, warn, refuse }) {
  const body = element("tbody"), total = element("tr"), inserter = createInserter({ kinds, most, list, change, refuse });
  const table = element("table", { class: "cb-layers" }, element("caption", {}, caption), tableHead(TEXT.head), body,
    element("tfoot", {}, total));
  const wide = element("div", { class: "cb-wide", tabindex: "0", role: "region", "aria-label": TEXT.table }, table);
  const node = element("div", {}, wide, inserter.node);
  let rows = [], built = null, focus = null; // `focus`: {place, action} of the button that gets it once the rows are made anew
  function act(n, action) {
    const { layers, place } = moved(list(), n, action);
    focus = { place, action };
    change(layers);
  }
  function giveFocus() {
    const buttons = [...(body.rows[focus.place]?.querySelectorAll("button") ?? [])].filter((made) => !made.disabled);
    const wanted = buttons.find((made) => made.dataset.action === focus.action) ?? buttons[0];
    if (wanted) wanted.focus();
    else inserter.focus();
    focus = null;
  }
  // Rows are made anew only when kinds change, so that a field keeps the focus while one types.
  function build() {
    const now = list().map((layer) => layer.kind).join();
    if (now === built) return;
    built = now;
    for (const row of rows) row.drop();
    rows = list().map((layer, n) => createRow({ kinds, list, change, warn, act }, n));
    body.replaceChildren(...rows.map((row) => row.node));
    inserter.show(list());
  }
  function show(plan) {
    build();
    rows.forEach((row, n) => row.show(plan.rows[n]));
    const sums = plan.problem ? ["", ""] : [formatCount(plan.parameters + plan.fixed), formatCount(plan.macs)];
    total.replaceChildren(element("th", { scope: "row" }, TEXT.total), ...["", "", ...sums].map((text) => element("td", {}, text)));
    if (focus) giveFocus();
  }
  return { node, show };
}
