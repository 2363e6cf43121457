"""The dense layer and its way back."""

import numpy as np

from cnnbook.door import floats, halves_in_float32


@halves_in_float32
def dense(inputs: np.ndarray, kernel: np.ndarray, bias: np.ndarray | None = None) -> np.ndarray:
    """A dense layer: each unit sums all inputs, each times its own weight, and adds its bias.

    Args:
        inputs: (batch, ..., features).
        kernel: (features, units), as `layers.Dense` keeps it.
        bias: (units,), or None.

    Output shape:
        (batch, ..., units).

    Raises:
        TypeError, ValueError: an argument has the wrong type or shape; the message names it and what it takes.

    Example:
        >>> dense([[1, 2]], [[1, 0], [0, 10]], [0.5, 0.5]).tolist()
        [[1.5, 20.5]]
    """
    inputs, kernel = _settled(inputs, kernel)
    output = inputs @ kernel
    return output if bias is None else output + floats("bias", bias, shape=kernel.shape[1:], dtype=inputs.dtype)


@halves_in_float32
def dense_gradients(inputs: np.ndarray, kernel: np.ndarray, upstream: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Gradients of a dense layer's inputs, kernel and bias.

    Each error flows back through the weight it came through; a weight's gradient is its input times the error of its unit, summed over
    the batch. Source: Goodfellow, Bengio and Courville 2016, "Deep learning", section 6.5.

    Args:
        inputs, kernel: as `dense` was given them.
        upstream: gradient of the loss with respect to the output, (batch, ..., units).

    Raises:
        TypeError, ValueError: as `dense`; or `upstream` has another shape than the output.

    Example:
        >>> [gradient.tolist() for gradient in dense_gradients([[1, 2]], [[3], [4]], [[10]])]
        [[[30.0, 40.0]], [[10.0], [20.0]], [10.0]]
    """
    inputs, kernel = _settled(inputs, kernel)
    features, units = kernel.shape
    upstream = floats("upstream", upstream, shape=(*inputs.shape[:-1], units), dtype=inputs.dtype)
    rows = upstream.reshape(-1, units)
    return upstream @ kernel.T, inputs.reshape(-1, features).T @ rows, rows.sum(0)


def _settled(inputs: np.ndarray, kernel: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Inputs and kernel of one floating type that fit together."""
    inputs = floats("inputs", inputs)
    kernel = floats("kernel", kernel, 2, dtype=inputs.dtype)
    if inputs.ndim < 2 or inputs.shape[-1] != len(kernel):
        raise ValueError(f"inputs has shape {inputs.shape}; with a kernel of shape {kernel.shape} it takes (batch, ..., {len(kernel)})")
    return inputs, kernel
