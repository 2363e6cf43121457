"""Archives in the form of cifar-10-binary.tar.gz, and a page with the training that reads them."""

import gzip
import hashlib
import io
import tarfile

import numpy as np

from bookbuild import bundle_demos
from cnnbook.demos import CifarTraining
from cnnbook.demos.cifar_training import facts
from cnnbook.demos.shared.base import style

FOLDER = "cifar-10-batches-bin"
BESIDE = {"batches.meta.txt": b"airplane\nautomobile\n", "readme.html": b"<p>CIFAR-10</p>" * 99}  # files that hold no images


def files(arrays: dict[str, np.ndarray], about: dict = facts.ARCHIVE) -> dict[str, bytes]:
    """The archive's files of images: of each image a byte for its class, then its red, its green and its blue values."""
    made = {}
    for part, names in {"train": about["files"]["training"], "test": about["files"]["test"]}.items():
        planes = arrays[f"x_{part}"].transpose(0, 3, 1, 2).reshape(len(arrays[f"x_{part}"]), -1)
        rows = np.concatenate([arrays[f"y_{part}"].reshape(-1, 1), planes], axis=1)
        made |= {name: block.tobytes() for name, block in zip(names, np.split(rows, len(names)), strict=True)}
    return made


def tar_gz(contents: dict[str, bytes], form: int = tarfile.USTAR_FORMAT, folder: str = FOLDER) -> bytes:
    """These files as a .tar.gz."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w", format=form) as tar:
        for name, content in contents.items():
            member = tarfile.TarInfo(f"{folder}/{name}")
            member.size = len(content)
            member.pax_headers = {"comment": "a header of its own"}  # written where the form has such
            tar.addfile(member, io.BytesIO(content))
    return gzip.compress(buffer.getvalue(), compresslevel=1)


def digests(arrays: dict[str, np.ndarray]) -> dict[str, str]:
    return {name: hashlib.sha256(array.tobytes()).hexdigest() for name, array in arrays.items()}


def small(images: int = 12, seed: int = 0) -> tuple[dict[str, np.ndarray], dict]:
    """Random images, so many in each file, and what the page must know to accept them: as of CIFAR-10, with these SHA-256."""
    rng, arrays = np.random.default_rng(seed), {}
    for part, names in {"train": facts.FILES["training"], "test": facts.FILES["test"]}.items():
        count = images * len(names)
        arrays[f"x_{part}"] = rng.integers(0, 256, (count, *facts.NETWORK["shape"]), np.uint8)
        arrays[f"y_{part}"] = rng.integers(0, facts.NETWORK["classes"], count, np.uint8)
    return arrays, facts.ARCHIVE | {"images": images, "sha256": digests(arrays)}


def page_files(*demos: CifarTraining, before: str = "") -> dict[str, str]:
    """A page with these demos, after something else, and its scripts."""
    body = "".join(demo.html() for demo in demos)
    html = (
        '<!doctype html><html lang="en"><meta charset="utf-8"><title>Training</title><meta name="viewport" content="width=device-width">'
        f"<style>{style(CifarTraining.name)}\n@media (prefers-color-scheme: dark) {{ :root {{ --pst-color-text-base: #ddd;"
        " --pst-color-background: #14181e; --pst-color-surface: #29313d; --pst-color-text-muted: #9ca4af; --pst-color-primary: #3fb1c5 }"
        f" body {{ background: #14181e; color: #ddd }} }}</style><main><h1>Training</h1>{before}{body}</main>"
        '<script defer src="demos.js"></script></html>'
    )
    return {"page.html": html, "demos.js": bundle_demos.bundle(), bundle_demos.TRAINING: bundle_demos.own_scripts()[bundle_demos.TRAINING]}
