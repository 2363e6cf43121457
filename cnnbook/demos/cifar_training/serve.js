// What a Worker of the training answers.
import { Lead, told } from "./lead.js";
import { Replica } from "./replica.js";
import { follow } from "./team.js";

// A Worker leads, or, told so by {kind: "follow", port, setup, capacity}, follows the one that does.
export function serve(scope) {
  const lead = new Lead((message) => scope.postMessage(message));
  const broken = (error) => scope.postMessage({ kind: "broken", sentence: told(error) });
  const begin = async ({ port, setup, capacity }) => follow(port, new Replica(setup, capacity, { isShared: true }));
  scope.onmessage = ({ data }) => { (data.kind === "follow" ? begin(data) : lead.receive(data)).catch(broken); };
  scope.postMessage({ kind: "ready" });
}
