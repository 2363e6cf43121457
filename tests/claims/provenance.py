"""What the value that a chapter checks is computed from: followed through the chapter's statements, one after the other."""

import ast

from cnnbook import records

EXPERIMENTS = {path.stem for path in records.RECORDS.glob("*.json")}
RECORDED = "recorded"  # runs were read, whichever
# What hands recorded runs, or what was computed of them, to a chapter.
READS = {
    *("records.load", "records.test_accuracies", "experiments.held_out_by_rate"),
    *("claims.on_same_seeds", "claims.tell_difference", "claims.paired_difference"),
}


def sources(code: str) -> dict[str, set[str]]:
    """Claim -> the experiments that are named on the way to what is measured, and RECORDED where recorded runs were read."""
    known: dict[str, set[str]] = {}
    found: dict[str, set[str]] = {}

    def of(node: ast.AST) -> set[str]:
        parts = [*ast.walk(node)]
        own = {name for part in parts if isinstance(part, ast.comprehension) for name in names(part.target)}
        told = {part.value for part in parts if isinstance(part, ast.Constant) and isinstance(part.value, str)} & EXPERIMENTS
        return told.union(reads(node), *(known.get(name, ()) for name in names(node) - own))

    def follow(statements: list[ast.stmt]) -> None:
        for node in statements:
            value = getattr(node, "iter", None) or getattr(node, "value", None)
            for target in getattr(node, "targets", [getattr(node, "target", None)]):
                for name in names(target) if target else ():
                    known[name] = of(value) | (known.get(name, set()) if isinstance(target, ast.Subscript) else set())
            if isinstance(node, ast.FunctionDef):
                known[node.name] = reads(node)
                continue
            for call in ast.walk(node) if isinstance(node, ast.Expr) else ():
                called = ast.unparse(call.func) if isinstance(call, ast.Call) else ""
                if called == "claims.check":
                    found[ast.literal_eval(call.args[0])] = of(call.args[1])
                elif called.endswith((".append", ".update")):
                    known[called.split(".")[0]] = of(node)
            follow(getattr(node, "body", []))

    follow(ast.parse(code).body)
    return found


def reads(node: ast.AST) -> set[str]:
    """RECORDED, where code reads recorded runs."""
    return {RECORDED for part in ast.walk(node) if isinstance(part, ast.Call) and ast.unparse(part.func) in READS}


def names(node: ast.AST) -> set[str]:
    """The names that stand in code."""
    return {part.id for part in ast.walk(node) if isinstance(part, ast.Name)}
