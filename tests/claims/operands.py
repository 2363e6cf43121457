"""What a claim compares: followed from its check back through the statements of its chapter to the first two operands."""

import ast
from functools import cache

from cnnbook import claims
from cnnbook.claims import Claim
from tests.claims.conftest import code_of

COMPARES = {"claims.tell_difference": 1, "claims.paired_difference": 0}  # where the first operand stands; the second follows
CALLS = {"np.linalg.cond": ("steepest", "flattest")}  # one over the other, by its definition


def flat(statements: list[ast.stmt]) -> list[ast.stmt]:
    """The statements of a chapter and those in its loops, in their order."""
    inner = ([] if isinstance(node, ast.FunctionDef) else flat(getattr(node, "body", [])) for node in statements)
    return [each for node, within in zip(statements, inner, strict=True) for each in (node, *within)]


def free(node: ast.AST) -> list[str]:
    """The names that code takes from elsewhere."""
    parts = [*ast.walk(node)]
    own = {name.id for part in parts if isinstance(part, ast.comprehension) for name in ast.walk(part.target) if isinstance(name, ast.Name)}
    return [part.id for part in parts if isinstance(part, ast.Name) and part.id not in own]


@cache
def steps(chapter: str, key: str) -> list[list[ast.AST]]:
    """What a chapter checks, then what the names in it stand for at that place, then the names in that, and so on."""
    known: dict[str, list[ast.AST]] = {}
    functions = set()
    for node in flat(ast.parse(code_of(chapter)).body):
        value = getattr(node, "iter", None) or getattr(node, "value", None)
        if isinstance(node, ast.FunctionDef):
            known[node.name] = [part for part in node.body if not isinstance(getattr(part, "value", None), ast.Constant)]
            functions.add(node.name)
        for target in getattr(node, "targets", [getattr(node, "target", None)]):
            for part in ast.walk(target) if target else ():
                if isinstance(part, ast.Name):
                    known[part.id] = [value, *(known.get(part.id, []) if isinstance(target, ast.Subscript) else [])]
        if isinstance(node, ast.Expr) and ast.unparse(value).startswith(f"claims.check('{key}',"):
            break
    else:
        raise LookupError(f"no cell of {chapter} checks the claim {key}; build the chapters first")
    found, seen, latest = [[value.args[1]]], set(), [value.args[1]]
    while latest and len(found) < 13:
        named = dict.fromkeys(name for node in latest for name in free(node) if name in known and name not in seen)
        seen.update(named)
        found += [[node for name in named if (name in functions) == function for node in known[name]] for function in (False, True)]
        latest = found[-2] + found[-1]
    return found


def compared(nodes: list[ast.AST]) -> tuple[str, str] | None:
    """The first two operands in code."""
    parts = [part for node in nodes for part in ast.walk(node)]
    inner = {id(part) for each in parts if isinstance(each, ast.Lambda) for part in ast.walk(each)}
    for part in (part for part in parts if id(part) not in inner):
        if isinstance(part, ast.Compare):
            pair = ast.unparse(part.left), ast.unparse(part.comparators[0])
            return pair if isinstance(part.ops[0], ast.Lt | ast.LtE) else pair[::-1]  # the smaller one first
        if isinstance(part, ast.BinOp) and isinstance(part.op, ast.Sub | ast.Div):
            return ast.unparse(part.left), ast.unparse(part.right)
        if isinstance(part, ast.Call) and ast.unparse(part.func) in CALLS:
            return CALLS[ast.unparse(part.func)]
        if isinstance(part, ast.Call) and ast.unparse(part.func) in COMPARES:
            pair = part.args[COMPARES[ast.unparse(part.func)] :][:2]
            if len(pair) == 2 and not any(isinstance(each, ast.Starred) for each in pair):
                return ast.unparse(pair[0]), ast.unparse(pair[1])
    return None


def operands(claim: Claim) -> tuple[str, str]:
    """What is compared: the experiments that the claim names, or what its chapter subtracts or divides."""
    if claim.experiments() and claim.kind != "like":
        pairs = claim.bound if claim.kind in ("largest", "smallest") else [claim.bound]
        return tuple(" ".join(claims.derived.names([pair[side] for pair in pairs])) for side in (0, 1))
    found = steps(claim.chapter, claim.key)
    pair = next(pair for pair in map(compared, found) if pair)
    return pair[::-1] if isinstance(found[0][0], ast.UnaryOp) else pair
