// Arithmetic that demos share: sizes, zeros of the padding, one unit of a convolution. Nothing here knows a page.

export function outputSize(size, kernel, stride, padding) {
  return padding === "same" ? Math.ceil(size / stride) : Math.floor((size - kernel) / stride) + 1;
}

// Zeros before an axis, as TensorFlow pads: the odd one goes after.
export function zerosBefore(size, kernel, stride, padding) {
  if (padding !== "same") return 0;
  return Math.floor(Math.max((Math.ceil(size / stride) - 1) * stride + kernel - size, 0) / 2);
}

// One cell of a feature map: {patches, products, sums} per channel, and the total. `image` is [row][column][channel].
export function convolveAt(image, kernel, bias, { stride, padding }, row, column) {
  const top = row * stride - zerosBefore(image.length, kernel.length, stride, padding);
  const left = column * stride - zerosBefore(image[0].length, kernel[0].length, stride, padding);
  const channels = kernel[0][0].length;
  const patches = [], products = [], sums = [];
  for (let c = 0; c < channels; c++) {
    patches.push(kernel.map((line, i) => line.map((_, j) => image[top + i]?.[left + j]?.[c] ?? 0)));
    products.push(kernel.map((line, i) => line.map((weights, j) => weights[c] * patches[c][i][j])));
    sums.push(products[c].flat().reduce((a, b) => a + b, 0));
  }
  return { top, left, patches, products, sums, total: sums.reduce((a, b) => a + b, 0) + bias };
}
