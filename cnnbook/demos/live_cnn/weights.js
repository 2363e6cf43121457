// Where the weights come from: synced by Jupyter, or a file beside the page's script.

import { element } from "../shared/dom.js";
import { formatNumber } from "../shared/numbers.js";
import { bytesOf, unpack } from "./network.js";

const TEXT = { failed: (file) => `${file} could not be loaded` };

// How much there is to load. As base64, four characters stand for three bytes.
export const megabytes = (layers, facts) => formatNumber(Math.round((bytesOf(layers, facts) * 4) / 3 / 1e5) / 10);

// The page's file of weights, asked for once however many demos want it.
function fromPage(address) {
  globalThis.cnnbookWeights ??= new Promise((resolve, reject) => {
    const script = element("script", {
      src: address,
      onload: () => resolve(Uint8Array.from(atob(globalThis.cnnbookWeightsText), (character) => character.charCodeAt(0))),
      onerror: () => {
        delete globalThis.cnnbookWeights;
        reject(new Error(TEXT.failed(new URL(address).pathname.split("/").pop())));
      },
    });
    document.head.append(script);
  });
  return globalThis.cnnbookWeights;
}

export async function loadNetwork(model) {
  const layers = model.get("layers"), facts = model.get("facts"), synced = model.get("weights");
  const bytes = synced
    ? new Uint8Array(synced.buffer ?? synced, synced.byteOffset ?? 0, synced.byteLength)
    : await fromPage(model.get("weights_address"));
  return { layers, facts, arrays: unpack(layers, facts, bytes) };
}
