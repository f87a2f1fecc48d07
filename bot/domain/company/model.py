"""The company, put together from its tables."""

import re
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from pydantic import model_validator
from sqlmodel import Session

from bot.domain.company.accounts import CustomerRules, SignalRules
from bot.domain.company.defaults import ROLES, SEVERITIES
from bot.domain.company.parts import (
    AccessRules,
    Component,
    Digest,
    FeedbackRules,
    Git,
    GitHubRules,
    JiraRules,
    PagerDutyRules,
    Part,
    Policy,
    PostmortemRules,
    Reminders,
    Role,
    Service,
    Severity,
    StatusRules,
    Team,
    UpdateRules,
    Workspace,
)
from bot.lib.choices import one_of
from bot.lib.spans import SATURDAY, Span, parse_span

LEVEL = re.compile(r"sev-?\d+", re.IGNORECASE)


class Company(Part):
    workspace: Workspace = Workspace()
    status: StatusRules = StatusRules()
    severities: tuple[Severity, ...] = SEVERITIES
    roles: tuple[Role, ...] = ROLES
    teams: tuple[Team, ...] = ()
    services: tuple[Service, ...] = ()
    components: tuple[Component, ...] = ()
    updates: UpdateRules = UpdateRules()
    pagerduty: PagerDutyRules = PagerDutyRules()
    digest: Digest = Digest()
    reminders: Reminders = Reminders()
    policies: tuple[Policy, ...] = ()
    access: AccessRules = AccessRules()
    postmortems: PostmortemRules = PostmortemRules()
    git: Git = Git()
    customers: CustomerRules = CustomerRules()
    signals: tuple[SignalRules, ...] = ()
    feedback: FeedbackRules = FeedbackRules()
    github: GitHubRules = GitHubRules()
    jira: JiraRules = JiraRules()

    @model_validator(mode="after")
    def _hangs_together(self) -> "Company":
        for what in ("severities", "roles", "teams", "services", "components", "signals"):
            keys = [each.key for each in getattr(self, what)]
            if twice := {key for key in keys if keys.count(key) > 1}:
                raise ValueError(f"{what}: {sorted(twice)[0]!r} stands there twice")
        if not self.severities:
            raise ValueError("severities: at least one is needed")
        if "commander" not in (role.key for role in self.roles):
            raise ValueError("roles: one must have the key 'commander'")
        teams, severities = [t.key for t in self.teams], [s.key for s in self.severities]
        self._known("services", [s.team for s in self.services if s.team], teams)
        keys = [service.key for service in self.services]
        self._known("signals", [one.service for one in self.signals if one.service], keys)
        self._known("policies", [key for policy in self.policies for key in policy.teams], teams)
        self._known("policies", [key for policy in self.policies for key in policy.severities], severities)
        asked = list(self.pagerduty.severity_by_priority.values())
        if "pagerduty" in self.model_fields_set:
            self._known("pagerduty.severity_by_priority", asked, severities)
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

    def policy(self, *, severity: str | None, team: str | None, priority: str) -> Policy | None:
        """The first that fits such an item; None where only the severity's `actions_due` speaks."""
        fitting = (one for one in self.policies if one.fits(severity=severity, team=team, priority=priority))
        return next(fitting, None)

    def service_of_pagerduty(self, id: str) -> Service | None:
        return next((service for service in self.services if service.pagerduty_service == id), None)

    def accounts(self, tracker: str) -> dict[str, str]:
        """Account there -> e-mail address, as closeout.toml says."""
        return {"github": self.github.people, "jira": self.jira.people}.get(tracker, {})

    def span(self, text: str | None) -> Span | None:
        return parse_span(text) if text else None

    def after(self, span: Span, moment: datetime, zone: str | None = None) -> datetime:
        """The moment that lies so much later; business days are the company's: no weekend, no holiday."""
        return span.after(moment, zone or self.workspace.timezone, self.workspace.holidays)

    def day(self, zone: str, now: datetime) -> date:
        """Which day it is there."""
        return now.astimezone(_place(zone, self.workspace.timezone)).date()

    def at_work(self, zone: str, now: datetime) -> bool:
        """Is it a weekday, no holiday, and within working hours there? Reminders to people keep to that."""
        there = now.astimezone(_place(zone, self.workspace.timezone))
        if there.date() in self.workspace.holidays:
            return False
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
