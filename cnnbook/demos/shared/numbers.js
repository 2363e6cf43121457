// Numbers as readers see them.

// 1234.5 -> "1,234.5", -3 -> "−3", at most two decimals.
export function formatNumber(value) {
  const text = Math.abs(value).toLocaleString("en-US", { maximumFractionDigits: 2 });
  return (value < 0 && text !== "0" ? "−" : "") + text;
}
