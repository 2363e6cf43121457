// The units as a grid of cells: the value of each, and what Dropout makes of it.

import { element } from "../shared/dom.js";
import { change } from "../shared/model.js";
import { formatNumber } from "../shared/numbers.js";
import { intoMap, placeAfter } from "../shared/places.js";

const TEXT = {
  grid: "Outputs of the units. Arrow keys choose a unit, Space draws a new mask.",
  dropped: (value) => `${value}, dropped: 0`,
  kept: (value, output) => `${value} gives ${output}`,
};

// `drawMask` is what Space does: {node, draw(values, played, chosen, hasMask)}.
export function createUnits(model, drawMask) {
  const node = element("table", { class: "cb-units", role: "grid", "aria-label": TEXT.grid });
  const rows = () => model.get("values"), columns = () => rows()[0].length;
  let cells = [], built = "";

  function select(place) {
    const [row, column] = intoMap(place, rows().length, columns());
    change(model, { selected: [row, column] });
    cells[row * columns() + column].node.focus();
  }
  // Cells are rebuilt only when the number of rows or columns changes, so that one keeps the focus.
  function build() {
    const shape = `${rows().length} × ${columns()}`;
    if (shape === built) return;
    built = shape;
    const lines = rows().map((line, row) => line.map((_, column) => {
      const before = element("small"), after = element("span");
      return { before, after, node: element("td", { role: "gridcell", onclick: () => select([row, column]) }, before, after) };
    }));
    cells = lines.flat();
    node.replaceChildren(element("tbody", { role: "rowgroup" },
      ...lines.map((line) => element("tr", { role: "row" }, ...line.map((cell) => cell.node)))));
  }
  function draw(values, played, chosen, hasMask) {
    build();
    cells.forEach((cell, unit) => {
      const dropped = !played.kept[unit], [value, output] = [values[unit], played.outputs[unit]].map(formatNumber);
      cell.before.textContent = value;
      cell.after.textContent = output;
      cell.node.className = dropped ? "cb-dropped" : hasMask ? "cb-survivor" : "";
      cell.node.setAttribute("aria-label", dropped ? TEXT.dropped(value) : TEXT.kept(value, output));
      cell.node.setAttribute("aria-selected", String(unit === chosen));
      cell.node.setAttribute("tabindex", unit === chosen ? "0" : "-1");
    });
  }
  node.addEventListener("keydown", (event) => {
    const next = placeAfter(event.key, model.get("selected"), columns());
    if (next) select(next);
    else if (event.key !== " ") return;
    else if (!event.repeat) drawMask();
    event.preventDefault();
  });
  return { node, draw };
}
