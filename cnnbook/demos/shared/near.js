// Demos with a script of their own, which a page fetches when the demo comes near. (In Jupyter it is there from the start.)

import { button, element } from "./dom.js";
import { loadScript } from "./load.js";

const NEAR = "400px";
const TEXT = {
  waiting: (name) => `The ${name} is loaded when it comes near …`, retry: "Try again",
  missing: (name, sentence) => `The ${name} is not there: ${sentence}.`,
};

// `render` of a demo called `name` in sentences, whose script stands at the address in the trait `address` and makes the global variable
// `made`. It is fetched at once where `isWanted()`.
export const renderNear = ({ name, address, made, isWanted = () => false }) => ({ model, el }) => {
  const note = element("p", {}, TEXT.waiting(name)), retry = button(TEXT.retry, () => load(), { hidden: true });
  let end = () => {};
  async function load() {
    try {
      const demo = await loadScript(model.get(address), () => globalThis[made]);
      end = demo.render({ model, el });
    } catch (error) {
      note.textContent = TEXT.missing(name, error.message);
      retry.hidden = false;
    }
  }
  const near = new IntersectionObserver((entries) => {
    if (!entries.some((entry) => entry.isIntersecting)) return;
    near.disconnect();
    load();
  }, { rootMargin: NEAR });
  el.replaceChildren(element("div", { class: "cnnbook" }, note, retry));
  if (isWanted()) load();
  else near.observe(el);
  return () => {
    near.disconnect();
    end();
  };
};
