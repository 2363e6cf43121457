// Where the weights come from: synced by Jupyter, or a file beside the page's script.

import { loadScript } from "../shared/load.js";
import { formatNumber } from "../shared/numbers.js";
import { bytesOf, unpack } from "./network.js";

// How much there is to load. As base64, four characters stand for three bytes.
export const megabytes = (layers, facts) => formatNumber(Math.round((bytesOf(layers, facts) * 4) / 3 / 1e5) / 10);

// The page's file of weights.
const fromPage = (address) => loadScript(address, () => Uint8Array.from(atob(globalThis.cnnbookWeightsText), (text) => text.charCodeAt(0)));

export async function loadNetwork(model) {
  const layers = model.get("layers"), facts = model.get("facts"), synced = model.get("weights");
  const bytes = synced
    ? new Uint8Array(synced.buffer ?? synced, synced.byteOffset ?? 0, synced.byteLength)
    : await fromPage(model.get("weights_address"));
  return { layers, facts, arrays: unpack(layers, facts, bytes) };
}
