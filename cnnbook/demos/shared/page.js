// In a published page there is no kernel: run each demo's module with a model that lives in the page.

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

const ends = []; // what ends each demo that is mounted

// `demos` by name; `files` are files beside the script that demos ask for when they come near, by the trait that holds the address.
// A demo that is mounted already starts anew from the state that it was published with.
function mount(demos, files) {
  const addresses = Object.fromEntries(Object.entries(files).map(([trait, file]) => [trait, new URL(file, SCRIPT).href]));
  for (const end of ends.splice(0)) end?.();
  for (const node of document.querySelectorAll(".cnnbook-demo[data-demo]")) {
    const demo = demos[node.dataset.demo];
    if (!demo) throw new Error(`no demo is called ${node.dataset.demo}`);
    // In print the stand-in is shown instead of the live demo.
    let standIn = node.querySelector(":scope > .cnnbook-print");
    if (!standIn) {
      standIn = document.createElement("div");
      standIn.className = "cnnbook-print";
      standIn.append(...node.childNodes);
    }
    const live = document.createElement("div");
    node.replaceChildren(live, standIn);
    const state = { ...JSON.parse(node.dataset.state), ...addresses };
    ends.push(demo.render({ model: pageModel(state), el: live }));
  }
}

export function mountDemos(demos, files) {
  // The tests start demos anew by this event, which takes less than loading the page again.
  document.addEventListener("cnnbook:mount", () => mount(demos, files));
  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", () => mount(demos, files));
  else mount(demos, files);
}
