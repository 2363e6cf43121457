// WayBack: a small network with every number of it; the error flows back part by part, a step makes the loss smaller.

import { button, element, liveRegion, oncePerFrame, say, watchSurroundings } from "../shared/dom.js";
import { asChoices, choice, labelled, numberField, numberFrom, warnings } from "../shared/fields.js";
import { change, onChange, replaced } from "../shared/model.js";
import { upTo } from "../shared/numbers.js";
import { limited } from "../shared/places.js";
import { backward, forward, PARAMETERS, slope, stepped } from "./network.js";
import { CLASSES, errorStory, valueStory } from "./story.js";
import { createTables, TITLES } from "./tables.js";

const CHANGEABLE = ["image", ...PARAMETERS], STATE = [...CHANGEABLE, "label"];
const BEND = 1e-3; // a slope that differs by more than this share stands at a bend
const TEXT = {
  label: "Right class", rate: "Learning rate", number: "Chosen number",
  back: "Hand the error one part back", allBack: "Hand it all the way back", forward: "Forward only",
  step: "Take a step", again: "Start again",
  key: "Large: the number on the way forward. Small, after the arrow: its error. Bold: it can be changed. " +
    "Dashed: where the chosen number's error comes from.",
  facts: ["loss", "loss before the step"],
  place: (part, row, column) => `${TITLES[part]}, row ${row + 1}, column ${column + 1}`,
  valueStory: (story) => `Forward: ${story}.`, errorStory: (story) => `Back: ${story}.`,
  notYet: "Back: the error has not come this far yet.",
  measured: (found, verdict) => `By trying: moving it a little up and down changes the loss at a rate of ${found}, ${verdict}.`,
  agrees: "as its error says",
  bend: "which is not what its error says: here ReLU or the maximum has a bend, and no single slope",
  loss: (loss, before) => ` Loss ${loss}${before ? `, before the step ${before}` : ""}.`,
  reached: (parts) => ` The error has reached: ${parts.map((name) => TITLES[name]).join(", ")}.`,
};

const stateOf = (model) => Object.fromEntries(STATE.map((name) => [name, model.get(name)]));

// How the chosen number and its error were made: {node, draw(parts, errors, chosen, arrived)}, which also returns it as one text.
function createStory(model) {
  const place = element("p", { class: "cb-moment" }), value = element("p"), error = element("p"), measured = element("p");
  function verdict(found, exact) {
    return Math.abs(found - exact) <= BEND * Math.max(Math.abs(exact), 1e-3) ? TEXT.agrees : TEXT.bend;
  }
  function draw(parts, errors, chosen, arrived) {
    const [part, row, column] = chosen, state = stateOf(model), found = slope(state, ...chosen), has = arrived(part);
    place.textContent = TEXT.place(...chosen);
    value.textContent = TEXT.valueStory(valueStory(parts, ...chosen, state.label));
    error.textContent = has ? TEXT.errorStory(errorStory(parts, errors, ...chosen, state.label)) : TEXT.notYet;
    measured.textContent = has ? TEXT.measured(upTo(found, 3), verdict(found, errors[part][row][column])) : "";
    return `${place.textContent}. ${value.textContent} ${error.textContent} ${measured.textContent}`;
  }
  return { node: element("div", { class: "cb-story" }, place, value, error, measured), draw };
}

// The chosen number, the class and the rate: {node, show(parts, chosen)}; `changed` is called before a number or the class changes.
function createControls(model, warn, changed) {
  const { most, rates } = model.get("limits");
  let shown = null; // the parts that are drawn
  const labels = choice(TEXT.label, CLASSES.map((letter, k) => [String(k), letter]), (k) => {
    changed();
    change(model, { label: Number(k) });
  });
  const rate = choice(TEXT.rate, asChoices(rates), (value) => change(model, { rate: Number(value) }));
  function write(value) {
    const part = model.get("part"), [row, column] = model.get("position");
    changed();
    change(model, { [part]: model.get(part).map((line, i) => (i === row ? replaced(line, column, value) : line)) });
  }
  function read() {
    const [row, column] = model.get("position");
    return Math.round(shown[model.get("part")][row][column] * 1000) / 1000;
  }
  const field = numberField({ name: TEXT.number, range: numberFrom(-most, most), read, write, warn, step: 0.1 });
  function show(parts) {
    shown = parts;
    labels.show(String(model.get("label")));
    rate.show(String(model.get("rate")));
    field.input.disabled = !CHANGEABLE.includes(model.get("part"));
    field.show();
  }
  return { node: element("div", { class: "cb-controls" }, labelled(TEXT.number, field.input), labels.node, rate.node), show };
}

// Buttons that let the error flow back: {node, show()}.
function createFlow(model) {
  const last = model.get("limits").stages.length - 1, flow = (stage) => change(model, { stage: limited(stage, 0, last) });
  const back = button(TEXT.back, () => flow(model.get("stage") + 1)), none = button(TEXT.forward, () => flow(0));
  function show() {
    back.disabled = model.get("stage") === last;
    none.disabled = model.get("stage") === 0;
  }
  return { node: element("div", { class: "cb-transport" }, back, button(TEXT.allBack, () => flow(last)), none), show };
}

function render({ model, el }) {
  let before = null; // the loss before the last step
  const { stages } = model.get("limits"), { node: complaint, warn } = warnings(), live = liveRegion();
  const start = Object.fromEntries([...STATE, "stage"].map((name) => [name, model.get(name)]));
  const forget = () => { before = null; };
  const tables = createTables(model, forward(stateOf(model)), CHANGEABLE), story = createStory(model), flow = createFlow(model);
  const controls = createControls(model, warn, forget), facts = TEXT.facts.map(() => element("dd"));
  const root = element("div", { class: "cnnbook" }, flow.node, element("p", { class: "cb-scale" }, TEXT.key), tables.node, story.node,
    complaint, controls.node,
    element("div", { class: "cb-transport" }, button(TEXT.step, step), button(TEXT.again, () => { forget(); change(model, start); })),
    element("dl", { class: "cb-facts" }, ...facts.map((fact, i) => element("div", {}, element("dt", {}, TEXT.facts[i]), fact))), live);

  const arrived = (part) => stages.slice(0, model.get("stage") + 1).some((parts) => parts.includes(part));
  function step() {
    before = forward(stateOf(model)).loss[0][0];
    change(model, stepped(stateOf(model), model.get("rate")));
  }
  function draw() {
    if (!el.isConnected) return;
    const parts = forward(stateOf(model)), errors = backward(stateOf(model)), stage = model.get("stage");
    const chosen = [model.get("part"), ...model.get("position")];
    const loss = upTo(parts.loss[0][0], 4), old = before === null ? "" : upTo(before, 4);
    flow.show();
    controls.show(parts);
    tables.draw(parts, errors, chosen, arrived);
    const told = story.draw(parts, errors, chosen, arrived);
    facts.forEach((fact, i) => { fact.textContent = [loss, old || "–"][i]; });
    say(live, told + TEXT.loss(loss, old) + (stage ? TEXT.reached(stages[stage]) : ""));
  }
  const redraw = oncePerFrame(draw);
  const ends = [onChange(model, [...STATE, "rate", "stage", "part", "position"], redraw), watchSurroundings(root, redraw)];
  el.replaceChildren(root);
  redraw();
  return () => { for (const end of ends) end(); };
}

export default { render };
