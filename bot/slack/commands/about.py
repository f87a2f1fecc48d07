"""What it is called and what it touches."""

from sqlmodel import Session

from bot.domain import incidents
from bot.domain.company import company_of
from bot.slack.commands import Ask, Reply, Unclear, command, unquoted
from bot.slack.words import escape, plain, title


@command("rename <title>")
def rename(session: Session, ask: Ask) -> Reply:
    """Give the incident a better title."""
    incident = ask.incident(session)
    if not ask.text.strip():
        raise Unclear("What should it be called? Say /incident rename What is wrong")
    new = plain(session, unquoted(ask.text))
    if incidents.rename(session, incident, new, by=ask.person, now=ask.now):
        return Reply(f"{incident.ref} is now called: {title(incident.title)}")
    return Reply(f"{incident.ref} is called that already. Nothing was changed.")


@command("services <service, service>")
def services(session: Session, ask: Ask) -> Reply:
    """Say which services it touches; without one, show those that are known."""
    incident = ask.incident(session)
    asked = tuple(part for part in ask.text.replace(",", " ").split() if part)
    if not asked:
        known = (
            ", ".join(one.key for one in company_of(session).services) or "none is set up in closeout.toml"
        )
        now = ", ".join(incidents.services_of(session, incident)) or "none"
        return Reply(f"{incident.ref} touches: {escape(now)}. Known services: {escape(known)}.")
    changed = incidents.set_services(session, incident, asked, by=ask.person, now=ask.now)
    named = escape(", ".join(incidents.services_of(session, incident)))
    return Reply(f"{incident.ref} touches: {named}." + ("" if changed else " Nothing was changed."))
