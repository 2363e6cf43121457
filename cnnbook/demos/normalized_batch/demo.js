// NormalizedBatch: one channel of BatchNormalization on a batch of a few numbers that can be moved.

import { button, element, liveRegion, oncePerFrame, watchSurroundings } from "../shared/dom.js";
import { choice, labelled, numberField, numberFrom, warnings } from "../shared/fields.js";
import { change, onChange, replaced } from "../shared/model.js";
import { formatNumber, within } from "../shared/numbers.js";
import { limited } from "../shared/places.js";
import { afterSteps, normalize, statisticsOf } from "./arithmetic.js";
import { createLines } from "./lines.js";
import { createStatistics, createValues, short, tiny } from "./tables.js";

const EPSILONS = [0.00001, 0.001, 0.1, 1]; // to choose from
const TRAITS = ["values", "gamma", "beta", "epsilon", "momentum", "mode", "moving_mean", "moving_variance", "steps", "selected"];
const TEXT = {
  mode: "Mode", modes: [["training", "Training"], ["prediction", "Prediction"]],
  gamma: "γ", beta: "β", epsilon: "ε", momentum: "Momentum", ofMomentum: (below) => `a number of at least 0 and below ${below}`,
  most: (most) => `The batch can have at most ${most} values.`,
  fewest: (fewest) =>
    `The batch needs at least ${fewest} values: one value alone has variance 0, and in training its result would always be β.`,
  whose: { training: "of this batch", prediction: "kept in training" },
  above: (mean, sd, whose) => `values; dashed: the mean ${mean}, shaded: ± one standard deviation (${sd}), ${whose}`,
  below: {
    training: "results; each depends on all values of the batch",
    prediction: "results; each depends on its own value alone; an arrow marks a result beyond the end of the line",
  },
  formula: (i) => `value ${i + 1}: γ · (x − mean) / √(variance + ε) + β`,
  steps: (steps) => `${formatNumber(steps)} ${steps === 1 ? "step" : "steps"}`,
  said: (mode, i, count, value, result) => `${mode}: value ${i + 1} of ${count}, ${value}, gives ${result}. `,
  saidStatistics: (batch, seen, moving) => `Batch mean ${short(batch.mean)}, variance ${short(batch.variance)}. ` +
    `After ${seen}, moving mean ${short(moving.mean)}, variance ${short(moving.variance)}.`,
};

// What can be done with the batch; `refuse` says where it is too small or too large.
function createBatch(model, refuse) {
  const { fewest, most, reach } = model.get("limits"), values = () => model.get("values"), selected = () => model.get("selected");
  const setValue = (i, value) => change(model, { values: replaced(values(), i, value) });
  function add() {
    if (values().length === most) refuse(TEXT.most(most));
    else change(model, { values: [...values(), 0], selected: values().length });
  }
  // Whether the value is gone.
  function remove(i) {
    if (values().length === fewest) {
      refuse(TEXT.fewest(fewest));
      return false;
    }
    const rest = values().filter((_, k) => k !== i);
    change(model, { values: rest, selected: Math.min(selected() > i ? selected() - 1 : selected(), rest.length - 1) });
    return true;
  }
  return {
    values, selected, setValue, add, remove,
    select: (i) => change(model, { selected: i }),
    moveTo: (i, value) => setValue(i, limited(Math.round(value * 10) / 10, -reach, reach)),
  };
}

// Everything that follows from the traits.
function stateOf(model) {
  const state = Object.fromEntries(TRAITS.map((name) => [name, model.get(name)]));
  const batch = statisticsOf(state.values), moving = { mean: state.moving_mean, variance: state.moving_variance };
  const training = state.mode === "training", used = training ? batch : moving;
  return { ...state, batch, moving, training, used, results: normalize(state.values, used, state),
    after: afterSteps(moving, batch, state.momentum, 1), seen: TEXT.steps(state.steps) };
}

// The controls above: {node, show(state)}.
function createControls(model, warn) {
  const { reach, momentum_below: below } = model.get("limits"), inReach = numberFrom(-reach, reach);
  const ofMomentum = { good: (value) => value >= 0 && value < below, takes: TEXT.ofMomentum(below), attributes: { inputmode: "decimal" } };
  const fields = { gamma: inReach, beta: inReach, momentum: ofMomentum };
  const made = Object.entries(fields).map(([trait, range]) => numberField({
    name: TEXT[trait], range, warn, read: () => model.get(trait), write: (value) => change(model, { [trait]: value }),
  }));
  const [gamma, beta, momentum] = made.map((field, i) => labelled(TEXT[Object.keys(fields)[i]], field.input));
  const epsilon = choice(TEXT.epsilon, [], (value) => change(model, { epsilon: Number(value) }));
  const modes = TEXT.modes.map(([mode, text]) => ({ mode, node: button(text, () => change(model, { mode })) }));
  const node = element("div", { class: "cb-controls" },
    element("div", { class: "cb-choice", role: "group", "aria-label": TEXT.mode }, element("span", { "aria-hidden": "true" }, TEXT.mode),
      element("div", { class: "cb-modes" }, ...modes.map((each) => each.node))),
    gamma, beta, epsilon.node, momentum);
  function show(state) {
    for (const { mode, node: pressed } of modes) pressed.setAttribute("aria-pressed", String(mode === state.mode));
    for (const field of made) field.show();
    epsilon.show(String(state.epsilon), [...new Set([...EPSILONS, state.epsilon])].map((value) => [String(value), tiny(value)]));
  }
  return { node, show };
}

// The selected value's calculation, written out.
function calculation({ values, results, used, gamma, beta, epsilon, selected }) {
  const written = `${short(gamma)} · (${short(values[selected])} − ${within(short(used.mean))}) / ` +
    `√(${short(used.variance)} + ${tiny(epsilon)}) + ${within(short(beta))}`;
  return [element("span", {}, TEXT.formula(selected)), element("br"), element("span", { class: "cb-calculation" }, written),
    " = ", element("output", { class: "cb-total" }, short(results[selected]))];
}

function render({ model, el }) {
  const { node: complaint, warn, refuse } = warnings(), live = liveRegion();
  const limits = model.get("limits"), batch = createBatch(model, refuse);
  const controls = createControls(model, warn), sum = element("p", { class: "cb-sum" });
  const values = createValues(limits, { ...batch, remove(i) {
    if (batch.remove(i)) values.focusRemover(Math.min(i, batch.values().length - 1));
  } }, warn);
  const lines = createLines(limits, batch, () => redraw());
  const statistics = createStatistics(train, () => change(model, { moving_mean: 0, moving_variance: 1, steps: 0 }));
  const root = element("div", { class: "cnnbook" }, controls.node, lines.node, sum, complaint,
    element("div", { class: "cb-stage" }, values.node, statistics.node), live);

  function train(times) {
    const { moving, batch: seen, momentum, steps } = stateOf(model), after = afterSteps(moving, seen, momentum, times);
    change(model, { moving_mean: after.mean, moving_variance: after.variance, steps: steps + times });
  }
  function draw() {
    if (!el.isConnected) return;
    const state = stateOf(model), { used, mode, selected, results } = state;
    controls.show(state);
    values.show(results, selected);
    lines.say(TEXT.above(short(used.mean), short(Math.sqrt(used.variance)), TEXT.whose[mode]), TEXT.below[mode]);
    lines.draw(state.values, results, used, state);
    sum.replaceChildren(...calculation(state));
    statistics.show(state);
    if (lines.moving) return; // every place would be read out: say it only when the dot rests
    const name = Object.fromEntries(TEXT.modes)[mode];
    live.textContent = TEXT.said(name, selected, state.values.length, short(state.values[selected]), short(results[selected])) +
      TEXT.saidStatistics(state.batch, state.seen, state.moving);
  }
  const redraw = oncePerFrame(draw), ends = [onChange(model, TRAITS, redraw), watchSurroundings(lines.node, redraw)];
  el.replaceChildren(root);
  redraw();
  return () => { for (const end of ends) end(); };
}

export default { render };
