// How typed text is read: the rule of cnnbook/exercises/typed.py, which says it in words. Nothing here knows a page.

import { numberParts, plain, SPACES, strip } from "../../demos/shared/typed_number.js";
import { fraction, isMore, negative, over, times, toDigits } from "./fractions.js";

const NOTHING = ["", "...", "…"];
const NOT_FINITE = /^[+-]?(nan|inf|infinity|∞)$/i;

// Why an answer is wrong, as a sentence; or, without one, that there is no answer yet.
export class Wrong extends Error {}
export class NotAnswered extends Error {
  constructor(...parts) { super(""); this.parts = parts; }
}

// A sentence of the table of words, filled in.
export function say(words, sentence, values = {}) {
  return words[sentence].replace(/\{(\w+)\}/g, (_, name) => values[name]);
}

function shortened(text, longest) {
  const line = strip(text.replace(SPACES, " ")).replace(/0x[0-9a-fA-F]+/g, "0x…"), characters = [...line];
  return characters.length <= longest ? line : `${characters.slice(0, longest - 1).join("")}…`;
}

export const quoted = (text, { limits }) => `'${shortened(text, limits.longest)}'`;

// A number as it is quoted.
export function shown(value, { words, limits }) {
  const most = 10n ** 20n;
  if (value.n >= most * value.d || -value.n >= most * value.d) return say(words, "many_digits");
  return value.d === 1n ? value.n.toString() : toDigits(value, limits.digits);
}

// A typed number as a fraction; `book` has words and limits.
export function readNumber(text, book) {
  const typed = plain(text), { words, limits } = book, most = { n: BigInt(limits.most), d: 1n };
  if (NOTHING.includes(typed)) throw new NotAnswered();
  if ([...typed].length > limits.longest) throw new Wrong(say(words, "too_long", { length: [...typed].length }));
  const found = NOT_FINITE.exec(typed);
  if (found) throw new Wrong(found[1].toLowerCase() === "nan" ? say(words, "nan") : say(words, "inf", { answer: typed }));
  const [top, ...under] = typed.split("/").map((part) => strip(part));
  let value = readOne(top, typed, book);
  if (under.length > 1 || (under.length && (["", "+", "-"].includes(under[0].slice(0, 1)) || typed.includes("%")))) {
    throw new Wrong(say(words, "no_number", { answer: quoted(typed, book) }));
  }
  if (under.length) {
    const bottom = readOne(under[0], typed, book);
    if (bottom.n === 0n) throw new Wrong(say(words, "divides_by_zero", { answer: quoted(typed, book) }));
    value = over(value, bottom);
  }
  const size = value.n < 0n ? negative(value) : value;
  if (isMore(size, most)) throw new Wrong(say(words, "far_too_large", { answer: shown(value, book) }));
  if (value.n !== 0n && isMore({ n: 1n, d: 1n }, times(size, most))) {
    throw new Wrong(say(words, "far_too_small", { answer: quoted(typed, book) }));
  }
  return value;
}

function readOne(text, typed, book) {
  const found = numberParts(text);
  if (!found) throw new Wrong(say(book.words, "no_number", { answer: quoted(typed, book) }));
  const [whole, decimals = ""] = found.digits.split("."), exponent = BigInt(found.exponent);
  const ten = (power) => (power >= 0n ? fraction(10n ** power) : fraction(1n, 10n ** -power));
  const value = times(fraction(BigInt(whole + decimals), 10n ** BigInt(decimals.length)), ten(exponent));
  return found.isNegative ? negative(value) : value;
}

// One of the allowed words.
export function readWord(text, allowed, book) {
  const typed = plain(text);
  if (NOTHING.includes(typed)) throw new NotAnswered();
  const found = allowed.find((choice) => bare(typed, book) === bare(choice, book));
  if (found !== undefined) return found;
  const list = allowed.map((choice) => quoted(choice, book)).join(", ");
  throw new Wrong(say(book.words, "no_word", { allowed: list, answer: quoted(text, book) }));
}

function bare(typed, { spellings }) {
  const word = strip(typed.toLowerCase().replace(/(?<=[a-z])-(?=[a-z])/g, " "), "'\"“”. ");
  return Object.entries(spellings).reduce((text, [american, british]) => text.replaceAll(american, british), word);
}
