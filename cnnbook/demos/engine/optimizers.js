// SGD, momentum and Adam, as Keras computes them.

function plain(weights, { rate }) {
  return () => {
    for (const { values, gradient } of weights) for (let i = 0; i < values.length; i++) values[i] -= rate * gradient[i];
  };
}

function momentum(weights, { rate, momentum: share }) {
  const speeds = weights.map(({ values }) => new Float32Array(values.length));
  return () => weights.forEach(({ values, gradient }, k) => {
    const speed = speeds[k];
    for (let i = 0; i < values.length; i++) {
      speed[i] = share * speed[i] - rate * gradient[i];
      values[i] += speed[i];
    }
  });
}

function adam(weights, { rate, beta1 = 0.9, beta2 = 0.999, epsilon = 1e-7 }) {
  const zeros = () => weights.map(({ values }) => new Float32Array(values.length)), means = zeros(), squares = zeros();
  let updates = 0;
  return () => {
    updates += 1;
    const step = (rate * Math.sqrt(1 - beta2 ** updates)) / (1 - beta1 ** updates);
    weights.forEach(({ values, gradient }, k) => {
      const mean = means[k], square = squares[k];
      for (let i = 0; i < values.length; i++) {
        mean[i] += (gradient[i] - mean[i]) * (1 - beta1);
        square[i] += (gradient[i] * gradient[i] - square[i]) * (1 - beta2);
        values[i] -= (step * mean[i]) / (Math.sqrt(square[i]) + epsilon);
      }
    });
  };
}

// name -> (weights, {rate, …}) -> a function that makes one update.
export const OPTIMIZERS = { sgd: plain, momentum, adam };
