// What stands on fields and buttons; the sentences of verdicts come from Python.

export const WORDS = {
  answer: "Your answer",
  choose: "choose …",
  cell: (row, column) => `row ${row}, column ${column}, counted from 0`,
  check: "Check",
  predict: "Check my prediction",
  first: "Enter a prediction and check it: then the answer opens here, whether you were right or not.",
  solvedInPython: "Solved in Python",
  solved: (done, all) => `${done} of ${all} exercises solved`,
  kept: "What you answer is remembered on this device only, and sent nowhere.",
  notKept: "This browser stores nothing here: what you answer is forgotten when you leave the page. It is sent nowhere.",
  forgetChapter: "Forget my answers in this chapter",
  forgetAll: "Forget all my answers",
  forgotten: "Forgotten.",
  kind: "What to practise",
  level: "Level",
  next: "Next question",
  showAnswer: "Show the solution",
  link: "Link to this question",
  score: (right, asked, streak) => `${right} of ${asked} right at the first try, ${streak} in a row`,
};
