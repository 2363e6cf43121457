// The numbers of every part as tables, in which one number is chosen with mouse, finger or arrow keys.

import { element } from "../shared/dom.js";
import { formatNumber } from "../shared/numbers.js";
import { intoMap, placeAfter } from "../shared/places.js";
import { CHANGEABLE } from "./network.js";
import { SOURCES, errorText } from "./story.js";

const TEXT = {
  grid: (title) => `${title}. Arrow keys choose a number.`,
  error: (shown) => `← ${shown}`,
  label: (shown, error) => `${shown}, error ${error}`,
};

// One part: {node, cells}; `select(place)` is called when a number is chosen.
function createTable(title, [height, width], changeable, select, chosenPlace) {
  const cells = Array.from({ length: height }, (_, i) => Array.from({ length: width }, (_, j) => {
    const value = element("span"), error = element("small");
    return { value, error, node: element("td", { role: "gridcell", onclick: () => choose([i, j]) }, value, error) };
  }));
  function choose(place) {
    const [row, column] = intoMap(place, height, width);
    select([row, column]);
    cells[row][column].node.focus();
  }
  function key(event) {
    const place = placeAfter(event.key, chosenPlace(), width);
    if (!place) return;
    choose(place);
    event.preventDefault();
  }
  const rows = cells.map((line) => element("tr", { role: "row" }, ...line.map((cell) => cell.node)));
  const table = element("table", { role: "grid", "aria-label": TEXT.grid(title), onkeydown: key },
    element("tbody", { role: "rowgroup" }, ...rows));
  const node = element("figure", { class: changeable && "cb-changeable" }, element("figcaption", {}, title), table);
  return { node, cells };
}

// All parts: {node, show(parts, errors, chosen, arrived)}. `shapes` has [height, width] of each part, `select(part, place)` chooses.
export function createTables(titles, shapes, select, chosenPlace) {
  const names = Object.keys(titles);
  const tables = new Map(names.map((part) => [part,
    createTable(titles[part], shapes[part], CHANGEABLE.includes(part), (place) => select(part, place), chosenPlace)]));
  function show(parts, errors, [part, row, column], arrived) {
    const fed = arrived(part) ? SOURCES[part](parts, row, column).map(String) : [];
    for (const [name, { cells }] of tables) cells.forEach((line, i) => line.forEach((cell, j) => {
      const isChosen = name === part && i === row && j === column, has = arrived(name);
      const shown = formatNumber(parts[name][i][j]), error = errorText(errors[name][i][j]);
      cell.value.textContent = shown;
      cell.error.textContent = has ? TEXT.error(error) : "";
      cell.node.className = [has && "cb-arrived", fed.includes(String([name, i, j])) && "cb-fed"].filter(Boolean).join(" ");
      cell.node.setAttribute("aria-label", has ? TEXT.label(shown, error) : shown);
      cell.node.setAttribute("aria-selected", String(isChosen));
      cell.node.setAttribute("tabindex", isChosen || (name !== part && !i && !j) ? "0" : "-1");
    }));
  }
  return { node: element("div", { class: "cb-way" }, ...[...tables.values()].map((table) => table.node)), show };
}
