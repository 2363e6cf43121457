// LiveCNN: what the trained network takes an image for, and below it every layer. An image of one's own never leaves the page.

import { button, element, liveRegion, oncePerFrame, say, watchSurroundings } from "../shared/dom.js";
import { choice, warnings } from "../shared/fields.js";
import { onChange } from "../shared/model.js";
import { createAnswer } from "./answer.js";
import { lookInside } from "./look_inside.js";
import { createSheet } from "./sheet.js";
import { createSubject } from "./subject.js";
import { createWhy } from "./why.js";
import { percent } from "./words.js";

const NEAR = "200px"; // how near the demo must be before it asks for the weights
const QUIET = 500; // milliseconds without a change until a screen reader is told
const TEXT = {
  image: "Image", own: "your own", draw: "Draw", stop: "Stop drawing",
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
  const drawButton = button(TEXT.draw, () => { drawing = !drawing; subject.need(); redraw(); }, { class: "cb-draw" });
  const node = element("div", { class: "cb-controls" }, samples.node, ...subject.buttons, drawButton);
  function show(isOwn) {
    const titles = Object.entries(model.get("samples")).map(([name, about]) => [name, about.title]);
    samples.show(isOwn ? "own" : model.get("sample"), isOwn ? [["own", TEXT.own], ...titles] : titles);
    drawButton.setAttribute("aria-pressed", String(drawing));
    drawButton.textContent = drawing ? TEXT.stop : TEXT.draw;
  }
  return { node, show, drawing: () => drawing };
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
  const answer = createAnswer(model.get("classes"), subject.loading), inside = lookInside(model, speaker.say);
  const why = createWhy(model, speaker.say), credit = element("p", { class: "cb-credit" });
  const reading = element("p", { class: "cb-reading", role: "status" });
  const root = element("div", { class: "cnnbook cb-live" }, controls.node, subject.about,
    complaint, reading, sheet.tools, element("div", { class: "cb-stage" }, sheet.figure, answer.node), why.node, inside.node,
    element("p", { class: "cb-scale" }, TEXT.about(percent(model.get("accuracy")))), speaker.node, credit);

  function draw() {
    if (!el.isConnected) return;
    const state = subject.state();
    controls.show(state.isOwn);
    sheet.draw(state.pixels, state.alt, state.note);
    answer.draw(state.shares);
    why.draw(state.shown);
    inside.draw(state.shown);
    say(reading, state.reading);
    credit.textContent = state.credit;
  }
  root.addEventListener("focusin", subject.need);
  const ends = [
    subject.receive(root),
    onceNear(root, () => { subject.need(); redraw(); }),
    onChange(model, ["sample"], () => subject.show(null)),
    onChange(model, ["layer", "map", "position", "explained"], redraw),
    watchSurroundings(root, redraw),
    speaker.stop,
    subject.end,
    why.stop,
  ];
  el.replaceChildren(root);
  redraw();
  return () => { for (const end of ends) end(); };
}

export default { render };
