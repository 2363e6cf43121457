// Demos with a script of their own, which a page fetches when the demo comes near. (In Jupyter it is there from the start.)

import { element } from "./dom.js";
import { loadScript } from "./load.js";
import { createLoading } from "./loading.js";

const NEAR = "400px";
const TEXT = {
  waiting: (name) => `The ${name} loads when you scroll near it …`, loading: (name) => `Loading the ${name} …`,
  missing: (name, sentence) => `The ${name} is not available: ${sentence}.`,
};

// What the script made, which is taken away, so that a later attempt finds only its own.
function take(made) {
  const { render } = globalThis[made];
  delete globalThis[made];
  return render;
}

// `render` of a demo called `name` in sentences, whose script stands at the address in the trait `address` and makes the global variable
// `made`. It is fetched at once where `isWanted()`.
export const renderNear = ({ name, address, made, isWanted = () => false }) => ({ model, el }) => {
  let end = () => {};
  const loading = createLoading({
    load: (attempt) => loadScript(model.get(address), () => take(made), attempt),
    loaded(render) { end = render({ model, el }); },
    idle: TEXT.waiting(name), loading: TEXT.loading(name), failed: (sentence) => TEXT.missing(name, sentence),
  });
  const near = new IntersectionObserver((entries) => {
    if (!entries.some((entry) => entry.isIntersecting)) return;
    near.disconnect();
    loading.need();
  }, { rootMargin: NEAR });
  el.replaceChildren(element("div", { class: "cnnbook" }, loading.node));
  if (isWanted()) loading.need();
  else near.observe(el);
  return () => {
    near.disconnect();
    loading.end();
    end();
  };
};
