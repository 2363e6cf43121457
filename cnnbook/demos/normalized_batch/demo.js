// NormalizedBatch: one channel of BatchNormalization on a batch of a few numbers that can be moved.

import { choice, element, labelled, oncePerFrame, onChange, svg, watchSurroundings } from "../shared/dom.js";
import { formatNumber } from "../shared/numbers.js";

const FEWEST = 2, MOST = 8, REACH = 5;
const EPSILONS = [0.00001, 0.001, 0.1, 1];
const STATISTICS = ["mean", "variance"];
// The picture, in pixels: dots stand above the first line and hang below the second, with room for so many rows of them or more.
const EDGE = 20, RADIUS = 12, ROW = 26, ROWS = 3, STEM = 24, GAP = 120;

// Three decimals and a true minus; parentheses where a minus would follow another sign.
const short = (value) => {
  const text = Math.abs(value).toLocaleString("en-US", { maximumFractionDigits: 3 });
  return (value < 0 && text !== "0" ? "−" : "") + text;
};
const within = (value) => (short(value).startsWith("−") ? `(${short(value)})` : short(value));
const tiny = (value) => value.toLocaleString("en-US", { maximumSignificantDigits: 6 });
const average = (values) => values.reduce((a, b) => a + b, 0) / values.length;

function statisticsOf(values) {
  const mean = average(values);
  return { mean, variance: average(values.map((value) => (value - mean) ** 2)) };
}

function setAll(node, attributes) {
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
}

// How far from its line each dot stands, so that none covers another.
function liftsOf(places) {
  const rows = [], ends = [];
  for (const i of places.map((_, k) => k).sort((a, b) => places[a] - places[b])) {
    let row = 0;
    while (ends[row] > places[i]) row += 1;
    rows[i] = row;
    ends[row] = places[i] + 2 * RADIUS + 1;
  }
  return rows.map((row) => STEM + row * ROW);
}

function render({ model, el }) {
  // ---- state ----
  const get = (name) => model.get(name);
  const values = () => get("values");
  const training = () => get("mode") === "training";
  function change(traits) {
    for (const [name, value] of Object.entries(traits)) model.set(name, value);
    model.save_changes();
  }
  const select = (i) => change({ selected: i });
  const setValue = (i, value) => change({ values: values().with(i, value) });
  const moveTo = (i, value) => setValue(i, Math.min(Math.max(Math.round(value * 10) / 10, -REACH), REACH));
  const moving = () => ({ mean: get("moving_mean"), variance: get("moving_variance") });
  // Keras's convention: momentum is the weight of the old.
  function afterStep(before) {
    const momentum = get("momentum"), batch = statisticsOf(values());
    return Object.fromEntries(STATISTICS.map((name) => [name, momentum * before[name] + (1 - momentum) * batch[name]]));
  }
  function show(times) {
    let after = moving();
    for (let i = 0; i < times; i++) after = afterStep(after);
    change({ moving_mean: after.mean, moving_variance: after.variance, steps: get("steps") + times });
  }
  function add() {
    if (values().length === MOST) complaint.textContent = `The batch takes ${MOST} values at most.`;
    else change({ values: [...values(), 0], selected: values().length });
  }
  function remove(i) {
    if (values().length === FEWEST) complaint.textContent = `The batch takes ${FEWEST} values at least: one value alone has no variance.`;
    else {
      const rest = values().filter((_, k) => k !== i), selected = get("selected");
      change({ values: rest, selected: Math.min(selected > i ? selected - 1 : selected, rest.length - 1) });
      rows[Math.min(i, rest.length - 1)].remove.focus();
    }
  }

  // ---- elements ----
  const complaint = element("p", { class: "cb-complaint", role: "alert" });
  const live = element("p", { class: "cb-hidden", "aria-live": "polite" });
  const button = (text, onclick, attributes = {}) => element("button", { type: "button", onclick, ...attributes }, text);
  const modes = [["training", "Training"], ["prediction", "Prediction"]].map(([mode, text]) => ({ mode, node: button(text, () => change({ mode })) }));

  // A field for a number; anything it does not take is said to be wrong and changes nothing.
  const fields = [];
  function numberField(name, range, good, read, write, attributes = {}) {
    const input = element("input", { type: "number", step: "any", ...attributes, oninput: () => {
      const value = input.valueAsNumber, right = Number.isFinite(value) && good(value);
      input.setAttribute("aria-invalid", String(!right));
      complaint.textContent = right ? "" : `${name} takes a number ${range}. The last valid one still counts.`;
      if (right) write(value);
    } });
    fields.push({ input, show() { if (document.activeElement !== input) { input.value = read(); input.removeAttribute("aria-invalid"); } } });
    return input;
  }
  const inReach = (value) => Math.abs(value) <= REACH, reach = `from −${REACH} to ${REACH}`;
  const traitField = (name, trait, range, good) => labelled(name, numberField(name, range, good, () => get(trait), (value) => change({ [trait]: value })));
  const epsilonChoice = choice("ε", [], (value) => change({ epsilon: Number(value) }));
  const settings = [
    traitField("γ", "gamma", reach, inReach), traitField("β", "beta", reach, inReach), epsilonChoice.node,
    traitField("Momentum", "momentum", "of at least 0 and below 1", (value) => value >= 0 && value < 1),
  ];

  // All rows, joins and dots are made once and hidden while the batch is smaller, so that what has the focus keeps it.
  const eight = Array.from({ length: MOST }, (_, i) => i);
  const rows = eight.map((i) => {
    const name = `value ${i + 1}`, result = element("td", { class: "cb-result" });
    const input = numberField(name, reach, inReach, () => values()[i] ?? "", (value) => setValue(i, value), { "aria-label": name, onfocus: () => select(i) });
    const remover = button("×", () => remove(i), { "aria-label": `Remove ${name}` });
    return { node: element("tr", {}, element("th", { scope: "row" }, String(i + 1)), element("td", {}, input), result, element("td", {}, remover)), result, remove: remover };
  });
  const joins = eight.map(() => svg("path", { class: "cb-join" }));
  const dot = (i, attributes) => {
    const shape = svg("path"), text = svg("text", { dy: "0.35em" }, String(i + 1));
    return { node: svg("g", attributes, shape, text), shape, text };
  };
  const sliders = eight.map((i) => dot(i, {
    class: "cb-dot cb-slider", tabindex: "0", role: "slider", "aria-label": `value ${i + 1}`, "aria-valuemin": -REACH, "aria-valuemax": REACH,
  }));
  const ends = eight.map((i) => dot(i, { class: "cb-dot", "aria-hidden": "true" }));
  const band = svg("path", { class: "cb-band" }), centre = svg("path", { class: "cb-centre" });
  const scale = svg("g", { "aria-hidden": "true" });
  const picture = svg("svg", { class: "cb-batch", role: "group", "aria-label": "The batch on a number line, and its results on another. Arrow keys move a value." },
    svg("g", { "aria-hidden": "true" }, band, centre), svg("g", { "aria-hidden": "true" }, ...joins), scale,
    ...ends.map((end) => end.node), ...sliders.map((slider) => slider.node));
  const caption = element("figcaption"), beneath = element("p", { class: "cb-scale" });
  const figure = element("figure", { class: "cb-broad" }, caption, picture, beneath);

  const sum = element("p", { class: "cb-sum" }), updates = element("p", { class: "cb-sum" });
  const heads = (...titles) => element("thead", {}, element("tr", {}, ...titles.map((title) => (title ? element("th", { scope: "col" }, title) : element("td")))));
  const seenCaption = element("caption");
  const kept = ["this batch", "moving"].map((title) => {
    const cells = STATISTICS.map(() => element("td")), used = element("td");
    return { node: element("tr", {}, element("th", { scope: "row" }, title), ...cells, used), cells, used };
  });
  const stepButtons = [button("Show this batch", () => show(1)), button("Show it 10 times", () => show(10))];
  const root = element("div", { class: "cnnbook" },
    element("div", { class: "cb-controls" },
      element("div", { class: "cb-choice", role: "group", "aria-label": "Mode" }, element("span", { "aria-hidden": "true" }, "Mode"), element("div", { class: "cb-modes" }, ...modes.map(({ node }) => node))),
      ...settings),
    figure, sum, complaint,
    element("div", { class: "cb-stage" },
      element("div", {}, element("table", { class: "cb-values" }, element("caption", {}, "the batch"), heads("number", "value", "result", ""), element("tbody", {}, ...rows.map((row) => row.node))),
        button("Add a value", add)),
      element("div", {}, element("table", { class: "cb-kept" }, seenCaption, heads("", ...STATISTICS, "used"), element("tbody", {}, ...kept.map((row) => row.node))),
        element("div", { class: "cb-transport", role: "group", "aria-label": "Training steps" }, ...stepButtons,
          button("Forget", () => change({ moving_mean: 0, moving_variance: 1, steps: 0 }))),
        updates)),
    live);

  // ---- drawing ----
  function drawPicture(results, used) {
    const width = picture.clientWidth;
    if (!width) return;
    const gamma = get("gamma"), beta = get("beta"), n = values().length;
    // In training no result can lie beyond this, whatever the values, so the scale stands still while one moves.
    const limit = [REACH, 2 * REACH, 4 * REACH].find((end) => end >= Math.abs(gamma) * Math.sqrt(n - 1) + Math.abs(beta));
    const at = (value, end) => width / 2 + (value / end) * (width / 2 - EDGE);
    const above = values().map((value) => at(value, REACH)), below = results.map((result) => at(result, limit));
    const edges = below.map((x) => Math.min(Math.max(x, EDGE), width - EDGE));
    const up = liftsOf(above), down = liftsOf(edges);
    const room = (lifts) => Math.max(...lifts, STEM + (ROWS - 1) * ROW) + RADIUS + 3;
    const top = room(up), bottom = top + GAP;
    setAll(picture, { height: bottom + room(down) });
    eight.forEach((i) => {
      for (const part of [joins[i], ends[i].node, sliders[i].node]) part.toggleAttribute("hidden", i >= n);
      if (i >= n) return;
      for (const part of [joins[i], ends[i].node, sliders[i].node]) part.classList.toggle("cb-chosen", i === get("selected"));
      setAll(joins[i], { d: `M${above[i]} ${top - up[i]}V${top}L${below[i]} ${bottom}M${edges[i]} ${bottom}v${down[i]}` });
      setAll(sliders[i].node, { "aria-valuenow": values()[i] });
      place(sliders[i], above[i], top - up[i], 0);
      place(ends[i], edges[i], bottom + down[i], Math.sign(Math.round(below[i] - edges[i])));
    });
    const spread = Math.sqrt(used.variance), half = (gamma * spread) / Math.sqrt(used.variance + get("epsilon"));
    const [left, right] = [-1, 1].map((sign) => at(used.mean + sign * spread, REACH)), [first, last] = [-1, 1].map((sign) => at(beta + sign * half, limit));
    setAll(band, { d: `M${left} ${top - 8}V${top}L${first} ${bottom}v8H${last}v-8L${right} ${top}v-8Z` });
    setAll(centre, { d: `M${at(used.mean, REACH)} ${top - 10}v10L${at(beta, limit)} ${bottom}v10` });
    drawScale(width, [[top, REACH, top + 18], [bottom, limit, bottom - 10]], at);
  }
  // A dot; where the result lies beyond the line, an arrow at its end.
  function place({ shape, text }, x, y, beyond) {
    const r = RADIUS;
    setAll(text, { x, y });
    setAll(shape, { d: beyond
      ? `M${x + beyond * (r + 6)} ${y}L${x - beyond * r} ${y - r}v${2 * r}Z`
      : `M${x - r} ${y}a${r} ${r} 0 1 0 ${2 * r} 0a${r} ${r} 0 1 0 ${-2 * r} 0Z` });
  }
  function drawScale(width, lines, at) {
    const parts = [];
    for (const [line, end, height] of lines) {
      parts.push(svg("path", { class: "cb-axis", d: `M0 ${line}H${width}` }));
      for (let tick = -end; tick <= end; tick += end / REACH) {
        const x = at(tick, end);
        parts.push(svg("path", { class: "cb-axis", d: `M${x} ${line - 4}v8` }), svg("text", { class: "cb-tick", x, y: height }, short(tick)));
      }
    }
    scale.replaceChildren(...parts);
  }

  function draw() {
    if (!el.isConnected) return;
    const batch = statisticsOf(values()), used = training() ? batch : moving();
    const { gamma, beta, epsilon, steps, selected } = Object.fromEntries(["gamma", "beta", "epsilon", "steps", "selected"].map((name) => [name, get(name)]));
    const results = values().map((value) => (gamma * (value - used.mean)) / Math.sqrt(used.variance + epsilon) + beta);
    modes.forEach(({ mode, node }) => node.setAttribute("aria-pressed", String(mode === get("mode"))));
    rows.forEach(({ node, result }, i) => {
      node.hidden = i >= values().length;
      node.classList.toggle("cb-chosen", i === selected);
      result.textContent = node.hidden ? "" : short(results[i]);
    });
    fields.forEach((field) => field.show());
    if (!fields.some(({ input }) => input.getAttribute("aria-invalid") === "true")) complaint.textContent = "";
    epsilonChoice.show(String(epsilon), [...new Set([...EPSILONS, epsilon])].map((value) => [String(value), tiny(value)]));

    const whose = training() ? "of this batch" : "kept in training";
    caption.textContent = `values; dashed: mean ${short(used.mean)}, shaded: ± standard deviation ${short(Math.sqrt(used.variance))}, ${whose}`;
    beneath.textContent = training() ? "results; each depends on all values of the batch" : "results; each depends on its own value alone; an arrow lies beyond the line";
    drawPicture(results, used);
    sum.replaceChildren(
      element("span", {}, `value ${selected + 1}: γ · (x − mean) / √(variance + ε) + β`), element("br"),
      element("span", { class: "cb-calculation" }, `${short(gamma)} · (${short(values()[selected])} − ${within(used.mean)}) / √(${short(used.variance)} + ${tiny(epsilon)}) + ${within(beta)}`),
      " = ", element("output", { class: "cb-total" }, short(results[selected])));

    const seen = `${formatNumber(steps)} ${steps === 1 ? "step" : "steps"}`;
    seenCaption.textContent = `${seen} of training seen; rounded to three decimals`;
    kept.forEach((row, k) => {
      const statistics = [batch, moving()][k];
      row.cells.forEach((cell, of) => { cell.textContent = short(statistics[STATISTICS[of]]); });
      row.used.textContent = (k === 0) === training() ? "yes" : "";
      row.node.classList.toggle("cb-chosen", (k === 0) === training());
    });
    stepButtons.forEach((step) => { step.disabled = !training(); });
    const before = moving(), after = afterStep(before), old = get("momentum");
    updates.replaceChildren(...(training() ? [element("span", {}, "The next step makes"), ...STATISTICS.flatMap((name) => [element("br"),
      `moving ${name} `, element("span", { class: `cb-next-${name}` }, `${tiny(old)} · ${within(before[name])} + ${tiny(1 - old)} · ${within(batch[name])} = ${short(after[name])}`)])]
      : ["Prediction leaves the moving statistics as they are."]));
    // While a dot is dragged, every place would be read out: say it only when it rests.
    if (held === null) {
      live.textContent = `${training() ? "Training" : "Prediction"}: value ${selected + 1} of ${values().length}, ${short(values()[selected])}, gives ${short(results[selected])}. ` +
        `Batch mean ${short(batch.mean)}, variance ${short(batch.variance)}. After ${seen}, moving mean ${short(before.mean)}, variance ${short(before.variance)}.`;
    }
  }
  const redraw = oncePerFrame(draw);

  // ---- events ----
  let held = null, wanted = 0, grip = 0;
  const valueAt = (x) => ((x - picture.clientWidth / 2) / (picture.clientWidth / 2 - EDGE)) * REACH;
  const follow = oncePerFrame(() => moveTo(get("selected"), wanted));
  const KEYS = { ArrowLeft: -0.1, ArrowDown: -0.1, ArrowRight: 0.1, ArrowUp: 0.1, PageDown: -1, PageUp: 1, Home: -Infinity, End: Infinity };
  sliders.forEach(({ node }, i) => {
    node.addEventListener("focus", () => select(i));
    node.addEventListener("keydown", (event) => {
      if (!(event.key in KEYS)) return;
      moveTo(i, values()[i] + KEYS[event.key]);
      event.preventDefault();
    });
    node.addEventListener("pointerdown", (event) => {
      held = i;
      node.setPointerCapture(event.pointerId);
      node.focus({ preventScroll: true });
      // The dot keeps its distance from the pointer, so that a click alone moves nothing.
      grip = event.clientX - (picture.clientWidth / 2 + (values()[i] / REACH) * (picture.clientWidth / 2 - EDGE));
    });
    node.addEventListener("pointermove", (event) => { if (held === i) { wanted = valueAt(event.clientX - grip); follow(); } });
    for (const end of ["pointerup", "pointercancel"]) node.addEventListener(end, () => { held = null; redraw(); });
    ends[i].node.addEventListener("pointerdown", () => select(i));
  });
  const unlisten = onChange(model, ["values", "gamma", "beta", "epsilon", "momentum", "mode", "moving_mean", "moving_variance", "steps", "selected"], redraw);
  const unwatch = watchSurroundings(figure, redraw);
  el.replaceChildren(root);
  redraw();
  return () => {
    unwatch();
    unlisten();
  };
}

export default { render };
