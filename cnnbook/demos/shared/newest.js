// Of several choices that take their time only the newest counts.

// A function that begins a choice, which makes all earlier ones old; it returns what tells whether this one is still the newest.
export function createNewest() {
  let begun = 0;
  return () => {
    const mine = (begun += 1);
    return () => mine === begun;
  };
}
