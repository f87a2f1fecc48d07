"""Scenarios are TOML files. Every mistake in one is named at once; a broken one does not stop the others."""

import logging
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from bot.domain.company.reading import line_of
from bot.domain.drills.model import Expect, Kind, Rule, Scenario, length
from bot.domain.drills.rules import NEEDS, TAKES
from bot.domain.incidents.model import WORKING
from bot.lib.errors import Refused

log = logging.getLogger(__name__)
ALWAYS = {"key", "what", "rule", "points", "why", "within", "after"}
Place = tuple[str | int, ...]
Mistake = tuple[Place, str]


class BrokenScenario(Refused):
    """A scenario cannot be read. Mend it, then start again."""


def load(*folders: Path) -> list[Scenario]:
    """All scenarios that can be read, by name; a later folder's takes the place of an earlier one's."""
    found: dict[str, Scenario] = {}
    for path in (path for folder in folders for path in sorted(folder.glob("*.toml"))):
        try:
            found[path.stem] = read(path)
        except BrokenScenario as broken:
            log.warning("%s", broken)
    return [found[name] for name in sorted(found)]


def read(path: Path) -> Scenario:
    """One file. Raises BrokenScenario, which names the file and, line by line, all that is wrong with it."""
    try:
        text = path.read_text(encoding="utf-8")
        raw = tomllib.loads(text)
    except OSError as error:
        raise _broken(path, f"it cannot be read: {error.strerror}") from None
    except UnicodeDecodeError:
        raise _broken(path, "it is not UTF-8 text; save it as UTF-8") from None
    except tomllib.TOMLDecodeError as error:
        raise _broken(path, str(error)) from None
    try:
        scenario = Scenario.model_validate({**_keyed(raw), "name": path.stem})
    except ValidationError as error:
        mistakes = [_mistake(one, path.stem) for one in _causes(error)]
        raise _broken(path, *_lines(text, mistakes)) from None
    if mistakes := list(_contradictions(scenario)):
        raise _broken(path, *_lines(text, mistakes))
    return scenario


def _broken(path: Path, *mistakes: str) -> BrokenScenario:
    said = "\n".join(f"{path.parent.name}/{path.name}: {mistake}" for mistake in mistakes)
    return BrokenScenario(f"{said}\nMend it, then start again.")


def _keyed(raw: dict[str, Any]) -> dict[str, Any]:
    """An injection that nothing refers to needs no key of its own."""
    injects = raw.get("inject")
    if not isinstance(injects, list) or not all(isinstance(each, dict) for each in injects):
        return raw
    return {**raw, "inject": [{"key": f"inject-{n}", **each} for n, each in enumerate(injects, 1)]}


def _causes(error: ValidationError) -> list[Any]:
    """Without the complaint that a list is too short because what stands in it is wrong."""
    found = error.errors()
    inside = {one["loc"][0] for one in found if len(one["loc"]) > 1}
    return [one for one in found if not (one["type"] == "too_short" and one["loc"][0] in inside)]


def _mistake(error: Any, name: str) -> Mistake:
    place = tuple(error["loc"])
    if place == ("name",):
        return (), f"its name {name!r} must be small letters, digits and -"
    return place, _what(error, place)


def _what(error: Any, place: Place) -> str:
    if error["type"] == "extra_forbidden":
        return f"{place[-1]!r} is no key here. Known are: {', '.join(_known(place))}"
    if error["type"] == "missing":
        return f"{place[-1]!r} is missing"
    if error["type"] == "string_pattern_mismatch":
        return f"{error['input']!r} must be small letters, digits and -, like second-region"
    if error["type"] == "enum":
        allowed = Rule if "rule" in place else Kind
        return f"{error['input']!r} is no {place[-1]}. Choose one of: {', '.join(allowed)}"
    return str(error["msg"]).removeprefix("Value error, ")


def _known(place: Place) -> list[str]:
    part = {"inject": Scenario.model_fields["inject"], "expect": Scenario.model_fields["expect"]}
    if place[0] not in part or len(place) == 1:
        return [name for name in Scenario.model_fields if name != "name"]
    if place[0] == "expect":
        return list(Expect.model_fields)
    return ["key", "at", "kind", "as", "text", "lasts"]


def _lines(text: str, mistakes: list[Mistake]) -> list[str]:
    return [_line(text, list(place), what) for place, what in mistakes]


def _line(text: str, place: list[Any], what: str) -> str:
    if not place:
        return what
    name = ".".join(str(part + 1) if isinstance(part, int) else part for part in place)
    return f"line {line_of(text, place)}: {name}: {what}"


# ---- what no table can know by itself


def _contradictions(scenario: Scenario) -> Iterator[Mistake]:
    yield from _twice("inject", [each.key for each in scenario.inject])
    yield from _twice("expect", [each.key for each in scenario.expect])
    for n, inject in enumerate(scenario.inject):
        if length(inject.at) >= scenario.length:
            yield ("inject", n, "at"), f"{inject.at} is not before the end, after {scenario.minutes} minutes"
        if (inject.kind is Kind.AWAY) != (inject.lasts is not None):
            needed = 'an away says how long it lasts, like lasts = "6m"; nothing else does'
            yield ("inject", n, "kind"), needed
        if not inject.voice and inject.kind not in (Kind.AWAY, Kind.HINT):
            yield ("inject", n, "kind"), f'{inject.kind} needs a voice, like as = "Priya, support"'
    for n, expect in enumerate(scenario.expect):
        yield from (((("expect", n, key), what)) for key, what in _wrong_with(expect, scenario))


def _twice(table: str, keys: list[str]) -> Iterator[Mistake]:
    for n, key in enumerate(keys):
        if key in keys[:n]:
            yield (table, n, "key"), f"{key!r} is there twice; each has a key of its own"


def _wrong_with(expect: Expect, scenario: Scenario) -> Iterator[tuple[str, str]]:
    keys, allowed = [each.key for each in scenario.inject], TAKES.get(expect.rule, set())
    if expect.after is not None and expect.after not in keys:
        yield "after", f"{expect.after!r} is no injection. Choose one of: {', '.join(keys)}"
    given = {name for name in expect.model_fields_set if getattr(expect, name)}
    for name in sorted(given - ALWAYS - allowed):
        takes = ", ".join(sorted({"after", "within"} | allowed))
        yield name, f"{expect.rule} takes no {name!r}. It takes: {takes}"
    for name in sorted(NEEDS.get(expect.rule, set()) - given):
        yield "rule", f"{expect.rule} needs {name!r}"
    statuses = [status.value for status in WORKING]
    if expect.status and expect.status not in statuses:
        yield "status", f"{expect.status!r} is no status. Choose one of: {', '.join(statuses)}"
