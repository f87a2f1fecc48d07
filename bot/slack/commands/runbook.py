"""Runbooks: found by what is broken, posted as a checklist."""

from sqlmodel import Session

from bot.domain import runbooks
from bot.slack.blocks import button as drawn
from bot.slack.blocks import section
from bot.slack.buttons import button
from bot.slack.commands import Ask, Reply, command, unquoted
from bot.slack.words import escape

SHOWN = 10


@command("runbook [name]")
@button("runbook.post")
def runbook(session: Session, ask: Ask) -> Reply:
    """Post a runbook as a checklist; without a name, show those that fit."""
    incident = ask.incident(session)
    if name := unquoted(ask.text):
        run = runbooks.post(session, incident, name, by=ask.person, now=ask.now)
        return Reply(f"The runbook {escape(run.title)} stands in the channel of {incident.ref}.")
    found = runbooks.suggest(session, incident)[:SHOWN]
    if not found:
        known = escape(", ".join(one.name for one in runbooks.known(session))) or "none"
        return Reply(f"No runbook fits {incident.ref} by service or symptom. There are: {known}.")
    head = f"Runbooks that fit {incident.ref}"
    blocks = [
        section(
            f"*{escape(one.title)}*\n`/incident runbook {escape(one.name)}`",
            drawn("Post", f"runbook.post/{one.name}", f"{incident.ref} {one.name}"),
        )
        for one in found
    ]
    return Reply(head, [section(f"*{head}*"), *blocks])


@button("runbook.tick")
def tick(session: Session, ask: Ask) -> Reply:
    """Each box is INC-7, the run, the step. Slack tells which are ticked now, not which one changed."""
    incident = ask.incident(session)
    for box in ask.offered:
        _, run, step = box.split()
        done = box in ask.chosen
        runbooks.tick(session, incident, int(run), int(step), done, by=ask.person, now=ask.now)
    return Reply()
