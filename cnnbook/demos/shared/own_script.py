"""A demo in a script of its own, with an engine that a Worker runs: both in one function, whose text is the Worker's script.

No module can be fetched in a page from a file, and a function's own text is always there.
"""

import json
from dataclasses import dataclass, field
from pathlib import Path

from cnnbook.demos.shared import linker


@dataclass(frozen=True)
class OwnScript:
    """The scripts of one demo.

    `demo` exports `render` by default, and `serve` a function `serve(scope)` for the Worker. `made` is the global variable that the page's
    script makes, as the demo's `near.js` reads it; `given` is data that `render` gets besides the Worker's `source`.
    """

    demo: Path
    serve: Path
    made: str
    given: dict = field(default_factory=dict)

    def _script(self) -> str:
        parts = f"{{ render: {linker.variable(self.demo)}.default.render, serve: {linker.variable(self.serve)}.serve }}"
        return "\n".join(
            [
                f'function whole() {{\n"use strict";\n{linker.link(self.demo, self.serve)}\nreturn {parts};\n}}',
                f"const own = {json.dumps(self.given, separators=(',', ':'))};",
                "let linked = null;",
                "const render = (given) => (linked ??= whole()).render({ ...given, ...own, source: `(${whole})().serve(self);` });",
            ]
        )

    def module(self) -> str:
        """The ES module for Jupyter."""
        return f"{self._script()}\nexport default {{ render }};\n"

    def page_script(self) -> str:
        """The classic script that a page fetches when the demo comes near."""
        return f"(() => {{\n{self._script()}\nglobalThis.{self.made} = {{ render }};\n}})();\n"
