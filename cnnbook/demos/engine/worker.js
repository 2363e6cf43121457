// A Worker from the text of a classic script, so that a page opened from a file has one too.

// The script's first message is {kind: "ready"}; `ready(worker)` is called then, `receive(message)` with all others, and
// `failed(wasReady)` once it breaks off or cannot begin. Throws where the page may have no Workers at all.
export function startWorker(source, { ready, receive, failed }) {
  const address = URL.createObjectURL(new Blob([source], { type: "text/javascript" })), worker = new Worker(address);
  let isReady = false;
  worker.onmessage = ({ data }) => {
    if (data.kind !== "ready") {
      receive(data);
      return;
    }
    isReady = true;
    URL.revokeObjectURL(address);
    ready(worker);
  };
  worker.onerror = (event) => {
    event.preventDefault();
    worker.terminate();
    failed(isReady);
  };
  return worker;
}
