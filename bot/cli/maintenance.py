"""Planned work from a terminal, and the status page as files."""

import asyncio

import click

from bot.cli.desk import AS, desk, house, table
from bot.domain import incidents, maintenance
from bot.domain.maintenance import Maintenance, Plan, Stage, asking
from bot.domain.postmortems import summaries
from bot.integrations.status.targets import Folder
from bot.lib.words import plural

REF = click.argument("ref")
WORDS = click.argument("words", nargs=-1)


@click.group("maintenance", invoke_without_command=True)
@click.pass_context
def maintenance_(context: click.Context) -> None:
    """Planned work that customers are told of; without a word, list it."""
    if context.invoked_subcommand is None:
        context.invoke(list_)


@maintenance_.command("list")
@AS
def list_(as_: str | None = None) -> None:
    """List it, the newest first."""
    with desk(as_) as at:
        rows = [_row(each) for each in maintenance.page(at.session)]
        empty = "None was planned yet. Plan one: closeout maintenance plan TITLE --starts 22:00 --ends 2h"
        table(["Ref", "State", "Starts, UTC", "Ends, UTC", "Title"], rows, empty)


def _row(each: Maintenance) -> list[str]:
    times = [f"{moment:%Y-%m-%d %H:%M}" for moment in (each.starts_at, each.ends_at)]
    return [each.ref, Stage(each.stage).words, *times, each.title]


@maintenance_.command("plan")
@WORDS
@click.option(
    "--starts", required=True, metavar="TIME", help="As 22:00, 2026-03-07 22:00, 2h or now; in UTC."
)
@click.option("--ends", required=True, metavar="TIME", help="As 2h after the start, or a time.")
@click.option("--component", "affects", multiple=True, help="What it touches; may be given several times.")
@click.option("--message", default="", help="What customers notice, and what they can do.")
@AS
def plan(
    words: tuple[str, ...], starts: str, ends: str, affects: tuple[str, ...], message: str, as_: str | None
) -> None:
    """Plan it and tell customers: closeout maintenance plan Database upgrade --starts 22:00 --ends 2h"""
    with desk(as_) as at:
        wanted = Plan(" ".join(words), starts, ends, affects, message)
        _say(maintenance.plan(at.session, wanted, by=at.by, now=at.now))


def _say(what: Maintenance) -> None:
    times = f"{what.starts_at:%Y-%m-%d %H:%M} to {what.ends_at:%Y-%m-%d %H:%M} UTC"
    click.echo(f"{what.ref} {what.title} is {Stage(what.stage).words}, {times}. Customers are told.")


def _verb(name: str, help: str) -> click.Command:
    def call(ref: str, words: tuple[str, ...], as_: str | None) -> None:
        with desk(as_) as at:
            what = maintenance.find(at.session, ref)
            asking.do(at.session, what, name, " ".join(words), by=at.by, now=at.now)
            _say(what)

    return click.command(name, help=help)(REF(WORDS(AS(call))))


for _name, _help in {
    "begin": "Begin it before its time: closeout maintenance begin M-3 [message]",
    "extend": "End it later: closeout maintenance extend M-3 30m [message]",
    "move": "Begin it at another time: closeout maintenance move M-3 22:00",
    "tell": "Tell customers how it goes: closeout maintenance tell M-3 MESSAGE",
    "complete": "It is done: closeout maintenance complete M-3 [message]",
    "cancel": "It does not take place: closeout maintenance cancel M-3 [message]",
}.items():
    maintenance_.add_command(_verb(_name, _help))


@click.command()
@REF
@WORDS
@click.option("--withdraw", is_flag=True, help="Take it back.")
@AS
def summary(ref: str, words: tuple[str, ...], withdraw: bool, as_: str | None) -> None:
    """Publish what customers read of an incident afterwards: closeout summary INC-7 WORDS"""
    text = "" if withdraw else " ".join(words)
    if not (text or withdraw):
        raise click.UsageError("Say what customers shall read, or --withdraw.")
    with desk(as_) as at:
        incident = incidents.find(at.session, ref, as_=at.by)
        summaries.summarise(at.session, incident, text, by=at.by, now=at.now)
        said = "is taken back" if withdraw else "stands on the status page"
        click.echo(f"The summary of {incident.ref} {said}.")


def export(folder: str, url: str) -> None:
    """Write the whole status page into a folder, with links among its files."""
    with house() as it:
        base = url or f"{it.settings.public_url}/status"
        files = it.site.files(base)
        count = asyncio.run(Folder(folder).put(files))
    click.echo(f"{plural(len(files), 'file')} of the status page are in {folder}, {count} of them new.")


COMMANDS = (maintenance_, summary)
