// What a kernel starts with. Biases and shifts start at 0, the scales of BatchNormalization at 1, whatever is chosen here.
import { truncatedNormals, uniform } from "./random.js";

const CUT = 0.87962566103423978; // standard deviation of a standard normal distribution cut off at ±2

function normal(values, seed, deviation) {
  const numbers = truncatedNormals(seed);
  for (let i = 0; i < values.length; i++) values[i] = (deviation / CUT) * numbers.next().value;
}

// name -> (values, {fanIn, fanOut, seed, scale}); fans as Keras counts them.
export const INITIALISERS = {
  glorot_uniform(values, { fanIn, fanOut, seed }) {
    const limit = Math.sqrt(6 / (fanIn + fanOut));
    for (let i = 0; i < values.length; i++) values[i] = limit * (2 * uniform(seed, i) - 1);
  },
  he_normal: (values, { fanIn, seed }) => normal(values, seed, Math.sqrt(2 / fanIn)),
  normal: (values, { seed, scale }) => normal(values, seed, scale), // a chosen standard deviation
  zeros: (values) => values.fill(0),
  equal: (values, { scale }) => values.fill(scale), // every weight the same number
};
