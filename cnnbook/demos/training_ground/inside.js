// The inside of a network in training: filters, feature maps, and for each layer what enters and leaves it and the gradient's norm.
import { choice, element, svg } from "../shared/dom.js";

const TILE = 44; // CSS pixels that a small image takes at most

const exponent = (value) => (value === 0 ? "0" : Math.abs(value) >= 1e-3 && Math.abs(value) < 1e4 ? String(Number(value.toPrecision(3))) : value.toExponential(1)).replace("-", "−");

// Small images of the same size on one canvas, on one grey scale: black is the most negative, middle grey 0, white the most positive.
function tiles() {
  const canvas = element("canvas", { class: "cb-canvas cb-tiles", role: "img" }), context = canvas.getContext("2d");
  return {
    canvas,
    draw(images, height, width) {
      const reach = Math.max(...images.map((image) => image.reduce((most, x) => Math.max(most, Math.abs(x)), 0))) || 1;
      const columns = Math.min(images.length, width > 1 && height === 1 ? 1 : 8), rows = Math.ceil(images.length / columns);
      const cell = Math.max(2, Math.floor((2 * TILE) / Math.max(height, width))), gap = 8;
      canvas.width = columns * (width * cell + gap) - gap;
      canvas.height = rows * (height * cell + gap) - gap;
      canvas.style.width = `${canvas.width / 2}px`;
      context.clearRect(0, 0, canvas.width, canvas.height);
      images.forEach((image, n) => {
        const left = (n % columns) * (width * cell + gap), top = Math.floor(n / columns) * (height * cell + gap);
        for (let i = 0; i < height; i++) for (let j = 0; j < width; j++) {
          const x = image[i * width + j], grey = Math.round(127.5 * (1 + x / reach));
          context.fillStyle = Number.isFinite(x) ? `rgb(${grey},${grey},${grey})` : "#b91c1c";
          context.fillRect(left + j * cell, top + i * cell, cell, cell);
        }
      });
      return reach;
    },
  };
}

function bars({ low, high, counts, lost }) {
  const most = Math.max(...counts, 1), width = 6;
  const drawing = svg("svg", { viewBox: `0 0 ${counts.length * width} 40`, class: "cb-bars", role: "img", "aria-label": lost ? `${lost} numbers are not finite` : `from ${exponent(low)} to ${exponent(high)}` },
    ...counts.map((count, n) => svg("rect", { x: n * width, y: 40 - (40 * count) / most, width: width - 1, height: (40 * count) / most })));
  return element("td", {}, drawing, element("small", {}, lost ? `${lost} not finite` : `${exponent(low)} to ${exponent(high)}`));
}

// `ask()` is called when another layer or channel is to be shown.
export function networkInside(ask) {
  let layers = [], plan = { rows: [] };
  const chosen = { layer: 0, channel: 0 };
  const layerChoice = choice("Layer", [], (value) => {
    chosen.layer = Number(value);
    chosen.channel = 0;
    showChannels();
    ask();
  });
  const channelChoice = choice("Filters for", [], (value) => {
    chosen.channel = Number(value);
    ask();
  });
  const filters = tiles(), maps = tiles();
  const figure = (drawing) => { const caption = element("figcaption"); return { caption, node: element("figure", { class: "cb-broad" }, caption, drawing.canvas) }; };
  const filterFigure = figure(filters), mapFigure = figure(maps);
  const body = element("tbody");
  const flow = element("table", { class: "cb-layers cb-flow" }, element("caption", {}, "in the last batch"),
    element("thead", {}, element("tr", {}, ...["layer", "what enters", "what leaves", "gradient’s norm"].map((title) => element("th", { scope: "col" }, title)))), body);
  const node = element("div", {}, element("div", { class: "cb-controls" }, layerChoice.node, channelChoice.node), filterFigure.node, mapFigure.node,
    element("div", { class: "cb-wide", tabindex: "0", role: "region", "aria-label": "What enters and leaves each layer" }, flow));

  const before = (n) => (n ? plan.rows[n - 1]?.shape : [8, 8, 1]);
  function showChannels() {
    const channels = layers[chosen.layer]?.kind === "Conv2D" ? before(chosen.layer)?.[2] ?? 1 : 1;
    channelChoice.node.hidden = channels < 2;
    channelChoice.show(String(chosen.channel), Array.from({ length: channels }, (_, n) => [String(n), `map ${n + 1} before`]));
  }
  // Another network.
  function begin(next, planned) {
    [layers, plan] = [next, planned];
    if (!layers[chosen.layer] || chosen.channel >= (before(chosen.layer)?.[2] ?? 1)) Object.assign(chosen, { layer: Math.min(chosen.layer, Math.max(0, layers.length - 1)), channel: 0 });
    layerChoice.show(String(chosen.layer), layers.map((layer, n) => [String(n), `${n + 1}, ${layer.kind}`]));
    showChannels();
    body.replaceChildren();
  }
  // What a session has seen; it may be of another layer than the chosen one, which will come.
  function draw(seen) {
    const layer = layers[chosen.layer], shape = plan.rows[chosen.layer]?.shape;
    if (!layer || !shape) return;
    const withFilters = seen.filters !== null && layer.kind === "Conv2D" && seen.filters[0].length === layer.kernel ** 2;
    filterFigure.node.hidden = !withFilters;
    if (withFilters) {
      const reach = filters.draw(seen.filters, layer.kernel, layer.kernel);
      filterFigure.caption.textContent = `Filters: black −${exponent(reach)}, middle grey 0, white ${exponent(reach)}`;
      filters.canvas.setAttribute("aria-label", `${seen.filters.length} filters of layer ${chosen.layer + 1}, weights up to ${exponent(reach)}`);
    }
    const [height, width] = shape.length === 3 ? shape : [1, shape[0]];
    mapFigure.node.hidden = seen.maps === null || seen.maps[0].length !== height * width;
    if (!mapFigure.node.hidden) {
      const reach = maps.draw(seen.maps, height, width), what = shape.length === 3 ? "Feature maps" : "Units";
      mapFigure.caption.textContent = `${what} of the image: white ${exponent(reach)}, black −${exponent(reach)}`;
      maps.canvas.setAttribute("aria-label", `${what} of layer ${chosen.layer + 1} for the chosen image, values up to ${exponent(reach)}`);
    }
    if (!seen.histograms || seen.histograms.length !== layers.length + 1) return;
    body.replaceChildren(...layers.map(({ kind }, n) => element("tr", { class: seen.failure?.layer === n ? "cb-broken" : null },
      element("th", { scope: "row" }, `${n + 1}, ${kind}`), bars(seen.histograms[n]), bars(seen.histograms[n + 1]),
      element("td", {}, seen.norms[n] == null ? "" : Number.isFinite(seen.norms[n]) ? exponent(seen.norms[n]) : "not finite"))));
  }
  return { node, begin, draw, chosen };
}
