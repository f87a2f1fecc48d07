"""What contributed, by a word that incidents share; why and how stays prose in the postmortem."""

from sqlmodel import Session

from bot.domain import recurrences
from bot.domain.incidents import Incident
from bot.slack.commands import Ask, Reply, command
from bot.slack.words import escape

OFF = ("remove", "off")
OFFERED = 8


@command("factor [word]")
def factor(session: Session, ask: Ask) -> Reply:
    """Name what contributed, as deploy or certificate; earlier incidents with the same are found by it."""
    incident = ask.incident(session)
    first, rest = ask.first_and_rest()
    if not first:
        return Reply(_shown(session, ask, incident))
    if first.lower() in OFF and rest:
        return _take_off(session, ask, incident, rest)
    word, before = recurrences.key(ask.text), recurrences.known_factors(session, as_=ask.person)
    if not recurrences.name_factor(session, incident, word, by=ask.person, now=ask.now):
        return Reply(f"{word} is a factor of {incident.ref} already. Nothing was changed.")
    like = recurrences.near(word, before) if word not in before else None
    other = f" There is {like}, too: two words for one thing find nothing." if like else ""
    return Reply(f"{word} contributed to {incident.ref}.{other}")


def _take_off(session: Session, ask: Ask, incident: Incident, word: str) -> Reply:
    if recurrences.drop_factor(session, incident, word, by=ask.person, now=ask.now):
        return Reply(f"{recurrences.key(word)} is no factor of {incident.ref} any more.")
    return Reply(f"{escape(word)} is no factor of {incident.ref}. Nothing was changed.")


def _shown(session: Session, ask: Ask, incident: Incident) -> str:
    """What is named, what could be, and what happened before."""
    named = recurrences.factors_of(session, incident)
    known = [one for one in recurrences.known_factors(session, as_=ask.person) if one not in named]
    lines = [f"{incident.ref}: {', '.join(named) or 'no contributing factor is named yet'}."]
    lines += [
        f"\u2022 like {one.incident.ref} {escape(one.incident.title)} ({one.service}, {one.factor})"
        for one in recurrences.earlier(session, incident)
    ]
    return "\n".join(
        [*lines, f"Name one: `/incident factor {known[0]}`. Known: {', '.join(known[:OFFERED])}"]
    )
