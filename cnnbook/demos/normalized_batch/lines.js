// The batch on a number line, its results on another, each value joined to its result; the upper dots can be moved.

import { element, oncePerFrame, setAll, svg } from "../shared/dom.js";
import { limited } from "../shared/places.js";
import { upTo } from "../shared/numbers.js";
import { onPointer } from "../shared/pointer.js";
import { rowsOf } from "./arithmetic.js";

const TEXT = {
  lines: "The batch on a number line, and its results on another. Arrow keys move a value.",
  value: (i) => `value ${i + 1}`,
};

// In pixels: dots stand above the first line and hang below the second, with room for so many rows of them or more.
const EDGE = 20, RADIUS = 12, ROW = 26, ROWS = 3, STEM = 24, GAP = 120;
const KEYS = { ArrowLeft: -0.1, ArrowDown: -0.1, ArrowRight: 0.1, ArrowUp: 0.1, PageDown: -1, PageUp: 1, Home: -Infinity, End: Infinity };

const liftsOf = (places) => rowsOf(places, 2 * RADIUS + 1).map((row) => STEM + row * ROW);
const roomFor = (lifts) => Math.max(...lifts, STEM + (ROWS - 1) * ROW) + RADIUS + 3;

function createDot(i, attributes) {
  const shape = svg("path"), text = svg("text", { dy: "0.35em" }, String(i + 1));
  return { node: svg("g", attributes, shape, text), shape, text };
}

// Put a dot somewhere; where the result lies beyond the line, it is an arrow at its end.
function place({ shape, text }, x, y, beyond) {
  const r = RADIUS;
  setAll(text, { x, y });
  setAll(shape, { d: beyond
    ? `M${x + beyond * (r + 6)} ${y}L${x - beyond * r} ${y - r}v${2 * r}Z`
    : `M${x - r} ${y}a${r} ${r} 0 1 0 ${2 * r} 0a${r} ${r} 0 1 0 ${-2 * r} 0Z` });
}

// Lines and ticks: `lines` are [height, end, height of the numbers].
function ticksOf(width, lines, at, reach) {
  const parts = [];
  for (const [line, end, height] of lines) {
    parts.push(svg("path", { class: "cb-axis", d: `M0 ${line}H${width}` }));
    for (let tick = -end; tick <= end; tick += end / reach) {
      const x = at(tick, end), number = svg("text", { class: "cb-tick", x, y: height }, upTo(tick, 3));
      parts.push(svg("path", { class: "cb-axis", d: `M${x} ${line - 4}v8` }), number);
    }
  }
  return parts;
}

// The parts of the drawing. All are made once and hidden while the batch is smaller, so that what has the focus keeps it.
function createParts({ most, reach }) {
  const all = Array.from({ length: most }, (_, i) => i);
  const joins = all.map(() => svg("path", { class: "cb-join" }));
  const sliders = all.map((i) => createDot(i, {
    class: "cb-dot cb-slider", tabindex: "0", role: "slider", "aria-label": TEXT.value(i), "aria-valuemin": -reach, "aria-valuemax": reach,
  }));
  const ends = all.map((i) => createDot(i, { class: "cb-dot", "aria-hidden": "true" }));
  const band = svg("path", { class: "cb-band" }), centre = svg("path", { class: "cb-centre" }), scale = svg("g", { "aria-hidden": "true" });
  const node = svg("svg", { class: "cb-batch", role: "group", "aria-label": TEXT.lines },
    svg("g", { "aria-hidden": "true" }, band, centre), svg("g", { "aria-hidden": "true" }, ...joins), scale,
    ...ends.map((end) => end.node), ...sliders.map((slider) => slider.node));
  return { node, all, joins, sliders, ends, band, centre, scale };
}

// Draw the batch: `values` and `results`, what was `used` to normalise, and gamma, beta, epsilon and the selected value.
function drawParts(parts, reach, values, results, used, { gamma, beta, epsilon, selected }) {
  const { node, joins, sliders, ends } = parts, width = node.clientWidth;
  if (!width) return;
  // In training no result can lie beyond this, whatever the values, so the scale stands still while one moves.
  const limit = [1, 2, 4].map((n) => n * reach).find((end) => end >= Math.abs(gamma) * Math.sqrt(values.length - 1) + Math.abs(beta));
  const at = (value, end) => width / 2 + (value / end) * (width / 2 - EDGE);
  const above = values.map((value) => at(value, reach)), below = results.map((result) => at(result, limit));
  const edges = below.map((x) => limited(x, EDGE, width - EDGE)), up = liftsOf(above), down = liftsOf(edges);
  const top = roomFor(up), bottom = top + GAP;
  setAll(node, { height: bottom + roomFor(down) });
  for (const i of parts.all) {
    const pieces = [joins[i], ends[i].node, sliders[i].node];
    for (const piece of pieces) piece.toggleAttribute("hidden", i >= values.length);
    if (i >= values.length) continue;
    for (const piece of pieces) piece.classList.toggle("cb-chosen", i === selected);
    setAll(joins[i], { d: `M${above[i]} ${top - up[i]}V${top}L${below[i]} ${bottom}M${edges[i]} ${bottom}v${down[i]}` });
    setAll(sliders[i].node, { "aria-valuenow": values[i] });
    place(sliders[i], above[i], top - up[i], 0);
    place(ends[i], edges[i], bottom + down[i], Math.sign(Math.round(below[i] - edges[i])));
  }
  const spread = Math.sqrt(used.variance), half = (gamma * spread) / Math.sqrt(used.variance + epsilon);
  const [left, right] = [-1, 1].map((sign) => at(used.mean + sign * spread, reach));
  const [first, last] = [-1, 1].map((sign) => at(beta + sign * half, limit));
  setAll(parts.band, { d: `M${left} ${top - 8}V${top}L${first} ${bottom}v8H${last}v-8L${right} ${top}v-8Z` });
  setAll(parts.centre, { d: `M${at(used.mean, reach)} ${top - 10}v10L${at(beta, limit)} ${bottom}v10` });
  parts.scale.replaceChildren(...ticksOf(width, [[top, reach, top + 18], [bottom, limit, bottom - 10]], at, reach));
}

// `batch` has values(), selected(), select(i) and moveTo(i, value); `rested` is called when a dot has been let go.
export function createLines(limits, batch, rested) {
  const parts = createParts(limits), { node, sliders, ends } = parts, { reach } = limits;
  const caption = element("figcaption"), beneath = element("p", { class: "cb-scale" });
  let held = false, wanted = 0, grip = 0;
  const half = () => node.clientWidth / 2 - EDGE;
  const follow = oncePerFrame(() => batch.moveTo(batch.selected(), wanted));
  sliders.forEach((slider, i) => {
    slider.node.addEventListener("focus", () => batch.select(i));
    slider.node.addEventListener("keydown", (event) => {
      if (!(event.key in KEYS)) return;
      batch.moveTo(i, batch.values()[i] + KEYS[event.key]);
      event.preventDefault();
    });
    onPointer(slider.node, {
      began(event) {
        held = true;
        slider.node.focus({ preventScroll: true });
        // The dot keeps its distance from the pointer, so that a click alone moves nothing.
        grip = event.clientX - (batch.values()[i] / reach) * half();
      },
      moved(event) {
        wanted = ((event.clientX - grip) / half()) * reach;
        follow();
      },
      ended() {
        held = false;
        rested();
      },
    });
    onPointer(ends[i].node, { began: () => batch.select(i) });
  });
  return {
    node: element("figure", { class: "cb-broad" }, caption, node, beneath),
    draw: (...given) => drawParts(parts, reach, ...given),
    say(above, below) {
      caption.textContent = above;
      beneath.textContent = below;
    },
    get moving() { return held; },
  };
}
