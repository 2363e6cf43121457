// The set-up in the page's address, #ground=…, so that it can be sent. Several demos of a page have names of their own.

const nameOf = (root) => {
  const n = [...document.querySelectorAll(".cnnbook-demo[data-demo=training_ground]")].findIndex((demo) => demo.contains(root));
  return n > 0 ? `ground${n + 1}` : "ground";
};

const encode = (value) => btoa(String.fromCharCode(...new TextEncoder().encode(JSON.stringify(value)))).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
const decode = (text) => JSON.parse(new TextDecoder().decode(Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (c) => c.charCodeAt(0))));

const parts = () => new URLSearchParams(location.hash.slice(1));

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
  const name = nameOf(root), all = location.hash.includes("=") ? parts() : new URLSearchParams();
  if (setup === null) all.delete(name);
  else all.set(name, encode(setup));
  const hash = all.size ? `#${all}` : "";
  if (hash === location.hash) return;
  try {
    history.pushState(null, "", hash || location.pathname + location.search);
  } catch {
    // A browser may refuse that for a page from a file; the demo works all the same.
  }
}
