// Practice without end: one question at a time, of a kind and a level, and how many were right.

import { element } from "../../demos/shared/dom.js";
import { asChoices, choice } from "../../demos/shared/fields.js";
import { verdictLine } from "./ask.js";
import { isRight, isWrong, judged } from "./checker.js";
import { KINDS, drill, readLink } from "./drills.js";
import { fieldsFor } from "./fields.js";
import { isKept, onForgotten, remember, remembered } from "./memory.js";
import { WORDS } from "./words.js";

const SCORE = "practice"; // its name in what is remembered; no exercise is called so
const whole = (value) => (Number.isInteger(value) && value >= 0 ? value : 0);

function score() {
  const { right, asked, streak } = remembered(SCORE);
  return { right: whole(right), asked: whole(asked), streak: whole(streak) };
}

// The score after one more question.
export function scoreAfter({ right, asked, streak }, isGood) {
  return { right: right + isGood, asked: asked + 1, streak: isGood ? streak + 1 : 0 };
}

// One question with its fields; `onFirst(isGood)` is told how the first try went.
function questionForm(book, asked, onFirst) {
  const fields = fieldsFor(asked.expected, WORDS.answer, WORDS), line = verdictLine();
  let isFirst = true;
  const count = (isGood) => { if (isFirst) onFirst(isGood); isFirst = false; };
  const solution = element("p", { class: "cb-solution", role: "status" });
  const tell = () => { count(false); solution.textContent = asked.solution; };
  const show = element("button", { type: "button", onclick: tell }, WORDS.showAnswer);
  const buttons = element("div", { class: "cb-transport" }, element("button", { type: "submit" }, WORDS.check), show);
  return element("form", { novalidate: true, onsubmit: (event) => {
    event.preventDefault();
    const said = judged(book, asked.name, asked.expected, fields.read());
    if (isRight(said) || isWrong(said)) count(isRight(said));
    line.announce(said);
  }, oninput: () => line.show("") }, fields.node, buttons, line.node, solution);
}

function practise(book, node) {
  const { levels, seeds } = book.drawn;
  let at = readLink(location.hash, book.drawn) ?? [KINDS[0], 1, anySeed()];
  function anySeed() { return Math.floor(Math.random() * (seeds + 1)); }
  const kinds = choice(WORDS.kind, KINDS.map((kind) => [kind, book.drills[kind].title]), (kind) => ask([kind, at[1], anySeed()]));
  const numbered = asChoices(Array.from({ length: levels }, (_, i) => i + 1));
  const level = choice(WORDS.level, numbered, (chosen) => ask([at[0], Number(chosen), anySeed()]));
  const question = element("p", { class: "cb-question", tabindex: "-1" }), place = element("div"), link = element("a", {}, WORDS.link);
  const counted = element("p", { class: "cb-score" });
  const next = element("button", { type: "button", onclick: () => { ask([at[0], at[1], anySeed()]); question.focus(); } }, WORDS.next);
  const showScore = () => {
    const { right, asked, streak } = score();
    counted.textContent = `${WORDS.score(right, asked, streak)}. ${isKept() ? WORDS.kept : WORDS.notKept}`;
  };
  function show() {
    const asked = drill(book, ...at);
    kinds.show(at[0]);
    level.show(String(at[1]));
    question.textContent = asked.question;
    link.href = `#drill=${asked.name}`;
    place.replaceChildren(questionForm(book, asked, (isGood) => { remember(SCORE, scoreAfter(score(), isGood)); showScore(); }));
  }
  function ask(chosen) {
    at = chosen;
    history.replaceState(null, "", `#drill=${at.join("-")}`);
    show();
  }
  addEventListener("hashchange", () => {
    const linked = readLink(location.hash, book.drawn);
    if (linked) { at = linked; show(); }
  });
  onForgotten(showScore);
  node.classList.add("cnnbook-live"); // which hides the work sheet, except on paper
  node.append(element("div", { class: "cnnbook cb-exercise" }, element("div", { class: "cb-controls" }, kinds.node, level.node),
    question, place, element("div", { class: "cb-transport" }, next), element("p", {}, link), counted));
  show();
  showScore();
}

export function mountPractice(book) {
  const mount = () => { for (const node of document.querySelectorAll(".cnnbook-practice")) practise(book, node); };
  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", mount);
  else mount();
}
