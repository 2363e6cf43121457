// What this device remembers: answers as they were typed, which were checked, what is solved. Where nothing can be stored, until a reload.

const KEY = "cnnbook-exercises";
let unstored = {};

const isTable = (value) => typeof value === "object" && value !== null && !Array.isArray(value);

// All that is remembered; what another program has written there counts as nothing.
function recall() {
  try {
    const stored = JSON.parse(localStorage.getItem(KEY));
    return isTable(stored) ? stored : {};
  } catch {
    return unstored;
  }
}

function keep(all) {
  unstored = all;
  try {
    localStorage.setItem(KEY, JSON.stringify(all));
  } catch {
    // A page without storage works until it is closed.
  }
}

// Whether answers outlive a reload here.
export function isKept() {
  try {
    localStorage.setItem(`${KEY}-trial`, "1");
    localStorage.removeItem(`${KEY}-trial`);
    return true;
  } catch {
    return false;
  }
}

// {answer, isChecked, isSolved} of one exercise, or {}.
export function remembered(name) {
  const found = recall()[name];
  return isTable(found) ? found : {};
}

// Read anew each time, so that two open pages do not undo each other.
export function remember(name, changes) {
  const all = recall();
  keep({ ...all, [name]: { ...(isTable(all[name]) ? all[name] : {}), ...changes } });
  document.dispatchEvent(new Event("cnnbook-remembered"));
}

// Forget these exercises, or everything.
export function forget(names) {
  const all = recall();
  keep(names ? Object.fromEntries(Object.entries(all).filter(([name]) => !names.includes(name))) : {});
  document.dispatchEvent(new Event("cnnbook-forgotten"));
  document.dispatchEvent(new Event("cnnbook-remembered"));
}

// Call `listener` when something is remembered or forgotten, here or in another open page of the book.
export function onMemory(listener) {
  document.addEventListener("cnnbook-remembered", listener);
  addEventListener("storage", listener);
}

export function onForgotten(listener) {
  document.addEventListener("cnnbook-forgotten", listener);
}
