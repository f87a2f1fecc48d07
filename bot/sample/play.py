"""Playing steps through the verbs of the domain, each at its own time. It never commits."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from sqlmodel import Session

from bot.domain import actions, alerts, incidents, people, postmortems, runbooks, updates
from bot.domain.actions import ActionItem
from bot.domain.alerts import Alert, AlertStatus
from bot.domain.company import company_of
from bot.domain.incidents import Incident, Report, Status
from bot.domain.incidents.facts import MessageAdded
from bot.domain.people import Person
from bot.lib.facts import record
from bot.sample.reading import Story
from bot.sample.script import Step

SOURCE = "sample"  # of alerts: nobody at PagerDuty is told what becomes of them


class Player:
    """Keeps what the steps before have made, by the names that the stories give it."""

    def __init__(self, session: Session, stories: Iterable[Story], cast: dict[str, Person]) -> None:
        self.session = session
        self.stories = {story.key: story for story in stories}
        self.cast = {**cast, "": people.closeout(session), "pagerduty": people.pagerduty(session)}
        self.incidents: dict[str, Incident] = {}
        self.items: dict[tuple[str, int], ActionItem] = {}
        self.runs: dict[str, int] = {}
        self.pinned = 0

    def play(self, step: Step) -> None:
        verb, by = getattr(self, f"_{step.verb}"), self.cast[step.who]
        incident = self.incidents.get(step.key)
        if incident is not None and incident.private:
            incidents.let_in(self.session, incident, by, by=by, now=step.at)  # else they could do nothing
        verb(step.key, by=by, now=step.at, **step.given)

    def _said(self, text: str) -> str:
        """Words in which other stories are named by their key, as [[key]], with their references."""
        for key, incident in self.incidents.items():
            text = text.replace(f"[[{key}]]", incident.ref)
        return text

    # ---- the incident

    def _declare(
        self, key: str, *, by: Person, now: datetime, detected_at: datetime, impact_started_at: datetime
    ) -> None:
        story = self.stories[key]
        known = tuple(name for name in story.services if name != story.late_service)
        report = Report(
            title=story.title,
            severity=story.raised or story.severity,
            description=story.told_by,
            services=known,
            private=story.private,
            sample=True,
            source="pagerduty" if story.alerts else "person",
            detected_at=detected_at,
            impact_started_at=impact_started_at,
        )
        self.incidents[key] = incidents.declare(self.session, report, by=by, now=now)

    def _alert(self, key: str, *, by: Person, now: datetime, title: str, number: int) -> None:
        incident, story = self.incidents[key], self.stories[key]
        service = company_of(self.session).service(story.services[0])
        alert = Alert(
            source=SOURCE,
            key=f"{incident.ref}/{number + 1}",
            incident_id=incident.id,
            service=service.key,
            service_name=service.name,
            title=title,
            urgency="high" if story.severity in ("sev1", "sev2") else "low",
            began_at=now,
            last_at=now,
        )
        self.session.add(alert)
        self._tell(alerts.AlertsJoined, key, (title,), by, now, services=(service.name,))

    def _alerts_over(self, key: str, *, by: Person, now: datetime, titles: list[str]) -> None:
        for alert in alerts.of(self.session, self.incidents[key]):
            alert.status, alert.last_at = AlertStatus.RESOLVED, now
            self.session.add(alert)
        self._tell(alerts.AlertsResolved, key, tuple(titles), by, now)

    def _tell(
        self,
        fact: type[alerts.AlertsFact],
        key: str,
        titles: tuple[str, ...],
        by: Person,
        now: datetime,
        **more: Any,
    ) -> None:
        about = {"source": SOURCE, "count": len(titles), "titles": titles, **more}
        record(self.session, fact(incident_id=self.incidents[key].id, by=by.id, **about), at=now)

    def _acknowledge(self, key: str, *, by: Person, now: datetime) -> None:
        incidents.acknowledge(self.session, self.incidents[key], by=by, now=now)

    def _seat(self, key: str, *, by: Person, now: datetime, role: str) -> None:
        incidents.set_role(self.session, self.incidents[key], role, by, by=by, now=now)

    def _hand_off(self, key: str, *, by: Person, now: datetime, to: str, brief: str) -> None:
        heads = dict(zip(incidents.BRIEF, brief.split(" | "), strict=False))
        incidents.hand_off(self.session, self.incidents[key], self.cast[to], heads, by=by, now=now)

    def _severity(self, key: str, *, by: Person, now: datetime, new: str, why: str) -> None:
        incidents.set_severity(self.session, self.incidents[key], new, by=by, now=now, why=why)

    def _services(self, key: str, *, by: Person, now: datetime, services: tuple[str, ...]) -> None:
        incidents.set_services(self.session, self.incidents[key], services, by=by, now=now)

    def _status(self, key: str, *, by: Person, now: datetime, new: str, note: str) -> None:
        said = self._said(note)
        incidents.set_status(self.session, self.incidents[key], Status(new), by=by, now=now, note=said)

    def _reopen(self, key: str, *, by: Person, now: datetime, reason: str) -> None:
        incidents.reopen(self.session, self.incidents[key], reason, by=by, now=now)

    def _cancel(self, key: str, *, by: Person, now: datetime, reason: str) -> None:
        incidents.cancel(self.session, self.incidents[key], self._said(reason), by=by, now=now)

    def _merge(self, key: str, *, by: Person, now: datetime, into: str) -> None:
        incidents.merge(self.session, self.incidents[key], self.incidents[into], by=by, now=now)

    def _close(self, key: str, *, by: Person, now: datetime) -> None:
        incidents.close(self.session, self.incidents[key], by=by, now=now)

    # ---- the timeline

    def _note(self, key: str, *, by: Person, now: datetime, text: str) -> None:
        incidents.note(self.session, self.incidents[key], self._said(text), by=by, now=now)

    def _message(self, key: str, *, by: Person, now: datetime, text: str) -> None:
        """Somebody said it in the channel, and somebody put a pin on it."""
        incident, self.pinned = self.incidents[key], self.pinned + 1
        incidents.let_in(self.session, incident, by, by=by, now=now)
        place = f"{SOURCE}/{incident.ref}/{self.pinned}"
        incidents.mark_message(self.session, incident, place, by=by, now=now, marked_at=now)
        about = {"incident_id": incident.id, "by": by.id, "author": by.id, "author_name": by.name}
        added = MessageAdded(**about, place=place, text=self._said(text), happened_at=now)
        incidents.add_message(self.session, added, now=now)

    def _runbook(self, key: str, *, by: Person, now: datetime, name: str) -> None:
        if name in {known.name for known in runbooks.known(self.session)}:
            self.runs[key] = runbooks.post(self.session, self.incidents[key], name, by=by, now=now).id

    def _tick(self, key: str, *, by: Person, now: datetime, step: int) -> None:
        if key in self.runs:
            runbooks.tick(self.session, self.incidents[key], self.runs[key], step, True, by=by, now=now)

    # ---- customers, postmortem, action items

    def _update(
        self, key: str, *, by: Person, now: datetime, message: str, phase: str, next_in: str | None
    ) -> None:
        incident = self.incidents[key]
        updates.publish(
            self.session, incident, message, by=by, now=now, phase=phase, next_in=next_in, approved_by=by
        )

    def _open_postmortem(self, key: str, *, by: Person, now: datetime) -> None:
        postmortems.open_draft(self.session, self.incidents[key], by=by, now=now)

    def _write(self, key: str, *, by: Person, now: datetime, sections: dict[str, str]) -> None:
        said = {section: self._said(text) for section, text in sections.items()}
        postmortems.write_all(self.session, self.incidents[key], said, by=by, now=now)

    def _publish(self, key: str, *, by: Person, now: datetime) -> None:
        postmortems.publish(self.session, self.incidents[key], by=by, now=now)

    def _promise(
        self, key: str, *, by: Person, now: datetime, number: int, owner: str, due: date | None, **about: str
    ) -> None:
        title, owned = about.pop("title"), self.cast[owner]
        self.items[key, number] = actions.create(
            self.session, self.incidents[key], title, by=by, now=now, owner=owned, due=due, **about
        )

    def _begin(self, key: str, *, by: Person, now: datetime, number: int) -> None:
        actions.start(self.session, self.items[key, number], by=by, now=now)

    def _move(self, key: str, *, by: Person, now: datetime, number: int, due: date, why: str) -> None:
        actions.move(self.session, self.items[key, number], due, by=by, now=now, why=why)

    def _done(self, key: str, *, by: Person, now: datetime, number: int, evidence: str) -> None:
        actions.done(self.session, self.items[key, number], self._said(evidence), by=by, now=now)

    def _undone(self, key: str, *, by: Person, now: datetime, number: int, reason: str) -> None:
        actions.reopen(self.session, self.items[key, number], reason, by=by, now=now)

    def _verify(self, key: str, *, by: Person, now: datetime, number: int) -> None:
        actions.verify(self.session, self.items[key, number], by=by, now=now)

    def _decline(
        self, key: str, *, by: Person, now: datetime, number: int, reason: str, approver: str
    ) -> None:
        agreed = self.cast[approver]
        said = self._said(reason)
        actions.decline(self.session, self.items[key, number], said, approver=agreed, by=by, now=now)
