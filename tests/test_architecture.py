"""The walls of the house. If one of these fails, move the code, not the wall."""

import ast
import re
import subprocess
import sys
import tomllib
from functools import cache
from graphlib import TopologicalSorter
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

import bot.domain
from bot import settings
from bot.app import House
from bot.cli import closeout
from bot.lib.facts import Fact
from bot.lib.plugins import modules_in

TOP = Path(__file__).parent.parent
BOT = TOP / "bot"
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
TOPS = ("bot.app", "bot.cli", "bot.clock", "bot.settings", "bot.checks", "bot.drill", "bot.sample")

# A feature may import those of its own or of earlier lines. Upwards, it reacts to a fact or guards a verb.
FEATURES = [
    {"company"},
    {"people", "nudges"},
    {"mailings"},
    {"incidents"},
    {"components"},
    {"alerts", "updates", "actions", "runbooks", "maintenance"},
    {"recurrences", "trackers", "mirrors", "subscribers", "customers"},
    {"signals", "feedback"},
    {"postmortems", "drills"},
    {"reminding"},
    {"trail", "audit"},
]
FILES = sorted(path for path in BOT.rglob("*.py") if "versions" not in path.parts)

# Where a bug ends: it is logged, and the person is told, or the loop goes on.
EDGES = {
    "app.py",
    "cli/__init__.py",
    "clock.py",
    "lib/courier.py",
    "lib/inbox.py",
    "lib/letters.py",
    "lib/replicas.py",
    "slack/__init__.py",
    "slack/listener.py",
    "slack/replies.py",
    "slack/socket.py",
    "web/live.py",
}
EMPTY_NAMES = re.compile(r"(Manager|Handler|Utils?|Helper|Service)$|^(do_|handle_|util|helper)")
OF_THE_COMPANY = {"Service"}  # what fails; it is no word for code
# Nobody imports these by name: SQLAlchemy, Starlette, uvicorn and zoneinfo do.
AT_SECOND_HAND = {"httptools", "psycopg", "python-multipart", "tzdata", "websockets"}


@cache
def tree_of(path):
    return ast.parse(path.read_text())


@cache
def imports_of(path):
    return tuple(find_imports(path))


def imports(path):
    return imports_of(path)


def find_imports(path):
    for node in ast.walk(tree_of(path)):
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


def test_time_is_told_and_never_asked():
    """By lib/clock.py alone; the practice workspace has a clock of its own, as Slack has."""
    for path in FILES:
        if path != BOT / "lib/clock.py" and "sandbox" not in path.parts:
            asked = re.findall(r"datetime\.now|date\.today|utcnow|time\.time\(\)", path.read_text())
            assert not asked, path


def test_vendors_do_not_know_each_other():
    vendors = [path for path in (BOT / "integrations").iterdir() if path.is_dir()]
    for vendor in vendors:
        others = [f"bot.integrations.{other.name}" for other in vendors if other != vendor]
        for path in vendor.rglob("*.py"):
            bad = [name for name in imports(path) if is_in(name, others)]
            assert not bad, f"{path} imports {bad}"


def module_of(path):
    return ".".join(path.relative_to(TOP).with_suffix("").parts).removesuffix(".__init__")


def test_no_circles():
    """TopologicalSorter names the circle. A package's face may show what lies in the package."""
    known = {module_of(path) for path in FILES}
    leans = {}
    for path in FILES:
        me, names = module_of(path), set()
        for name in imports(path):
            names.add(name if name in known else name.rpartition(".")[0])
        leans[me] = {name for name in names & known if not is_in(me, [name])}
    TopologicalSorter(leans).prepare()


def test_imports_stand_at_the_top():
    for path in FILES:
        for function in functions_in(path):
            late = [node for node in ast.walk(function) if isinstance(node, ast.Import | ast.ImportFrom)]
            assert not [one for one in late if not is_optional(one)], f"{path}: {function.name}"


def is_optional(node):
    """An extra, which need not be there."""
    return isinstance(node, ast.Import) and node.names[0].name == "weasyprint"


def functions_in(path):
    for node in ast.walk(tree_of(path)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


@pytest.mark.slow
def test_importing_starts_nothing():
    names = [module_of(path) for path in FILES if path.name != "__main__.py" and path.name != "env.py"]
    code = (
        "import importlib, sys, threading\n"
        "sys.addaudithook(lambda name, _: name in ('socket.connect', 'sqlite3.connect') and sys.exit(name))\n"
        f"[importlib.import_module(name) for name in {names}]\n"
        "sys.exit(threading.active_count() - 1)"
    )
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert ran.returncode == 0, ran.stderr


def test_the_house_can_be_built(tmp_path):
    house = House(settings.read({"CLOSEOUT_DATA_DIR": str(tmp_path)}))
    paths = {route.path for route in house.asgi().routes}
    house.engine.dispose()
    assert {"/healthz", "/status"} <= paths
    assert not (tmp_path / "closeout.db").exists()


def test_only_the_edges_catch_everything():
    for path in FILES:
        caught = re.findall(r"except (?:Exception|BaseException)\b|except:", path.read_text())
        assert not caught or str(path.relative_to(BOT)) in EDGES, f"{path}: catch what you expect"


def test_only_the_edges_end_a_transaction():
    for floor in ("domain", "slack", "web", "integrations", "cli"):
        for path in (BOT / floor).rglob("*.py"):
            assert not re.search(r"\.(commit|rollback)\(", path.read_text()), path


def test_names_say_what_a_thing_is():
    for path in FILES:
        for node in ast.walk(tree_of(path)):
            if isinstance(node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
                assert not EMPTY_NAMES.search(node.name) or node.name in OF_THE_COMPANY, (
                    f"{path}: {node.name}"
                )


def test_what_is_imported_is_declared_and_used():
    declared = tomllib.loads((TOP / "pyproject.toml").read_text())["project"]["dependencies"]
    declared = {re.match(r"[\w-]+", each)[0].lower() for each in declared}
    sold_as = packages_distributions()
    tops = {name.partition(".")[0] for path in FILES for name in imports(path)}
    tops -= {"bot", "weasyprint", *sys.stdlib_module_names}
    used = {sold_as[top][0].lower().replace("_", "-") for top in tops}
    assert used | AT_SECOND_HAND == declared


def all_facts():
    for feature in modules_in(bot.domain):
        if hasattr(feature, "__path__"):
            modules_in(feature)
    return [fact for fact in Fact.kinds.values() if fact.__module__.startswith("bot.")]


def test_every_fact_has_a_sentence():
    silent = [fact.__name__ for fact in all_facts() if fact.__str__ is Fact.__str__]
    assert not silent


def test_every_word_of_the_terminal_has_help():
    def unexplained(command, path):
        for name, inner in getattr(command, "commands", {}).items():
            yield from unexplained(inner, f"{path} {name}")
        if not command.help:
            yield path

    assert not list(unexplained(closeout, "closeout"))


def test_only_effects_reach_the_outside():
    """Whoever imports a client of the outside is one of the few who hand it to `effect`."""
    clients = ("httpx", "aiohttp", "aiosmtplib", "requests", "urllib.request")
    for path in [*(BOT / "domain").rglob("*.py"), *(BOT / "web").rglob("*.py")]:
        bad = [name for name in imports(path) if is_in(name, clients)]
        assert not bad, f"{path} imports {bad}"


def test_no_file_outgrows_its_room():
    long = [str(path) for path in FILES if len(path.read_text().splitlines()) > 400]
    assert long == []


def test_no_function_outgrows_its_room():
    for path in FILES:
        for function in functions_in(path):
            assert function.end_lineno - function.lineno < 40, f"{path}: {function.name}"


def test_every_module_says_what_lives_there():
    assert [str(path) for path in FILES if not ast.get_docstring(tree_of(path))] == []
