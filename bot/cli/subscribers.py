"""Subscribers to the status in a terminal: how many, who, take over, erase; and how far mailings are."""

import csv
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click

from bot.cli.desk import AS, Desk, desk, table
from bot.domain import mailings, people, subscribers
from bot.domain.people import Access
from bot.lib.errors import Refused
from bot.lib.spreadsheets import csv_lines
from bot.lib.words import plural

HEADS = ("Id", "Way", "Address", "Standing", "Pace", "Zone", "Components", "Confirmed", "Reason")
PART = 1000


@click.group("subscribers", invoke_without_command=True)
@click.pass_context
def subscribed(context: click.Context) -> Any:
    """Who hears of updates by mail and webhook: closeout subscribers list"""
    return None if context.invoked_subcommand else context.invoke(count)


@subscribed.command("count")
@AS
def count(as_: str | None) -> None:
    """Show how many there are, and how far the last mailings are."""
    with desk(as_) as at:
        people.require(at.by, Access.RESPONDER)
        counts, sent = subscribers.counts(at.session), mailings.recent(at.session)
    table(
        ["Way", "Standing", "How many"],
        [[way, standing, many] for (way, standing), many in sorted(counts.items())],
        "Nobody has subscribed yet. The form is at /status/subscribe.",
    )
    if sent:
        click.echo()
        rows = [[f"{one.at:%Y-%m-%d %H:%M}", one.subject, _how_far(one.counts)] for one in sent]
        table(["When (UTC)", "Mailing", "How far"], rows, "")


def _how_far(counts: dict[str, int]) -> str:
    return ", ".join(f"{many} {state}" for state, many in sorted(counts.items())) or "nobody to tell"


@subscribed.command("list")
@click.option("--standing", metavar="WORD", default="", help="active, pending or stopped.")
@AS
def show(standing: str, as_: str | None) -> None:
    """List all of them, for administrators."""
    with desk(as_) as at:
        rows = [_row(*each) for each in _all(at, standing)]
    table(list(HEADS), rows, "Nobody fits.")


@subscribed.command("export")
@click.option(
    "--out", metavar="FILE", type=click.Path(path_type=Path, dir_okay=False), help="Write to a file."
)
@AS
def export(out: Path | None, as_: str | None) -> None:
    """Write all of them as CSV, for administrators: closeout subscribers export --out subscribers.csv"""
    with desk(as_) as at:
        lines = b"".join(csv_lines(HEADS, (_row(*each) for each in _all(at, ""))))
    if out is None:
        sys.stdout.buffer.write(lines)
        sys.stdout.buffer.flush()
        return
    out.write_bytes(lines)
    click.echo(f"Written to {out}.", err=True)


def _all(at: Desk, standing: str) -> Iterator[tuple[subscribers.Subscriber, tuple[str, ...]]]:
    after = 0
    while found := subscribers.listed(at.session, as_=at.by, after=after, limit=PART, standing=standing):
        yield from found
        after = found[-1][0].id


def _row(one: subscribers.Subscriber, wished: tuple[str, ...]) -> list[Any]:
    confirmed = f"{one.confirmed_at:%Y-%m-%d %H:%M}" if one.confirmed_at else ""
    wish = " ".join(wished) or "all"
    return [one.id, one.way, one.address, one.standing, one.pace, one.timezone, wish, confirmed, one.reason]


@subscribed.command("import")
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--confirmed", is_flag=True, help="You vouch that each of them has confirmed elsewhere.")
@AS
def bring(file: Path, confirmed: bool, as_: str | None) -> None:
    """Take over mail addresses from a CSV file: its column email, or its first one."""
    if not confirmed:
        raise Refused(
            "Who has not confirmed must not be written to. If they have elsewhere, say --confirmed. "
            "Nothing was changed."
        )
    addresses = _addresses(file)
    with desk(as_) as at:
        new = subscribers.bring_in(at.session, addresses, by=at.by, now=at.now)
    click.echo(
        f"{plural(new, 'new subscriber')} of {len(addresses)}. They hear of what is published from now on."
    )


def _addresses(file: Path) -> list[str]:
    with file.open(encoding="utf-8-sig", newline="") as lines:
        rows = [row for row in csv.reader(lines) if row]
    heads = [cell.strip().lower() for cell in rows[0]] if rows else []
    place = next((n for n, head in enumerate(heads) if head in ("email", "address", "mail")), None)
    body = rows if place is None else rows[1:]
    return [row[place or 0].strip() for row in body if len(row) > (place or 0) and row[place or 0].strip()]


@subscribed.command("remove")
@click.argument("id", type=click.IntRange(1))
@AS
def remove(id: int, as_: str | None) -> None:
    """Erase one for good, for administrators: closeout subscribers remove 17"""
    with desk(as_) as at:
        subscribers.remove(at.session, id, by=at.by, now=at.now)
    click.echo(f"Subscriber {id} is erased. What waited for them is not sent.")


COMMANDS = (subscribed,)
