"""CIFAR-10 from each place it may be, and never anything else under its name."""

import hashlib
import io
import pickle
import tarfile
import zipfile
from pathlib import Path

import numpy as np
import pytest

from cnnbook import data
from cnnbook.data import cifar10, download


class Trap:
    """An object whose unpickling is noticed."""

    sprung = False

    def __reduce__(self):
        return (setattr, (Trap, "sprung", True))


def small_arrays(seed: int = 0) -> dict[str, np.ndarray]:
    rng = np.random.default_rng(seed)
    pixels = lambda n: rng.integers(0, 256, (n, 32, 32, 3), np.uint8)  # noqa: E731
    labels = lambda n: rng.integers(0, 10, (n, 1)).astype(np.uint8)  # noqa: E731
    return {"x_train": pixels(10), "y_train": labels(10), "x_test": pixels(3), "y_test": labels(3)}


def archive_of(arrays: dict[str, np.ndarray], path) -> None:
    """A tar with the layout of cifar-10-python.tar.gz."""

    def batch(x, y) -> bytes:
        return pickle.dumps({b"data": x.transpose(0, 3, 1, 2).reshape(len(x), -1), b"labels": y[:, 0].tolist()})

    members = {f"data_batch_{i + 1}": batch(arrays["x_train"][2 * i : 2 * i + 2], arrays["y_train"][2 * i : 2 * i + 2]) for i in range(5)}
    members["test_batch"] = batch(arrays["x_test"], arrays["y_test"])
    members["batches.meta"] = pickle.dumps(Trap())
    path.parent.mkdir(parents=True, exist_ok=True)
    with tarfile.open(path, "w:gz") as tar:
        for name, content in members.items():
            info = tarfile.TarInfo(f"cifar-10-batches-py/{name}")
            info.size = len(content)
            tar.addfile(info, io.BytesIO(content))


@pytest.fixture
def known(monkeypatch, tmp_path):
    """A small stand-in for CIFAR-10, with its digests in the place of the real ones, and an empty Keras cache."""
    arrays = small_arrays()
    digests = {name: hashlib.sha256(array.tobytes()).hexdigest() for name, array in arrays.items()}
    monkeypatch.setattr(cifar10, "ARRAY_SHA256", digests)
    monkeypatch.setenv("KERAS_HOME", str(tmp_path / "keras"))
    monkeypatch.delenv(data.ENVIRONMENT, raising=False)
    monkeypatch.setattr(cifar10, "ARCHIVE_URLS", ("http://127.0.0.1:9/nothing-listens-here",))
    Trap.sprung = False
    return arrays


def assert_loaded(arrays):
    loaded = data.load_cifar10()
    for name, array in arrays.items():
        assert getattr(loaded, name).dtype == np.uint8
        np.testing.assert_array_equal(getattr(loaded, name), array[:, 0] if name.startswith("y") else array)


def test_the_environment_variable_comes_first(known, monkeypatch, tmp_path):
    np.savez(tmp_path / "c.npz", **known)
    monkeypatch.setenv(data.ENVIRONMENT, str(tmp_path / "c.npz"))
    assert_loaded(known)


def test_the_keras_cache_comes_next_and_no_other_pickle_in_it_is_loaded(known, monkeypatch):
    archive_of(known, data.keras_archive())
    monkeypatch.setattr(cifar10, "ARCHIVE_SHA256", download.sha256_of(data.keras_archive()))
    assert_loaded(known)
    assert not Trap.sprung


def test_an_archive_with_another_digest_is_never_unpickled(known):
    archive_of(known, data.keras_archive())
    with pytest.raises(data.DataUnavailable):
        data.load_cifar10()
    assert not Trap.sprung


def test_a_download_goes_into_the_keras_cache(known, monkeypatch, tmp_path):
    source = tmp_path / "source.tar.gz"
    archive_of(known, source)
    monkeypatch.setattr(cifar10, "ARCHIVE_SHA256", download.sha256_of(source))

    def fetch(urls, sha256, path):
        path.parent.mkdir(parents=True)
        source.rename(path)

    monkeypatch.setattr(download, "fetch", fetch)
    assert_loaded(known)
    assert data.keras_archive().exists()


def test_where_there_is_no_data_one_error_says_what_to_do(known):
    with pytest.raises(data.DataUnavailable, match=f"(?s)not on this machine.*nothing-listens-here.*resume.*{data.ENVIRONMENT}"):
        data.load_cifar10()


@pytest.mark.parametrize("name", ["x_train", "y_train", "x_test", "y_test"])
def test_one_changed_value_is_noticed(known, monkeypatch, tmp_path, name):
    known[name] = known[name].copy()
    known[name].flat[-1] ^= 1
    np.savez(tmp_path / "c.npz", **known)
    monkeypatch.setenv(data.ENVIRONMENT, str(tmp_path / "c.npz"))
    with pytest.raises(ValueError, match=f"{name} from .*c.npz is not CIFAR-10's"):
        data.load_cifar10()


def test_a_file_that_is_no_npz_or_lacks_an_array_or_is_not_there_is_named(known, monkeypatch, tmp_path):
    path = tmp_path / "c.npz"
    monkeypatch.setenv(data.ENVIRONMENT, str(path))
    with pytest.raises(ValueError, match=r"c\.npz'.*cannot be read.*not a file"):
        data.load_cifar10()
    path.write_bytes(b"not an archive")
    with pytest.raises(ValueError, match=r"c\.npz'.*cannot be read"):
        data.load_cifar10()
    np.savez(path, **{name: array for name, array in known.items() if name != "y_test"})
    with pytest.raises(ValueError, match=r"cannot be read.*y_test"):
        data.load_cifar10()
    np.savez(path, **{**known, "x_test": np.array([Trap()])})
    with pytest.raises(ValueError, match="cannot be read"):
        data.load_cifar10()
    assert not Trap.sprung


def test_arrays_of_another_type_do_not_pass_even_with_the_same_bytes(known, monkeypatch, tmp_path):
    np.savez(tmp_path / "c.npz", **{**known, "x_test": known["x_test"].view(np.int8)})
    monkeypatch.setenv(data.ENVIRONMENT, str(tmp_path / "c.npz"))
    with pytest.raises(ValueError, match="int8"):
        data.load_cifar10()


def test_a_cache_that_cannot_be_written_is_one_clear_error(known, monkeypatch, tmp_path):
    (tmp_path / "file").write_text("in the way")
    monkeypatch.setenv("KERAS_HOME", str(tmp_path / "file"))
    with pytest.raises(data.DataUnavailable, match=data.ENVIRONMENT):
        data.load_cifar10()


@pytest.mark.usefixtures("known")
@pytest.mark.parametrize(
    ("home", "place"), [("~/.keras2", "{home}/.keras2"), ("", "{home}/.keras"), (None, "{home}/.keras"), ("/elsewhere", "/elsewhere")]
)
def test_the_cache_is_found_as_a_shell_would_find_it(monkeypatch, tmp_path, home, place):
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.delenv("KERAS_HOME")
    if home is not None:
        monkeypatch.setenv("KERAS_HOME", home)
    assert data.keras_archive().parent == Path(place.format(home=tmp_path)) / "datasets"


@pytest.mark.usefixtures("known")
def test_a_home_that_there_is_none_of_is_one_clear_error(monkeypatch):
    monkeypatch.setenv("KERAS_HOME", "~no-such-user/keras")
    with pytest.raises(data.DataUnavailable, match=f"CIFAR-10 is not on this machine, and .*home.*\n.*{data.ENVIRONMENT}"):
        data.load_cifar10()


@pytest.mark.usefixtures("known")
def test_a_folder_in_the_place_of_the_archive_is_one_clear_error():
    data.keras_archive().mkdir(parents=True)
    with pytest.raises(data.DataUnavailable, match="is in the way: it is not a file"):
        data.load_cifar10()


def test_another_file_in_the_place_of_the_archive_is_named_and_stays(known):
    archive_of(known, data.keras_archive())
    before = data.keras_archive().read_bytes()
    with pytest.raises(data.DataUnavailable, match=r"not on this machine \(the file at .*_archive has a different SHA-256\), and"):
        data.load_cifar10()
    assert data.keras_archive().read_bytes() == before


def zipped(**members: bytes) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(f"{name}.npy", content)
    return file.getvalue()


def array_file(shape: tuple, content: bytes = b"") -> bytes:
    header = io.BytesIO()
    np.lib.format.write_array_header_1_0(header, {"descr": "|u1", "fortran_order": False, "shape": shape})
    return header.getvalue() + content


HOSTILE = {
    "empty": b"",
    "text": b"not an archive",
    "an array alone": array_file((2,), b"12"),
    "cut off": zipped(x_train=array_file((2,), b"12"))[:-30],
    "no arrays": zipped(),
    "no array in it": zipped(**dict.fromkeys(["x_train", "y_train", "x_test", "y_test"], b"hello")),
    "an array that claims more than there is": zipped(**dict.fromkeys(["x_train", "y_train", "x_test", "y_test"], array_file((9,), b"1"))),
    "an array that claims more than any memory": zipped(x_train=array_file((10**15,)), y_train=b"", x_test=b"", y_test=b""),
    "an array that unpacks to a gigabyte": zipped(x_train=array_file((10**9,), bytes(250_000_000)), y_train=b"", x_test=b"", y_test=b""),
}


@pytest.mark.usefixtures("known")
@pytest.mark.parametrize("content", HOSTILE.values(), ids=HOSTILE)
def test_a_file_that_is_not_what_it_claims_is_refused_in_one_sentence(monkeypatch, tmp_path, content):
    (tmp_path / "c.npz").write_bytes(content)
    monkeypatch.setenv(data.ENVIRONMENT, str(tmp_path / "c.npz"))
    with pytest.raises(
        ValueError, match=rf"{data.ENVIRONMENT} is '.*c\.npz', which cannot be read as an \.npz with x_train.*: .|c\.npz is not CIFAR-10's"
    ):
        data.load_cifar10()


@pytest.mark.usefixtures("known")
@pytest.mark.parametrize("name", ["/", "~no-such-user/c.npz", "x" * 5_000, "/dev/null"])
def test_a_name_that_is_no_files_is_refused_in_one_sentence(monkeypatch, name):
    monkeypatch.setenv(data.ENVIRONMENT, name)
    with pytest.raises(ValueError, match=rf"{data.ENVIRONMENT} is '.*', which cannot be read as an \.npz"):
        data.load_cifar10()


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        ({"name": None}, "name is None"),
        ({"crop": (0, 0, 500)}, "crop is"),
        ({"crop": (0, 0, 1.5, 2)}, r"crop\[2\] is 1.5"),
        ({"crop": ()}, "crop is"),
        ({"size": 0}, "size is 0"),
        ({"size": (2, 2, 2)}, "size is"),
        ({"size": (2.5, 2)}, "size is 2.5"),
    ],
)
def test_a_photograph_is_asked_for_in_whole_pixels(arguments, named):
    with pytest.raises((TypeError, ValueError), match=named):
        data.photograph(**{"name": "temple"} | arguments)


def test_the_archives_come_from_several_hosts_over_https():
    assert len(data.ARCHIVE_URLS) >= 3
    assert all(url.startswith("https://") and url.endswith("cifar-10-python.tar.gz") for url in data.ARCHIVE_URLS)


def test_keras_itself_would_use_the_archive_at_that_place_and_with_that_digest():
    import inspect

    from cnnbook.keras_quietly import keras

    source = inspect.getsource(keras.datasets.cifar10.load_data)
    assert data.ARCHIVE_SHA256 in source
    assert data.keras_archive().name.removesuffix("_archive") in source


def test_the_real_data_loads_and_weighs_what_uint8_pixels_weigh(cifar10):
    assert cifar10.x_train.shape == (50_000, 32, 32, 3)
    assert cifar10.x_test.nbytes + cifar10.x_train.nbytes == 60_000 * 32 * 32 * 3
    assert repr(cifar10) == "Cifar10(50000 training images, 10000 test images)"


def test_scale_maps_the_ends_to_the_ends():
    pixels = np.array([0, 51, 255], np.uint8)
    np.testing.assert_allclose(data.scale(pixels), [-1, -0.6, 1], rtol=1e-6)
    np.testing.assert_allclose(data.scale(pixels, (0, 1)), [0, 0.2, 1], rtol=1e-6)
    for dtype in (np.uint8, np.int32, np.float64):
        assert data.scale(pixels.astype(dtype)).dtype == np.float32
    with pytest.raises(ValueError, match="pixel_range is"):
        data.scale(pixels, (1, 0))


def test_photographs_are_cropped_and_resized_as_asked_and_named_in_errors():
    assert data.photograph("flower", crop=(0, 80, 427, 507), size=(28, 20)).shape == (28, 20, 3)
    with pytest.raises(ValueError, match=r"name is 'cat'.*temple"):
        data.photograph("cat")
    with pytest.raises(ValueError, match="within 427 × 640 pixels"):
        data.photograph("temple", crop=(0, 0, 500, 600))


def test_grey_weighs_the_channels_as_the_standard_does():
    image = np.array([[[255, 0, 0], [0, 255, 0], [0, 0, 255], [255, 255, 255]]], np.uint8)
    assert data.grey(image).tolist() == [[76, 150, 29, 255]]
