// WayBack: a small network with every number of it; the error flows back part by part, a step makes the loss smaller.

import { button, element, liveRegion, oncePerFrame, say, watchSurroundings } from "../shared/dom.js";
import { asChoices, choice, labelled, numberField, numberFrom, warnings } from "../shared/fields.js";
import { change, onChange } from "../shared/model.js";
import { upTo } from "../shared/numbers.js";
import { limited } from "../shared/places.js";
import { CHANGEABLE, backward, forward, slope, stepped } from "./network.js";
import { CLASSES, errorStory, errorText, valueStory } from "./story.js";
import { createTables } from "./tables.js";

const TITLES = {
  image: "image", kernel: "filter", bias: "its bias", sums: "sums", map: "after ReLU", pooled: "pooled", weights: "dense weights",
  biases: "biases", logits: "logits", probabilities: "probabilities", loss: "loss",
};
const TEXT = {
  onePart: "Error one part back", allTheWay: "Error all the way back", onlyForward: "Only forward",
  step: "Take a step", again: "Start again",
  value: "Chosen number", label: "Right class", rate: "Learning rate",
  key: "large: the number on the way forward; small, after the arrow: its error; bold: can be changed; "
    + "dashed: where the chosen number's error comes from",
  place: (title, row, column) => `${title}, row ${row + 1}, column ${column + 1}`,
  forward: (story) => `Forward: ${story}.`,
  back: (story) => `Back: ${story}.`,
  notYet: "Back: the error has not come this far yet.",
  tried: (found, verdict) => `By trying: a small step up and down changes the loss at a rate of ${found}, ${verdict}.`,
  agrees: "as its error says",
  differs: "unlike its error: the number stands just at a bend of ReLU or of the maximum, where there is no one slope",
  facts: ["loss", "loss before the step"], unknown: "–",
  loss: (loss) => `Loss ${loss}.`,
  lossBefore: (loss, before) => `Loss ${loss}, before the step ${before}.`,
  reached: (titles) => ` The error has reached: ${titles.join(", ")}.`,
};
const STATE = [...CHANGEABLE, "label"];
const BEND = 1e-3; // a slope that differs by a larger share stands at a bend

// What is told about the chosen number: {node, show(state, parts, errors, chosen, arrived)}, which returns all of it as one text.
function createStory() {
  const place = element("p", { class: "cb-moment" }), lines = [element("p"), element("p"), element("p")];
  function show(state, parts, errors, [part, row, column], arrived) {
    const found = slope(state, part, row, column), exact = errors[part][row][column];
    const agrees = Math.abs(found - exact) <= BEND * Math.max(Math.abs(exact), BEND);
    place.textContent = TEXT.place(TITLES[part], row, column);
    const told = [
      TEXT.forward(valueStory(parts, part, row, column, state.label)),
      arrived ? TEXT.back(errorStory(parts, errors, part, row, column, state.label)) : TEXT.notYet,
      arrived ? TEXT.tried(errorText(found), agrees ? TEXT.agrees : TEXT.differs) : "",
    ];
    lines.forEach((line, i) => { line.textContent = told[i]; });
    return `${place.textContent}. ${told.join(" ")}`;
  }
  return { node: element("div", { class: "cb-story" }, place, ...lines), show };
}

// The fields below: the chosen number, the right class and the learning rate.
function createFields(model, warn, forget) {
  const { most, rates } = model.get("limits");
  const chosen = () => [model.get("part"), ...model.get("position")];
  const field = numberField({
    name: TEXT.value, range: { ...numberFrom(-most, most), attributes: { step: "0.1" } }, warn,
    read() {
      const [part, row, column] = chosen();
      return Math.round(forward(stateOf(model))[part][row][column] * 1000) / 1000;
    },
    write(value) {
      const [part, row, column] = chosen();
      forget();
      change(model, { [part]: model.get(part).map((line, i) => line.map((old, j) => (i === row && j === column ? value : old))) });
    },
  });
  const label = choice(TEXT.label, CLASSES.map((letter, k) => [String(k), letter]), (k) => {
    forget();
    change(model, { label: Number(k) });
  });
  const rate = choice(TEXT.rate, asChoices(rates), (value) => change(model, { rate: Number(value) }));
  function show() {
    field.input.disabled = !CHANGEABLE.includes(model.get("part"));
    field.show();
    label.show(String(model.get("label")));
    rate.show(String(model.get("rate")));
  }
  return { node: element("div", { class: "cb-controls" }, labelled(TEXT.value, field.input), label.node, rate.node), show };
}

const stateOf = (model) => Object.fromEntries(STATE.map((name) => [name, model.get(name)]));
const shapesOf = (parts) => Object.fromEntries(Object.entries(parts).map(([name, table]) => [name, [table.length, table[0].length]]));

function render({ model, el }) {
  let before = null; // the loss before the last step
  const forget = () => { before = null; };
  const { stages } = model.get("limits"), last = stages.length - 1;
  const start = Object.fromEntries([...STATE, "stage"].map((name) => [name, model.get(name)]));
  const arrived = (part) => stages.slice(0, model.get("stage") + 1).some((parts) => parts.includes(part));
  const flow = (stage) => change(model, { stage: limited(stage, 0, last) });
  function step() {
    before = forward(stateOf(model)).loss[0][0];
    change(model, stepped(stateOf(model), model.get("rate")));
  }

  // ---- elements ----
  const tables = createTables(TITLES, shapesOf(forward(stateOf(model))),
    (part, position) => change(model, { part, position }), () => model.get("position"));
  const story = createStory(), { node: complaint, warn } = warnings(), fields = createFields(model, warn, forget), live = liveRegion();
  const onePart = button(TEXT.onePart, () => flow(model.get("stage") + 1)), onlyForward = button(TEXT.onlyForward, () => flow(0));
  const facts = TEXT.facts.map((name) => [element("dt", {}, name), element("dd")]);
  const root = element("div", { class: "cnnbook" },
    element("div", { class: "cb-transport" }, onePart, button(TEXT.allTheWay, () => flow(last)), onlyForward),
    element("p", { class: "cb-scale" }, TEXT.key), tables.node, story.node, complaint, fields.node,
    element("div", { class: "cb-transport" }, button(TEXT.step, step), button(TEXT.again, () => { forget(); change(model, start); })),
    element("dl", { class: "cb-facts" }, ...facts.map((fact) => element("div", {}, ...fact))), live);

  // ---- drawing ----
  function draw() {
    if (!el.isConnected) return;
    const state = stateOf(model), parts = forward(state), errors = backward(state), stage = model.get("stage");
    const chosen = [model.get("part"), ...model.get("position")];
    tables.show(parts, errors, chosen, arrived);
    const told = story.show(state, parts, errors, chosen, arrived(chosen[0]));
    fields.show();
    onePart.disabled = stage === last;
    onlyForward.disabled = stage === 0;
    const [loss, lossBefore] = [parts.loss[0][0], before].map((value) => (value === null ? TEXT.unknown : upTo(value, 4)));
    facts.forEach(([, node], i) => { node.textContent = [loss, lossBefore][i]; });
    const reached = stage ? TEXT.reached(stages[stage].map((name) => TITLES[name])) : "";
    say(live, `${told} ${before === null ? TEXT.loss(loss) : TEXT.lossBefore(loss, lossBefore)}${reached}`);
  }
  const redraw = oncePerFrame(draw);

  // ---- events ----
  const unlisten = onChange(model, [...STATE, "rate", "stage", "part", "position"], redraw);
  const unwatch = watchSurroundings(root, redraw);
  el.replaceChildren(root);
  redraw();
  return () => {
    unwatch();
    unlisten();
  };
}

export default { render };
