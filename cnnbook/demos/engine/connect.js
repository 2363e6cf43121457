// A session in a Worker, or on the page's own thread where there is none: a page may forbid it.
import { Session } from "./session.js";
import { startWorker } from "./worker.js";

const TEXT = { broken: "The training stopped unexpectedly. Start it again." };
const SLICE = { worker: 20, page: 8 }; // milliseconds; a page must not be held up for longer than a frame

// In the Worker: answer what the page sends.
export function serve(scope) {
  const session = new Session((message) => scope.postMessage(message), SLICE.worker);
  scope.onmessage = ({ data }) => session.receive(data);
  scope.postMessage({ kind: "ready" });
}

// `source` is a classic script that calls `serve(self)`. The result has `send(message)`, `close()`, and a promise `where`: "worker" or
// "page".
export function connect(source, receive) {
  const waiting = [];
  let send = (message) => waiting.push(message), close = () => {}, closed = false;
  const open = (target) => {
    send = target;
    for (const message of waiting.splice(0)) send(message);
  };
  const where = new Promise((settled) => {
    const here = () => {
      const session = new Session((message) => { if (!closed) receive(message); }, SLICE.page);
      open((message) => session.receive(message));
      close = () => session.receive({ kind: "pause" });
      settled("page");
    };
    let worker = null;
    try {
      worker = startWorker(source, {
        receive,
        ready() {
          open((message) => worker.postMessage(message));
          settled("worker");
        },
        failed(wasReady) {
          if (wasReady) receive({ kind: "broken", sentence: TEXT.broken });
          else if (!closed) here(); // the page's policy forbids Workers
        },
      });
    } catch {
      here();
      return;
    }
    close = () => worker.terminate();
  });
  return {
    send: (message) => send(message),
    close() {
      closed = true;
      close();
    },
    where,
  };
}
