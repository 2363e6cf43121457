"""The kinds of drill: what each draws, what is right, and how people get it wrong. `page/drill_kinds.js` is the twin of this file."""

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from cnnbook import arithmetic, reference
from cnnbook.exercises.draws import Draws

LEVELS = 3
EPSILON = 1e-3  # Keras's own
RATES = (0.1, 0.2, 0.25, 0.4, 0.5, 0.6, 0.75, 0.8)


@dataclass(frozen=True)
class Made:
    """What a kind of drill makes: which sentences, the numbers in them, what is right and what is a mistake."""

    question: str
    first: str
    way: str
    values: dict[str, object]
    right: object
    mistakes: list[tuple[object, str]]


def _output_size(draws: Draws, level: int) -> Made:
    n = draws.between(*((8, 32), (20, 99), (40, 120))[level - 1])

    def layer() -> tuple[int, int, str]:
        kernels, strides = (((2, 3, 4, 5), (1, 2)), ((2, 3, 4, 5, 7), (2, 4)), ((2, 3, 5, 7), (1, 3)))[level - 1]
        return draws.pick(kernels), draws.between(*strides), draws.pick(("same", "valid"))

    def side(n: int, k: int, s: int, padding: str) -> int:
        return arithmetic.conv_output_size(n, k, s, padding)

    k, s, padding = layer()
    other = {"same": "valid", "valid": "same"}
    values, right = {"n": n, "k": k, "s": s, "padding": padding}, side(n, k, s, padding)
    if level == LEVELS:
        k2, s2, padding2 = layer()
        swapped = side(side(n, k, s, other[padding]), k2, s2, other[padding2])
        mistakes = [(right, "one_layer"), (n // (s * s2), "at_once"), (swapped, "other_padding")]
        values |= {"k2": k2, "s2": s2, "padding2": padding2, "middle": right}
        return Made("question_3", "first_two", "way_two", values, side(right, k2, s2, padding2), mistakes)
    mistakes = [(side(n, k, s, other[padding]), "other_padding"), (side(n, k, 1, padding), "stride_forgotten")]
    if padding == "same":
        mistakes = [(n // s, "rounded_down"), *mistakes]
    else:
        mistakes = [((n - k) // s, "add_one"), (-(-(n - k) // s) + 1, "rounded_up"), *mistakes]
    return Made("question_1", f"first_{padding}", f"way_{padding}", values, right, mistakes)


def _parameters(draws: Draws, level: int) -> Made:
    if level == 2:
        h, c, u = draws.between(4, 12), draws.pick((8, 16, 32)), draws.between(5, 128)
        right = arithmetic.dense_parameters(h * h * c, u)
        mistakes = [(right - u, "biases"), (right - u + 1, "one_bias"), ((h * c + 1) * u, "square"), ((h * h + 1) * u, "channels")]
        return Made("question_2", "first_dense", "way_2", {"h": h, "c": c, "u": u}, right, mistakes)
    k, c, f, g = draws.pick((2, 3, 5)), draws.pick((1, 3, 8, 16)), draws.between(2, 32), 1
    k2 = k
    if level == LEVELS:
        k2, g = draws.pick((3, 4, 7)), draws.pick((2, 4))
        c, f = c * g, f * g
    right = arithmetic.conv_parameters((k, k2), c, f, groups=g)
    mistakes = [
        (right - f, "biases"),
        (arithmetic.conv_parameters((k, k2), 1, f), "channels"),
        (arithmetic.conv_parameters((k, 1), c // g, f), "square"),
        (right - f + 1, "one_bias"),
        (right // f, "one_filter"),
        ((k * k2 + 1) * c // g * f, "bias_per_channel"),
        (arithmetic.conv_parameters((k, k2), c, f), "groups"),
        (right // g, "one_group"),
    ]
    return Made(f"question_{level}", "first_conv", f"way_{level}", {"k": k, "k2": k2, "c": c, "f": f, "g": g}, right, mistakes)


def _multiply_accumulates(draws: Draws, level: int) -> Made:
    h, k, c, f = draws.between(8, 32), draws.pick((2, 3, 5)), draws.pick((1, 3, 8, 16)), draws.between(2, 32)
    s, g = (1 if level == 1 else draws.between(2, 3)), (draws.pick((2, 4)) if level == LEVELS else 1)
    c, f = c * g, f * g
    out = arithmetic.conv_output_size(h, k, s, "valid" if level == LEVELS else "same")
    weights = arithmetic.conv_parameters(k, c, f, use_bias=False, groups=g)
    mistakes = [
        (weights, "places"),
        (out * out * k * k * f, "channels"),
        (out * out * weights // f, "filters"),
        (out * out * (weights + f), "bias"),
        (h * h * weights, "stride"),
        (out * out * weights * g, "groups"),
    ]
    values = {"h": h, "k": k, "c": c, "f": f, "s": s, "g": g, "out": out}
    right = arithmetic.conv_multiply_accumulates(out, k, c, f, groups=g)
    return Made(f"question_{level}", "first", "way_3" if level == LEVELS else "way_1", values, right, mistakes)


def _receptive_field(draws: Draws, level: int) -> Made:
    count = LEVELS + 1 if level == LEVELS else draws.between(2, 3)
    kernels, most_stride = ((3, 5), (2, 3, 4, 5), (2, 3, 5))[level - 1], 1 if level == 1 else 3
    layers = [(draws.pick(kernels), draws.between(1, most_stride)) for _ in range(count)]
    sizes, strides = zip(*layers, strict=True)
    right = arithmetic.receptive_field(layers)
    mistakes = [
        (arithmetic.receptive_field([(k, 1) for k in sizes]), "strides"),
        (arithmetic.receptive_field([(1, strides[0]), *zip(sizes, [*strides[1:], 1], strict=True)]), "own_stride"),
        (arithmetic.receptive_field(layers[::-1]), "order"),
        (math.prod(sizes), "multiply"),
        (sum(sizes), "overlap"),
    ]
    values = {"layers": ", ".join(f"{k}×{k} with stride {s}" for k, s in layers)}
    steps = [math.prod(strides[:i]) for i in range(count)]
    values["sum"] = " + ".join(f"{k - 1} · {step}" for k, step in zip(sizes, steps, strict=True))
    return Made("question_1", "first", "way", values, right, mistakes)


def _batch_norm(draws: Draws, level: int) -> Made:
    gamma, beta = (1, 0) if level == 1 else (draws.between(2, 4), draws.pick((-3, -2, -1, 1, 2, 3)))
    values = {}
    if level == LEVELS:
        batch = [draws.between(-9, 9)]
        for _ in range(3):
            batch.append(batch[-1] + draws.between(1, 5))
        x, mean = batch[0], sum(batch) / 4
        variance = sum((value - mean) ** 2 for value in batch) / 4
        values["values"] = batch
    else:
        mean, deviation = draws.between(-5, 5), draws.between(2, 5)
        x, variance = mean + deviation * draws.pick((-2, -1.5, -0.5, 0.5, 1.5, 2)), deviation**2
    root = math.sqrt(variance + EPSILON)
    normal = (x - mean) / root
    if abs(gamma * normal + beta) < 0.25:  # a number near 0 could only be answered with many digits
        beta += 1
    values |= {"mean": mean, "variance": variance, "x": x, "gamma": gamma, "beta": beta}
    mistakes = [
        (gamma * ((x - mean) / (variance + EPSILON)) + beta, "variance"),
        (gamma * (x / root) + beta, "mean"),
        (float(gamma * (x - mean) + beta), "divide"),
        (beta * normal + gamma, "exchanged"),
        (gamma * normal, "beta"),
        (normal + beta, "gamma"),
        (gamma * (normal + beta), "order"),
        (gamma * -normal + beta, "sign"),
    ]
    if level == LEVELS:  # elsewhere the variance is given, and not how many values it was taken of
        mistakes.append((gamma * ((x - mean) / math.sqrt(variance * 4 / 3 + EPSILON)) + beta, "one_less"))
    return Made(f"question_{level}", "first", "way", values, gamma * normal + beta, mistakes)


def _dropout_scaling(draws: Draws, level: int) -> Made:
    rate = draws.pick(RATES)
    kept = 1 - rate
    if level == LEVELS:
        mean, variance = draws.between(0, 3), draws.between(1, 4)
        squares = (variance + mean * mean) / kept
        mistakes = [(float(variance), "unchanged"), (variance / kept, "mean_counts"), (squares, "minus"), (variance * kept, "scaled_down")]
        values = {"mean": mean, "variance": variance, "rate": rate}
        return Made("question_3", "first_variance", "way_3", values, squares - mean * mean, mistakes)
    x, n, m = draws.between(1, 20), 1, 1
    if level == 2:
        n = draws.between(4, 12)
        m = draws.between(1, n - 1)
    total = float(m * x)
    mistakes = [(total, "unscaled"), (total * kept, "smaller"), (total / rate, "by_rate"), (total * (1 + rate), "added")]
    mistakes += [(float(n * x), "expected")]
    return Made(f"question_{level}", "first", f"way_{level}", {"x": x, "n": n, "m": m, "rate": rate}, total / kept, mistakes)


def _conv_gradients(draws: Draws, level: int) -> Made:
    upstream = draws.table(2, -2, 2)
    if level == 2:
        kernel = draws.table(2, -2, 2)
        right = _to_image(kernel, upstream)
        mistakes = [(_to_image(_turned(kernel), upstream), "turned"), (_transposed(right), "transposed")]
        mistakes += [(_overwritten(kernel, upstream), "overwritten"), (_scaled(right, -1), "sign")]
        return Made("question_2", "what", "way_image", {"kernel": kernel, "upstream": upstream}, right, mistakes)
    side, stride = (2, 1) if level == 1 else (3, 2)
    image = draws.table(stride + side, 0, 4)
    right = _to_kernel(image, upstream, side, stride)
    mistakes = [(_turned(right), "turned"), (_transposed(right), "transposed"), (_scaled(right, 1 / 4), "mean")]
    mistakes += [(_to_kernel(image, upstream, side, 1), "stride"), (_scaled(right, -1), "sign")]
    return Made(f"question_{level}", "what", "way_kernel", {"image": image, "upstream": upstream}, right, mistakes)


def _to_kernel(image: list, upstream: list, side: int, stride: int) -> list[list]:
    """Gradient by the kernel of a convolution of one channel, of as much of the image as the windows reach."""
    met = np.array(image, float)[None, : side + stride, : side + stride, None]
    _, kernels, _ = reference.conv2d_gradients(met, np.zeros((side, side, 1, 1)), _map(upstream), stride=stride)
    return _rows(kernels[:, :, 0, 0])


def _to_image(kernel: list, upstream: list) -> list[list]:
    """Gradient by the image of a convolution of one channel, both tables being 2×2."""
    images, _, _ = reference.conv2d_gradients(np.zeros((1, 3, 3, 1)), np.array(kernel, float)[:, :, None, None], _map(upstream))
    return _rows(images[0, :, :, 0])


def _map(table: list) -> np.ndarray:
    return np.array(table, float)[None, :, :, None]


def _rows(table: np.ndarray) -> list[list]:
    return table.astype(int).tolist()


def _overwritten(kernel: list, upstream: list) -> list[list]:
    """`_to_image` where each window overwrites what the ones before it gave."""
    image = [[0] * 3 for _ in range(3)]
    for a, b, i, j in np.ndindex(2, 2, 2, 2):
        image[a + i][b + j] = upstream[a][b] * kernel[i][j]
    return image


def _scaled(table: list, factor: float) -> list[list]:
    return [[factor * value for value in row] for row in table]


def _turned(table: list) -> list[list]:
    return [row[::-1] for row in table[::-1]]


def _transposed(table: list) -> list[list]:
    return [list(column) for column in zip(*table, strict=True)]


MAKERS: dict[str, Callable[[Draws, int], Made]] = {
    "output_size": _output_size,
    "parameters": _parameters,
    "multiply_accumulates": _multiply_accumulates,
    "receptive_field": _receptive_field,
    "batch_norm": _batch_norm,
    "dropout_scaling": _dropout_scaling,
    "conv_gradients": _conv_gradients,
}
