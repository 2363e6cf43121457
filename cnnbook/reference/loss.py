"""Softmax and cross-entropy, and their ways back."""

import numpy as np

from cnnbook.door import floats, halves_in_float32

ROUNDING = 1e-3  # how far from 1 the probabilities of a label may add up, after rounding to half precision


@halves_in_float32
def softmax(logits: np.ndarray) -> np.ndarray:
    """Probabilities from logits, over the last axis: exp(logit), divided by the sum of all of them.

    The largest logit is subtracted first: that changes no probability, and no exponential overflows.
    Source: Goodfellow, Bengio and Courville 2016, "Deep learning", section 4.1.

    Args:
        logits: (..., classes).

    Raises:
        TypeError, ValueError: `logits` holds no real numbers, or has no axis.

    Example:
        >>> softmax([[0, 0], [1000, 0]]).tolist()
        [[0.5, 0.5], [1.0, 0.0]]
    """
    return np.exp(_log_softmax(_settled(logits)))


@halves_in_float32
def softmax_gradients(logits: np.ndarray, upstream: np.ndarray) -> np.ndarray:
    """Gradient of softmax's logits: probability times (error minus the error that the probabilities expect).

    Source: Goodfellow, Bengio and Courville 2016, "Deep learning", section 6.2.2.3.

    Args:
        logits: as `softmax` was given them.
        upstream: gradient of the loss with respect to the probabilities, in the shape of `logits`.

    Raises:
        TypeError, ValueError: as `softmax`; or `upstream` has another shape.

    Example:
        >>> softmax_gradients([[0, 0]], [[4, 0]]).tolist()
        [[1.0, -1.0]]
    """
    logits = _settled(logits)
    upstream = floats("upstream", upstream, shape=logits.shape, dtype=logits.dtype)
    probabilities = np.exp(_log_softmax(logits))
    return probabilities * (upstream - (probabilities * upstream).sum(-1, keepdims=True))


@halves_in_float32
def softmax_cross_entropy(logits: np.ndarray, labels: np.ndarray) -> np.floating:
    """Cross-entropy of softmax, the mean over the batch: minus the logarithm of the probability that the true class gets.

    Equals `keras.losses.CategoricalCrossentropy(from_logits=True)`.

    Args:
        logits: (batch, classes).
        labels: (batch, classes), one-hot; or other probabilities that add up to 1.

    Raises:
        TypeError, ValueError: an argument holds no real numbers, a shape differs, or a label is negative or does not add up to 1.

    Example:
        >>> float(softmax_cross_entropy(np.zeros((1, 10)), np.eye(10)[[3]]).round(4))
        2.3026
    """
    logits, labels = _settled_pair(logits, labels)
    return -(labels * _log_softmax(logits)).sum(1).mean()


@halves_in_float32
def softmax_cross_entropy_gradients(logits: np.ndarray, labels: np.ndarray) -> np.ndarray:
    """Gradient of the logits of `softmax_cross_entropy`: probabilities minus one-hot label, divided by the size of the batch.

    The division is the mean's: the loss is one number for the whole batch, and each image has its share in it. This is where the way
    back begins, so there is no `upstream`. Source: Bishop 2006, "Pattern recognition and machine learning", eq. 4.109.

    Args and errors are those of `softmax_cross_entropy`.

    Example:
        >>> softmax_cross_entropy_gradients([[0, 0], [0, 0]], [[1, 0], [0, 1]]).tolist()
        [[-0.25, 0.25], [0.25, -0.25]]
    """
    logits, labels = _settled_pair(logits, labels)
    return (np.exp(_log_softmax(logits)) - labels) / len(logits)


def _log_softmax(logits: np.ndarray) -> np.ndarray:
    shifted = logits - logits.max(-1, keepdims=True)
    return shifted - np.log(np.exp(shifted).sum(-1, keepdims=True))


def _settled(logits: np.ndarray, dimensions: int | None = None) -> np.ndarray:
    logits = floats("logits", logits, dimensions)
    if logits.ndim == 0:
        raise ValueError("logits has shape (); it takes (..., classes)")
    return logits


def _settled_pair(logits: np.ndarray, labels: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    logits = _settled(logits, 2)
    labels = floats("labels", labels, shape=logits.shape, dtype=logits.dtype)
    totals = labels.sum(1)
    if not (np.all(labels >= 0) and np.allclose(totals, 1, rtol=0, atol=ROUNDING)):
        worst = np.argmax(np.where(labels.min(1) >= 0, np.abs(totals - 1), np.inf))
        raise ValueError(f"labels has the row {labels[worst]}; it takes one-hot rows, or probabilities that add up to 1")
    return logits, labels
