// Settings by the table of rules that Python writes (settings.py): a form field for each, and what it is where nothing is said.

import { element } from "./dom.js";
import { labelled, numberField, numberFrom, wholeFrom } from "./fields.js";

const shown = (name) => name.replace("-", "−").replaceAll("_", " ");

// What settings are where nothing is said; a new layer of a kind.
export const usual = (rules) => Object.fromEntries(Object.entries(rules).map(([name, rule]) => [name, rule.usual]));
export const freshLayer = (layers, kind) => ({ kind, ...usual(layers[kind]) });

// {input, show(), drop()} for a value that `read` gives and `write` takes. Where no label is seen, its name is said.
export function settingField({ name, rule, read, write, warn, spoken = true }) {
  const attributes = spoken ? { "aria-label": name } : {};
  if (rule.kind === "whole" || rule.kind === "number") {
    const range = rule.kind === "whole" ? wholeFrom(rule.least, rule.most) : numberFrom(rule.least, rule.most);
    return numberField({ name, range, read, write, warn, attributes });
  }
  if (rule.kind === "flag") {
    const input = element("input", { type: "checkbox", ...attributes, onchange: () => write(input.checked) });
    return { input, show() { input.checked = read(); }, drop() {} };
  }
  const options = rule.choices.map((value) => element("option", { value }, shown(value)));
  const input = element("select", { ...attributes, onchange: () => write(input.value) }, ...options);
  return { input, show() { input.value = read(); }, drop() {} };
}

// The same with its label.
export function labelledSetting(given) {
  const field = settingField({ ...given, spoken: false });
  return { ...field, node: labelled(given.name, field.input) };
}
