"""The tables of closeout.toml, each with its defaults."""

import re
from datetime import date
from typing import Annotated, Literal
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from bot.lib.spans import parse_span

MAIL = r"^[^@\s<>]+@[^@\s<>]+$"
KEY = r"^[a-z0-9][a-z0-9_-]{0,39}$"
CLOCK = re.compile(r"([01]\d|2[0-3]):[0-5]\d")
WEEKLY = r"^(mon|tue|wed|thu|fri|sat|sun) ([01]\d|2[0-3]):[0-5]\d$"
MONTHLY = r"^([1-9]|1\d|2[0-8]) ([01]\d|2[0-3]):[0-5]\d$"
ADDRESS = r"^(https?://[^\s<>\"]+)?$"
ESCALATION = r"^\d{1,5}(m|min|h|d|bd|w):(owner|team|manager)$"
LADDER = r"^\d{1,5}(m|min|h|d|w):(comms|commander|manager)$"
SHAPES = {
    WEEKLY: "write it like mon 09:00",
    MONTHLY: "write it like 1 09:00, with a day from 1 to 28",
    ESCALATION: "write it like 7d:team or 14d:manager",
    LADDER: "write it like 5m:commander or 15m:manager",
    MAIL: "write an e-mail address like ada@example.com",
    ADDRESS: "write an address like https://status.example.com",
    KEY: "write small letters, digits, - and _, at most 40",
}


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
Mail = Annotated[str, Field(pattern=MAIL)]


class Part(BaseModel):
    """A table of closeout.toml; a key that we do not know is a mistake worth hearing about."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Workspace(Part):
    announce_in: str = "incidents"
    timezone: Zone = "UTC"
    working_hours: Annotated[str, AfterValidator(_hours)] = "09:00-18:00"
    holidays: tuple[date, ...] = ()  # nobody is reminded then, and business days leave them out


class StatusRules(Part):
    """The public status page."""

    elsewhere: Annotated[str, Field(pattern=ADDRESS)] = ""  # readers are led there


class Severity(Part):
    """How bad it is. Listed from the worst to the mildest."""

    key: Key
    name: str
    criteria: tuple[str, ...] = ()
    first_update: SpanText | None = None
    update_every: SpanText | None = None
    postmortem_due: SpanText | None = None
    actions_due: SpanText | None = None
    update_approval: bool = False  # True: comms or the commander approves what customers are told

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


class Component(Part):
    """A part of the product as customers know it: a line of the status page."""

    key: Key
    name: Annotated[str, Field(min_length=1, max_length=80)]
    group: str = ""
    description: str = ""


class UpdateRules(Part):
    """How customers are told."""

    approve_within: SpanText = "5m"  # then the next in line is asked to approve: commander, manager
    owed_within: SpanText = "15m"  # after it grew worse, is over or came back, where no first_update says
    escalate_after: tuple[Annotated[str, Field(pattern=LADDER)], ...] = ("5m:commander", "15m:manager")


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
    ask_again_after: SpanText = "90d"


class Policy(Part):
    """By when an action item has an owner, and by when it is done. The first that fits an item holds."""

    severities: tuple[Key, ...] = ()  # empty: of every severity; teams and priorities alike
    teams: tuple[Key, ...] = ()
    priorities: tuple[Literal["high", "medium", "low"], ...] = ()
    assigned_within: SpanText | None = None
    done_within: SpanText | None = None

    def fits(self, *, severity: str | None, team: str | None, priority: str) -> bool:
        """Does it speak of such an item?"""
        wanted = ((self.severities, severity), (self.teams, team), (self.priorities, priority))
        return all(not named or has in named for named, has in wanted)


class AccessRules(Part):
    """Who may do what: each word an e-mail address, or a Slack user group as @payments."""

    default: Literal["viewer", "responder"] = "responder"
    viewers: tuple[str, ...] = ()
    responders: tuple[str, ...] = ()
    managers: tuple[str, ...] = ()
    administrators: tuple[str, ...] = ()


class PostmortemRules(Part):
    """How a postmortem comes to be published."""

    approval: bool = False  # True: someone other than the author approves before it is published
    review_within: SpanText = "2bd"


class Git(Part):
    """Where published postmortems are committed as Markdown; without a repository nowhere."""

    repository: str | None = None
    branch: str = "main"
    folder: str = "postmortems"


class GitHubRules(Part):
    """Action items as issues; the repository and the token are of the environment."""

    labels: tuple[str, ...] = ("closeout",)
    people: dict[str, Mail] = {}  # login -> e-mail address


class JiraRules(Part):
    """Action items as issues of a Jira project."""

    issue_type: str = "Task"
    people: dict[str, Mail] = {}  # account id -> e-mail address, where Jira does not tell


class FeedbackRules(Part):
    """What customers write: who reads the monthly pack, and when waiting needs a decision."""

    pack_to: tuple[Mail, ...] = ()
    ages_out_after: SpanText = "90d"
