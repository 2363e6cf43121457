// The parts of the network as tables: every number, and the error that has come back to it.

import { element } from "../shared/dom.js";
import { change } from "../shared/model.js";
import { formatNumber, upTo } from "../shared/numbers.js";
import { intoMap, placeAfter } from "../shared/places.js";
import { sourcesOf } from "./story.js";

export const TITLES = {
  image: "image", kernel: "filter", bias: "its bias", sums: "sums", map: "after ReLU", pooled: "pooled", weights: "dense weights",
  biases: "biases", logits: "logits", probabilities: "probabilities", loss: "loss",
};
const TEXT = {
  grid: (title) => `${title}. Arrow keys choose a number.`,
  error: (error) => `← ${error}`, numberAndError: (value, error) => `${value}, error ${error}`,
};

// One part's table; `select(place)` chooses a number of it: {node, cells}.
function createTable(model, part, values, isChangeable, select) {
  const cells = values.map((line, row) => line.map((_, column) => {
    const value = element("span"), error = element("small");
    return { value, error, node: element("td", { role: "gridcell", onclick: () => select([row, column]) }, value, error) };
  }));
  const rows = cells.map((line) => element("tr", { role: "row" }, ...line.map((cell) => cell.node)));
  const table = element("table", { role: "grid", "aria-label": TEXT.grid(TITLES[part]) }, element("tbody", { role: "rowgroup" }, ...rows));
  table.addEventListener("keydown", (event) => {
    const next = placeAfter(event.key, model.get("position"), cells[0].length);
    if (!next) return;
    select(next);
    event.preventDefault();
  });
  const node = element("figure", { class: isChangeable ? "cb-changeable" : "" }, element("figcaption", {}, TITLES[part]), table);
  return { node, cells };
}

// Tables of all `parts`: {node, draw(parts, errors, chosen, arrived)}, where `arrived(part)` says whether the error has come there.
export function createTables(model, parts, changeable) {
  const tables = {};
  for (const part of Object.keys(TITLES)) {
    tables[part] = createTable(model, part, parts[part], changeable.includes(part), (place) => select(part, place));
  }
  function select(part, place) {
    const { cells } = tables[part], [row, column] = intoMap(place, cells.length, cells[0].length);
    change(model, { part, position: [row, column] });
    cells[row][column].node.focus();
  }
  function drawCell(cell, value, error, isChosen, isReachable) {
    const shown = formatNumber(value), shownError = error === null ? "" : upTo(error, 3);
    cell.value.textContent = shown;
    cell.error.textContent = error === null ? "" : TEXT.error(shownError);
    cell.node.setAttribute("aria-label", error === null ? shown : TEXT.numberAndError(shown, shownError));
    cell.node.setAttribute("aria-selected", String(isChosen));
    cell.node.setAttribute("tabindex", isReachable ? "0" : "-1");
  }
  function draw(values, errors, chosen, arrived) {
    const [part, row, column] = chosen, fed = arrived(part) ? sourcesOf(values, ...chosen).map(String) : [];
    for (const [name, { cells }] of Object.entries(tables)) cells.forEach((line, i) => line.forEach((cell, j) => {
      const isChosen = name === part && i === row && j === column, has = arrived(name);
      drawCell(cell, values[name][i][j], has ? errors[name][i][j] : null, isChosen, isChosen || (name !== part && !i && !j));
      cell.node.className = [has && "cb-arrived", fed.includes(String([name, i, j])) && "cb-fed"].filter(Boolean).join(" ");
    }));
  }
  return { node: element("div", { class: "cb-way" }, ...Object.values(tables).map((table) => table.node)), draw };
}
