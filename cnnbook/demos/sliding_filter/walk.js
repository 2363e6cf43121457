// Where the window is, where it has been, and Play. Nothing here knows how it is shown.

import { convolveAt, outputSize } from "../shared/arithmetic.js";
import { pace } from "../shared/dom.js";
import { change } from "../shared/model.js";
import { intoMap } from "../shared/places.js";

const FRAME_MS = 16, CALM_MS = 1000; // between two steps of Play at least; the second where less motion is asked for
const SECONDS = { slow: 40, usual: 10, fast: 3 }; // that Play takes for a whole map, by the name of its speed

export const SPEEDS = Object.keys(SECONDS);

export const imageOf = (model) => model.get("pictures")[model.get("picture")][model.get("colour")];
export const settingsOf = (model) => ({ stride: model.get("stride"), padding: model.get("padding") });

// Height and width of the feature map.
export function mapSize(model) {
  const { stride, padding } = settingsOf(model), pixels = imageOf(model), kernel = model.get("limits").kernel_size;
  return { height: outputSize(pixels.length, kernel, stride, padding), width: outputSize(pixels[0].length, kernel, stride, padding) };
}

// One cell of the feature map, with all that made it.
export const cellAt = (model, row, column) =>
  convolveAt(imageOf(model), model.get("kernel"), model.get("bias"), settingsOf(model), row, column);

// The whole feature map, [row][column].
export function mapValues(model) {
  const { height, width } = mapSize(model);
  return Array.from({ length: height }, (_, row) => Array.from({ length: width }, (_, column) => cellAt(model, row, column).total));
}

// Moves the window; `draw` is called where something else than its place has changed.
export function createWalk(model, draw) {
  const visited = new Set();
  let timer = 0, speed = "usual";
  const place = () => model.get("position");
  function cells() {
    const { height, width } = mapSize(model), [row, column] = place();
    return { width, now: row * width + column, count: height * width };
  }
  // Whether the whole map is there goes into its trait.
  function tell() {
    const finished = visited.size === cells().count;
    if (finished !== model.get("finished")) change(model, { finished });
    draw();
  }
  function visit() {
    visited.add(cells().now);
    tell();
  }
  function visitAll() {
    for (let n = 0; n < cells().count; n++) visited.add(n);
    tell();
  }
  function moveTo(row, column) {
    const { height, width } = mapSize(model);
    change(model, { position: intoMap([row, column], height, width) });
  }
  const moveToCell = (n) => moveTo(Math.floor(n / cells().width), n % cells().width);
  function step(by) {
    const { now, count } = cells();
    if (now + by < 0 || now + by >= count) return;
    if (by < 0) visited.delete(now);
    moveToCell(now + by);
  }
  function pause() {
    clearInterval(timer);
    timer = 0;
    visit();
  }
  function restart() {
    pause();
    visited.clear();
    moveTo(0, 0);
    visit();
  }
  function finish() {
    pause();
    moveToCell(cells().count - 1);
    visitAll();
  }
  // As many cells as are due since it began; a page in the background is told of time more rarely.
  function begin() {
    const { now: first, count } = cells(), each = (1000 * SECONDS[speed]) / count, began = performance.now();
    clearInterval(timer);
    timer = setInterval(() => {
      const due = Math.min(first + Math.floor((performance.now() - began) / each), count - 1);
      for (let n = cells().now; n < due; n++) visited.add(n);
      moveToCell(due);
      if (due === count - 1) pause();
    }, pace(Math.max(FRAME_MS, each), CALM_MS));
  }
  function play() {
    const { now, count } = cells();
    if (model.get("finished") || now === count - 1) restart();
    begin();
    visit();
  }
  function setSpeed(name) {
    speed = name;
    if (timer) begin();
  }
  // With another filter, image or size a map that was finished is finished again, and one that was not begins anew.
  function settingsChanged() {
    const wasFinished = model.get("finished"), [row, column] = place(), { height, width } = mapSize(model);
    visited.clear();
    if (wasFinished) visitAll();
    if (row >= height || column >= width) moveTo(0, 0);
    pause();
  }
  // Python has asked for the whole map, or for none of it.
  function finishedChanged() {
    if (model.get("finished") === (visited.size === cells().count)) return;
    visited.clear();
    if (model.get("finished")) visitAll();
    else visit();
  }
  if (model.get("finished")) visitAll();
  return {
    visited, visit, moveTo, step, play, pause, restart, finish, settingsChanged, finishedChanged, setSpeed,
    get playing() { return timer !== 0; },
    get speed() { return speed; },
    stop: () => clearInterval(timer),
  };
}
