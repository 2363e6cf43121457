// How a typed number is read: the rule of cnnbook/exercises/typed.py, which says it in words. Nothing here knows a page.

const SIGNS = { "−": "-", "–": "-", "‐": "-", "‑": "-", "﹣": "-", "⁄": "/", "∕": "/", "’": "'", "‘": "'" };
const ONE = /^([+-]?) ?([0-9.,' _]+)(?:[eE]([+-]?[0-9]{1,3}))?(%?)$/;
const GROUPED = /^([1-9][0-9]{0,2}([.,' _])[0-9]{3}(?:\2[0-9]{3})*)(?:([.,])([0-9]*))?$/;
const SIMPLE = /^(?:[0-9]+(?:[.,][0-9]*)?|[.,][0-9]+)$/;

// Every kind of space, and what cannot be seen.
export const SPACES = /[\x00-\x20\x7f-\xa0\xad\u1680\u2000-\u200f\u2028-\u202f\u205f-\u206f\u3000\ufeff\ud800-\udfff]+/gu;

// Without these characters at both ends.
export const strip = (text, characters = " ") => {
  let start = 0, end = text.length;
  while (start < end && characters.includes(text[start])) start += 1;
  while (end > start && characters.includes(text[end - 1])) end -= 1;
  return text.slice(start, end);
};

// With plain digits, signs and spaces.
export function plain(text) {
  const narrow = text.replace(/[\uff01-\uff5e]/g, (wide) => String.fromCharCode(wide.charCodeAt(0) - 0xfee0));
  return strip(narrow.replace(/[−–‐‑﹣⁄∕’‘]/g, (sign) => SIGNS[sign]).replace(SPACES, " "));
}

// Digits with a decimal point; null where they are none.
function decimal(digits) {
  const grouped = GROUPED.exec(digits);
  if (grouped) {
    const [, whole, separator, mark, decimals] = grouped;
    const isPoint = separator === "." && !mark && whole.split(".").length === 2;
    if (!isPoint) return mark === separator ? null : `${whole.replace(/[^0-9]/g, "")}.${decimals || "0"}`;
  }
  return SIMPLE.test(digits) ? `0${digits.replace(",", ".")}` : null;
}

// One number without a fraction bar, in plain text: {isNegative, digits, exponent}, digits with a decimal point and a whole exponent of
// ten as texts' parts; null where it is no number.
export function numberParts(text) {
  const found = ONE.exec(text), digits = found && decimal(strip(found[2]));
  return digits == null ? null : { isNegative: found[1] === "-", digits, exponent: Number(found[3] ?? 0) - (found[4] ? 2 : 0) };
}

// The number that a text stands for, "0,5" and "1/4" as well; NaN where it is none.
export function numberOf(text) {
  const parts = plain(text).split("/").map((part) => numberParts(strip(part)));
  if (parts.length > 2 || parts.includes(null)) return Number.NaN;
  const [top, bottom = 1] = parts.map(({ isNegative, digits, exponent }) => (isNegative ? -1 : 1) * Number(`${digits}e${exponent}`));
  return top / bottom + 0; // never −0
}
