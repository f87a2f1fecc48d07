"""What is written down and read later: postmortems and action items."""

import csv
import io
import json

import click

from bot.cli import items, review
from bot.cli.desk import AS, desk, table
from bot.domain import actions, incidents, people
from bot.domain.actions import ActionItem
from bot.lib.spreadsheets import harmless


@click.command("actions")
@click.option("--overdue", is_flag=True, help="Only those that are late.")
@click.option(
    "--format", "form", type=click.Choice(["table", "csv", "json"]), default="table", show_default=True
)
@AS
def actions_(overdue: bool, form: str, as_: str | None) -> None:
    """List action items, the most urgent first."""
    with desk(as_) as at:
        found = actions.all(at.session, as_=at.by, overdue_on=at.now.date() if overdue else None)
        rows = [
            _row(item, people.get(at.session, item.owner_id).name if item.owner_id else "nobody")
            for item in found
        ]
    if form == "table":
        heads = ["Ref", "Due", "Status", "Owner", "Incident", "Title"]
        table(
            heads,
            [[row[head.lower()] for head in heads] for row in rows],
            "No action item. All loops are closed.",
        )
        return
    click.echo(json.dumps(rows, indent=2) if form == "json" else _csv(rows), nl=form == "json")


def _row(item: ActionItem, owner: str) -> dict[str, str]:
    return {
        "ref": item.ref,
        "incident": f"INC-{item.incident_id}",
        "title": item.title,
        "owner": owner,
        "due": item.due.isoformat() if item.due else "",
        "status": item.status,
        "kind": item.kind,
        "priority": item.priority,
    }


def _csv(rows: list[dict[str, str]]) -> str:
    heads = ["ref", "incident", "title", "owner", "due", "status", "kind", "priority"]
    out = io.StringIO()
    writer = csv.DictWriter(out, heads)
    writer.writeheader()
    writer.writerows({key: harmless(value) for key, value in row.items()} for row in rows)
    return out.getvalue()


@click.command()
@click.argument("ref")
@click.argument("words", nargs=-1)
@click.option("--owner", metavar="EMAIL")
@click.option("--due", metavar="DATE", help="As 2026-03-31; default: by the policy of the severity.")
@click.option("--kind", default="mitigate", help="prevent, detect, mitigate or process.")
@click.option("--priority", default="medium", help="high, medium or low.")
@click.option("--outcome", default="", help="What will be true when it is done.")
@click.option("--team", help="A key of closeout.toml; default: the team of the service.")
@AS
def action(
    ref: str,
    words: tuple[str, ...],
    owner: str | None,
    due: str | None,
    kind: str,
    priority: str,
    outcome: str,
    team: str | None,
    as_: str | None,
) -> None:
    """Create an action item: closeout action INC-7 Alert on error rate --owner ada@example.com"""
    with desk(as_) as at:
        incident = incidents.find(at.session, ref, as_=at.by)
        who = people.named(at.session, owner) if owner else None
        day = actions.parse_due(due) if due else None
        item = actions.create(
            at.session,
            incident,
            " ".join(words),
            by=at.by,
            now=at.now,
            owner=who,
            due=day,
            kind=kind,
            priority=priority,
            outcome=outcome,
            team=team,
        )
        click.echo(f"{item.ref} is created in {incident.ref}.")
        items.doubt(item)


@click.command()
@click.argument("ref")
@click.argument("words", nargs=-1)
@AS
def done(ref: str, words: tuple[str, ...], as_: str | None) -> None:
    """An action item is done: closeout done A-31 LINK OR SENTENCE"""
    with desk(as_) as at:
        item = actions.find(at.session, ref, as_=at.by)
        actions.done(at.session, item, " ".join(words), by=at.by, now=at.now)
        click.echo(f"{item.ref} is done. Someone else must verify it: closeout verify {item.ref}")


@click.command()
@click.argument("ref")
@AS
def verify(ref: str, as_: str | None) -> None:
    """You have seen that a finished action item works; not for its owner."""
    with desk(as_) as at:
        item = actions.find(at.session, ref, as_=at.by)
        actions.verify(at.session, item, by=at.by, now=at.now)
        click.echo(f"{item.ref} is verified.")


@click.command()
@click.argument("ref")
@click.argument("words", nargs=-1)
@click.option("--approver", metavar="EMAIL", required=True, help="Who agrees.")
@AS
def decline(ref: str, words: tuple[str, ...], approver: str, as_: str | None) -> None:
    """Decline an action item: closeout decline A-31 REASON --approver lead@example.com"""
    with desk(as_) as at:
        item = actions.find(at.session, ref, as_=at.by)
        who = people.named(at.session, approver)
        actions.decline(at.session, item, " ".join(words), approver=who, by=at.by, now=at.now)
        click.echo(f"{item.ref} is declined; {who.name} agrees.")


COMMANDS = (review.postmortem, actions_, action, done, verify, decline, *items.COMMANDS)
