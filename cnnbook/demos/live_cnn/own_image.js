// A reader's own image: decode it, take its central square, and reduce that to the pixels that the network takes.

import { element } from "../shared/dom.js";
import { formatNumber } from "../shared/numbers.js";

const LARGEST_FILE = 100e6; // bytes; beyond that a phone's browser may end without a word
const TEXT = {
  file: (name) => `“${name}”`, unnamed: "What you gave",
  tooLarge: (name, size, most) => `${name} has ${size} MB; this takes images up to ${most} MB.`,
  unreadable: (name, advice) => `${name} is not an image that this browser can read. It takes JPEG, PNG, WebP, GIF or SVG.${advice}`,
  heic: " Save a HEIC image as JPEG first.",
  noSize: (name) => `${name} does not say how large it is. An image with a width and a height works.`,
  yours: (name, width, height) => `Your image${name && ` ${name}`}, ${width} × ${height} pixels`,
  square: (side) => `its central square of ${side} × ${side}`,
  reduced: "each pixel here is the mean of what it covers",
  enlarged: (side) => `enlarged to ${side} × ${side}`,
  transparent: "Transparent parts count as white.", animated: "Of an animation the first frame counts.",
};

// The pixels along one axis that cell `i` of `cells` covers: the first, and how much of it and of those that follow.
export function covered(i, cells, length) {
  const from = (i * length) / cells, to = ((i + 1) * length) / cells, first = Math.floor(from + 1e-9), shares = [];
  for (let pixel = first; pixel < to - 1e-9; pixel++) shares.push(Math.min(to, pixel + 1) - Math.max(from, pixel));
  return { first, shares };
}

// Add up what one cell covers of RGBA `data`, whose rows are `side` long, on white, into three `sums`; returns whether some of it is
// transparent.
function addUp(data, side, rowShares, { first, shares }, sums) {
  let transparent = false;
  sums.fill(0);
  for (let y = 0; y < rowShares.length; y++) for (let x = 0; x < shares.length; x++) {
    const at = (y * side + first + x) * 4, alpha = data[at + 3] / 255, share = rowShares[y] * shares[x];
    transparent ||= alpha < 1;
    for (let c = 0; c < 3; c++) sums[c] += share * (alpha * data[at + c] + (1 - alpha) * 255);
  }
  return transparent;
}

// A decoded image -> {pixels, side, transparent}, `cells` × `cells` pixels; transparent parts become white. It goes row by row of
// the result, so that a large photograph needs no large copy.
function reduce(image, width, height, cells) {
  const side = Math.min(width, height), left = Math.floor((width - side) / 2), top = Math.floor((height - side) / 2);
  const canvas = element("canvas"), context = canvas.getContext("2d", { willReadFrequently: true });
  const across = Array.from({ length: cells }, (_, j) => covered(j, cells, side)), area = (side / cells) ** 2;
  const pixels = new Uint8ClampedArray(cells * cells * 3), sums = new Float64Array(3);
  let transparent = false;
  canvas.width = side;
  canvas.height = Math.ceil(side / cells) + 1;
  for (let i = 0; i < cells; i++) {
    const down = covered(i, cells, side), lines = down.shares.length;
    context.clearRect(0, 0, side, canvas.height);
    context.drawImage(image, left, top + down.first, side, lines, 0, 0, side, lines);
    const { data } = context.getImageData(0, 0, side, lines);
    for (let j = 0; j < cells; j++) {
      transparent = addUp(data, side, down.shares, across[j], sums) || transparent;
      for (let c = 0; c < 3; c++) pixels[(i * cells + j) * 3 + c] = sums[c] / area; // a clamped array rounds
    }
  }
  return { pixels, side, transparent };
}

// Decode a file. A drawing (SVG) is no bitmap, so it goes by way of an image element.
async function decode(file) {
  if (file.type !== "image/svg+xml") return createImageBitmap(file);
  const address = URL.createObjectURL(file), image = element("img", { src: address });
  try {
    await image.decode();
    return image;
  } finally {
    URL.revokeObjectURL(address);
  }
}

// What was done with an image, in words.
function aboutImage(file, width, height, side, cells, transparent) {
  const about = [TEXT.yours(file.name ? TEXT.file(file.name) : "", formatNumber(width), formatNumber(height))];
  if (width !== height) about.push(TEXT.square(formatNumber(side)));
  if (side > cells) about.push(TEXT.reduced);
  if (side < cells) about.push(TEXT.enlarged(cells));
  const more = [transparent && TEXT.transparent, file.type === "image/gif" && TEXT.animated];
  return [`${about.join("; ")}.`, ...more.filter(Boolean)].join(" ");
}

// A file -> {pixels, about}, `cells` × `cells` pixels; rejects with a sentence for the reader.
export async function readImage(file, cells) {
  const name = file.name ? TEXT.file(file.name) : TEXT.unnamed;
  if (file.size > LARGEST_FILE) throw new Error(TEXT.tooLarge(name, formatNumber(Math.round(file.size / 1e6)), LARGEST_FILE / 1e6));
  let image;
  try {
    image = await decode(file);
  } catch {
    throw new Error(TEXT.unreadable(name, /hei[cf]/i.test(file.type + file.name) ? TEXT.heic : ""));
  }
  const width = image.naturalWidth ?? image.width, height = image.naturalHeight ?? image.height;
  if (!width || !height) throw new Error(TEXT.noSize(name));
  const { pixels, side, transparent } = reduce(image, width, height, cells);
  image.close?.();
  return { pixels, about: aboutImage(file, width, height, side, cells, transparent) };
}

// The first file of a drop or a paste; null when none was given.
export const fileOf = (transfer) => [...(transfer?.files ?? [])][0] ?? null;
