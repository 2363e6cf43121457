"""How long the pieces are in which a page does long work."""

# Milliseconds of each piece of a generator's work, the shortest of some runs, since others use this machine too; `begin` starts a run.
SHORTEST = """(begin, times) => {
    const runs = Array.from({ length: times }, () => {
        const work = begin(), pieces = [];
        for (let done = false; !done;) {
            const start = performance.now();
            done = work.next().done;
            pieces.push(performance.now() - start);
        }
        return pieces;
    });
    return runs[0].map((_, i) => Math.min(...runs.map((pieces) => pieces[i])));
}"""
