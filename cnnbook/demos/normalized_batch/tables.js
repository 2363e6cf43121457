// The batch as a table in which one types, and the statistics with the buttons that train.

import { button, element, tableHead } from "../shared/dom.js";
import { numberField, numberFrom } from "../shared/fields.js";
import { significant, upTo, within } from "../shared/numbers.js";
import { STATISTICS } from "./arithmetic.js";

const TEXT = {
  batch: "the batch", head: ["number", "value", "result", ""], add: "Add a value",
  value: (i) => `value ${i + 1}`, remove: (name) => `Remove ${name}`,
  rows: ["this batch", "moving"], used: "used", yes: "yes", steps: "Training steps",
  show: "Show this batch", showOften: "Show it 10 times", forget: "Forget",
  seen: (steps) => `${steps} of training so far; rounded to three decimals`,
  next: "The next step gives", moving: (name) => `moving ${name} `, stays: "Prediction leaves the moving statistics as they are.",
};
const OFTEN = 10;

export const short = (value) => upTo(value, 3);
export const tiny = (value) => significant(value, 6);

// `batch` has values(), select(i), setValue(i, value), add() and remove(i): {node, show(results, selected), focusRemover(i)}.
export function createValues({ most, reach }, batch, warn) {
  const rows = Array.from({ length: most }, (_, i) => {
    const name = TEXT.value(i), result = element("td", { class: "cb-result" });
    const field = numberField({
      name, range: numberFrom(-reach, reach), warn, attributes: { "aria-label": name, onfocus: () => batch.select(i) },
      read: () => batch.values()[i] ?? "", write: (value) => batch.setValue(i, value),
    });
    const remover = button("×", () => batch.remove(i), { "aria-label": TEXT.remove(name) });
    const node = element("tr", {}, element("th", { scope: "row" }, String(i + 1)),
      element("td", {}, field.input), result, element("td", {}, remover));
    return { node, result, field, remover };
  });
  const node = element("div", {},
    element("table", { class: "cb-values" }, element("caption", {}, TEXT.batch), tableHead(TEXT.head),
      element("tbody", {}, ...rows.map((row) => row.node))),
    button(TEXT.add, batch.add));
  function show(results, selected) {
    rows.forEach(({ node: line, result, field }, i) => {
      line.hidden = i >= results.length;
      line.classList.toggle("cb-chosen", i === selected);
      result.textContent = line.hidden ? "" : short(results[i]);
      field.show();
    });
  }
  return { node, show, focusRemover: (i) => rows[i].remover.focus() };
}

// `train(times)` and `forget()` are what the buttons do: {node, show({ training, seen, batch, moving, after, momentum })}.
export function createStatistics(train, forget) {
  const caption = element("caption"), updates = element("p", { class: "cb-sum" });
  const rows = TEXT.rows.map((title) => {
    const cells = STATISTICS.map(() => element("td")), used = element("td");
    return { node: element("tr", {}, element("th", { scope: "row" }, title), ...cells, used), cells, used };
  });
  const steps = [button(TEXT.show, () => train(1)), button(TEXT.showOften, () => train(OFTEN))];
  const node = element("div", {},
    element("table", { class: "cb-kept" }, caption, tableHead(["", ...STATISTICS, TEXT.used]),
      element("tbody", {}, ...rows.map((row) => row.node))),
    element("div", { class: "cb-transport", role: "group", "aria-label": TEXT.steps }, ...steps, button(TEXT.forget, forget)),
    updates);
  function nextStep({ moving, batch, after, momentum }) {
    return [element("span", {}, TEXT.next), ...STATISTICS.flatMap((name) => [element("br"), TEXT.moving(name),
      element("span", { class: `cb-next-${name}` }, `${tiny(momentum)} · ${within(short(moving[name]))} + ` +
        `${tiny(1 - momentum)} · ${within(short(batch[name]))} = ${short(after[name])}`)])];
  }
  function show(state) {
    const { training, seen, batch, moving } = state;
    caption.textContent = TEXT.seen(seen);
    rows.forEach((row, k) => {
      const isUsed = (k === 0) === training;
      row.cells.forEach((cell, of) => { cell.textContent = short([batch, moving][k][STATISTICS[of]]); });
      row.used.textContent = isUsed ? TEXT.yes : "";
      row.node.classList.toggle("cb-chosen", isUsed);
    });
    for (const step of steps) step.disabled = !training;
    updates.replaceChildren(...(training ? nextStep(state) : [TEXT.stays]));
  }
  return { node, show };
}
