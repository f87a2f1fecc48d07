"""Taking in what customers write, and saying what it is about."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session, col, select

from bot.domain import components, customers, incidents, mailings, people, updates
from bot.domain.actions import ActionItem
from bot.domain.company import company_of
from bot.domain.customers import Customer
from bot.domain.feedback import clustering, mails, queries, rules
from bot.domain.feedback.facts import (
    CustomersWrote,
    FeedbackErased,
    FeedbackKept,
    FeedbackReceived,
    FeedbackRegrouped,
    FeedbackTagged,
    FeedbackTied,
    FeedbackTiedToItem,
    TagRuleChanged,
)
from bot.domain.feedback.model import Cluster, Feedback, Outcome, Source, TagRule
from bot.domain.incidents import Incident
from bot.domain.people import Person
from bot.domain.people.facts import NO_INCIDENT
from bot.lib.cleaning import clean
from bot.lib.errors import Refused
from bot.lib.facts import record


class StaysInside(Refused):
    """That incident is private or a drill: nothing may connect customers with it. Nothing was changed."""


@dataclass(frozen=True)
class Voice:
    """What somebody wrote, and what is known of who."""

    words: str
    source: Source = Source.PAGE
    name: str = ""
    address: str = ""
    component: str = ""
    customer: Customer | None = None
    incident: Incident | None = None
    delivery: str | None = None
    client: str = ""


def take(session: Session, voice: Voice, *, now: datetime, by: Person | None = None) -> Feedback:
    """Keep it, tag it, and put it beside what is alike. The same delivery comes once.

    Raises NothingSaid, TooMuch, BadAddress, NoSuchComponent and StaysInside, and keeps nothing then.
    """
    if voice.delivery and (known := _of_delivery(session, voice.delivery)):
        return known
    if voice.incident is not None:
        _check_public(session, voice.incident, by)
    feedback = _written(session, voice, by or people.closeout(session), now)
    _apply_rules(session, feedback)
    about = voice.incident or _meant(session, feedback, by, now)
    if about is not None:
        incidents.hold(session, about)
        feedback.incident_id = about.id
    session.add(feedback)
    session.flush()
    clustering.join(session, feedback)
    _tell_of(session, feedback, now)
    _note_customer(session, feedback, about, now)
    return feedback


def _meant(session: Session, feedback: Feedback, by: Person | None, now: datetime) -> Incident | None:
    """What somebody of the house may not see is not found for them either."""
    found = queries.meant(session, feedback.words, feedback.component, now)
    return found if found and (by is None or incidents.visible(session, found, by)) else None


def _of_delivery(session: Session, delivery: str) -> Feedback | None:
    return session.exec(select(Feedback).where(Feedback.delivery == delivery)).first()


def _written(session: Session, voice: Voice, by: Person, now: datetime) -> Feedback:
    address = mailings.address(voice.address) if voice.address.strip() else ""
    found = voice.customer or (customers.of_address(session, address) if address else None)
    part = components.find(company_of(session), voice.component).key if voice.component.strip() else None
    return Feedback(
        at=now,
        source=voice.source,
        words=rules.said(voice.words),
        name=" ".join(clean(voice.name).split())[: rules.NAME_MAX],
        address=address,
        customer_id=found.id if found else None,
        component=part,
        by=by.id,
        delivery=voice.delivery,
        client=voice.client,
    )


def _apply_rules(session: Session, feedback: Feedback) -> None:
    """All tags that fit. What the person said it is about goes before what a rule thinks."""
    fitting = [rule for rule in queries.tag_rules(session) if rules.fits(rule, feedback.words)]
    feedback.tags = [rule.tag for rule in fitting]
    feedback.high = any(rule.high for rule in fitting)
    named = [rule.component for rule in fitting if rule.component]
    feedback.component = feedback.component or next(iter(named), None)


def _tell_of(session: Session, feedback: Feedback, now: datetime) -> None:
    said: dict[str, Any] = {"by": feedback.by, "feedback": feedback.id, "source": feedback.source}
    said |= {"tags": tuple(feedback.tags), "high": feedback.high}
    if feedback.incident_id is None:
        record(session, FeedbackKept(**said), at=now)
        return
    record(session, FeedbackReceived(incident_id=feedback.incident_id, **said), at=now)
    _count(session, incidents.get(session, feedback.incident_id), feedback, now)


def _count(session: Session, incident: Incident, newest: Feedback, now: datetime) -> None:
    count = queries.count_of(session, incident)
    if rules.is_round(count):
        by = people.closeout(session).id
        told = CustomersWrote(incident_id=incident.id, by=by, count=count, newest=newest.id)
        record(session, told, at=now)


def _note_customer(session: Session, feedback: Feedback, about: Incident | None, now: datetime) -> None:
    """Somebody of the register wrote: that is when they told us. The words stay here."""
    if feedback.customer_id is None or about is None:
        return
    customer = customers.get(session, feedback.customer_id)
    by = people.get(session, feedback.by)
    customers.reported(session, about, customer, at=feedback.at, by=by, now=now)


def _check_public(session: Session, incident: Incident, by: Person | None) -> None:
    """Who may not see it hears nothing of it, not even why it stays inside."""
    if by is not None:
        incidents.admit(session, incident, by)
    if not updates.rules.is_public(incident):
        raise StaysInside


def tie(
    session: Session, feedback: Feedback, incident: Incident | None, *, by: Person, now: datetime
) -> bool:
    """It is about this incident; None: about none. False when that is known."""
    if incident is not None:
        _check_public(session, incident, by)
    new, old = incident.id if incident else None, feedback.incident_id
    if new == old:
        return False
    for id in sorted(filter(None, (old, new))):
        incidents.hold(session, incidents.get(session, id))
    feedback.incident_id = new
    session.add(feedback)
    session.flush()
    fact = {"by": by.id, "feedback": feedback.id, "old": old, "new": new}
    record(session, FeedbackTied.model_validate({"incident_id": new or old, **fact}), at=now)
    if incident is not None:
        _count(session, incident, feedback, now)
        _note_customer(session, feedback, incident, now)
    return True


def tie_to_item(
    session: Session, feedback: Feedback, item: ActionItem | None, *, by: Person, now: datetime
) -> bool:
    """The item is what answers it: once it is verified, whoever wrote is told. False when that is known."""
    if item is not None:
        _check_public(session, incidents.get(session, item.incident_id), by)
    if (new := item.id if item else None) == feedback.item_id:
        return False
    about = item.incident_id if item else feedback.incident_id
    if about is not None:
        incidents.hold(session, incidents.get(session, about))
    feedback.item_id = new
    session.add(feedback)
    session.flush()
    fact = FeedbackTiedToItem(incident_id=about or NO_INCIDENT, by=by.id, feedback=feedback.id, item=new)
    record(session, fact, at=now)
    return True


def tag(
    session: Session, feedback: Feedback, tags: Iterable[str], *, high: bool, by: Person, now: datetime
) -> bool:
    """Exactly these. False when it was so already."""
    wanted = sorted({rules.tag_of(each) for each in tags if each.strip()})
    if (wanted, high) == (sorted(feedback.tags), feedback.high):
        return False
    feedback.tags, feedback.high = wanted, high
    session.add(feedback)
    session.flush()
    about = feedback.incident_id or NO_INCIDENT
    told = FeedbackTagged(incident_id=about, by=by.id, feedback=feedback.id, tags=tuple(wanted), high=high)
    record(session, told, at=now)
    return True


def regroup(session: Session, feedback: Feedback, to: Cluster | None, *, by: Person, now: datetime) -> bool:
    """A person says which cluster it belongs to; None: one of its own. False when it is there already."""
    if to is not None and to.id == feedback.cluster_id:
        return False
    clustering.move(session, feedback, to)
    session.add(feedback)
    session.flush()
    about = feedback.incident_id or NO_INCIDENT
    cluster = feedback.cluster_id or 0
    told = FeedbackRegrouped(incident_id=about, by=by.id, feedback=feedback.id, cluster=cluster)
    record(session, told, at=now)
    return True


def set_rule(
    session: Session,
    name: str,
    words: str,
    *,
    component: str = "",
    high: bool = False,
    by: Person,
    now: datetime,
) -> TagRule:
    """From now on, feedback with one of these words gets the tag. What is there keeps what it has."""
    customers.check_sees(by)
    about = components.find(company_of(session), component).key if component.strip() else None
    tag = rules.tag_of(name)
    rule = session.get(TagRule, tag) or TagRule(tag=tag, words="", by=by.id, at=now)
    rule.words, rule.component, rule.high = rules.words_of_rule(words), about, high
    rule.by, rule.at = by.id, now
    session.add(rule)
    session.flush()
    record(session, TagRuleChanged(by=by.id, tag=tag, words=rule.words), at=now)
    return rule


def drop_rule(session: Session, name: str, *, by: Person, now: datetime) -> bool:
    """False where there is none."""
    customers.check_sees(by)
    rule = session.get(TagRule, " ".join(name.lower().split()))
    if rule is None:
        return False
    session.delete(rule)
    session.flush()
    record(session, TagRuleChanged(by=by.id, tag=rule.tag), at=now)
    return True


def say_outcome(session: Session, item: ActionItem, words: str, *, by: Person, now: datetime) -> Outcome:
    """What those who wrote are told once the item is verified; its title stays inside."""
    kept = rules.said(words)
    incidents.admit(session, incidents.get(session, item.incident_id), by)
    row = session.get(Outcome, item.id) or Outcome(item_id=item.id, words=kept, by=by.id, at=now)
    row.words, row.by, row.at = kept, by.id, now
    session.add(row)
    session.flush()
    return row


def erase(session: Session, feedback: Feedback, *, by: Person, now: datetime) -> None:
    """Somebody asks to be forgotten: who they are and what they wrote. That somebody wrote stays."""
    mails.forget(session, feedback)
    clustering.leave(session, feedback)
    feedback.name = feedback.address = feedback.said_back = feedback.client = ""
    feedback.words, feedback.token, feedback.customer_id = "(erased)", None, None
    feedback.erased_at = now
    session.add(feedback)
    session.flush()
    about = feedback.incident_id or NO_INCIDENT
    record(session, FeedbackErased(incident_id=about, by=by.id, feedback=feedback.id), at=now)


def forget_clients(session: Session, before: datetime) -> None:
    """What held back floods is of no use a day later."""
    old = sa.update(Feedback).where(col(Feedback.at) < before, col(Feedback.client) != "")
    session.execute(old.values(client=""))


def recent(session: Session, client: str, since: datetime) -> int:
    """How many came from there since, to hold back floods; `client` empty: from anywhere by the form."""
    whose = Feedback.client == client if client else Feedback.source == Source.PAGE
    asked = select(col(Feedback.id)).where(whose, Feedback.at >= since).limit(1000)
    return len(session.exec(asked).all())
