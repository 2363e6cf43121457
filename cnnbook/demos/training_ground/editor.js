// The network as a table that can be changed: insert, move, remove layers, and set what they take; beside each its shape and counts.
import { choice, element } from "../shared/dom.js";
import { formatNumber } from "../shared/numbers.js";
import { ruleField } from "./fields.js";
import { freshLayer } from "./rules.js";

const HEAD = ["layer", "settings", "output shape", "parameters", "multiply–accumulates", ""];
const button = (text, label, onclick) => element("button", { type: "button", "aria-label": label, title: label, onclick }, text);

// `change(layers)` is called with a new list; `complain(sentence)` with what is wrong with a field.
export function networkEditor({ rules, limits, change, complain }) {
  let layers = [], rows = [], built = null, focus = null; // `focus`: [row, name] of the button that gets it once the rows are made anew
  const body = element("tbody"), total = element("tr");
  const kind = choice("New layer", Object.keys(rules.layers).map((name) => [name, name]), () => {});
  const place = choice("Put it", [], () => {});
  kind.show("Conv2D");
  const insert = element("button", { type: "button", class: "cb-add", onclick: () => {
    if (layers.length >= limits.layers) {
      complain(`The network takes ${limits.layers} layers at most.`);
      return;
    }
    const at = Number(place.select.value);
    change([...layers.slice(0, at), freshLayer(rules, kind.select.value), ...layers.slice(at)]);
  } }, "Insert");
  const head = HEAD.map((title) => (title ? element("th", { scope: "col" }, title) : element("td")));
  const node = element("div", {},
    element("div", { class: "cb-wide", tabindex: "0", role: "region", "aria-label": "Table of layers" },
      element("table", { class: "cb-layers" }, element("caption", {}, "for one image of 8 × 8 pixels"),
        element("thead", {}, element("tr", {}, ...head)), body, element("tfoot", {}, total))),
    element("div", { class: "cb-controls" }, kind.node, place.node, insert));

  function move(from, to) {
    const others = layers.filter((_, k) => k !== from);
    focus = [to, to < from ? "up" : "down"];
    change([...others.slice(0, to), layers[from], ...others.slice(to)]);
  }

  function remove(n) {
    focus = [Math.min(n, layers.length - 2), "remove"];
    change(layers.filter((_, k) => k !== n));
  }

  // After the rows were made anew: the button that was pressed, its neighbour where it cannot be pressed any more.
  function giveFocus() {
    if (!focus) return;
    const [n, name] = focus, buttons = [...(body.rows[n]?.querySelectorAll("button") ?? [insert])];
    (buttons.find((made) => made.dataset.name === name && !made.disabled) ?? buttons.find((made) => !made.disabled))?.focus();
    focus = null;
  }

  function row(layer, n) {
    const name = `Layer ${n + 1}, ${layer.kind}`;
    const fields = Object.entries(rules.layers[layer.kind]).map(([setting, rule]) => ({
      setting, ...ruleField(rule, `${name}: ${setting}`, (value) => change(layers.map((old, k) => (k === n ? { ...old, [setting]: value } : old))), complain),
    }));
    const settings = element("td", {}, ...fields.map(({ setting, input }) => element("span", { class: "cb-setting" }, `${setting} `, input)));
    const cells = ["shape", "parameters", "macs"].map(() => element("td"));
    const buttons = [["up", "↑", "move up", () => move(n, n - 1)], ["down", "↓", "move down", () => move(n, n + 1)], ["remove", "×", "remove", () => remove(n)]]
      .map(([role, sign, what, action]) => {
        const made = button(sign, `${name}: ${what}`, action);
        made.dataset.name = role;
        made.disabled = (role === "up" && n === 0) || (role === "down" && n === layers.length - 1);
        return made;
      });
    const made = element("tr", {}, element("th", { scope: "row" }, layer.kind), settings, ...cells, element("td", { class: "cb-moves" }, ...buttons));
    return { node: made, fields, cells };
  }

  // `plan` is what engine/plan.js says of these layers.
  function show(next, plan) {
    layers = next;
    // Rows are made anew only when kinds change, so that a field keeps the focus while one types.
    const kinds = layers.map((layer) => layer.kind).join();
    if (kinds !== built) {
      built = kinds;
      rows = layers.map(row);
      body.replaceChildren(...rows.map((made) => made.node));
      const where = [["0", "first"], ...layers.map((layer, n) => [String(n + 1), `after ${n + 1}, ${layer.kind}`])];
      place.show(String(Math.max(0, layers.length - 1)), where);
      giveFocus();
    }
    rows.forEach(({ fields, cells }, n) => {
      for (const { setting, show: put } of fields) put(layers[n][setting]);
      const counted = plan.rows[n];
      cells[0].textContent = counted?.problem ?? counted?.shape.map(formatNumber).join(" × ") ?? "";
      cells[1].textContent = counted?.shape ? formatNumber(counted.parameters + counted.fixed) : "";
      cells[2].textContent = counted?.shape ? formatNumber(counted.macs) : "";
    });
    const sums = plan.problem ? ["", ""] : [formatNumber(plan.parameters + plan.fixed), formatNumber(plan.macs)];
    total.replaceChildren(element("th", { scope: "row" }, "total"), element("td"), element("td"), ...sums.map((text) => element("td", {}, text)), element("td"));
  }
  return { node, show };
}
