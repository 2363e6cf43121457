// The traits of a demo: set some, and hear of changes.

// Set several traits and hand them on to Python, where there is one.
export function change(model, traits) {
  for (const [name, value] of Object.entries(traits)) model.set(name, value);
  model.save_changes();
}

// A list with another value at one place.
export const replaced = (list, place, value) => list.map((old, i) => (i === place ? value : old));

// Call `listener` when one of these traits changes; returns what ends it.
export function onChange(model, names, listener) {
  for (const name of names) model.on(`change:${name}`, listener);
  return () => { for (const name of names) model.off(`change:${name}`, listener); };
}
