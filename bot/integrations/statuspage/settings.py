"""What Statuspage needs, as it stands in the environment."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from bot.lib.errors import Refused

API_URL = "https://api.statuspage.io/v1"


class BadStatuspage(Refused):
    """The Statuspage settings cannot work. Mend them, then start again."""


@dataclass(frozen=True)
class Settings:
    """One page of one account."""

    page: str
    token: str = field(repr=False)
    api_url: str = API_URL


def read(env: Mapping[str, str]) -> Settings | None:
    """None without STATUSPAGE_API_TOKEN. Raises BadStatuspage where something else is missing."""
    token, page = env.get("STATUSPAGE_API_TOKEN", "").strip(), env.get("STATUSPAGE_PAGE_ID", "").strip()
    if not token:
        return None
    if not page.isalnum():
        raise BadStatuspage(
            "STATUSPAGE_PAGE_ID must be the id of your page, as in its address when you manage it."
            " Set it, then start again."
        )
    url = env.get("STATUSPAGE_API_URL", "").strip() or API_URL
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise BadStatuspage(f"STATUSPAGE_API_URL is {url!r}; write an address like {API_URL}.")
    return Settings(page, token, url.rstrip("/"))
