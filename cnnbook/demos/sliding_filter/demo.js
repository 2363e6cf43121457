// SlidingFilter: slide a 3 × 3 filter over an image and watch each product, the sum and the feature map.

import { button, element, liveRegion, oncePerFrame, toggle, watchSurroundings } from "../shared/dom.js";
import { asChoices, choice, labelled, numberField, numberFrom, warnings } from "../shared/fields.js";
import { change, onChange } from "../shared/model.js";
import { formatNumber } from "../shared/numbers.js";
import { placeAfter } from "../shared/places.js";
import { onPointer } from "../shared/pointer.js";
import { createInput, createMap, mapTable } from "./maps.js";
import { createTables } from "./tables.js";
import { cellAt, createWalk, mapSize, mapValues } from "./walk.js";

const TEXT = {
  image: "Image", channels: "Channels", filter: "Filter", stride: "Stride", padding: "Padding", bias: "Bias",
  colours: [["grey", "grey (1)"], ["rgb", "colour (3)"]],
  own: "your own",
  slide: "Slide the filter",
  back: "Step back", play: "Play", pause: "Pause", forward: "Step forward", finish: "Finish", restart: "Restart",
  numbers: "The feature map as numbers", numbersLabel: "Feature map as numbers",
  said: (row, column, parts, bias, total) =>
    `Row ${row + 1}, column ${column + 1}: ${parts}, plus bias ${formatNumber(bias)}, gives ${formatNumber(total)}.`,
};

// Another number of channels. A filter of one's own is kept: each channel of the new one gets the mean over the old channels.
function chooseColour(model, colour) {
  const filters = model.get("filters")[colour], [[[example]]] = Object.values(filters);
  const filter = filters[model.get("filter")] ? model.get("filter") : "custom";
  const mean = (weights) => weights.reduce((a, b) => a + b, 0) / weights.length;
  const kernel = filters[filter] ?? model.get("kernel").map((line) => line.map((weights) => Array(example.length).fill(mean(weights))));
  change(model, { colour, kernel, filter });
}

// The controls above: {node, show()}.
function createControls(model, warn) {
  const { strides, paddings, most } = model.get("limits"), colour = () => model.get("colour");
  const choices = {
    picture: choice(TEXT.image, [], (picture) => change(model, { picture })),
    colour: choice(TEXT.channels, TEXT.colours, (name) => chooseColour(model, name)),
    filter: choice(TEXT.filter, [], (filter) => {
      if (filter !== "custom") change(model, { filter, kernel: model.get("filters")[colour()][filter] });
    }),
    stride: choice(TEXT.stride, asChoices(strides), (stride) => change(model, { stride: Number(stride) })),
    padding: choice(TEXT.padding, asChoices(paddings), (padding) => change(model, { padding })),
  };
  const bias = numberField({
    name: TEXT.bias, range: numberFrom(-most, most), warn, read: () => model.get("bias"), write: (value) => change(model, { bias: value }),
  });
  const node = element("div", { class: "cb-controls" },
    ...Object.values(choices).map((each) => each.node), labelled(TEXT.bias, bias.input));
  function show() {
    choices.picture.show(model.get("picture"), Object.entries(model.get("pictures")).map(([name, image]) => [name, image.title]));
    choices.colour.show(colour());
    choices.filter.show(model.get("filter"), [...asChoices(Object.keys(model.get("filters")[colour()])), ["custom", TEXT.own]]);
    choices.stride.show(String(model.get("stride")));
    choices.padding.show(model.get("padding"));
    bias.show();
  }
  return { node, show };
}

// Buttons that move the window: {node, show()}.
function createTransport(walk) {
  const playButton = toggle(TEXT.play, () => (walk.playing ? walk.pause() : walk.play()), { class: "cb-play" });
  const step = (text, by, name) => button(text, () => { walk.pause(); walk.step(by); }, { class: name });
  const node = element("div", { class: "cb-transport", role: "group", "aria-label": TEXT.slide },
    step(TEXT.back, -1, "cb-back"), playButton, step(TEXT.forward, 1, "cb-forward"),
    button(TEXT.finish, walk.finish, { class: "cb-finish" }), button(TEXT.restart, walk.restart, { class: "cb-restart" }));
  return { node, show() { playButton.textContent = walk.playing ? TEXT.pause : TEXT.play; } };
}

// The window follows the pointer and the keys.
function listen(model, walk, { input }, { map }) {
  const { canvas } = input, { kernel_size: kernel } = model.get("limits");
  let pointer = [0, 0];
  // With its zeros the image starts where the first window does, and a window's middle is half a kernel further.
  const follow = oncePerFrame(() => walk.moveTo(...pointer.map((cells) => Math.round((cells - kernel / 2) / model.get("stride")))));
  function pointAt(event) {
    walk.pause();
    pointer = input.at(event);
    follow();
  }
  onPointer(canvas, { began: pointAt, moved: pointAt });
  onPointer(map.canvas, { began(event) { walk.pause(); walk.moveTo(...map.at(event).map(Math.floor)); } });
  canvas.addEventListener("keydown", (event) => {
    const next = placeAfter(event.key, model.get("position"), mapSize(model).width);
    if (event.key === " ") { if (!event.repeat) (walk.playing ? walk.pause : walk.play)(); }
    else if (next) { walk.pause(); walk.moveTo(...next); }
    else return;
    event.preventDefault();
  });
}

function render({ model, el }) {
  let values = null; // the whole feature map, computed once per setting
  const redraw = oncePerFrame(draw), walk = createWalk(model, redraw), { node: complaint, warn } = warnings();
  const controls = createControls(model, warn), transport = createTransport(walk), tables = createTables(model, warn);
  const input = createInput(model), map = createMap(model, walk.visited);
  const live = liveRegion(), credit = element("p", { class: "cb-credit" });
  const numbers = element("div", { class: "cb-numbers", tabindex: "0", role: "region", "aria-label": TEXT.numbersLabel });
  const details = element("details", { ontoggle: () => walk.visit() }, element("summary", {}, TEXT.numbers), numbers);
  const root = element("div", { class: "cnnbook" }, controls.node, transport.node,
    element("div", { class: "cb-stage" }, input.node, element("div", { class: "cb-middle" }, tables.node, tables.sum, complaint), map.node),
    live, details, credit);

  function draw() {
    if (!el.isConnected) return;
    const [row, column] = model.get("position"), cell = cellAt(model, row, column);
    values ??= mapValues(model);
    controls.show();
    transport.show();
    credit.textContent = model.get("pictures")[model.get("picture")].credit;
    const parts = tables.show(cell);
    input.draw(cell);
    map.draw(values);
    if (details.open) numbers.replaceChildren(mapTable(values, walk.visited));
    // While it plays, every step would be read out: say it only when the window rests.
    if (!walk.playing) live.textContent = TEXT.said(row, column, parts, model.get("bias"), cell.total);
  }
  function settingsChanged() {
    values = null;
    walk.settingsChanged();
  }
  listen(model, walk, input, map);
  const ends = [
    onChange(model, ["picture", "colour", "kernel", "bias", "stride", "padding"], settingsChanged),
    onChange(model, ["position"], walk.visit),
    onChange(model, ["filter"], redraw),
    watchSurroundings(root, redraw),
    walk.stop,
  ];
  el.replaceChildren(root);
  walk.visit();
  return () => { for (const end of ends) end(); };
}

export default { render };
