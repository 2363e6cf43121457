// What a Worker of the training answers.
import { sentenceOf } from "../shared/refusal.js";
import { Lead } from "./lead.js";
import { Replica } from "./replica.js";
import { follow } from "./team.js";

const TEXT = { broken: "One of its Workers failed." };

// A Worker leads, or, told so by {kind: "follow", port, setup, capacity}, follows the one that does.
export function serve(scope) {
  const lead = new Lead((message) => scope.postMessage(message));
  const broken = (error) => scope.postMessage({ kind: "broken", sentence: sentenceOf(error, TEXT.broken) });
  const begin = async ({ port, setup, capacity }) => follow(port, new Replica(setup, capacity, { isShared: true }));
  scope.onmessage = ({ data }) => { (data.kind === "follow" ? begin(data) : lead.receive(data)).catch(broken); };
  scope.postMessage({ kind: "ready" });
}
