// The pointer on a node: drags, taps and hovering, by one rule for all demos. Nothing goes on without a pressed primary button, a finger
// or a pen that touches, whether its release was heard of or not: a menu, another window or another button may take it.

const SLOP = 8; // CSS pixels that a finger may move in a tap

// On a Mac, control and click open the menu.
const isPrimary = (event) => event.isPrimary && event.button === 0 && !event.ctrlKey;

function capture(node, id) {
  try {
    node.setPointerCapture(id);
  } catch {
    // It is gone already; the next move says so.
  }
}

// `began(event)` when a press begins, `moved(event)` as it goes on, `ended()` once it is over; without `moved`, a press is just that.
// `hovered(event)` while a mouse or a pen is over the node and nothing is pressed. A finger may want to scroll the page: it begins once
// it goes sideways or has tapped, or, with `atOnce`, where it touches (for nodes that do not let it scroll).
export function onPointer(node, { began, moved = null, ended = () => {}, hovered = () => {}, atOnce = false }) {
  let held = null, touched = null; // the pointer that is pressed; the event of a touch that may become a press
  function begin(event) {
    held = event.pointerId;
    if (moved) capture(node, held);
    began(event);
  }
  function end() {
    touched = null;
    if (held === null) return;
    held = null;
    ended();
  }
  function decide(event) {
    const [across, down] = [event.clientX - touched.clientX, event.clientY - touched.clientY].map(Math.abs);
    if (Math.max(across, down) <= SLOP) return;
    const start = touched;
    touched = null;
    if (!moved || across <= down) return;
    begin(start); // where it touched
    moved(event);
  }
  node.addEventListener("pointerdown", (event) => {
    if (held !== null || !isPrimary(event)) return;
    if (event.pointerType === "touch" && !atOnce) touched = event;
    else begin(event);
  });
  node.addEventListener("pointermove", (event) => {
    if (held !== null && !(event.buttons & 1)) end();
    if (event.pointerId === held) moved?.(event);
    else if (event.pointerId === touched?.pointerId) decide(event);
    else if (held === null && event.pointerType !== "touch" && !event.buttons) hovered(event);
  });
  node.addEventListener("pointerup", (event) => {
    if (event.pointerId === touched?.pointerId) begin(event);
    if (event.pointerId === held) end();
  });
  for (const name of ["pointercancel", "contextmenu"]) node.addEventListener(name, end);
  // What lies within the node loses a finger to the node itself when that captures it.
  node.addEventListener("lostpointercapture", (event) => { if (event.target === node) end(); });
}
