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

// `demos` by name; `files` are files beside the script that demos ask for when they come near, by the trait that holds the address.
function mount(demos, files) {
  const addresses = Object.fromEntries(Object.entries(files).map(([trait, file]) => [trait, new URL(file, SCRIPT).href]));
  for (const node of document.querySelectorAll(".cnnbook-demo[data-demo]")) {
    const demo = demos[node.dataset.demo];
    if (!demo) throw new Error(`no demo is called ${node.dataset.demo}`);
    // In print the stand-in is shown instead of the live demo.
    const standIn = document.createElement("div"), live = document.createElement("div");
    standIn.className = "cnnbook-print";
    standIn.append(...node.childNodes);
    node.append(live, standIn);
    const state = { ...JSON.parse(node.dataset.state), ...addresses };
    demo.render({ model: pageModel(state), el: live });
  }
}

export function mountDemos(demos, files) {
  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", () => mount(demos, files));
  else mount(demos, files);
}
