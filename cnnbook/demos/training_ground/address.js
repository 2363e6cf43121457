// The set-up in the page's address, #ground=…, so that it can be sent. Several demos of a page have names of their own.
import { same } from "./rules.js";

const DEMO = ".cnnbook-demo[data-demo=training_ground]";

// In Jupyter there is none: the address is not the notebook's, and a set-up is a trait there.
function nameOf(el) {
  const n = [...document.querySelectorAll(DEMO)].indexOf(el.closest(DEMO));
  return n > 0 ? `ground${n + 1}` : n === 0 ? "ground" : null;
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

// What the address holds for the demo in `el`: {setup}, {broken: true}, or null where it holds nothing. A preset stands there by name.
export function readAddress(el, presets) {
  const text = parts().get(nameOf(el));
  if (text === null) return null;
  if (Object.hasOwn(presets, text)) return { setup: presets[text].setup };
  try {
    return { setup: decode(text) };
  } catch {
    return { broken: true };
  }
}

// Write it, as a new entry of the browser's history; null takes it away.
export function writeAddress(el, presets, setup) {
  const all = parts(), name = nameOf(el);
  if (name === null) return;
  if (setup === null) all.delete(name);
  else all.set(name, Object.keys(presets).find((preset) => same(presets[preset].setup, setup)) ?? encode(setup));
  const hash = all.size ? `#${all}` : "";
  if (hash === location.hash) return;
  try {
    history.pushState(null, "", hash || location.pathname + location.search);
  } catch {
    // A browser may refuse that for a page from a file; the demo works all the same.
  }
}
