// Which layer, map and unit is chosen, and how that is changed and named. Nothing here draws.

import { change } from "../shared/model.js";
import { intoMap, limited } from "../shared/places.js";
import { byReach, convolutionCell, isVector } from "./network.js";
import { digits, nameOf, percent } from "./words.js";

const TEXT = { place: (name, row, column) => `${name}, row ${row + 1}, column ${column + 1}` };

// `shown()` is {network, made, pixels}, or null while there is no network; `say` speaks to a screen reader.
export function createChosen(model, shown, say) {
  const layers = model.get("layers"), n = () => layers.findIndex((layer) => layer.name === model.get("layer")), layer = () => layers[n()];
  const map = () => model.get("map"), position = () => model.get("position");
  let incoming = null; // the map before whose patch is written out; null for the one that counts most

  const name = () => `${layer().name}, ${nameOf(layer(), map(), model.get("classes"))}`;
  const title = () => (isVector(layer()) ? name() : TEXT.place(name(), ...position()));
  function value() {
    const [, width, channels] = layer().shape, [row, column] = position(), index = (row * width + column) * channels + map();
    return { index, value: shown().made[n()][index] };
  }
  const sentence = () => (shown() ? `${title()}: ${layer().kind === "softmax" ? percent(value().value) : digits(value().value, 4)}.` : "");

  function moveTo(place, { to = map(), aloud = true } = {}) {
    const [height, width, channels] = layer().shape;
    change(model, { map: limited(to, 0, channels - 1), position: intoMap(place, height, width) });
    if (aloud) say(sentence);
  }
  // Another layer; the unit stays at the same place of the image.
  function chooseLayer(to) {
    const [height, width, channels] = layers.find((each) => each.name === to).shape, old = layer().shape;
    const [row, column] = position().map((place, axis) => Math.floor(((place + 0.5) * [height, width][axis]) / old[axis]));
    incoming = null;
    change(model, { layer: to, map: limited(map(), 0, channels - 1), position: intoMap([row, column], height, width) });
    say(sentence);
  }
  // The map of the layer before that is written out: the chosen one, or the one whose products count most here.
  function source() {
    if (isVector(layer()) || layer().kind === "input") return 0;
    if (layer().kind !== "conv") return map();
    return incoming ?? byReach(convolutionCell(shown().network, shown().made, n(), map(), position()).sums)[0];
  }
  return { layers, n, layer, map, position, name, title, value, moveTo, chooseLayer, source, chooseSource(to) { incoming = to; } };
}
