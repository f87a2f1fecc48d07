"""Everything that can be configured, read once, from a mapping."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from bot.lib.errors import Refused

# Names whose value may also come from a file: NAME_FILE holds its path.
SECRETS = (
    "DATABASE_URL",
    "CLOSEOUT_SECRET_KEY",
    "CLOSEOUT_API_TOKEN",
    "SLACK_BOT_TOKEN",
    "SLACK_SIGNING_SECRET",
    "SLACK_APP_TOKEN",
    "SLACK_CLIENT_SECRET",
    "PAGERDUTY_API_TOKEN",
    "PAGERDUTY_ROUTING_KEY",
    "PAGERDUTY_WEBHOOK_SECRET",
    "STATUSPAGE_API_TOKEN",
    "STATUS_PUSH_TOKEN",
    "GITHUB_TOKEN",
    "GITHUB_WEBHOOK_SECRET",
    "JIRA_API_TOKEN",
    "JIRA_WEBHOOK_SECRET",
    "SMTP_URL",
    "MAIL_BOUNCE_TOKEN",
    "SIGNALS_TOKEN",
    "SIGNALS_SECRET",
    "PROMETHEUS_TOKEN",
    "MAIL_IN_TOKEN",
    "MAIL_IN_SECRET",
)
SLACK_API = "https://slack.com/api/"
PRACTICE_TOKEN = "xoxb-sandbox"


class BadSettings(Refused):
    """The settings cannot work. Mend them, then start again."""


@dataclass(frozen=True)
class SlackSettings:
    """What Slack needs. Without a bot token Slack is off, and everything else works."""

    bot_token: str = ""
    signing_secret: str = ""
    app_token: str = ""
    api_url: str = SLACK_API
    client_id: str = ""
    client_secret: str = ""

    @property
    def is_on(self) -> bool:
        return bool(self.bot_token)

    @property
    def is_practice(self) -> bool:
        """Is it a Slack of our own, where nothing reaches anyone? Slack itself gives nobody such a token."""
        return self.bot_token == PRACTICE_TOKEN

    @property
    def signs_in(self) -> bool:
        """Whether people may sign in to the pages with Slack."""
        return bool(self.client_id and self.client_secret)


@dataclass(frozen=True)
class Settings:
    """One field for each setting; the README's table names them all."""

    database_url: str
    data_dir: Path = Path("var")
    config: Path | None = None
    host: str = "127.0.0.1"
    port: int = 3000
    public_url: str = "http://127.0.0.1:3000"
    secret_key: str = field(default="", repr=False)
    api_token: str = field(default="", repr=False)
    slack: SlackSettings = field(default_factory=SlackSettings, repr=False)
    env: Mapping[str, str] = field(
        default_factory=dict, repr=False
    )  # for the integrations, each of which reads its own


def read(env: Mapping[str, str]) -> Settings:
    """Fail once, with a sentence for all that is wrong. Makes the data folder and its secret key."""
    values = {**env, **{name: value for name in SECRETS if (value := secret(env, name))}}
    data_dir = Path(values.get("CLOSEOUT_DATA_DIR") or "var")
    host, port = values.get("CLOSEOUT_HOST") or "127.0.0.1", _port(values.get("CLOSEOUT_PORT") or "3000")
    return Settings(
        database_url=_database(values.get("DATABASE_URL", ""), data_dir),
        data_dir=data_dir,
        config=_config(values.get("CLOSEOUT_CONFIG", "")),
        host=host,
        port=port,
        public_url=_url("CLOSEOUT_PUBLIC_URL", values.get("CLOSEOUT_PUBLIC_URL") or f"http://{host}:{port}"),
        secret_key=values.get("CLOSEOUT_SECRET_KEY") or _kept_key(data_dir),
        api_token=values.get("CLOSEOUT_API_TOKEN", ""),
        slack=_slack(values),
        env=values,
    )


def secret(env: Mapping[str, str], name: str) -> str:
    """NAME holds the value; NAME_FILE holds the path of a file with it."""
    path = env.get(f"{name}_FILE")
    if not path:
        return env.get(name, "")
    if env.get(name):
        raise BadSettings(f"{name} and {name}_FILE are both set. Keep one of them, then start again.")
    try:
        return Path(path).read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise BadSettings(
            f"{name}_FILE names {path}, which cannot be read: {error}. Mend it, then start again."
        ) from None


def _slack(values: Mapping[str, str]) -> SlackSettings:
    slack = SlackSettings(
        bot_token=values.get("SLACK_BOT_TOKEN", ""),
        signing_secret=values.get("SLACK_SIGNING_SECRET", ""),
        app_token=values.get("SLACK_APP_TOKEN", ""),
        api_url=_url("SLACK_API_URL", values.get("SLACK_API_URL") or SLACK_API) + "/",
        client_id=values.get("SLACK_CLIENT_ID", "").strip(),
        client_secret=values.get("SLACK_CLIENT_SECRET", ""),
    )
    _check_slack(slack)
    return slack


def _check_slack(slack: SlackSettings) -> None:
    if bool(slack.client_id) != bool(slack.client_secret):
        missing = "SLACK_CLIENT_SECRET" if slack.client_id else "SLACK_CLIENT_ID"
        raise BadSettings(
            f"{missing} is missing: to sign in with Slack takes the client ID and the client secret. "
            "Set both or neither, then start again."
        )
    if slack.bot_token and not (slack.signing_secret or slack.app_token):
        raise BadSettings(
            "SLACK_BOT_TOKEN is set, but neither SLACK_SIGNING_SECRET nor SLACK_APP_TOKEN. "
            "Set one of them, then start again."
        )
    if not slack.bot_token and (slack.signing_secret or slack.app_token or slack.signs_in):
        raise BadSettings(
            "SLACK_BOT_TOKEN is missing beside the other Slack settings. Set it, then start again."
        )


def _database(url: str, data_dir: Path) -> str:
    if not url:
        return f"sqlite:///{data_dir / 'closeout.db'}"
    if not url.startswith(("sqlite://", "postgresql://", "postgres://", "postgresql+psycopg://")):
        raise BadSettings(
            "DATABASE_URL must begin with postgresql:// or sqlite:///. Mend it, then start again."
        )
    return url


def _config(path: str) -> Path | None:
    """The path that was named, else ./closeout.toml where there is one."""
    if path:
        return Path(path)
    here = Path("closeout.toml")
    return here if here.exists() else None


def _port(text: str) -> int:
    if text.isdecimal() and 0 <= int(text) < 65536:
        return int(text)
    raise BadSettings(
        f"CLOSEOUT_PORT is {text!r}; it must be a number below 65536. Mend it, then start again."
    )


def _url(name: str, text: str) -> str:
    parts = urlsplit(text)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise BadSettings(
            f"{name} is {text!r}; it must be an address like https://example.com. Mend it, then start again."
        )
    return text.rstrip("/")


def _kept_key(data_dir: Path) -> str:
    """Made once and kept in the data folder, readable by its owner alone."""
    path = data_dir / "secret.key"
    try:
        data_dir.mkdir(parents=True, exist_ok=True)
        if not path.exists():
            path.touch(mode=0o600)
            path.write_text(secrets.token_urlsafe(48), encoding="utf-8")
        return path.read_text(encoding="utf-8").strip()
    except OSError as error:
        raise BadSettings(
            f"The data folder {data_dir} cannot be written: {error.strerror}. "
            "Set CLOSEOUT_DATA_DIR to a folder of its own, then start again."
        ) from None
