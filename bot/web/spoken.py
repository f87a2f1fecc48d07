"""What is said for Slack, in the words of a page: there one clicks, and says no `/incident …`."""

import re

SAID = re.compile(
    r"[,:]? `?/incident (?!web\b)(\w+)"
    r"(?: <reason>|, phase resolved| (?:stop|on|off|commander|comms|new|review))?`?(?=[.,;\s]|$)"
)
NO_PLACE = "Ask a colleague: /incident actions"  # an invitation to talk, not to look somewhere
PLACES = {"list": "under Incidents", "actions": "under Actions", "customers": "under Customers"}
ENDS = (".", "!", "?", ":", "…", ";")


def on_page(text: str) -> str:
    """The same sentence, without what one can only do in Slack."""
    said = SAID.sub(_place, text.replace(NO_PLACE, "Ask a colleague."))
    if said == text:
        return text
    return "\n".join(line if not line or line.endswith(ENDS) else f"{line}." for line in said.split("\n"))


def _place(found: re.Match[str]) -> str:
    place = PLACES.get(found[1], "")
    return f" {place}" if place else ""
