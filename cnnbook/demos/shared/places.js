// Places [row, column] in a map, and the arrow keys that move them.

const ARROWS = new Map([["ArrowLeft", [0, -1]], ["ArrowRight", [0, 1]], ["ArrowUp", [-1, 0]], ["ArrowDown", [1, 0]]]);

export const limited = (value, low, high) => Math.min(Math.max(value, low), high);

// A place brought into a map of `height` × `width`.
export const intoMap = ([row, column], height, width) => [limited(row, 0, height - 1), limited(column, 0, width - 1)];

// What an arrow key adds to a place; undefined for other keys.
export const arrowStep = (key) => ARROWS.get(key);

// Where a key leads from a place: the arrow keys, and with a `width` also Home and End, to the ends of the row. Undefined for others.
export function placeAfter(key, [row, column], width = 0) {
  const step = ARROWS.get(key);
  if (step) return [row + step[0], column + step[1]];
  if (width && key === "Home") return [row, 0];
  if (width && key === "End") return [row, width - 1];
  return undefined;
}
