// Exact numbers: {n, d} is n / d with whole n and d > 0 without a common divisor, as Python's Fraction. Nothing here knows a page.

function divisor(a, b) {
  while (b) [a, b] = [b, a % b];
  return a < 0n ? -a : a;
}

export function fraction(n, d = 1n) {
  const common = divisor(n, d) * (d < 0n ? -1n : 1n);
  return { n: n / common, d: d / common };
}

// "4/3" -> {n: 4n, d: 3n}
export function fromText(text) {
  const [n, d] = text.split("/");
  return fraction(BigInt(n), BigInt(d));
}

export const plus = (a, b) => fraction(a.n * b.d + b.n * a.d, a.d * b.d);
export const times = (a, b) => fraction(a.n * b.n, a.d * b.d);
export const over = (a, b) => fraction(a.n * b.d, a.d * b.n);
export const negative = (a) => ({ n: -a.n, d: a.d });
export const minus = (a, b) => plus(a, negative(b));
export const distance = (a, b) => { const apart = minus(a, b); return apart.n < 0n ? negative(apart) : apart; };
export const isMore = (a, b) => a.n * b.d > b.n * a.d;

// What a double is, exactly.
export function fromNumber(x) {
  let d = 1n;
  while (!Number.isInteger(x)) { x *= 2; d *= 2n; }
  return fraction(BigInt(x), d);
}

// The nearest double, ties to even, of a fraction between 1e-100 and 1e100. Number(whole) rounds rightly; a last bit stands for what is
// cut off.
export function toNumber({ n, d }) {
  const size = n < 0n ? -n : n;
  const shift = Math.max(0, 70 + d.toString(2).length - size.toString(2).length);
  const scaled = size << BigInt(shift), quotient = scaled / d;
  const rounded = Number(((quotient << 1n) | (quotient * d === scaled ? 0n : 1n))) / 2 ** (shift + 1);
  return n < 0n ? -rounded : rounded;
}

// As many significant digits, rounded half to even, written as Python's "g" does.
export function toDigits({ n, d }, digits) {
  if (n === 0n) return "0";
  const size = n < 0n ? -n : n;
  let power = size.toString().length - d.toString().length;
  const scaled = (exponent) => (exponent >= 0 ? [size, d * 10n ** BigInt(exponent)] : [size * 10n ** BigInt(-exponent), d]);
  if (scaled(power)[0] < scaled(power)[1]) power -= 1;
  const [top, bottom] = scaled(power - digits + 1);
  let whole = top / bottom;
  const rest = 2n * (top % bottom);
  if (rest > bottom || (rest === bottom && whole % 2n)) whole += 1n;
  let text = whole.toString();
  if (text.length > digits) { text = text.slice(0, -1); power += 1; }
  return (n < 0n ? "-" : "") + written(text, power);
}

// Digits d1 d2 d3 … that mean d1.d2d3… times a power of ten.
function written(digits, power) {
  const point = (text) => (text.includes(".") ? text.replace(/\.?0*$/, "") : text);
  if (power < -4 || power >= digits.length) {
    const exponent = String(Math.abs(power)).padStart(2, "0");
    return `${point(`${digits[0]}.${digits.slice(1)}`)}e${power < 0 ? "-" : "+"}${exponent}`;
  }
  if (power < 0) return point(`0.${"0".repeat(-power - 1)}${digits}`);
  return point(`${digits.slice(0, power + 1)}.${digits.slice(power + 1)}`);
}
