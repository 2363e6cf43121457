"""The trained CNN of chapter 8 without Keras: its layers, its weights from the record, and what each layer makes of images."""

from dataclasses import dataclass
from functools import cache

import numpy as np

from cnnbook import article, data, records
from cnnbook.arithmetic import conv_output_size
from cnnbook.reference import batch_norm, conv2d

FACTS = {"kernel_size": article.KERNEL_SIZE, "slope": article.LEAKY_SLOPE, "epsilon": article.EPSILON}  # that the page's network needs too


@dataclass(frozen=True)
class Layer:
    """One step of the network: `kind` is input, conv, norm, act, dense or softmax, `shape` its (height, width, channels)."""

    name: str
    kind: str
    shape: tuple[int, int, int]
    stride: int = 1


def layers() -> list[Layer]:
    """All steps in order. Flatten and Dropout are none: in prediction they change no number."""
    side, steps = article.INPUT_SHAPE[0], [Layer("input", "input", article.INPUT_SHAPE)]
    for n, (filters, stride) in enumerate(article.CONVOLUTIONS, 1):
        side = conv_output_size(side, article.KERNEL_SIZE, stride, "same")
        shape = (side, side, filters)
        steps += [
            Layer(f"convolution {n}", "conv", shape, stride),
            Layer(f"BatchNorm {n}", "norm", shape),
            Layer(f"activation {n}", "act", shape),
        ]
    hidden, classes = (1, 1, article.DENSE_UNITS), (1, 1, article.CLASSES)
    n = len(article.CONVOLUTIONS) + 1
    steps += [Layer("dense", "dense", hidden), Layer(f"BatchNorm {n}", "norm", hidden), Layer(f"activation {n}", "act", hidden)]
    return [*steps, Layer("logits", "dense", classes), Layer("probabilities", "softmax", classes)]


@cache
def weights() -> dict[str, list[np.ndarray]]:
    """The arrays of each layer that has some: kernel and bias, or gamma, beta, moving mean and moving variance."""
    import h5py

    # Keras numbers the layers of each kind in their order in the network, the first without a number.
    groups = {"conv": "conv2d", "norm": "batch_normalization", "dense": "dense"}
    seen, found = dict.fromkeys(groups, 0), {}
    with h5py.File(records.weights_path("cnn")) as file:
        for layer in layers():
            if layer.kind not in groups:
                continue
            number = seen[layer.kind]
            seen[layer.kind] += 1
            stored = file["layers"][groups[layer.kind] + (f"_{number}" if number else "")]["vars"]
            found[layer.name] = [stored[str(i)][:] for i in range(len(stored))]
    return found


def steps(pixels: np.ndarray, arrays: dict[str, list[np.ndarray]] | None = None) -> dict[str, np.ndarray]:
    """What each layer makes of `pixels`, uint8 (batch, 32, 32, 3): arrays (batch, height, width, channels) by layer name.

    Raises:
        ValueError: `pixels` has another shape or type.

    Example:
        >>> steps(np.zeros((1, 32, 32, 3), np.uint8))["probabilities"].shape
        (1, 1, 1, 10)
    """
    pixels, arrays = np.asarray(pixels), arrays or weights()
    if pixels.dtype != np.uint8 or pixels.ndim != 4 or pixels.shape[1:] != article.INPUT_SHAPE:
        takes = f"(batch, {', '.join(map(str, article.INPUT_SHAPE))})"
        raise ValueError(f"pixels is {pixels.dtype} of shape {pixels.shape}; it takes uint8 of shape {takes}")
    x, made = data.scale(pixels).astype(np.float64), {}
    for layer in layers():
        if layer.kind == "conv":
            kernel, bias = arrays[layer.name]
            x = conv2d(x, kernel.astype(np.float64), bias, stride=layer.stride, padding="same")
        elif layer.kind == "norm":
            x = batch_norm(x, *arrays[layer.name], epsilon=article.EPSILON)
        elif layer.kind == "act":
            x = np.where(x > 0, x, article.LEAKY_SLOPE * x)
        elif layer.kind == "dense":
            kernel, bias = arrays[layer.name]
            x = (x.reshape(len(x), -1) @ kernel.astype(np.float64) + bias).reshape(-1, *layer.shape)
        elif layer.kind == "softmax":
            powers = np.exp(x - x.max(-1, keepdims=True))
            x = powers / powers.sum(-1, keepdims=True)
        made[layer.name] = x
    return made


def rounded(kernel: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """A dense kernel as 16-bit integers and one scale an output: kernel ≈ integers * scales, off by half a scale at most."""
    scales = (np.abs(kernel).max(axis=0) / np.iinfo(np.int16).max).astype("<f4")
    return np.rint(kernel / scales).astype("<i2"), scales


def packed() -> bytes:
    """The weights as the page's script reads them, little-endian, layers in order.

    First everything as 32-bit numbers, but for the first dense layer only the scales of its kernel; then that kernel, which is
    nine tenths of the network, as 16-bit integers. Half-precision floats or 16-bit convolutions would move a probability by
    more than 0.0001.
    """
    integers, scales = rounded(weights()["dense"][0])
    numbers = {**weights(), "dense": [scales, weights()["dense"][1]]}
    return b"".join(array.astype("<f4").tobytes() for arrays in numbers.values() for array in arrays) + integers.tobytes()
