"""The text of an issue: a part of ours between two marks, and whatever people write around it."""

import re
from datetime import date

from bot.domain.trackers import Wanted

BEGIN, END = "<!-- closeout:{link} -->", "<!-- /closeout -->"
DUE = re.compile(r"^\*\*Due:\*\*[ \t]*(.*?)[ \t]*$", re.MULTILINE)
BODY_MAX = 65_536  # characters; GitHub refuses more
NO_DAY = "no day yet"


def link_of(public_url: str, wanted: Wanted) -> str:
    return f"{public_url}/actions/{wanted.ref}"


def mark(link: str) -> str:
    """By which the issue of an item is found again, also by another try in another life."""
    return BEGIN.format(link=link)


def part(public_url: str, wanted: Wanted) -> str:
    """GitHub knows no due dates, so the day stands in a line of its own, which may be edited there."""
    link = link_of(public_url, wanted)
    incident, about = f"INC-{wanted.incident_id}", f"{wanted.kind}, priority {wanted.priority}"
    lines = [
        mark(link),
        *([f"What will be true: {quiet(wanted.outcome)}", ""] if wanted.outcome else []),
        f"**Owner:** {quiet(wanted.owner_name) or 'nobody yet'}",
        f"**Due:** {wanted.due or NO_DAY}",
        f"**From:** [{incident}]({public_url}/incidents/{incident}), {about}",
        "",
        f"[{wanted.ref} in Closeout]({link}) follows this issue, and this issue follows it: title, assignee, "
        "the day above, open or closed. When it is closed here, somebody else verifies it there.",
        END,
    ]
    return "\n".join(lines)


def renewed(body: str, public_url: str, wanted: Wanted) -> str:
    """Our part anew; what people wrote around it stays. Where it was taken out it stands at the end again."""
    ours = part(public_url, wanted)
    start = body.find(mark(link_of(public_url, wanted)))
    end = body.find(END, start) if start >= 0 else -1
    if end < 0:
        whole = f"{body.rstrip()}\n\n{ours}" if body.strip() else ours
    else:
        whole = body[:start] + ours + body[end + len(END) :]
    return whole if len(whole) <= BODY_MAX else body


def due_in(body: str) -> str | None:
    """The day in our part; None where there is none to be read, as it stands when there is no day."""
    start = body.find(BEGIN.partition("{")[0])
    end = body.find(END, start)
    found = DUE.search(body, start, end) if 0 <= start < end else None
    if found is None:
        return None
    said = found[1].strip()
    if said in ("", NO_DAY):
        return ""
    try:
        return date.fromisoformat(said).isoformat()
    except ValueError:
        return said[:40]  # the rules answer that this is no day


def quiet(text: str) -> str:
    """Nobody is called, nothing is closed, and no mark of ours is forged by what somebody wrote."""
    text = " ".join(text.split()).replace("&", "&amp;").replace("<", "&lt;")
    return re.sub(r"([@#])(?=\w)", "\\1\u200b", text)
