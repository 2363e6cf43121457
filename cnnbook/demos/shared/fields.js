// Form fields: labels, choices, and numbers that say what they take.

import { element, say } from "./dom.js";
import { formatNumber } from "./numbers.js";
import { numberOf } from "./typed_number.js";

const TEXT = {
  refused: (name, takes) => `${name} takes ${takes}. The last valid value still applies.`,
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

// Where a demo warns: one sentence at most from each source, gone when the source takes it back. `refuse(sentence)` says why nothing
// came of what the reader has just done; it goes with whatever the reader does next.
export function warnings() {
  const node = element("p", { class: "cb-complaint", role: "alert" }), sentences = new Map(), NEXT = ["click", "input", "change"];
  function warn(source, sentence) {
    if (sentence) sentences.set(source, sentence);
    else sentences.delete(source);
    say(node, [...sentences.values()].join(" "));
  }
  function forget() {
    for (const kind of NEXT) document.removeEventListener(kind, forget, true);
    warn(forget, "");
  }
  function refuse(sentence) {
    warn(forget, sentence);
    for (const kind of NEXT) document.addEventListener(kind, forget, true); // the event that is on its way has passed them
  }
  return { node, warn, refuse };
}

// What a number field may take: `good(value)`, in words, and how it is typed.
export const numberFrom = (least, most) => ({
  good: (value) => value >= least && value <= most,
  get takes() { return TEXT.number(formatNumber(least), formatNumber(most)); },
  attributes: { inputmode: least < 0 ? "text" : "decimal" }, // the keys for decimals have no minus on some phones
});
export const wholeFrom = (least, most) => ({
  good: (value) => Number.isInteger(value) && value >= least && value <= most,
  get takes() { return TEXT.whole(formatNumber(least), formatNumber(most)); },
  attributes: { inputmode: "numeric" },
});

const STEPS = { ArrowUp: 1, ArrowDown: -1 };

// A field for a number, which is read by one rule in all browsers: "0,5" as well. What it does not take is marked and said to be wrong
// by `warn`, and changes nothing. Mark and warning last as long as the wrong text: they go when it is put right, when `show` writes the
// valid number back, and with `drop`. The arrow keys up and down add and subtract `step`.
export function numberField({ name, range, read, write, warn, step = 1, attributes = {} }) {
  const plain = { type: "text", autocomplete: "off", spellcheck: "false" };
  const input = element("input", { ...plain, ...range.attributes, ...attributes, oninput: take, onkeydown(event) {
    const by = STEPS[event.key];
    if (!by || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    const next = Number((numberOf(input.value) + by * step).toFixed(6));
    if (!range.good(next)) return;
    input.value = String(next);
    take();
  } });
  function take() {
    const value = numberOf(input.value), good = Number.isFinite(value) && range.good(value);
    input.setAttribute("aria-invalid", String(!good));
    warn(input, good ? "" : TEXT.refused(name, range.takes));
    if (good) write(value);
  }
  function drop() {
    input.removeAttribute("aria-invalid");
    warn(input, "");
  }
  return {
    input,
    drop,
    // Write the valid number, unless the reader is just typing; `always` where something else was chosen in place of what was typed.
    show(always = false) {
      if (!always && document.activeElement === input && !input.closest("[hidden]")) return;
      const text = String(read());
      if (input.value !== text) input.value = text;
      if (input.hasAttribute("aria-invalid")) drop();
    },
  };
}
