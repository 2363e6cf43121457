"""The archive in the page: read as it is packed, and refused with a sentence whatever else it may be."""

import gzip
import hashlib
import io
import tarfile

import numpy as np
import pytest

from cnnbook import data
from cnnbook.demos.cifar_training import facts
from tests.demos.cifar_training.archives import BESIDE, files, small, tar_gz
from tests.demos.cifar_training.conftest import LINKED, base64_of

ARRAYS, ABOUT = small()
FILES = files(ARRAYS, ABOUT)
# Of the original archive's files, as others have published it (github.com/ankane/torchvision-ruby).
ORIGINAL = {
    "data_batch_1.bin": "cee916563c9f80d84e3cc88e17fdc0941787f1244f00a67874d45b261883ada5",
    "data_batch_2.bin": "a591ca11fa1708a91ee40f54b3da4784ccd871ecf2137de63f51ada8b3fa57ed",
    "data_batch_3.bin": "bbe8596564c0f86427f876058170b84dac6670ddf06d79402899d93ceea26f67",
    "data_batch_4.bin": "014e562d6e23c72197cc727519169a60359f5eccd8945ad5a09d710285ff4e48",
    "data_batch_5.bin": "755304fc0b379caeae8c14f0dac912fbc7d6cd469eb67a1029a08a39453a9add",
    "test_batch.bin": "8e2eb146ae340b09e24670f29cabc6326dba54da8789dab6768acf480273f65b",
}

READ = """async ([content, about]) => {
    const file = new Blob([Uint8Array.from(atob(content), (letter) => letter.charCodeAt(0))]);
    const list = ({ images, labels }) => [[...images], [...labels]];
    try {
        let told = 0;
        const found = await made.unpack(file, about, (n) => { told += n; });
        await made.verify(found, about.sha256);
        return { told, training: list(found.training), test: list(found.test) };
    } catch (error) {
        return { sentence: error.message };
    }
}"""


def read(page, content: bytes, about: dict = ABOUT) -> dict:
    return page.evaluate(READ, [base64_of(content), {**about, "shape": facts.NETWORK["shape"], "classes": facts.NETWORK["classes"]}])


def with_size(size: str) -> bytes:
    """An archive whose first header has this text for a size."""
    plain = bytearray(gzip.decompress(tar_gz(FILES)))
    plain[124:136] = size.encode().ljust(12, b"\0")
    plain[148:156] = b" " * 8
    plain[148:156] = f"{sum(plain[:512]):06o}\0 ".encode()
    return gzip.compress(bytes(plain))


@pytest.mark.parametrize("form", [tarfile.USTAR_FORMAT, tarfile.GNU_FORMAT, tarfile.PAX_FORMAT])
@pytest.mark.parametrize("order", ["as named", "reversed, with other files between"])
def test_every_image_and_label_comes_to_its_place_however_the_archive_is_packed(parts, form, order):
    contents = FILES if order == "as named" else {**BESIDE, **dict(reversed(FILES.items())), "more.txt": b""}
    found = read(parts, tar_gz(contents, form))
    for part, name in (("training", "train"), ("test", "test")):
        images, labels = found[part]
        np.testing.assert_array_equal(np.reshape(images, ARRAYS[f"x_{name}"].shape), ARRAYS[f"x_{name}"])
        np.testing.assert_array_equal(labels, ARRAYS[f"y_{name}"])
    assert found["told"] == len(ARRAYS["x_train"]) + len(ARRAYS["x_test"])


def test_the_original_archives_files_are_packed_as_these_are_and_their_arrays_are_the_ones_asked_for(cifar10):
    made = files({name: getattr(cifar10, name) for name in data.ARRAY_SHA256})
    assert {name: hashlib.sha256(content).hexdigest() for name, content in made.items()} == ORIGINAL
    assert facts.ARCHIVE["sha256"] == data.ARRAY_SHA256


@pytest.mark.parametrize("name", ARRAYS)
def test_a_single_byte_that_differs_is_noticed(parts, name):
    changed = {each: array.copy() for each, array in ARRAYS.items()}
    changed[name].flat[-1] = (changed[name].flat[-1] + 1) % facts.NETWORK["classes"]
    sentence = read(parts, tar_gz(files(changed, ABOUT)))["sentence"]
    assert sentence.startswith(f"The pixels or labels are not those of CIFAR-10: {name} has the SHA-256 ")
    assert sentence.endswith(f"instead of {ABOUT['sha256'][name]}.")


WHOLE = tar_gz(FILES)
OTHERS = {
    "empty": (b"", "The file is empty."),
    "one byte": (b"\x1f", "is not compressed with gzip, as cifar-10-binary.tar.gz is."),
    "an image": (b"\x89PNG\r\n\x1a\n" * 99, "is not compressed with gzip, as cifar-10-binary.tar.gz is."),
    "not packed": (gzip.decompress(WHOLE), "is not compressed with gzip, as cifar-10-binary.tar.gz is."),
    "gzip's first bytes only": (WHOLE[:2], "it is damaged, or its download ended too early"),
    "half of it": (WHOLE[: len(WHOLE) // 2], "it is damaged, or its download ended too early"),
    "damaged in the middle": (WHOLE[:5000] + bytes(500) + WHOLE[5500:], "it is damaged, or its download ended too early"),
    "half of it, packed again": (gzip.compress(gzip.decompress(WHOLE)[: 512 * 40]), "it is damaged, or its download ended too early"),
    "some other text": (gzip.compress(b"Dear reader, " * 999), "It does not contain a tar archive"),
    "nothing, packed": (gzip.compress(b""), "It does not contain data_batch_1.bin"),
    "the Python version": (tar_gz({"data_batch_1": b"x" * 999}), "It does not contain data_batch_1.bin, data_batch_2.bin"),
    "a file missing": (tar_gz({name: FILES[name] for name in list(FILES)[1:]}), "It does not contain data_batch_1.bin."),
    "a file too short": (tar_gz(FILES | {"test_batch.bin": FILES["test_batch.bin"][:-1]}), "in the archive has 36875 bytes instead"),
    "a class too high": (tar_gz(FILES | {"test_batch.bin": b"\x0a" + FILES["test_batch.bin"][1:]}), "holds an image of class 10"),
    "a size that is none": (with_size("what?"), "It does not contain a tar archive"),
    "a size beyond all": (with_size("77777777777"), "has 8589934591 bytes instead of"),
}


@pytest.mark.parametrize("what", OTHERS)
def test_any_other_file_is_refused_with_a_sentence_that_says_why(parts, what):
    content, said = OTHERS[what]
    found = read(parts, content)
    assert said in found["sentence"]


def test_a_packed_file_that_is_a_thousand_times_as_large_unpacked_is_read_to_its_end_and_refused(parts):
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as tar:
        member = tarfile.TarInfo("zeros.bin")
        member.size = 30_000_000
        tar.addfile(member, io.BytesIO(bytes(member.size)))
    assert "It does not contain data_batch_1.bin" in read(parts, gzip.compress(buffer.getvalue(), 1))["sentence"]


def test_without_sha_256_nothing_is_accepted_and_the_page_says_how_it_would_be(browser):
    page = browser.new_page()
    page.route("http://far.test/", lambda route: route.fulfill(content_type="text/html", body="<!doctype html><title>far</title>"))
    page.goto("http://far.test/")  # neither https nor this computer
    page.evaluate(f"() => {{ {LINKED} }}")
    assert read(page, WHOLE)["sentence"].startswith("Browsers compute SHA-256 only in pages opened over https")
    page.close()
