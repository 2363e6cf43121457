"""Let a network train on several devices, or several machines, under a `tf.distribute` strategy."""

from collections.abc import Callable
from functools import wraps

from cnnbook.keras_quietly import Functional, keras


class ReplicatedModel(Functional):
    """A functional model that trains under `MirroredStrategy` and `MultiWorkerMirroredStrategy`.

    Keras (3.15) draws a batch to find out shapes, and thereby a first epoch's order, and fails to do so with several workers
    (keras-team/keras issue 20585). This model knows its shapes. And it gives its measurements as rows of one number, because
    Keras takes the mean over workers along an axis.
    """

    def _maybe_symbolic_build(self, iterator=None, data_batch=None) -> None:
        with self.distribute_strategy.scope():
            self._symbolic_build(data_batch=(self.inputs[0], self.outputs[0]))

    def train_step(self, data):
        """Keras's step, each measurement in a row."""
        return {name: value[None] for name, value in super().train_step(data).items()}

    def test_step(self, data):
        """Keras's step, each measurement in a row."""
        return {name: value[None] for name, value in super().test_step(data).items()}


def replicated(build: Callable[[], keras.Model]) -> Callable[[], keras.Model]:
    """`build`, for use with `training.train` inside a strategy's scope.

    The recipe's batch is divided among the replicas, and every BatchNormalization takes its means over the whole batch, all
    replicas' parts together. So the result is that of one device, up to rounding, unless the network draws at random in
    training: with Dropout each replica draws for itself.

    On several devices a process trains one network only: for a second one of other shapes TensorFlow (2.21) stops with "Shape
    mismatch in the collective instance" (tensorflow/tensorflow issue 62790).

    Raises:
        TypeError: `build` gives something other than a functional model.

    Example (not run by the tests: it trains for minutes):
        >>> with tf.distribute.MirroredStrategy().scope():  # doctest: +SKIP
        ...     model, run = training.train(replicated(models.mlp), cifar10, recipe, seed=0)
    """

    @wraps(build)
    def built() -> keras.Model:
        model = build()
        if type(model) is not Functional:
            raise TypeError(f"build gives a {type(model).__name__}; it takes a function whose model is keras.Model(inputs, outputs)")
        for layer in model.layers:
            if isinstance(layer, keras.layers.BatchNormalization):
                layer.synchronized = True  # its weights stay what they are
        model.__class__ = ReplicatedModel
        return model

    return built
