// The exercises of a page: what the built site runs.

import { askAll } from "./ask.js";
import { showProgress } from "./progress.js";

function mount(book) {
  askAll(book);
  showProgress(book);
}

export function mountBook(book) {
  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", () => mount(book));
  else mount(book);
}
