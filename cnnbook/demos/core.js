// Shared by all demos: arithmetic, formatting, elements, drawing. It stands before each demo's own module, so nothing is imported.

function outputSize(size, kernel, stride, padding) {
  return padding === "same" ? Math.ceil(size / stride) : Math.floor((size - kernel) / stride) + 1;
}

// Zeros before an axis, as TensorFlow pads: the odd one goes after.
function zerosBefore(size, kernel, stride, padding) {
  if (padding !== "same") return 0;
  return Math.floor(Math.max((Math.ceil(size / stride) - 1) * stride + kernel - size, 0) / 2);
}

// One cell of a feature map: {patches, products, sums} per channel, and the total. `picture` is [row][column][channel].
function convolveAt(picture, kernel, bias, { stride, padding }, row, column) {
  const top = row * stride - zerosBefore(picture.length, kernel.length, stride, padding);
  const left = column * stride - zerosBefore(picture[0].length, kernel[0].length, stride, padding);
  const channels = kernel[0][0].length;
  const patches = [], products = [], sums = [];
  for (let c = 0; c < channels; c++) {
    patches.push(kernel.map((line, i) => line.map((_, j) => picture[top + i]?.[left + j]?.[c] ?? 0)));
    products.push(kernel.map((line, i) => line.map((weights, j) => weights[c] * patches[c][i][j])));
    sums.push(products[c].flat().reduce((a, b) => a + b, 0));
  }
  return { top, left, patches, products, sums, total: sums.reduce((a, b) => a + b, 0) + bias };
}

// 1234.5 -> "1,234.5", -3 -> "−3", at most two decimals.
function formatNumber(value) {
  const text = Math.abs(value).toLocaleString("en-US", { maximumFractionDigits: 2 });
  return (value < 0 && text !== "0" ? "−" : "") + text;
}

function element(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else if (value === true) node.setAttribute(name, "");
    else if (value !== false && value != null) node.setAttribute(name, value);
  }
  node.append(...children);
  return node;
}

function svg(tag, attributes = {}, ...children) {
  const node = document.createElementNS("http://www.w3.org/2000/svg", tag);
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
  node.append(...children);
  return node;
}

let fields = 0;

// A form field with its label before it.
function labelled(label, field) {
  field.id = `cb-field-${(fields += 1)}`;
  return element("div", { class: "cb-choice" }, element("label", { for: field.id }, label), field);
}

// A labelled <select>; `choices` is [[value, text], ...].
function choice(label, choices, onChoose) {
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

// Black or white, whichever reads better on this background.
function inkOn([r, g, b]) {
  const linear = [r, g, b].map((v) => (v / 255 <= 0.04045 ? v / 255 / 12.92 : ((v / 255 + 0.055) / 1.055) ** 2.4));
  return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2] > 0.179 ? "#000" : "#fff";
}

// A canvas of square cells that keeps its proportions and stays sharp on any screen.
function cellCanvas(attributes = {}) {
  const canvas = element("canvas", attributes);
  const context = canvas.getContext("2d");
  let cell = 1;
  return {
    canvas,
    context,
    get cell() { return cell; },
    // Returns false while the canvas is not laid out yet.
    begin(rows, columns) {
      canvas.style.aspectRatio = `${columns} / ${rows}`;
      const width = canvas.clientWidth * (window.devicePixelRatio || 1);
      if (!width) return false;
      cell = Math.max(1, Math.round(width / columns));
      canvas.width = cell * columns;
      canvas.height = cell * rows;
      return true;
    },
    fill(row, column, colour) {
      context.fillStyle = colour;
      context.fillRect(column * cell, row * cell, cell, cell);
    },
    // Hatching says "no pixel here" and cannot be taken for black, in light or dark.
    hatch(row, column, ground, line) {
      this.fill(row, column, ground);
      context.strokeStyle = line;
      context.lineWidth = Math.max(1, cell / 10);
      context.beginPath();
      context.moveTo(column * cell, (row + 1) * cell);
      context.lineTo((column + 1) * cell, row * cell);
      context.stroke();
    },
    outline(row, column, height, width) {
      const thick = Math.max(3, cell / 4);
      for (const [colour, lineWidth] of [["#000", thick * 2], ["#ffb000", thick]]) {
        context.strokeStyle = colour;
        context.lineWidth = lineWidth;
        context.strokeRect(column * cell, row * cell, width * cell, height * cell);
      }
    },
    // The [row, column] under a pointer, as fractions of cells.
    at(event) {
      const box = canvas.getBoundingClientRect();
      return [((event.clientY - box.top) / box.height) * (canvas.height / cell), ((event.clientX - box.left) / box.width) * (canvas.width / cell)];
    },
  };
}

// The colours of what is no pixel, in the present theme.
function groundAndLine(root) {
  const style = getComputedStyle(root);
  return { ground: style.getPropertyValue("--cb-ground").trim() || "#fff", line: style.getPropertyValue("--cb-muted").trim() || "#777" };
}

// What Play waits between two steps, in milliseconds: `usual`, or `calm` where the system asks for less motion.
function pace(usual, calm) {
  return matchMedia("(prefers-reduced-motion: reduce)").matches ? calm : usual;
}

// Call `draw` at most once a frame, however many events ask for it.
function oncePerFrame(draw) {
  let waiting = 0;
  return () => {
    if (!waiting) waiting = requestAnimationFrame(() => { waiting = 0; draw(); });
  };
}

// Call `listener` when one of these traits changes; returns what ends it.
function onChange(model, names, listener) {
  for (const name of names) model.on(`change:${name}`, listener);
  return () => { for (const name of names) model.off(`change:${name}`, listener); };
}

// Redraw when the theme or the width changes; returns what ends it.
function watchSurroundings(node, redraw) {
  const theme = new MutationObserver(redraw);
  for (const watched of [document.documentElement, document.body]) theme.observe(watched, { attributes: true });
  const width = new ResizeObserver(redraw);
  width.observe(node);
  return () => { theme.disconnect(); width.disconnect(); };
}
