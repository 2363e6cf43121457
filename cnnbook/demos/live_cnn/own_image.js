// A reader's own picture: decode it, take its central square, and reduce that to the 32 × 32 pixels that the network takes.

import { element } from "../shared/dom.js";
import { formatNumber } from "../shared/numbers.js";

export const SIDE = 32;
const LARGEST_FILE = 100e6; // bytes; beyond that a phone's browser may end without a word

// The pixels along one axis that cell `i` of SIDE covers: the first, and how much of it and of those that follow.
function covered(i, length) {
  const from = (i * length) / SIDE, to = ((i + 1) * length) / SIDE, first = Math.floor(from + 1e-9), shares = [];
  for (let pixel = first; pixel < to - 1e-9; pixel++) shares.push(Math.min(to, pixel + 1) - Math.max(from, pixel));
  return { first, shares };
}

// A decoded picture -> {pixels, side, transparent}; transparent parts become white. It goes row by row of the result, so that a
// large photograph needs no large copy.
function reduce(image, width, height) {
  const side = Math.min(width, height), left = Math.floor((width - side) / 2), top = Math.floor((height - side) / 2);
  const canvas = element("canvas"), context = canvas.getContext("2d", { willReadFrequently: true });
  const across = Array.from({ length: SIDE }, (_, j) => covered(j, side)), area = (side / SIDE) ** 2;
  const pixels = new Uint8ClampedArray(SIDE * SIDE * 3), sums = new Float64Array(3);
  let transparent = false;
  canvas.width = side;
  canvas.height = Math.ceil(side / SIDE) + 1;
  for (let i = 0; i < SIDE; i++) {
    const down = covered(i, side), lines = down.shares.length;
    context.clearRect(0, 0, side, canvas.height);
    context.drawImage(image, left, top + down.first, side, lines, 0, 0, side, lines);
    const { data } = context.getImageData(0, 0, side, lines);
    for (let j = 0; j < SIDE; j++) {
      const { first, shares } = across[j];
      sums.fill(0);
      for (let y = 0; y < lines; y++) for (let x = 0; x < shares.length; x++) {
        const at = (y * side + first + x) * 4, alpha = data[at + 3] / 255, share = down.shares[y] * shares[x];
        transparent ||= alpha < 1;
        for (let c = 0; c < 3; c++) sums[c] += share * (alpha * data[at + c] + (1 - alpha) * 255);
      }
      for (let c = 0; c < 3; c++) pixels[(i * SIDE + j) * 3 + c] = sums[c] / area; // a clamped array rounds
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

// A file -> {pixels, about}; rejects with a sentence for the reader.
export async function readPicture(file) {
  const name = file.name ? `“${file.name}”` : "What you gave";
  if (file.size > LARGEST_FILE) throw new Error(`${name} has ${formatNumber(Math.round(file.size / 1e6))} MB; this takes pictures up to ${LARGEST_FILE / 1e6} MB.`);
  let image;
  try {
    image = await decode(file);
  } catch {
    const kind = /hei[cf]/i.test(file.type + file.name) ? " Save a HEIC picture as JPEG first." : "";
    throw new Error(`${name} is not a picture that this browser can read. It takes JPEG, PNG, WebP, GIF or SVG.${kind}`);
  }
  const width = image.naturalWidth ?? image.width, height = image.naturalHeight ?? image.height;
  if (!width || !height) throw new Error(`${name} does not say how large it is. A picture with a width and a height works.`);
  const { pixels, side, transparent } = reduce(image, width, height);
  image.close?.();
  const about = [`Your picture${file.name ? ` ${name}` : ""}, ${formatNumber(width)} × ${formatNumber(height)} pixels`];
  if (width !== height) about.push(`its central square of ${formatNumber(side)} × ${formatNumber(side)}`);
  if (side > SIDE) about.push("each pixel here is the mean of what it covers");
  if (side < SIDE) about.push(`enlarged to ${SIDE} × ${SIDE}`);
  const more = [transparent && "Transparent parts count as white.", file.type === "image/gif" && "Of an animation the first frame counts."];
  return { pixels, about: [`${about.join("; ")}.`, ...more.filter(Boolean)].join(" ") };
}

// The first file of a drop or a paste; null when none was given.
export const fileOf = (transfer) => [...(transfer?.files ?? [])][0] ?? null;

export const COLOURS = {
  black: [20, 20, 20], white: [255, 255, 255], grey: [128, 128, 128], red: [190, 40, 35], orange: [235, 140, 40], yellow: [240, 210, 70],
  green: [70, 130, 60], "sky blue": [130, 180, 225], "dark blue": [30, 60, 130], brown: [110, 75, 45],
};

// Paint a square of `brush` × `brush` pixels around each point of the line between two cells [row, column].
export function paint(pixels, from, to, brush, colour) {
  const steps = Math.max(Math.abs(to[0] - from[0]), Math.abs(to[1] - from[1]), 1), back = Math.floor((brush - 1) / 2);
  for (let step = 0; step <= steps; step++) {
    const [row, column] = [0, 1].map((k) => Math.round(from[k] + ((to[k] - from[k]) * step) / steps) - back);
    for (let i = row; i < row + brush; i++) for (let j = column; j < column + brush; j++) {
      if (i >= 0 && i < SIDE && j >= 0 && j < SIDE) pixels.set(colour, (i * SIDE + j) * 3);
    }
  }
}
