"""What an administrator does: check, migrate, tokens, logins, backups."""

import asyncio
import json
import sqlite3
import subprocess
from pathlib import Path

import click

from bot.app import House, data_folder
from bot.cli.desk import AS, desk, house, read_settings
from bot.domain import people
from bot.lib import db
from bot.lib.errors import Refused
from bot.lib.findings import Finding, bad
from bot.slack import manifests
from bot.web import logins, tokens

MARKS = {"ok": "✓", "off": "-", "bad": "✗"}


@click.command()
def check() -> int:
    """Say what is on, what is off and what is wrong; 1 when something is wrong. Changes nothing."""
    try:
        it = House(read_settings())
    except Refused as refusal:
        findings = [bad("Settings", str(refusal), "Then check again.")]
    else:
        findings = asyncio.run(_looked_at(it))
    for finding in findings:
        _show(finding)
    return 1 if any(finding.state == "bad" for finding in findings) else 0


async def _looked_at(it: House) -> list[Finding]:
    try:
        return await it.check()
    finally:
        await it.http.close()
        it.engine.dispose()


def _show(finding: Finding) -> None:
    click.echo(f"{MARKS[finding.state]} {finding.what}: {finding.said}")
    if finding.remedy:
        click.echo(f"    {finding.remedy}")


@click.command()
@click.option("--url", metavar="ADDRESS", help="The https address of Closeout; else CLOSEOUT_PUBLIC_URL.")
@click.option("--socket", is_flag=True, help="For Socket Mode, which needs no public address.")
@click.option("--link", is_flag=True, help="A link that makes the app in one step, instead of the manifest.")
def manifest(url: str | None, socket: bool, link: bool) -> None:
    """Print the manifest of the Slack app for this address; without an https one, for Socket Mode."""
    address = (url or read_settings().public_url).rstrip("/")
    template = json.loads((data_folder("deploy") / manifests.NAME).read_text(encoding="utf-8"))
    made = manifests.made_for(template, address, socket=socket)
    if not manifests.is_for_http(made):
        click.echo("For Socket Mode. For HTTP, name your address: --url https://…", err=True)
    click.echo(manifests.link(made) if link else json.dumps(made, indent=2))


@click.command()
@click.argument("email")
@click.argument("role", required=False)
def access(email: str, role: str | None) -> None:
    """Show what a person may do, or make them viewer, responder, manager or admin."""
    with desk() as at:
        person = people.named(at.session, email) if role else people.meant(at.session, email)
        if role:
            people.give(at.session, person, role, by=at.by, now=at.now)
        why = " (closeout.toml says so)" if person.access_from == "company" else ""
        click.echo(f"{person.name}: {person.access}{why}")


@click.group("db")
def database() -> None:
    """The database."""


@database.command()
def upgrade() -> None:
    """Bring the tables up to date. A server that starts does so by itself."""
    it = House(read_settings())
    db.upgrade(it.engine)
    click.echo("The database is up to date.")


@click.group()
def token() -> None:
    """Bearer tokens for /api/v1."""


@token.command("create")
@click.argument("name")
@AS
def create_token(name: str, as_: str | None) -> None:
    """Make a token that acts as you (or as --as); it is shown once."""
    with desk(as_) as at:
        _, secret = tokens.create(at.session, name, at.by, now=at.now)
        click.echo(secret)
        click.echo("Keep it; it is not shown again.", err=True)


@token.command("list")
def list_tokens() -> None:
    """Show tokens by name, never their secret."""
    with desk() as at:
        for row in tokens.all(at.session):
            state = "revoked" if row.revoked_at else "live"
            owner = people.get(at.session, row.person_id).name
            click.echo(f"{row.id}  {row.name}  {owner}  {row.created_at:%Y-%m-%d}  {state}")


@token.command("revoke")
@click.argument("id", type=int)
def revoke_token(id: int) -> None:
    """From now on the token opens nothing."""
    with desk() as at:
        tokens.revoke(at.session, id, now=at.now)
        click.echo(f"Token {id} is revoked.")


@click.command()
@click.argument("email")
def login(email: str) -> None:
    """Make a one-time link with which this person signs in on the web."""
    with house() as it, it.courier.transaction() as session:
        person = people.of_email(session, email)
        path = logins.issue(session, person, now=it.now())
        click.echo(f"{it.settings.public_url}{path}")


@click.command()
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
def backup(file: Path) -> None:
    """Copy the whole database to a file, also while the bot runs."""
    if file.exists():
        raise Refused(f"{file} exists. Name a new file; nothing was written.")
    url = read_settings().database_url
    if url.startswith("sqlite"):
        _copy_sqlite(Path(url.split("///", 1)[1]), file)
    else:
        _dump(url, file)
    click.echo(f"Written to {file}.")


def _copy_sqlite(source: Path, target: Path) -> None:
    if not source.exists():
        raise Refused(f"There is no database at {source} yet. Start the bot once, then try again.")
    with sqlite3.connect(source) as old, sqlite3.connect(target) as new:
        old.backup(new)


def _dump(url: str, target: Path) -> None:
    try:
        subprocess.run(
            ["pg_dump", "--format=custom", f"--file={target}", url.replace("+psycopg", "")],
            check=True,
            capture_output=True,
        )
    except FileNotFoundError:
        raise Refused("pg_dump is missing. Install PostgreSQL's client programs, then try again.") from None
    except subprocess.CalledProcessError as error:
        raise Refused(f"pg_dump failed: {error.stderr.decode().strip()}") from None


COMMANDS = (check, manifest, access, database, token, login, backup)
