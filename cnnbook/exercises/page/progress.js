// Where am I: how many exercises are solved, at the head of each chapter and, for the whole book, on the front page.

import { element } from "../../demos/shared/dom.js";
import { forget, isKept, onMemory, remembered } from "./memory.js";
import { WORDS } from "./words.js";

// A numbered exercise is solved when all that it asks is.
export function solvedOf(exercises, isSolved) {
  return exercises.filter((names) => names.every(isSolved)).length;
}

const isSolved = (name) => Boolean(remembered(name).isSolved);
const sentence = ({ exercises }) => WORDS.solved(solvedOf(exercises, isSolved), exercises.length);

function forgetButton(text, names) {
  const said = element("span", { role: "status", class: "cb-forgotten" });
  const button = element("button", { type: "button", onclick: () => { forget(names); said.textContent = WORDS.forgotten; } }, text);
  return [button, said];
}

const privacy = () => element("span", {}, isKept() ? WORDS.kept : WORDS.notKept);

function atTheHead(chapter) {
  const names = [...document.querySelectorAll(".cnnbook-exercise[data-exercise]")].map((node) => node.dataset.exercise);
  const count = element("a", { href: "#exercises" });
  const node = element("div", { class: "cnnbook cb-progress" }, count, ". ", privacy(), " ", ...forgetButton(WORDS.forgetChapter, names));
  const show = () => { count.textContent = sentence(chapter); };
  show();
  onMemory(show);
  document.querySelector("article.bd-article h1").after(node);
}

function ofTheBook(node, chapters) {
  const lines = chapters.map((chapter) => ({ chapter, count: element("span", {}) }));
  const list = element("ol", {}, ...lines.map(({ chapter, count }) => element("li", {},
    element("a", { href: `${chapter.page}#exercises` }, chapter.title), ": ", count)));
  const total = element("strong", {});
  const show = () => {
    for (const { chapter, count } of lines) count.textContent = sentence(chapter);
    total.textContent = sentence({ exercises: chapters.flatMap(({ exercises }) => exercises) });
  };
  show();
  onMemory(show);
  const said = element("p", {}, total, ". ", privacy());
  node.replaceChildren(element("div", { class: "cnnbook cb-progress" }, said, list, ...forgetButton(WORDS.forgetAll)));
}

export function showProgress({ chapters }) {
  const here = document.querySelector(".cnnbook-exercise[data-exercise]:not([data-predict])")?.dataset.exercise;
  const chapter = chapters.find(({ exercises }) => exercises.flat().includes(here));
  if (chapter) atTheHead(chapter);
  for (const node of document.querySelectorAll(".cnnbook-where")) ofTheBook(node, chapters);
}
