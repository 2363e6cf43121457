"""Fetch one file of known SHA-256 from the first of several hosts that delivers it in reasonable time."""

import errno
import hashlib
import os
import re
import time
import warnings
import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPException
from pathlib import Path

import requests
from filelock import FileLock
from tqdm import tqdm
from urllib3.exceptions import HTTPError

CHUNK = 1 << 18
ATTEMPTS_PER_HOST = 10  # as long as each brings something
WITHOUT_LOCKS = (errno.ENOSYS, errno.ENOLCK, errno.EOPNOTSUPP, errno.ENOTSUP)  # what file systems without locks say
PARTIAL, NOTHING_MISSING = requests.codes.partial_content, requests.codes.requested_range_not_satisfiable


class DownloadFailed(RuntimeError):
    """No host delivered the file, or there is no place for it; the message says what each of them did."""


class _Leave(Exception):
    """This host is not worth another attempt."""


@dataclass(frozen=True)
class _Patience:
    """How long to stay with a host."""

    minimum_rate: float
    grace: float
    timeout: float
    largest: int
    progress: bool


def sha256_of(path: Path) -> str:
    """SHA-256 of a file's bytes, in hexadecimal."""
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def fetch(
    urls: Sequence[str],
    sha256: str,
    path: Path,
    *,
    minimum_rate: float = 300_000,
    grace: float = 10,
    timeout: float = 15,
    largest: int = 1_000_000_000,
    progress: bool = True,
) -> Path:
    """Download a file to `path`, trying `urls` in order; all of them must serve the same bytes.

    Bytes arrive in `path` + ".part", which a later host or a later call resumes. Only a file whose SHA-256 is `sha256`
    ever gets the name `path`; a complete file with any other digest is deleted. Of several processes that want the file at
    once, one downloads, and the others wait for it at `path` + ".lock"; where the file system has no locks, each downloads for itself.

    Args:
        minimum_rate: bytes per second; a host below it after `grace` seconds is left for the next one.
        timeout: seconds without a byte after which a host counts as dead.
        largest: bytes above which a file is not what is wanted, and a host that sends more is left.
        progress: show a progress bar on stderr.

    Raises:
        DownloadFailed: no host delivered the file, or it cannot be written at `path`.

    Example (not run by the tests: there is no such file):
        >>> fetch(["https://example.org/a.bin"], "9f86d0…", Path("a.bin"))  # doctest: +SKIP
    """
    path = Path(path)
    if path.exists() and not path.is_file():
        raise DownloadFailed(f"{path} is in the way: it is not a file")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with _alone(path) as part:
            if path.is_file() and sha256_of(path) == sha256:
                return path  # another process has brought it meanwhile
            return _fetch(urls, sha256, path, part, _Patience(minimum_rate, grace, timeout, largest, progress))
    except OSError as error:
        raise DownloadFailed(f"{path} cannot be written: {error}") from error


@contextmanager
def _alone(path: Path) -> Iterator[Path]:
    """Give the file to write into, while no other process writes into it."""
    lock = FileLock(path.with_name(path.name + ".lock"))
    try:
        with warnings.catch_warnings(action="ignore"):  # filelock tells where it has to use another kind of lock
            lock.acquire()
    except (NotImplementedError, OSError) as error:
        if isinstance(error, OSError) and error.errno not in WITHOUT_LOCKS:
            raise
        part = path.with_name(f"{path.name}.{os.getpid()}.part")
        try:
            yield part
        finally:
            part.unlink(missing_ok=True)
        return
    try:
        yield path.with_name(path.name + ".part")
    finally:
        lock.release()


def _fetch(urls: Sequence[str], sha256: str, path: Path, part: Path, patience: _Patience) -> Path:
    """`fetch`, by the one process that may write into `part`."""
    failures = []
    for url in urls:
        for _ in range(ATTEMPTS_PER_HOST):
            had = part.stat().st_size if part.exists() else 0
            try:
                compressed = _download(url, part, sha256, patience)
            except _Leave as reason:
                failures.append(f"{url}: {reason}")
                if part.stat().st_size > patience.largest:
                    part.unlink()
                break
            except (requests.RequestException, HTTPError, HTTPException, OSError, ValueError) as error:  # ValueError: a strange address
                failures.append(f"{url}: {error}")
                if not part.exists() or part.stat().st_size <= had:
                    break  # this host gives nothing more
                continue
            if _is_whole(part, sha256, compressed, patience.largest):
                os.replace(part, path)
                return path
            part.unlink()
            failures.append(f"{url}: the bytes have a different SHA-256 from {sha256}")
            if not had:
                break  # the whole file came from this host, so this host is wrong
    raise DownloadFailed(f"{path.name} could not be downloaded:\n" + "\n".join(f"  {failure}" for failure in failures))


def _download(url: str, part: Path, sha256: str, patience: _Patience) -> bool:
    """Append to `part` what is missing of it; whatever goes wrong, `part` never gets shorter. Has the host compressed it unasked?"""
    have = part.stat().st_size if part.exists() else 0
    headers = {"Accept-Encoding": "identity"} | ({"Range": f"bytes={have}-"} if have else {})
    with requests.get(url, headers=headers, stream=True, timeout=patience.timeout) as response:
        if response.status_code == NOTHING_MISSING and have:
            return False  # the digest decides
        response.raise_for_status()
        _check_answer(response, have)
        compressed = response.headers.get("Content-Encoding", "identity").strip().lower() not in ("", "identity")
        # A host that starts over writes beside what we have, which a wrong page must not destroy.
        target = part if response.status_code == PARTIAL else part.with_name(part.name + "-new")
        have = have if target is part else 0
        if target is not part:
            target.unlink(missing_ok=True)
        try:
            _receive(response, target, have, patience)
            if target is not part and compressed and _is_whole(target, sha256, compressed, patience.largest):
                os.replace(target, part)  # even if it is smaller on the way
        finally:
            if target is not part and target.exists() and (not part.exists() or target.stat().st_size > part.stat().st_size):
                os.replace(target, part)
        if target.exists() and target is not part:
            target.unlink()
            raise requests.ConnectionError("started over and sent less than is here already")
        return compressed


def _check_answer(response: requests.Response, have: int) -> None:
    """Raise ConnectionError where the headers tell that the body is not the file, or not what is missing of it."""
    kind = response.headers.get("Content-Type", "").split(";")[0].strip().lower()
    if response.status_code not in (requests.codes.ok, PARTIAL):
        raise requests.ConnectionError(f"answered with status {response.status_code} instead of the file")
    if kind == "text/html" or kind.startswith("multipart/"):
        raise requests.ConnectionError(f"sent {kind} instead of the file, from {response.url}")
    if response.status_code == PARTIAL:
        stated = response.headers.get("Content-Range")
        start = re.match(r"\s*bytes\s+(\d+)-", stated or f"bytes {have}-", re.ASCII)
        if not start or int(start[1]) != have:
            raise requests.ConnectionError(f"was asked for the bytes from {have} on and sent {stated!r}")


def _receive(response: requests.Response, target: Path, have: int, patience: _Patience) -> None:
    """Append the body of a response to a file that has `have` bytes."""
    stated = response.headers.get("Content-Length", "").strip()
    length = int(stated) if re.fullmatch(r"\d{1,18}", stated, re.ASCII) else 0  # unknown, like none
    start, received = time.monotonic(), 0
    bar = tqdm(total=have + length or None, initial=have, unit="B", unit_scale=True, desc=response.url, disable=not patience.progress)
    with bar, open(target, "ab") as file:
        # read1 gives what has come, be it one byte: a host that trickles is noticed, and nothing is lost when it breaks off.
        while chunk := response.raw.read1(CHUNK, decode_content=False):
            file.write(chunk)
            received += len(chunk)
            bar.update(len(chunk))
            elapsed = time.monotonic() - start
            if elapsed > patience.grace and received < patience.minimum_rate * elapsed:
                raise _Leave(f"{received / elapsed / 1000:.0f} kB/s, below {patience.minimum_rate / 1000:.0f} kB/s")
            if have + received > patience.largest:
                raise _Leave(f"sent more than {patience.largest:,} bytes")
    if received < length:
        raise requests.ConnectionError(f"closed after {received} of {length} bytes")


def _is_whole(file: Path, sha256: str, compressed: bool, largest: int) -> bool:
    """Is it the wanted file, as it came or, where a host has compressed it unasked, once that is undone? Then it is undone."""
    return sha256_of(file) == sha256 or (compressed and _decompressed(file, largest) and sha256_of(file) == sha256)


def _decompressed(part: Path, largest: int) -> bool:
    """Undo what a host has done to `part` on the way (gzip or deflate); can it be undone?"""
    target = part.with_name(part.name + "-plain")
    undo, size = zlib.decompressobj(zlib.MAX_WBITS | 32), 0
    try:
        with open(part, "rb") as file, open(target, "wb") as plain:
            while (chunk := undo.unconsumed_tail or file.read(CHUNK)) and size <= largest:
                size += plain.write(undo.decompress(chunk, CHUNK))
    except zlib.error:
        target.unlink()
        return False
    os.replace(target, part)
    return size <= largest
