// Whose code is being set up: what is to be done when it fails later, in a frame of its own. Where nobody says so, nothing is.

let failed = () => {};

export const currentFailed = () => failed;

// Run `action`; whatever it sets up that is drawn later calls `whenFailed` when that fails.
export function ownedBy(whenFailed, action) {
  const before = failed;
  failed = whenFailed;
  try {
    return action();
  } finally {
    failed = before;
  }
}
