"""What is on, what is off, and what is wrong: each line green, or what to do."""

import asyncio
from dataclasses import dataclass
from typing import Any, Literal

import sqlalchemy as sa
from sqlalchemy.exc import SQLAlchemyError

from bot.app import House
from bot.lib import db


@dataclass(frozen=True)
class Finding:
    """One line of `closeout check`."""

    what: str
    state: Literal["ok", "off", "bad"]
    said: str
    remedy: str = ""


def check_all(house: House) -> list[Finding]:
    return [
        _company(house),
        _database(house),
        _address(house),
        *_slack(house),
        *_vendors(house),
        *_mail(house),
    ]


def _company(house: House) -> Finding:
    path = house.settings.config
    company = house.company
    said = (
        f"{len(company.severities)} severities, {len(company.services)} services, {len(company.teams)} teams"
    )
    return Finding("closeout.toml", "ok", f"{said} ({path or 'the built-in defaults'})")


def _database(house: House) -> Finding:
    kind = "PostgreSQL" if house.engine.dialect.name == "postgresql" else "SQLite"
    try:
        current, empty = db.is_current(house.engine), not sa.inspect(house.engine).get_table_names()
    except SQLAlchemyError as error:
        reason = str(error.__cause__ or error).strip().splitlines()[0]
        return Finding(
            "Database", "bad", f"{kind} does not answer: {reason}", "Mend DATABASE_URL, or start the server."
        )
    if empty:
        return Finding("Database", "ok", f"{kind}, still empty; the first start makes its tables")
    if not current:
        return Finding("Database", "bad", f"{kind} has old tables", "Run: closeout db upgrade")
    return Finding("Database", "ok", f"{kind}, tables up to date")


def _address(house: House) -> Finding:
    url = house.settings.public_url
    if (
        url.startswith("http://127.0.0.1")
        and house.settings.slack.is_on
        and not house.settings.slack.app_token
    ):
        return Finding(
            "Public address",
            "bad",
            f"{url} cannot be reached by Slack",
            "Set CLOSEOUT_PUBLIC_URL to an address that Slack reaches, or SLACK_APP_TOKEN (Socket Mode).",
        )
    return Finding("Public address", "ok", url)


def _slack(house: House) -> list[Finding]:
    if house.slack is None:
        remedy = "Set SLACK_BOT_TOKEN and SLACK_SIGNING_SECRET, or run `closeout sandbox` to try it."
        return [Finding("Slack", "off", "no bot token is set", remedy)]
    return [_found("Slack", *line) for line in asyncio.run(house.slack.check())]


def _vendors(house: House) -> list[Finding]:
    """A vendor that can look for itself does; the others are on by their settings."""
    on = [finding for name, vendor in house.vendors.items() for finding in _vendor(name, vendor)]
    if "pagerduty" not in house.vendors:
        remedy = (
            "Set PAGERDUTY_WEBHOOK_SECRET to receive pages, PAGERDUTY_ROUTING_KEY to page, "
            "PAGERDUTY_API_TOKEN to answer."
        )
        on.append(Finding("PagerDuty", "off", "no PAGERDUTY_ setting is there", remedy))
    return on


def _vendor(name: str, vendor: Any) -> list[Finding]:
    shown = getattr(vendor, "name", name.capitalize())
    check = getattr(vendor, "check", None)
    lines = asyncio.run(check()) if check else [("connected", "")]
    return [_found(shown, *line) for line in lines]


def _found(what: str, said: str, remedy: str) -> Finding:
    return Finding(what, "bad" if remedy else "ok", said, remedy)


def _mail(house: House) -> list[Finding]:
    if house.settings.env.get("SMTP_URL"):
        return [Finding("Mail", "ok", "SMTP_URL is set")]
    return [Finding("Mail", "off", "SMTP_URL is not set", "Set SMTP_URL and MAIL_FROM to send mail.")]
