"""Fetch one file of known SHA-256 from the first of several hosts that delivers it in reasonable time."""

import hashlib
import os
import time
from collections.abc import Sequence
from pathlib import Path

import requests
from filelock import FileLock
from tqdm import tqdm
from urllib3.exceptions import HTTPError

CHUNK = 1 << 18
ATTEMPTS_PER_HOST = 10  # as long as each brings something


class DownloadFailed(RuntimeError):
    """No host delivered the file; the message says what each of them did."""


class _TooSlow(Exception):
    pass


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
    progress: bool = True,
) -> Path:
    """Download a file to `path`, trying `urls` in order; all of them must serve the same bytes.

    Bytes arrive in `path` + ".part", which a later host or a later call resumes. Only a file whose SHA-256 is `sha256`
    ever gets the name `path`; a complete file with any other digest is deleted. Of several processes that want the file at
    once, one downloads, and the others wait for it at `path` + ".lock".

    Args:
        minimum_rate: bytes a second; a host below it after `grace` seconds is left for the next one.
        timeout: seconds without a byte after which a host counts as dead.
        progress: show a progress bar on stderr.

    Raises:
        DownloadFailed: no host delivered the file.

    Example (not run by the tests: there is no such file):
        >>> fetch(["https://example.org/a.bin"], "9f86d0…", Path("a.bin"))  # doctest: +SKIP
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    with FileLock(path.with_name(path.name + ".lock")):
        if path.is_file() and sha256_of(path) == sha256:
            return path  # another process has brought it meanwhile
        return _fetch(urls, sha256, path, minimum_rate, grace, timeout, progress)


def _fetch(urls: Sequence[str], sha256: str, path: Path, minimum_rate: float, grace: float, timeout: float, progress: bool) -> Path:
    """`fetch`, by the one process that may write beside `path`."""
    part = path.with_name(path.name + ".part")
    failures = []
    for url in urls:
        for _ in range(ATTEMPTS_PER_HOST):
            had = part.stat().st_size if part.exists() else 0
            try:
                _download(url, part, minimum_rate, grace, timeout, progress)
            except _TooSlow as slow:
                failures.append(f"{url}: {slow}")
                break
            except (requests.RequestException, HTTPError, OSError) as error:
                failures.append(f"{url}: {error}")
                if not part.exists() or part.stat().st_size <= had:
                    break  # this host gives nothing more
                continue
            if sha256_of(part) == sha256:
                os.replace(part, path)
                return path
            part.unlink()
            failures.append(f"{url}: the bytes have another SHA-256 than {sha256}")
            if not had:
                break  # the whole file came from this host, so this host is wrong
    raise DownloadFailed(f"{path.name} could not be downloaded:\n" + "\n".join(f"  {failure}" for failure in failures))


def _download(url: str, part: Path, minimum_rate: float, grace: float, timeout: float, progress: bool) -> None:
    """Append to `part` what is missing of it; whatever goes wrong, `part` never gets shorter."""
    have = part.stat().st_size if part.exists() else 0
    headers = {"Range": f"bytes={have}-"} if have else {}
    with requests.get(url, headers=headers, stream=True, timeout=timeout) as response:
        if response.status_code == requests.codes.requested_range_not_satisfiable:
            return  # nothing is missing: the digest decides
        response.raise_for_status()
        # A host that starts over writes beside what we have, which a wrong page must not destroy.
        target = part if response.status_code == requests.codes.partial_content else part.with_name(part.name + "-new")
        have = have if target is part else 0
        if target is not part:
            target.unlink(missing_ok=True)
        try:
            _receive(response, target, have, minimum_rate, grace, progress)
        finally:
            if target is not part and (not part.exists() or target.stat().st_size > part.stat().st_size):
                os.replace(target, part)
        if target.exists() and target is not part:
            target.unlink()
            raise requests.ConnectionError("started over and sent less than is here already")


def _receive(response: requests.Response, target: Path, have: int, minimum_rate: float, grace: float, progress: bool) -> None:
    """Append the body of a response to a file that has `have` bytes."""
    length = int(response.headers.get("Content-Length", 0))
    start, received = time.monotonic(), 0
    bar = tqdm(total=have + length or None, initial=have, unit="B", unit_scale=True, desc=response.url, disable=not progress)
    with bar, open(target, "ab") as file:
        # read1 gives what has come, be it one byte: a host that trickles is noticed, and nothing is lost when it breaks off.
        while chunk := response.raw.read1(CHUNK):
            file.write(chunk)
            received += len(chunk)
            bar.update(len(chunk))
            elapsed = time.monotonic() - start
            if elapsed > grace and received < minimum_rate * elapsed:
                raise _TooSlow(f"{received / elapsed / 1000:.0f} kB/s, below {minimum_rate / 1000:.0f} kB/s")
    if received < length:
        raise requests.ConnectionError(f"closed after {received} of {length} bytes")
