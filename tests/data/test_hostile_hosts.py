"""Hosts and file systems that do not keep to the rules: the next host is taken, or one sentence says what is in the way."""

import errno
import fcntl
import gzip
import zlib
from contextlib import suppress

import pytest

from cnnbook.data.download import DownloadFailed, fetch
from tests.data.test_download import CONTENT, PATIENT, SHA256, Host, assert_whole, host, target  # noqa: F401

HALF = len(CONTENT) // 2


def answer(self: Host, body: bytes, status: int, *headers: tuple[str, str]) -> None:
    self.send_response(status)
    for name, value in headers:
        self.send_header(name, value)
    self.end_headers()
    with suppress(OSError):  # the client may have left
        self.wfile.write(body)
    self.close_connection = True


def length(body: bytes) -> tuple[str, str]:
    return "Content-Length", str(len(body))


def gzips(self, start):
    body = gzip.compress(CONTENT)
    answer(self, body, 200, length(body), ("Content-Encoding", "gzip"))


def deflates(self, start):
    body = zlib.compress(CONTENT)
    answer(self, body, 200, length(body), ("Content-Encoding", "deflate"))


def calls_its_archive_compressed(self, start):
    """Some hosts send an archive as it is, and call that its encoding."""
    answer(self, CONTENT, 200, length(CONTENT), ("Content-Encoding", "x-gzip"))


def has_no_length(self, start):
    answer(self, CONTENT, 200)


def has_a_length_that_is_none(self, start):
    answer(self, CONTENT, 200, ("Content-Length", "many"))


def has_a_negative_length(self, start):
    answer(self, CONTENT, 200, ("Content-Length", "-5"))


def has_a_length_with_commas(self, start):
    answer(self, CONTENT, 200, ("Content-Length", "1,024,000"))


def gives_no_range(self, start):
    """Right, but the header that says so is missing."""
    answer(self, CONTENT[start:], 206, length(CONTENT[start:]))


RIGHT = {
    function.__name__: function
    for function in (
        gzips,
        deflates,
        calls_its_archive_compressed,
        has_no_length,
        has_a_length_that_is_none,
        has_a_negative_length,
        gives_no_range,
    )
}


def starts_elsewhere(self, start):
    answer(self, CONTENT, 206, length(CONTENT), ("Content-Range", f"bytes {start + 1}-{len(CONTENT)}/{len(CONTENT)}"))


def gives_a_range_of_nothing(self, start):
    answer(self, CONTENT[start:], 206, length(CONTENT[start:]), ("Content-Range", "bytes */*"))


def gives_many_ranges(self, start):
    answer(self, CONTENT, 206, length(CONTENT), ("Content-Type", "multipart/byteranges; boundary=x"))


def has_nothing(self, start):
    answer(self, b"", 204)


def has_nothing_more(self, start):
    answer(self, b"", 416)


def redirects_to_a_page(self, start):
    if self.path.endswith("-page"):
        page = b"<html>" + b"log in " * len(CONTENT)  # larger than what is here already
        answer(self, page, 200, length(page), ("Content-Type", "text/html; charset=utf-8"))
    else:
        answer(self, b"", 302, ("Location", self.path + "-page"))


def redirects_to_itself(self, start):
    answer(self, b"", 302, ("Location", self.path))


def redirects_to_a_file(self, start):
    answer(self, b"", 302, ("Location", "file:///etc/hostname"))


def redirects_nowhere(self, start):
    answer(self, b"", 302, ("Location", f"http://{'x' * 70}./"))


def speaks_another_language(self, start):
    self.wfile.write(b"220 ready for mail\r\n\r\n")
    self.close_connection = True


def never_ends(self, start):
    self.send_response(200)
    self.end_headers()
    try:
        while True:
            self.wfile.write(CONTENT)
    except OSError:
        pass  # the client has left, as it should
    self.close_connection = True


def calls_bytes_compressed(self, start):
    body = b"\x1f\x8b" + CONTENT
    answer(self, body, 200, length(body), ("Content-Encoding", "gzip"))


def sends_a_bomb(self, start):
    """A few kilobytes that become a gigabyte."""
    body = gzip.compress(bytes(100_000_000))
    answer(self, body, 200, length(body), ("Content-Encoding", "gzip"))


WRONG = {
    function.__name__: function
    for function in (
        has_a_length_with_commas,
        starts_elsewhere,
        gives_a_range_of_nothing,
        gives_many_ranges,
        has_nothing,
        has_nothing_more,
        redirects_to_a_page,
        redirects_to_itself,
        redirects_to_a_file,
        redirects_nowhere,
        speaks_another_language,
        never_ends,
        calls_bytes_compressed,
        sends_a_bomb,
    )
}
LIMITED = PATIENT | {"largest": 5 * len(CONTENT)}


@pytest.fixture
def odd(host):  # noqa: F811
    for name, behaviour in (RIGHT | WRONG).items():
        setattr(host, name, behaviour)
    return host


@pytest.mark.parametrize("name", RIGHT)
@pytest.mark.parametrize("have", [0, HALF])
def test_a_host_with_odd_headers_still_delivers(odd, target, name, have):  # noqa: F811
    target.parent.mkdir()
    if have:
        target.with_name("archive.bin.part").write_bytes(CONTENT[:have])
    fetch([f"{odd.url}/{name}"], SHA256, target, **LIMITED)
    assert_whole(target)


@pytest.mark.parametrize("name", WRONG)
@pytest.mark.parametrize("have", [0, HALF])
def test_the_next_host_is_taken_and_what_is_here_already_is_kept(odd, target, name, have):  # noqa: F811
    target.parent.mkdir()
    if have:
        target.with_name("archive.bin.part").write_bytes(CONTENT[:have])
    fetch([f"{odd.url}/{name}", f"{odd.url}/good"], SHA256, target, **LIMITED)
    assert_whole(target)


@pytest.mark.parametrize("name", WRONG)
def test_where_such_a_host_is_the_only_one_a_sentence_names_it_and_nothing_stays(odd, target, name):  # noqa: F811
    with pytest.raises(DownloadFailed, match=rf"archive\.bin could not be downloaded:\n.*{name}: ."):
        fetch([f"{odd.url}/{name}"], SHA256, target, **LIMITED)
    assert {path.name for path in target.parent.iterdir()} <= {"archive.bin.lock"}


@pytest.mark.parametrize("url", ["", "nothing", "http://", "http://[", "http://a b/", f"http://{'x' * 300}.org/", "ftp://example.org/a"])
def test_an_address_that_is_none_is_passed_over(odd, target, url):  # noqa: F811
    fetch([url, f"{odd.url}/good"], SHA256, target, **LIMITED)
    assert_whole(target)


def test_hosts_are_asked_for_the_bytes_as_they_are(odd, target):  # noqa: F811
    asked = []

    def listens(self, start):
        asked.append(self.headers["Accept-Encoding"])
        self.good(start)

    odd.listens = listens
    fetch([f"{odd.url}/listens"], SHA256, target, **LIMITED)
    assert asked == ["identity"]


@pytest.mark.parametrize("said", [errno.ENOSYS, errno.ENOLCK, errno.EOPNOTSUPP])
def test_where_the_file_system_has_no_locks_the_file_comes_all_the_same(odd, target, monkeypatch, said):  # noqa: F811
    def without_locks(*_):
        raise OSError(said, "no locks here")

    monkeypatch.setattr(fcntl, "flock", without_locks)
    fetch([f"{odd.url}/good"], SHA256, target, **LIMITED)
    assert_whole(target)


@pytest.mark.parametrize("name", ["archive.bin", "archive.bin.part", "archive.bin.lock"])
def test_a_folder_in_the_way_is_named_in_one_sentence(odd, target, name):  # noqa: F811
    target.with_name(name).mkdir(parents=True)
    with pytest.raises(DownloadFailed, match=r"archive\.bin"):
        fetch([f"{odd.url}/good"], SHA256, target, **LIMITED)
    assert target.with_name(name).is_dir()


def test_a_place_that_cannot_be_written_is_named_in_one_sentence(odd, tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(DownloadFailed, match=r"archive\.bin cannot be written"):
        fetch([f"{odd.url}/good"], SHA256, tmp_path / "file" / "archive.bin", **LIMITED)
    assert odd.requests == []
