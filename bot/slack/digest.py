"""How a digest looks in Slack: the answer first, then lists of links, then a small chart."""

from typing import Any

from bot.domain.reminding import Digest, Digested, Line, bars
from bot.slack import blocks, words
from bot.slack.blocks import Block, context, divider, header, section

TITLE = 120  # characters of a title in a list


def digest(head: str, written: list[Digest], fact: Digested, url: str) -> dict[str, Any]:
    """One message, however many teams somebody leads."""
    drawn: list[Block] = [header(head)]
    for n, one in enumerate(written):
        drawn += [divider()] if n else []
        drawn.append(section(f"*{words.escape(one.headline)}*"))
        drawn += [section(_list(title, lines, left, url, one.path)) for title, lines, left in one.lists]
        if one.chart:
            drawn.append(section(f"*Open items by age in days*\n```\n{bars(one.chart)}\n```"))
    drawn.append(context(_foot(fact, written, url)))
    return blocks.message(f"{head}. {words.escape(written[0].headline)}", drawn, more=f"{url}/actions")


def _foot(fact: Digested, written: list[Digest], url: str) -> str:
    if fact.to is not None:
        page = words.link(f"{url}/me/digest", "choose")
        return f"Another day, by mail, or none: `/incident digest`, or {page}"
    return words.link(f"{url}/{written[0].path}", "See all action items")


def _list(title: str, lines: tuple[Line, ...], left: int, url: str, path: str) -> str:
    more = [words.link(f"{url}/{path}", f"and {left} more")] if left else []
    return "\n".join([f"*{title}*", *(f"• {_line(one, url)}" for one in lines), *more])


def _line(one: Line, url: str) -> str:
    incident = words.link(f"{url}/incidents/{one.incident}", one.incident) if one.incident else ""
    about = [part for part in (incident, words.escape(one.note)) if part]
    named = f"{words.link(f'{url}/{one.path}', one.ref)} {words.title(one.title, TITLE)}"
    return " · ".join([named, *about])
