// Why this answer? Two maps of what it depends on, each beside the same for an untrained network. They are computed when the fold is open.

import { inSlices } from "../engine/slices.js";
import { cellCanvas } from "../shared/canvas.js";
import { element, say } from "../shared/dom.js";
import { choice } from "../shared/fields.js";
import { change } from "../shared/model.js";
import { gradientOf, networksOf, occlusionOf } from "./dependence.js";
import { byReach } from "./network.js";
import { drawChanges, drawStrengths } from "./why_maps.js";
import { agreement, gradientInWords, gradientLegend, occlusionInWords, occlusionLegend, textOf } from "./why_words.js";

const SLICE = 8; // milliseconds
const ANSWER = "answer"; // of the choices: whatever the network says
const TEXT = {
  summary: "Why this answer? Which pixels it depends on",
  explain: "Explain", answer: (name) => `its answer: ${name}`,
  about: "Two questions, each put to the trained network and to an untrained one: the same layers with random weights, which have " +
    "learned nothing. What both maps have in common says nothing about what was learned. " +
    "Each map has a scale of its own, so read the numbers as well.",
  computing: "Computing …", failed: "This could not be computed in this browser.",
  trained: "trained", untrained: "untrained",
  label: (title, words) => `${title} ${words}`,
  gradient: {
    title: (name) => `The gradient: which pixels move the logit of ${name}?`,
    about: () => "How much the logit changes for each unit by which a pixel changes, on the scale from −1 to 1. The largest value " +
      "of its three colours is drawn, ignoring the sign.",
  },
  occlusion: {
    title: (name) => `Hiding a part: what happens to the probability of ${name}?`,
    about: ({ side, step }) => `A grey square of ${side} × ${side} pixels moves over the image in steps of ${step}. How the ` +
      "probability changes is drawn at the square's centre. Orange: it falls. Blue with a stroke: it rises.",
  },
};
const NETWORKS = ["trained", "untrained"];
// For each question: how a network is asked, how its map is drawn, what is said of it, and the numbers by which two maps are compared.
const QUESTIONS = {
  gradient: {
    ask: gradientOf, draw: drawStrengths, legend: gradientLegend, words: gradientInWords, numbers: (map) => map,
  },
  occlusion: {
    ask: occlusionOf, draw: drawChanges, legend: occlusionLegend, words: occlusionInWords, numbers: ({ shares }) => shares,
  },
};

// The two maps of one question: {node, draw(found, about)}; `found` is {trained, untrained} or null while it is being computed.
function createPair(kind) {
  const { draw: drawMap, legend, words, numbers } = QUESTIONS[kind];
  const title = element("p", { class: "cb-why-title" }), note = element("p", { class: "cb-scale" });
  const figures = NETWORKS.map((which) => {
    const canvas = cellCanvas({ class: `cb-canvas cb-${kind}-${which}`, role: "img" }), scale = element("p", { class: "cb-scale" });
    return { which, canvas, scale, node: element("figure", {}, element("figcaption", {}, TEXT[which]), canvas.canvas, scale) };
  });
  const said = element("ul", { class: `cb-${kind}-words` });
  const maps = element("div", { class: "cb-pair" }, ...figures.map((each) => each.node));
  function draw(found, about) {
    say(title, TEXT[kind].title(about.name));
    say(note, TEXT[kind].about(about.square));
    maps.classList.toggle("cb-waiting", !found);
    if (!found) {
      said.replaceChildren(element("li", {}, about.waiting));
      return;
    }
    const parts = NETWORKS.map((which) => words(found[which], which, about));
    const both = agreement(...NETWORKS.map((which) => numbers(found[which])));
    said.replaceChildren(...[...parts, both].map((part) => element("li", {}, ...part)));
    figures.forEach(({ which, canvas, scale }, i) => {
      scale.textContent = legend(found[which]);
      canvas.canvas.setAttribute("aria-label", TEXT.label(title.textContent, textOf(parts[i])));
      drawMap(canvas, found[which], about);
    });
  }
  const node = element("div", { class: "cb-question" }, title, note, maps, said);
  return { node, draw, words: () => [...said.children].map((each) => each.textContent).join(" ") };
}

// `tell` speaks to a screen reader: {node, draw(shown), stop}, where `shown` is {network, made, pixels} or null.
export function createWhy(model, tell) {
  const classes = model.get("classes"), square = model.get("square"), [side] = model.get("layers")[0].shape;
  const explained = choice(TEXT.explain, [], (name) => change(model, { explained: name }));
  const pairs = Object.fromEntries(Object.keys(QUESTIONS).map((kind) => [kind, createPair(kind)]));
  const stage = element("div", { class: "cb-stage" }, ...Object.values(pairs).map((pair) => pair.node));
  let shown = null, networks = null, stop = () => {};
  let asked = { made: null, chosen: -1, found: {}, waiting: TEXT.computing }; // the image and the class that the maps are about
  const node = element("details", { class: "cb-why", ontoggle: () => draw(shown) }, element("summary", {}, TEXT.summary),
    element("div", { class: "cb-controls" }, explained.node), element("p", {}, TEXT.about), stage);

  function* compute({ found, chosen }, { network, pixels }) {
    networks ??= yield* networksOf(network, square.seed);
    for (const [kind, { ask }] of Object.entries(QUESTIONS)) {
      const made = {};
      for (const which of NETWORKS) made[which] = yield* ask(networks[which], pixels, chosen, square);
      found[kind] = made;
      draw(shown);
      yield;
    }
    tell(() => Object.values(pairs).map((pair) => pair.words()).join(" "));
  }
  // The newest question counts; one that is still being answered is dropped.
  function begin(made, chosen) {
    stop();
    const mine = { made, chosen, found: {}, waiting: TEXT.computing };
    asked = mine;
    stop = inSlices(compute(mine, { ...shown, pixels: shown.pixels.slice() }), SLICE, (error) => {
      mine.waiting = TEXT.failed;
      reportError(error);
      draw(shown);
    });
  }
  function draw(state) {
    shown = state;
    stage.hidden = !shown || !node.open;
    if (stage.hidden) {
      stop();
      asked.made = asked.found.occlusion ? asked.made : null; // what was dropped begins anew
      return;
    }
    const { made } = shown, answer = byReach(made.at(-1))[0], name = model.get("explained");
    const chosen = name === ANSWER ? answer : classes.indexOf(name);
    explained.show(name, [[ANSWER, TEXT.answer(classes[answer])], ...classes.map((each) => [each, each])]);
    if (made !== asked.made || chosen !== asked.chosen) begin(made, chosen);
    const about = { name: classes[chosen], square, side, waiting: asked.waiting };
    for (const [kind, pair] of Object.entries(pairs)) pair.draw(asked.found[kind] ?? null, about);
  }
  return { node, draw, stop: () => stop() };
}
