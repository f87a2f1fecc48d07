"""What every command in the terminal needs: the settings, the database, and who is asking."""

import getpass
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import click
from sqlmodel import Session

from bot import settings as configuration
from bot.app import House
from bot.domain import people
from bot.domain.people import Person
from bot.lib import clock, db

AS = click.option(
    "--as", "as_", metavar="EMAIL", envvar="CLOSEOUT_AS", help="Who acts; default: you, by login name."
)


@dataclass(frozen=True)
class Desk:
    """One sitting at the terminal: a transaction, a person, a moment."""

    session: Session
    by: Person
    now: datetime


def read_settings() -> configuration.Settings:
    return configuration.read(os.environ)


@contextmanager
def desk(as_: str | None = None) -> Iterator[Desk]:
    """Everything that one command says is one transaction. A running server carries its facts on."""
    with house() as it, it.courier.transaction() as session:
        yield Desk(session, _who(session, as_), clock.now())


@contextmanager
def house() -> Iterator[House]:
    it = House(read_settings())
    try:
        db.upgrade(it.engine)
        yield it
    finally:
        it.engine.dispose()


def _who(session: Session, as_: str | None) -> Person:
    if as_:
        return people.named(session, as_)
    return people.of_terminal(session, getpass.getuser())


def save(text: str | bytes, out: str | None) -> None:
    """To a file where one is named, else to the terminal."""
    if out is None:
        click.echo(text)
        return
    path = Path(out)
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    click.echo(f"Written to {path}.", err=True)


def table(heads: list[str], rows: list[list[Any]], empty: str) -> None:
    """A plain table that a narrow terminal and a pipe both survive."""
    if not rows:
        click.echo(empty)
        return
    lines = [heads, *([str(cell) for cell in row] for row in rows)]
    widths = [max(len(line[n]) for line in lines) for n in range(len(heads))]
    for line in lines:
        click.echo("  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip())
