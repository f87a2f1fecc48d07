"""The walls of the house. If one of these fails, move the code, not the wall."""

import ast
from pathlib import Path

import pytest

BOT = Path(__file__).parent.parent / "bot"
MUST_NOT_IMPORT = {
    "lib": ("bot.domain", "bot.slack", "bot.web", "bot.integrations", "bot.sandbox"),
    "domain": (
        "bot.slack",
        "bot.web",
        "bot.integrations",
        "bot.sandbox",
        "slack_sdk",
        "slack_bolt",
        "starlette",
        "fastapi",
        "pagerduty",
        "httpx",
        "dbos",
        "apscheduler",
    ),
    "slack": ("bot.web", "bot.integrations", "bot.sandbox"),
    "web": ("bot.slack", "bot.integrations", "bot.sandbox"),
    "integrations": ("bot.slack", "bot.web", "bot.sandbox"),
    "sandbox": ("bot.slack", "bot.web", "bot.integrations", "bot.domain"),
}
TOPS = ("bot.app", "bot.cli", "bot.clock", "bot.settings", "bot.drill", "bot.bench")

# A feature may import those of its own or of earlier lines. Upwards, it reacts to a fact or guards a verb.
FEATURES = [
    {"company"},
    {"people", "nudges"},
    {"incidents"},
    {"alerts", "updates", "actions", "runbooks"},
    {"postmortems"},
    {"insights"},
]
FILES = sorted(path for path in BOT.rglob("*.py") if "versions" not in path.parts)


def imports(path):
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert not node.level, f"{path}: a relative import"
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def is_in(name, places):
    return any(name == place or name.startswith(f"{place}.") for place in places)


@pytest.mark.parametrize("floor", MUST_NOT_IMPORT)
def test_floors_look_down_only(floor):
    for path in (BOT / floor).rglob("*.py"):
        bad = [name for name in imports(path) if is_in(name, (*MUST_NOT_IMPORT[floor], *TOPS))]
        assert not bad, f"{path} imports {bad}"


def feature_of(path):
    return path.relative_to(BOT / "domain").parts[0].removesuffix(".py")


def test_features_lean_on_those_below():
    for path in (BOT / "domain").rglob("*.py"):
        if path == BOT / "domain/__init__.py":
            continue
        line = next((n for n, names in enumerate(FEATURES) if feature_of(path) in names), None)
        assert line is not None, f"{path}: say in FEATURES on which line this feature stands"
        above = [f"bot.domain.{name}" for names in FEATURES[line + 1 :] for name in names]
        bad = [name for name in imports(path) if is_in(name, above)]
        assert not bad, f"{path} imports {bad}"


def test_only_the_edges_read_the_clock():
    for path in [
        *(BOT / "domain").rglob("*.py"),
        *(BOT / "slack").rglob("*.py"),
        *(BOT / "web").rglob("*.py"),
    ]:
        text = path.read_text()
        assert "datetime.now" not in text, path
        assert "time.time()" not in text, path


def test_only_effects_reach_the_outside():
    """Whoever imports a client of the outside is one of the few who hand it to `effect`."""
    clients = ("httpx", "aiohttp", "aiosmtplib", "requests", "urllib.request")
    for path in [*(BOT / "domain").rglob("*.py"), *(BOT / "web").rglob("*.py")]:
        bad = [name for name in imports(path) if is_in(name, clients)]
        assert not bad, f"{path} imports {bad}"


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(BOT)))
def test_no_file_outgrows_its_room(path):
    assert len(path.read_text().splitlines()) <= 400


def test_no_function_outgrows_its_room():
    for path in FILES:
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.end_lineno:
                assert node.end_lineno - node.lineno + 1 <= 40, f"{path}: {node.name}"


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(BOT)))
def test_every_module_says_what_lives_there(path):
    assert ast.get_docstring(ast.parse(path.read_text())), f"{path} has no docstring"
