// DropoutMask: draw one mask of Dropout after another for the outputs of some units, and watch the average of each output.

import { button, element, liveRegion, oncePerFrame, say, svg, watchSurroundings } from "../shared/dom.js";
import { asChoices, choice, labelled, numberField, warnings, wholeFrom } from "../shared/fields.js";
import { change, onChange } from "../shared/model.js";
import { formatNumber } from "../shared/numbers.js";
import { play } from "./arithmetic.js";
import { drawChart } from "./chart.js";
import { createUnits } from "./units.js";

const TEXT = {
  rate: "Rate", mode: "Mode", seed: "Seed", scale: "Scale the survivors by 1/(1 − rate)",
  drawOne: "Draw a new mask", drawMany: "Draw 100 masks", again: "Start again",
  units: "small: the value, large: the output, hatched: dropped; arrow keys choose a unit, Space draws a new mask",
  facts: ["masks drawn so far", "dropped by this mask", "average of the unit", "largest distance of all units"],
  unit: (row, column) => `row ${row + 1}, column ${column + 1}`,
  Unit: (row, column) => `Row ${row + 1}, column ${column + 1}`,
  chart: (unit) => `${unit}: average output over all masks so far (solid), value without Dropout (dashed)`,
  chartLabel: (told) => `Chart of the average output after each mask. ${told}`,
  noMasks: "No mask drawn yet.",
  averageAndValue: (average, value) => `Average ${average}, value ${value}.`,
  share: (dropped, units, percent) => `${dropped} of ${units} (${percent} %)`,
  average: (average, value) => `${average} (value ${value})`,
  stays: "in prediction it stays ", notDrawn: "no mask drawn yet: ",
  dropped: (value) => `${value} is dropped: `, notScaled: "kept, not scaled: ",
  nothingDropped: "In prediction nothing is dropped or scaled: each output is the value itself, and a new mask changes nothing.",
  headsFor: (value, rate) => `With scaling the average heads for the value: ${value} × 1/(1 − ${rate}) × (1 − ${rate}) = ${value}.`,
  headsElsewhere: (value, rate, equals, mean) => `Without scaling the average heads for ${value} × (1 − ${rate}) ${equals} ${mean}`,
  notTheValue: (value) => `, not for the value ${value}`,
  limit: (most) => `The limit is ${most} masks. “Start again” goes back to the first one.`,
  said: (draws, share, average, value, gap) =>
    `Mask ${draws}: dropped ${share}. Average ${average}, value ${value}. Largest distance ${gap}.`,
  saidPrediction: "Nothing is dropped or scaled; a new mask changes nothing.",
};
const MANY = 100;
const STATE = ["values", "rate", "mode", "scale", "seed", "draws", "selected"];

const equals = (value) => (Math.abs(value * 100 - Math.round(value * 100)) < 1e-9 ? "=" : "≈");

// What happens to the chosen unit: [text before its output, the output].
function written({ rate, scale, mode }, value, output, kept, hasMask) {
  const [shown, result] = [value, output].map(formatNumber);
  if (mode === "prediction") return [TEXT.stays, shown];
  if (!hasMask) return [TEXT.notDrawn, shown];
  if (!kept) return [TEXT.dropped(shown), "0"];
  return scale ? [`${shown} × 1/(1 − ${rate}) ${equals(output)} `, result] : [TEXT.notScaled, result];
}

// Where the average goes with more masks.
function expected({ rate, scale, mode }, value) {
  const mean = value * (1 - rate), shown = formatNumber(value);
  if (mode === "prediction") return TEXT.nothingDropped;
  if (scale) return TEXT.headsFor(shown, rate);
  return `${TEXT.headsElsewhere(shown, rate, equals(mean), formatNumber(mean))}${mean === value ? "" : TEXT.notTheValue(shown)}.`;
}

// The controls above: {node, show(state)}.
function createControls(model, warn) {
  const { rates, modes, most_seed: mostSeed } = model.get("limits");
  const rateChoice = choice(TEXT.rate, asChoices(rates), (rate) => change(model, { rate: Number(rate) }));
  const modeChoice = choice(TEXT.mode, asChoices(modes), (mode) => change(model, { mode }));
  const scaleBox = element("input", { type: "checkbox", onchange: () => change(model, { scale: scaleBox.checked }) });
  const seed = numberField({
    name: TEXT.seed, range: wholeFrom(0, mostSeed), warn, read: () => model.get("seed"), write: (value) => change(model, { seed: value }),
  });
  const node = element("div", { class: "cb-controls" }, rateChoice.node, modeChoice.node, labelled(TEXT.seed, seed.input),
    element("label", { class: "cb-switch" }, scaleBox, TEXT.scale));
  function show({ rate, mode, scale }) {
    rateChoice.show(String(rate));
    modeChoice.show(mode);
    scaleBox.checked = scale;
    seed.show();
  }
  return { node, show };
}

// The numbers below: {node, show(state, played, chosen)}, which also returns what a screen reader is told about the masks.
function createFacts() {
  const values = TEXT.facts.map(() => element("dd"));
  const node = element("dl", { class: "cb-facts" },
    ...TEXT.facts.map((name, i) => element("div", {}, element("dt", {}, name), values[i])));
  function show({ values: units, draws, mode, columns }, played, chosen) {
    const dropped = played.kept.filter((kept) => !kept).length, averages = played.averages ?? [];
    const share = TEXT.share(dropped, units.length, formatNumber(Math.round((1000 * dropped) / units.length) / 10));
    const gaps = averages.map((mean, unit) => Math.abs(mean - units[unit])), gap = Math.max(...gaps), widest = gaps.indexOf(gap);
    const where = gap ? ` (${TEXT.unit(Math.floor(widest / columns), widest % columns)})` : "";
    const [average, value] = [averages[chosen] ?? 0, units[chosen]].map(formatNumber);
    const told = played.averages ? [share, TEXT.average(average, value), formatNumber(gap) + where] : ["–", "–", "–"];
    values.forEach((cell, i) => { cell.textContent = [formatNumber(draws), ...told][i]; });
    if (draws > 0 && mode === "training") return TEXT.said(formatNumber(draws), share, average, value, formatNumber(gap));
    return mode === "prediction" ? TEXT.saidPrediction : "";
  }
  return { node, show };
}

// The chosen unit's average over the masks: {node, draw(state, played, chosen, unit)}.
function createAverages() {
  const chart = svg("svg", { class: "cb-chart", role: "img" }), caption = element("figcaption");
  function draw({ values }, played, chosen, unit) {
    const average = played.averages?.[chosen];
    const told = average == null ? TEXT.noMasks : TEXT.averageAndValue(formatNumber(average), formatNumber(values[chosen]));
    caption.textContent = TEXT.chart(unit);
    chart.setAttribute("aria-label", TEXT.chartLabel(told));
    drawChart(chart, played.curve, values[chosen]);
  }
  return { node: element("figure", {}, caption, chart), draw };
}

function render({ model, el }) {
  const { node: complaint, warn } = warnings(), live = liveRegion(), { most_draws: most } = model.get("limits");
  const controls = createControls(model, warn), units = createUnits(model, () => drawMasks(1));
  const averages = createAverages(), facts = createFacts();
  const place = element("p", { class: "cb-credit" }), arithmetic = element("p", { class: "cb-sum" }), outlook = element("p");
  const root = element("div", { class: "cnnbook" }, controls.node,
    element("div", { class: "cb-transport" }, button(TEXT.drawOne, () => drawMasks(1)), button(TEXT.drawMany, () => drawMasks(MANY)),
      button(TEXT.again, () => change(model, { draws: 0 }))),
    complaint,
    element("div", { class: "cb-stage" },
      element("figure", {}, element("figcaption", {}, TEXT.units), units.node, place, arithmetic), averages.node),
    facts.node, outlook, live);

  function drawMasks(n) {
    // Where a new mask changes nothing, why is said once more.
    live.textContent = complaint.textContent = "";
    if (model.get("mode") === "training") change(model, { draws: Math.min(model.get("draws") + n, most) });
    redraw();
  }
  function draw() {
    if (!el.isConnected) return;
    const state = Object.fromEntries(STATE.map((name) => [name, model.get(name)])), columns = state.values[0].length;
    Object.assign(state, { columns, values: state.values.flat() });
    const [row, column] = state.selected, chosen = row * columns + column, value = state.values[chosen];
    const played = play(state, chosen), hasMask = state.draws > 0 && state.mode === "training";
    const [before, output] = written(state, value, played.outputs[chosen], played.kept[chosen], hasMask);
    controls.show(state);
    units.draw(state.values, played, chosen, hasMask);
    averages.draw(state, played, chosen, TEXT.unit(row, column));
    const told = facts.show(state, played, chosen);
    place.textContent = TEXT.unit(row, column);
    arithmetic.replaceChildren(before, element("output", { class: "cb-total" }, output));
    outlook.textContent = expected(state, value);
    warn("limit", state.draws === most ? TEXT.limit(formatNumber(most)) : "");
    say(live, `${TEXT.Unit(row, column)}: ${before}${output}. ${told}`);
  }
  const redraw = oncePerFrame(draw), ends = [onChange(model, STATE, redraw), watchSurroundings(root, redraw)];
  el.replaceChildren(root);
  redraw();
  return () => { for (const end of ends) end(); };
}

export default { render };
