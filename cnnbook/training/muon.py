"""Muon, an optimizer that turns each update of a weight matrix into one of equal strength in all directions."""

import re

from cnnbook.keras_quietly import keras

ops = keras.ops


class Muon(keras.optimizers.Muon):
    """`keras.optimizers.Muon`, which leaves a convolution's kernel to Adam, with such a kernel as a matrix too.

    A kernel (height, width, channels, filters) counts as a matrix of height * width * channels rows and a column for each
    filter, as in the optimizer's first implementation (Jordan et al. 2024). Biases, the scales and shifts of
    BatchNormalization, and the layers of `exclude_layers` are left to Adam.

    Example:
        >>> Muon(0.006, exclude_layers=["logits"]).learning_rate.numpy().round(3)
        np.float32(0.006)
    """

    def _should_use_adamw(self, variable) -> bool:
        if len(variable.shape) != 4:
            return super()._should_use_adamw(variable)
        return any(re.search(keyword, variable.path) for keyword in self.exclude_layers)

    def zeropower_via_newtonschulz5(self, x, steps: int):
        """Shape and dtype as `x`; as a matrix, its singular values are near 1 and its singular vectors those of `x`."""
        return ops.reshape(super().zeropower_via_newtonschulz5(_matrix(x), steps), x.shape)

    def lr_adjust(self, x):
        """`x` times what makes its root mean square about that of an update by Adam (Liu et al. 2025)."""
        return ops.reshape(super().lr_adjust(_matrix(x)), x.shape)


def _matrix(x):
    return ops.reshape(x, (-1, x.shape[-1]))
