"""Getting someone out of bed."""

from sqlmodel import Session

from bot.domain import alerts, people
from bot.slack.commands import Ask, Reply, Unclear, command
from bot.slack.words import SOMEONE, named


@command("page <service|@person> [text]")
def page(session: Session, ask: Ask) -> Reply:
    """Page the people on call for a service, or one person, through PagerDuty."""
    incident = ask.incident(session)
    target, text = ask.first_and_rest()
    if not target:
        raise Unclear(
            "Whom? Say /incident page checkout What you need, or /incident page @person What you need"
        )
    if found := SOMEONE.fullmatch(target):
        person = people.get(session, int(found[1]))
        target = f"<@{person.slack_id}>" if person.slack_id else person.email or person.name
    alerts.page(session, incident, target, text, by=ask.person, now=ask.now)
    whom = named(session, ask.first_and_rest()[0])
    if incident.drill:
        return Reply(f"{incident.ref} is a drill: nobody is rung. That you paged {whom} is on the timeline.")
    return Reply(f"Paging {whom} for {incident.ref}. The answer comes onto the timeline.")
