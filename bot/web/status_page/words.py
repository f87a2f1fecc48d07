"""What the status page says first: is it working?"""

from collections.abc import Sequence

from bot.domain.updates import Phase
from bot.web.status_page.days import MAINTENANCE, OPERATIONAL, worst
from bot.web.status_page.picture import Picture, Told

# Of a component's state, of an incident, and of the whole: the words that Statuspage's readers know.
IMPACT = {
    OPERATIONAL: "none",
    MAINTENANCE: "maintenance",
    "degraded_performance": "minor",
    "partial_outage": "major",
    "major_outage": "critical",
}


def headline(picture: Picture) -> str:
    """One or two short sentences; the first answers."""
    live = picture.live
    if not live:
        return _quiet(picture)
    if all(each.is_watched for each in live):
        return "It works again. We are watching it."
    is_open = any(each.last.phase == Phase.INVESTIGATING for each in live)
    we = "We are on it." if is_open else "We know why and are on it."
    names = picture.names
    return f"{_broken([names.get(key, key) for each in live for key in each.components])} {we}"


def _quiet(picture: Picture) -> str:
    """No incident is live; a component may be in trouble all the same, or worked on."""
    down = [part.name for part in picture.parts if part.state not in (OPERATIONAL, MAINTENANCE)]
    if down:
        return _broken(down)
    if picture.under_way:
        names = picture.names
        parts = [names.get(key, key) for each in picture.under_way for key in each.it.components]
        return (
            f"We are working on {_and(parts)} as planned." if parts else "Planned maintenance is under way."
        )
    return "Everything works."


def _broken(names: Sequence[str]) -> str:
    parts = list(dict.fromkeys(names))
    if not parts:
        return "Something does not work as it should."
    if len(parts) == 1:
        return f"{parts[0]} does not work as it should."
    return f"{_and(parts)} do not work as they should."


def _and(words: Sequence[str]) -> str:
    parts = list(dict.fromkeys(words))
    return " and ".join(filter(None, [", ".join(parts[:-1]), *parts[-1:]]))


def tone(picture: Picture) -> str:
    """The mood of the first line: trouble, watching, planned, or nothing."""
    live = picture.live
    if live:
        return "watching" if all(each.is_watched for each in live) else "trouble"
    if indicator(picture) not in ("none", "maintenance"):
        return "trouble"
    return "planned" if picture.under_way else ""


def indicator(picture: Picture) -> str:
    """none, maintenance, minor, major or critical."""
    return IMPACT[worst([*(part.state for part in picture.parts), *map(state_of, picture.live)])]


def impact(told: Told) -> str:
    """The worst that its updates ever said."""
    said = [state for each in told.updates for state in each.components.values()]
    return IMPACT[worst(said) if said else state_of(told)]


def state_of(told: Told) -> str:
    """How bad a live incident is now, as its newest update says; before there were states, by its phase."""
    said = list(told.last.components.values())
    if said:
        return worst(said)
    return "degraded_performance" if told.is_watched else "partial_outage"
