// The next turn.

// Call `action` as soon as what waits has been done; a timer would wait 4 ms and more.
export function soon(action) {
  const { port1, port2 } = new MessageChannel();
  port1.onmessage = () => {
    port1.close();
    action();
  };
  port2.postMessage(null);
}
