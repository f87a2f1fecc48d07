"""The company as `closeout.toml` describes it: its severities, roles, teams, services and promises."""

import re
import tomllib
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Annotated, Any
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError, model_validator
from sqlmodel import Session

from bot.lib.choices import one_of
from bot.lib.errors import Refused
from bot.lib.spans import SATURDAY, Span, parse_span

KEY = r"^[a-z0-9][a-z0-9_-]{0,39}$"
LEVEL = re.compile(r"sev-?\d+", re.IGNORECASE)
CLOCK = re.compile(r"([01]\d|2[0-3]):[0-5]\d")
WEEKLY = r"^(mon|tue|wed|thu|fri|sat|sun) ([01]\d|2[0-3]):[0-5]\d$"
MONTHLY = r"^([1-9]|1\d|2[0-8]) ([01]\d|2[0-3]):[0-5]\d$"
ESCALATION = r"^\d{1,5}(m|min|h|d|bd|w):(owner|team|manager)$"
HEAD = re.compile(r"^\s*\[+\s*([\w.-]+)\s*\]")
SHAPES = {
    WEEKLY: "write it like mon 09:00",
    MONTHLY: "write it like 1 09:00, with a day from 1 to 28",
    ESCALATION: "write it like 7d:team or 14d:manager",
    KEY: "write small letters, digits, - and _, at most 40",
}


class BadCompany(Refused):
    """closeout.toml cannot be read. Mend it, then start again."""


def _span(text: str) -> str:
    parse_span(text)
    return text


def _zone(text: str) -> str:
    try:
        ZoneInfo(text)
    except (KeyError, ValueError):
        raise ValueError(f"{text!r} is no time zone; write one like Europe/Berlin") from None
    return text


def _hours(text: str) -> str:
    start, _, end = text.partition("-")
    for clock in (start, end):
        if not CLOCK.fullmatch(clock):
            raise ValueError(f"{text!r} are no hours; write them like 09:00-18:00")
    if start >= end:
        raise ValueError(f"{text!r} ends before it begins; write the earlier hour first")
    return text


SpanText = Annotated[str, AfterValidator(_span)]
Zone = Annotated[str, AfterValidator(_zone)]
Key = Annotated[str, Field(pattern=KEY)]


class Part(BaseModel):
    """A table of closeout.toml; a key that we do not know is a mistake worth hearing about."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Workspace(Part):
    announce_in: str = "incidents"
    timezone: Zone = "UTC"
    working_hours: Annotated[str, AfterValidator(_hours)] = "09:00-18:00"


class Severity(Part):
    """How bad it is. Listed from the worst to the mildest."""

    key: Key
    name: str
    criteria: tuple[str, ...] = ()
    first_update: SpanText | None = None
    update_every: SpanText | None = None
    postmortem_due: SpanText | None = None
    actions_due: SpanText | None = None

    @property
    def label(self) -> str:
        return f"{self.key.upper()} {self.name}"


class Role(Part):
    key: Key
    name: str
    duty: str = ""


class Team(Part):
    key: Key
    name: str
    manager: str | None = None
    channel: str | None = None


class Service(Part):
    key: Key
    name: str
    team: str | None = None
    pagerduty_service: str | None = None
    component: str | None = None


class DeclareWhen(Part):
    """Which pages become incidents: any of these is enough."""

    priority: tuple[str, ...] = ("P1", "P2")
    urgency: tuple[str, ...] = ("high",)


class PagerDutyRules(Part):
    declare_when: DeclareWhen = DeclareWhen()
    severity_by_priority: dict[str, str] = {"P1": "sev1", "P2": "sev2", "P3": "sev3"}
    group_window: SpanText = "48h"


class Digest(Part):
    weekly: Annotated[str, Field(pattern=WEEKLY)] = "mon 09:00"
    monthly: Annotated[str, Field(pattern=MONTHLY)] = "1 09:00"


class Reminders(Part):
    before_due: tuple[SpanText, ...] = ("2d",)
    overdue_every: SpanText = "7d"
    escalate_after: tuple[Annotated[str, Field(pattern=ESCALATION)], ...] = ("7d:team", "14d:manager")
    verify_after: SpanText = "30d"


SEVERITIES = (
    Severity(
        key="sev1",
        name="Critical",
        criteria=("Most customers cannot use the product", "Customer data is lost or exposed"),
        first_update="5m",
        update_every="20m",
        postmortem_due="3bd",
        actions_due="15d",
    ),
    Severity(
        key="sev2",
        name="Major",
        criteria=("Many customers are hindered, or a main function is down", "There is no workaround"),
        first_update="15m",
        update_every="30m",
        postmortem_due="5bd",
        actions_due="30d",
    ),
    Severity(
        key="sev3",
        name="Minor",
        criteria=("Some customers are hindered and have a workaround",),
        update_every="2h",
        actions_due="60d",
    ),
    Severity(key="sev4", name="Low", criteria=("No customer has noticed",), actions_due="90d"),
)

ROLES = (
    Role(key="commander", name="Incident commander", duty="Decides. Does not debug."),
    Role(key="comms", name="Communications", duty="Tells customers and colleagues, on time."),
    Role(key="operations", name="Operations", duty="Finds the fault and mends it."),
    Role(key="scribe", name="Scribe", duty="Writes down what happens, and when."),
)


class Company(Part):
    workspace: Workspace = Workspace()
    severities: tuple[Severity, ...] = SEVERITIES
    roles: tuple[Role, ...] = ROLES
    teams: tuple[Team, ...] = ()
    services: tuple[Service, ...] = ()
    pagerduty: PagerDutyRules = PagerDutyRules()
    digest: Digest = Digest()
    reminders: Reminders = Reminders()

    @model_validator(mode="after")
    def _hangs_together(self) -> "Company":
        for what in ("severities", "roles", "teams", "services"):
            keys = [each.key for each in getattr(self, what)]
            if twice := {key for key in keys if keys.count(key) > 1}:
                raise ValueError(f"{what}: {sorted(twice)[0]!r} stands there twice")
        if not self.severities:
            raise ValueError("severities: at least one is needed")
        if "commander" not in (role.key for role in self.roles):
            raise ValueError("roles: one must have the key 'commander'")
        self._known("services", [s.team for s in self.services if s.team], [t.key for t in self.teams])
        asked = list(self.pagerduty.severity_by_priority.values())
        if "pagerduty" in self.model_fields_set:
            self._known("pagerduty.severity_by_priority", asked, [s.key for s in self.severities])
        return self

    @staticmethod
    def _known(where: str, asked: list[str], known: list[str]) -> None:
        if bad := [key for key in asked if key not in known]:
            raise ValueError(f"{where}: {bad[0]!r} is not declared; known are: {', '.join(known) or 'none'}")

    def split_severity(self, text: str) -> tuple[str | None, str]:
        """A severity may stand before a title. What looks like one but is none is refused."""
        first, _, rest = text.strip().partition(" ")
        if first.lower() in [one.key.lower() for one in self.severities] or LEVEL.fullmatch(first):
            return self.severity(first).key, rest.strip()
        return None, text.strip()

    def severity(self, text: str) -> Severity:
        """The severity that was meant; an unknown one is refused with the right ones."""
        return one_of("severity", text, {s.key: s for s in self.severities})

    def assumed_severity(self) -> Severity:
        """What an incident counts as until someone says: the second highest."""
        return self.severities[min(1, len(self.severities) - 1)]

    def severity_or_assumed(self, key: str | None) -> Severity:
        """Also for a key that has since left closeout.toml: an old incident must stay readable."""
        if key is None:
            return self.assumed_severity()
        return next((s for s in self.severities if s.key == key), Severity(key=key, name="(retired)"))

    def rank(self, key: str | None) -> int:
        """0 is the worst."""
        meant = self.severity_or_assumed(key)
        return next((n for n, s in enumerate(self.severities) if s.key == meant.key), len(self.severities))

    def role(self, text: str) -> Role:
        return one_of("role", text, {r.key: r for r in self.roles})

    def service(self, text: str) -> Service:
        return one_of("service", text, {s.key: s for s in self.services})

    def team(self, key: str | None) -> Team | None:
        return next((team for team in self.teams if team.key == key), None)

    def service_of_pagerduty(self, id: str) -> Service | None:
        return next((service for service in self.services if service.pagerduty_service == id), None)

    def span(self, text: str | None) -> Span | None:
        return parse_span(text) if text else None

    def day(self, zone: str, now: datetime) -> date:
        """Which day it is there."""
        return now.astimezone(_place(zone, self.workspace.timezone)).date()

    def at_work(self, zone: str, now: datetime) -> bool:
        """Is it a weekday within working hours there? Reminders to people keep to that."""
        there = now.astimezone(_place(zone, self.workspace.timezone))
        start, end = self.workspace.working_hours.split("-")
        return there.weekday() < SATURDAY and start <= f"{there:%H:%M}" < end

    @property
    def group_window(self) -> timedelta:
        return parse_span(self.pagerduty.group_window).rough


def _place(zone: str, otherwise: str) -> ZoneInfo:
    """A person's zone, which a directory told us; where it makes no sense, the company's."""
    try:
        return ZoneInfo(zone)
    except (KeyError, ValueError, OSError):
        return ZoneInfo(otherwise)


def company_of(session: Session) -> Company:
    """The company this session works for; the courier put it there."""
    company = session.info["company"]
    assert isinstance(company, Company)
    return company


def load(path: Path | None) -> Company:
    """Read closeout.toml, or take the defaults. Raises BadCompany with file, line, remedy."""
    if path is None:
        return Company()
    try:
        text = path.read_text(encoding="utf-8")
        return Company.model_validate(tomllib.loads(text))
    except OSError as error:
        raise BadCompany(
            f"{path} cannot be read: {error.strerror}. Mend CLOSEOUT_CONFIG, then start again."
        ) from None
    except UnicodeDecodeError:
        raise BadCompany(f"{path} is not UTF-8 text. Save it as UTF-8, then start again.") from None
    except tomllib.TOMLDecodeError as error:
        raise BadCompany(f"{path}: {error}. Mend that line, then start again.") from None
    except ValidationError as error:
        raise BadCompany(_explain(path, text, error)) from None


def _explain(path: Path, text: str, error: ValidationError) -> str:
    first: Any = error.errors()[0]
    place = [part for part in first["loc"] if isinstance(part, str | int)]
    name = ".".join(str(part) for part in place)
    what = _what(first, place)
    line = line_of(text, place) if place else _line_named_in(text, what)
    return f"{path}, line {line}: {name or 'the file'}: {what}. Mend it, then start again."


def _what(error: Any, place: list[Any]) -> str:
    if error["type"] == "extra_forbidden":
        return f"{place[-1]!r} is no setting here"
    if error["type"] == "missing":
        return f"{place[-1]!r} is missing"
    if error["type"] == "string_pattern_mismatch":
        return f"{error['input']!r} cannot be read; {SHAPES[error['ctx']['pattern']]}"
    return str(error["msg"]).removeprefix("Value error, ")


def line_of(text: str, place: list[Any]) -> int:
    """The line a person should look at: the n-th table of that name, then the key in it."""
    lines, at, tables = text.splitlines(), 0, [part for part in place if isinstance(part, str)]
    nth = next((part for part in place if isinstance(part, int)), 0)
    heads = [n for n, line in enumerate(lines) if (head := HEAD.match(line)) and head[1] == tables[0]]
    if heads:
        at = heads[min(nth, len(heads) - 1)]
    for word in tables[1:] if heads else tables:
        key = re.compile(rf"(^|[{{,.\[\s]){re.escape(word)}\s*[=.\]]")
        at = next((n for n in range(at, len(lines)) if key.search(lines[n])), at)
    return at + 1


def _line_named_in(text: str, what: str) -> int:
    """The last line that holds the word which does not fit with the rest."""
    word = re.search(r"'([^']+)'", what)
    found = [n for n, line in enumerate(text.splitlines(), 1) if word and f'"{word[1]}"' in line]
    return found[-1] if found else 1
