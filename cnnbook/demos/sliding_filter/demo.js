// SlidingFilter: slide a 3 × 3 filter over a picture and watch each product, the sum and the feature map.

import { convolveAt, outputSize, zerosBefore } from "../shared/arithmetic.js";
import { cellCanvas, groundAndLine, inkOn } from "../shared/canvas.js";
import { choice, element, labelled, oncePerFrame, onChange, pace, watchSurroundings } from "../shared/dom.js";
import { formatNumber } from "../shared/numbers.js";

const CHANNEL_NAMES = { grey: [""], rgb: ["red", "green", "blue"] };
const PLAY_MS = 83, CALM_MS = 1000; // a step of Play; the second where less motion is asked for

function render({ model, el }) {
  const visited = new Set();
  let timer = 0;
  let mapValues = null; // the whole feature map, computed once per setting

  // ---- state ----
  const colour = () => model.get("colour");
  const settings = () => ({ stride: model.get("stride"), padding: model.get("padding") });
  const picture = () => model.get("pictures")[model.get("picture")][colour()];
  function sizes() {
    const { stride, padding } = settings();
    const pixels = picture();
    return {
      height: outputSize(pixels.length, 3, stride, padding),
      width: outputSize(pixels[0].length, 3, stride, padding),
    };
  }
  const cellAt = (row, column) => convolveAt(picture(), model.get("kernel"), model.get("bias"), settings(), row, column);

  function change(traits) {
    for (const [name, value] of Object.entries(traits)) model.set(name, value);
    model.save_changes();
  }
  function moveTo(row, column) {
    const { height, width } = sizes();
    change({ position: [Math.min(Math.max(row, 0), height - 1), Math.min(Math.max(column, 0), width - 1)] });
  }
  function step(by) {
    const { height, width } = sizes();
    const [row, column] = model.get("position");
    const next = row * width + column + by;
    if (next < 0 || next >= height * width) return false;
    if (by < 0) visited.delete(row * width + column);
    moveTo(Math.floor(next / width), next % width);
    return true;
  }
  function restart() {
    pause();
    visited.clear();
    moveTo(0, 0);
    markAndDraw();
  }
  function finish() {
    pause();
    const { height, width } = sizes();
    for (let i = 0; i < height * width; i++) visited.add(i);
    moveTo(height - 1, width - 1);
    markAndDraw();
  }
  function play() {
    const { height, width } = sizes();
    const [row, column] = model.get("position");
    if (row === height - 1 && column === width - 1) restart();
    timer = setInterval(() => { if (!step(1)) pause(); }, pace(PLAY_MS, CALM_MS));
    markAndDraw();
  }
  function pause() {
    clearInterval(timer);
    timer = 0;
    markAndDraw();
  }
  function chooseColour(name) {
    const channels = CHANNEL_NAMES[name].length;
    const filters = model.get("filters")[name];
    const filter = filters[model.get("filter")] ? model.get("filter") : "custom";
    // A filter of one's own is kept: each channel of the new one gets the mean over the old channels.
    const kernel = filters[filter] ?? model.get("kernel").map((line) => line.map((weights) => {
      const mean = weights.reduce((a, b) => a + b, 0) / weights.length;
      return Array(channels).fill(mean);
    }));
    change({ colour: name, kernel, filter });
  }
  function editWeight(i, j, c, input) {
    const value = input.valueAsNumber;
    const good = Number.isFinite(value);
    input.setAttribute("aria-invalid", String(!good));
    complaint.textContent = good ? "" : "A weight takes a number, for example -1 or 0.5. The last valid one still counts.";
    if (!good) return;
    const kernel = model.get("kernel").map((line) => line.map((weights) => [...weights]));
    kernel[i][j][c] = value;
    change({ kernel, filter: "custom" });
  }

  // ---- elements ----
  const pictureChoice = choice("Picture", [], (name) => change({ picture: name }));
  const colourChoice = choice("Channels", [["grey", "grey (1)"], ["rgb", "colour (3)"]], chooseColour);
  const filterChoice = choice("Filter", [], (name) => {
    if (name !== "custom") change({ filter: name, kernel: model.get("filters")[colour()][name] });
  });
  const strideChoice = choice("Stride", [1, 2, 3].map((n) => [String(n), String(n)]), (n) => change({ stride: Number(n) }));
  const paddingChoice = choice("Padding", [["valid", "valid"], ["same", "same"]], (name) => change({ padding: name }));
  const biasInput = element("input", { type: "number", step: "any", oninput: () => {
    const good = Number.isFinite(biasInput.valueAsNumber);
    biasInput.setAttribute("aria-invalid", String(!good));
    complaint.textContent = good ? "" : "The bias takes a number. The last valid one still counts.";
    if (good) change({ bias: biasInput.valueAsNumber });
  } });
  const input = cellCanvas({
    class: "cb-canvas cb-input", tabindex: "0", role: "application", "aria-roledescription": "picture with a sliding window",
    "aria-label": "Picture. Arrow keys move the window, Home and End go to the ends of a row, space plays and pauses.",
  });
  const map = cellCanvas({ class: "cb-canvas cb-map", role: "img" });
  const inputCaption = element("figcaption"), mapCaption = element("figcaption"), mapScale = element("p", { class: "cb-scale" });
  const sum = element("p", { class: "cb-sum" });
  const complaint = element("p", { class: "cb-complaint", role: "alert" });
  const live = element("p", { class: "cb-hidden", "aria-live": "polite" });
  const arithmetic = element("div", { class: "cb-arithmetic" });
  const button = (text, action, name) => element("button", { type: "button", onclick: action, class: `cb-${name}` }, text);
  const playButton = button("Play", () => (timer ? pause() : play()), "play");
  const numbers = element("div", { class: "cb-numbers", tabindex: "0", role: "region", "aria-label": "Feature map as numbers" });
  const details = element("details", { ontoggle: () => markAndDraw() }, element("summary", {}, "The feature map as numbers"), numbers);

  const root = element("div", { class: "cnnbook" },
    element("div", { class: "cb-controls" },
      ...[pictureChoice, colourChoice, filterChoice, strideChoice, paddingChoice].map((c) => c.node),
      labelled("Bias", biasInput)),
    element("div", { class: "cb-transport", role: "group", "aria-label": "Slide the filter" },
      button("Step back", () => { pause(); step(-1); }, "back"), playButton,
      button("Step forward", () => { pause(); step(1); }, "forward"),
      button("Finish", finish, "finish"), button("Restart", restart, "restart")),
    element("div", { class: "cb-stage" },
      element("figure", { class: "cb-left" }, inputCaption, input.canvas),
      element("div", { class: "cb-middle" }, arithmetic, sum, complaint),
      element("figure", { class: "cb-right" }, mapCaption, map.canvas, mapScale)),
    live, details, element("p", { class: "cb-credit" }));
  const credit = root.querySelector(".cb-credit");

  // The tables are built once per number of channels, so that an input keeps the focus while one types.
  let tables = [];
  function buildTables() {
    const names = CHANNEL_NAMES[colour()];
    if (tables.length === names.length) return;
    const grid = (caption, makeCell) => {
      const cells = [0, 1, 2].map((i) => [0, 1, 2].map((j) => makeCell(i, j)));
      return { cells, node: element("table", {}, element("caption", {}, caption), element("tbody", {}, ...cells.map((line) => element("tr", {}, ...line)))) };
    };
    tables = names.map((name, c) => {
      const of = name && ` ${name}`;
      const weight = (i, j) => element("td", {}, element("input", {
        type: "number", step: "any", "aria-label": `filter${of}, row ${i + 1}, column ${j + 1}`, oninput: (event) => editWeight(i, j, c, event.target),
      }));
      const plain = () => element("td");
      return { patch: grid(`patch${of}`, plain), filter: grid("filter", weight), products: grid("products", plain) };
    });
    const sign = (text) => element("span", { class: "cb-sign", "aria-hidden": "true" }, text);
    arithmetic.replaceChildren(...tables.map((t) => element("div", { class: "cb-line" }, t.patch.node, sign("×"), t.filter.node, sign("="), t.products.node)));
  }

  // ---- drawing ----
  function showControls() {
    const pictures = model.get("pictures");
    pictureChoice.show(model.get("picture"), Object.entries(pictures).map(([name, p]) => [name, p.title]));
    colourChoice.show(colour());
    const filters = Object.keys(model.get("filters")[colour()]).map((name) => [name, name]);
    filterChoice.show(model.get("filter"), [...filters, ["custom", "your own"]]);
    strideChoice.show(String(model.get("stride")));
    paddingChoice.show(model.get("padding"));
    if (document.activeElement !== biasInput) biasInput.value = model.get("bias");
    credit.textContent = pictures[model.get("picture")].credit;
    playButton.textContent = timer ? "Pause" : "Play";
  }
  function showArithmetic(cell) {
    const kernel = model.get("kernel");
    tables.forEach((table, c) => {
      for (let i = 0; i < 3; i++) for (let j = 0; j < 3; j++) {
        const value = cell.patches[c][i][j];
        const rgb = colour() === "grey" ? [value, value, value] : [0, 1, 2].map((k) => (k === c ? value : 0));
        const inside = picture()[cell.top + i]?.[cell.left + j] !== undefined;
        const patch = table.patch.cells[i][j];
        patch.textContent = formatNumber(value);
        patch.className = inside ? "" : "cb-zero";
        patch.style.background = inside ? `rgb(${rgb})` : "";
        patch.style.color = inside ? inkOn(rgb) : "";
        const weight = table.filter.cells[i][j].firstChild;
        if (document.activeElement !== weight) {
          weight.value = Math.round(kernel[i][j][c] * 1000) / 1000;
          weight.removeAttribute("aria-invalid");
        }
        table.products.cells[i][j].textContent = formatNumber(cell.products[c][i][j]);
      }
    });
    const parts = cell.sums.length > 1 ? cell.sums.map((s, c) => `${CHANNEL_NAMES.rgb[c]} ${formatNumber(s)}`).join(" + ") : `sum ${formatNumber(cell.sums[0])}`;
    sum.replaceChildren(`${parts} + bias ${formatNumber(model.get("bias"))} = `, element("output", { class: "cb-total" }, formatNumber(cell.total)));
    return parts;
  }
  function drawInput(cell, ground, line) {
    const { stride, padding } = settings();
    const pixels = picture(), { height, width } = sizes();
    const top = zerosBefore(pixels.length, 3, stride, padding), left = zerosBefore(pixels[0].length, 3, stride, padding);
    const bottom = Math.max((height - 1) * stride + 3 - top - pixels.length, 0), right = Math.max((width - 1) * stride + 3 - left - pixels[0].length, 0);
    inputCaption.textContent = `picture, ${pixels.length} × ${pixels[0].length}${top + bottom + left + right ? ", zeros around it hatched" : ""}`;
    if (!input.begin(pixels.length + top + bottom, pixels[0].length + left + right)) return;
    for (let i = -top; i < pixels.length + bottom; i++) for (let j = -left; j < pixels[0].length + right; j++) {
      const pixel = pixels[i]?.[j];
      if (pixel) input.fill(i + top, j + left, `rgb(${pixel.length === 1 ? [pixel[0], pixel[0], pixel[0]] : pixel})`);
      else input.hatch(i + top, j + left, ground, line);
    }
    input.outline(cell.top + top, cell.left + left, 3, 3);
  }
  function drawMap(ground, line) {
    const { height, width } = sizes();
    mapValues ??= Array.from({ length: height }, (_, r) => Array.from({ length: width }, (_, c) => cellAt(r, c).total));
    const values = mapValues;
    const low = Math.min(...values.flat()), high = Math.max(...values.flat());
    const reach = Math.max(Math.abs(low), Math.abs(high)) || 1;
    const signed = low < 0;
    mapCaption.textContent = `feature map, ${height} × ${width}, ${visited.size} of ${height * width} computed`;
    mapScale.textContent = signed
      ? `black ${formatNumber(-reach)}, middle grey 0, white ${formatNumber(reach)}; hatched: not yet computed`
      : `black 0, white ${formatNumber(reach)}; hatched: not yet computed`;
    const [row, column] = model.get("position");
    map.canvas.setAttribute("aria-label", `Feature map of ${height} rows and ${width} columns, ${visited.size} cells computed.`);
    if (details.open) showNumbers(values, width);
    if (!map.begin(height, width)) return;
    for (let i = 0; i < height; i++) for (let j = 0; j < width; j++) {
      const grey = Math.round(255 * (signed ? (values[i][j] / reach + 1) / 2 : values[i][j] / reach));
      if (visited.has(i * width + j)) map.fill(i, j, `rgb(${grey}, ${grey}, ${grey})`);
      else map.hatch(i, j, ground, line);
    }
    map.outline(row, column, 1, 1);
  }
  function showNumbers(values, width) {
    const head = element("tr", {}, element("th", { scope: "col" }, "row"), ...values[0].map((_, j) => element("th", { scope: "col" }, String(j + 1))));
    const lines = values.map((line, i) => element("tr", {}, element("th", { scope: "row" }, String(i + 1)),
      ...line.map((value, j) => element("td", {}, visited.has(i * width + j) ? formatNumber(value) : ""))));
    numbers.replaceChildren(element("table", {}, element("thead", {}, head), element("tbody", {}, ...lines)));
  }
  function draw() {
    if (!el.isConnected) return;
    const [row, column] = model.get("position");
    const cell = cellAt(row, column);
    const { ground, line } = groundAndLine(root);
    buildTables();
    showControls();
    const parts = showArithmetic(cell);
    drawInput(cell, ground, line);
    drawMap(ground, line);
    // While it plays, every step would be read out: say it only when the window rests.
    if (!timer) live.textContent = `Row ${row + 1}, column ${column + 1}: ${parts}, plus bias ${formatNumber(model.get("bias"))}, gives ${formatNumber(cell.total)}.`;
  }
  const redraw = oncePerFrame(draw);
  function markAndDraw() {
    const [row, column] = model.get("position");
    visited.add(row * sizes().width + column);
    redraw();
  }

  // ---- events ----
  let held = false, pointer = [0, 0];
  // With its zeros the picture starts where the first window does, and a window's middle is 1.5 cells further.
  const follow = oncePerFrame(() => moveTo(...pointer.map((cells) => Math.round((cells - 1.5) / model.get("stride")))));
  input.canvas.addEventListener("pointerdown", (event) => { held = true; input.canvas.setPointerCapture(event.pointerId); pause(); pointer = input.at(event); follow(); });
  input.canvas.addEventListener("pointermove", (event) => { if (held) { pointer = input.at(event); follow(); } });
  for (const end of ["pointerup", "pointercancel"]) input.canvas.addEventListener(end, () => { held = false; });
  map.canvas.addEventListener("pointerdown", (event) => { pause(); moveTo(...map.at(event).map(Math.floor)); });
  input.canvas.addEventListener("keydown", (event) => {
    const [row, column] = model.get("position"), { width } = sizes();
    const moves = { ArrowLeft: [row, column - 1], ArrowRight: [row, column + 1], ArrowUp: [row - 1, column], ArrowDown: [row + 1, column], Home: [row, 0], End: [row, width - 1] };
    if (event.key === " ") (timer ? pause : play)();
    else if (moves[event.key]) { pause(); moveTo(...moves[event.key]); }
    else return;
    event.preventDefault();
  });
  const settingsChanged = () => {
    mapValues = null;
    visited.clear();
    const [row, column] = model.get("position"), { height, width } = sizes();
    if (row >= height || column >= width) moveTo(0, 0);
    pause();
  };
  const unlisten = [
    onChange(model, ["picture", "colour", "kernel", "bias", "stride", "padding"], settingsChanged),
    onChange(model, ["position"], markAndDraw),
    onChange(model, ["filter"], redraw),
  ];
  const unwatch = watchSurroundings(root, redraw);

  el.replaceChildren(root);
  markAndDraw();
  return () => {
    clearInterval(timer);
    unwatch();
    for (const end of unlisten) end();
  };
}

export default { render };
