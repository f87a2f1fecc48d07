"""Wording lies in templates that operators may change: sandboxed, and a misspelt name is an error."""

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from jinja2 import FileSystemLoader, StrictUndefined
from jinja2.sandbox import ImmutableSandboxedEnvironment
from sqlmodel import Session

from bot.lib.words import duration


def folder(session: Session, name: str) -> Path:
    """One of the house's folders of templates; the courier put their place into the session."""
    return Path(session.info["templates"]) / name


def environment(folder: Path | Sequence[Path], html: bool = False) -> ImmutableSandboxedEnvironment:
    """Templates of a folder, or of the first of several that has one; escaped where they make HTML."""
    env = ImmutableSandboxedEnvironment(
        loader=FileSystemLoader(folder),
        undefined=StrictUndefined,
        autoescape=html,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    env.filters["utc"] = utc
    env.filters["duration"] = duration
    return env


def utc(moment: datetime) -> str:
    """`2026-03-02 12:00 UTC`."""
    return f"{moment.astimezone(UTC):%Y-%m-%d %H:%M} UTC"
