"""What GitHub needs, as it stands in the environment."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from bot.lib.errors import Refused

API_URL = "https://api.github.com"
REPO = re.compile(r"[A-Za-z0-9-]{1,39}/[A-Za-z0-9._-]{1,100}")


class BadGitHub(Refused):
    """The GitHub settings cannot work. Mend them, then start again."""


@dataclass(frozen=True)
class Settings:
    token: str = field(repr=False)
    repo: str  # owner/name
    secrets: tuple[str, ...] = field(default=(), repr=False)
    api_url: str = API_URL


def read(env: Mapping[str, str]) -> Settings | None:
    """None without token and repository. One without the other is a mistake worth hearing about."""
    token, repo = env.get("GITHUB_TOKEN", "").strip(), env.get("GITHUB_REPO", "").strip()
    if not repo:
        return None  # a token alone stands in many a shell, for other tools
    if not token:
        raise BadGitHub("GITHUB_REPO is set, but not GITHUB_TOKEN. Set both or neither, then start again.")
    if not REPO.fullmatch(repo):
        raise BadGitHub(f"GITHUB_REPO is {repo!r}; write it as owner/name. Mend it, then start again.")
    secrets = (one.strip() for one in env.get("GITHUB_WEBHOOK_SECRET", "").split(","))
    return Settings(token, repo, tuple(one for one in secrets if one), _url(env))


def _url(env: Mapping[str, str]) -> str:
    url = env.get("GITHUB_API_URL", "").strip() or API_URL
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise BadGitHub(
            f"GITHUB_API_URL is {url!r}; write an address like {API_URL}. Mend it, then start again."
        )
    return url.rstrip("/")
