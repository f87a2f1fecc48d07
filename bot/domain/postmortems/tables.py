"""The timeline as a table, in Markdown and in HTML: built here, since templates are slow at 5,000 rows."""

from collections.abc import Iterator
from datetime import UTC
from html import escape

from bot.domain.postmortems.document import Document, Line
from bot.lib.escaping import ADDRESS, UNSEEN, inline, link

EMPTY = "Nothing was written down. Notes can still be added: `/incident note`"
HEAD = "| UTC | Who | What happened | Evidence |\n| --- | --- | --- | --- |\n"
HTML_HEAD = "<thead><tr><th>UTC</th><th>Who</th><th>What happened</th><th>Evidence</th></tr></thead>"


def markdown(document: Document) -> str:
    """One table for each day; the day stands above, where there is more than one."""
    if not document.timeline:
        return f"_{EMPTY}_"
    return "\n\n".join(
        (f"### {day}\n\n" if day else "") + HEAD + "\n".join(map(_row, lines)) for day, lines in document.days
    )


def _row(line: Line) -> str:
    said = f"“{inline(line.text)}”" if line.is_quote else inline(line.text)
    if line.trace:
        said += f" _({inline('; '.join(line.trace))})_"
    return f"| {line.at.astimezone(UTC):%H:%M} | {inline(line.who)} | {said} | {_evidence(line)} |"


def _evidence(line: Line) -> str:
    if not (line.permalink or line.images):
        return ""
    return ", ".join(link(label, address) for label, address in _links(line))


def _links(line: Line) -> Iterator[tuple[str, str]]:
    if line.permalink:
        yield "message", line.permalink
    for number, address in enumerate(line.images, 1):
        yield f"image {number}", address


def html(document: Document) -> str:
    """The same words in the same order, without a detour over Markdown."""
    if not document.timeline:
        return f"<p><em>{escape(EMPTY.replace('`', ''))}</em></p>"
    return "\n".join(
        (f"<h3>{escape(day)}</h3>\n" if day else "")
        + f'<table class="timeline">{HTML_HEAD}<tbody>\n{"".join(map(_html_row, lines))}</tbody></table>'
        for day, lines in document.days
    )


def _html_row(line: Line) -> str:
    at = line.at.astimezone(UTC)
    said = f"<q>{_html_text(line.text)}</q>" if line.is_quote else _html_text(line.text)
    if line.trace:
        said += f' <em class="trace">({_html_text("; ".join(line.trace))})</em>'
    evidence = ", ".join(_html_link(label, address) for label, address in _links(line))
    when = f'<time datetime="{at.isoformat()}" title="{at:%Y-%m-%d %H:%M:%S} UTC">{at:%H:%M}</time>'
    return f"<tr><td>{when}</td><td>{escape(line.who)}</td><td>{said}</td><td>{evidence}</td></tr>\n"


def _html_text(text: str) -> str:
    clean = UNSEEN.sub("", text)
    if "://" not in clean:
        return escape(clean)
    parts = ADDRESS.split(clean)
    return "".join(_html_link(part, part) if n % 2 else escape(part) for n, part in enumerate(parts))


def _html_link(label: str, address: str) -> str:
    if not ADDRESS.fullmatch(address):
        return escape(f"{label} {address}")
    return f'<a href="{escape(address)}" rel="noreferrer">{escape(label)}</a>'
