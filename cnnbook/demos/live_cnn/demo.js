// LiveCNN: what the trained network takes an image for, and below it every layer. An image of one's own never leaves the page.

import { button, element, liveRegion, oncePerFrame, watchSurroundings } from "../shared/dom.js";
import { choice, warnings } from "../shared/fields.js";
import { onChange } from "../shared/model.js";
import { createAnswer } from "./answer.js";
import { lookInside } from "./look_inside.js";
import { fileOf } from "./own_image.js";
import { createSheet } from "./sheet.js";
import { createSubject } from "./subject.js";
import { createWhy } from "./why.js";
import { percent } from "./words.js";

const NEAR = "200px"; // how near the demo must be before it asks for the weights
const QUIET = 500; // milliseconds without a change until a screen reader is told
const TEXT = {
  image: "Image", own: "your own", choose: "Choose a file", photograph: "Take a photograph", draw: "Draw", stop: "Stop drawing",
  privacy: "You can also paste an image or drop one here. Your images stay in this page: nothing is uploaded.",
  noFile: "That was no file. Save the image first, then drop its file here.", noImage: "There is no image in the clipboard.",
  about: (accuracy) => "It knows these ten classes and must choose one of them, whatever it sees. " +
    `In its recorded run it was right for ${accuracy} of CIFAR-10's test images.`,
};

// Speaks to a screen reader once nothing has changed for a while: {node, say(words), stop}.
function createSpeaker() {
  const node = liveRegion();
  let quiet = 0;
  function say(words) {
    clearTimeout(quiet);
    quiet = setTimeout(() => { node.textContent = words(); }, QUIET);
  }
  return { node, say, stop: () => clearTimeout(quiet) };
}

// The choices above: {node, show(isOwn), drawing()}.
function createControls(model, subject, redraw) {
  let drawing = false;
  const samples = choice(TEXT.image, [], subject.chooseSample);
  function taken({ target }) {
    if (target.files[0]) subject.take(target.files[0]);
    target.value = ""; // so that the same file can be chosen again
  }
  const fileInput = (attributes) =>
    element("input", { type: "file", accept: "image/*", hidden: true, ...attributes, onchange: taken });
  const file = fileInput({ class: "cb-file" }), camera = fileInput({ class: "cb-camera", capture: "environment" });
  const hasCamera = matchMedia("(pointer: coarse)").matches;
  const drawButton = button(TEXT.draw, () => { drawing = !drawing; subject.need(); redraw(); }, { class: "cb-draw" });
  const node = element("div", { class: "cb-controls" }, samples.node, button(TEXT.choose, () => file.click(), { class: "cb-choose" }),
    ...(hasCamera ? [button(TEXT.photograph, () => camera.click(), { class: "cb-photograph" })] : []), drawButton, file, camera);
  function show(isOwn) {
    const titles = Object.entries(model.get("samples")).map(([name, about]) => [name, about.title]);
    samples.show(isOwn ? "own" : model.get("sample"), isOwn ? [["own", TEXT.own], ...titles] : titles);
    drawButton.setAttribute("aria-pressed", String(drawing));
    drawButton.textContent = drawing ? TEXT.stop : TEXT.draw;
  }
  return { node, show, drawing: () => drawing };
}

// Files that are dropped or pasted; returns what ends it.
function receiveFiles(root, subject, warn) {
  root.addEventListener("dragover", (event) => { event.preventDefault(); root.classList.add("cb-over"); });
  root.addEventListener("dragleave", () => root.classList.remove("cb-over"));
  root.addEventListener("drop", (event) => {
    event.preventDefault();
    root.classList.remove("cb-over");
    const dropped = fileOf(event.dataTransfer);
    if (dropped) subject.take(dropped);
    else warn("image", TEXT.noFile);
  });
  // Without a focus, a paste goes to the page; it is for this demo while that can be seen.
  function pasted(event) {
    const box = root.getBoundingClientRect(), active = document.activeElement, given = fileOf(event.clipboardData);
    const meant = root.contains(active) || (active === document.body && box.bottom > 0 && box.top < window.innerHeight);
    if (!meant) return;
    if (given) subject.take(given);
    else if (root.contains(active)) warn("image", TEXT.noImage);
  }
  document.addEventListener("paste", pasted);
  return () => document.removeEventListener("paste", pasted);
}

// Call `arrived` once, when the node comes near the window; returns what ends it.
function onceNear(node, arrived) {
  const near = new IntersectionObserver((entries) => {
    if (!entries.some((entry) => entry.isIntersecting)) return;
    near.disconnect();
    arrived();
  }, { rootMargin: NEAR });
  near.observe(node);
  return () => near.disconnect();
}

function render({ model, el }) {
  const redraw = oncePerFrame(draw), speaker = createSpeaker(), { node: complaint, warn } = warnings();
  const subject = createSubject(model, { warn, say: speaker.say, redraw }), controls = createControls(model, subject, redraw);
  const sheet = createSheet(subject.side, { ...subject, drawing: controls.drawing, redraw, say: speaker.say });
  const answer = createAnswer(model.get("classes")), inside = lookInside(model, speaker.say);
  const why = createWhy(model, speaker.say), credit = element("p", { class: "cb-credit" });
  const root = element("div", { class: "cnnbook cb-live" }, controls.node, element("p", { class: "cb-privacy" }, TEXT.privacy),
    complaint, sheet.tools, element("div", { class: "cb-stage" }, sheet.figure, answer.node), why.node, inside.node,
    element("p", { class: "cb-scale" }, TEXT.about(percent(model.get("accuracy")))), speaker.node, credit);

  function draw() {
    if (!el.isConnected) return;
    const state = subject.state();
    controls.show(state.isOwn);
    sheet.draw(state.pixels, state.alt, state.note);
    answer.draw(state.shares, state.waiting);
    why.draw(state.shown);
    inside.draw(state.shown);
    credit.textContent = state.credit;
  }
  root.addEventListener("focusin", subject.need);
  const ends = [
    receiveFiles(root, subject, warn),
    onceNear(root, () => { subject.need(); redraw(); }),
    onChange(model, ["sample"], () => subject.show(null)),
    onChange(model, ["layer", "map", "position", "explained"], redraw),
    watchSurroundings(root, redraw),
    speaker.stop,
    why.stop,
  ];
  el.replaceChildren(root);
  redraw();
  return () => { for (const end of ends) end(); };
}

export default { render };
