// Long work in slices, so that messages get through and a page stays alive.

// Call `action` as soon as what waits has been done; a timer would wait 4 ms and more.
export function soon(action) {
  const { port1, port2 } = new MessageChannel();
  port1.onmessage = () => {
    port1.close();
    action();
  };
  port2.postMessage(null);
}

// Run a generator to its end, in slices of so many milliseconds; `failed` is given what it throws. Returns what ends it before.
export function inSlices(work, milliseconds, failed) {
  let ended = false;
  function turn() {
    const until = performance.now() + milliseconds;
    try {
      while (!ended && performance.now() < until) ended = work.next().done || ended;
    } catch (error) {
      ended = true;
      failed(error);
    }
    if (!ended) soon(turn);
  }
  soon(turn);
  return () => { ended = true; };
}
