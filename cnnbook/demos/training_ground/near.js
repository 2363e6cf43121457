// In a page: the training ground's own script is fetched when it comes near. (In Jupyter it is there from the start.)
import { element } from "../shared/dom.js";
import { loadScript } from "../shared/load.js";

const NEAR = "400px";

function render({ model, el }) {
  const note = element("p", {}, "The training ground is loaded when it comes near …");
  const retry = element("button", { type: "button", hidden: true, onclick: () => load() }, "Try again");
  el.replaceChildren(element("div", { class: "cnnbook" }, note, retry));
  let end = () => {};
  async function load() {
    try {
      const ground = await loadScript(model.get("ground_address"), () => globalThis.cnnbookGround);
      end = ground.render({ model, el });
    } catch (error) {
      note.textContent = `The training ground is not there: ${error.message}.`;
      retry.hidden = false;
    }
  }
  const near = new IntersectionObserver((entries) => {
    if (!entries.some((entry) => entry.isIntersecting)) return;
    near.disconnect();
    load();
  }, { rootMargin: NEAR });
  near.observe(el);
  if (/[#&]ground\d*=/.test(location.hash)) load(); // a set-up that was sent is to be seen at once
  return () => {
    near.disconnect();
    end();
  };
}

export default { render };
