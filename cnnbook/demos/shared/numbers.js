// Numbers as readers see them: with commas and a true minus, and never "−0".

const formats = new Map(); // making one takes longer than writing a hundred numbers with it

export function written(value, options) {
  const key = JSON.stringify(options);
  if (!formats.has(key)) formats.set(key, new Intl.NumberFormat("en-US", options));
  const text = formats.get(key).format(Math.abs(value));
  return (value < 0 && /[1-9∞]/.test(text) ? "−" : "") + text;
}

// 1234.5 -> "1,234.5", -3 -> "−3", at most two decimals.
export const formatNumber = (value) => written(value, { maximumFractionDigits: 2 });

// A count, which may be a BigInt: all of its digits.
export const formatCount = (count) => BigInt(count).toLocaleString("en-US");

// At most so many decimals.
export const upTo = (value, decimals) => written(value, { maximumFractionDigits: decimals });

// Exactly so many decimals.
export const fixed = (value, decimals) => written(value, { minimumFractionDigits: decimals, maximumFractionDigits: decimals });

// So many significant digits at most.
export const significant = (value, digits) => written(value, { maximumSignificantDigits: digits });

// In parentheses where a minus would follow another sign.
export const within = (text) => (text.startsWith("−") ? `(${text})` : text);

// "13 × 13 × 32".
export const sides = (shape) => shape.join(" × ");
