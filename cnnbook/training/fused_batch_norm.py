"""BatchNormalization on TensorFlow's fused kernel: Keras's layer, numbers and weights, in less time and memory.

Keras composes the layer from several small operations, each of which passes over the whole batch; on a CPU that takes
about four times as long as the one kernel TensorFlow has for it (keras-team/keras-core issue 225 asks for the same upstream).
`fused_batch_norm(model)` lends a model the kernel. Where the kernel does not know a case, Keras's own layer computes.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from cnnbook.keras_quietly import keras, tf


class FusedBatchNormalization(keras.layers.BatchNormalization):
    """`layers.BatchNormalization` with the same output, gradients and moving statistics (tests/test_fused_batch_norm.py)."""

    def call(self, inputs, training=None, mask=None):
        if mask is not None or not self._kernel_takes(inputs):
            return super().call(inputs, training=training, mask=mask)
        x = inputs if len(inputs.shape) == 4 else inputs[:, None, None, :]  # the kernel takes four dimensions
        learned = {"scale": self.gamma, "offset": self.beta, "epsilon": self.epsilon}
        if not training:
            known = {"mean": self.moving_mean, "variance": self.moving_variance}
            outputs, *_ = tf.raw_ops.FusedBatchNormV3(x=x, **learned, **known, is_training=False)
            return tf.reshape(outputs, tf.shape(inputs))
        outputs, mean, variance, *_ = tf.raw_ops.FusedBatchNormV3(x=x, **learned, mean=[], variance=[], is_training=True)
        count = tf.cast(tf.size(x) / x.shape[-1], tf.float32)
        variance *= (count - 1) / count  # the kernel reports the unbiased variance, Keras keeps the biased one
        self.moving_mean.assign(self.moving_mean * self.momentum + mean * (1 - self.momentum))
        self.moving_variance.assign(self.moving_variance * self.momentum + variance * (1 - self.momentum))
        return tf.reshape(outputs, tf.shape(inputs))

    def _kernel_takes(self, inputs) -> bool:
        """The kernel is used for float32 numbers, (batch, channels) or (batch, height, width, channels)."""
        return len(inputs.shape) in (2, 4) and inputs.dtype == tf.float32


def _is_plain(layer: keras.layers.BatchNormalization) -> bool:
    """The kernel knows channels last in float32, with scale and shift, over the batch of one device; the rank shows when it is called."""
    special = layer.renorm or layer.synchronized or not (layer.scale and layer.center and layer.trainable)
    if special or not layer.built or layer.axis not in (-1, layer.input_spec.ndim - 1):
        return False
    return layer.compute_dtype == layer.variable_dtype == "float32"


@contextmanager
def fused_batch_norm(model: keras.Model) -> Iterator[None]:
    """Let every BatchNormalization of `model` use the kernel inside the `with` block; its weights stay where they are.

    Those inside a nested model stay Keras's.

    Example:
        >>> model = keras.Sequential([keras.Input((8, 8, 3)), keras.layers.BatchNormalization()])
        >>> with fused_batch_norm(model):
        ...     type(model.layers[0]).__name__
        'FusedBatchNormalization'
    """
    swapped = [layer for layer in model.layers if type(layer) is keras.layers.BatchNormalization and _is_plain(layer)]
    for layer in swapped:
        layer.__class__ = FusedBatchNormalization
    try:
        yield
    finally:
        for layer in swapped:
            layer.__class__ = keras.layers.BatchNormalization
