"""Sample data from a terminal: a year of a small company's history, and gone again."""

import click

from bot import sample as history
from bot.cli.desk import house
from bot.sample import SEED, Loaded


@click.group()
def sample() -> None:
    """A year of made-up history, to see what lists, digests and charts look like."""


@sample.command()
@click.option("--seed", type=int, default=SEED, show_default=True, help="Another number, another year.")
@click.option("--here", is_flag=True, help="Also on a real workspace.")
def load(seed: int, here: bool) -> None:
    """Load forty sample incidents with their timelines, postmortems and action items."""
    with house() as it:
        loaded = history.load(it, seed=seed, now=it.now(), here=here)
    click.echo(f"{_said(loaded)} They are marked as samples. Remove them: closeout sample clear")


@sample.command()
def clear() -> None:
    """Remove every sample incident, and all that hangs on it."""
    with house() as it:
        gone = history.clear(it)
    click.echo(f"{gone} sample incidents are gone, with all that belonged to them.")


@sample.command()
def show() -> None:
    """Say what sample data is there."""
    with house() as it, it.courier.reading() as session:
        loaded = history.find(session)
    click.echo(_said(loaded) if loaded else "No sample data is here. Load it: closeout sample load")


def _said(loaded: Loaded) -> str:
    span = f"{loaded.first} to {loaded.last}"
    return f"{loaded.incidents} sample incidents, {span}, loaded {loaded.at:%Y-%m-%d} (seed {loaded.seed})."


COMMANDS = (sample,)
