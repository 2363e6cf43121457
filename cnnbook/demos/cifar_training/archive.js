// The original archive cifar-10-binary.tar.gz: unpacked while it is read, then compared with the known SHA-256. In its files each image
// is a byte for the class and then its red, its green and its blue values.
import { Refusal } from "../shared/refusal.js";

const BLOCK = 512; // bytes, of which a tar file is made
const AT_ONCE = 100; // images
const TEXT = {
  empty: "The file is empty.",
  notGzip: (name) => `The file is not compressed with gzip, as ${name} is.`,
  notTar: (name) => `It does not contain a tar archive, as ${name} does.`,
  damaged: "It cannot be unpacked: it is damaged, or its download ended too early.",
  unreadable: "The browser cannot read it. Was it moved, or changed while it was read?",
  size: (name, bytes, wanted) => `${name} in the archive has ${bytes} bytes instead of ${wanted}.`,
  label: (name, label, classes) => `${name} in the archive holds an image of class ${label}; the classes are 0 to ${classes - 1}.`,
  lacks: (names) => `It does not contain ${names.join(", ")}.`,
  other: (name, found, sha256) => `The pixels or labels are not those of CIFAR-10: ${name} has the SHA-256 ${found} instead of ${sha256}.`,
  noUnpacking: "This browser cannot unpack gzip (DecompressionStream); a newer one can.",
  noHash: "Browsers compute SHA-256 only in pages opened over https, from this computer, or from a file. Open the page that way.",
};

// Unpacked bytes, as many as are asked for.
class Bytes {
  #chunk = new Uint8Array(0);

  constructor(stream) { this.reader = stream.getReader(); }

  // Fill an array, or `target` = null to leave bytes out; how many there were.
  async read(length, target = null) {
    let got = 0;
    while (got < length) {
      if (!this.#chunk.length) {
        const { done, value } = await this.reader.read();
        if (done) break;
        this.#chunk = value;
      }
      const taken = this.#chunk.subarray(0, length - got);
      target?.set(taken, got);
      this.#chunk = this.#chunk.subarray(taken.length);
      got += taken.length;
    }
    return got;
  }
}

const text = (bytes) => new TextDecoder().decode(bytes).split("\0")[0];
const octal = (bytes) => Number.parseInt(text(bytes).trim(), 8);

// {name, size} of a header block; null where it is none.
function headerOf(block) {
  const sum = block.reduce((total, byte, i) => total + (i >= 148 && i < 156 ? 32 : byte), 0), size = octal(block.subarray(124, 136));
  if (octal(block.subarray(148, 156)) !== sum || !Number.isFinite(size)) return null;
  return { name: text(block.subarray(0, 100)).split("/").pop(), size };
}

function empty({ files, images, shape }) {
  const size = shape.reduce((a, b) => a * b, 1);
  return Object.fromEntries(Object.entries(files).map(([part, names]) => {
    const count = names.length * images;
    return [part, { images: new Uint8Array(count * size), labels: new Uint8Array(count) }];
  }));
}

// One file of images into its place, from image `first` on. Red, green and blue of a pixel come to stand together.
async function readImages(bytes, { name, size }, { images, shape, classes }, into, first, progress) {
  const [height, width, channels] = shape, area = height * width, record = 1 + area * channels, block = new Uint8Array(AT_ONCE * record);
  if (size !== images * record) throw new Refusal(TEXT.size(name, size, images * record));
  for (let done = 0; done < images;) {
    const now = Math.min(AT_ONCE, images - done), got = await bytes.read(now * record, block);
    if (got < now * record) throw new Refusal(TEXT.damaged);
    for (let n = 0; n < now; n++, done++) {
      const from = n * record, to = (first + done) * area * channels;
      if (block[from] >= classes) throw new Refusal(TEXT.label(name, block[from], classes));
      into.labels[first + done] = block[from];
      for (let c = 0, at = from + 1; c < channels; c++) for (let i = 0; i < area; i++, at++) into.images[to + i * channels + c] = block[at];
    }
    progress(now);
  }
}

async function readTar(bytes, facts, progress) {
  const data = empty(facts), block = new Uint8Array(BLOCK), seen = new Set();
  for (let isFirst = true; await bytes.read(BLOCK, block) === BLOCK; isFirst = false) {
    const header = headerOf(block);
    if (!header) {
      if (isFirst) throw new Refusal(TEXT.notTar(facts.name));
      break; // empty blocks end it
    }
    const [part, names] = Object.entries(facts.files).find(([, all]) => all.includes(header.name)) ?? [];
    const filling = Math.ceil(header.size / BLOCK) * BLOCK - header.size;
    if (part) {
      seen.add(header.name);
      await readImages(bytes, header, facts, data[part], names.indexOf(header.name) * facts.images, progress);
      await bytes.read(filling);
    } else await bytes.read(header.size + filling);
  }
  const missing = Object.values(facts.files).flat().filter((name) => !seen.has(name));
  if (missing.length) throw new Refusal(TEXT.lacks(missing));
  return data;
}

// Images [image][row][column][channel] and labels, both uint8, of training and test, unpacked from a File or Blob. `facts`: {name, files:
// {training: [names], test: [names]}, images (of a file), shape, classes}; `progress(n)` is called after each n images. Throws an Error
// with a sentence where it is no such archive.
export async function unpack(file, facts, progress = () => {}) {
  if (typeof DecompressionStream === "undefined") throw new Refusal(TEXT.noUnpacking);
  if (!file.size) throw new Refusal(TEXT.empty);
  try {
    const [first, second] = new Uint8Array(await file.slice(0, 2).arrayBuffer());
    if (first !== 0x1f || second !== 0x8b) throw new Refusal(TEXT.notGzip(facts.name));
    return await readTar(new Bytes(file.stream().pipeThrough(new DecompressionStream("gzip"))), facts, progress);
  } catch (error) {
    if (error instanceof Refusal || error instanceof RangeError) throw error;
    const isGone = ["NotReadableError", "NotFoundError"].includes(error.name);
    throw new Refusal(isGone ? TEXT.unreadable : TEXT.damaged, { cause: error });
  }
}

// Throws an Error with a sentence unless each array has the SHA-256 that `sha256` names for it.
export async function verify({ training, test }, sha256) {
  if (!globalThis.crypto?.subtle) throw new Refusal(TEXT.noHash);
  const arrays = { x_train: training.images, y_train: training.labels, x_test: test.images, y_test: test.labels };
  for (const [name, wanted] of Object.entries(sha256)) {
    const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", arrays[name]));
    const found = Array.from(digest, (byte) => byte.toString(16).padStart(2, "0")).join("");
    if (found !== wanted) throw new Refusal(TEXT.other(name, found, wanted));
  }
}
