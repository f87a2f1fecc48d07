"""What customers write, in a terminal: read, noted, explained; the monthly pack."""

import click

from bot.cli.desk import AS, desk, save, table
from bot.domain import customers, feedback, incidents
from bot.domain.company import company_of
from bot.domain.feedback import Feedback, Filter, Source, Voice, pack
from bot.lib.words import cut, plural


@click.group("feedback")
def group() -> None:
    """What customers write: list, show, add, explain, and the monthly pack."""


@group.command("list")
@click.option("--waiting", is_flag=True, help="Only what nobody has dealt with.")
@click.option("--high", is_flag=True, help="Only what is pressing.")
@click.option("--tag", default="")
@click.option("--text", default="", help="Part of what they wrote.")
@click.option("--incident", "ref", metavar="INC-n")
@AS
def show_all(waiting: bool, high: bool, tag: str, text: str, ref: str | None, as_: str | None) -> None:
    """Show what customers wrote, the newest first."""
    with desk(as_) as at:
        about = incidents.find(at.session, ref, as_=at.by).id if ref else None
        wanted = Filter(tag=tag, text=text, incident=about, high=high, waiting=waiting)
        found = feedback.page(at.session, wanted, as_=at.by, limit=200)
        table(
            ["Id", "At, UTC", "About", "Tags", "Says"],
            [_row(one) for one in found],
            "Nothing that customers wrote is like that.",
        )
        left = feedback.count(at.session, wanted, as_=at.by) - len(found)
        if left > 0:
            click.echo(f"{left} older ones: choose with --tag, --text or --incident.")


def _row(one: Feedback) -> list[str]:
    marks = [*(["high"] if one.high else []), *one.tags]
    said = cut(" ".join(one.words.split()), 60)
    return [one.ref, f"{one.at:%Y-%m-%d %H:%M}", _about(one), ", ".join(marks), said]


def _about(one: Feedback) -> str:
    return f"INC-{one.incident_id}" if one.incident_id else ""


@group.command("show")
@click.argument("ref")
@AS
def show(ref: str, as_: str | None) -> None:
    """Show one voice: closeout feedback show F-7"""
    with desk(as_) as at:
        one = feedback.find(at.session, ref, as_=at.by)
        click.echo(f"{one.ref}, {one.at:%Y-%m-%d %H:%M} UTC, by {one.source}")
        if customers.sees_contacts(at.by) and (one.name or one.address):
            click.echo(f"From: {' '.join(filter(None, (one.name, one.address)))}")
        click.echo(f"\n{one.words}\n")
        item = f"A-{one.item_id}" if one.item_id else ""
        click.echo(f"About: {', '.join(filter(None, (_about(one), item, one.component))) or 'nothing yet'}")
        click.echo(f"Tags: {', '.join(one.tags) or 'none'}{', high' if one.high else ''}")
        click.echo("It waits." if one.waits else _became(one))


def _became(one: Feedback) -> str:
    """What was done about it last."""
    if one.erased_at:
        return "Erased."
    if one.decided_at:
        return f"Decided: {one.decision}. {one.why}"
    return "Told what was mended." if one.mended_at else "Answered."


@group.command("add")
@click.argument("words", nargs=-1, required=True)
@click.option("--incident", "ref", metavar="INC-n", help="By default the one that can be meant.")
@click.option("--component", default="")
@click.option("--name", default="")
@click.option("--mail", "address", default="", help="By which they can be answered.")
@AS
def add(
    words: tuple[str, ...], ref: str | None, component: str, name: str, address: str, as_: str | None
) -> None:
    """Note what a customer said: closeout feedback add Acme cannot pay"""
    with desk(as_) as at:
        incident = incidents.find(at.session, ref, as_=at.by) if ref else None
        said = Voice(" ".join(words), Source.COLLEAGUE, name, address, component, incident=incident)
        kept = feedback.take(at.session, said, by=at.by, now=at.now)
        about = f", about {_about(kept)}" if kept.incident_id else ""
        click.echo(f"Kept as {kept.ref}{about}.")


@group.command("explain")
@click.argument("ref")
@click.argument("words", nargs=-1, required=True)
@AS
def explain(ref: str, words: tuple[str, ...], as_: str | None) -> None:
    """Explain to all who wrote how it ended: closeout feedback explain INC-7 A change is taken back."""
    with desk(as_) as at:
        incident = incidents.find(at.session, ref, as_=at.by)
        count = feedback.explain(at.session, incident, " ".join(words), by=at.by, now=at.now)
        told = f"{plural(count, 'customer')} who wrote will read it, with two questions."
        click.echo(f"{incident.ref}: {told if count else 'nobody waits for an explanation.'}")


@group.command("pack")
@click.argument("month", default="")
@click.option("--out", help="A file; else it is shown.")
@AS
def monthly(month: str, out: str | None, as_: str | None) -> None:
    """Write the review pack of a month as Markdown: closeout feedback pack 2026-10"""
    with desk(as_) as at:
        zone = company_of(at.session).workspace.timezone
        found = pack.pack(at.session, pack.month_of(month, at.now, zone), as_=at.by, now=at.now)
        save(pack.markdown(at.session, found), out)


COMMANDS = (group,)
