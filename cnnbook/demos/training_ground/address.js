// The set-up in the page's address, #ground=…, so that it can be sent. Several demos of a page have names of their own.

const DEMOS = ".cnnbook-demo[data-demo=training_ground]";

function nameOf(root) {
  const n = [...document.querySelectorAll(DEMOS)].findIndex((demo) => demo.contains(root));
  return n > 0 ? `ground${n + 1}` : "ground";
}

// Base64 that needs no escape in an address.
function encode(value) {
  const bytes = new TextEncoder().encode(JSON.stringify(value));
  return btoa(String.fromCharCode(...bytes)).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}
function decode(text) {
  const binary = atob(text.replaceAll("-", "+").replaceAll("_", "/"));
  return JSON.parse(new TextDecoder().decode(Uint8Array.from(binary, (character) => character.charCodeAt(0))));
}

const parts = () => new URLSearchParams(location.hash.includes("=") ? location.hash.slice(1) : "");

// What the address holds for this demo: {setup}, {broken: true}, or null where it holds nothing.
export function readAddress(root) {
  const text = parts().get(nameOf(root));
  if (text === null) return null;
  try {
    return { setup: decode(text) };
  } catch {
    return { broken: true };
  }
}

// Write it, as a new entry of the browser's history; null takes it away.
export function writeAddress(root, setup) {
  const all = parts();
  if (setup === null) all.delete(nameOf(root));
  else all.set(nameOf(root), encode(setup));
  const hash = all.size ? `#${all}` : "";
  if (hash === location.hash) return;
  try {
    history.pushState(null, "", hash || location.pathname + location.search);
  } catch {
    // A browser may refuse that for a page from a file; the demo works all the same.
  }
}
