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

// Cells of the map, counted row by row: how many there are, in how wide a row, and the one where the window is.
function cellsOf(model) {
  const { height, width } = mapSize(model), [row, column] = model.get("position");
  return { width, now: row * width + column, count: height * width };
}

// The cells that are computed; whether all of them are goes into the trait `finished`. `draw` is called with each change.
function createVisited(model, draw) {
  const visited = new Set();
  function tell() {
    const finished = visited.size === cellsOf(model).count;
    if (finished !== model.get("finished")) change(model, { finished });
    draw();
  }
  function visit() {
    visited.add(cellsOf(model).now);
    tell();
  }
  function visitAll() {
    for (let n = 0; n < cellsOf(model).count; n++) visited.add(n);
    tell();
  }
  // Python has asked for the whole map, or for none of it.
  function finishedChanged() {
    if (model.get("finished") === (visited.size === cellsOf(model).count)) return;
    visited.clear();
    if (model.get("finished")) visitAll();
    else visit();
  }
  if (model.get("finished")) visitAll();
  return { visited, visit, visitAll, finishedChanged };
}

// Calls `goTo(cell)` from the present cell on as time goes by, at one of the SPEEDS, and `ended()` at the last one.
function createClock(model, { goTo, ended }) {
  let timer = 0, speed = "usual";
  function stop() {
    clearInterval(timer);
    timer = 0;
  }
  // As many cells as are due since it began; a page in the background is told of time more rarely.
  function begin() {
    const { now: first, count } = cellsOf(model), each = (1000 * SECONDS[speed]) / count, began = performance.now();
    stop();
    timer = setInterval(() => {
      const due = Math.min(first + Math.floor((performance.now() - began) / each), count - 1);
      goTo(due);
      if (due === count - 1) ended();
    }, pace(Math.max(FRAME_MS, each), CALM_MS));
  }
  function setSpeed(name) {
    speed = name;
    if (timer) begin();
  }
  return { begin, stop, setSpeed, get runs() { return timer !== 0; }, get speed() { return speed; } };
}

// Moves the window; `draw` is called where something else than its place has changed.
export function createWalk(model, draw) {
  const { visited, visit, visitAll, finishedChanged } = createVisited(model, draw);
  const clock = createClock(model, { ended: pause, goTo(cell) {
    for (let n = cellsOf(model).now; n < cell; n++) visited.add(n);
    moveToCell(cell);
  } });
  function moveTo(row, column) {
    const { height, width } = mapSize(model);
    change(model, { position: intoMap([row, column], height, width) });
  }
  function moveToCell(n) {
    const { width } = cellsOf(model);
    moveTo(Math.floor(n / width), n % width);
  }
  function step(by) {
    const { now, count } = cellsOf(model);
    if (now + by < 0 || now + by >= count) return;
    if (by < 0) visited.delete(now);
    moveToCell(now + by);
  }
  function pause() {
    clock.stop();
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
    moveToCell(cellsOf(model).count - 1);
    visitAll();
  }
  function play() {
    const { now, count } = cellsOf(model);
    if (model.get("finished") || now === count - 1) restart();
    clock.begin();
    visit();
  }
  // With another filter, image or size a map that was finished is finished again, and one that was not begins anew.
  function settingsChanged() {
    const wasFinished = model.get("finished"), [row, column] = model.get("position"), { height, width } = mapSize(model);
    visited.clear();
    if (wasFinished) visitAll();
    if (row >= height || column >= width) moveTo(0, 0);
    pause();
  }
  return {
    visited, visit, moveTo, step, play, pause, restart, finish, settingsChanged, finishedChanged,
    setSpeed: clock.setSpeed, stop: clock.stop,
    get playing() { return clock.runs; },
    get speed() { return clock.speed; },
  };
}
