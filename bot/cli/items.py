"""What becomes of an action item, from the terminal; and whether it worked."""

from datetime import date

import click

from bot.cli.desk import AS, Desk, desk, table
from bot.domain import actions, incidents, people, recurrences
from bot.domain.actions import ActionItem, Effect, Wording
from bot.domain.company import company_of

REF = click.argument("ref")
WORDS = click.argument("words", nargs=-1)


def found(at: Desk, ref: str) -> ActionItem:
    return actions.find(at.session, ref, as_=at.by)


def today(at: Desk) -> date:
    company = company_of(at.session)
    return company.day(company.workspace.timezone, at.now)


def doubt(item: ActionItem) -> None:
    """A question about vague words; the item is kept as it is."""
    for one in actions.doubts(item.title, item.outcome):
        click.echo(f"{one.said} For example: {one.example}", err=True)
        click.echo(f"Better words: closeout edit {item.ref} --title ...", err=True)


@click.command()
@REF
@AS
def item(ref: str, as_: str | None) -> None:
    """Show an action item with its whole history: closeout item A-31"""
    with desk(as_) as at:
        it = found(at, ref)
        owner = people.get(at.session, it.owner_id).name if it.owner_id else "nobody"
        click.echo(f"{it.ref}  {it.title}")
        click.echo(f"INC-{it.incident_id} · {owner} · {it.status} · due {it.due or 'no day'}")
        for said, text in (("When it is done", it.outcome), ("Waits for", it.blocked_reason)):
            if text:
                click.echo(f"{said}: {text}")
        if it.status == actions.ItemStatus.VERIFIED:
            for fact in recurrences.question(at.session, it, as_=at.by).facts:
                click.echo(fact)
        for again in recurrences.recurred(at.session, it, as_=at.by):
            click.echo(f"It happened again in INC-{again.incident_id}, {again.days_late} days late.")
        click.echo("")
        rows = [
            [f"{one.at:%Y-%m-%d %H:%M}", one.by, one.what, one.before or "-", one.after or "-", one.why]
            for one in actions.changes(at.session, it)
        ]
        table(["When (UTC)", "Who", "What", "Before", "After", "Why"], rows, "Nothing was written down.")


@click.command()
@REF
@AS
def start(ref: str, as_: str | None) -> None:
    """Someone works on it: closeout start A-31"""
    with desk(as_) as at:
        it = found(at, ref)
        begun = actions.start(at.session, it, by=at.by, now=at.now)
        click.echo(f"{it.ref} is in progress{'' if begun else ' already'}.")


@click.command()
@REF
@WORDS
@AS
def block(ref: str, words: tuple[str, ...], as_: str | None) -> None:
    """It cannot go on: closeout block A-31 WHAT IT WAITS FOR"""
    with desk(as_) as at:
        it = found(at, ref)
        actions.block(at.session, it, " ".join(words), by=at.by, now=at.now)
        click.echo(f"{it.ref} is blocked. It stays due.")


@click.command()
@REF
@click.argument("day")
@WORDS
@AS
def move(ref: str, day: str, words: tuple[str, ...], as_: str | None) -> None:
    """Change the day by which it is due: closeout move A-31 2026-03-31 REASON"""
    with desk(as_) as at:
        it = found(at, ref)
        due = actions.parse_due(day, today(at))
        moved = actions.move(at.session, it, due, by=at.by, now=at.now, why=" ".join(words))
        click.echo(f"{it.ref} is due on {due}{'' if moved else ' already'}. Moves so far: {it.moved}.")


@click.command()
@REF
@click.argument("until")
@WORDS
@AS
def snooze(ref: str, until: str, words: tuple[str, ...], as_: str | None) -> None:
    """Let its reminders rest: closeout snooze A-31 3d REASON"""
    with desk(as_) as at:
        it = found(at, ref)
        day = actions.parse_due(until, today(at))
        actions.snooze(at.session, it, day, " ".join(words), by=at.by, now=at.now)
        click.echo(f"Reminders of {it.ref} rest until {day}. The promise stands.")


@click.command()
@REF
@click.argument("person")
@AS
def assign(ref: str, person: str, as_: str | None) -> None:
    """Give it to someone: closeout assign A-31 ben@example.com"""
    with desk(as_) as at:
        it, owner = found(at, ref), people.named(at.session, person)
        given = actions.assign(at.session, it, owner, by=at.by, now=at.now)
        click.echo(f"{it.ref} is {owner.name}'s {'now' if given else 'already'}.")


@click.command()
@REF
@click.option("--title")
@click.option("--outcome", help="What will be true when it is done.")
@click.option("--team", help="A key of closeout.toml; empty: none.")
@click.option("--kind", help="prevent, detect, mitigate or process.")
@click.option("--priority", help="high, medium or low.")
@AS
def edit(ref: str, as_: str | None, **said: str | None) -> None:
    """Say better what it is: closeout edit A-31 --title "Alert when payments fail" """
    with desk(as_) as at:
        it = found(at, ref)
        changed = actions.describe(at.session, it, Wording(**said), by=at.by, now=at.now)
        click.echo(f"{it.ref} {'is' if changed else 'is already'}: {it.title}")
        doubt(it)


@click.command()
@REF
@click.argument("other")
@AS
def duplicate(ref: str, other: str, as_: str | None) -> None:
    """Another item stands for it: closeout duplicate A-31 A-12"""
    with desk(as_) as at:
        it, goes_on = found(at, ref), found(at, other)
        actions.duplicate(at.session, it, goes_on, by=at.by, now=at.now)
        click.echo(f"{it.ref} is left to {goes_on.ref}.")


@click.command("reopen-action")
@REF
@WORDS
@AS
def reopen(ref: str, words: tuple[str, ...], as_: str | None) -> None:
    """It does not hold, or was declined too early: closeout reopen-action A-31 REASON"""
    with desk(as_) as at:
        it = found(at, ref)
        actions.reopen(at.session, it, " ".join(words), by=at.by, now=at.now)
        click.echo(f"{it.ref} is open again.")


@click.command()
@click.argument("ref", required=False)
@click.argument("seen", required=False, metavar="[holds|failed|unclear]")
@WORDS
@AS
def effect(ref: str | None, seen: str | None, words: tuple[str, ...], as_: str | None) -> None:
    """Did it work? closeout effect A-31 holds; alone, what you are asked."""
    with desk(as_) as at:
        if ref and seen:
            it = found(at, ref)
            actions.judge(at.session, it, Effect.parse(seen), " ".join(words), by=at.by, now=at.now)
            click.echo(f"{it.ref}: {seen.lower()}. It is {it.status} now.")
            return
        asked = (
            [recurrences.question(at.session, found(at, ref), as_=at.by)]
            if ref
            else recurrences.asked_of(at.session, at.by, at.now)
        )
        for one in asked:
            click.echo(f"{one.item.ref}  {one.item.title}")
            for fact in one.facts:
                click.echo(f"  {fact}")
        click.echo("Say: closeout effect A-31 holds|failed|unclear" if asked else "Nothing is asked of you.")


@click.command()
@REF
@WORDS
@click.option("--remove", is_flag=True, help="It did not contribute after all.")
@AS
def factor(ref: str, words: tuple[str, ...], remove: bool, as_: str | None) -> None:
    """Name what contributed: closeout factor INC-7 deploy; alone, what is named."""
    with desk(as_) as at:
        incident = incidents.find(at.session, ref, as_=at.by)
        if words:
            verb = recurrences.drop_factor if remove else recurrences.name_factor
            verb(at.session, incident, " ".join(words), by=at.by, now=at.now)
        named = recurrences.factors_of(at.session, incident)
        click.echo(f"{incident.ref}: {', '.join(named) or 'no contributing factor is named yet'}")
        for one in recurrences.earlier(at.session, incident):
            if incidents.visible(at.session, one.incident, at.by):
                click.echo(f"  like {one.incident.ref} {one.incident.title} ({one.service}, {one.factor})")


COMMANDS = (item, start, block, move, snooze, assign, edit, duplicate, reopen, effect, factor)
