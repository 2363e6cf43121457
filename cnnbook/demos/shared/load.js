// Scripts that a page fetches only when a demo wants them.

import { element } from "./dom.js";

const TEXT = { failed: (file) => `${file} could not be loaded` };

const asked = new Map();

// A classic script, asked for once however many demos want it; what `read` finds then. After a failure it can be asked for again.
export function loadScript(address, read) {
  if (!asked.has(address)) asked.set(address, new Promise((resolve, reject) => {
    const script = element("script", {
      src: address,
      onload: () => resolve(read()),
      onerror: () => {
        asked.delete(address);
        reject(new Error(TEXT.failed(new URL(address).pathname.split("/").pop())));
      },
    });
    document.head.append(script);
  }));
  return asked.get(address);
}
