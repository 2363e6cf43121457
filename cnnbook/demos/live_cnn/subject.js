// The image that the network gets, a sample or one of the reader's own, and what the network makes of it.

import { createImageTaker } from "../shared/image_taker.js";
import { createLoading } from "../shared/loading.js";
import { change } from "../shared/model.js";
import { answerInWords } from "./answer.js";
import { runNetwork } from "./network.js";
import { loadNetwork, megabytes } from "./weights.js";

const TEXT = {
  yours: "your image", drawing: (side) => `Your drawing. Its ${side} × ${side} pixels are all the network gets.`,
  white: "A white sheet. The network has an answer even to that.",
  missing: (why) => `The network is not available: ${why}.`,
  loading: (size) => `Loading the network (${size} MB, only once) …`, notLoaded: "The network is not loaded yet.",
};

// The weights are asked for when they are needed, not before; `loaded` is called once they are there.
function createLoader(model, loaded) {
  const size = megabytes(model.get("layers"), model.get("facts"));
  let network = null;
  const loading = createLoading({
    load: (attempt) => loadNetwork(model, attempt),
    loaded(found) {
      network = found;
      loaded();
    },
    idle: TEXT.notLoaded, loading: TEXT.loading(size), failed: TEXT.missing,
  });
  return { ...loading, network: () => network };
}

// `warn` says what is wrong with an image, `say` speaks to a screen reader, `redraw` draws anew.
export function createSubject(model, { warn, say, redraw }) {
  let own = null; // {pixels, about} of an image of one's own
  let made = null; // what each layer makes of the image
  const [side] = model.get("layers")[0].shape, loader = createLoader(model, changed);
  const taker = createImageTaker({ cells: side, taken: show, warn: (sentence) => warn("image", sentence), changed: redraw });
  const sample = () => model.get("samples")[model.get("sample")];
  const samplePixels = () => Uint8ClampedArray.from(atob(sample().pixels), (character) => character.charCodeAt(0));
  const pixels = () => own?.pixels ?? samplePixels();

  function changed() {
    made = null;
    redraw();
    say(() => (made ? answerInWords(model.get("classes"), made.at(-1)) : ""));
  }
  function show(image) {
    own = image;
    taker.forget();
    loader.need();
    changed();
  }
  function chooseSample(name) {
    if (name === "own") return;
    show(null);
    change(model, { sample: name });
  }
  // Let `paint` change the pixels.
  function edit(paint) {
    own ??= { pixels: samplePixels() };
    own.about = TEXT.drawing(side);
    paint(own.pixels);
    show(own);
  }
  const clear = () => show({ pixels: new Uint8ClampedArray(side * side * 3).fill(255), about: TEXT.white });
  // What there is to draw; the network runs once for each image.
  function state() {
    const network = loader.network(), now = pixels();
    if (network && !made) made = runNetwork(network, now);
    const words = own ? { alt: TEXT.yours, note: own.about, credit: "" } : { ...sample(), credit: `${sample().credit}.` };
    return { ...words, isOwn: own !== null, pixels: now, shares: made?.at(-1) ?? null, reading: taker.waiting(),
      shown: made && { network, made, pixels: now } };
  }
  const { need, node: loading, end } = loader, { buttons, about, receive } = taker;
  return { side, need, loading, end, show, chooseSample, edit, clear, state, buttons, about, receive };
}
