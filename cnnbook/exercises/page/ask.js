// One exercise in the page: its fields, Check, and the verdict.

import { element } from "../../demos/shared/dom.js";
import { isRight, isWrong, verdict } from "./checker.js";
import { fieldsFor } from "./fields.js";
import { onForgotten, remember, remembered } from "./memory.js";
import { WORDS } from "./words.js";

// A line that screen readers read out, the same line a second time too.
export function verdictLine() {
  const node = element("p", { class: "cb-verdict", role: "status" });
  const mark = (line) => {
    node.classList.toggle("cb-right", isRight(line));
    node.classList.toggle("cb-wrong", isWrong(line));
  };
  return {
    node,
    show(line) { node.textContent = line; mark(line); },
    announce(line) {
      node.textContent = "";
      requestAnimationFrame(() => { node.textContent = line; mark(line); });
    },
  };
}

// Everything below a prediction up to the next one or the next heading that would give its answer away.
function foldsBelow(node) {
  const found = [];
  for (let next = node.nextElementSibling; next && !next.matches("section, h2, .cnnbook-exercise"); next = next.nextElementSibling) {
    if (next.matches(".tag_hide-cell, details.cnnbook-answer")) found.push(next);
  }
  return found;
}

function reveal(node, note, isOpen, isNow) {
  note.hidden = isOpen;
  for (const fold of foldsBelow(node)) {
    fold.classList.toggle("cnnbook-locked", !isOpen);
    if (isOpen && isNow && fold.matches("details")) fold.open = true;
  }
}

function askHere(book, node, name) {
  const predicts = Boolean(node.dataset.predict);
  const fields = fieldsFor(book.exercises[name], node.dataset.label, WORDS), line = verdictLine();
  const button = element("button", { type: "submit" }, predicts ? WORDS.predict : WORDS.check);
  const note = element("p", { class: "cb-note", hidden: true }, WORDS.first);
  const unlock = (isOpen, isNow) => { if (predicts) reveal(node, note, isOpen, isNow); };
  const check = () => verdict(book, name, fields.read());
  const counts = (said) => isRight(said) || isWrong(said);
  const form = element("form", { class: "cnnbook cb-exercise", novalidate: true, oninput: () => {
    remember(name, { answer: fields.read(), isChecked: false });
    line.show("");
  }, onsubmit: (event) => {
    event.preventDefault();
    const said = check();
    line.announce(said);
    const { isSolved, isPredicted } = remembered(name);
    const reached = { isSolved: isSolved || isRight(said), isPredicted: isPredicted || counts(said) };
    remember(name, { answer: fields.read(), isChecked: true, ...reached });
    unlock(isPredicted || counts(said), true);
  } }, fields.node, button, line.node, note);
  const restore = () => {
    const { answer, isChecked, isPredicted } = remembered(name);
    fields.write(answer);
    line.show(isChecked ? check() : "");
    unlock(Boolean(isPredicted), false);
  };
  node.append(form);
  restore();
  onForgotten(restore);
}

// A function or a model: the page cannot run it, but remembers that somebody has solved it.
function askPython(node, name) {
  const buttons = [...document.querySelectorAll(".dropdown-launch-buttons a[href]")];
  const links = buttons.map((link) => element("a", { href: link.href, target: "_blank" }, link.textContent.trim()));
  const onchange = () => remember(name, { isSolved: box.checked });
  const box = element("input", { type: "checkbox", id: `cnnbook-solved-${name}`, onchange });
  const restore = () => { box.checked = Boolean(remembered(name).isSolved); };
  node.append(element("div", { class: "cnnbook cb-exercise" }, ...(links.length ? [element("p", { class: "cb-launch" }, ...links)] : []),
    element("label", { for: box.id, class: "cb-word" }, box, element("span", {}, WORDS.solvedInPython))));
  restore();
  onForgotten(restore);
}

// Fill every element with `data-exercise`.
export function askAll(book) {
  for (const node of document.querySelectorAll(".cnnbook-exercise[data-exercise]")) {
    const name = node.dataset.exercise;
    if (!book.exercises[name]) throw new Error(`no exercise is called ${name}`);
    node.classList.add("cnnbook-live");
    if (book.exercises[name].kind === "python") askPython(node, name);
    else askHere(book, node, name);
  }
}
