"""The documents are held against the code."""

import re
import tomllib
from pathlib import Path

from bot.cli import closeout
from bot.domain.company import Company
from bot.settings import SECRETS

TOP = Path(__file__).parent.parent
VENDORS = sorted(path.parent.name for path in TOP.glob("bot/integrations/*/__init__.py"))


def settings_read():
    """Ours, and those that begin with the name of an integration's folder."""
    files = [TOP / "bot/settings.py", *TOP.glob("bot/integrations/**/*.py")]
    owners = "|".join(["CLOSEOUT", "SLACK", "DATABASE", "SMTP", *(name.upper() for name in VENDORS)])
    return {name for path in files for name in re.findall(rf'"((?:{owners})_[A-Z_]+)"', path.read_text())}


def test_every_setting_has_a_row_in_the_readme():
    told = set(re.findall(r"^\| `([A-Z_]+)` \|", (TOP / "README.md").read_text(), re.MULTILINE))
    assert settings_read() == told


def test_every_secret_may_come_from_a_file():
    secret = {name for name in settings_read() if name.endswith(("_TOKEN", "_SECRET", "_KEY"))}
    assert secret <= set(SECRETS)


def test_the_documented_defaults_are_the_defaults():
    text = (TOP / "docs/configuration.md").read_text()
    first = re.search(r"```toml\n(.*?)```", text, re.DOTALL)[1]
    told = Company.model_validate(tomllib.loads(first))
    assert told == Company()
    # By default there are none of these; the page shows one of each further down.
    shown_below = {"teams", "services", "components", "policies", "signals"}
    every_default = Company().model_dump(exclude_none=True, exclude=shown_below)
    assert told.model_dump(exclude_unset=True) == every_default


def test_pages_name_only_files_that_exist():
    for page in [*TOP.glob("*.md"), *(TOP / "docs").rglob("*.md")]:
        for link in re.findall(r"\]\(((?!http)[^)#]+)", page.read_text()):
            assert (page.parent / link).exists(), (page.name, link)


def test_decisions_are_numbered_one_after_the_other():
    """Two rooms that take the same number see it here; the later one takes the next."""
    found = sorted((TOP / "docs/decisions").glob("[0-9]*.md"))
    assert [page.name[:4] for page in found] == [f"{number:04}" for number in range(1, len(found) + 1)]
    assert [page.read_text().partition(".")[0] for page in found] == [f"# {int(p.name[:4])}" for p in found]


def test_the_setup_guide_names_only_commands_that_exist():
    text = (TOP / "docs/setup.md").read_text()
    for word in set(re.findall(r"(?:\.venv/bin/|`)closeout ([a-z]+)", text)):
        assert word in closeout.commands, word


def test_the_setup_guide_names_only_settings_that_are_read():
    text = (TOP / "docs/setup.md").read_text()
    named = set(re.findall(r"\b((?:SLACK|CLOSEOUT|PAGERDUTY|SMTP|MAIL|DATABASE)_[A-Z_]+)\b", text))
    assert named <= settings_read()
