// In a published page there is no kernel: run each demo's module with a model that lives in the page.

import { button, element } from "./dom.js";
import { ownedBy } from "./owner.js";

function pageModel(state) {
  const listeners = {};
  return {
    get: (name) => state[name],
    set(name, value) {
      if (JSON.stringify(state[name]) === JSON.stringify(value)) return;
      state[name] = value;
      for (const listener of [...(listeners[`change:${name}`] ?? [])]) listener();
    },
    on(event, listener) { (listeners[event] ??= []).push(listener); },
    off(event, listener) { listeners[event] = (listeners[event] ?? []).filter((other) => other !== listener); },
    save_changes() {},
  };
}

// The address of the classic script that holds all demos, or of the page where it has none.
const SCRIPT = document.currentScript?.src || document.baseURI;

const TEXT = {
  failed: "This demo is not running in your browser at the moment. Here is a still image of what it shows.", again: "Start it again",
};

const ends = new Map(); // what ends each demo that is mounted, by its element

function end(node) {
  const own = ends.get(node);
  ends.delete(node);
  try {
    own?.();
  } catch (error) {
    reportError(error);
  }
}

// Where the demo lives, and what is shown in print, in place of a demo that fails, and where no script runs.
function prepare(node) {
  let standIn = node.querySelector(":scope > .cnnbook-print");
  standIn ??= element("div", {}, ...node.childNodes);
  standIn.className = "cnnbook-print";
  const live = element("div");
  node.replaceChildren(live, standIn);
  return { live, standIn };
}

// Start one demo anew from the state that it was published with. Where it fails, now or when it draws, its still image takes its place,
// and the others go on.
function mount(node, demos, addresses) {
  end(node);
  const { live, standIn } = prepare(node);
  function failed() {
    if (live.parentNode !== node) return;
    end(node);
    const again = button(TEXT.again, () => mount(node, demos, addresses));
    live.replaceChildren(element("div", { class: "cnnbook" }, element("p", { role: "alert" }, TEXT.failed), again));
    standIn.classList.add("cnnbook-shown");
  }
  try {
    const model = pageModel({ ...JSON.parse(node.dataset.state), ...addresses });
    ends.set(node, ownedBy(failed, () => demos[node.dataset.demo].render({ model, el: live })));
  } catch (error) {
    failed();
    reportError(error);
  }
}

// `demos` by name; `files` are files beside the script that demos ask for when they come near, by the trait that holds the address.
function mountAll(demos, files) {
  const addresses = Object.fromEntries(Object.entries(files).map(([trait, file]) => [trait, new URL(file, SCRIPT).href]));
  for (const node of ends.keys()) if (!node.isConnected) end(node);
  for (const node of document.querySelectorAll(".cnnbook-demo[data-demo]")) mount(node, demos, addresses);
}

export function mountDemos(demos, files) {
  // The tests start demos anew by this event, which takes less than loading the page again.
  document.addEventListener("cnnbook:mount", () => mountAll(demos, files));
  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", () => mountAll(demos, files));
  else mountAll(demos, files);
}
