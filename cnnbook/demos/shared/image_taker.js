// Takes images of the reader's own: from a file, the camera, a drop or the clipboard. The newest one counts, whatever is decoded first.

import { button, element } from "./dom.js";
import { createNewest } from "./newest.js";
import { readImage } from "./own_image.js";
import { sentenceOf } from "./refusal.js";

const TEXT = {
  choose: "Choose a file", photograph: "Take a photograph",
  noFile: "That was not a file. Save the image first, then drop its file here.", noImage: "There is no image in the clipboard.",
  privacy: "You can also paste an image or drop one here. Your images stay in this page: nothing is uploaded.",
  reading: (name) => (name ? `Reading “${name}” …` : "Reading your image …"), failed: "The image could not be read. Try again.",
};

// The first file of a drop or a paste; null when none was given.
const fileOf = (transfer) => [...(transfer?.files ?? [])][0] ?? null;

// The buttons that open the system's dialogs; `take(file)` gets what was chosen.
function createButtons(take) {
  function taken({ target }) {
    if (target.files[0]) take(target.files[0]);
    target.value = ""; // so that the same file can be chosen again
  }
  const fileInput = (attributes) =>
    element("input", { type: "file", accept: "image/*", hidden: true, ...attributes, onchange: taken });
  const file = fileInput({ class: "cb-file" }), camera = fileInput({ class: "cb-camera", capture: "environment" });
  const hasCamera = matchMedia("(pointer: coarse)").matches;
  return [button(TEXT.choose, () => file.click(), { class: "cb-choose" }),
    ...(hasCamera ? [button(TEXT.photograph, () => camera.click(), { class: "cb-photograph" })] : []), file, camera];
}

// Files that are dropped or pasted; returns what ends it.
function receiveFiles(root, take, warn) {
  root.addEventListener("dragover", (event) => { event.preventDefault(); root.classList.add("cb-over"); });
  root.addEventListener("dragleave", () => root.classList.remove("cb-over"));
  root.addEventListener("drop", (event) => {
    event.preventDefault();
    root.classList.remove("cb-over");
    const dropped = fileOf(event.dataTransfer);
    if (dropped) take(dropped);
    else warn(TEXT.noFile);
  });
  // Without a focus, a paste goes to the page; it is for this demo while that can be seen.
  function pasted(event) {
    const box = root.getBoundingClientRect(), active = document.activeElement, given = fileOf(event.clipboardData);
    const meant = root.contains(active) || (active === document.body && box.bottom > 0 && box.top < window.innerHeight);
    if (!meant) return;
    if (given) take(given);
    else if (root.contains(active)) warn(TEXT.noImage);
  }
  document.addEventListener("paste", pasted);
  return () => document.removeEventListener("paste", pasted);
}

// `taken({pixels, about})` gets the newest image, `cells` × `cells` pixels as `readImage` makes them; `warn(sentence)` says why there is
// none, and "" takes that back; `changed()` is called when what is waited for has changed.
// {buttons, about, receive(root), forget(), waiting()}: elements to be shown; listens to drops and pastes and returns what ends it;
// drops what is being read, since something else was chosen; the sentence that says what is being read, or "".
export function createImageTaker({ cells, taken, warn, changed }) {
  const begin = createNewest();
  let waiting = "";
  function wait(sentence) {
    waiting = sentence;
    changed();
  }
  async function take(file) {
    const isNewest = begin();
    warn("");
    wait(TEXT.reading(file.name));
    try {
      const image = await readImage(file, cells, isNewest);
      if (isNewest()) taken(image);
    } catch (error) {
      if (isNewest()) warn(sentenceOf(error, TEXT.failed));
    }
    if (isNewest()) wait("");
  }
  function forget() {
    begin();
    warn("");
    if (waiting) wait("");
  }
  const about = element("p", { class: "cb-privacy" }, TEXT.privacy);
  return { buttons: createButtons(take), about, receive: (root) => receiveFiles(root, take, warn), forget, waiting: () => waiting };
}
