// The verdict on an answer, in the same line that `exercises.answer` prints. The twin of cnnbook/exercises/mechanics.py, for answers
// that are text: a text for a number or a word, nested lists of texts for an array, {part: answer} for several. Nothing here knows a page.

import { distance, fromNumber, isMore, plus, times, toNumber } from "./fractions.js";
import { NotAnswered, Wrong, quoted, readNumber, readWord, say, shown } from "./typed.js";

// `book` is what cnnbook/exercises/for_the_page.py writes. The answer is right if `line` starts with ✓.
export const verdict = (book, name, answer) => judged(book, name, book.exercises[name], answer);

// The verdict by what is expected, of an exercise or of a drill.
export function judged(book, name, expected, answer) {
  const { words } = book;
  try {
    check(book, expected, answer);
  } catch (fault) {
    if (fault instanceof NotAnswered) {
      return fault.parts.length ? say(words, "partly_open", { name, parts: fault.parts.join(", ") }) : say(words, "open", { name });
    }
    if (fault instanceof Wrong) return say(words, "wrong", { name, why: fault.message.replace(/\.+$/, "") });
    throw fault;
  }
  return say(words, "right", { name });
}

export const isRight = (line) => line.startsWith("✓");
export const isWrong = (line) => line.startsWith("✗");

function check(book, expected, answer) {
  const kinds = { number: checkNumber, choice: checkChoice, array: checkArray, filter: checkArray, parts: checkParts };
  kinds[expected.kind](book, expected, answer);
}

// A number that is wanted is whole, or, in a list, one in floating point, and the bounds differ.
const size = ({ n, d }) => ({ n: n < 0n ? -n : n, d });
const wanted = (goal) => fromNumber(Array.isArray(goal) ? goal[0] : goal);

function means(value, goal, { tolerance }, { limits }) {
  const number = wanted(goal), share = fromNumber(Array.isArray(goal) ? tolerance : limits.rounding);
  return !isMore(distance(value, number), times(share, number.n === 0n ? { n: 1n, d: 1n } : size(number)));
}

function checkNumber(book, expected, text) {
  const { words } = book, value = readNumber(text, book), answer = shown(value, book), { otherwise, within } = expected;
  if (means(value, expected.right, expected, book)) return;
  for (const [goal, why] of expected.mistakes) {
    if (means(value, goal, expected, book)) throw new Wrong(say(words, "known", { answer, why }));
  }
  if (!Array.isArray(expected.right) && value.d !== 1n) throw new Wrong(say(words, "not_whole", { answer, otherwise }));
  const way = isMore(value, wanted(expected.right)) ? "too_high" : "too_low";
  throw new Wrong(say(words, way, { answer, within, otherwise }));
}

function checkChoice(book, { right, allowed, wrong }, text) {
  const said = readWord(text, allowed, book);
  if (said !== right) throw new Wrong(say(book.words, "known", { answer: quoted(said, book), why: wrong[said] }));
}

// ---- arrays: nested lists ----
const shapeOf = (nested) => (Array.isArray(nested) ? [nested.length, ...shapeOf(nested[0])] : []);
const tuple = (shape) => `(${shape.join(", ")}${shape.length === 1 ? "," : ""})`;

function place(words, index) {
  if (index.length === 2) return say(words, "row_and_column", { row: index[0], column: index[1] });
  return say(words, "index", { index: index.join(", ") });
}

function readCells(book, nested, index = []) {
  if (Array.isArray(nested)) return nested.map((cell, i) => readCells(book, cell, [...index, i]));
  try {
    return toNumber(readNumber(nested, book));
  } catch (fault) {
    if (!(fault instanceof Wrong)) throw fault;
    throw new Wrong(say(book.words, "cell", { place: place(book.words, index), why: fault.message }));
  }
}

// The index of the first cell that differs, or null.
function firstDifference(value, wanted, tolerance) {
  const cells = [wanted].flat(Infinity), bound = tolerance * (Math.max(...cells.map(Math.abs)) || 1);
  const walk = (a, b, index) => {
    if (!Array.isArray(b)) return Math.abs(a - b) <= bound ? null : index;
    for (let i = 0; i < b.length; i++) {
      const found = walk(a[i], b[i], [...index, i]);
      if (found) return found;
    }
    return null;
  };
  return walk(value, wanted, []);
}

const isSame = (value, wanted, tolerance) => tuple(shapeOf(value)) === tuple(shapeOf(wanted)) && !firstDifference(value, wanted, tolerance);

function checkArray(book, expected, nested) {
  const { words } = book, value = readCells(book, nested), { right, tolerance } = expected;
  if (isSame(value, right, tolerance)) return;
  for (const [wrong, why] of expected.mistakes) {
    if (isSame(value, wrong, tolerance)) throw new Wrong(say(words, "array", { why }));
  }
  if (tuple(shapeOf(value)) !== tuple(shapeOf(right))) {
    throw new Wrong(say(words, "shape", { shape: tuple(shapeOf(value)), what: expected.what, wanted: tuple(shapeOf(right)) }));
  }
  if (expected.kind === "filter") throw new Wrong(filtered(book, value, right));
  throw new Wrong(say(words, "first", { place: place(words, firstDifference(value, right, tolerance)) }));
}

// What a wrong filter of 3×3 makes of the image, at the place that comes out most differently.
function filtered(book, value, right) {
  const { image, words } = book, across = [0, 1, 2];
  const response = (kernel, row, column) => across.flatMap((i) => across.map((j) =>
    times(fromNumber(kernel[i][j]), fromNumber(image[row + i][column + j])))).reduce(plus);
  let most = null;
  for (let row = 0; row < image.length - 2; row++) {
    for (let column = 0; column < image.length - 2; column++) {
      const made = response(value, row, column), wanted = response(right, row, column), apart = distance(made, wanted);
      if (!most || isMore(apart, most.apart)) most = { row, column, made, wanted, apart };
    }
  }
  const pixels = across.map((i) => `[${image[most.row + i].slice(most.column, most.column + 3).join(", ")}]`).join(", ");
  return say(words, "filtered", { pixels: `[${pixels}]`, made: shown(most.made, book), wanted: shown(most.wanted, book) });
}

function checkParts(book, { parts }, answers) {
  const wrong = [], missing = [];
  for (const [name, expected] of Object.entries(parts)) {
    try {
      check(book, expected, answers[name]);
    } catch (fault) {
      if (fault instanceof Wrong) wrong.push(say(book.words, "part", { name, why: fault.message }));
      else if (fault instanceof NotAnswered) missing.push(name);
      else throw fault;
    }
  }
  if (wrong.length) throw new Wrong(wrong.join("; "));
  if (missing.length) throw new NotAnswered(...(missing.length < Object.keys(parts).length ? missing : []));
}

