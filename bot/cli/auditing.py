"""The audit in a terminal: figures, files of all items, and the trail of every change."""

import sys
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, TypeVar

import click

from bot.cli.desk import AS, Desk, desk, table
from bot.domain import audit, incidents, people, trail
from bot.domain.audit import PerOwner, Report, Scope, Spread
from bot.domain.people import Access
from bot.domain.trail import Head
from bot.lib.words import plural

F = TypeVar("F", bound=Callable[..., Any])
NAMES = ("team", "owner", "severity", "kind", "priority", "state", "incident")
EMPTY = "No action item fits. Take a longer period or fewer filters; --samples counts sample data too."
HEADS = ("Promised", "Done", "On time", "Open", "Late", "Declined", "Verified", "Moved")


def filtered(command: F) -> F:
    """The filters of the audit page, by the same names."""
    helps = {
        "period": f"When it was promised: {', '.join(audit.PERIODS)}. Default: quarter, which is 13 weeks.",
        "from": "The first day, instead of a period.",
        "to": "The last day.",
        "team": "A team's key, or none.",
        "owner": "An e-mail address, a name, me, any or none.",
        "severity": "A severity's key, or none.",
        "kind": "prevent, detect, mitigate or process.",
        "priority": "high, medium or low.",
        "state": f"{', '.join(audit.STATES)}.",
        "incident": "A reference like INC-7.",
    }
    for name, told in reversed(helps.items()):
        command = click.option(f"--{name}", f"{name}_", metavar=name.upper(), help=told)(command)
    return click.option("--samples", is_flag=True, help="Count sample data too.")(command)


def scope_of(at: Desk, said: dict[str, Any]) -> Scope:
    words = {key.rstrip("_"): value for key, value in said.items() if isinstance(value, str)}
    words["samples"] = "with" if said.get("samples") else ""
    return audit.read(at.session, words, as_=at.by, today=at.now.date())


@click.group("audit", invoke_without_command=True)
@click.pass_context
def auditing(context: click.Context) -> Any:
    """What became of what was promised, and the trail of every change."""
    return None if context.invoked_subcommand else context.invoke(report)


@auditing.command("report")
@filtered
@click.option("--by", metavar="WORD", default="team", help=f"Break down by: {', '.join(audit.BREAKDOWNS)}.")
@AS
def report(as_: str | None, **said: Any) -> None:
    """Show counts, rates and medians: closeout audit report --team payments --period year"""
    with desk(as_) as at:
        scope = scope_of(at, said)
        found = audit.report(at.session, scope, as_=at.by, today=at.now.date())
    for line in _summary(found):
        click.echo(line)
    click.echo()
    rows = [[line.label, *_row(line.counts)] for line in found.lines]
    table([scope.by.capitalize(), *HEADS], rows, EMPTY)
    if found.owners and found.counts.all:
        click.echo("\nHow many owners have how many items:\n")
        heads = ["Items", *(label.capitalize() for label, _ in found.owners[0].owners), "Median", "9 of 10"]
        table(heads, [_spread_over(each) for each in found.owners], EMPTY)


def _summary(found: Report) -> Iterable[str]:
    counts = found.counts
    yield (
        f"Promised {counts.promised}: {counts.on_time} done on time ({_share(counts.kept)}), "
        f"{counts.done_late} done late, {counts.open} open, {counts.late} late. "
        f"{counts.declined} declined. {counts.verified} verified ({_share(counts.checked)} of done)."
    )
    lengths = (_days(each) for each in (found.age, found.taken, found.lateness))
    yield "Open items are {} old. Done after {}. Late by {}.".format(*lengths)
    moved, reopened = plural(counts.moved, "item"), plural(counts.reopened, "item")
    yield f"{moved} moved, {plural(counts.moves, 'time')} in all; {reopened} reopened."


def _row(counts: audit.Counts) -> list[Any]:
    shares = _share(counts.completion), _share(counts.kept)
    rest = counts.open, counts.late, counts.declined, _share(counts.checked), counts.moved
    return [counts.promised, *shares, *rest]


def _spread_over(found: PerOwner) -> list[Any]:
    return [found.what.capitalize(), *(many for _, many in found.owners), found.each.median, found.each.p90]


def _share(part: float | None) -> str:
    return "-" if part is None else f"{part:.0%}"


def _days(spread: Spread) -> str:
    if spread.median is None or spread.p90 is None:
        return "no days"
    return f"{plural(spread.median, 'day')} (median; 9 of 10 within {spread.p90})"


@auditing.command("export")
@filtered
@click.option("--format", "form", type=click.Choice(list(audit.TYPES)), default="csv", show_default=True)
@click.option(
    "--out", metavar="FILE", type=click.Path(path_type=Path, dir_okay=False), help="Write to a file."
)
@AS
def export(form: str, out: Path | None, as_: str | None, **said: Any) -> None:
    """Write all items with their dates and outcome: closeout audit export --format xlsx --out items.xlsx"""
    if form == "xlsx" and out is None:
        raise click.UsageError("Name a file for it: --out items.xlsx")
    with desk(as_) as at:
        scope = scope_of(at, said)
        pieces = audit.export(form, audit.rows(at.session, scope, as_=at.by, today=at.now.date()))
        if out is None:
            for piece in pieces:
                sys.stdout.buffer.write(piece)
            sys.stdout.buffer.flush()
            return
        with out.open("wb") as file:
            file.writelines(pieces)
    click.echo(f"Written to {out}.", err=True)


@auditing.command("trail")
@click.option("--incident", metavar="REF", help="A reference like INC-7.")
@click.option("--by", "who", metavar="EMAIL", help="Whose changes.")
@click.option("--kind", help="Like ActionMoved.")
@click.option("--limit", type=click.IntRange(1, 10_000), default=50, show_default=True)
@AS
def show_trail(incident: str | None, who: str | None, kind: str | None, limit: int, as_: str | None) -> None:
    """Show every change with who and when, the newest first."""
    with desk(as_) as at:
        people.require(at.by, Access.MANAGER)
        found = trail.entries(
            at.session,
            as_=at.by,
            ref=incidents.find(at.session, incident, as_=at.by) if incident else None,
            by=people.meant(at.session, who) if who else None,
            kind=kind,
            limit=limit,
        )
    rows = [[one.seal or "-", f"{one.at:%Y-%m-%d %H:%M:%S}", one.ref, one.by, one.said] for one in found]
    table(["Seal", "When (UTC)", "Incident", "By", "What"], rows, "No change fits.")


@auditing.command("head")
@AS
def head(as_: str | None) -> None:
    """Print the newest seal. Note it in another place; verify compares the trail with it."""
    with desk(as_) as at:
        people.require(at.by, Access.MANAGER)
        click.echo(str(trail.head(at.session)))


@auditing.command("verify")
@click.option("--head", "noted", metavar="NUMBER:HASH", help="What head printed at some time.")
@AS
def verify(noted: str | None, as_: str | None) -> int:
    """Walk the whole trail; 1 when it was altered, and where."""
    with desk(as_) as at:
        people.require(at.by, Access.MANAGER)
        broken = trail.verify(at.session, Head.parse(noted) if noted else None)
        newest = trail.head(at.session)
    if broken:
        click.echo(
            f"The trail is broken at seal {broken.number} (event {broken.event_id}): {broken.said}. "
            "Compare it with a backup.",
            err=True,
        )
        return 1
    through = " It runs through the head that you noted." if noted else ""
    click.echo(f"The trail is whole: {plural(newest.number, 'entry', 'entries')}.{through} Head: {newest}")
    return 0


COMMANDS = (auditing,)
