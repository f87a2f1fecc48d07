"""Where the work stands, and moving it: status, resolve, reopen, acknowledge."""

from sqlmodel import Session

from bot.domain import incidents
from bot.domain.company import company_of
from bot.domain.incidents import Incident, Status
from bot.lib.words import duration
from bot.slack import words
from bot.slack.buttons import button
from bot.slack.commands import Ask, Reply, command
from bot.slack.commands.update import asks_for_it
from bot.slack.model import room_of


@command("status [investigating|identified|monitoring|resolved] [note]")
def status(session: Session, ask: Ask) -> Reply:
    """Move it on; without a word, show where it stands."""
    incident = ask.incident(session)
    word, note = ask.first_and_rest()
    if not word:
        return Reply(summary(session, incident, ask))
    return _moved(session, incident, Status.parse(word), note, ask)


@command("resolve [note]")
@button("incident.resolve")
def resolve(session: Session, ask: Ask) -> Reply:
    """Say that customers are well again."""
    return _moved(session, ask.incident(session), Status.RESOLVED, ask.text, ask)


def _moved(session: Session, incident: Incident, new: Status, note: str, ask: Ask) -> Reply:
    if not incidents.set_status(session, incident, new, by=ask.person, now=ask.now, note=note):
        return Reply(f"{incident.ref} is {new} already. Nothing was changed.")
    if new is not Status.RESOLVED:
        return Reply(f"{incident.ref} is now {new}.")
    return asks_for_it(session, incident, f"{incident.ref} is resolved.{left(session, incident)}")


def left(session: Session, incident: Incident) -> str:
    """What is still owed before it can be closed."""
    still = [loop for loop in incidents.loops(session, incident) if not loop.done]
    if not still:
        return " Nothing else is owed: `/incident close`"
    lines = "\n".join(f"• {words.escape(loop.name)}: {words.escape(loop.remedy)}" for loop in still)
    return f" Until it is closed:\n{lines}"


@command("reopen <reason>")
def reopen(session: Session, ask: Ask) -> Reply:
    """It was not over: back to work."""
    incident = ask.incident(session)
    incidents.reopen(session, incident, ask.text, by=ask.person, now=ask.now)
    return asks_for_it(session, incident, f"{incident.ref} is open again: investigating.")


@command("acknowledge")
@button("incident.acknowledge")
def acknowledge(session: Session, ask: Ask) -> Reply:
    """Say that someone is on it."""
    incident = ask.incident(session)
    if incidents.acknowledge(session, incident, by=ask.person, now=ask.now):
        return Reply(f"{incident.ref} is acknowledged, by you.")
    return Reply(f"{incident.ref} was acknowledged already. Nothing was changed.")


def summary(session: Session, incident: Incident, ask: Ask) -> str:
    """A few lines: what it is, who has it, what is owed."""
    company = company_of(session)
    seats = incidents.seats(session, incident)
    room = room_of(session, incident.id)
    lines = [
        f"{words.headline(company, incident)} · {incident.status}",
        f"Declared {words.moment(incident.declared_at)} ({duration(ask.now - incident.declared_at)} ago)",
        " · ".join(f"{one.name}: {words.name(session, seats.get(one.key))}" for one in company.roles),
    ]
    if room and room.channel_id:
        lines.append(f"Channel: {words.channel(room.channel_id)}")
    if into := incidents.successor(session, incident):
        lines.append(f"Work goes on in {into.ref}.")
    return "\n".join(lines) + ("" if incident.is_over else f"\n{left(session, incident).strip()}")
