"""What people wrote, made safe for Slack; people, moments and severities as Slack shows them."""

import re
import unicodedata
from datetime import UTC, datetime

from sqlmodel import Session

from bot.domain import people
from bot.domain.company import Company
from bot.domain.incidents import Incident
from bot.domain.people import Person
from bot.lib.words import cut

MARKS = ("●", "◆", "▲", "■")
SOMEONE = re.compile(r"@\{p:(\d{1,9})\}")
BEFORE_A_TOKEN_ENDS = re.compile(r"(<[^<>]*|&[a-z]{0,4})$")
NOBODY = "\u2013"
DOUBLE, SINGLE = "\u201c\u201d\u201e\u00ab\u00bb", "\u2018\u2019\u201a"
QUOTES = str.maketrans(dict.fromkeys(DOUBLE, '"') | dict.fromkeys(SINGLE, "'"))
MENTION = re.compile(r"<@([UW][A-Z0-9]+)(?:\|([^>]*))?>")
CHANNEL = re.compile(r"<#[A-Z0-9]+\|([^>]*)>")
LINK = re.compile(r"<((?:https?|mailto):[^|>]+)(?:\|[^>]*)?>")
UTC_MOMENT = re.compile(r"\b\d{4}-\d\d-\d\d \d\d:\d\d UTC\b")
ISOLATE, POP = "\u2068", "\u2069"


def escape(text: str) -> str:
    """Nothing in it can ping, link or become markup of Slack's own."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def unescape(text: str) -> str:
    """What a person typed, as Slack sends it in messages and commands, in plain characters."""
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


def typed(session: Session, text: str) -> str:
    """What was typed, without Slack's markup: people as @{p:ID}, quotes straight.

    Somebody who types @{p:1} themselves has named nobody.
    """

    def person(found: re.Match[str]) -> str:
        return f"@{{p:{people.of_slack(session, found[1], found[2] or '').id}}}"

    text = text.replace("@{p:", "@{p ")
    text = LINK.sub(r"\1", CHANNEL.sub(r"#\1", MENTION.sub(person, text)))
    return unescape(text).translate(QUOTES)


def shorten(text: str, length: int) -> str:
    """Cut finished mrkdwn, never through a link, a mention or an escaped character."""
    if len(text) <= length:
        return text
    return BEFORE_A_TOKEN_ENDS.sub("", text[: length - 1]).rstrip() + "…"


def title(text: str, length: int = 200) -> str:
    """A title inside a line of ours; one that reads from right to left does not turn the line around."""
    safe = escape(cut(text, length))
    turns = any(
        unicodedata.bidirectional(character) in ("R", "AL", "RLE", "RLO", "RLI") for character in text
    )
    return f"{ISOLATE}{safe}{POP}" if turns else safe


def named(session: Session, text: str, *, ping: bool = False) -> str:
    """A sentence as mrkdwn: escaped, its people by name, or pinged where they must act, its moments local."""
    spelt = people.spell(session, escape(text), mention if ping else lambda person: escape(person.name))
    return UTC_MOMENT.sub(_local, spelt)


def _local(found: re.Match[str]) -> str:
    """A moment that a sentence names in UTC; what is no moment stays as it was written."""
    try:
        return moment(datetime.strptime(found[0], "%Y-%m-%d %H:%M UTC").replace(tzinfo=UTC))
    except ValueError:
        return found[0]


def plain(session: Session, text: str) -> str:
    """The same without any markup, for plain_text objects and notifications' fallbacks."""
    return people.spell(session, text)


def name(session: Session, person_id: int | None) -> str:
    """Someone's name, without a ping; a dash where a seat is empty."""
    return escape(people.get(session, person_id).name) if person_id else NOBODY


def mention(person: Person) -> str:
    """A ping, where Slack knows them."""
    return f"<@{person.slack_id}>" if person.slack_id else escape(person.name)


def moment(at: datetime, form: str = "{date_short_pretty} {time}") -> str:
    """A moment in each reader's own zone; readers without one see UTC."""
    return f"<!date^{int(at.timestamp())}^{form}|{at.astimezone(UTC):%Y-%m-%d %H:%M} UTC>"


def clock_time(at: datetime) -> str:
    """Only the time of day, in each reader's own zone."""
    return f"<!date^{int(at.timestamp())}^{{time}}|{at.astimezone(UTC):%H:%M} UTC>"


def day(at: datetime) -> str:
    return f"<!date^{int(at.timestamp())}^{{date_short}}|{at.astimezone(UTC):%Y-%m-%d}>"


def link(url: str, label: str) -> str:
    return f"<{url}|{escape(label).replace('|', '¦')}>"


def channel(id: str) -> str:
    return f"<#{id}>"


def severity(company: Company, key: str | None) -> str:
    """`● SEV1 Critical`: a mark and a word, never colour alone. Unsaid, it counts as what is assumed."""
    meant = company.severity_or_assumed(key)
    unsaid = "" if key else " (assumed)"
    return f"{MARKS[min(company.rank(key), len(MARKS) - 1)]} {escape(meant.label)}{unsaid}"


def headline(company: Company, incident: Incident) -> str:
    """The line by which an incident is recognised everywhere."""
    return (
        f"{severity(company, incident.severity)} · *{incident.ref}* {title(incident.title)}{sample(incident)}"
    )


def sample(incident: Incident) -> str:
    """Made-up history is known as such wherever it is named."""
    return " · sample" if incident.sample else ""


def at_of(ts: str) -> datetime:
    """The moment in a Slack timestamp. The timestamp itself stays a string: it is an address."""
    seconds, _, fraction = ts.partition(".")
    return datetime.fromtimestamp(int(seconds), UTC).replace(microsecond=int(fraction.ljust(6, "0")[:6] or 0))
