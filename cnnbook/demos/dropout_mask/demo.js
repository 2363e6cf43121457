// DropoutMask: throw Dropout's mask on the outputs of some units, again and again, and watch the average of each output.

import { uniform } from "../engine/random.js";
import { choice, element, labelled, oncePerFrame, onChange, svg, watchSurroundings } from "../shared/dom.js";
import { formatNumber } from "../shared/numbers.js";

const RATES = [0, 0.1, 0.25, 0.5, 0.75, 0.9], MOST_THROWS = 2000, MOST_SEED = 9999;

// Whether a unit is kept in throw k (from 1).
export const isKept = (seed, rate, k, unit, units) => uniform(seed, (k - 1) * units + unit) >= rate;

// All throws from the first: {kept in the last throw, outputs if kept, averages} per unit, and the chosen unit's average after each throw.
function play({ values, rate, mode, scale, seed, throws }, chosen) {
  const training = mode === "training";
  const ifKept = values.map((value) => (training && scale ? value / (1 - rate) : value));
  const counts = values.map(() => 0), curve = [];
  let kept = values.map(() => true);
  for (let k = 1; k <= throws; k++) {
    if (training) kept = values.map((_, unit) => isKept(seed, rate, k, unit, values.length));
    kept.forEach((isIn, unit) => { counts[unit] += isIn; });
    curve.push(ifKept[chosen] * (counts[chosen] / k));
  }
  if (training && !throws) return { kept, outputs: values, averages: null, curve };
  const averages = ifKept.map((value, unit) => (throws ? value * (counts[unit] / throws) : value));
  return { kept, outputs: ifKept.map((value, unit) => (kept[unit] ? value : 0)), averages, curve };
}

// About four steps of 1, 2 or 5 times a power of ten.
function niceStep(span) {
  const power = 10 ** Math.floor(Math.log10(span / 4));
  return [1, 2, 5, 10].map((n) => n * power).find((step) => step >= span / 4);
}

// The average after each throw as a solid line, the value without Dropout as a dashed one, each with its name beside it.
function drawChart(chart, curve, value) {
  const width = chart.clientWidth, height = 240;
  if (!width) return;
  const left = 40, right = width - 112, top = 10, bottom = height - 36, most = Math.max(curve.length, 10);
  const reach = [0, value, ...curve], low = Math.min(...reach), high = Math.max(...reach, low + 0.01), step = niceStep(high - low);
  const x = (k) => left + ((k - 1) / (most - 1)) * (right - left);
  const y = (v) => bottom - ((v - low) / (high - low)) * (bottom - top);
  const text = (at, name, content, anchor = "start") => svg("text", { x: at[0], y: at[1], class: name, "text-anchor": anchor }, content);
  const parts = [];
  for (let i = Math.ceil(low / step); i * step <= high; i++) {
    parts.push(svg("path", { d: `M${left} ${y(i * step)}H${right}`, class: i ? "cb-tick" : "cb-tick cb-axis" }),
      text([left - 6, y(i * step) + 4], "cb-tick-text", formatNumber(i * step), "end"));
  }
  parts.push(text([left, bottom + 16], "cb-tick-text", "1"), text([right, bottom + 16], "cb-tick-text", formatNumber(most), "end"),
    text([(left + right) / 2, bottom + 30], "cb-tick-text", "throws", "middle"));
  const names = [[y(value), `value ${formatNumber(value)}`]];
  if (curve.length) {
    const end = y(curve.at(-1)), apart = end - y(value);
    parts.push(svg("path", { d: curve.map((v, i) => `${i ? "L" : "M"}${x(i + 1).toFixed(1)} ${y(v).toFixed(1)}`).join(""), class: "cb-average" }),
      svg("circle", { cx: x(curve.length), cy: end, r: 4, class: "cb-end" }));
    names.push([end, `average ${formatNumber(curve.at(-1))}`]);
    // Two names in one place are moved apart.
    if (Math.abs(apart) < 16) {
      const below = apart < 0 ? 0 : 1, middle = Math.min(Math.max((end + y(value)) / 2, top + 8), bottom - 8);
      names[below][0] = middle + 8;
      names[1 - below][0] = middle - 8;
    }
  }
  parts.push(svg("path", { d: `M${left} ${y(value)}H${right + 4}`, class: "cb-plain" }), ...names.map(([at, content]) => text([right + 9, at + 4], "cb-name", content)));
  chart.setAttribute("viewBox", `0 0 ${width} ${height}`);
  chart.replaceChildren(...parts);
}

function render({ model, el }) {
  // ---- state ----
  const rows = () => model.get("values"), columns = () => rows()[0].length;
  function change(traits) {
    for (const [name, value] of Object.entries(traits)) model.set(name, value);
    model.save_changes();
  }
  function select(row, column) {
    const place = [Math.min(Math.max(row, 0), rows().length - 1), Math.min(Math.max(column, 0), columns() - 1)];
    change({ selected: place });
    cells[place[0] * columns() + place[1]].node.focus();
  }
  function throwMasks(n) {
    // Where a throw changes nothing, why is said once more.
    live.textContent = complaint.textContent = "";
    if (model.get("mode") === "training") change({ throws: Math.min(model.get("throws") + n, MOST_THROWS) });
    redraw();
  }

  // ---- elements ----
  const rateChoice = choice("Rate", RATES.map((rate) => [String(rate), String(rate)]), (rate) => change({ rate: Number(rate) }));
  const modeChoice = choice("Mode", ["training", "prediction"].map((mode) => [mode, mode]), (mode) => change({ mode }));
  let wrongSeed = "";
  const scaleBox = element("input", { type: "checkbox", onchange: () => change({ scale: scaleBox.checked }) });
  const seedField = element("input", { type: "number", min: "0", max: String(MOST_SEED), step: "1", oninput: () => {
    const seed = seedField.valueAsNumber, good = Number.isInteger(seed) && seed >= 0 && seed <= MOST_SEED;
    seedField.setAttribute("aria-invalid", String(!good));
    wrongSeed = good ? "" : `Seed takes a whole number from 0 to ${formatNumber(MOST_SEED)}. The last valid one still counts.`;
    if (good) change({ seed });
    redraw();
  } });
  const button = (name, onclick) => element("button", { type: "button", onclick }, name);
  const table = element("table", { class: "cb-units", role: "grid", "aria-label": "Outputs of the units. Arrow keys choose a unit, Space throws the mask." });
  const chart = svg("svg", { class: "cb-chart", role: "img" });
  const unitsCaption = element("figcaption", {}, "small: the value, large: the output, hatched: dropped; arrow keys choose a unit, Space throws");
  const chartCaption = element("figcaption"), outlook = element("p");
  const place = element("p", { class: "cb-credit" }), arithmetic = element("p", { class: "cb-sum" });
  const facts = ["throws so far", "dropped in this throw", "average of the unit", "largest gap of all units"].map((name) => [element("dt", {}, name), element("dd")]);
  const complaint = element("p", { class: "cb-complaint", role: "alert" }), live = element("p", { class: "cb-hidden", "aria-live": "polite" });
  const root = element("div", { class: "cnnbook" },
    element("div", { class: "cb-controls" }, rateChoice.node, modeChoice.node, labelled("Seed", seedField),
      element("label", { class: "cb-switch" }, scaleBox, "Scale the survivors by 1/(1 − rate)")),
    element("div", { class: "cb-transport" }, button("Throw the mask", () => throwMasks(1)), button("Throw 100 times", () => throwMasks(100)),
      button("Start again", () => change({ throws: 0 }))),
    complaint,
    element("div", { class: "cb-stage" }, element("figure", {}, unitsCaption, table, place, arithmetic), element("figure", {}, chartCaption, chart)),
    element("dl", { class: "cb-facts" }, ...facts.map((fact) => element("div", {}, ...fact))),
    outlook, live);

  // Cells are rebuilt only when the number of rows or columns changes, so that one keeps the focus.
  let cells = [], built = "";
  function buildCells() {
    const shape = `${rows().length} × ${columns()}`;
    if (shape === built) return;
    built = shape;
    const lines = rows().map((line, row) => line.map((_, column) => {
      const before = element("small"), after = element("span");
      return { before, after, node: element("td", { role: "gridcell", onclick: () => select(row, column) }, before, after) };
    }));
    cells = lines.flat();
    table.replaceChildren(element("tbody", { role: "rowgroup" }, ...lines.map((line) => element("tr", { role: "row" }, ...line.map((cell) => cell.node)))));
  }

  // ---- drawing ----
  const n = formatNumber;
  // Setting the same text again would have it read out again.
  const say = (node, text) => { if (node.textContent !== text) node.textContent = text; };
  const equals = (value) => (Math.abs(value * 100 - Math.round(value * 100)) < 1e-9 ? "=" : "≈");
  function drawUnits(values, played, chosen, thrown) {
    cells.forEach((cell, unit) => {
      const dropped = !played.kept[unit];
      cell.before.textContent = n(values[unit]);
      cell.after.textContent = n(played.outputs[unit]);
      cell.node.className = dropped ? "cb-dropped" : thrown ? "cb-survivor" : "";
      cell.node.setAttribute("aria-label", dropped ? `${n(values[unit])}, dropped: 0` : `${n(values[unit])} gives ${n(played.outputs[unit])}`);
      cell.node.setAttribute("aria-selected", String(unit === chosen));
      cell.node.setAttribute("tabindex", unit === chosen ? "0" : "-1");
    });
  }
  // What happens to the chosen unit: [text before its output, the output].
  function written({ rate, scale, mode }, value, output, kept, thrown) {
    if (mode === "prediction") return ["in prediction it stays ", n(value)];
    if (!thrown) return ["no mask thrown yet: ", n(value)];
    if (!kept) return [`${n(value)} is dropped: `, "0"];
    return scale ? [`${n(value)} × 1/(1 − ${rate}) ${equals(output)} `, n(output)] : ["kept, not scaled: ", n(output)];
  }
  // Where the average goes with more throws.
  function expected({ rate, scale, mode }, value) {
    const mean = value * (1 - rate);
    if (mode === "prediction") return "In prediction nothing is dropped or scaled: each output is the value itself, and throwing changes nothing.";
    if (scale) return `With scaling the average heads for the value: ${n(value)} × 1/(1 − ${rate}) × (1 − ${rate}) = ${n(value)}.`;
    return `Without scaling the average heads for ${n(value)} × (1 − ${rate}) ${equals(mean)} ${n(mean)}${mean === value ? "" : `, not for the value ${n(value)}`}.`;
  }
  function draw() {
    if (!el.isConnected) return;
    buildCells();
    const [row, column] = model.get("selected"), chosen = row * columns() + column, values = rows().flat(), units = values.length;
    const state = Object.fromEntries(["rate", "mode", "scale", "seed", "throws"].map((name) => [name, model.get(name)]));
    const played = play({ ...state, values }, chosen), { throws } = state, thrown = throws > 0 && state.mode === "training";
    rateChoice.show(String(state.rate));
    modeChoice.show(state.mode);
    scaleBox.checked = state.scale;
    if (document.activeElement !== seedField) {
      seedField.value = state.seed;
      seedField.removeAttribute("aria-invalid");
      wrongSeed = "";
    }

    drawUnits(values, played, chosen, thrown);
    const [before, output] = written(state, values[chosen], played.outputs[chosen], played.kept[chosen], thrown);
    place.textContent = `row ${row + 1}, column ${column + 1}`;
    arithmetic.replaceChildren(before, element("output", { class: "cb-total" }, output));

    const dropped = played.kept.filter((kept) => !kept).length, share = `${dropped} of ${units} (${n(Math.round((1000 * dropped) / units) / 10)} %)`;
    const averages = played.averages ?? [], average = averages[chosen];
    const gaps = averages.map((mean, unit) => Math.abs(mean - values[unit])), gap = Math.max(...gaps), widest = gaps.indexOf(gap);
    const where = gap ? ` (row ${Math.floor(widest / columns()) + 1}, column ${(widest % columns()) + 1})` : "";
    const told = played.averages ? [share, `${n(average)} (value ${n(values[chosen])})`, n(gap) + where] : ["–", "–", "–"];
    facts.forEach(([, value], i) => { value.textContent = [n(throws), ...told][i]; });
    chartCaption.textContent = `row ${row + 1}, column ${column + 1}: average output over the throws (solid), value without Dropout (dashed)`;
    chart.setAttribute("aria-label", `Chart of the average output after each throw. ${average == null ? "No throws yet." : `Average ${n(average)}, value ${n(values[chosen])}.`}`);
    drawChart(chart, played.curve, values[chosen]);
    outlook.textContent = expected(state, values[chosen]);

    const limit = throws === MOST_THROWS ? `${n(MOST_THROWS)} throws are the limit. Start again begins anew with the first mask.` : "";
    say(complaint, [wrongSeed, limit].filter(Boolean).join(" "));
    say(live, `Row ${row + 1}, column ${column + 1}: ${before}${output}. ` + (thrown
      ? `Throw ${n(throws)}: dropped ${share}. Average ${n(average)}, value ${n(values[chosen])}. Largest gap ${n(gap)}.`
      : state.mode === "prediction" ? "Nothing is dropped or scaled, throwing changes nothing." : ""));
  }
  const redraw = oncePerFrame(draw);

  // ---- events ----
  table.addEventListener("keydown", (event) => {
    const [row, column] = model.get("selected");
    const moves = {
      ArrowLeft: [row, column - 1], ArrowRight: [row, column + 1], ArrowUp: [row - 1, column], ArrowDown: [row + 1, column],
      Home: [row, 0], End: [row, columns() - 1],
    };
    if (moves[event.key]) select(...moves[event.key]);
    else if (event.key !== " ") return;
    else if (!event.repeat) throwMasks(1);
    event.preventDefault();
  });
  const unlisten = onChange(model, ["values", "rate", "mode", "scale", "seed", "throws", "selected"], redraw);
  const unwatch = watchSurroundings(root, redraw);
  el.replaceChildren(root);
  redraw();
  return () => {
    unwatch();
    unlisten();
  };
}

export default { render };
