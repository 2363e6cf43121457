// The kinds of drill, the twin of cnnbook/exercises/drill_kinds.py: each takes {draw, level, rates, epsilon} and gives
// {question, first, way, values, right, mistakes: [[answer, why]], whole}. Nothing here knows a page.

import { outputSize } from "../../demos/shared/arithmetic.js";

const OTHER = { same: "valid", valid: "same" };
const product = (numbers) => numbers.reduce((a, b) => a * b, 1);

function outputSizes({ draw, level }) {
  const n = draw.between(...[[8, 32], [20, 99], [40, 120]][level - 1]);
  const layer = () => {
    const [kernels, strides] = [[[2, 3, 4, 5], [1, 2]], [[2, 3, 4, 5, 7], [2, 4]], [[2, 3, 5, 7], [1, 3]]][level - 1];
    return [draw.pick(kernels), draw.between(...strides), draw.pick(["same", "valid"])];
  };
  const [k, s, padding] = layer(), right = outputSize(n, k, s, padding), values = { n, k, s, padding };
  if (level === 3) {
    const [k2, s2, padding2] = layer();
    const swapped = outputSize(outputSize(n, k, s, OTHER[padding]), k2, s2, OTHER[padding2]);
    const mistakes = [[right, "one_layer"], [Math.floor(n / (s * s2)), "at_once"], [swapped, "other_padding"]];
    const more = { ...values, k2, s2, padding2, middle: right };
    const last = outputSize(right, k2, s2, padding2);
    return { question: "question_3", first: "first_two", way: "way_two", values: more, right: last, mistakes };
  }
  const mistakes = padding === "same" ? [[Math.floor(n / s), "rounded_down"]]
    : [[Math.floor((n - k) / s), "add_one"], [Math.ceil((n - k) / s) + 1, "rounded_up"]];
  mistakes.push([outputSize(n, k, s, OTHER[padding]), "other_padding"], [outputSize(n, k, 1, padding), "stride_forgotten"]);
  return { question: "question_1", first: `first_${padding}`, way: `way_${padding}`, values, right, mistakes };
}

function parameters({ draw, level }) {
  if (level === 2) {
    const h = draw.between(4, 12), c = draw.pick([8, 16, 32]), u = draw.between(5, 128), right = (h * h * c + 1) * u;
    const mistakes = [[right - u, "biases"], [right - u + 1, "one_bias"], [(h * c + 1) * u, "square"], [(h * h + 1) * u, "channels"]];
    return { question: "question_2", first: "first_dense", way: "way_2", values: { h, c, u }, right, mistakes };
  }
  let k = draw.pick([2, 3, 5]), c = draw.pick([1, 3, 8, 16]), f = draw.between(2, 32), g = 1, k2 = k;
  if (level === 3) {
    k2 = draw.pick([3, 4, 7]);
    g = draw.pick([2, 4]);
    c *= g;
    f *= g;
  }
  const right = (k * k2 * (c / g) + 1) * f;
  const mistakes = [[right - f, "biases"], [(k * k2 + 1) * f, "channels"], [(k * (c / g) + 1) * f, "square"], [right - f + 1, "one_bias"],
    [right / f, "one_filter"], [(k * k2 + 1) * (c / g) * f, "bias_per_channel"], [(k * k2 * c + 1) * f, "groups"],
    [right / g, "one_group"]];
  return { question: `question_${level}`, first: "first_conv", way: `way_${level}`, values: { k, k2, c, f, g }, right, mistakes };
}

function multiplyAccumulates({ draw, level }) {
  const h = draw.between(8, 32), k = draw.pick([2, 3, 5]);
  let c = draw.pick([1, 3, 8, 16]), f = draw.between(2, 32);
  const s = level === 1 ? 1 : draw.between(2, 3), g = level === 3 ? draw.pick([2, 4]) : 1;
  c *= g;
  f *= g;
  const out = outputSize(h, k, s, level === 3 ? "valid" : "same"), weights = k * k * (c / g) * f, places = out * out;
  const mistakes = [[weights, "places"], [places * k * k * f, "channels"], [(places * weights) / f, "filters"],
    [places * (weights + f), "bias"], [h * h * weights, "stride"], [places * weights * g, "groups"]];
  const values = { h, k, c, f, s, g, out };
  return { question: `question_${level}`, first: "first", way: level === 3 ? "way_3" : "way_1", values, right: places * weights, mistakes };
}

function fieldOf(layers) {
  let field = 1, step = 1;
  for (const [k, s] of layers) {
    field += (k - 1) * step;
    step *= s;
  }
  return field;
}

function receptiveField({ draw, level }) {
  const count = level === 3 ? 4 : draw.between(2, 3);
  const kernels = [[3, 5], [2, 3, 4, 5], [2, 3, 5]][level - 1], mostStride = level === 1 ? 1 : 3;
  const layers = Array.from({ length: count }, () => [draw.pick(kernels), draw.between(1, mostStride)]);
  const sizes = layers.map(([k]) => k), strides = layers.map(([, s]) => s);
  const own = [[1, strides[0]], ...sizes.map((k, i) => [k, strides[i + 1] ?? 1])];
  const mistakes = [[fieldOf(sizes.map((k) => [k, 1])), "strides"], [fieldOf(own), "own_stride"], [fieldOf([...layers].reverse()), "order"],
    [product(sizes), "multiply"], [sizes.reduce((a, b) => a + b), "overlap"]];
  const values = {
    layers: layers.map(([k, s]) => `${k}×${k} with stride ${s}`).join(", "),
    sum: sizes.map((k, i) => `${k - 1} · ${product(strides.slice(0, i))}`).join(" + "),
  };
  return { question: "question_1", first: "first", way: "way", values, right: fieldOf(layers), mistakes };
}

// A batch of four values with its mean and variance, or these two and one value.
function batch({ draw, level }) {
  if (level < 3) {
    const mean = draw.between(-5, 5), deviation = draw.between(2, 5);
    return { mean, variance: deviation ** 2, x: mean + deviation * draw.pick([-2, -1.5, -0.5, 0.5, 1.5, 2]) };
  }
  const values = [draw.between(-9, 9)];
  for (let i = 0; i < 3; i++) values.push(values.at(-1) + draw.between(1, 5));
  const mean = values.reduce((a, b) => a + b) / 4;
  return { values, mean, variance: values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / 4, x: values[0] };
}

function batchNorm({ draw, level, epsilon }) {
  const gamma = level === 1 ? 1 : draw.between(2, 4);
  let beta = level === 1 ? 0 : draw.pick([-3, -2, -1, 1, 2, 3]);
  const drawn = batch({ draw, level }), { mean, variance, x } = drawn;
  const root = Math.sqrt(variance + epsilon), normal = (x - mean) / root;
  if (Math.abs(gamma * normal + beta) < 0.25) beta += 1;
  const mistakes = [[gamma * ((x - mean) / (variance + epsilon)) + beta, "variance"], [gamma * (x / root) + beta, "mean"],
    [gamma * (x - mean) + beta, "divide"], [beta * normal + gamma, "exchanged"], [gamma * normal, "beta"], [normal + beta, "gamma"],
    [gamma * (normal + beta), "order"], [gamma * -normal + beta, "sign"]];
  if (level === 3) mistakes.push([gamma * ((x - mean) / Math.sqrt((variance * 4) / 3 + epsilon)) + beta, "one_less"]);
  const values = { ...drawn, gamma, beta };
  return { question: `question_${level}`, first: "first", way: "way", values, right: gamma * normal + beta, mistakes, isFloat: true };
}

function dropoutScaling({ draw, level, rates }) {
  const rate = draw.pick(rates), kept = 1 - rate;
  if (level === 3) {
    const mean = draw.between(0, 3), variance = draw.between(1, 4), squares = (variance + mean * mean) / kept;
    const mistakes = [[variance, "unchanged"], [variance / kept, "mean_counts"], [squares, "minus"], [variance * kept, "scaled_down"]];
    const values = { mean, variance, rate };
    return { question: "question_3", first: "first_variance", way: "way_3", values, right: squares - mean * mean, mistakes, isFloat: true };
  }
  const x = draw.between(1, 20), n = level === 2 ? draw.between(4, 12) : 1, m = level === 2 ? draw.between(1, n - 1) : 1, total = m * x;
  const mistakes = [[total, "unscaled"], [total * kept, "smaller"], [total / rate, "by_rate"], [total * (1 + rate), "added"],
    [n * x, "expected"]];
  const values = { x, n, m, rate };
  return { question: `question_${level}`, first: "first", way: `way_${level}`, values, right: total / kept, mistakes, isFloat: true };
}

// ---- gradients ----
const PLACES = [[0, 0], [0, 1], [1, 0], [1, 1]];
const turned = (table) => table.map((row) => [...row].reverse()).reverse();
const scaled = (table, factor) => table.map((row) => row.map((value) => factor * value));
const transposed = (table) => table[0].map((_, j) => table.map((row) => row[j]));

function toKernel(image, upstream, side, stride) {
  const met = [...Array(side).keys()];
  return met.map((i) => met.map((j) => PLACES.reduce((sum, [a, b]) => sum + upstream[a][b] * image[a * stride + i][b * stride + j], 0)));
}

// With `isSummed` false, each window overwrites what the ones before it gave: a usual mistake.
function toImage(kernel, upstream, isSummed = true) {
  const image = [[0, 0, 0], [0, 0, 0], [0, 0, 0]];
  for (const [a, b] of PLACES) {
    for (const [i, j] of PLACES) image[a + i][b + j] = upstream[a][b] * kernel[i][j] + (isSummed ? image[a + i][b + j] : 0);
  }
  return image;
}

function convGradients({ draw, level }) {
  const upstream = draw.table(2, -2, 2);
  if (level === 2) {
    const kernel = draw.table(2, -2, 2), right = toImage(kernel, upstream);
    const mistakes = [[toImage(turned(kernel), upstream), "turned"], [transposed(right), "transposed"],
      [toImage(kernel, upstream, false), "overwritten"], [scaled(right, -1), "sign"]];
    return { question: "question_2", first: "what", way: "way_image", values: { kernel, upstream }, right, mistakes };
  }
  const [side, stride] = level === 1 ? [2, 1] : [3, 2], image = draw.table(stride + side, 0, 4);
  const right = toKernel(image, upstream, side, stride);
  const mistakes = [[turned(right), "turned"], [transposed(right), "transposed"], [scaled(right, 1 / 4), "mean"],
    [toKernel(image, upstream, side, 1), "stride"], [scaled(right, -1), "sign"]];
  return { question: `question_${level}`, first: "what", way: "way_kernel", values: { image, upstream }, right, mistakes };
}

export const MAKERS = {
  output_size: outputSizes,
  parameters,
  multiply_accumulates: multiplyAccumulates,
  receptive_field: receptiveField,
  batch_norm: batchNorm,
  dropout_scaling: dropoutScaling,
  conv_gradients: convGradients,
};
