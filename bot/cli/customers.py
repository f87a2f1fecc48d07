"""Customers from a terminal: the register, who is affected, words to one of them, quiet cases."""

from datetime import timedelta
from pathlib import Path

import click

from bot.cli.desk import AS, Desk, desk, table
from bot.domain import customers, incidents, signals
from bot.domain.customers import Entry, PrivateWord, Wording
from bot.domain.incidents.moments import parse_moment
from bot.lib.errors import Refused
from bot.lib.words import cut, duration, plural


@click.group("customers")
def group() -> None:
    """The register of customers, who is affected, and what is said to one of them alone."""


@group.command("import")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False, exists=True))
@AS
def load(file: Path, as_: str | None) -> None:
    """Take over a CSV file with the columns key,name,tier,owner,contacts,services,note."""
    try:
        text = file.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        raise Refused(f"{file} is not UTF-8 text. Save it as UTF-8, then import it again.") from None
    with desk(as_) as at:
        done = customers.load(at.session, text, by=at.by, now=at.now)
        click.echo(f"{plural(done.added, 'new customer')}, {done.changed} changed, {done.same} as before.")


@group.command("list")
@click.option("--text", default="", help="Part of the name or key.")
@click.option("--tier", default="")
@AS
def show_all(text: str, tier: str, as_: str | None) -> None:
    """Show the register."""
    with desk(as_) as at:
        found = customers.page(at.session, as_=at.by, text=text, tier=tier, limit=100_000)
        owners = customers.owners(at.session, found)
        rows = [
            [one.key, one.name, one.tier, owners[one.id].name if one.id in owners else ""] for one in found
        ]
        table(
            ["Key", "Name", "Tier", "Account owner"],
            rows,
            "No customer yet: closeout customers import FILE.csv",
        )


@group.command("show")
@click.argument("key")
@AS
def show(key: str, as_: str | None) -> None:
    """Show one customer."""
    with desk(as_) as at:
        one = customers.find(at.session, key, as_=at.by)
        owner = customers.owner(at.session, one)
        click.echo(f"{one.name} ({one.key}){f', {one.tier}' if one.tier else ''}")
        click.echo(f"Account owner: {owner.name if owner else 'nobody'}")
        click.echo(f"Services: {', '.join(customers.services(at.session, one)) or 'none'}")
        if customers.sees_contacts(at.by):
            known = [each.address for each in customers.contacts(at.session, one)]
            click.echo(f"Contacts: {', '.join(known) or 'none'}")


@group.command("set")
@click.argument("key")
@click.option("--name", default="")
@click.option("--tier")
@click.option("--owner", help="A name or an e-mail address; empty: nobody.")
@click.option("--contact", "contacts", multiple=True, help="All of them; --contact '' for none.")
@click.option("--service", "services", multiple=True, help="All of them; --service '' for none.")
@AS
def put(
    key: str,
    name: str,
    tier: str | None,
    owner: str | None,
    contacts: tuple[str, ...],
    services: tuple[str, ...],
    as_: str | None,
) -> None:
    """Add a customer, or change what is known of one."""
    entry = Entry(
        key=key, name=name, tier=tier, owner=owner, contacts=contacts or None, services=services or None
    )
    with desk(as_) as at:
        one, changed = customers.save(at.session, entry, by=at.by, now=at.now)
        click.echo(f"{one.name} ({one.key}) is in the register." if changed else "It was so already.")


@group.command("remove")
@click.argument("key")
@AS
def remove(key: str, as_: str | None) -> None:
    """Forget a customer's contacts. What happened to them stays."""
    with desk(as_) as at:
        one = customers.find(at.session, key, as_=at.by)
        customers.remove(at.session, one, by=at.by, now=at.now)
        click.echo(f"{one.name} is removed. Their contacts are forgotten.")


@group.command("affected")
@click.argument("ref")
@click.argument("key", required=False)
@click.option("--not", "spared", is_flag=True, help="They are not affected.")
@AS
def affected(ref: str, key: str | None, spared: bool, as_: str | None) -> None:
    """Show who is affected by INC-n; with a customer, say that they are (or --not)."""
    with desk(as_) as at:
        incident = incidents.find(at.session, ref, as_=at.by)
        if key:
            one = customers.find(at.session, key, as_=at.by)
            customers.set_affected(at.session, incident, one, not spared, by=at.by, now=at.now)
        customers.check_sees(at.by)
        rows = [_hit(hit) for hit in customers.affected(at.session, incident)]
        table(
            ["Customer", "Tier", "Told us, UTC", "Private word"], rows, "No customer is known to be affected."
        )


def _hit(hit: customers.Hit) -> list[str]:
    told = f"{hit.report.at:%H:%M}" if hit.report else ""
    word = f"{hit.word.state} ({hit.word.id})" if hit.word else ""
    return [hit.customer.name, hit.customer.tier, told, word]


@group.command("reported")
@click.argument("key")
@click.option("--at", "when", help="When they told us, as 10:04 (UTC); by default now.")
@click.option("--incident", "ref", metavar="INC-n", help="By default the live one that hurts them.")
@click.argument("words", nargs=-1)
@AS
def reported(key: str, when: str | None, ref: str | None, words: tuple[str, ...], as_: str | None) -> None:
    """Note that a customer told us: closeout customers reported acme --at 10:04 nothing works."""
    with desk(as_) as at:
        one = customers.find(at.session, key, as_=at.by)
        incident = incidents.find(at.session, ref, as_=at.by) if ref else None
        moment = parse_moment(when, now=at.now) if when else at.now
        row = signals.note_report(
            at.session, one, at=moment, by=at.by, now=at.now, words=" ".join(words), incident=incident
        )
        about = f" about INC-{row.incident_id}" if row.incident_id else ""
        click.echo(f"Noted: {one.name} told us at {row.at:%H:%M} UTC{about}.")


@group.command("word")
@click.argument("ref")
@click.argument("key")
@click.option("--text", default="", help="By default prepared words, from the latest update.")
@AS
def word(ref: str, key: str, text: str, as_: str | None) -> None:
    """Draft a private word about INC-n to a customer; their account owner sends it."""
    with desk(as_) as at:
        incident, one = incidents.find(at.session, ref, as_=at.by), customers.find(at.session, key, as_=at.by)
        made = customers.draft(at.session, incident, one, Wording(text), by=at.by, now=at.now)
        owner = customers.owner(at.session, one)
        click.echo(f"{made.text}\n")
        click.echo(
            f"It waits for {owner.name if owner else 'a manager'}: closeout customers approve {made.id}"
        )


@group.command("words")
@AS
def words(as_: str | None) -> None:
    """Show the private words that wait for a yes."""
    with desk(as_) as at:
        rows = [_waiting(at, one) for one in customers.waiting(at.session, as_=at.by)]
        table(["Word", "Customer", "About", "Says"], rows, "No word waits.")


def _waiting(at: Desk, one: PrivateWord) -> list[str]:
    about = f"INC-{one.incident_id}" if one.incident_id else f"C-{one.case_id}"
    return [
        str(one.id),
        customers.get(at.session, one.customer_id).name,
        about,
        cut(" ".join(one.text.split()), 60),
    ]


@group.command("approve")
@click.argument("id", type=int)
@AS
def approve(id: int, as_: str | None) -> None:
    """Send a private word, as the account owner or a manager."""
    with desk(as_) as at:
        made = customers.approve(at.session, customers.word(at.session, id, as_=at.by), by=at.by, now=at.now)
        click.echo(f"On its way to {plural(made.sent_to, 'contact')}." if made.sent_to else "Kept inside.")


@group.command("discard")
@click.argument("id", type=int)
@AS
def discard(id: int, as_: str | None) -> None:
    """Do not say a private word."""
    with desk(as_) as at:
        customers.discard(at.session, customers.word(at.session, id, as_=at.by), by=at.by, now=at.now)
        click.echo("It is not said.")


@group.command("cases")
@click.option("--all", "every", is_flag=True, help="Also those that are over.")
@AS
def cases(every: bool, as_: str | None) -> None:
    """Show what is unusual about customers' signals."""
    with desk(as_) as at:
        asked = signals.recent_cases if every else signals.open_cases
        for one in asked(at.session, as_=at.by):
            name = customers.get(at.session, one.customer_id).name
            end = f" · over{f': {one.why}' if one.why else ''}" if one.ended_at else ""
            click.echo(f"{one.ref} {name}: {signals.sentence(at.session, one)}{end}")
            click.echo(f"     {signals.spark(one.points)}")


@group.command("case")
@click.argument("ref")
@click.argument("deed", type=click.Choice(["declare", "dismiss", "accept"]))
@click.argument("why", nargs=-1)
@AS
def case(ref: str, deed: str, why: tuple[str, ...], as_: str | None) -> None:
    """Make a case an incident, dismiss it with what it was, or accept it as usual from now on."""
    with desk(as_) as at:
        one = signals.named(at.session, ref, as_=at.by)
        if deed == "declare":
            click.echo(f"{signals.declare(at.session, one, by=at.by, now=at.now).ref} is declared.")
        elif deed == "dismiss":
            signals.dismiss(at.session, one, " ".join(why), by=at.by, now=at.now)
            click.echo(f"{one.ref} is over.")
        else:
            signals.accept(at.session, one, by=at.by, now=at.now)
            click.echo(f"{one.ref} is over; it is usual from now on.")


@group.command("first")
@click.option("--days", default=90, type=click.IntRange(1, 3650), help="How far back.")
@AS
def first(days: int, as_: str | None) -> None:
    """Say how often, and by how much, customers heard from us before they told us."""
    with desk(as_) as at:
        customers.check_sees(at.by)
        since, until = at.now - timedelta(days=days), at.now + timedelta(seconds=1)
        found = customers.figures(customers.stories(at.session, as_=at.by, since=since, until=until))
        click.echo(customers.headline(found))
        if found.ahead:
            click.echo(f"  ahead of them by {duration(found.ahead)} at the median, {found.first} times")
        if found.behind:
            click.echo(f"  behind them by {duration(found.behind)} at the median, {found.second} times")


COMMANDS = (group,)
