"""When it is known what fails, it is known who is hurt."""

from sqlmodel import Session

from bot.domain import incidents, mailings, people
from bot.domain.customers.affected import follow_services, take_over
from bot.domain.customers.facts import CustomersCounted, WordDrafted
from bot.domain.customers.queries import affected, summary
from bot.domain.customers.wording import mail
from bot.domain.incidents.facts import Declared, MergedHere, ServicesChanged
from bot.lib.facts import moment, on, record


@on(Declared, ServicesChanged, name="find_customers")
def find_customers(session: Session, fact: Declared | ServicesChanged) -> None:
    incident, now = incidents.get(session, fact.incident_id), moment(session)
    incidents.hold(session, incident)
    before = {hit.customer.id for hit in affected(session, incident)}
    follow_services(session, incident=incident, now=now)
    hits = affected(session, incident)
    if {hit.customer.id for hit in hits} != before:
        told = CustomersCounted(
            incident_id=incident.id, by=people.CLOSEOUT, count=len(hits), names=summary(hits)
        )
        record(session, told, at=now)


@on(MergedHere, name="merge_customers")
def merge_customers(session: Session, fact: MergedHere) -> None:
    incident, source = incidents.get(session, fact.incident_id), incidents.get(session, fact.source)
    take_over(session, incident, [source])


@on(WordDrafted, name="mail_words")
def mail_owner(session: Session, fact: WordDrafted) -> None:
    """An account owner whom Slack does not know reads it in a mail."""
    owner = people.get(session, fact.owner) if fact.owner else None
    if owner is None or owner.id == fact.by or not owner.email or people.is_in_slack(session, owner):
        return
    mail(
        session,
        owner.email,
        key=f"word/{fact.word}/owner",
        subject=f"INC-{fact.incident_id}: a word to {fact.name} waits for your yes",
        text=f"{fact.text}\n\nRead it, and send it: {mailings.HERE}/words/{fact.word}",
        incident_id=fact.incident_id,
        now=moment(session),
    )
