"""Drills from a terminal: which there are, playing one, holding one, and the report."""

import logging
from datetime import datetime
from pathlib import Path

import click

from bot import drill as stage
from bot.cli.desk import AS, Desk, desk, read_settings, table
from bot.domain import drills, incidents
from bot.domain.drills import NoSuchDrill
from bot.lib import logs
from bot.lib.words import plural


@click.command()
@click.argument("name", required=False)
@click.option("--with-people", is_flag=True, help="Hold it with your team, in the Closeout that runs.")
@click.option("--pace", default=None, metavar="N", help="With people: N times as fast as the clock, 1 to 60.")
@click.option("--report", "number", type=int, metavar="ID", help="Print the report of a drill that was held.")
@click.option("--stop", "ref", metavar="INC-n", help="End a drill before its time.")
@click.option("--out", default=None, metavar="FOLDER", help="Where a played drill's postmortem goes.")
@AS
def drill(
    name: str | None,
    with_people: bool,
    pace: str | None,
    number: int | None,
    ref: str | None,
    out: str | None,
    as_: str | None,
) -> None:
    """Practise: play checkout-outage by itself in seconds, or hold a drill with people."""
    if number is not None or ref is not None:
        with desk(as_) as at:
            return _print(at, number) if number is not None else _stop(at, str(ref))
    if name is None:
        with desk(as_) as at:
            return _list(at)
    if name in stage.names() and not with_people and pace is None:
        return _play(name, Path(out or read_settings().data_dir / "drills"))
    with desk(as_) as at:
        return _start(at, name, pace or "1")


def _list(at: Desk) -> None:
    known = drills.known(at.session)
    for one in known:
        click.echo(f"{one.name}: {one.title} ({one.minutes} min)")
        click.echo("\n".join(f"  - {each}" for each in one.about))
    if not known:
        click.echo("There is no scenario. Put one into runbooks/drills.")
    held = [[one.id, one.scenario, f"{one.started_at:%Y-%m-%d %H:%M}", _score(one)] for one in _held(at)]
    click.echo("")
    table(["Held", "Scenario", "Started, UTC", "Score"], held, "No drill was held yet.")
    click.echo(
        "\nHold one:      closeout drill NAME --with-people [--pace 10]"
        "\nWatch one:     closeout drill checkout-outage"
        "\nRead a report: closeout drill --report ID"
    )


def _held(at: Desk) -> list[drills.Drill]:
    return drills.held(at.session, as_=at.by, limit=20)


def _score(one: drills.Drill) -> str:
    if one.is_running:
        return "running"
    return "not judged" if one.score is None else f"{one.score} %"


def _start(at: Desk, name: str, pace: str) -> None:
    made = drills.start(at.session, name, pace, by=at.by, now=at.now)
    ref = incidents.get(at.session, made.incident_id).ref
    click.echo(f"{ref} is a drill: {made.title}. The Closeout that runs opens its channel, and plays it.")
    click.echo(f"Stop it: closeout drill --stop {ref}\nIts report: closeout drill --report {made.id}")


def _stop(at: Desk, ref: str) -> None:
    made = drills.stop(at.session, incidents.find(at.session, ref, as_=at.by), by=at.by, now=at.now)
    click.echo(f"The drill {made.title} is over. Its report: closeout drill --report {made.id}")


def _print(at: Desk, number: int) -> None:
    """Markdown, as it stands now."""
    try:
        made = drills.find(at.session, number, as_=at.by)
    except NoSuchDrill:
        raise NoSuchDrill(f"There is no drill {number}. See those that were held: closeout drill") from None
    click.echo(drills.markdown(at.session, drills.report(at.session, made, as_=at.by, now=at.now)), nl=False)


def _play(name: str, out: Path) -> None:
    """A whole outage by itself, on a practice workspace of its own."""
    logs.set_up(json=False, level=logging.WARNING)
    played = stage.run(name, out, _tell)
    click.echo(f"\n{played.transcript}\n")
    met = f"{played.score.met} of {plural(played.score.asked, 'expectation')} met, {played.score.percent} %."
    click.echo(f"The report: {met} What was not played is not judged.")
    for one in played.score.judged:
        click.echo(f"  {drills.sentence(one)}")
    click.echo(f"\nClosed, in {played.seconds:.1f} s. The postmortem: {played.postmortem}")
    click.echo(f"Now with your team: closeout drill {name} --with-people")


def _tell(at: datetime, who: str, what: str) -> None:
    click.echo(f"{at:%H:%M}  {who:<10} {what}")


COMMANDS = (drill,)
