// Something that is loaded once. However that ends, or does not, there is a sentence, and where it did not come a button that asks again.

import { button, element, say } from "./dom.js";
import { createNewest } from "./newest.js";
import { Refusal, sentenceOf } from "./refusal.js";

const SLOW = 15_000; // milliseconds after which one may ask again, while the first answer is still waited for
const TEXT = {
  slow: (sentence) => `${sentence} This is taking a long time. You can wait, or try again.`, again: "Try again",
  broken: "it does not work in this browser",
};

// `load(attempt)` promises what `loaded` gets; `idle`, `loading` and `failed(sentence)` are what is said before, meanwhile and after a
// failure. {node, need(), end()}: `need` asks, unless it has been asked.
export function createLoading({ load, loaded, idle, loading, failed }) {
  const note = element("p", { role: "status" }, idle), again = button(TEXT.again, ask, { hidden: true });
  const node = element("div", { class: "cb-loading" }, note, again), begin = createNewest();
  let attempts = 0, slow = 0, isDone = false;
  function show(sentence, canAsk) {
    say(note, sentence);
    again.hidden = !canAsk;
  }
  async function ask() {
    const isNewest = begin();
    clearTimeout(slow);
    slow = setTimeout(() => show(TEXT.slow(loading), true), SLOW);
    show(loading, false);
    try {
      const found = await load(attempts++);
      if (isDone) return;
      loaded(found);
      isDone = true; // whichever attempt it was
      clearTimeout(slow);
      node.hidden = true;
    } catch (error) {
      if (isDone || !isNewest()) return;
      clearTimeout(slow);
      show(failed(sentenceOf(error, TEXT.broken)), true);
      if (!(error instanceof Refusal)) reportError(error);
    }
  }
  function end() {
    isDone = true;
    clearTimeout(slow);
  }
  return { node, need() { if (!attempts) ask(); }, end };
}
