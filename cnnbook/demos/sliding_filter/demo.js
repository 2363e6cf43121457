// SlidingFilter: slide a 3 × 3 filter over an image and watch each product, the sum and the feature map.

import { button, element, liveRegion, oncePerFrame, say, toggle, watchSurroundings } from "../shared/dom.js";
import { asChoices, choice, labelled, numberField, numberFrom, warnings } from "../shared/fields.js";
import { createImageTaker } from "../shared/image_taker.js";
import { change, onChange } from "../shared/model.js";
import { formatNumber } from "../shared/numbers.js";
import { placeAfter } from "../shared/places.js";
import { onPointer } from "../shared/pointer.js";
import { createInput, createMap, mapTable } from "./maps.js";
import { asPicture, OWN, withOwnPicture } from "./own_picture.js";
import { createTables } from "./tables.js";
import { cellAt, createWalk, mapSize, mapValues, SPEEDS } from "./walk.js";

const TEXT = {
  image: "Image", channels: "Channels", filter: "Filter", stride: "Stride", padding: "Padding", bias: "Bias",
  colours: [["grey", "grey (1)"], ["rgb", "colour (3)"]],
  own: "your own",
  slide: "Slide the filter",
  back: "Step back", play: "Play", pause: "Pause", forward: "Step forward", finish: "Finish", restart: "Restart",
  speed: "Speed", speedOf: { slow: "slow", usual: "normal", fast: "fast" },
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

// The controls above: {node, show()}. `filterChosen` is called after a named filter was.
function createControls(model, warn, { buttons, choosePicture, filterChosen }) {
  const { strides, paddings, most } = model.get("limits"), colour = () => model.get("colour");
  const choices = {
    picture: choice(TEXT.image, [], choosePicture),
    colour: choice(TEXT.channels, TEXT.colours, (name) => chooseColour(model, name)),
    filter: choice(TEXT.filter, [], (filter) => {
      if (filter === "custom") return;
      change(model, { filter, kernel: model.get("filters")[colour()][filter] });
      filterChosen();
    }),
    stride: choice(TEXT.stride, asChoices(strides), (stride) => change(model, { stride: Number(stride) })),
    padding: choice(TEXT.padding, asChoices(paddings), (padding) => change(model, { padding })),
  };
  const bias = numberField({
    name: TEXT.bias, range: numberFrom(-most, most), warn, read: () => model.get("bias"), write: (value) => change(model, { bias: value }),
  });
  const node = element("div", { class: "cb-controls" },
    ...Object.values(choices).map((each) => each.node), labelled(TEXT.bias, bias.input), ...buttons);
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
  const speed = choice(TEXT.speed, SPEEDS.map((name) => [name, TEXT.speedOf[name]]), walk.setSpeed);
  const step = (text, by, name) => button(text, () => { walk.pause(); walk.step(by); }, { class: name });
  const node = element("div", { class: "cb-transport", role: "group", "aria-label": TEXT.slide },
    step(TEXT.back, -1, "cb-back"), playButton, step(TEXT.forward, 1, "cb-forward"),
    button(TEXT.finish, walk.finish, { class: "cb-finish" }), button(TEXT.restart, walk.restart, { class: "cb-restart" }), speed.node);
  function show() {
    playButton.textContent = walk.playing ? TEXT.pause : TEXT.play;
    speed.show(walk.speed);
  }
  return { node, show };
}

// The window follows the pointer and the keys. A mouse that only passes over does not interrupt Play.
function listen(model, walk, { input }, { map }) {
  const { canvas } = input, { kernel_size: kernel } = model.get("limits");
  let place = [0, 0];
  const follow = oncePerFrame(() => walk.moveTo(...place));
  function listenTo(node, placeUnder) {
    function go(event) {
      place = placeUnder(event);
      follow();
    }
    function take(event) {
      walk.pause();
      go(event);
    }
    onPointer(node, { began: take, moved: take, hovered(event) { if (!walk.playing) go(event); } });
  }
  // With its zeros the image starts where the first window does, and a window's middle is half a kernel further.
  listenTo(canvas, (event) => input.at(event).map((cells) => Math.round((cells - kernel / 2) / model.get("stride"))));
  listenTo(map.canvas, (event) => map.at(event).map(Math.floor));
  canvas.addEventListener("keydown", (event) => {
    const next = placeAfter(event.key, model.get("position"), mapSize(model).width);
    if (event.key === " ") { if (!event.repeat) (walk.playing ? walk.pause : walk.play)(); }
    else if (next) { walk.pause(); walk.moveTo(...next); }
    else return;
    event.preventDefault();
  });
}

// An image of the reader's own in place of the picture: {taker, choosePicture(name), drop()}; `changed` is called with another image.
function createOwnImage(model, warn, { changed, redraw }) {
  const side = Object.values(model.get("pictures"))[0].rgb.length;
  function show(picture) {
    model.showOwn(picture);
    taker.forget();
    changed();
  }
  const taker = createImageTaker({
    cells: side, taken: (image) => show(asPicture(image, side)), warn: (sentence) => warn(show, sentence), changed: redraw,
  });
  function drop() { show(null); }
  function choosePicture(picture) {
    if (picture === OWN) return;
    drop();
    change(model, { picture });
  }
  return { taker, choosePicture, drop };
}

function render({ model: given, el }) {
  let values = null; // the whole feature map, computed once per setting
  const model = withOwnPicture(given), redraw = oncePerFrame(draw), walk = createWalk(model, redraw);
  const { node: complaint, warn } = warnings();
  const own = createOwnImage(model, warn, { changed: settingsChanged, redraw }), { taker } = own;
  const tables = createTables(model, warn), transport = createTransport(walk);
  const controls = createControls(model, warn,
    { buttons: taker.buttons, choosePicture: own.choosePicture, filterChosen: tables.giveWay });
  const input = createInput(model), map = createMap(model, walk.visited);
  const live = liveRegion(), credit = element("p", { class: "cb-credit" }), reading = element("p", { class: "cb-reading", role: "status" });
  const numbers = element("div", { class: "cb-numbers", tabindex: "0", role: "region", "aria-label": TEXT.numbersLabel });
  const details = element("details", { ontoggle: () => walk.visit() }, element("summary", {}, TEXT.numbers), numbers);
  const root = element("div", { class: "cnnbook cb-sliding" }, controls.node, taker.about, reading, transport.node,
    element("div", { class: "cb-stage" }, input.node, element("div", { class: "cb-middle" }, tables.node, tables.sum, complaint), map.node),
    live, details, credit);

  function draw() {
    if (!el.isConnected) return;
    const [row, column] = model.get("position"), cell = cellAt(model, row, column);
    values ??= mapValues(model);
    controls.show();
    transport.show();
    credit.textContent = model.get("pictures")[model.get("picture")].credit;
    say(reading, taker.waiting());
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
    taker.receive(root),
    onChange(model, ["picture"], own.drop),
    onChange(model, ["colour", "kernel", "bias", "stride", "padding"], settingsChanged),
    onChange(model, ["position"], walk.visit),
    onChange(model, ["finished"], walk.finishedChanged),
    onChange(model, ["filter"], redraw),
    watchSurroundings(root, redraw),
    walk.stop,
  ];
  el.replaceChildren(root);
  walk.visit();
  return () => { for (const end of ends) end(); };
}

export default { render };
