// What a training says of itself, a sentence or two for each state.
import { fixed, formatNumber } from "../shared/numbers.js";

const TEXT = {
  empty: "No file is chosen yet.",
  reading: (images, all) => `Reading the archive: ${images} of ${all} images.`,
  checking: "All images are there. Comparing their SHA-256 with CIFAR-10's …",
  refused: (sentence) => `This file cannot be used. ${sentence}`,
  ready: (training, test) =>
    `This is CIFAR-10: ${training} training images and ${test} test images, identical to the last byte. Ready to train.`,
  starting: "Starting the training …",
  update: ({ epoch, epochs, done, all, accuracy, loss }) =>
    `Epoch ${epoch} of ${epochs}: ${done} of ${all} images; accuracy so far ${accuracy} %, loss ${loss}.`,
  measure: ({ epoch, epochs, done, all }) => `Epoch ${epoch} of ${epochs}: measuring on the test images, ${done} of ${all}.`,
  pace: (pace) => ` ${pace} images per second.`,
  left: (left) => ` About ${left} left.`,
  paused: (epoch) => `Paused in epoch ${epoch}. Nothing is lost as long as this page stays open.`,
  noEpoch: " No epoch has been completed.",
  result: (epochs, accuracy) => ` After ${epochs}, ${accuracy} % of the test images are classified correctly.`,
  compared: (runs, least, most) => ` Keras's ${runs} recorded runs had reached ${least} to ${most} % by then.`,
  finished: "Finished.", stopped: "Stopped.",
  broken: (sentence) => `The training stopped. ${sentence}`,
  again: " Choose the file again to start over.",
  seconds: "less than a minute", minutes: (n) => (n === 1 ? "1 minute" : `${n} minutes`), hours: (n) => `${n} hours`,
  epochs: (n) => (n === 1 ? "one epoch" : `${n} epochs`),
};

export const percent = (share) => fixed(100 * share, 1);

export function duration(seconds) {
  if (seconds < 60) return TEXT.seconds;
  const minutes = Math.round(seconds / 60);
  return minutes < 120 ? TEXT.minutes(minutes) : TEXT.hours(formatNumber(Math.round(minutes / 30) / 2));
}

// The last whole epoch, beside what Keras had by then.
function result({ epochs }, recorded) {
  const n = epochs.length;
  if (!n) return TEXT.noEpoch;
  const own = TEXT.result(TEXT.epochs(n), percent(epochs[n - 1].val_accuracy));
  if (n > recorded.least.length) return own;
  return own + TEXT.compared(recorded.runs, percent(recorded.least[n - 1]), percent(recorded.most[n - 1]));
}

function underWay({ progress, run, sizes, pace, left }) {
  if (!progress) return TEXT.starting;
  const { doing, epoch, done, accuracy, loss } = progress;
  const numbers = { epoch, epochs: run.epochs, done: formatNumber(done), all: formatNumber(sizes[doing]) };
  const now = TEXT[doing]({ ...numbers, accuracy: percent(accuracy), loss: fixed(loss, 3) });
  return now + (pace ? TEXT.pace(formatNumber(Math.round(pace))) : "") + (left === null ? "" : TEXT.left(duration(left)));
}

export function status(training, recorded) {
  const { stage, sizes, images, sentence, progress, hasData } = training;
  if (stage === "reading") return TEXT.reading(formatNumber(images), formatNumber(sizes.update + sizes.measure));
  if (stage === "refused") return TEXT.refused(sentence);
  if (stage === "ready") return TEXT.ready(formatNumber(sizes.update), formatNumber(sizes.measure));
  if (stage === "training") return underWay(training);
  if (stage === "paused") return TEXT.paused(progress?.epoch ?? 1) + result(training, recorded);
  if (stage === "broken") return TEXT.broken(sentence) + result(training, recorded) + (hasData ? "" : TEXT.again);
  return TEXT[stage] + (stage === "finished" || stage === "stopped" ? result(training, recorded) : "");
}
