// Which moment of the recorded trainings is shown, and Play. Nothing here knows how it is shown.

import { pace } from "../shared/dom.js";
import { change } from "../shared/model.js";
import { formatNumber } from "../shared/numbers.js";
import { limited } from "../shared/places.js";

const PLAY_MS = 400, CALM_MS = 1200; // from one moment to the next; the second where less motion is asked for
const TEXT = { update: "update", updates: "updates", inEpoch: (epoch) => `in epoch ${epoch}`, before: "before training" };

export const updated = (updates) => `${formatNumber(updates)} ${updates === 1 ? TEXT.update : TEXT.updates}`;

export function createTraining(model, redraw) {
  let timer = 0;
  const recordings = () => Object.values(model.get("recordings")), steps = () => recordings()[0].steps, last = () => steps().length - 1;
  // Other recordings may be here before Python has said which of their layers and moments is shown.
  const step = () => Math.min(model.get("step"), last()), layer = () => Math.min(model.get("layer"), recordings()[0].layers.length - 1);
  const goTo = (to) => change(model, { step: limited(to, 0, last()) });
  function pause() {
    clearInterval(timer);
    timer = 0;
    redraw();
  }
  function choose(to) {
    pause();
    goTo(to);
  }
  function play() {
    if (step() === last()) goTo(0);
    timer = setInterval(() => {
      goTo(step() + 1);
      if (step() === last()) pause();
    }, pace(PLAY_MS, CALM_MS));
    redraw();
  }
  // The chosen moment in words.
  function moment() {
    const updates = steps()[step()], epoch = Math.floor(updates / model.get("updates_per_epoch")) + 1;
    return `${updated(updates)}, ${updates ? TEXT.inEpoch(epoch) : TEXT.before}`;
  }
  return {
    recordings, steps, last, step, layer, choose, play, pause, moment,
    layersShown: () => recordings().map(({ layers }) => layers[layer()]),
    get playing() { return timer !== 0; },
    stop: () => clearInterval(timer),
  };
}
