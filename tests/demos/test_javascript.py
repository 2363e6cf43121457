"""How the demos' JavaScript reads: short functions and lines, nothing used that is not there, nothing imported that is not used."""

import re

import pytest
import tree_sitter
import tree_sitter_javascript

from cnnbook.demos.shared import linker
from cnnbook.demos.shared.base import DEMOS

PARSER = tree_sitter.Parser(tree_sitter.Language(tree_sitter_javascript.language()))
FILES = sorted(DEMOS.rglob("*.js"))
EXERCISES = sorted((DEMOS.parent / "exercises").rglob("*.js"))
FUNCTIONS = {"function_declaration", "function_expression", "arrow_function", "method_definition"}
MOST_LINES, MOST_COLUMNS = 60, 140
# Of the browser and of JavaScript itself; whatever else a file names, it declares or imports.
GLOBALS = {
    "Array", "ArrayBuffer", "BigInt", "Blob", "Boolean", "DOMParser", "DataView", "Date", "DecompressionStream", "Error", "Float32Array",
    "Float64Array", "Infinity", "IntersectionObserver", "Intl", "JSON", "Map", "Math", "MessageChannel", "MutationObserver", "Number",
    "Object", "Promise", "RangeError", "ResizeObserver", "Set", "String", "TextDecoder", "TextEncoder", "URL", "URLSearchParams",
    "Uint32Array", "Uint8Array", "Uint8ClampedArray", "WeakMap", "WebAssembly", "Worker", "XMLSerializer", "atob", "btoa",
    "cancelAnimationFrame", "clearInterval", "clearTimeout", "createImageBitmap", "crypto", "document", "getComputedStyle", "globalThis",
    "history", "location", "matchMedia", "navigator", "parseFloat", "performance", "reportError", "requestAnimationFrame", "setInterval",
    "setTimeout", "undefined", "window",
}  # fmt: skip


def walk(node):
    yield node
    for child in node.children:
        yield from walk(child)


def tree(text: str):
    root = PARSER.parse(text.encode()).root_node
    assert not root.has_error
    return root


def functions(root) -> dict[str, int]:
    """Lines of each function, by where it begins; of `const f = () => …` the whole declaration counts."""
    return {
        node.text.decode().splitlines()[0]: node.end_point[0] - node.start_point[0] + 1 for node in walk(root) if node.type in FUNCTIONS
    }


def declared(root) -> set[str]:
    """Every name that a file declares anywhere: variables, parameters, functions, imports."""
    names = set()
    for node in walk(root):
        if node.type in (
            "variable_declarator",
            "function_declaration",
            "generator_function_declaration",
            "class_declaration",
            "import_specifier",
        ):
            names |= names_in(node.child_by_field_name("name"))
        elif node.type == "formal_parameters" or node.type == "catch_clause":
            names |= names_in(node)
        elif node.type == "arrow_function" and node.child_by_field_name("parameter"):
            names |= names_in(node.child_by_field_name("parameter"))
        elif node.type in ("for_in_statement",):
            names |= names_in(node.child_by_field_name("left"))
    return names


def names_in(node) -> set[str]:
    return {each.text.decode() for each in walk(node) if each.type in ("identifier", "shorthand_property_identifier_pattern")}


def used(root) -> set[str]:
    """Every name that a file uses, but for where it is imported."""
    nodes = [node for child in root.children if child.type != "import_statement" for node in walk(child)]
    return {node.text.decode() for node in nodes if node.type in ("identifier", "shorthand_property_identifier")}


def test_the_parser_counts_lines_and_tells_names_apart():
    root = tree('import { a, unused } from "./x.js";\nconst f = (p, { q }) => {\n  let v = a;\n  return p + q + v + b;\n};\n')
    assert functions(root) == {"(p, { q }) => {": 4}
    assert declared(root) == {"a", "unused", "f", "p", "q", "v"}
    assert used(root) - declared(root) == {"b"}
    assert "unused" not in used(root)


@pytest.mark.parametrize("path", FILES, ids=lambda path: "/".join(path.parts[-2:]))
def test_functions_and_lines_are_short_and_every_name_is_declared_imported_and_used(path):
    text = path.read_text(encoding="utf-8")
    root = tree(text)
    assert {name: lines for name, lines in functions(root).items() if lines > MOST_LINES} == {}
    assert [line for line in text.splitlines() if len(line) > MOST_COLUMNS] == []
    assert used(root) - declared(root) - GLOBALS == set()
    imported = [name for _, names in linker.read(path).imports for name in names]
    assert sorted(imported) == sorted(set(imported) & used(root))


def test_what_a_file_exports_some_other_file_or_test_uses():
    imported = {(path, name) for file in [*FILES, *EXERCISES] for path, names in linker.read(file).imports for name in names}
    tested = "".join(path.read_text(encoding="utf-8") for path in sorted((DEMOS.parent.parent / "tests" / "demos").rglob("*.py")))
    exported = {(path.resolve(), name) for path in FILES for name in linker.read(path).exports if name not in ("default", "mountDemos")}
    assert {
        f"{path.name}: {name}" for path, name in exported - imported if f'"{name}"' not in tested and f".{name}(" not in tested
    } == set()


# What came to JavaScript after ES2022. The browsers that CONTRIBUTING.md names have none of it, or not all.
NEWER = {
    "with", "toSorted", "toReversed", "toSpliced", "findLast", "findLastIndex", "groupBy", "fromAsync", "withResolvers", "isWellFormed",
    "toWellFormed", "union", "intersection", "difference", "symmetricDifference", "isSubsetOf", "isSupersetOf", "isDisjointFrom",
    "fromBase64", "toBase64", "fromHex", "toHex", "setFromBase64", "f16round", "isError", "escape", "rawJSON", "isRawJSON",
    "sumPrecise", "getOrInsert", "getOrInsertComputed", "waitAsync", "transfer", "transferToFixedLength", "resize", "try",
}  # fmt: skip
NEWER_GLOBALS = {"Iterator", "Temporal", "Float16Array", "DisposableStack", "AsyncDisposableStack", "SuppressedError", "scheduler"}


@pytest.mark.parametrize("path", [*FILES, *EXERCISES], ids=lambda path: "/".join(path.parts[-2:]))
def test_nothing_is_used_that_the_oldest_supported_browsers_do_not_have(path):
    root = tree(path.read_text(encoding="utf-8"))
    called = {node.child_by_field_name("function") for node in walk(root) if node.type == "call_expression"}
    methods = {node.child_by_field_name("property").text.decode() for node in called if node.type == "member_expression"}
    assert methods & NEWER == set()
    assert used(root) & NEWER_GLOBALS == set()
    flags = {flag for node in walk(root) if node.type == "regex_flags" for flag in node.text.decode()}
    assert flags <= set("dgimsuy")
    assert [node.text for node in walk(root) if node.type in ("import_attribute", "decorator")] == []


@pytest.mark.parametrize("path", [*FILES, *EXERCISES], ids=lambda path: "/".join(path.parts[-2:]))
def test_the_text_of_an_error_reaches_the_reader_only_by_way_of_a_refusal(path):
    if path != DEMOS / "shared" / "refusal.js":
        assert re.findall(r"\b(?:error|event|reason|found|e)\.message\b", path.read_text(encoding="utf-8")) == []
