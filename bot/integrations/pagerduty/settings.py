"""What PagerDuty needs, as it stands in the environment."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from bot.lib.errors import Refused

API_URL, EVENTS_URL = "https://api.pagerduty.com", "https://events.pagerduty.com"


class BadPagerDuty(Refused):
    """The PagerDuty settings cannot work. Mend them, then start again."""


@dataclass(frozen=True)
class Settings:
    """Each part is on when its own setting is there: webhooks, the REST API, paging."""

    secrets: tuple[str, ...] = field(default=(), repr=False)
    token: str = field(default="", repr=False)
    sender: str = ""
    routing_key: str = field(default="", repr=False)
    api_url: str = API_URL
    events_url: str = EVENTS_URL

    @property
    def is_on(self) -> bool:
        return bool(self.secrets or self.token or self.routing_key)


def read(env: Mapping[str, str]) -> Settings:
    """Every name may also be given as NAME_FILE, the path of a file with the value."""
    secrets = _value(env, "PAGERDUTY_WEBHOOK_SECRET").split(",")
    return Settings(
        secrets=tuple(secret.strip() for secret in secrets if secret.strip()),
        token=_value(env, "PAGERDUTY_API_TOKEN"),
        sender=_value(env, "PAGERDUTY_FROM"),
        routing_key=_value(env, "PAGERDUTY_ROUTING_KEY"),
        api_url=_url(env, "PAGERDUTY_API_URL", API_URL),
        events_url=_url(env, "PAGERDUTY_EVENTS_URL", EVENTS_URL),
    )


def _value(env: Mapping[str, str], name: str) -> str:
    path = env.get(f"{name}_FILE")
    if env.get(name) or not path:
        return env.get(name, "").strip()
    try:
        return Path(path).read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise BadPagerDuty(f"{name}_FILE cannot be read: {error}. Mend it, then start again.") from None


def _url(env: Mapping[str, str], name: str, default: str) -> str:
    url = _value(env, name) or default
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise BadPagerDuty(f"{name} is {url!r}; write an address like {default}. Mend it, then start again.")
    return url.rstrip("/")
