"""The timeline as a page shows it: its days, its silences, a part of it by kind or by words."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from bot.domain import people
from bot.domain.incidents import Entry
from bot.lib.choices import one_of
from bot.lib.facts import Fact
from bot.web.visits import Visit

SILENCE = timedelta(minutes=30)
NEWEST = 200  # entries; whoever wants the older ones asks for them
KINDS = ("all", "notes", "messages", "moves", "people", "customers", "actions", "alerts")
WRITTEN = {"NoteAdded": "notes", "MessageAdded": "messages"}
OF_PEOPLE = ("Acknowledged", "RoleTaken", "HandedOff", "Joined", "Left")
OF_FEATURE = {
    "updates": "customers",
    "customers": "customers",
    "signals": "customers",
    "actions": "actions",
    "runbooks": "actions",
    "alerts": "alerts",
}


@dataclass(frozen=True)
class Row:
    """One line as it is shown; `silence` is how long nothing was said before it."""

    entry: Entry
    who: str
    text: str
    trace: list[str]
    new_day: datetime | None
    silence: timedelta | None


@dataclass(frozen=True)
class Shown:
    """A part of the timeline, the newest last; `earlier` entries are left out before it."""

    rows: list[Row]
    kind: str
    find: str
    earlier: int
    is_all: bool  # it was asked for from the beginning
    kinds: tuple[str, ...] = KINDS

    @property
    def is_part(self) -> bool:
        return self.kind != "all" or bool(self.find)


def shown(visit: Visit, entries: list[Entry]) -> Shown:
    """What the address asks for: ?kind=notes, ?find=words, ?entries=all."""
    query: Mapping[str, str] = visit.query
    kind = one_of("kind", query.get("kind", "all"), {one: one for one in KINDS})
    find, is_all = query.get("find", "").strip()[:100], query.get("entries") == "all"
    steps = [
        (before, entry)
        for before, entry in zip([None, *entries], entries, strict=False)
        if kind in ("all", kind_of(entry.kind)) and (not find or _says(visit, entry, find))
    ]
    start = 0 if is_all else max(0, len(steps) - NEWEST)
    return Shown(list(_rows(visit, steps[start:])), kind, find, start, is_all)


def _says(visit: Visit, entry: Entry, words: str) -> bool:
    text = people.spell(visit.session, entry.text)
    return words.lower() in f"{_author(visit, entry)} {text}".lower()


def _author(visit: Visit, entry: Entry) -> str:
    return entry.author_name or visit.name(entry.by)


def kind_of(fact: str) -> str:
    """Under which of the filter's words a fact falls; what is no other's is a move of the incident."""
    if fact in WRITTEN:
        return WRITTEN[fact]
    if fact in OF_PEOPLE:
        return "people"
    known = Fact.kinds.get(fact)
    feature = known.__module__.split(".")[2] if known else ""
    return OF_FEATURE.get(feature, "moves")


def _rows(visit: Visit, steps: list[tuple[Entry | None, Entry]]) -> Iterator[Row]:
    """With the days, where it crosses midnight where the reader is."""
    zone = ZoneInfo(visit.by.timezone)
    days = [entry.at.astimezone(zone).date() for _, entry in steps]
    are_many = len(set(days)) > 1
    for n, (before, entry) in enumerate(steps):
        is_new_day = are_many and (n == 0 or days[n - 1] != days[n])
        quiet = entry.at - before.at if before and entry.at - before.at >= SILENCE else None
        yield Row(
            entry=entry,
            who=_author(visit, entry),
            text=people.spell(visit.session, entry.text),
            trace=[people.spell(visit.session, words) for words in entry.trace],
            new_day=entry.at.astimezone(zone) if is_new_day else None,
            silence=quiet,
        )
