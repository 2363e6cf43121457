"""Fetch CIFAR-10 from each host by itself, so that one that no longer has it is noticed while others still do.

Usage: make hosts
"""

from pathlib import Path
from tempfile import TemporaryDirectory

from cnnbook import data
from cnnbook.data import download

SLOWEST = 20_000  # bytes a second; a reader would be sent on to the next host much sooner


def faults(urls: tuple[str, ...], sha256: str, grace: float = 10) -> list[str]:
    """What each host that does not deliver the file does instead; `grace` is the seconds after which it may be too slow."""
    found = []
    for url in urls:
        with TemporaryDirectory() as folder:
            try:
                download.fetch([url], sha256, Path(folder) / "archive", minimum_rate=SLOWEST, grace=grace, progress=False)
            except download.DownloadFailed as failure:
                found.append(str(failure))
            else:
                print(f"{url} has it", flush=True)
    return found


def main() -> str | None:
    """The faults of all hosts, or None."""
    return "\n".join(faults(data.ARCHIVE_URLS, data.ARCHIVE_SHA256)) or None
