"""The activation history's Python side: what is recorded reaches the page, and what cannot be drawn is refused."""

import copy
import html
import json
import re

import pytest
import traitlets

from cnnbook import article, recipes, records
from cnnbook.demos import ActivationHistory
from cnnbook.demos.activation_history import LAYERS, RECORDED
from cnnbook.training import experiments


def small() -> dict:
    """Two networks with two layers of different reach, at three moments."""

    def layer(name, reach):
        counts = [[1, 3, 0, 0], [1, 2, 1, 1], [0, 1, 4, 2]]
        channels = [[[-1, 0, 1], [0, 0.5, 2]], [[-1, 0.5, 1], [0, 0.5, 2]], [[-2, 0, 1], [0, 2.5, 2]]]
        moves = {"moved": [0.1, 0.2, 0.6], "left_moved": [0.2, 0.4, 0.9]}
        measured = {"means": [-0.5, 0, 0.25], "sds": [1, 1.5, 2], **moves}
        return {"name": name, "reach": reach, "counts": counts, "channels": channels, **measured}

    layers = [layer("first", 1.5), layer("second", 3)]
    return {name: {"title": f"network {name}", "steps": [0, 1, 20], "layers": copy.deepcopy(layers)} for name in "ab"}


def demo(**traits) -> ActivationHistory:
    return ActivationHistory(recordings=small(), **traits)


def test_by_default_the_recordings_are_those_of_one_seed_of_the_three_networks():
    recordings = ActivationHistory().recordings
    assert list(recordings) == ["without_batch_norm", "cnn", "noisy_batch_norm"]
    for name, recording in recordings.items():
        record = records.load_activations(name)[0]
        assert (record.seed, recording["title"], recording["steps"]) == (experiments.WATCHED[0], RECORDED[name], record.steps)
        assert [layer["name"] for layer in recording["layers"]] == list(LAYERS)
        for i, layer in enumerate(recording["layers"]):
            found = [layer[key] for key in ("reach", "counts", "channels", "means", "sds", "moved", "left_moved")]
            entering = [record.reaches[i], record.counts[i], record.channels[i], record.means[i], record.sds[i], record.moved[i]]
            assert found == [*entering, record.left_moved["mean"][i]]


def test_an_epoch_takes_the_updates_of_the_articles_recipe():
    recipe = recipes.ARTICLE
    assert demo().updates_per_epoch == recipes.updates(article.TRAINING_IMAGES, recipe) / recipe.epochs


def test_a_network_that_was_not_watched_is_named(monkeypatch, tmp_path):
    monkeypatch.setattr(records, "RECORDS", tmp_path)
    with pytest.raises(FileNotFoundError, match="'without_batch_norm' has no record"):
        ActivationHistory()


@pytest.mark.parametrize(
    ("trait", "value", "message"),
    [
        ("layer", 2, "layer is 2; with these recordings it takes a whole number from 0 to 1"),
        ("layer", -1, "layer is -1"),
        ("layer", True, "layer is True"),
        ("step", 3, "step is 3; with these recordings it takes a whole number from 0 to 2"),
        ("step", -1, "step is -1"),
        ("step", 0.5, "step"),
        ("updates_per_epoch", 0, "updates_per_epoch is 0; it takes a whole number of at least 1"),
        ("same_scale", "yes", "same_scale"),
        ("recordings", {}, "recordings is {}; it takes a dict of at least one network"),
        ("recordings", [], "recordings"),
    ],
)
def test_a_wrong_value_is_refused_with_what_the_trait_takes_and_changes_nothing(trait, value, message):
    history = demo()
    before = history.state()
    with pytest.raises(traitlets.TraitError, match=message):
        setattr(history, trait, value)
    assert history.state() == before


@pytest.mark.parametrize(
    ("path", "value", "message"),
    [
        (["b"], {"title": "b"}, r"recordings\['b'\] is .*takes a dict with title, steps, layers"),
        (["b", "title"], None, r"recordings\['b'\]\['title'\] is None; it takes a text"),
        (["b", "steps"], [0, 20, 1], r"\['steps'\] is \[0, 20, 1\]; it takes whole numbers, each larger"),
        (["b", "steps"], [0, 1, 1], "each larger"),
        (["b", "steps"], [-1, 0, 1], "whole numbers"),
        (["b", "steps"], [0, 1], r"\['counts'\] is .*; it takes 2 histograms, one per step"),
        (["b", "steps"], [0, 1, 21], r"recordings\['b'\]: steps is \[0, 1, 21\]; it takes the same as the first network, \[0, 1, 20\]"),
        (["b", "layers"], [], r"\['layers'\] is \[\]; it takes a list of layers"),
        (["b", "layers", 1, "name"], "other", "names of layers is .*the same as the first network"),
        (["b", "layers", 1, "name"], 7, r"\['layers'\]\[1\]\['name'\] is 7"),
        (["b", "layers", 1, "reach"], 0, r"\['layers'\]\[1\]\['reach'\] is 0; it takes a finite number above 0"),
        (["b", "layers", 1, "reach"], float("inf"), "reach.* is inf"),
        (["b", "layers", 0, "means"], [0, float("nan"), 0], r"\['means'\] is \[0, nan, 0\]; it takes 3 finite numbers"),
        (["b", "layers", 0, "sds"], [1, 1], r"\['sds'\] is \[1, 1\]; it takes 3 finite numbers"),
        (["b", "layers", 0, "moved"], "abc", r"\['moved'\] is 'abc'; it takes 3 finite numbers"),
        (["b", "layers", 0, "left_moved"], [1, 2], r"\['left_moved'\] is \[1, 2\]; it takes 3 finite numbers"),
        (["b", "layers", 0, "channels"], [[[0, 0, 1]]], r"\['channels'\] is .*; it takes 3 moments"),
        (["b", "layers", 0, "channels", 1], [[1, 0, -1]], r"\['channels'\] is .*; it takes 3 moments"),
        (["b", "layers", 0, "channels", 1], [[0, 0]], r"\['channels'\] is .*; it takes 3 moments"),
        (["b", "layers", 0, "channels", 1], [[0, 0, 1]], r"\['channels'\] is .*; it takes as many channels at each step"),
        (["b", "layers", 0, "counts"], [[1], [1]], "takes 3 histograms, one per step"),
        (["b", "layers", 0, "counts", 2], [1, 2, 3], r"\['counts'\]\[2\] is \[1, 2, 3\]; it takes whole numbers .*as many as in the first"),
        (["b", "layers", 0, "counts", 0], [1, -2, 3, 0], r"\['counts'\]\[0\] is \[1, -2, 3, 0\]"),
        (["b", "layers", 0, "counts", 1], [0, 0, 0, 0], "not all 0"),
        (["b", "layers", 0, "counts", 1], [0.5, 0, 0, 0], "whole numbers"),
    ],
)
def test_recordings_that_cannot_be_drawn_are_refused_with_the_place_and_change_nothing(path, value, message):
    history, recordings = demo(), small()
    place = recordings
    for key in path[:-1]:
        place = place[key]
    place[path[-1]] = value
    with pytest.raises(traitlets.TraitError, match=message):
        history.recordings = recordings
    assert history.recordings == small()


def test_layer_and_moment_that_other_recordings_do_not_have_become_their_last():
    history = demo(layer=1, step=2)
    shorter = {"a": small()["a"]}
    shorter["a"]["steps"] = [0]
    shorter["a"]["layers"] = shorter["a"]["layers"][:1]
    for key in ("counts", "channels", "means", "sds", "moved", "left_moved"):
        shorter["a"]["layers"][0][key] = shorter["a"]["layers"][0][key][:1]
    history.recordings = shorter
    assert (history.layer, history.step) == (0, 0)


def test_the_html_holds_the_state_is_the_same_each_time_and_stays_light():
    page = ActivationHistory().html()
    assert page == ActivationHistory().html()
    state = re.search(r'data-state="([^"]*)"', page)[1]
    assert json.loads(html.unescape(state)) == ActivationHistory().state()
    assert len(page.encode()) < 250_000


def test_the_stand_in_tells_the_first_and_last_mean_and_sd_and_the_average_movement_of_each_layer():
    rows = re.findall(r'<tr><th scope="row">(.*?)</th>(.*?)</tr>', demo().stand_in())
    assert [name for name, _ in rows] == ["first", "second"] * 2
    assert {cells for _, cells in rows} == {"<td>−0.5000 ± 1.0000</td><td>0.2500 ± 2.0000</td><td>0.30000</td><td>0.50000</td>"}


def test_the_stand_in_draws_the_first_and_the_last_histogram_of_the_chosen_layer():
    still = demo(layer=1).stand_in()
    assert "“second”" in still
    assert still.count('<svg role="img"') == 2
    assert 'aria-label="network a. Two histograms from −3 to 3: a dashed outline after 0 updates, a filled one after 20 updates."' in still
    filled, dashed = re.findall(r' d="(M0 110V[^"]*)"', still)[:2]
    assert re.findall(r"V([\d.]+)h55.00", dashed) == ["76.7", "10.0", "110.0", "110.0"]
    assert re.findall(r"V([\d.]+)h55.00", filled) == ["110.0", "85.0", "10.0", "60.0"]


def test_titles_and_names_cannot_bring_markup_into_the_page():
    recordings = {"a": small()["a"]}
    recordings["a"]["title"] = recordings["a"]["layers"][1]["name"] = '<b>"'
    page = ActivationHistory(recordings=recordings, layer=1).html()
    assert "<b>" not in page
    assert page.count("&lt;b&gt;&#34;") >= 3
