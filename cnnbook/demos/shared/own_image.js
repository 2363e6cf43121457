// A reader's own image: decode it, take its central square, and reduce that to few pixels. What the browser did not really decode is
// refused.

import { decodeBitmap } from "./decoder.js";
import { element } from "./dom.js";
import { aboutImage } from "./image_file.js";
import { formatNumber } from "./numbers.js";
import { Refusal } from "./refusal.js";
import { drawn, isDrawing, withSize } from "./vector_drawing.js";

const LARGEST_FILE = 100e6; // bytes; beyond that a phone's browser may end without a word
const MOST_PIXELS = 200e6; // the same, for an image that was packed well
const TURN = 12; // milliseconds of work before the page gets its turn
const KNOWN = [[17, 201, 94, 255], [240, 3, 130, 255], [99, 100, 250, 255], [5, 60, 30, 255]]; // pixels that are written and read back
const NEAR = 2; // how far one may be off: some browsers change the last bits of what they hand out
const OPAQUE = new Set(["jpeg", "bmp"]); // the kinds that have no transparent pixels
const TEXT = {
  file: (name) => `“${name}”`, unnamed: "Your file",
  tooLarge: (name, size, most) => `${name} is ${size} MB; an image may be up to ${most} MB.`,
  tooMany: (name, size, most) => `${name} has ${size} million pixels; an image may have up to ${most} million.`,
  unreadable: (name, advice) => `${name} is not an image that this browser can read. ` +
    `It takes JPEG, PNG, WebP, GIF, SVG and some others.${advice}`,
  heic: " Save a HEIC image as JPEG first.",
  notWhole: (name) => `${name} ends too early: part of the image is missing. Save or download it again.`,
  noSize: (name) => `${name} does not say how large it is. Use an image that states its width and height.`,
  notIt: (name) => `This browser could not decode all of ${name}. Save it as PNG, or try another browser.`,
  guarded: (name) => `This browser does not let a page read the pixels of ${name}: it is set to protect you from being recognised by ` +
    "them, or the image is too large for it. Allow this page to read them, or try another browser.",
  yours: (name, width, height) => `Your image${name && ` ${name}`}, ${width} × ${height} pixels`,
  drawn: "a drawing without a size of its own, drawn at this size",
  square: (side) => `its central square of ${side} × ${side}`,
  reduced: "each pixel here is the mean of what it covers",
  enlarged: (side) => `enlarged to ${side} × ${side}`,
  transparent: "Transparent parts are treated as white.", animated: "Only the first frame of an animation is used.",
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

// A canvas that hands out rows of an image; null instead, where it does not hand out what was drawn.
function stripReader(image, left, top, side, mostLines) {
  const canvas = element("canvas"), context = canvas.getContext("2d", { willReadFrequently: true });
  canvas.width = Math.max(side, KNOWN.length);
  canvas.height = mostLines + 1; // the last row for the known pixels
  return (first, lines) => {
    context.clearRect(0, 0, canvas.width, canvas.height);
    context.drawImage(image, left, top + first, side, lines, 0, 0, side, lines);
    KNOWN.forEach(([r, g, b], n) => {
      context.fillStyle = `rgb(${r},${g},${b})`;
      context.fillRect(n, mostLines, 1, 1);
    });
    const { data: read } = context.getImageData(0, mostLines, KNOWN.length, 1);
    if (KNOWN.flat().some((value, at) => Math.abs(value - read[at]) > NEAR)) return null;
    return context.getImageData(0, 0, side, lines).data;
  };
}

const nextTurn = () => new Promise((done) => { setTimeout(done); });

// A decoded image -> {pixels, side, transparent}, `cells` × `cells` pixels; transparent parts become white. It goes row by row of
// the result, so that a large photograph needs no large copy, and lets the page have its turn. Null where its pixels cannot be read,
// or where the image is not `wanted()` any more.
async function reduce(image, width, height, cells, wanted) {
  const side = Math.min(width, height), left = Math.floor((width - side) / 2), top = Math.floor((height - side) / 2);
  const across = Array.from({ length: cells }, (_, j) => covered(j, cells, side)), area = (side / cells) ** 2;
  const pixels = new Uint8ClampedArray(cells * cells * 3), sums = new Float64Array(3);
  const read = stripReader(image, left, top, side, Math.ceil(side / cells) + 1);
  let transparent = false, turn = performance.now();
  for (let i = 0; i < cells; i++) {
    const { first, shares } = covered(i, cells, side), data = read(first, shares.length);
    if (!data) return null;
    for (let j = 0; j < cells; j++) {
      transparent = addUp(data, side, shares, across[j], sums) || transparent;
      for (let c = 0; c < 3; c++) pixels[(i * cells + j) * 3 + c] = sums[c] / area; // a clamped array rounds
    }
    if (performance.now() - turn < TURN) continue;
    await nextTurn();
    if (!wanted()) return null;
    turn = performance.now();
  }
  return { pixels, side, transparent };
}

// What was done with an image, in words.
function inWords({ name, kind, sized }, { width, height }, side, cells, transparent) {
  const about = [TEXT.yours(name ? TEXT.file(name) : "", formatNumber(width), formatNumber(height))];
  if (sized === false) about.push(TEXT.drawn);
  if (width !== height) about.push(TEXT.square(formatNumber(side)));
  if (side > cells) about.push(TEXT.reduced);
  if (side < cells) about.push(TEXT.enlarged(cells));
  const more = [transparent && TEXT.transparent, kind === "gif" && TEXT.animated];
  return [`${about.join("; ")}.`, ...more.filter(Boolean)].join(" ");
}

// Decode a file -> {image, width, height, kind, sized}. A drawing (SVG) is no bitmap, so it goes by way of an image element.
async function decode(file, name) {
  if (isDrawing(file)) {
    const found = withSize(await file.text());
    if (!found) throw new Refusal(TEXT.unreadable(name, ""));
    if (!found.text) throw new Refusal(TEXT.noSize(name));
    const image = await drawn(found.text, element("img"));
    return { image, width: image.naturalWidth, height: image.naturalHeight, kind: "drawing", sized: found.sized };
  }
  const about = aboutImage(await file.arrayBuffer()) ?? {}, size = about.width * about.height;
  if (about.whole === false) throw new Refusal(TEXT.notWhole(name));
  if (size > MOST_PIXELS) throw new Refusal(TEXT.tooMany(name, formatNumber(Math.round(size / 1e6)), MOST_PIXELS / 1e6));
  const image = await decodeBitmap(file), { width, height } = image;
  const sides = (one, other) => String([one, other].sort((a, b) => a - b)); // a photograph may be turned
  if (size > 0 && sides(width, height) !== sides(about.width, about.height)) throw new Refusal(TEXT.notIt(name));
  return { image, width, height, kind: about.kind };
}

// A file -> {pixels, about}, `cells` × `cells` pixels (red, green, blue, 0 to 255, row by row) and what was done with the image in
// words. Rejects with a Refusal, a sentence for the reader. Null where `wanted()` has become false meanwhile.
export async function readImage(file, cells, wanted = () => true) {
  const name = file.name ? TEXT.file(file.name) : TEXT.unnamed;
  if (file.size > LARGEST_FILE) throw new Refusal(TEXT.tooLarge(name, formatNumber(Math.round(file.size / 1e6)), LARGEST_FILE / 1e6));
  let decoded, reduced;
  try {
    decoded = await decode(file, name);
    if (!decoded.width || !decoded.height) throw new Refusal(TEXT.noSize(name));
    reduced = wanted() ? await reduce(decoded.image, decoded.width, decoded.height, cells, wanted) : null;
  } catch (error) {
    if (error instanceof Refusal) throw error;
    throw new Refusal(decoded ? TEXT.guarded(name) : TEXT.unreadable(name, /hei[cf]/i.test(file.type + file.name) ? TEXT.heic : ""));
  } finally {
    decoded?.image.close?.();
  }
  if (!wanted()) return null;
  if (!reduced) throw new Refusal(TEXT.guarded(name));
  const { pixels, side, transparent } = reduced;
  if (transparent && OPAQUE.has(decoded.kind)) throw new Refusal(TEXT.notIt(name));
  return { pixels, about: inWords({ name: file.name, ...decoded }, decoded, side, cells, transparent) };
}
