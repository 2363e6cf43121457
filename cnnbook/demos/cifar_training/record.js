// A training as a record, with the fields of those in records/ of the book.

const EXPERIMENT = "cnn_in_page", MODEL = "cnn", DIGITS = 5; // decimals, as the book's records have them
const FILE = `${EXPERIMENT}.json`;
const TEXT = { machine: (cores, workers) => `${cores} logical processors, ${workers} of them at work` };

const rounded = (value) => Number(value.toFixed(DIGITS));

// Of a Training with at least one whole epoch. With a constant learning rate one that was stopped is a whole one of fewer epochs.
export function recordOf({ epochs, run, seconds, simd, facts: { recipe } }) {
  const history = Object.fromEntries(Object.keys(epochs[0]).map((name) => [name, epochs.map((values) => rounded(values[name]))]));
  return {
    experiment: EXPERIMENT, model: MODEL, recipe: { ...recipe, epochs: epochs.length }, seed: run.seed, history,
    test_accuracy: history.val_accuracy.at(-1), test_loss: history.val_loss.at(-1), seconds: Number(seconds.toFixed(1)),
    versions: { browser: navigator.userAgent, workers: String(run.workers), arithmetic: simd ? "WebAssembly SIMD" : "JavaScript" },
    machine: TEXT.machine(navigator.hardwareConcurrency, run.workers), date: run.began.toISOString().slice(0, 10),
  };
}

// Save runs as a file of the reader's, in the form of the book's records.
export function download(runs) {
  const address = URL.createObjectURL(new Blob([`${JSON.stringify(runs, null, 1)}\n`], { type: "application/json" }));
  const link = document.createElement("a");
  Object.assign(link, { href: address, download: FILE });
  document.body.append(link);
  link.click();
  link.remove();
  setTimeout(() => URL.revokeObjectURL(address), 60_000); // a browser may ask where to save it
}
