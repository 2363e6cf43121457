// Where the window is, where it has been, and Play. Nothing here knows how it is shown.

import { convolveAt, outputSize } from "../shared/arithmetic.js";
import { pace } from "../shared/dom.js";
import { change } from "../shared/model.js";
import { intoMap } from "../shared/places.js";

const PLAY_MS = 83, CALM_MS = 1000; // a step of Play; the second where less motion is asked for

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
  let timer = 0;
  const place = () => model.get("position");
  function visit() {
    const [row, column] = place();
    visited.add(row * mapSize(model).width + column);
    draw();
  }
  function moveTo(row, column) {
    const { height, width } = mapSize(model);
    change(model, { position: intoMap([row, column], height, width) });
  }
  function step(by) {
    const { height, width } = mapSize(model), [row, column] = place(), next = row * width + column + by;
    if (next < 0 || next >= height * width) return false;
    if (by < 0) visited.delete(row * width + column);
    moveTo(Math.floor(next / width), next % width);
    return true;
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
    const { height, width } = mapSize(model);
    for (let i = 0; i < height * width; i++) visited.add(i);
    moveTo(height - 1, width - 1);
    visit();
  }
  function play() {
    const { height, width } = mapSize(model), [row, column] = place();
    if (row === height - 1 && column === width - 1) restart();
    timer = setInterval(() => { if (!step(1)) pause(); }, pace(PLAY_MS, CALM_MS));
    visit();
  }
  // Another filter or another size: nothing of the map is computed yet.
  function settingsChanged() {
    visited.clear();
    const [row, column] = place(), { height, width } = mapSize(model);
    if (row >= height || column >= width) moveTo(0, 0);
    pause();
  }
  return {
    visited, visit, moveTo, step, play, pause, restart, finish, settingsChanged,
    get playing() { return timer !== 0; },
    stop: () => clearInterval(timer),
  };
}
