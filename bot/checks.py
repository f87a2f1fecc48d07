"""What is on, what is off, and what is wrong: each line green, or what to do.

Everything is looked at side by side, each for a few seconds at most. Nothing outside is changed, and no
secret is ever in what is said.
"""

import asyncio
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import unquote, urlsplit

import sqlalchemy as sa
from sqlalchemy.exc import SQLAlchemyError
from sqlmodel import Session, col

from bot.domain import components, mailings, subscribers
from bot.domain.company import Company
from bot.domain.incidents import Incident
from bot.lib import db
from bot.lib.errors import DeliveryError
from bot.lib.findings import PATIENCE, Finding, bad, off, ok, side_by_side, within
from bot.lib.http import Http
from bot.lib.words import cut, plural
from bot.settings import SECRETS, Settings
from bot.slack import Slack

__all__ = ["Finding", "check_all"]

LOOPBACK = ("127.0.0.1", "localhost", "::1")
OLDEST_POSTGRES = (14,)
SHORTEST = 6  # characters; blotting out less would blot out half of what is said
OUR_NAME = "closeout"  # as a password it gives nothing away where it stands as a name
LONGEST = 120  # characters of what somebody else says
OUTSIDE = "Subscribers"
ALIVE = "alive"  # what /healthz says
PD_OFF = (
    "Set PAGERDUTY_WEBHOOK_SECRET to receive pages, PAGERDUTY_ROUTING_KEY to page, "
    "PAGERDUTY_API_TOKEN to answer."
)
TRACKERS_OFF = "Set them to follow action items in GitHub Issues or Jira (docs/trackers.md)."

SIGNALS_OFF = "Set SIGNALS_TOKEN to have them posted, or PROMETHEUS_URL to read them (docs/customers.md)."


class House(Protocol):
    """What is looked at."""

    settings: Settings
    company: Company
    engine: sa.Engine
    http: Http
    slack: Slack | None
    vendors: dict[str, Any]


async def check_all(house: House, patience: float = PATIENCE) -> list[Finding]:
    """Every line, in the order in which one sets Closeout up. `patience` is seconds for each look."""
    found = await side_by_side(
        _at_once(_company(house)),
        within(patience, "Database", _database(house, patience)),
        _address(house, patience),
        _slack(house, patience),
        *_vendors(house, patience),
        _at_once(_status(house)),
    )
    return [_blotted(finding, _hidden(house.settings.env)) for finding in found]


async def _at_once(finding: Finding) -> list[Finding]:
    return [finding]


def _company(house: House) -> Finding:
    company = house.company
    counted = (
        plural(len(company.severities), "severity", "severities"),
        plural(len(company.services), "service"),
        plural(len(company.teams), "team"),
    )
    said = ", ".join(counted)
    return ok("closeout.toml", f"{said} ({house.settings.config or 'the built-in defaults'})")


def _status(house: House) -> Finding:
    shown = components.known(house.company)
    if shown:
        return ok(
            "Status page", f"{house.settings.public_url}/status shows {plural(len(shown), 'component')}"
        )
    remedy = "Give services a component in closeout.toml; customers see it at /status."
    return off("Status page", "there is no component to show", remedy)


# ---- the database


async def _database(house: House, patience: float) -> list[Finding]:
    found = await asyncio.to_thread(_look_at_database, house.engine, patience)
    is_real = house.slack is not None and not house.settings.slack.is_practice
    if any(each.what == "Tables" and each.state == "ok" for each in found):
        found += await asyncio.to_thread(_samples, house.engine) if is_real else []
        found += await asyncio.to_thread(_outside, house.engine, "mail" in house.vendors)
    return found


def _outside(engine: sa.Engine, has_mail: bool) -> list[Finding]:
    """Who subscribed, and what waits for them; nothing where nobody did."""
    with Session(engine) as session:
        standing: Counter[str] = Counter()
        for (_, each), count in subscribers.counts(session).items():
            standing[each] += count
        waiting, unsure = mailings.waiting(session), mailings.unsure(session)
    mail, remedy = waiting.get(mailings.MAIL, 0), "Set SMTP_URL and MAIL_FROM. After a day they go no more."
    if mail and not has_mail:
        return [bad(OUTSIDE, f"{plural(mail, 'mail')} to people outside cannot go", remedy)]
    parts = [f"{standing['active']} active", f"{sum(waiting.values())} messages wait"]
    parts += [f"{standing['stopped']} stopped, for mail came back or an endpoint failed"] * bool(
        standing["stopped"]
    )
    parts += [f"of {plural(unsure, 'mail')} it is not known whether they went"] * bool(unsure)
    return [ok(OUTSIDE, "; ".join(parts))] if standing or unsure else []


def _samples(engine: sa.Engine) -> list[Finding]:
    """What was made up for practice has no place beside what is real."""
    with engine.connect() as connection:
        made_up = sa.select(sa.func.count()).where(col(Incident.sample))
        count = connection.execute(made_up).scalar_one()
    if not count:
        return []
    said = f"{plural(count, 'incident')} in this database {'is' if count == 1 else 'are'} made up"
    return [bad("Sample data", said, "Take them away: closeout sample clear")]


def _look_at_database(engine: sa.Engine, patience: float) -> list[Finding]:
    kind = "PostgreSQL" if engine.dialect.name == "postgresql" else "SQLite"
    if kind == "SQLite" and not _is_there(engine.url.database):
        return [_empty(kind)]
    engine = _impatient(engine, patience) if kind == "PostgreSQL" else engine
    try:
        with engine.connect() as connection:
            version = tuple(connection.dialect.server_version_info or ())
        current, empty = db.is_current(engine), not sa.inspect(engine).get_table_names()
    except SQLAlchemyError as error:
        reason = str(error.__cause__ or error).strip().splitlines()[0]
        remedy = "Mend DATABASE_URL, or start the server."
        return [bad("Database", f"{kind} does not answer: {reason}", remedy)]
    if kind == "PostgreSQL" and version < OLDEST_POSTGRES:
        return [bad("Database", f"PostgreSQL {version[0]} is too old", "Use PostgreSQL 14 or newer.")]
    if empty:
        return [_empty(kind)]
    tables = ok("Tables", "up to date")
    if not current:
        tables = bad("Tables", "of another version of Closeout", "Run: closeout db upgrade")
    return [ok("Database", f"{kind} {'.'.join(map(str, version[:2]))}".strip()), tables]


def _empty(kind: str) -> Finding:
    return ok("Database", f"{kind}, still empty; the first start makes its tables")


def _is_there(path: str | None) -> bool:
    """Looking must not make the file."""
    return path in (None, "", ":memory:") or Path(str(path)).exists()


def _impatient(engine: sa.Engine, patience: float) -> sa.Engine:
    """One that does not wait for a server that keeps silent."""
    wait = max(1, int(patience) - 1)
    return sa.create_engine(engine.url, poolclass=sa.NullPool, connect_args={"connect_timeout": wait})


# ---- the address


async def _address(house: House, patience: float) -> list[Finding]:
    """Can it be reached where people and platforms look for it? Asked from here, which is not everywhere."""
    what, url = "Public address", house.settings.public_url
    if problem := _unreachable_by_slack(house.settings):
        remedy = "Set CLOSEOUT_PUBLIC_URL to an https address that Slack reaches, or use Socket Mode."
        return [bad(what, problem, remedy)]
    here = f"http://{_bracketed(house.settings.host)}:{house.settings.port}"
    there, inside = await asyncio.gather(
        _knock(house.http, url, patience), _knock(house.http, here, patience)
    )
    if there == ALIVE:
        return [ok(what, f"{url} leads to Closeout")]
    if inside != ALIVE:
        said = f"Closeout does not run here, so {url} was not put to the test ({there})"
        return [off(what, said, "Start it, then check again.")]
    remedy = "See that its name, its certificate and the proxy before it lead there. Then check again."
    return [bad(what, f"Closeout runs at {here}, but {url} does not lead there: {there}", remedy)]


def _unreachable_by_slack(settings: Settings) -> str:
    """Over HTTP, Slack must come to us; a Slack on this very machine does."""
    slack, parts = settings.slack, urlsplit(settings.public_url)
    if not slack.is_on or slack.app_token or slack.is_practice:
        return ""
    if parts.hostname in LOOPBACK:
        return f"{settings.public_url} cannot be reached by Slack"
    return "" if parts.scheme == "https" else f"{settings.public_url} is not https, and Slack takes no other"


async def _knock(http: Http, url: str, patience: float) -> str:
    """ALIVE, or what was found instead."""
    try:
        async with asyncio.timeout(patience):
            answer = await http.get(f"{url}/healthz")
    except TimeoutError:
        return f"no answer within {patience:g} s"
    except DeliveryError as error:
        return cut(" ".join(str(error).split()), LONGEST)
    return ALIVE if answer.text.strip() == ALIVE else "something else answers there"


def _bracketed(host: str) -> str:
    """Where to knock for who listens there; everywhere includes here."""
    host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)
    return f"[{host}]" if ":" in host else host


# ---- Slack and the vendors


async def _slack(house: House, patience: float) -> list[Finding]:
    if house.slack is None:
        remedy = "`closeout manifest --link` makes the app (docs/setup.md). To practise: `closeout sandbox`"
        return [
            off("Slack", "SLACK_BOT_TOKEN is not set", remedy),
            off("Clock", "compared with Slack's, once it is on"),
        ]
    return await house.slack.check(patience)


def _vendors(house: House, patience: float) -> Iterable[Any]:
    """Each vendor looks for itself; one without settings is off."""
    missing = {
        "pagerduty": off("PagerDuty", "no PAGERDUTY_ setting is there", PD_OFF),
        "mail": off("Mail", "SMTP_URL is not set", "Set SMTP_URL and MAIL_FROM to send mail."),
    }
    if not {"signals", "prometheus"} & house.vendors.keys():
        missing["customers"] = off("Signals", "nobody sends signals of customers", SIGNALS_OFF)
    if not {"github", "jira"} & house.vendors.keys():
        missing["trackers"] = off("Trackers", "neither GITHUB_REPO nor JIRA_URL is set", TRACKERS_OFF)
    for name, vendor in house.vendors.items():
        missing.pop(name, None)
        yield vendor.check(patience)
    yield from (_at_once(finding) for finding in missing.values())


# ---- discretion


def _hidden(env: Mapping[str, str]) -> list[str]:
    """Every secret as it might turn up in somebody else's words, the longest first."""
    found: set[str] = set()
    for name in SECRETS:
        value = env.get(name, "")
        if "://" in value:
            password = urlsplit(value).password or ""
            found |= {password, unquote(password)}
        else:
            found |= {value, *(part.strip() for part in value.split(","))}
    return sorted((one for one in found - {OUR_NAME} if len(one) >= SHORTEST), key=len, reverse=True)


def _blotted(finding: Finding, hidden: Iterable[str]) -> Finding:
    said, remedy = finding.said, finding.remedy
    for secret in hidden:
        said, remedy = said.replace(secret, "…"), remedy.replace(secret, "…")
    return replace(finding, said=said, remedy=remedy)
