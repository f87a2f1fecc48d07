"""The incident's verbs, in the words of the slash command."""

import click
from sqlmodel import Session

from bot.cli.desk import AS, Desk, desk, table
from bot.cli.maintenance import export
from bot.domain import alerts, incidents, people, runbooks
from bot.domain.company import company_of
from bot.domain.incidents import Incident, Report, Status
from bot.domain.incidents.moments import parse_moment
from bot.domain.people.words import spell
from bot.lib.words import duration

REF = click.argument("ref")
WORDS = click.argument("words", nargs=-1)


def _found(at: Desk, ref: str) -> Incident:
    return incidents.find(at.session, ref, as_=at.by)


def _join(words: tuple[str, ...]) -> str:
    return " ".join(words).strip()


@click.command()
@click.option("--severity", help="sev1 to sev4; may also stand before the title.")
@click.option("--description", default="", help="What is happening?")
@click.option(
    "--service", "services", multiple=True, help="A service it touches; may be given several times."
)
@click.option("--commander", metavar="EMAIL", help="Who commands; default: you.")
@click.option("--private", is_flag=True, help="Only its members may know of it.")
@AS
@WORDS
def declare(
    words: tuple[str, ...],
    severity: str | None,
    description: str,
    services: tuple[str, ...],
    commander: str | None,
    private: bool,
    as_: str | None,
) -> None:
    """Declare an incident: closeout declare [sevN] [title]"""
    with desk(as_) as at:
        if severity is None:
            severity, title = company_of(at.session).split_severity(_join(words))
            words = (title,)
        leader = people.meant(at.session, commander) if commander else None
        report = Report(_join(words), severity, description, services, leader, private)
        incident = incidents.declare(at.session, report, by=at.by, now=at.now)
        click.echo(f"{incident.ref} is declared: {incident.title}")


@click.command("list")
@click.option("--all", "everything", is_flag=True, help="Also those that are over.")
@AS
def list_(everything: bool, as_: str | None) -> None:
    """Show live incidents."""
    with desk(as_) as at:
        found = incidents.page(at.session, as_=at.by) if everything else incidents.live(at.session, as_=at.by)
        heads = ["Ref", "Severity", "Status", "Age", "Commander", "Title"]
        rows = [_row(at, incident) for incident in found]
        table(heads, rows, "No incident is live. Declare one: closeout declare [sevN] [title]")


def _row(at: Desk, incident: Incident) -> list[str]:
    who = incidents.commander(at.session, incident)
    return [
        incident.ref,
        incident.severity or "not said",
        incident.status,
        duration(at.now - incident.declared_at),
        people.get(at.session, who).name if who else "nobody",
        f"{incident.title}{' (sample)' if incident.sample else ''}",
    ]


@click.command()
@REF
@AS
def show(ref: str, as_: str | None) -> None:
    """Show an incident: its state, people, timeline and what is still open."""
    with desk(as_) as at:
        incident = _found(at, ref)
        click.echo(f"{incident.ref}  {incident.title}")
        marks = [incident.severity or "severity not said", incident.status]
        click.echo(" · ".join([*marks, *(["sample"] if incident.sample else [])]))
        if incident.merged_into:
            click.echo(f"Merged; work goes on in INC-{incident.merged_into}.")
        for role, who in incidents.seats(at.session, incident).items():
            click.echo(f"{company_of(at.session).role(role).name}: {people.get(at.session, who).name}")
        _timeline(at.session, incident)
        click.echo("\nUntil it is closed:")
        for loop in incidents.loops(at.session, incident):
            click.echo(f"  [{'x' if loop.done else ' '}] {loop.name}")


def _timeline(session: Session, incident: Incident) -> None:
    day = None
    for entry in incidents.timeline(session, incident):
        if entry.at.date() != day:
            day = entry.at.date()
            click.echo(f"\n{day} UTC")
        who = entry.author_name or people.get(session, entry.by).name
        click.echo(f"  {entry.at:%H:%M}  #{entry.id:<5} {who} {spell(session, entry.text)}")


@click.command()
@REF
@AS
def timeline(ref: str, as_: str | None) -> None:
    """Show the timeline."""
    with desk(as_) as at:
        _timeline(at.session, _found(at, ref))


@click.command()
@REF
@click.argument("new")
@WORDS
@click.option("--url", default="", help="Of an export: where its files will be read.")
@AS
def status(ref: str, new: str, words: tuple[str, ...], url: str, as_: str | None) -> None:
    """Move it: closeout status INC-7 identified [note]

    Or write the public status page into a folder: closeout status export DIR
    """
    if ref.lower() == "export":
        export(new, url)
        return
    with desk(as_) as at:
        incident = _found(at, ref)
        moved = incidents.set_status(
            at.session, incident, Status.parse(new), by=at.by, now=at.now, note=_join(words)
        )
        click.echo(f"{incident.ref} is {'now' if moved else 'already'} {incident.status}.")


@click.command()
@REF
@click.argument("level")
@WORDS
@AS
def severity(ref: str, level: str, words: tuple[str, ...], as_: str | None) -> None:
    """Say how bad it is: closeout severity INC-7 sev1 [why]"""
    with desk(as_) as at:
        incident = _found(at, ref)
        moved = incidents.set_severity(at.session, incident, level, by=at.by, now=at.now, why=_join(words))
        click.echo(f"{incident.ref} is {'now' if moved else 'already'} {incident.severity}.")


@click.command()
@REF
@click.argument("role")
@click.argument("person")
@AS
def role(ref: str, role: str, person: str, as_: str | None) -> None:
    """Give someone a role: closeout role INC-7 comms ben@example.com"""
    with desk(as_) as at:
        incident = _found(at, ref)
        who = people.named(at.session, person)
        incidents.set_role(at.session, incident, role, who, by=at.by, now=at.now)
        click.echo(f"{who.name} is {company_of(at.session).role(role).name} of {incident.ref}.")


@click.command()
@REF
@click.option("--at", "moment", metavar="TIME", help="When it was, as 10:05 or 2026-03-02 10:05, in UTC.")
@WORDS
@AS
def note(ref: str, words: tuple[str, ...], moment: str | None, as_: str | None) -> None:
    """Add a note to the timeline."""
    with desk(as_) as at:
        incident = _found(at, ref)
        when = parse_moment(moment, now=at.now) if moment else None
        incidents.note(at.session, incident, _join(words), by=at.by, now=at.now, at=when)
        click.echo(f"Noted in {incident.ref}.")


def _verb(name: str, help: str, word: str, verb: object, *, needs_words: bool | None) -> click.Command:
    """A command that is a reference and perhaps a reason, and nothing else."""

    def call(ref: str, as_: str | None, words: tuple[str, ...] = ()) -> None:
        with desk(as_) as at:
            incident = _found(at, ref)
            given = (_join(words),) if needs_words else ()
            named = {"note": _join(words)} if needs_words is False and words else {}
            verb(at.session, incident, *given, by=at.by, now=at.now, **named)  # type: ignore[operator]
            click.echo(f"{incident.ref} is {word}.")

    decorated = AS(call)
    if needs_words is not None:
        decorated = WORDS(decorated)
    return click.command(name, help=help)(REF(decorated))  # as decorators, what is applied last comes first


acknowledge = _verb(
    "acknowledge", "Say that someone is on it.", "acknowledged", incidents.acknowledge, needs_words=None
)
resolve = _verb(
    "resolve", "Resolve it: closeout resolve INC-7 [note]", "resolved", incidents.resolve, needs_words=False
)
reopen = _verb(
    "reopen", "Reopen it: closeout reopen INC-7 REASON", "open again", incidents.reopen, needs_words=True
)
cancel = _verb(
    "cancel", "Cancel it: closeout cancel INC-7 REASON", "cancelled", incidents.cancel, needs_words=True
)
close = _verb("close", "Close it, when every loop is closed.", "closed", incidents.close, needs_words=None)


@click.command()
@REF
@click.argument("into")
@AS
def merge(ref: str, into: str, as_: str | None) -> None:
    """Merge an incident into another: closeout merge INC-8 INC-7"""
    with desk(as_) as at:
        incident, target = _found(at, ref), _found(at, into)
        incidents.merge(at.session, incident, target, by=at.by, now=at.now)
        click.echo(f"{incident.ref} is merged into {target.ref}. Both references keep working.")


@click.command()
@REF
@click.argument("name")
@click.argument("when")
@WORDS
@AS
def milestone(ref: str, name: str, when: str, words: tuple[str, ...], as_: str | None) -> None:
    """Correct a milestone: closeout milestone INC-7 detected 09:58 [why]"""
    with desk(as_) as at:
        incident = _found(at, ref)
        meant, moment = incidents.Milestone.parse(name), parse_moment(when, now=at.now)
        incidents.set_milestone(at.session, incident, meant, moment, by=at.by, now=at.now, why=_join(words))
        click.echo(f"{incident.ref}: {meant.words} is {moment:%Y-%m-%d %H:%M} UTC.")


@click.command()
@REF
@click.argument("entry", type=int)
@click.option("--at", "moment", metavar="TIME", help="When it really was, in UTC.")
@WORDS
@AS
def correct(ref: str, entry: int, words: tuple[str, ...], moment: str | None, as_: str | None) -> None:
    """Correct an entry of the timeline: closeout correct INC-7 12 WORDS"""
    with desk(as_) as at:
        incident = _found(at, ref)
        when = parse_moment(moment, now=at.now) if moment else None
        incidents.correct(
            at.session, incident, entry, by=at.by, now=at.now, text=_join(words) or None, at=when
        )
        click.echo(f"Entry {entry} of {incident.ref} is corrected; its old words stay in the trace.")


@click.command()
@REF
@click.argument("target")
@WORDS
@AS
def page(ref: str, target: str, words: tuple[str, ...], as_: str | None) -> None:
    """Page a service or a person through PagerDuty."""
    with desk(as_) as at:
        incident = _found(at, ref)
        alerts.page(at.session, incident, target, by=at.by, now=at.now, text=_join(words))
        rung = "It is a drill: nobody is rung for" if incident.drill else f"Paging {target} for"
        click.echo(f"{rung} {incident.ref}.")


@click.command()
@REF
@click.argument("name", required=False)
@AS
def runbook(ref: str, name: str | None, as_: str | None) -> None:
    """Post a runbook as a checklist; without a name, show those that fit."""
    with desk(as_) as at:
        incident = _found(at, ref)
        if name is None:
            found = runbooks.suggest(at.session, incident)
            table(
                ["Name", "Title"],
                [[each.name, each.title] for each in found],
                "No runbook fits this incident.",
            )
            return
        runbooks.post(at.session, incident, name, by=at.by, now=at.now)
        click.echo(f"{name} is posted in {incident.ref}.")


COMMANDS = (
    declare,
    list_,
    show,
    timeline,
    status,
    severity,
    role,
    note,
    acknowledge,
    resolve,
    reopen,
    cancel,
    close,
    merge,
    milestone,
    correct,
    page,
    runbook,
)
