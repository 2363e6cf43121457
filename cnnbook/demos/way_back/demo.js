// WayBack: a small network with every number of it; the error flows back part by part, a step makes the loss smaller.

import { choice, element, labelled, oncePerFrame, onChange, watchSurroundings } from "../shared/dom.js";
import { formatNumber } from "../shared/numbers.js";
import { PARAMETERS, backward, forward, slope, stepped } from "./network.js";
import { CLASSES, errorStory, sourcesOf, upTo, valueStory } from "./story.js";

const TITLES = {
  image: "image", kernel: "filter", bias: "its bias", sums: "sums", map: "after ReLU", pooled: "pooled", weights: "dense weights",
  biases: "biases", logits: "logits", probabilities: "probabilities", loss: "loss",
};
const CHANGEABLE = ["image", ...PARAMETERS], STATE = [...CHANGEABLE, "label"];
const BEND = 1e-3; // a slope that differs by more than this share stands at a bend

function render({ model, el }) {
  let before = null; // the loss before the last step

  // ---- state ----
  const state = () => Object.fromEntries(STATE.map((name) => [name, model.get(name)]));
  const { most, rates, stages } = model.get("limits");
  const arrived = (part) => stages.slice(0, model.get("stage") + 1).some((parts) => parts.includes(part));
  function change(traits) {
    for (const [name, value] of Object.entries(traits)) model.set(name, value);
    model.save_changes();
  }
  function select(part, row, column, focus = true) {
    const { cells } = tables[part];
    const place = [Math.min(Math.max(row, 0), cells.length - 1), Math.min(Math.max(column, 0), cells[0].length - 1)];
    change({ part, position: place });
    if (focus) cells[place[0]][place[1]].node.focus();
  }
  function flow(stage) {
    change({ stage: Math.min(Math.max(stage, 0), stages.length - 1) });
  }
  const start = Object.fromEntries([...STATE, "stage"].map((name) => [name, model.get(name)]));
  function step() {
    before = forward(state()).loss[0][0];
    change(stepped(state(), model.get("rate")));
  }
  function edit() {
    const value = valueField.valueAsNumber, part = model.get("part"), [row, column] = model.get("position");
    const good = Number.isFinite(value) && Math.abs(value) <= most;
    valueField.setAttribute("aria-invalid", String(!good));
    complaint.textContent = good ? "" : `A number from −${most} to ${most} is needed. The last valid one still counts.`;
    if (!good) return;
    before = null;
    change({ [part]: model.get(part).map((line, i) => line.map((old, j) => (i === row && j === column ? value : old))) });
  }

  // ---- elements ----
  const button = (text, onclick) => element("button", { type: "button", onclick }, text);
  const labelChoice = choice("Right class", CLASSES.map((letter, k) => [String(k), letter]), (k) => { before = null; change({ label: Number(k) }); });
  const rateChoice = choice("Learning rate", rates.map((rate) => [String(rate), String(rate)]), (rate) => change({ rate: Number(rate) }));
  const valueField = element("input", { type: "number", step: "0.1", oninput: edit });
  const back = button("Error one part back", () => flow(model.get("stage") + 1)), none = button("Only forward", () => flow(0));
  const tables = {};
  for (const part of Object.keys(TITLES)) {
    const cells = [], shape = { weights: [4, 2], pooled: [2, 2], kernel: [3, 3], bias: [1, 1], loss: [1, 1], biases: [1, 2], logits: [1, 2], probabilities: [1, 2] }[part] ?? [4, 4];
    for (let i = 0; i < shape[0]; i++) cells.push(Array.from({ length: shape[1] }, (_, j) => {
      const value = element("span"), error = element("small");
      return { value, error, node: element("td", { role: "gridcell", onclick: () => select(part, i, j) }, value, error) };
    }));
    const rows = cells.map((line) => element("tr", { role: "row" }, ...line.map((cell) => cell.node)));
    const table = element("table", { role: "grid", "aria-label": `${TITLES[part]}. Arrow keys choose a number.` }, element("tbody", { role: "rowgroup" }, ...rows));
    table.addEventListener("keydown", (event) => {
      const [row, column] = model.get("position");
      const moves = { ArrowLeft: [row, column - 1], ArrowRight: [row, column + 1], ArrowUp: [row - 1, column], ArrowDown: [row + 1, column], Home: [row, 0], End: [row, shape[1] - 1] };
      if (!moves[event.key]) return;
      select(part, ...moves[event.key]);
      event.preventDefault();
    });
    tables[part] = { cells, node: element("figure", { class: CHANGEABLE.includes(part) ? "cb-changeable" : "" }, element("figcaption", {}, TITLES[part]), table) };
  }
  const key = element("p", { class: "cb-scale" }, "large: the number on the way forward; small, after the arrow: its error; bold: can be changed; dashed: where the chosen number's error comes from");
  const place = element("p", { class: "cb-moment" }), value = element("p"), error = element("p"), measured = element("p");
  const facts = ["loss", "loss before the step"].map((name) => [element("dt", {}, name), element("dd")]);
  const complaint = element("p", { class: "cb-complaint", role: "alert" }), live = element("p", { class: "cb-hidden", "aria-live": "polite" });
  const valueNode = labelled("Chosen number", valueField);
  const root = element("div", { class: "cnnbook" },
    element("div", { class: "cb-transport" }, back, button("Error all the way back", () => flow(stages.length - 1)), none),
    key, element("div", { class: "cb-way" }, ...Object.values(tables).map((table) => table.node)),
    element("div", { class: "cb-story" }, place, value, error, measured),
    complaint,
    element("div", { class: "cb-controls" }, valueNode, labelChoice.node, rateChoice.node),
    element("div", { class: "cb-transport" }, button("Take a step", step), button("Start again", () => { before = null; change(start); })),
    element("dl", { class: "cb-facts" }, ...facts.map((fact) => element("div", {}, ...fact))), live);

  // ---- drawing ----
  const say = (node, text) => { if (node.textContent !== text) node.textContent = text; };
  function drawTables(parts, errors, chosen) {
    const [part, row, column] = chosen, fed = arrived(part) ? sourcesOf(parts, ...chosen).map(String) : [];
    for (const [name, { cells }] of Object.entries(tables)) cells.forEach((line, i) => line.forEach((cell, j) => {
      const isChosen = name === part && i === row && j === column, has = arrived(name);
      const shown = formatNumber(parts[name][i][j]), shownError = has ? upTo(errors[name][i][j], 3) : "";
      cell.value.textContent = shown;
      cell.error.textContent = has ? `← ${shownError}` : "";
      cell.node.className = [has && "cb-arrived", fed.includes(String([name, i, j])) && "cb-fed"].filter(Boolean).join(" ");
      cell.node.setAttribute("aria-label", has ? `${shown}, error ${shownError}` : shown);
      cell.node.setAttribute("aria-selected", String(isChosen));
      cell.node.setAttribute("tabindex", isChosen || (name !== part && !i && !j) ? "0" : "-1");
    }));
  }
  function drawStory(parts, errors, [part, row, column]) {
    place.textContent = `${TITLES[part]}, row ${row + 1}, column ${column + 1}`;
    value.textContent = `Forward: ${valueStory(parts, part, row, column, state().label)}.`;
    error.textContent = arrived(part) ? `Back: ${errorStory(parts, errors, part, row, column, state().label)}.` : "Back: the error has not come this far yet.";
    const found = slope(state(), part, row, column), exact = errors[part][row][column];
    const agrees = Math.abs(found - exact) <= BEND * Math.max(Math.abs(exact), 1e-3);
    const verdict = agrees ? "as its error says" : "unlike its error: the number stands just at a bend of ReLU or of the maximum, where there is no one slope";
    measured.textContent = arrived(part) ? `By trying: a small step up and down changes the loss at a rate of ${upTo(found, 3)}, ${verdict}.` : "";
  }
  function draw() {
    if (!el.isConnected) return;
    const parts = forward(state()), errors = backward(state()), stage = model.get("stage");
    const chosen = [model.get("part"), ...model.get("position")], [part, row, column] = chosen, loss = upTo(parts.loss[0][0], 4);
    drawTables(parts, errors, chosen);
    drawStory(parts, errors, chosen);
    labelChoice.show(String(model.get("label")));
    rateChoice.show(String(model.get("rate")));
    valueField.disabled = !CHANGEABLE.includes(part);
    if (document.activeElement !== valueField) {
      valueField.value = Math.round(parts[part][row][column] * 1000) / 1000;
      valueField.removeAttribute("aria-invalid");
      complaint.textContent = "";
    }
    back.disabled = stage === stages.length - 1;
    none.disabled = stage === 0;
    facts.forEach(([, node], i) => { node.textContent = [loss, before === null ? "–" : upTo(before, 4)][i]; });
    const reached = stage ? ` Error has reached: ${stages[stage].map((name) => TITLES[name]).join(", ")}.` : "";
    say(live, `${place.textContent}. ${value.textContent} ${error.textContent} ${measured.textContent} Loss ${loss}${before === null ? "" : `, before the step ${upTo(before, 4)}`}.${reached}`);
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
