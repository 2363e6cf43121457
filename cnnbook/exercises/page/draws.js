// Whole numbers from a seed: mulberry32, as in cnnbook/exercises/draws.py. Nothing here knows a page.

export function draws(seed) {
  let state = seed | 0;
  const between = (low, high) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return low + Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296) * (high - low + 1));
  };
  const pick = (choices) => choices[between(0, choices.length - 1)];
  const table = (side, low, high) => {
    const rows = Array.from({ length: side }, () => Array.from({ length: side }, () => between(low, high)));
    if (!rows.flat().some((value) => value)) rows[0][0] = 1;
    return rows;
  };
  return { between, pick, table };
}
