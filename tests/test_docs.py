"""The documents are held against the code."""

import re
import tomllib
from pathlib import Path

from bot.domain.company import Company

TOP = Path(__file__).parent.parent
# Settings that later features read; their rows come with those features.
LATER = {
    "STATUSPAGE_API_TOKEN",
    "GITHUB_TOKEN",
    "GITHUB_WEBHOOK_SECRET",
    "JIRA_API_TOKEN",
    "JIRA_WEBHOOK_SECRET",
}


def test_every_setting_has_a_row_in_the_readme():
    code = "\n".join(
        path.read_text() for path in [TOP / "bot/settings.py", *TOP.glob("bot/integrations/**/*.py")]
    )
    names = r'"((?:CLOSEOUT|SLACK|PAGERDUTY|DATABASE)_[A-Z_]+|[A-Z]+_TOKEN|SMTP_URL|MAIL_FROM)"'
    read = set(re.findall(names, code))
    told = set(re.findall(r"^\| `([A-Z_]+)` \|", (TOP / "README.md").read_text(), re.MULTILINE))
    assert read - LATER - told == set()
    assert told - read == set()


def test_the_documented_defaults_are_the_defaults():
    text = (TOP / "docs/configuration.md").read_text()
    first = re.search(r"```toml\n(.*?)```", text, re.DOTALL)[1]
    assert Company.model_validate(tomllib.loads(first)) == Company()


def test_the_readme_names_only_files_that_exist():
    for link in re.findall(r"\]\(((?!http)[^)#]+)", (TOP / "README.md").read_text()):
        assert (TOP / link).exists(), link
