"""Branches of a gather with two steps each would swap their results on a replay: one effect each."""

import ast
from functools import cache
from pathlib import Path

import pytest

BOT = Path("bot")
MANY = 2


def name_of(call: ast.Call) -> str:
    return call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")


class Effects:
    """How many effects a call may lead to, as far as names can tell: none, one, or many."""

    def __init__(self, *trees: ast.AST) -> None:
        self.known: dict[str, list[ast.AST]] = {}
        for tree in trees:
            for node in ast.walk(tree):
                if isinstance(node, ast.AsyncFunctionDef):
                    self.known.setdefault(node.name, []).append(node)
        self.of_name = cache(self._of_name)
        self.busy: set[str] = set()

    def _of_name(self, name: str) -> int:
        if name == "effect":
            return 1
        if name in self.busy:
            return 0
        self.busy.add(name)
        found = max((self.within(body) for node in self.known.get(name, []) for body in [node]), default=0)
        self.busy.discard(name)
        return found

    def within(self, node: ast.AST) -> int:
        count = self.of_name(name_of(node)) if isinstance(node, ast.Call) else 0
        for child in ast.iter_child_nodes(node):
            repeats = isinstance(node, (ast.For, ast.AsyncFor, ast.While, ast.ListComp, ast.GeneratorExp))
            if not isinstance(child, (ast.Lambda, ast.FunctionDef)):
                count += self.within(child) * (MANY if repeats else 1)
        return min(count, MANY)


def branches(gather: ast.Call):
    for given in gather.args:
        inner = given.value if isinstance(given, ast.Starred) else given
        yield inner.elt if isinstance(inner, (ast.ListComp, ast.GeneratorExp)) else inner


def bad_branches(tree: ast.AST, effects: Effects) -> list[str]:
    gathers = [node for node in ast.walk(tree) if isinstance(node, ast.Call) and name_of(node) == "gather"]
    return [
        f"line {branch.lineno}: {ast.unparse(branch)}"
        for gather in gathers
        for branch in branches(gather)
        if effects.within(branch) >= MANY
    ]


def folders():
    """Only where something is gathered; names are looked up within the folder."""
    return sorted({path.parent for path in BOT.rglob("*.py") if "gather(" in path.read_text()})


@pytest.mark.parametrize("folder", folders(), ids=str)
def test_a_branch_of_a_gather_has_one_effect(folder):
    trees = {path: ast.parse(path.read_text()) for path in sorted(folder.glob("*.py"))}
    effects = Effects(*trees.values())
    bad = {str(path): bad_branches(tree, effects) for path, tree in trees.items()}
    assert {path: lines for path, lines in bad.items() if lines} == {}


@pytest.mark.parametrize(
    ("body", "is_bad"),
    [
        ("await gather(one(), one())", False),
        ("await gather(effect(d, 'a', f), effect(d, 'b', f))", False),
        ("await gather(*(one() for x in xs))", False),
        ("await gather(one(), two())", True),
        ("await gather(deep(), one())", True),
        ("await gather(*[two() for x in xs])", True),
        ("await gather(often(), one())", True),
    ],
)
def test_the_lint_sees_what_it_should(body, is_bad):
    source = f"""
async def one(): await effect(d, 'k', f)
async def two(): await one(); await effect(d, 'k', f)
async def deep(): await two()
async def often():
    for x in xs: await one()
async def listen(): {body}
"""
    tree = ast.parse(source)
    assert bool(bad_branches(tree, Effects(tree))) is is_bad
