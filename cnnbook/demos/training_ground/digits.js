// The images to train on, as the engine takes them.

const SIDE = 8, INK = 16, CODE = 65; // a pixel is a letter: A for 0, Q for 16

// How ink from 0 to 16 becomes the number that the network gets.
const SCALES = { "-1 to 1": (ink) => ink / (INK / 2) - 1, "0 to 1": (ink) => ink / INK, "0 to 255": (ink) => (ink * 255) / INK };

// Plain loops: with a function called for each pixel a slow phone would be held up.
export function scaled(ink, pixels) {
  const becomes = Float32Array.from({ length: INK + 1 }, (_, value) => SCALES[pixels](value)), numbers = new Float32Array(ink.length);
  for (let at = 0; at < ink.length; at++) numbers[at] = becomes[ink[at]];
  return numbers;
}

function part({ images, labels }) {
  const ink = new TextEncoder().encode(images);
  for (let at = 0; at < ink.length; at++) ink[at] -= CODE;
  return { ink, labels: Uint8Array.from(labels, Number) };
}

// `text`: {training: {images, labels}, test: …} as Python writes them.
export function readDigits(text) {
  const read = { training: part(text.training), test: part(text.test) };
  return {
    ...read,
    ink: (n) => read.test.ink.subarray(n * SIDE * SIDE, (n + 1) * SIDE * SIDE), // of a test image
    // The data for the engine, with pixels on this scale.
    data(pixels) {
      const scale = ({ ink, labels }) => ({ images: scaled(ink, pixels), labels });
      return { shape: [SIDE, SIDE, 1], classes: 10, training: scale(read.training), test: scale(read.test) };
    },
  };
}
