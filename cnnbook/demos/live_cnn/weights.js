// Where the weights come from: synced by Jupyter, or a file beside the page's script.

import { loadScript } from "../shared/load.js";
import { formatNumber } from "../shared/numbers.js";
import { bytesOf, unpack } from "./network.js";

// How much there is to load. As base64, four characters stand for three bytes.
export const megabytes = (layers, facts) => formatNumber(Math.round((bytesOf(layers, facts) * 4) / 3 / 1e5) / 10);

// What the page's file of weights has brought; it is taken away, so that a later attempt finds only its own.
function taken(layers, facts) {
  const text = globalThis.cnnbookWeightsText;
  delete globalThis.cnnbookWeightsText;
  return unpack(layers, facts, Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0)));
}

// The network {layers, facts, arrays}; `attempt` counts how often it was asked for before.
export async function loadNetwork(model, attempt) {
  const layers = model.get("layers"), facts = model.get("facts"), synced = model.get("weights");
  if (!synced) return { layers, facts, arrays: await loadScript(model.get("weights_address"), () => taken(layers, facts), attempt) };
  const bytes = new Uint8Array(synced.buffer ?? synced, synced.byteOffset ?? 0, synced.byteLength);
  return { layers, facts, arrays: unpack(layers, facts, bytes) };
}
