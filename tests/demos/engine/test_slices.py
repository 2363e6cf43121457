"""Long work in slices: a page gets its turns, work that is dropped ends, and what goes wrong is told."""


def test_the_work_is_done_in_turns_and_others_get_theirs(engine):
    found = engine.evaluate(
        """() => new Promise((done) => {
            const { port1, port2 } = new MessageChannel(), seen = [];
            let pieces = 0;
            port1.onmessage = () => { seen.push(pieces); if (pieces < 50) port2.postMessage(null); else done(seen); };
            engine.inSlices((function* () {
                while (pieces < 50) { for (const end = performance.now() + 2; performance.now() < end;); pieces += 1; yield; }
            })(), 5, () => {});
            port2.postMessage(null);
        })"""
    )
    assert len(set(found)) > 5


def test_work_that_is_stopped_goes_no_further_not_even_from_inside(engine):
    found = engine.evaluate(
        """() => new Promise((done) => {
            let pieces = 0;
            const stop = engine.inSlices((function* () { for (;;) { if (++pieces === 3) stop(); yield; } })(), 1000, () => {});
            engine.inSlices((function* () { while (pieces < 3) yield; yield* Array(50); done(pieces); })(), 1, () => {});
        })"""
    )
    assert found == 3


def test_what_the_work_throws_is_handed_on(engine):
    found = engine.evaluate(
        """() => new Promise((done) => {
            engine.inSlices((function* () { yield; throw new RangeError("too large"); })(), 5, (error) => done(error.message));
        })"""
    )
    assert found == "too large"
