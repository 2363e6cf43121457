"""Downloading from hosts that are slow, cut off, serve damaged bytes or refuse: a half file never passes for the whole one."""

import hashlib
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from bookbuild import hosts
from cnnbook.data.download import DownloadFailed, fetch

CONTENT = bytes(range(256)) * 4_000  # about 1 MB
SHA256 = hashlib.sha256(CONTENT).hexdigest()
# With a good host alone, however long it takes; and where a host has to be left that a busy machine must not make of a good one.
PATIENT = {"progress": False, "grace": 60, "timeout": 60, "minimum_rate": 1_000}
HURRIED = {"progress": False, "grace": 3, "timeout": 5, "minimum_rate": 20_000}


class Host(BaseHTTPRequestHandler):
    """A host whose behaviour is chosen by the path; `requests` keeps what was asked of it."""

    requests: list[tuple[str, str | None]]

    def log_message(self, *args):
        pass

    def do_GET(self):
        asked = self.headers.get("Range")
        self.requests.append((self.path, asked))
        start = int(asked.removeprefix("bytes=").removesuffix("-")) if asked else 0
        behaviour = getattr(self, self.path.strip("/").split("-")[0])
        behaviour(start)

    def send(self, body: bytes, start: int, *, length: int | None = None, status: int | None = None):
        self.send_response(status or (206 if start else 200))
        self.send_header("Content-Length", str(len(body) if length is None else length))
        self.end_headers()
        self.wfile.write(body)

    def good(self, start):
        self.send(CONTENT[start:], start)

    def slow(self, start):
        """Long enough that others come in between."""
        time.sleep(0.3)
        self.good(start)

    def ambles(self, start):
        """At most 150 kB a second, to the end."""
        self.send(CONTENT[start : start + 1], start, length=len(CONTENT) - start)
        for at in range(start + 1, len(CONTENT), 30_000):
            time.sleep(0.2)
            self.wfile.write(CONTENT[at : at + 30_000])

    def damaged(self, start):
        self.send((b"?" + CONTENT[1:])[start:], start)

    def refuses(self, start):
        self.send(b"no", start, status=403)

    def cuts(self, start):
        """Sends 400,000 bytes of what is missing, then closes the connection."""
        self.send(CONTENT[start : start + 400_000], start, length=len(CONTENT) - start)

    def deaf(self, start):
        """Knows no ranges: always sends everything."""
        self.send(CONTENT, 0)

    def crawls(self, start):
        self.send(CONTENT[start : start + 100], start, length=len(CONTENT) - start)
        try:
            for at in range(start + 100, start + 100_000, 100):
                time.sleep(0.02)
                self.wfile.write(CONTENT[at : at + 100])
                self.wfile.flush()
        except OSError:
            pass  # the client has left, as it should

    def portal(self, start):
        """A page of another kind, as hotel networks send for everything."""
        self.send(b"<html>please log in</html>", 0)

    def satisfied(self, start):
        self.send(b"", start, status=416 if start else 200)

    def silent(self, start):
        self.send(b"", start, length=len(CONTENT))
        self.connection.recv(1)  # until the client leaves


@pytest.fixture
def host():
    handler = type("Handler", (Host,), {"requests": []})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    handler.url = f"http://127.0.0.1:{server.server_port}"
    yield handler
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture
def target(tmp_path):
    return tmp_path / "folder" / "archive.bin"


def assert_whole(target):
    assert target.read_bytes() == CONTENT
    assert {path.name for path in target.parent.iterdir()} <= {target.name, f"{target.name}.lock"}


@pytest.mark.parametrize("first", ["refuses", "damaged", "crawls", "silent", "nowhere"])
def test_the_next_host_is_taken_when_the_first_is_no_good(host, target, first):
    first_url = "http://127.0.0.1:9/x" if first == "nowhere" else f"{host.url}/{first}"
    fetch([first_url, f"{host.url}/good"], SHA256, target, **HURRIED)
    assert_whole(target)


def test_of_several_that_want_the_file_at_once_one_downloads_and_the_others_wait(host, target):
    with ThreadPoolExecutor(4) as several:
        fetched = [several.submit(fetch, [f"{host.url}/slow"], SHA256, target, **PATIENT) for _ in range(4)]
    assert [one.result() for one in fetched] == 4 * [target]
    assert_whole(target)
    assert host.requests == [("/slow", None)]


def test_a_connection_that_is_cut_is_resumed_where_it_stopped(host, target):
    fetch([f"{host.url}/cuts"], SHA256, target, **PATIENT)
    assert_whole(target)
    starts = [int(asked.strip("bytes=-")) if asked else 0 for _, asked in host.requests]
    assert len(starts) == 3
    assert starts[0] == 0
    assert 380_000 <= starts[1] <= 400_000
    assert 760_000 <= starts[2] <= 800_000


def test_a_later_call_and_another_host_resume_what_is_there(host, target):
    target.parent.mkdir()
    target.with_name("archive.bin.part").write_bytes(CONTENT[:700_000])
    fetch([f"{host.url}/good"], SHA256, target, **PATIENT)
    assert_whole(target)
    assert host.requests == [("/good", "bytes=700000-")]


def test_a_host_without_ranges_starts_over_instead_of_appending(host, target):
    target.parent.mkdir()
    target.with_name("archive.bin.part").write_bytes(CONTENT[:700_000])
    fetch([f"{host.url}/deaf"], SHA256, target, **PATIENT)
    assert_whole(target)


def test_a_damaged_beginning_is_thrown_away_and_the_same_host_asked_again(host, target):
    target.parent.mkdir()
    target.with_name("archive.bin.part").write_bytes(b"!" * 700_000)
    fetch([f"{host.url}/good"], SHA256, target, **PATIENT)
    assert_whole(target)
    assert host.requests == [("/good", "bytes=700000-"), ("/good", None)]


def test_a_finished_part_is_recognised_without_downloading_it_again(host, target):
    target.parent.mkdir()
    target.with_name("archive.bin.part").write_bytes(CONTENT)
    fetch([f"{host.url}/satisfied"], SHA256, target, **PATIENT)
    assert_whole(target)


@pytest.mark.parametrize("only", ["damaged", "refuses", "crawls", "satisfied"])
def test_where_no_host_delivers_nothing_bears_the_files_name_and_the_error_names_the_host(host, target, only):
    with pytest.raises(DownloadFailed, match=f"archive.bin could not be downloaded:\n.*{only}"):
        fetch([f"{host.url}/{only}"], SHA256, target, **HURRIED)
    assert not target.exists()


def test_a_login_page_does_not_destroy_what_was_downloaded_before(host, target):
    target.parent.mkdir()
    target.with_name("archive.bin.part").write_bytes(CONTENT[:700_000])
    fetch([f"{host.url}/portal", f"{host.url}/good"], SHA256, target, **PATIENT)
    assert_whole(target)
    assert host.requests == [("/portal", "bytes=700000-"), ("/good", "bytes=700000-")]


def test_damaged_bytes_are_not_kept_for_resuming(host, target):
    with pytest.raises(DownloadFailed, match="a different SHA-256"):
        fetch([f"{host.url}/damaged"], SHA256, target, **PATIENT)
    assert not target.with_name(f"{target.name}.part").exists()
    assert not target.exists()


def test_a_crawling_host_is_left_long_before_its_end(host, target):
    with pytest.raises(DownloadFailed, match="kB/s"):
        fetch([f"{host.url}/crawls"], SHA256, target, **HURRIED)
    assert host.requests == [("/crawls", None)]
    assert target.with_name(f"{target.name}.part").stat().st_size < 50_000  # of the 100,000 that it would send


def test_progress_is_shown_on_stderr(host, target, capsys):
    fetch([f"{host.url}/good"], SHA256, target, **{**PATIENT, "progress": True})
    assert "100%" in capsys.readouterr().err


def test_each_host_is_asked_by_itself_and_the_ones_without_the_file_are_named(host, capsys):
    urls = tuple(f"{host.url}/{kind}" for kind in ("good", "refuses", "deaf", "damaged"))
    refuses, damaged = hosts.faults(urls, SHA256)
    assert f"{host.url}/refuses: " in refuses
    assert f"{host.url}/damaged: " in damaged
    assert capsys.readouterr().out == f"{host.url}/good has it\n{host.url}/deaf has it\n"


def test_a_host_that_is_too_slow_for_readers_but_has_the_file_is_no_fault(host, target):
    url = f"{host.url}/ambles"
    with pytest.raises(DownloadFailed):
        fetch([url], SHA256, target, **HURRIED | {"grace": 0.3, "minimum_rate": 300_000})
    assert hosts.faults((url,), SHA256, grace=HURRIED["grace"]) == []
