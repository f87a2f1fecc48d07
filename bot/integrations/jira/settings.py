"""What Jira Cloud needs, as it stands in the environment."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from bot.lib.errors import Refused

KEY = re.compile(r"[A-Z][A-Z0-9_]{1,79}")


class BadJira(Refused):
    """The Jira settings cannot work. Mend them, then start again."""


@dataclass(frozen=True)
class Settings:
    url: str  # https://example.atlassian.net
    email: str
    token: str = field(repr=False)
    project: str  # the key of a project: OPS
    secrets: tuple[str, ...] = field(default=(), repr=False)


def read(env: Mapping[str, str]) -> Settings | None:
    """None where nothing is set. A part of it is a mistake worth hearing about."""
    given = {
        "JIRA_URL": env.get("JIRA_URL", "").strip(),
        "JIRA_EMAIL": env.get("JIRA_EMAIL", "").strip(),
        "JIRA_API_TOKEN": env.get("JIRA_API_TOKEN", "").strip(),
        "JIRA_PROJECT": env.get("JIRA_PROJECT", "").strip(),
    }
    if not any(given.values()):
        return None
    if missing := [name for name, value in given.items() if not value]:
        raise BadJira(
            f"{', '.join(missing)} is missing beside the other Jira settings. Set it, then start again."
        )
    if not KEY.fullmatch(given["JIRA_PROJECT"]):
        raise BadJira(
            f"JIRA_PROJECT is {given['JIRA_PROJECT']!r}; write the key of a project, like OPS. "
            "Mend it, then start again."
        )
    secrets = (one.strip() for one in env.get("JIRA_WEBHOOK_SECRET", "").split(","))
    url, email, token, project = given.values()
    return Settings(_url(url), email, token, project, tuple(one for one in secrets if one))


def _url(url: str) -> str:
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise BadJira(
            f"JIRA_URL is {url!r}; write an address like https://example.atlassian.net. "
            "Mend it, then start again."
        )
    return url.rstrip("/")
