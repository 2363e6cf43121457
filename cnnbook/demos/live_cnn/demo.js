// LiveCNN: what the trained network takes a picture for, and below it every layer. A picture of one's own never leaves the page.

import { lookInside } from "./look_inside.js";
import { loadNetwork, megabytes, runNetwork } from "./network.js";
import { COLOURS, fileOf, paint, readPicture, SIDE } from "./own_image.js";
import { byReach, exact, percent } from "./unit.js";
import { cellCanvas, inkOn } from "../shared/canvas.js";
import { choice, element, oncePerFrame, onChange, watchSurroundings } from "../shared/dom.js";

const NEAR = "200px"; // how near the demo must be before it asks for the weights
const QUIET = 500; // milliseconds without a change until a screen reader is told

function render({ model, el }) {
  const classes = model.get("classes"), layers = model.get("layers");
  let own = null; // {pixels, about} of a picture of one's own
  let network = null, made = null; // the weights, and what each layer makes of the picture
  let loading = false, drawing = false, reading = 0;
  let cursor = [SIDE / 2, SIDE / 2], colour = "black", brush = 2;

  // ---- state ----
  const sample = () => model.get("samples")[model.get("sample")];
  const samplePixels = () => Uint8ClampedArray.from(atob(sample().pixels), (character) => character.charCodeAt(0));
  const pixels = () => own?.pixels ?? samplePixels();

  function change(traits) {
    for (const [name, value] of Object.entries(traits)) model.set(name, value);
    model.save_changes();
  }
  // The weights are asked for when the demo comes near or is used, not before.
  async function need() {
    if (network || loading) return;
    loading = true;
    try {
      network = await loadNetwork(model);
      pictureChanged();
    } catch (error) {
      complaint.textContent = `The network is not there: ${error.message}. Use the demo again to try once more.`;
    }
    loading = false;
    redraw();
  }
  function pictureChanged() {
    made = null;
    redraw();
    say(answerInWords);
  }
  function show(picture) {
    own = picture;
    complaint.textContent = "";
    need();
    pictureChanged();
  }
  async function take(file) {
    const mine = (reading += 1);
    try {
      const picture = await readPicture(file);
      if (mine === reading) show(picture);
    } catch (error) {
      if (mine === reading) complaint.textContent = error.message;
    }
  }
  function chooseSample(name) {
    if (name === "own") return;
    reading += 1;
    show(null);
    change({ sample: name });
  }
  function paintTo(row, column, from = [row, column]) {
    own ??= { pixels: samplePixels() };
    own.about = "Your drawing. Its 32 × 32 pixels are all the network gets.";
    paint(own.pixels, from, [row, column], brush, COLOURS[colour]);
    show(own);
  }

  // ---- elements ----
  const button = (text, action, name, attributes = {}) => element("button", { type: "button", onclick: action, class: `cb-${name}`, ...attributes }, text);
  const pictureChoice = choice("Picture", [], chooseSample);
  const fileInput = (attributes) => element("input", { type: "file", accept: "image/*", hidden: true, ...attributes, onchange: ({ target }) => {
    if (target.files[0]) take(target.files[0]);
    target.value = ""; // so that the same file can be chosen again
  } });
  const file = fileInput({ class: "cb-file" }), camera = fileInput({ class: "cb-camera", capture: "environment" });
  const hasCamera = matchMedia("(pointer: coarse)").matches;
  const drawButton = button("Draw", () => { drawing = !drawing; need(); redraw(); }, "draw");
  const swatches = Object.entries(COLOURS).map(([name, rgb]) => button("", () => { colour = name; redraw(); }, "swatch",
    { "aria-label": name, title: name, style: `background: rgb(${rgb}); color: ${inkOn(rgb)}` }));
  const brushChoice = choice("Brush", ["1", "2", "3", "5", "8"].map((n) => [n, `${n} pixel${n === "1" ? "" : "s"} wide`]), (n) => { brush = Number(n); });
  const tools = element("div", { class: "cb-tools" },
    element("div", { class: "cb-swatches", role: "group", "aria-label": "Colour" }, ...swatches), brushChoice.node,
    button("White sheet", () => show({ pixels: new Uint8ClampedArray(SIDE * SIDE * 3).fill(255), about: "A white sheet. The network has an answer even to that." }), "clear"));
  const canvas = cellCanvas({ class: "cb-canvas cb-picture" });
  const caption = element("figcaption", {}, `what the network gets: ${SIDE} × ${SIDE} pixels`);
  const note = element("p", { class: "cb-note" }), answer = element("p", { class: "cb-answer" }), credit = element("p", { class: "cb-credit" });
  const complaint = element("p", { class: "cb-complaint", role: "alert" }), live = element("p", { class: "cb-hidden", "aria-live": "polite" });
  const rows = classes.map((name) => {
    const bar = element("span", { class: "cb-bar" }), value = element("td");
    return { bar, value, node: element("tr", {}, element("th", { scope: "row" }, name), element("td", { class: "cb-track" }, bar), value) };
  });
  const answers = element("table", { class: "cb-classes" }, element("caption", {}, "probabilities"),
    element("tbody", {}, ...rows.map((row) => row.node)));
  const inside = lookInside({ model, change, say });
  const root = element("div", { class: "cnnbook cb-live" },
    element("div", { class: "cb-controls" }, pictureChoice.node, button("Choose a file", () => file.click(), "choose"),
      ...(hasCamera ? [button("Take a photograph", () => camera.click(), "photograph")] : []), drawButton, file, camera),
    element("p", { class: "cb-privacy" }, "You can also paste a picture or drop one here. Your pictures stay in this page: nothing is uploaded."),
    complaint, tools,
    element("div", { class: "cb-stage" },
      element("figure", {}, caption, canvas.canvas, note),
      element("div", {}, answer, answers)),
    inside.node,
    element("p", { class: "cb-scale" }, `It knows these ten classes and must choose one of them, whatever it sees. In its recorded run it was right for ${percent(model.get("accuracy"))} of CIFAR-10's test pictures.`),
    live, credit);

  // ---- speaking ----
  let quiet = 0;
  function say(words) {
    clearTimeout(quiet);
    quiet = setTimeout(() => { live.textContent = words(); }, QUIET);
  }
  function answerInWords() {
    if (!made) return "";
    const shares = made.at(-1), best = byReach(shares).slice(0, 3);
    return `${best.map((i) => `${classes[i]} ${percent(shares[i])}`).join(", ")}.`;
  }

  // ---- drawing ----
  function drawPicture() {
    const now = pixels(), about = own ? "your picture" : sample().alt;
    canvas.canvas.setAttribute("role", drawing ? "application" : "img");
    canvas.canvas.setAttribute("aria-label", drawing
      ? `Drawing sheet of ${SIDE} by ${SIDE} pixels. Arrow keys move the brush, space paints, shift with an arrow key paints a line.`
      : `Picture of ${SIDE} by ${SIDE} pixels: ${about}`);
    canvas.canvas.classList.toggle("cb-sheet", drawing);
    if (drawing) canvas.canvas.setAttribute("tabindex", "0");
    else canvas.canvas.removeAttribute("tabindex");
    if (!canvas.begin(SIDE, SIDE)) return;
    for (let i = 0; i < SIDE; i++) for (let j = 0; j < SIDE; j++) canvas.fill(i, j, `rgb(${now.slice((i * SIDE + j) * 3, (i * SIDE + j) * 3 + 3).join()})`);
    if (drawing) canvas.outline(...cursor.map((place) => place - Math.floor((brush - 1) / 2)), brush, brush);
  }
  function drawAnswer() {
    const shares = made?.at(-1), best = shares && byReach(shares)[0];
    answer.replaceChildren(...(shares
      ? ["It says: ", element("strong", {}, classes[best]), `, ${percent(shares[best])}`]
      : [loading ? `Loading the network, ${megabytes(layers)} MB, once …` : "The network is not loaded yet."]));
    rows.forEach(({ bar, value, node }, i) => {
      bar.style.width = shares ? `${100 * shares[i]}%` : "0";
      value.replaceChildren(shares ? exact(shares[i], percent(shares[i])) : "–");
      node.classList.toggle("cb-best", i === best);
    });
  }
  function draw() {
    if (!el.isConnected) return;
    if (network && !made) made = runNetwork(network, pixels());
    const titles = Object.entries(model.get("samples")).map(([name, about]) => [name, about.title]);
    pictureChoice.show(own ? "own" : model.get("sample"), own ? [["own", "your own"], ...titles] : titles);
    drawButton.setAttribute("aria-pressed", String(drawing));
    drawButton.textContent = drawing ? "Stop drawing" : "Draw";
    tools.hidden = !drawing;
    brushChoice.show(String(brush));
    swatches.forEach((swatch) => {
      const on = swatch.getAttribute("aria-label") === colour;
      swatch.setAttribute("aria-pressed", String(on));
      swatch.textContent = on ? "✓" : "";
    });
    note.textContent = own ? own.about : sample().note;
    credit.textContent = own ? "" : `${sample().credit}.`;
    drawPicture();
    drawAnswer();
    inside.draw(made && { network, made, pixels: pixels() });
  }
  const redraw = oncePerFrame(draw);

  // ---- events ----
  const cellUnder = (event) => canvas.at(event).map((place) => Math.min(Math.max(Math.floor(place), 0), SIDE - 1));
  let held = false;
  canvas.canvas.addEventListener("pointerdown", (event) => {
    if (!drawing) return;
    held = true;
    canvas.canvas.setPointerCapture(event.pointerId);
    cursor = cellUnder(event);
    paintTo(...cursor);
  });
  canvas.canvas.addEventListener("pointermove", (event) => {
    if (!drawing || !held) return;
    const next = cellUnder(event);
    paintTo(...next, cursor);
    cursor = next;
  });
  for (const end of ["pointerup", "pointercancel"]) canvas.canvas.addEventListener(end, () => { held = false; });
  canvas.canvas.addEventListener("keydown", (event) => {
    const by = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0], " ": [0, 0] }[event.key];
    if (!drawing || !by) return;
    event.preventDefault();
    const from = cursor;
    cursor = cursor.map((place, axis) => Math.min(Math.max(place + by[axis], 0), SIDE - 1));
    if (event.key === " " || event.shiftKey) paintTo(...cursor, from);
    else say(() => `Row ${cursor[0] + 1}, column ${cursor[1] + 1}.`);
    redraw();
  });
  root.addEventListener("dragover", (event) => { event.preventDefault(); root.classList.add("cb-over"); });
  root.addEventListener("dragleave", () => root.classList.remove("cb-over"));
  root.addEventListener("drop", (event) => {
    event.preventDefault();
    root.classList.remove("cb-over");
    const dropped = fileOf(event.dataTransfer);
    if (dropped) take(dropped);
    else complaint.textContent = "That was no file. Save the picture first, then drop its file here.";
  });
  // Without a focus, a paste goes to the page; it is for this demo while that can be seen.
  const pasted = (event) => {
    const box = root.getBoundingClientRect(), active = document.activeElement;
    const meant = root.contains(active) || (active === document.body && box.bottom > 0 && box.top < window.innerHeight);
    const given = fileOf(event.clipboardData);
    if (!meant) return;
    if (given) take(given);
    else if (root.contains(active)) complaint.textContent = "There is no picture in the clipboard.";
  };
  document.addEventListener("paste", pasted);

  const near = new IntersectionObserver((entries) => {
    if (!entries.some((entry) => entry.isIntersecting)) return;
    near.disconnect();
    need();
    redraw();
  }, { rootMargin: NEAR });
  near.observe(root);
  root.addEventListener("focusin", need);
  const sampleChanged = () => show(null);
  const unlisten = [onChange(model, ["sample"], sampleChanged), onChange(model, ["layer", "map", "position"], redraw)];
  const unwatch = watchSurroundings(root, redraw);

  el.replaceChildren(root);
  redraw();
  return () => {
    unwatch();
    near.disconnect();
    clearTimeout(quiet);
    document.removeEventListener("paste", pasted);
    for (const end of unlisten) end();
  };
}

export default { render };
