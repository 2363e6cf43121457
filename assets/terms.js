// Beside a term that the mouse or the focus is on stands the sentence that explains it. The same sentence describes the term to
// screen readers without this script, and the term is a link to its explanation.
(() => {
  "use strict";
  const GAP = 8; // pixels that the box keeps from the window's edges
  const box = document.createElement("div");
  box.className = "cnnbook-sentence";
  box.setAttribute("aria-hidden", "true");
  box.hidden = true;

  const hide = () => {
    box.hidden = true;
  };

  function show(term) {
    const sentence = document.getElementById(term.getAttribute("aria-describedby"));
    if (!sentence) return;
    box.textContent = sentence.textContent;
    box.hidden = false;
    const line = term.getClientRects()[0];
    const right = document.documentElement.clientWidth - box.offsetWidth - GAP;
    const below = line.bottom + box.offsetHeight + GAP < innerHeight;
    box.style.left = `${Math.max(GAP, Math.min(line.left, right)) + scrollX}px`;
    box.style.top = `${(below ? line.bottom : line.top - box.offsetHeight) + scrollY}px`;
  }

  // What is neither a term nor the box itself, to which the mouse may go, ends it.
  function look({ target }) {
    const term = target.closest?.(".cnnbook-term");
    if (term) show(term);
    else if (!box.contains(target)) hide();
  }

  document.body.append(box);
  document.addEventListener("pointerover", (event) => event.pointerType !== "touch" && look(event));
  document.addEventListener("focusin", look);
  document.addEventListener("focusout", hide);
  document.addEventListener("keydown", (event) => event.key === "Escape" && hide());
})();
