"""The linker: a linked file does what the browser's own modules do, and what cannot be linked is refused with a sentence."""

import json

import pytest

from bookbuild import bundle_demos
from cnnbook import demos
from cnnbook.demos.shared import linker
from cnnbook.demos.shared.base import DEMOS, Demo

FILES = sorted(DEMOS.rglob("*.js"))
ADDRESS = "http://demos.test/"


@pytest.fixture
def blank(browser):
    """An empty page that gets the files of `cnnbook/demos` as the modules they are, each from its own address."""
    page = browser.new_page()
    page.failed = []
    page.on("pageerror", lambda error: page.failed.append(str(error)))
    page.route(f"{ADDRESS}**", lambda route: answer(route))
    page.goto(f"{ADDRESS}blank.html")
    yield page
    page.close()


def answer(route):
    path = DEMOS / route.request.url.removeprefix(ADDRESS)
    if path.suffix == ".js":
        route.fulfill(content_type="text/javascript", body=path.read_text(encoding="utf-8"))
    else:
        route.fulfill(content_type="text/html", body="<!doctype html><title>blank</title>")


def write(folder, **files) -> dict:
    """Files by name without .js."""
    paths = {name: folder / f"{name}.js" for name in files}
    for name, text in files.items():
        paths[name].write_text(text, encoding="utf-8")
    return paths


@pytest.mark.parametrize("path", FILES, ids=lambda path: "/".join(path.parts[-2:]))
def test_each_file_is_a_module_on_its_own_and_exports_what_the_linker_says(blank, path):
    names = blank.evaluate("(address) => import(address).then((module) => Object.keys(module))", ADDRESS + str(path.relative_to(DEMOS)))
    assert sorted(names) == sorted(linker.read(path).exports)
    assert blank.failed == []


@pytest.mark.parametrize("name", demos.__all__)
def test_the_module_for_jupyter_is_a_module_with_what_renders_the_demo(blank, name):
    demo = getattr(demos, name)
    assert issubclass(demo, Demo)
    found = blank.evaluate(
        """(source) => import(URL.createObjectURL(new Blob([source], { type: "text/javascript" })))
        .then((module) => [Object.keys(module), typeof module.default.render])""",
        demo()._esm,
    )
    assert found == [["default"], "function"]


def test_the_pages_scripts_are_classic_hold_every_file_and_run_without_a_demo(blank):
    scripts = bundle_demos.bundle(), *bundle_demos.own_scripts().values()
    for path in FILES:
        times = [script.count(f"const {linker.variable(path)} = ") for script in scripts]
        assert max(times) == 1, (path, times)
    for script in scripts:
        blank.add_script_tag(content=script)
    assert blank.failed == []


def test_a_linked_file_keeps_its_names_to_itself_and_gets_the_ones_it_asks_for(blank, tmp_path):
    top = """import { four, later } from "./middle.js";
import { two } from "./base.js";

export default { total: () => [two, four], later, hidden: typeof hidden };
"""
    middle = """// Words.

import {
  twice,
  two,
} from "./base.js";

const hidden = 7;
export const four = twice(two);
export async function later() { return hidden; }
"""
    base = """export const two = 2;
const hidden = 5;
export function twice(x) { return two * x; }
"""
    paths = write(tmp_path, top=top, middle=middle, base=base)
    module = linker.module(paths["top"])
    read = """(source) => import(URL.createObjectURL(new Blob([source], { type: "text/javascript" })))
        .then(async ({ default: made }) => [made.total(), await made.later(), made.hidden])"""
    assert blank.evaluate(read, module) == [[2, 4], 7, "undefined"]
    assert module.count("export ") == 1


IMPORTS_A = 'import {{ a }} from "./{}.js";\nexport const {} = 1;\n'


@pytest.mark.parametrize(
    ("files", "message"),
    [
        ({"top": IMPORTS_A.format("gone", "b")}, r"top.js imports from gone.js, but there is no such file: .*gone.js"),
        ({"top": IMPORTS_A.format("base", "b"), "base": "const a = 1;\n"}, "top.js imports a from base.js, which does not export it"),
        ({"top": IMPORTS_A.format("top", "a")}, "top.js imports top.js: that is a circle"),
        (
            {"top": IMPORTS_A.format("one", "b"), "one": IMPORTS_A.format("two", "a"), "two": IMPORTS_A.format("one", "a")},
            "one.js imports two.js imports one.js: that is a circle",
        ),
        ({"top": 'import * as all from "./base.js";\n'}, r'top.js says "import \* as all from "./base.js";"; known are import'),
        ({"top": 'import React from "react";\n'}, 'top.js says "import React'),
        ({"top": 'import { a } from "react";\n'}, 'top.js says "import { a }'),
        ({"top": "const a = 1;\nexport { a };\n"}, 'top.js says "export { a };"'),
        ({"top": "export const a = 1;\n"}, "top.js has no line that starts with export default"),
    ],
)
def test_what_cannot_be_linked_is_refused_with_the_file_and_the_reason(tmp_path, files, message):
    with pytest.raises(linker.LinkError, match=message):
        linker.module(write(tmp_path, **files)["top"])


def test_a_file_that_is_not_there_is_named(tmp_path):
    with pytest.raises(linker.LinkError, match=r"there is no file .*demo\.js"):
        linker.link(tmp_path / "demo.js")


def test_a_files_text_can_hold_any_words(blank, tmp_path):
    text = 'the import of "export default" in a sentence: `$&` \\\\1'
    top = write(tmp_path, top=f"export default {json.dumps(text)};\n")["top"]
    source = linker.module(top)
    read = """(source) => import(URL.createObjectURL(new Blob([source], { type: "text/javascript" }))).then((module) => module.default)"""
    assert blank.evaluate(read, source) == text
