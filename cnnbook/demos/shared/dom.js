// Elements, and when to draw anew.

export function element(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
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

// The head of a table: a title for each column, or an empty cell where it is "".
export const tableHead = (titles) => element("thead", {},
  element("tr", {}, ...titles.map((title) => (title ? element("th", { scope: "col" }, title) : element("td")))));

// What Play waits between two steps, in milliseconds: `usual`, or `calm` where the system asks for less motion.
export function pace(usual, calm) {
  return matchMedia("(prefers-reduced-motion: reduce)").matches ? calm : usual;
}

// Call `draw` at most once a frame, however many events ask for it.
export function oncePerFrame(draw) {
  let waiting = 0;
  return () => {
    if (!waiting) waiting = requestAnimationFrame(() => { waiting = 0; draw(); });
  };
}

// Do what a generator does, up to each `yield` in a frame of its own, so that the page is never held up for long; returns what ends it.
export function overFrames(work) {
  let waiting = 0;
  const later = () => { waiting = requestAnimationFrame(() => { if (!work.next().done) later(); }); };
  later();
  return () => cancelAnimationFrame(waiting);
}

// Redraw when the theme or the width changes; returns what ends it.
export function watchSurroundings(node, redraw) {
  const theme = new MutationObserver(redraw);
  for (const watched of [document.documentElement, document.body]) theme.observe(watched, { attributes: true });
  const width = new ResizeObserver(redraw);
  width.observe(node);
  return () => { theme.disconnect(); width.disconnect(); };
}

// What a screen reader is told when something has changed.
export const liveRegion = () => element("p", { class: "cb-hidden", "aria-live": "polite" });
