// An image of the reader's own among the pictures. It stays in the page: no trait holds it, so no kernel gets it.

export const OWN = "own";

const WEIGHTS = [0.299, 0.587, 0.114]; // of red, green and blue in the brightness, by ITU-R BT.601
const TEXT = { title: "your own" };

// {pixels, about} as the reader's image is taken -> a picture as Python makes them: rows of pixels in colour and in grey.
export function asPicture({ pixels, about }, side) {
  const rgb = Array.from({ length: side }, (_, i) => Array.from({ length: side }, (_, j) => {
    const at = (i * side + j) * 3;
    return [...pixels.slice(at, at + 3)];
  }));
  const grey = rgb.map((line) => line.map((pixel) => [Math.round(pixel.reduce((sum, value, c) => sum + WEIGHTS[c] * value, 0))]));
  return { title: TEXT.title, credit: about, rgb, grey };
}

// The model, in whose pictures the reader's own is found once there is one: the model with `showOwn(picture)`; null takes it away.
export function withOwnPicture(model) {
  let own = null;
  const reads = {
    pictures: () => (own ? { [OWN]: own, ...model.get("pictures") } : model.get("pictures")),
    picture: () => (own ? OWN : model.get("picture")),
  };
  return {
    get: (name) => (Object.hasOwn(reads, name) ? reads[name]() : model.get(name)),
    set: (name, value) => model.set(name, value),
    on: (event, listener) => model.on(event, listener),
    off: (event, listener) => model.off(event, listener),
    save_changes: () => model.save_changes(),
    showOwn(picture) { own = picture; },
  };
}
