"""Puts JavaScript modules together: a demo into one module for Jupyter, all demos into one script for pages opened from a file.

A small part of JavaScript's modules is enough for the demos: `import { a, b } from "./file.js";` at the start of a line, and
`export` before a declaration of one name, or `export default …;`. Each file becomes the scope of a function that returns what
the file exports, so that names of one file never meet those of another.
"""

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

DEMOS = Path(__file__).resolve().parent.parent
IMPORT = re.compile(r'^import \{([^{}]*)\} from "(\.[^"]*)";\n?', re.MULTILINE)
EXPORT = re.compile(r"^export (?=(?:async )?(?:function\*?|const|let|class) (\w+))", re.MULTILINE)
DEFAULT = re.compile(r"^export default ", re.MULTILINE)
LEFT_OVER = re.compile(r"^(?:import|export)\b.*", re.MULTILINE)


class LinkError(ValueError):
    """A module cannot be linked; the message says which, and why."""


@dataclass(frozen=True)
class Module:
    """One file: what it takes from which other files, what it gives, and its code without the lines that say so."""

    path: Path
    imports: tuple[tuple[Path, tuple[str, ...]], ...]
    exports: tuple[str, ...]
    code: str


def read(path: Path) -> Module:
    """One file as a module.

    Raises:
        LinkError: the file is missing, or imports or exports in a way that is not known here.
    """
    path = path.resolve()
    if not path.is_file():
        raise LinkError(f"there is no file {path}")
    source = path.read_text(encoding="utf-8")
    imports = tuple(((path.parent / file).resolve(), _names(names)) for names, file in IMPORT.findall(source))
    exports = EXPORT.findall(source)
    code = EXPORT.sub("", IMPORT.sub("", source))
    if DEFAULT.search(code):
        exports.append("default")
        code = DEFAULT.sub("const exported = ", code)
    unknown = LEFT_OVER.search(code)
    if unknown:
        raise LinkError(f'{path.name} says "{unknown[0]}"; known are import {{ … }} from "./file.js"; and export before one name')
    return Module(path, imports, tuple(exports), code.strip("\n"))


def _names(text: str) -> tuple[str, ...]:
    return tuple(name.strip() for name in text.split(",") if name.strip())


def ordered(*entries: Path) -> list[Module]:
    """These files and all that they need, each once and after what it needs.

    Raises:
        LinkError: a file is missing, files import each other in a circle, or a name is imported that is not exported.
    """
    done: dict[Path, Module] = {}
    for entry in entries:
        _visit(entry.resolve(), (), done)
    return list(done.values())


def _visit(path: Path, above: tuple[Path, ...], done: dict[Path, Module]) -> None:
    if path in done:
        return
    if path in above:
        raise LinkError(" imports ".join(file.name for file in (*above[above.index(path) :], path)) + ": that is a circle")
    module = read(path)
    for needed, names in module.imports:
        try:
            _visit(needed, (*above, path), done)
        except LinkError as error:
            missing = f"{path.name} imports from {needed.name}, but there is no such file: {needed}"
            raise LinkError(missing) if not needed.is_file() else error from None
        unknown = set(names) - set(done[needed].exports)
        if unknown:
            raise LinkError(f"{path.name} imports {', '.join(sorted(unknown))} from {needed.name}, which does not export it")
    done[path] = module


def variable(path: Path) -> str:
    """The variable that holds what a file exports, for instance `$shared_dom`.

    Example:
        >>> variable(DEMOS / "shared" / "dom.js")
        '$shared_dom'
    """
    path = path.resolve()
    parts = path.relative_to(DEMOS).parts if path.is_relative_to(DEMOS) else path.parts[-1:]
    return "$" + re.sub(r"\W", "_", "_".join(parts).removesuffix(".js"))


def link(*entries: Path) -> str:
    """JavaScript in which `variable(file)` of each of these files is an object of what it exports.

    Raises:
        LinkError: the files cannot be linked.
    """
    return "\n".join(_scope(module) for module in ordered(*entries))


def _scope(module: Module) -> str:
    needs = "".join(f"const {{ {', '.join(names)} }} = {variable(path)};\n" for path, names in module.imports)
    gives = ", ".join("default: exported" if name == "default" else name for name in module.exports)
    return f"const {variable(module.path)} = (() => {{\n{needs}{module.code}\nreturn {{ {gives} }};\n}})();"


@cache
def module(entry: Path) -> str:
    """One ES module that exports what `entry` exports by default, as anywidget loads it.

    Raises:
        LinkError: the files cannot be linked, or `entry` has no default.
    """
    modules = ordered(entry)
    if "default" not in modules[-1].exports:
        raise LinkError(f"{entry.name} has no line that starts with export default")
    return f"{link(entry)}\nexport default {variable(entry)}.default;\n"
