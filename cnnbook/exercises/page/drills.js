// A question from its kind, level and seed, the twin of cnnbook/exercises/drills.py. Nothing here knows a page.

import { draws } from "./draws.js";
import { MAKERS } from "./drill_kinds.js";
import { fromNumber } from "./fractions.js";
import { shown } from "./typed.js";

export const KINDS = Object.keys(MAKERS);

function written(value, book) {
  if (typeof value === "string") return value;
  if (!Array.isArray(value)) return shown(fromNumber(value), book);
  return `[${value.map((part) => written(part, book)).join(", ")}]`;
}

const filled = (sentence, values) => sentence.replace(/\{(\w+)\}/g, (_, name) => values[name]);

function areApart(a, b, { isFloat }, { apart }) {
  if (isFloat) return Math.abs(a - b) > apart * Math.max(Math.abs(a), Math.abs(b), 1);
  return JSON.stringify(a) !== JSON.stringify(b);
}

// As cnnbook/exercises/for_the_page.py writes numbers: those in floating point in a list.
const goal = (number, { isFloat }) => (isFloat ? [number] : number);

// Minus zero would be written like zero, and is not equal to it in a table.
const plainZeros = (value) => (Array.isArray(value) ? value.map(plainZeros) : value + 0);

function expectation(made, mistakes, words, rules) {
  const said = mistakes.map(([wrong, why]) => [wrong, words[why]]);
  const { right } = made;
  if (Array.isArray(right)) return { kind: "array", right, mistakes: said, what: words[made.first], tolerance: rules.table };
  return {
    kind: "number", right: goal(right, made), mistakes: said.map(([wrong, why]) => [goal(wrong, made), why]),
    otherwise: words[made.first], within: made.isFloat ? rules.within : "", tolerance: rules.tolerance,
  };
}

// {name, kind, level, seed, question, solution, expected}
export function drill(book, kind, level, seed) {
  const { rates, epsilon } = book.drawn, words = book.drills[kind];
  const made = MAKERS[kind]({ draw: draws(4 * seed + level), level, rates, epsilon });
  made.right = plainZeros(made.right);
  const told = [made.right], mistakes = [];
  for (const [answer, why] of made.mistakes) {
    const wrong = plainZeros(answer);
    if (!told.every((other) => areApart(wrong, other, made, book.drawn))) continue;
    told.push(wrong);
    mistakes.push([wrong, why]);
  }
  const numbers = Object.entries({ ...made.values, right: made.right });
  const values = Object.fromEntries(numbers.map(([name, value]) => [name, written(value, book)]));
  return {
    name: `${kind}-${level}-${seed}`, kind, level, seed,
    question: filled(words[made.question], values), solution: filled(words[made.way], values),
    expected: expectation(made, mistakes, words, book.drawn),
  };
}

// "#drill=output_size-2-7" -> ["output_size", 2, 7], or null.
export function readLink(hash, { levels, seeds }) {
  const found = /^#drill=(\w+)-(\d)-(\d{1,6})$/.exec(hash);
  if (!found || !KINDS.includes(found[1]) || Number(found[2]) < 1 || Number(found[2]) > levels || Number(found[3]) > seeds) return null;
  return [found[1], Number(found[2]), Number(found[3])];
}
