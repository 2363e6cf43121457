// Elements, and when to draw anew.

import { currentFailed } from "./owner.js";

export function element(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else if (name === "style") Object.assign(node.style, value); // an attribute with that text is nothing where the page forbids it
    else if (value === true) node.setAttribute(name, "");
    else if (value !== false && value != null) node.setAttribute(name, value);
  }
  node.append(...children);
  return node;
}

export function svg(tag, attributes = {}, ...children) {
  const node = document.createElementNS("http://www.w3.org/2000/svg", tag);
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
  node.append(...children);
  return node;
}

// Set several attributes.
export function setAll(node, attributes) {
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
}

// Set a text, unless it is there: the same text again would be read out again.
export function say(node, text) {
  if (node.textContent !== text) node.textContent = text;
}

// A button that does something when it is pressed.
export const button = (text, onclick, attributes = {}) => element("button", { type: "button", onclick, ...attributes }, text);

// A button that begins and ends something, such as Play: Enter held down presses it once, as the space bar does by itself.
export const toggle = (text, onclick, attributes = {}) =>
  button(text, onclick, { onkeydown: (event) => { if (event.repeat && event.key === "Enter") event.preventDefault(); }, ...attributes });

// The head of a table: a title for each column, or an empty cell where it is "".
export const tableHead = (titles) => element("thead", {},
  element("tr", {}, ...titles.map((title) => (title ? element("th", { scope: "col" }, title) : element("td")))));

// What Play waits between two steps, in milliseconds: `usual`, or `calm` where the system asks for less motion.
export function pace(usual, calm) {
  return matchMedia("(prefers-reduced-motion: reduce)").matches ? calm : usual;
}

// Call `draw` at most once a frame, however many events ask for it. Where it fails, its owner hears of it.
export function oncePerFrame(draw) {
  const failed = currentFailed();
  let waiting = 0;
  function frame() {
    waiting = 0;
    try {
      draw();
    } catch (error) {
      failed();
      throw error;
    }
  }
  return () => { if (!waiting) waiting = requestAnimationFrame(frame); };
}

// Do what a generator does, up to each `yield` in a frame of its own, so that the page is never held up for long; returns what ends it.
export function overFrames(work) {
  let waiting = 0;
  const later = () => { waiting = requestAnimationFrame(() => { if (!work.next().done) later(); }); };
  later();
  return () => cancelAnimationFrame(waiting);
}

// Call `redraw` when another screen or another zoom changes the device pixels per CSS pixel; returns what ends it.
function watchRatio(redraw) {
  let query = null;
  function listen() {
    query = matchMedia(`(resolution: ${window.devicePixelRatio}dppx)`);
    query.addEventListener("change", changed);
  }
  function changed() {
    query.removeEventListener("change", changed);
    listen();
    redraw();
  }
  listen();
  return () => query.removeEventListener("change", changed);
}

// Redraw when the theme, the width or the device pixels change; returns what ends it.
export function watchSurroundings(node, redraw) {
  const theme = new MutationObserver(redraw);
  for (const watched of [document.documentElement, document.body]) theme.observe(watched, { attributes: true });
  const width = new ResizeObserver(redraw), endRatio = watchRatio(redraw);
  width.observe(node);
  return () => { theme.disconnect(); width.disconnect(); endRatio(); };
}

// What a screen reader is told when something has changed.
export const liveRegion = () => element("p", { class: "cb-hidden", "aria-live": "polite" });
