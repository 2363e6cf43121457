"""A training steered by messages: in a Worker from a Blob, or on the page's own thread, which is never held up for long."""

import json

import pytest

from tests.demos.engine.conftest import LINKED, WORKER
from tests.demos.pieces import SHORTEST

# A page that allows inline scripts only has neither Workers from Blobs nor WebAssembly.
POLICIES = {"worker": "", "page": "default-src 'none'; script-src 'unsafe-inline'"}
SETUP = {
    "layers": [{"kind": "Conv2D", "filters": 8}, {"kind": "ReLU"}, {"kind": "Flatten"}, {"kind": "Dense", "units": 10}],
    "optimizer": {"kind": "adam", "rate": 0.003},
    "batch": 32,
    "images": 64,
    "initialisation": {"scheme": "glorot_uniform", "scale": 0},
    "seed": 1,
}
# `talk` sends messages and waits for an answer of a kind; the images are noise, which a network can learn by heart.
HELPERS = """
const noise = (count, seed) => ({
    images: Float32Array.from({ length: 64 * count }, (_, i) => 2 * engine.uniform(seed, i) - 1),
    labels: Uint8Array.from({ length: count }, (_, i) => Math.floor(10 * engine.uniform(seed + 1, i))),
});
const data = { shape: [8, 8, 1], classes: 10, training: noise(64, 1), test: noise(32, 3) };
function open() {
    const heard = [], session = engine.connect(workerSource, (message) => heard.push(message));
    const until = async (kind) => {
        for (;;) {
            const at = heard.findIndex((message) => message.kind === kind);
            if (at >= 0) return heard.splice(at, 1)[0];
            await new Promise((done) => setTimeout(done, 5));
        }
    };
    return { session, until, heard };
}
const look = { kind: "look", layer: 0, channel: 0, image: data.test.images.slice(0, 64), points: 0 };
"""


@pytest.fixture(scope="module", params=POLICIES)
def page(browser, request):
    """An empty page under a policy; `page.where` says where it must train."""
    page = browser.new_page()
    page.set_default_timeout(60_000)
    script = f"{LINKED}\nglobalThis.workerSource = {json.dumps(WORKER)};\n{HELPERS}".replace("</script", "<\\/script")
    headers = {"Content-Security-Policy": POLICIES[request.param]} if POLICIES[request.param] else {}
    body = f"<!doctype html><title>blank</title><script>{script}</script>"
    page.route("http://blank.test/", lambda route: route.fulfill(headers=headers, content_type="text/html", body=body))
    page.goto("http://blank.test/")
    page.where = request.param
    yield page
    page.close()


RUN = """async ([setup, until]) => {
    const { session, until: wait } = open();
    session.send({ kind: "start", setup, data });
    const started = await wait("started");
    session.send({ kind: "run", until });
    await wait("paused");
    session.send(look);
    const seen = await wait("seen"), where = await session.where;
    session.close();
    return { started, where, seen: JSON.parse(JSON.stringify(seen)) };
}"""


def test_it_trains_where_the_policy_lets_it(page):
    found = page.evaluate(RUN, [SETUP, 60])
    assert found["where"] == page.where
    assert found["started"]["simd"] is (page.where == "worker")
    seen = found["seen"]
    assert (seen["updates"], seen["running"], seen["failure"]) == (60, False, None)
    assert seen["points"][-1]["update"] == 60
    assert seen["points"][-1]["training"]["loss"] < seen["points"][0]["training"]["loss"] / 2
    assert [len(seen[name]) for name in ("histograms", "filters", "maps", "norms")] == [5, 8, 8, 4]
    assert sum(seen["histograms"][0]["counts"]) == 32 * 64
    assert sum(seen["answer"].values()) == pytest.approx(1)


def test_one_step_is_one_update_and_steps_make_the_same_as_a_run(page):
    stepped = page.evaluate(
        """async (setup) => {
            const { session, until } = open();
            session.send({ kind: "start", setup, data });
            for (let n = 0; n < 5; n++) {
                session.send({ kind: "step" });
                await until("paused");
            }
            session.send(look);
            const seen = await until("seen");
            session.close();
            return JSON.parse(JSON.stringify(seen));
        }""",
        SETUP,
    )
    run = page.evaluate(RUN, [SETUP, 5])["seen"]
    assert stepped["updates"] == 5
    assert stepped["filters"] == run["filters"]
    assert stepped["histograms"] == run["histograms"]


def test_it_can_be_paused_and_looked_at_while_it_runs(page):
    found = page.evaluate(
        """async (setup) => {
            const { session, until } = open();
            session.send({ kind: "start", id: 7, setup, data });
            session.send({ kind: "run", until: 1e9 });
            await until("started");
            session.send(look);
            const first = await until("seen");
            let second = first; // on a busy machine several looks come between two updates
            for (let looks = 0; second.updates === first.updates && looks < 2000; looks++) {
                session.send(look);
                second = await until("seen");
            }
            session.send({ kind: "pause" });
            await until("paused");
            session.send(look);
            const last = await until("seen");
            session.close();
            const measured = last.points.at(-1).update === last.updates;
            return [first.running, second.running, last.running, second.updates > first.updates, measured, last.id];
        }""",
        SETUP,
    )
    assert found == [True, True, False, True, True, 7]


LARGE = SETUP | {
    "layers": [
        *[{"kind": "Conv2D", "filters": 32}, {"kind": "BatchNormalization"}, {"kind": "ReLU"}] * 3,
        {"kind": "Flatten"},
        {"kind": "Dense", "units": 10},
    ],
    "batch": 64,
}


def test_no_piece_of_work_between_two_pauses_is_long_even_in_a_large_network_without_simd(page):
    pieces = page.evaluate(
        f"(setup) => ({SHORTEST})(() => new engine.Trainer(setup, data, {{ simd: false }}).update(), 3)",
        LARGE,
    )
    assert max(pieces) < 40


def test_while_it_trains_the_page_gets_its_turns(page):
    turns = page.evaluate(
        """async (setup) => {
            const { session, until } = open(), { port1, port2 } = new MessageChannel();
            let turns = 0, going = true;
            port1.onmessage = () => { turns += 1; if (going) port2.postMessage(null); };
            session.send({ kind: "start", setup, data });
            await until("started");
            port2.postMessage(null);
            session.send({ kind: "run", until: 2 });
            await until("paused");
            going = false;
            session.close();
            return turns;
        }""",
        LARGE,
    )
    assert turns > 20


def test_what_cannot_be_had_is_refused_with_a_sentence_and_the_next_network_still_trains(page):
    found = page.evaluate(
        """async ([setup, bad]) => {
            const { session, until } = open();
            session.send({ kind: "start", setup: bad, data });
            const refused = await until("refused");
            session.send({ kind: "start", setup, data });
            session.send({ kind: "step" });
            await until("paused");
            session.close();
            return refused.sentence;
        }""",
        [SETUP, SETUP | {"layers": [{"kind": "Flatten"}, {"kind": "Dense", "units": 2**24}, {"kind": "Dense", "units": 10}]}],
    )
    assert found == "This network needs more memory than the browser allows."
