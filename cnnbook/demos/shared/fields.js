// Form fields: labels, choices, and numbers that say what they take.

import { element } from "./dom.js";
import { formatNumber } from "./numbers.js";

const TEXT = {
  refused: (name, takes) => `${name} takes ${takes}. The last valid one still counts.`,
  number: (least, most) => `a number from ${least} to ${most}`,
  whole: (least, most) => `a whole number from ${least} to ${most}`,
};

// A form field with its label before it. The count is the page's: more than one of its scripts may hold this file.
export function labelled(label, field) {
  globalThis.cnnbookFields = (globalThis.cnnbookFields ?? 0) + 1;
  field.id = `cb-field-${globalThis.cnnbookFields}`;
  return element("div", { class: "cb-choice" }, element("label", { for: field.id }, label), field);
}

// A labelled <select>; `choices` is [[value, text], ...].
export function choice(label, choices, onChoose) {
  const select = element("select", { onchange: () => onChoose(select.value) });
  const node = labelled(label, select);
  return {
    node,
    select,
    show(value, available = choices) {
      select.replaceChildren(...available.map(([name, text]) => element("option", { value: name, selected: name === value }, text)));
      select.value = value;
    },
  };
}

// Values that are their own names, as `choice` takes them.
export const asChoices = (values) => values.map((value) => [String(value), String(value)]);

// Where a demo warns: one sentence at most from each source, gone when the source takes it back.
export function warnings() {
  const node = element("p", { class: "cb-complaint", role: "alert" }), sentences = new Map();
  function warn(source, sentence) {
    if (sentence) sentences.set(source, sentence);
    else sentences.delete(source);
    const text = [...sentences.values()].join(" ");
    if (node.textContent !== text) node.textContent = text; // the same text again would be read out again
  }
  return { node, warn };
}

// What a number field may take: `good(value)`, in words, and as attributes of the input.
export const numberFrom = (least, most) => ({
  good: (value) => value >= least && value <= most,
  get takes() { return TEXT.number(formatNumber(least), formatNumber(most)); },
  attributes: { step: "any" },
});
export const wholeFrom = (least, most) => ({
  good: (value) => Number.isInteger(value) && value >= least && value <= most,
  get takes() { return TEXT.whole(formatNumber(least), formatNumber(most)); },
  attributes: { min: least, max: most, step: "1" },
});

// A field for a number. What it does not take is marked and said to be wrong by `warn`, and changes nothing. Mark and warning last
// as long as the wrong text: they go when it is put right, when `show` writes the valid number back, and with `drop`.
export function numberField({ name, range, read, write, warn, attributes = {} }) {
  const input = element("input", { type: "number", ...range.attributes, ...attributes, oninput: () => {
    const value = input.valueAsNumber, good = Number.isFinite(value) && range.good(value);
    input.setAttribute("aria-invalid", String(!good));
    warn(input, good ? "" : TEXT.refused(name, range.takes));
    if (good) write(value);
  } });
  function drop() {
    input.removeAttribute("aria-invalid");
    warn(input, "");
  }
  return {
    input,
    drop,
    // Write the valid number, unless the reader is just typing.
    show() {
      if (document.activeElement === input && !input.closest("[hidden]")) return;
      const text = String(read());
      if (input.value !== text) input.value = text;
      if (input.hasAttribute("aria-invalid")) drop();
    },
  };
}
