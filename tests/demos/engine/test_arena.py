"""The matrix product: what is committed is what is assembled, and both kernels multiply as NumPy does, whatever the sizes."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bookbuild import assemble

# C += A · B for several sizes in one go; the first matrices are made here, so that only results travel.
MULTIPLY = """([cases, simd]) => cases.map(({ rows, k, n, transposed, numbers }) => {
    const lengths = [rows * k, k * n, rows * n], arena = new engine.Arena(engine.bytesFor(lengths), { simd });
    if (arena.simd !== simd) throw new Error("the other kernel");
    const arrays = lengths.map((length) => arena.take(length)), after = arena.take(8);
    let at = 0;
    for (const array of arrays) for (let i = 0; i < array.length; i++) array[i] = numbers[at++];
    after.fill(NaN); // what lies behind must neither be used nor changed
    arena.product(...arrays, rows, k, n, transposed);
    return { arrays: arrays.map((array) => [...array]), after: [...after].every(Number.isNaN) };
})"""


def test_the_committed_bytes_are_the_assembled_text():
    assert assemble.RESULT.read_text(encoding="utf-8") == assemble.script()


@pytest.mark.parametrize("simd", [True, False])
@settings(deadline=None, max_examples=15)
@given(
    sizes=st.lists(st.tuples(st.integers(1, 13), st.integers(1, 40), st.integers(1, 27), st.booleans()), min_size=8, max_size=8),
    seed=st.integers(0, 2**32 - 1),
)
def test_products_of_all_sizes_are_those_of_numpy(engine, simd, sizes, seed):
    rng, cases = np.random.default_rng(seed), []
    for rows, k, n, transposed in sizes:
        numbers = rng.uniform(-1, 1, rows * k + k * n + rows * n).astype(np.float32)
        cases.append({"rows": rows, "k": k, "n": n, "transposed": transposed, "numbers": numbers.tolist()})
    for case, made in zip(cases, engine.evaluate(MULTIPLY, [cases, simd]), strict=True):
        rows, k, n = case["rows"], case["k"], case["n"]
        a, b, c = np.split(np.array(case["numbers"]), [rows * k, rows * k + k * n])
        left = a.reshape(k, rows).T if case["transposed"] else a.reshape(rows, k)
        np.testing.assert_allclose(made["arrays"][2], (c.reshape(rows, n) + left @ b.reshape(k, n)).ravel(), atol=1e-5)
        np.testing.assert_array_equal(made["arrays"][0], a)
        np.testing.assert_array_equal(made["arrays"][1], b)
        assert made["after"]


def test_where_webassembly_is_forbidden_plain_javascript_multiplies(browser, engine):
    from tests.demos.engine.conftest import LINKED

    page = browser.new_page()
    policy = "script-src 'unsafe-inline'"  # no 'wasm-unsafe-eval'
    page.route(
        "http://strict.test/",
        lambda route: route.fulfill(
            headers={"Content-Security-Policy": policy}, content_type="text/html", body=f"<!doctype html><script>{LINKED}</script>"
        ),
    )
    page.goto("http://strict.test/")
    assert page.evaluate("new engine.Arena(1000).simd") is False
    assert engine.evaluate("new engine.Arena(1000).simd") is True
    page.close()
