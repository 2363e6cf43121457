// Fields for one answer, by its kind: a text, a choice of words, a small table, or several of these. Each gives {node, read, write}.

import { element } from "../../demos/shared/dom.js";

const MOST_BUTTONS = 4;
let count = 0;
const newId = () => `cnnbook-field-${(count += 1)}`;

function textField(label) {
  const id = newId();
  const input = element("input", { id, type: "text", autocomplete: "off", spellcheck: "false", autocapitalize: "off" });
  const node = element("div", { class: "cb-part" }, element("label", { for: id }, label), input);
  return { node, read: () => input.value, write: (text) => { input.value = typeof text === "string" ? text : ""; } };
}

function radioButtons(label, words) {
  const group = newId();
  const buttons = words.map((word, i) => element("input", { type: "radio", name: group, value: word, id: `${group}-${i}` }));
  const lines = buttons.map((button) => element("label", { for: button.id, class: "cb-word" }, button, element("span", {}, button.value)));
  return {
    node: element("fieldset", { class: "cb-part" }, element("legend", {}, label), ...lines),
    read: () => buttons.find((button) => button.checked)?.value ?? "",
    write: (word) => { for (const button of buttons) button.checked = button.value === word; },
  };
}

function selection(label, words, nothing) {
  const id = newId();
  const options = words.map((word) => element("option", { value: word }, word));
  const select = element("select", { id }, element("option", { value: "" }, nothing), ...options);
  const node = element("div", { class: "cb-part" }, element("label", { for: id }, label), select);
  return { node, read: () => select.value, write: (word) => { select.value = words.includes(word) ? word : ""; } };
}

// An array of one or two axes.
function table(label, right, words) {
  const isRow = !Array.isArray(right[0]), shape = isRow ? [right] : right;
  const cells = shape.map((row, i) => row.map((_, j) => element("input", {
    type: "text", autocomplete: "off", spellcheck: "false", "aria-label": words.cell(i, j),
  })));
  const rows = cells.map((row) => element("tr", {}, ...row.map((cell) => element("td", {}, cell))));
  const grid = element("table", { class: "cb-table", role: "presentation" }, element("tbody", {}, ...rows));
  return {
    node: element("fieldset", { class: "cb-part" }, element("legend", {}, label), grid),
    read: () => {
      const texts = cells.map((row) => row.map((cell) => cell.value));
      return isRow ? texts[0] : texts;
    },
    write: (texts) => cells.forEach((row, i) => row.forEach((cell, j) => {
      cell.value = String((isRow ? texts : texts?.[i])?.[j] ?? "");
    })),
  };
}

function several(parts, words) {
  const inner = Object.entries(parts).map(([name, part]) => [name, fieldsFor(part, name, words)]);
  return {
    node: element("div", { class: "cb-parts" }, ...inner.map(([, field]) => field.node)),
    read: () => Object.fromEntries(inner.map(([name, field]) => [name, field.read()])),
    write: (answers) => { for (const [name, field] of inner) field.write(answers?.[name]); },
  };
}

// `expected` is the exercise's data, `words` what is written on fields.
export function fieldsFor(expected, label, words) {
  if (expected.kind === "parts") return several(expected.parts, words);
  if (expected.kind === "number") return textField(label);
  if (expected.kind !== "choice") return table(label, expected.right, words);
  return expected.allowed.length > MOST_BUTTONS
    ? selection(label, expected.allowed, words.choose) : radioButtons(label, expected.allowed);
}
