// What the bytes of an image say of themselves: how large it is, and whether the file is whole. Browsers show a part of a file as if it
// were all of it, and some show nothing of it, so what they decode is compared with this.

const text = (view, at, length) => String.fromCharCode(...new Uint8Array(view.buffer, view.byteOffset + at, length));

// Each reader returns {width, height, whole}; the sides are undefined where they are not written. Reading beyond the end throws a
// RangeError, which says that the file is not whole.
const FRAMES = new Set([0xc0, 0xc1, 0xc2, 0xc3, 0xc5, 0xc6, 0xc7, 0xc9, 0xca, 0xcb, 0xcd, 0xce, 0xcf]);

// JPEG: segments that begin with 0xFF and a marker, and with most of them a length.
function jpeg(view, size) {
  const bytes = new Uint8Array(view.buffer, view.byteOffset, view.byteLength);
  for (let at = 2; ;) {
    at = bytes.indexOf(0xff, at) + 1; // compressed data has no other 0xFF than those followed by 0 or a restart marker
    if (!at) return false;
    const marker = view.getUint8(at);
    if (marker === 0xd9) return true;
    if (marker === 0 || marker === 0xff || marker === 1 || (marker >= 0xd0 && marker <= 0xd8)) continue;
    const length = view.getUint16(at + 1);
    if (FRAMES.has(marker)) Object.assign(size, { height: view.getUint16(at + 4) || undefined, width: view.getUint16(at + 6) });
    at += 1 + length;
  }
}

// PNG: chunks of a length, a name, and a checksum at the end.
function png(view, size) {
  Object.assign(size, { width: view.getUint32(16), height: view.getUint32(20) });
  for (let at = 8; ;) {
    const name = text(view, at + 4, 4);
    at += 12 + view.getUint32(at);
    if (name === "IEND") return at <= view.byteLength;
  }
}

// GIF: blocks of blocks; the first image is enough.
function gif(view, size) {
  Object.assign(size, { width: view.getUint16(6, true), height: view.getUint16(8, true) });
  const table = (flags) => (flags & 0x80 ? 3 * 2 ** ((flags & 7) + 1) : 0);
  let at = 13 + table(view.getUint8(10));
  for (;;) {
    const isImage = view.getUint8(at) === 0x2c;
    at += isImage ? 11 + table(view.getUint8(at + 9)) : 2;
    for (let length = 1; length;) {
      length = view.getUint8(at);
      at += 1 + length;
    }
    if (isImage) return true;
  }
}

// WebP: one of three kinds of images in a RIFF file.
function webp(view, size) {
  const kind = text(view, 12, 4), bits = (at) => view.getUint16(at, true), side = (at) => bits(at) + 65536 * view.getUint8(at + 2) + 1;
  if (kind === "VP8 ") Object.assign(size, { width: bits(26) & 0x3fff, height: bits(28) & 0x3fff });
  if (kind === "VP8L") {
    const sides = view.getUint32(21, true);
    Object.assign(size, { width: (sides & 0x3fff) + 1, height: ((sides >> 14) & 0x3fff) + 1 });
  }
  if (kind === "VP8X") Object.assign(size, { width: side(24), height: side(27) });
  return view.getUint32(4, true) + 8 <= view.byteLength;
}

function bmp(view, size) {
  Object.assign(size, { width: view.getInt32(18, true), height: Math.abs(view.getInt32(22, true)) });
  return view.getUint32(2, true) <= view.byteLength;
}

// AVIF and HEIC: boxes of a length and a name.
function boxes(view) {
  for (let at = 0; at < view.byteLength;) {
    const length = view.getUint32(at);
    if (length === 0) return true; // the last one, which goes to the end
    at += length === 1 ? Number(view.getBigUint64(at + 8)) : length;
    if (at > view.byteLength) return false;
  }
  return true;
}

const KINDS = [
  ["jpeg", (view) => view.getUint16(0) === 0xffd8, jpeg], ["png", (view) => text(view, 1, 3) === "PNG", png],
  ["gif", (view) => text(view, 0, 4) === "GIF8", gif],
  ["webp", (view) => text(view, 0, 4) === "RIFF" && text(view, 8, 4) === "WEBP", webp],
  ["bmp", (view) => text(view, 0, 2) === "BM", bmp], ["boxes", (view) => text(view, 4, 4) === "ftyp", boxes],
];

// Run `read`; `otherwise` where it reads beyond the end.
function within(read, otherwise) {
  try {
    return read();
  } catch (error) {
    if (error instanceof RangeError) return otherwise;
    throw error;
  }
}

// {kind, width, height, whole} of a file's bytes (an ArrayBuffer or an array of numbers); null where it is of no kind that is known here.
export function aboutImage(bytes) {
  const array = new Uint8Array(bytes), view = new DataView(array.buffer), size = {};
  const [kind, , read] = KINDS.find(([, is]) => within(() => is(view), false)) ?? [];
  if (!kind) return null;
  const whole = within(() => read(view, size), false);
  return { kind, ...size, whole };
}
