"""Muon, an optimizer that turns each update of a weight matrix into one of equal strength in all directions."""

from collections.abc import Iterable

from cnnbook.keras_quietly import keras

ops = keras.ops


class Muon(keras.optimizers.Muon):
    """`keras.optimizers.Muon`, which leaves a convolution's kernel to Adam, with such a kernel as a matrix too.

    A kernel (height, width, channels, filters) counts as a matrix of height * width * channels rows and a column for each
    filter, as in the optimizer's first implementation (Jordan et al. 2024). Biases, the scales and shifts of
    BatchNormalization, and the variables in `adams` are left to Adam.

    Args:
        learning_rate, **settings: as Keras's; its choice of layers by their names is not used.
        adams: variables of the model, whatever they are called.

    Example:
        >>> Muon(0.006).learning_rate.numpy().round(3)
        np.float32(0.006)
    """

    def __init__(self, learning_rate=0.001, *, adams: Iterable[keras.Variable] = (), **settings):
        super().__init__(learning_rate, **settings)
        self.adams = frozenset(id(variable) for variable in adams)  # the model keeps them alive

    def _should_use_adamw(self, variable) -> bool:
        return len(variable.shape) not in (2, 4) or id(variable) in self.adams

    def zeropower_via_newtonschulz5(self, x, steps: int):
        """Shape and dtype as `x`; as a matrix, its singular values are near 1 and its singular vectors those of `x`."""
        return ops.reshape(super().zeropower_via_newtonschulz5(_matrix(x), steps), x.shape)

    def lr_adjust(self, x):
        """`x` times what makes its root mean square about that of an update by Adam (Liu et al. 2025)."""
        return ops.reshape(super().lr_adjust(_matrix(x)), x.shape)


def left_to_adam(model: keras.Model) -> list[keras.Variable]:
    """The kernel that gives the logits, the last of the model, and the tables of its Embedding layers; nested models are looked into.

    Example:
        >>> network = keras.Sequential([keras.Input((2,)), keras.layers.Dense(3), keras.layers.Dense(1)])
        >>> [tuple(variable.shape) for variable in left_to_adam(network)]
        [(3, 1)]
    """
    kernels = [variable for variable in model.trainable_variables if len(variable.shape) > 1]
    embeddings = [layer for layer in model._flatten_layers(include_self=False) if isinstance(layer, keras.layers.Embedding)]
    return kernels[-1:] + [variable for layer in embeddings for variable in layer.trainable_variables]


def _matrix(x):
    return ops.reshape(x, (-1, x.shape[-1]))
