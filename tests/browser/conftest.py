"""The built book in Chromium, from a local server and from files, with every foreign request refused and remembered.

What a failed test had open stays in _build/failures/<test>: a screenshot and the HTML of each page, and a trace of what was done,
said on the console and asked for (`playwright show-trace`).
"""

import re
import shutil
import threading
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer

import pytest
from playwright.sync_api import Error

from tests.conftest import ROOT

SITE = ROOT / "_build" / "html"
FAILURES = ROOT / "_build" / "failures"
NOT_FOUND = "404.html"  # is only ever served by a server, so its links are absolute
PAGES = sorted({str(path.relative_to(SITE)) for path in SITE.rglob("*.html") if "_static" not in path.parts} - {NOT_FOUND})
LIMIT = 120_000  # milliseconds that a page may take for anything: other work may keep the processors busy

# True when formulas and fonts have their places and all is drawn.
SETTLED = """async () => {
    const frame = () => new Promise(requestAnimationFrame);
    await globalThis.MathJax?.startup?.promise;
    await frame(); // in which the fonts of the formulas are asked for
    await document.fonts.ready;
    await frame();
    await frame();
    return true;
}"""
# Begins every demo anew from its published state, as if the page had just been opened.
ANEW = """() => {
    document.activeElement.blur();
    scrollTo({ top: 0, left: 0, behavior: "instant" });
    document.dispatchEvent(new Event("cnnbook:mount"));
}"""


class Contexts:
    """The browser's contexts that are open, so that a failed test can keep what it saw."""

    def __init__(self, browser):
        self.browser, self.open = browser, []

    def new(self, **options):
        context = self.browser.new_context(**options)
        context.set_default_timeout(LIMIT)
        context.failed = False
        context.tracing.start()  # without snapshots of each step, with which a step takes ten times as long
        self.open.append(context)
        return context

    def close(self, context):
        self.open.remove(context)
        context.close()

    def keep(self, folder):
        """Write a trace of each context and the look and HTML of each page into a folder, and mark them as used up."""
        shutil.rmtree(folder, ignore_errors=True)
        for number, context in enumerate(self.open, 1):
            context.failed = True
            try:
                context.tracing.stop(path=folder / f"trace-{number}.zip")
                for page_number, page in enumerate(context.pages, 1):
                    name = f"page-{number}-{page_number}"
                    page.screenshot(path=folder / f"{name}.png", timeout=20_000)
                    (folder / f"{name}.html").write_text(page.content(), encoding="utf-8")
            except Error as error:  # a page that hangs must not hide why the test failed
                folder.mkdir(parents=True, exist_ok=True)
                (folder / f"error-{number}.txt").write_text(str(error), encoding="utf-8")


CONTEXTS = pytest.StashKey[Contexts]()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item, call):
    report = yield
    contexts = item.config.stash.get(CONTEXTS, None)
    if contexts and report.failed and call.when != "teardown":
        contexts.keep(FAILURES / re.sub(r"[^\w.-]+", "-", f"{item.path.stem}-{item.name}")[:150].strip("-"))
    return report


@pytest.fixture(scope="session")
def contexts(browser, request):
    request.config.stash[CONTEXTS] = Contexts(browser)
    return request.config.stash[CONTEXTS]


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


def open_in(context, url: str, *, scripts: bool = True):
    """A page of this context at an address, loaded and drawn; it gets `foreign` and `complaints`, lists of what went wrong."""
    page = context.new_page()
    page.foreign, page.complaints = [], []
    page.on("console", lambda message: page.complaints.append(message.text) if message.type in ("error", "warning") else None)
    page.on("pageerror", lambda error: page.complaints.append(str(error)))

    def refuse(route):
        page.foreign.append(route.request.url)
        route.abort()

    own = "/".join(url.split("/", 3)[:3])
    context.route(re.compile(f"^(?!{re.escape(own)}/|data:|blob:)"), refuse)
    page.goto(url)
    if scripts:
        page.wait_for_function(SETTLED)
    return page


@pytest.fixture
def open_page(contexts):
    """A function that opens an address in a fresh context."""
    opened = []

    def open_(url, *, width=1280, **context_options):
        opened.append(contexts.new(viewport={"width": width, "height": 900}, **context_options))
        return open_in(opened[-1], url, scripts=context_options.get("java_script_enabled", True))

    yield open_
    for context in opened:
        contexts.close(context)


@pytest.fixture(scope="module")
def kept(contexts):
    """The contexts that stay open for a module, with a page each, by its address and options."""
    by_page = {}
    yield by_page
    for context in by_page.values():
        contexts.close(context)


@pytest.fixture
def open_anew(contexts, kept):
    """Like `open_page`, but quicker: a page that an earlier test of the module opened is kept, and its demos start anew.

    For tests that change nothing in the page but its demos.
    """

    def open_(url, *, width=1280, **context_options):
        key = (url, width, *sorted(context_options.items()))
        if key in kept and kept[key].failed:
            contexts.close(kept.pop(key))
        if key not in kept:
            kept[key] = contexts.new(viewport={"width": width, "height": 900}, **context_options)
            return open_in(kept[key], url)
        (page,) = kept[key].pages
        page.context.tracing.stop_chunk()
        page.context.tracing.start_chunk()
        page.mouse.move(0, 0)
        page.evaluate(ANEW)
        page.wait_for_function(SETTLED)
        page.foreign.clear()
        page.complaints.clear()
        return page

    return open_
