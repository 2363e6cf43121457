// What the network says: its most probable class, and the probabilities of all.

import { element } from "../shared/dom.js";
import { byReach } from "./network.js";
import { exact, percent } from "./words.js";

const BEST = 3; // that a screen reader is told
const TEXT = { says: "It says: ", caption: "probabilities", unknown: "–" };

export const answerInWords = (classes, shares) =>
  `${byReach(shares).slice(0, BEST).map((i) => `${classes[i]} ${percent(shares[i])}`).join(", ")}.`;

// {node, draw(shares)}: the probabilities, or null while there are none; `loading` says why.
export function createAnswer(classes, loading) {
  const answer = element("p", { class: "cb-answer" });
  const rows = classes.map((name) => {
    const bar = element("span", { class: "cb-bar" }), value = element("td");
    return { bar, value, node: element("tr", {}, element("th", { scope: "row" }, name), element("td", { class: "cb-track" }, bar), value) };
  });
  const table = element("table", { class: "cb-classes" }, element("caption", {}, TEXT.caption),
    element("tbody", {}, ...rows.map((row) => row.node)));
  function draw(shares) {
    const best = shares && byReach(shares)[0];
    answer.replaceChildren(...(shares ? [TEXT.says, element("strong", {}, classes[best]), `, ${percent(shares[best])}`] : []));
    rows.forEach(({ bar, value, node }, i) => {
      bar.style.width = shares ? `${100 * shares[i]}%` : "0";
      value.replaceChildren(shares ? exact(shares[i], percent(shares[i])) : TEXT.unknown);
      node.classList.toggle("cb-best", i === best);
    });
  }
  return { node: element("div", {}, loading, answer, table), draw };
}
