"""By what a person can be written to here: an installation without Slack or without mail has fewer ways."""

from sqlmodel import Session

from bot.domain.people.model import Person

SLACK, MAIL = "slack", "mail"
ALL = frozenset({SLACK, MAIL})


def ways(session: Session) -> frozenset[str]:
    """What is connected; whoever puts the house together says so."""
    found: frozenset[str] = session.info.get("ways", ALL)
    return found


def has_channels(session: Session) -> bool:
    return SLACK in ways(session)


def is_in_slack(session: Session, person: Person) -> bool:
    return bool(person.slack_id) and SLACK in ways(session)


def reachable(session: Session, person: Person) -> bool:
    """Whoever can be told nothing cannot be reminded: somebody else has to be."""
    by_mail = bool(person.email) and MAIL in ways(session)
    return person.is_active and not person.is_system and (by_mail or is_in_slack(session, person))
