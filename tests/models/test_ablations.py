"""The changed networks differ from the whole network in what their names say, and in nothing else."""

from dataclasses import replace

import numpy as np
import pytest

from cnnbook import models, records
from cnnbook.keras_quietly import keras
from cnnbook.models import ablations
from cnnbook.models.ablations import ChannelNoise
from cnnbook.recipes import recipe_of
from cnnbook.training import digests, experiments
from cnnbook.training.experiments import EXPERIMENTS, Experiment


def names(model) -> list[str]:
    return [type(layer).__name__ for layer in model.layers]


def without(kinds, model=None) -> list[str]:
    return [name for name in names(model or models.cnn()) if name not in kinds]


def test_with_nothing_changed_it_is_the_whole_network():
    ours, whole = (model.get_config()["layers"] for model in (ablations._network("cnn"), models.cnn()))
    for layer, expected in zip(ours, whole, strict=True):
        own = {"name"}
        assert layer["class_name"] == expected["class_name"]
        kept = ({key: value for key, value in entry["config"].items() if key not in own} for entry in (layer, expected))
        assert next(kept) == next(kept)


@pytest.mark.parametrize(
    ("build", "expected"),
    [
        (ablations.without_batch_norm, without({"BatchNormalization"})),
        (ablations.without_dropout, without({"Dropout"})),
    ],
)
def test_what_is_taken_out_is_gone_and_the_rest_is_there(build, expected):
    assert names(build()) == expected


def test_the_order_of_layers_is_changed_as_the_name_says():
    after = names(ablations.batch_norm_after())
    assert after[1:4] == ["Conv2D", "LeakyReLU", "BatchNormalization"]
    assert after[-6:] == ["Dense", "LeakyReLU", "BatchNormalization", "Dropout", "Dense", "Softmax"]
    first = names(ablations.dropout_before_batch_norm())
    assert first[-6:] == ["Dense", "Dropout", "BatchNormalization", "LeakyReLU", "Dense", "Softmax"]
    assert sorted(after) == sorted(first) == sorted(names(models.cnn()))


def test_without_strides_every_map_keeps_the_size_of_the_image_and_only_the_dense_layer_grows():
    changed, whole = ablations.without_strides(), models.cnn()
    assert names(changed) == names(whole)
    maps = [layer.output.shape for layer in changed.layers if len(layer.output.shape) == 4]
    assert {shape[1:3] for shape in maps} == {(32, 32)}
    assert [shape[-1] for shape in maps] == [layer.output.shape[-1] for layer in whole.layers if len(layer.output.shape) == 4]
    assert changed.count_params() - whole.count_params() == (32 * 32 - 8 * 8) * 64 * 128


def test_with_pooling_the_maps_shrink_where_the_strides_did_and_the_dense_layer_sees_as_much():
    changed, whole = ablations.with_pooling(), models.cnn()
    assert without({"MaxPooling2D"}, changed) == names(whole)
    assert changed.count_params() == whole.count_params()
    pooled = [layer for layer in changed.layers if type(layer).__name__ == "MaxPooling2D"]
    assert [layer.output.shape[1:] for layer in pooled] == [(16, 16, 32), (8, 8, 64)]
    before = [type(changed.layers[changed.layers.index(layer) - 1]).__name__ for layer in pooled]
    assert before == ["LeakyReLU", "LeakyReLU"]
    assert {layer.strides for layer in changed.layers if type(layer).__name__ == "Conv2D"} == {(1, 1)}


@pytest.mark.parametrize("build", [ablations.noisy_batch_norm, ablations.noise_alone])
@pytest.mark.parametrize("constant", ["SHIFT", "STRETCH", "JITTER"])
def test_noise_of_another_size_is_another_network(monkeypatch, build, constant):
    def other_noise(**kwargs):
        return ChannelNoise(**{constant.lower(): 2 * getattr(ablations, constant)}, **kwargs)

    experiment = Experiment(build)
    runs = [records.load(name)[0] for name, each in EXPERIMENTS.items() if each.build is build]
    said = [experiments.not_of(replace(experiment, recipe=recipe_of(run.recipe)), run) for run in runs]
    digests.of_network.cache_clear(), digests.of_network_before.cache_clear()
    monkeypatch.setattr(ablations, "ChannelNoise", other_noise)
    changed = [experiments.not_of(replace(experiment, recipe=recipe_of(run.recipe)), run) for run in runs]
    digests.of_network.cache_clear(), digests.of_network_before.cache_clear()
    assert runs
    assert set(said) == {""}
    assert set(changed) == {f"the network {build.__name__} has changed since"}


def test_every_setting_of_the_noise_is_in_its_configuration_and_is_read_back():
    noise = ChannelNoise(shift=0.1, stretch=1.5, jitter=0.2)
    twin = ChannelNoise.from_config(noise.get_config())
    assert (twin.shift, twin.stretch, twin.jitter) == (0.1, 1.5, 0.2)
    ones = keras.ops.ones((1, 2))
    assert float(twin(ones, training=False)[0, 0]) == 1.25


def test_digests_of_networks_without_noise_are_those_from_before():
    built = {experiment.build for experiment in EXPERIMENTS.values()}
    noisy = {ablations.noisy_batch_norm, ablations.noise_alone}
    assert {build for build in built if digests.of_network(build) != digests.of_network_before(build)} == noisy
    assert {build.__name__: digests.of_network_before(build) for build in noisy} == {
        "noisy_batch_norm": "31560687b545a72c",
        "noise_alone": "79c82793a5c095c6",
    }


def test_noise_stands_behind_every_batch_norm():
    kinds = names(ablations.noisy_batch_norm())
    assert kinds.count("ChannelNoise") == 5
    assert all(kinds[i + 1] == "ChannelNoise" for i, kind in enumerate(kinds) if kind == "BatchNormalization")


def test_noise_alone_is_the_noisy_network_without_its_batch_norm():
    assert names(ablations.noise_alone()) == without({"BatchNormalization"}, ablations.noisy_batch_norm())


def test_channel_noise_draws_anew_for_each_step_and_channel_and_a_little_for_each_image():
    keras.utils.set_random_seed(0)
    noise, x = ChannelNoise(), np.zeros((64, 4, 4, 50), "float32")
    steps = [np.array(noise(x, training=True)) for _ in range(2)]
    for shifts in steps:
        np.testing.assert_array_equal(shifts, shifts[:, :1, :1] + 0 * shifts)  # the same in all places of a map
        of_channel = shifts[:, 0, 0].mean(0)
        assert -0.55 < of_channel.min() < -0.3
        assert 0.3 < of_channel.max() < 0.55
        assert np.abs(shifts[:, 0, 0] - of_channel).max() < 0.13
    assert np.abs(steps[0].mean((0, 1, 2)) - steps[1].mean((0, 1, 2))).mean() > 0.2


def test_channel_noise_stretches_by_its_mean_on_average_and_exactly_so_in_prediction():
    keras.utils.set_random_seed(0)
    noise, x = ChannelNoise(), np.ones((8, 2000), "float32")
    np.testing.assert_allclose(noise(x, training=False), 1.125)
    trained = np.array(noise(x, training=True)).mean()
    assert trained == pytest.approx(1.125, abs=0.04)  # 2,000 shifts of standard deviation 0.29, and stretches of 0.07: four errors are 0.03
