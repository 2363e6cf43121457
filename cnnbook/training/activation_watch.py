"""Watch what enters and what leaves a network's activations while it trains: histograms, and how far it moves in one update."""

import numpy as np

from cnnbook import door
from cnnbook.keras_quietly import keras, layers
from cnnbook.run_record import ActivationRecord

STEPS, BINS = 28, 48
SAMPLE = 20_000  # values of each layer that the histograms are made of
CHANNELS = 6  # of each layer, the first ones, that are recorded one by one
LEAVING = ("mean", "sd", "low", "high")  # what is measured of a channel behind its activation; low and high are percentiles:
PERCENTILES = (10, 90)


def watched_steps(updates: int, count: int = STEPS) -> list[int]:
    """0 and at most `count` more numbers of updates, each a constant factor later than the one before, below `updates`.

    Raises:
        TypeError, ValueError: `updates` or `count` is no whole number of at least 1.

    Example:
        >>> watched_steps(100, 3)
        [0, 1, 10, 99]
    """
    updates, count = door.whole("updates", updates), door.whole("count", count)
    if updates == 1:
        return [0]
    return sorted({0, *np.geomspace(1, updates - 1, count).round().astype(int).tolist()})


class ActivationWatch(keras.callbacks.Callback):
    """At chosen updates, what enters and what leaves each LeakyReLU for a fixed set of images, as training sees it.

    The network is asked in training mode, so that BatchNormalization uses the batch's own statistics, and its moving
    statistics and random states are put back afterwards: a watched run ends exactly like an unwatched one.

    Args:
        images: (n, 32, 32, 3), scaled.
        updates: how many updates the training takes.

    Raises:
        TypeError, ValueError: `images` are no numbers of four dimensions, `updates` is no whole number of at least 1; once training
            begins, the network has no LeakyReLU.
    """

    def __init__(self, images: np.ndarray, updates: int):
        super().__init__()
        self.images, self.watched = door.floats("images", images, 4), watched_steps(updates)
        self.step, self.before = 0, None
        self.samples, self.means, self.sds, self.moved = [], [], [], []
        self.left_moved, self.channels = {of: [] for of in LEAVING}, []

    def on_train_begin(self, logs=None):
        activations = [layer for layer in self.model.layers if isinstance(layer, layers.LeakyReLU)]
        if not activations:
            raise ValueError(f"model {self.model.name!r} has no LeakyReLU whose inputs could be watched")
        self.probe = keras.Model(self.model.inputs, [[layer.input for layer in activations], [layer.output for layer in activations]])
        self._look()

    def on_train_batch_end(self, batch, logs=None):
        self.step += 1
        self._look()

    def _look(self) -> None:
        first, second = self.step in self.watched, self.before is not None
        if not (first or second):
            return
        with np.errstate(all="ignore"):  # in a training that fails, numbers overflow, and that is what is recorded
            self._measure(first, second)

    def _measure(self, first: bool, second: bool) -> None:
        kept = [(variable, variable.numpy()) for variable in self.probe.non_trainable_variables]
        entering, leaving = (
            [np.asarray(value).reshape(-1, value.shape[-1]) for value in values] for values in self.probe([self.images], training=True)
        )
        for variable, value in kept:
            variable.assign(value)
        seen = [np.stack([value.mean(0), value.std(0)]) for value in entering], [_of_channels(value) for value in leaving]
        if second:
            entered, left = ([_moved(*layer) for layer in zip(*layers, strict=True)] for layers in zip(self.before, seen, strict=True))
            self.moved.append([shifts[0] for shifts in entered])
            for of, shifts in zip(LEAVING, zip(*left, strict=True), strict=True):
                self.left_moved[of].append(shifts)
        self.before = seen if first else None
        if first:
            self.samples.append([value.ravel()[:: max(1, value.size // SAMPLE)] for value in entering])
            self.means.append([round(float(value.mean()), 4) for value in entering])
            self.sds.append([round(float(value.std()), 4) for value in entering])
            self.channels.append([_shown(layer) for layer in seen[1]])

    def record(self, experiment: str, seed: int) -> ActivationRecord:
        """What was seen, once training has ended."""
        seen = (self.samples, self.means, self.sds, self.moved, *self.left_moved.values(), self.channels)
        samples, means, sds, moved, *left_moved, channels = ([list(layer) for layer in zip(*steps, strict=True)] for steps in seen)
        reaches = [round(max(_reach(values) for values in layer), 3) for layer in samples]
        counts = [[_histogram(values, reach) for values in layer] for layer, reach in zip(samples, reaches, strict=True)]
        left = dict(zip(LEAVING, left_moved, strict=True))
        return ActivationRecord(experiment, seed, len(self.images), self.watched, reaches, counts, means, sds, moved, left, channels)


def _reach(values: np.ndarray) -> float:
    """Within which nearly all values lie, of those that are finite; 1 where none is, in a training that has failed."""
    finite = np.abs(values[np.isfinite(values)])
    return float(np.percentile(finite, 99.5)) if finite.size else 1.0


def _histogram(values: np.ndarray, reach: float) -> list[int]:
    """Thousandths of the values in each bin from -reach to reach; those beyond count in the last bins, NaN in none."""
    counts, _ = np.histogram(values.clip(-reach, np.nextafter(reach, 0)), bins=BINS, range=(-reach, reach))
    return np.rint(1000 * counts / values.size).astype(int).tolist()


def _of_channels(values: np.ndarray) -> np.ndarray:
    """LEAVING of each channel: (4, channels), of values (n, channels)."""
    return np.stack([values.mean(0), values.std(0), *np.percentile(values, PERCENTILES, axis=0)])


def _shown(layer: np.ndarray) -> list[list[float]]:
    """[low, mean, high] of the first channels, to three digits."""
    mean, _, low, high = layer[:, :CHANNELS]
    return [[float(f"{value:.3g}") for value in channel] for channel in zip(low, mean, high, strict=True)]


def _moved(before: np.ndarray, after: np.ndarray) -> list[float]:
    """How far each quantity of a channel has moved, in the channel's standard deviations before, averaged over the channels.

    Args:
        before, after: (quantities, channels), the mean first and the standard deviation second.
    """
    return [round(float(shift), 5) for shift in np.mean(np.abs(after - before) / (before[1] + 1e-12), axis=1)]
