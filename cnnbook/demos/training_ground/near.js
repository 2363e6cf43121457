// In a page: the training ground's own script is fetched when it comes near. (In Jupyter it is there from the start.)

import { button, element } from "../shared/dom.js";
import { loadScript } from "../shared/load.js";

const NEAR = "400px";
const SENT = /[#&]ground\d*=/; // a set-up that was sent is to be seen at once
const TEXT = {
  waiting: "The training ground is loaded when it comes near …", retry: "Try again",
  missing: (sentence) => `The training ground is not there: ${sentence}.`,
};

function render({ model, el }) {
  const note = element("p", {}, TEXT.waiting), retry = button(TEXT.retry, () => load(), { hidden: true });
  let end = () => {};
  async function load() {
    try {
      const ground = await loadScript(model.get("ground_address"), () => globalThis.cnnbookGround);
      end = ground.render({ model, el });
    } catch (error) {
      note.textContent = TEXT.missing(error.message);
      retry.hidden = false;
    }
  }
  const near = new IntersectionObserver((entries) => {
    if (!entries.some((entry) => entry.isIntersecting)) return;
    near.disconnect();
    load();
  }, { rootMargin: NEAR });
  el.replaceChildren(element("div", { class: "cnnbook" }, note, retry));
  if (SENT.test(location.hash)) load();
  else near.observe(el);
  return () => {
    near.disconnect();
    end();
  };
}

export default { render };
