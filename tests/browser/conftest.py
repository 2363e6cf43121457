"""The built book in Chromium, from a local server and from files, with every foreign request refused and remembered."""

import threading
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer

import pytest

from tests.conftest import ROOT

SITE = ROOT / "_build" / "html"
NOT_FOUND = "404.html"  # is only ever served by a server, so its links are absolute
PAGES = sorted({str(path.relative_to(SITE)) for path in SITE.rglob("*.html") if "_static" not in path.parts} - {NOT_FOUND})


@pytest.fixture(scope="session")
def server():
    """The address of a local server of the built site."""

    class Quiet(SimpleHTTPRequestHandler):
        def log_message(self, *args):
            pass

    assert (SITE / "index.html").exists(), "run `make book` first"
    httpd = ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=SITE))
    httpd.daemon_threads = True
    thread = threading.Thread(target=httpd.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{httpd.server_port}/"
    httpd.shutdown()
    httpd.server_close()
    thread.join()


@pytest.fixture(params=["server", "file"])
def address(request):
    """Where the site is: on a local server, or in a folder."""
    return request.getfixturevalue("server") if request.param == "server" else f"{SITE.as_uri()}/"


@pytest.fixture
def open_page(browser):
    """A function that opens an address in a fresh context; the page gets `foreign` and `complaints`, lists of what went wrong."""
    contexts = []

    def open_(url, *, width=1280, **context_options):
        context = browser.new_context(viewport={"width": width, "height": 900}, **context_options)
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(30_000)
        page.foreign, page.complaints = [], []
        page.on("console", lambda message: page.complaints.append(message.text) if message.type in ("error", "warning") else None)
        page.on("pageerror", lambda error: page.complaints.append(str(error)))

        def route(request_route):
            target = request_route.request.url
            if target.startswith((url.split("/", 3)[0] + "//" + url.split("/", 3)[2], "data:", "blob:")):
                request_route.continue_()
            else:
                page.foreign.append(target)
                request_route.abort()

        context.route("**/*", route)
        page.goto(url)
        page.wait_for_load_state("networkidle")
        return page

    yield open_
    for context in contexts:
        context.close()
