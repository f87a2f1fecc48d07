"""What customers are told, from a terminal."""

from typing import Any

import click

from bot.cli.desk import AS, Desk, desk, table
from bot.domain import components, incidents, people, updates
from bot.domain.company import company_of
from bot.domain.incidents import Incident
from bot.domain.updates import Update, UpdateDraft, Wording

REF = click.argument("ref")
WORDS = click.argument("words", nargs=-1)


class BadState(click.UsageError):
    """Write a component with its state: --component checkout=partial_outage"""


@click.command()
@REF
@click.option(
    "--phase", help="investigating, identified, monitoring or resolved; default: the incident's status."
)
@click.option("--next", "next_in", metavar="SPAN", help="When customers hear again, as 30m, 2h or 14:30.")
@click.option(
    "--component", "states", multiple=True, metavar="NAME=STATE", help="Several times, one for each."
)
@click.option("--audience", default="everyone", help="everyone, page (nobody gets a mail) or inside.")
@click.option("--title", "headline", default="", help='What customers read as the title: "Trouble with …"')
@click.option("--correct", "correction_of", type=int, metavar="ID", help="Put an earlier update right.")
@click.option("--first", is_flag=True, help="Say at once that we know, in prepared words.")
@click.option("--propose", is_flag=True, help="Only show what it could say.")
@click.option("--approve", type=int, metavar="ID", help="Say yes to what waits.")
@click.option("--discard", type=int, metavar="ID", help="Say no to what waits.")
@WORDS
@AS
def update(ref: str, words: tuple[str, ...], as_: str | None, **given: Any) -> None:
    """Tell customers: closeout update INC-7 We are on it --next 30m"""
    with desk(as_) as at:
        incident = incidents.find(at.session, ref, as_=at.by)
        click.echo(_done(at, incident, " ".join(words).strip(), given))


def _done(at: Desk, incident: Incident, text: str, given: dict[str, Any]) -> str:
    first, propose = given.pop("first"), given.pop("propose")
    approve, discard = given.pop("approve"), given.pop("discard")
    if propose:
        return _proposed(at, incident, given["phase"])
    if first:
        told = updates.tell_first(at.session, incident, by=at.by, now=at.now)
        return _said(incident, told) if told else f"Customers of {incident.ref} were told already."
    if approve is not None:
        return _said(incident, updates.approve(at.session, incident, approve, by=at.by, now=at.now))
    if discard is not None:
        updates.discard(at.session, incident, discard, text, by=at.by, now=at.now)
        return f"Discarded. Customers of {incident.ref} were told nothing."
    wording = Wording(text, components=_states(given.pop("states")), **given)
    return _said(incident, updates.tell(at.session, incident, wording, by=at.by, now=at.now))


def _states(said: tuple[str, ...]) -> dict[str, str] | None:
    if any("=" not in one for one in said):
        raise BadState(BadState.__doc__ or "")
    return dict(one.rsplit("=", 1) for one in said) or None


def _said(incident: Incident, told: Update | UpdateDraft) -> str:
    if isinstance(told, UpdateDraft):
        return (
            f"It waits for a yes from comms or the commander of {incident.ref}: "
            f"closeout update {incident.ref} --approve {told.id}"
        )
    if not told.public:
        return f"{incident.ref}: written down, and kept inside."
    return f"Customers of {incident.ref} are told."


def _proposed(at: Desk, incident: Incident, phase: str | None) -> str:
    meant, company = updates.proposal(at.session, incident, phase), company_of(at.session)
    lines = [f"{meant.phase}: {meant.message}"]
    lines += [f"{components.name_of(company, key)}: {state}" for key, state in meant.components.items()]
    return "\n".join([*lines, *([f"next word in {meant.next_in}"] if meant.next_in else [])])


@click.command()
@REF
@AS
def told(ref: str, as_: str | None) -> None:
    """Show what customers were told, what waits for a yes, and how well it was done."""
    with desk(as_) as at:
        incident = incidents.find(at.session, ref, as_=at.by)
        table(
            ["Id", "When", "Phase", "By", "Message"], _rows(at, incident), "Customers were told nothing yet."
        )
        for line in _clock(at, incident):
            click.echo(line)


def _rows(at: Desk, incident: Incident) -> list[list[Any]]:
    def row(one: Update | UpdateDraft, id: str, phase: str) -> list[Any]:
        by = people.get(at.session, one.by).name
        return [id, f"{one.at:%Y-%m-%d %H:%M}", phase, by, " ".join(one.message.split())]

    rows = [
        row(
            one, str(one.id), f"{one.phase}, corrects {one.correction_of}" if one.correction_of else one.phase
        )
        for one in updates.of(at.session, incident)
    ]
    waits = updates.waiting(at.session, incident)
    return [*rows, *(row(one, f"draft {one.id}", f"{one.phase}, waits") for one in waits)]


def _clock(at: Desk, incident: Incident) -> list[str]:
    score, owing = updates.scoring.of(at.session, incident, at.now), updates.owed(at.session, incident)
    by = updates.promised_by(at.session, incident)
    promised = [f"Next word promised by {by:%Y-%m-%d %H:%M} UTC"] if by else []
    return [*promised, *([owing.sentence] if owing else []), *score.sentences]


COMMANDS = (update, told)
