// Elements, fields, and when to draw anew.

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

// A form field with its label before it. The count is the page's: more than one of its scripts may have this file.
export function labelled(label, field) {
  globalThis.cnnbookFields = (globalThis.cnnbookFields ?? 0) + 1;
  field.id = `cb-field-${globalThis.cnnbookFields}`;
  return element("div", { class: "cb-choice" }, element("label", { for: field.id }, label), field);
}

// A labelled <select>; `choices` is [[value, text], ...].
export function choice(label, choices, onChoose) {
  const select = element("select", { onchange: () => onChoose(select.value) });
  const node = labelled(label, select);
  return {
    node,
    select,
    show(value, available = choices) {
      select.replaceChildren(...available.map(([name, text]) => element("option", { value: name, selected: name === value }, text)));
      select.value = value;
    },
  };
}

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

// Call `listener` when one of these traits changes; returns what ends it.
export function onChange(model, names, listener) {
  for (const name of names) model.on(`change:${name}`, listener);
  return () => { for (const name of names) model.off(`change:${name}`, listener); };
}

// Redraw when the theme or the width changes; returns what ends it.
export function watchSurroundings(node, redraw) {
  const theme = new MutationObserver(redraw);
  for (const watched of [document.documentElement, document.body]) theme.observe(watched, { attributes: true });
  const width = new ResizeObserver(redraw);
  width.observe(node);
  return () => { theme.disconnect(); width.disconnect(); };
}
