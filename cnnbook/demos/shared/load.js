// Scripts that a page fetches only when a demo wants them.

import { element } from "./dom.js";
import { Refusal } from "./refusal.js";

const TEXT = { failed: (file) => `${file} could not be loaded`, damaged: (file) => `${file} arrived incomplete` };

const asked = new Map();

function fetchScript(address, read) {
  const file = new URL(address).pathname.split("/").pop();
  return new Promise((resolve, reject) => {
    const refuse = (sentence) => reject(new Refusal(sentence));
    function arrived() {
      try {
        resolve(read());
      } catch {
        refuse(TEXT.damaged(file)); // another file, an error page, or a part of it
      }
    }
    document.head.append(element("script", { src: address, onload: arrived, onerror: () => refuse(TEXT.failed(file)) }));
  });
}

// What `read` finds when a classic script has run, asked for once however many demos want it. `read` throws where the script did not
// bring what it should. A later `attempt` asks for another address, so that no broken answer that was kept comes again.
export function loadScript(address, read, attempt = 0) {
  const wanted = attempt ? `${address}${address.includes("?") ? "&" : "?"}again=${attempt}` : address;
  if (!asked.has(wanted)) asked.set(wanted, fetchScript(wanted, read));
  return asked.get(wanted);
}
