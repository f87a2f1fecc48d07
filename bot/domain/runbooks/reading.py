"""Runbooks are Markdown files with front matter. One that is broken does not stop the others."""

import logging
import re
from datetime import date, datetime
from pathlib import Path
from typing import Any

import yaml

from bot.domain.runbooks.model import VERIFY_EVERY, Runbook, Step
from bot.lib.errors import Refused
from bot.lib.spans import parse_span

log = logging.getLogger(__name__)
FRONT = re.compile(r"\A---\n(.*?)\n---\n(.*)\Z", re.DOTALL)
NUMBERED = re.compile(r"^\d{1,2}\. +(.+)$")
KNOWN = {"title", "services", "symptoms", "owner", "rollback", "verified_on", "verify_every", "stop"}


class BrokenRunbook(Refused):
    """A runbook cannot be read. Mend it, then start again."""


def load(folder: Path) -> list[Runbook]:
    """All runbooks of a folder that can be read, by name."""
    found = []
    for path in sorted(folder.glob("*.md")):
        if path.stem.lower() == "readme":
            continue
        try:
            found.append(read(path))
        except BrokenRunbook as broken:
            log.warning("%s", broken)
    return found


def read(path: Path) -> Runbook:
    """One file. Raises BrokenRunbook, which names the file and what is wrong with it."""
    try:
        text = path.read_text(encoding="utf-8").replace("\r\n", "\n")
        head, body = _split(text)
        return _runbook(path.stem, head, body)
    except (OSError, ValueError, TypeError, yaml.YAMLError, Refused) as error:
        what = " ".join(str(error).split())
        raise BrokenRunbook(f"runbooks/{path.name}: {what}. Mend it, then start again.") from None


def _split(text: str) -> tuple[dict[str, Any], str]:
    if not (found := FRONT.match(text)):
        raise ValueError("it does not begin with front matter between two lines of ---")
    head = yaml.safe_load(found[1])
    if not isinstance(head, dict):
        raise ValueError("its front matter is no list of keys and values")
    if unknown := sorted(map(str, set(head) - KNOWN)):
        raise ValueError(
            f"{unknown[0]!r} is no key of the front matter; known are: {', '.join(sorted(KNOWN))}"
        )
    return head, found[2]


def _runbook(name: str, head: dict[str, Any], body: str) -> Runbook:
    title, intro, steps = _read_body(body)
    if not steps:
        raise ValueError("it has no step: write them as 1. 2. 3. at the start of a line, below '## Steps'")
    every = head.get("verify_every")
    return Runbook(
        name=name,
        title=str(head.get("title") or title or name.replace("-", " ").capitalize()),
        services=_words(head, "services"),
        symptoms=_words(head, "symptoms"),
        owner=str(head.get("owner") or ""),
        rollback=str(head.get("rollback") or ""),
        stop=str(head.get("stop") or ""),
        verified_on=_day(head.get("verified_on")),
        verify_every=parse_span(str(every)).rough if every else VERIFY_EVERY,
        intro=intro,
        steps=tuple(steps),
    )


def _words(head: dict[str, Any], key: str) -> tuple[str, ...]:
    said = head.get(key) or []
    if not isinstance(said, list):
        raise ValueError(f"{key} is no list; write it as [one, two]")
    return tuple(str(word) for word in said)


def _day(said: object) -> date | None:
    if said is None or said == "never":
        return None
    if isinstance(said, date) and not isinstance(said, datetime):
        return said
    raise ValueError(f"verified_on is {said!r}, which is no day; write it as 2026-03-31")


def _read_body(body: str) -> tuple[str, str, list[Step]]:
    """The heading, what stands before the steps, and the steps. Only `## Steps` holds steps."""
    before, _, after = body.partition("\n## Steps\n")
    lines = before.strip().splitlines()
    title = lines[0].removeprefix("# ").strip() if lines and lines[0].startswith("# ") else ""
    intro = "\n".join(lines[1:] if title else lines).strip()
    return title, intro, _steps(after.split("\n## ")[0])


def _steps(text: str) -> list[Step]:
    heads: list[str] = []
    details: list[list[str]] = []
    for line in text.splitlines():
        if found := NUMBERED.match(line):
            heads.append(found[1].replace("**", "").strip())
            details.append([])
        elif heads:
            details[-1].append(line.removeprefix("   "))
    return [Step(head, "\n".join(detail).strip()) for head, detail in zip(heads, details, strict=True)]
