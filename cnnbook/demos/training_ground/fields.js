// A form field for each kind of rule.
import { element, labelled } from "../shared/dom.js";
import { fits, takes } from "./rules.js";

// A field; `write` gets each valid value, `complain` a sentence or "". `name` is said where there is no visible label.
export function ruleField(rule, name, write, complain) {
  if (rule.kind === "choice") {
    const input = element("select", { "aria-label": name, onchange: () => write(input.value) },
      ...rule.choices.map((value) => element("option", { value }, value.replace("-", "−").replaceAll("_", " "))));
    return { input, show: (value) => { input.value = value; } };
  }
  if (rule.kind === "flag") {
    const input = element("input", { type: "checkbox", "aria-label": name, onchange: () => write(input.checked) });
    return { input, show: (value) => { input.checked = value; } };
  }
  const input = element("input", {
    type: "text", inputmode: rule.kind === "whole" ? "numeric" : "decimal", autocomplete: "off", "aria-label": name,
    onchange: () => {
      const value = input.value.trim() === "" ? NaN : Number(input.value.trim().replace("−", "-").replace(",", "."));
      const good = fits(rule, value);
      input.setAttribute("aria-invalid", String(!good));
      complain(good ? "" : `${name} takes ${takes(rule)}. The last valid one still counts.`);
      if (good) write(value);
    },
  });
  return {
    input,
    show(value) {
      input.value = String(value);
      input.removeAttribute("aria-invalid");
    },
  };
}

// The same with a visible label.
export function labelledField(label, rule, write, complain) {
  const field = ruleField(rule, label, write, complain);
  field.input.removeAttribute("aria-label");
  return { ...field, node: labelled(label, field.input) };
}
