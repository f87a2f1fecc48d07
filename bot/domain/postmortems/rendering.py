"""Rows and templates in, a document out: Markdown is the source, HTML and print are made of it."""

import functools
import importlib
import secrets
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from jinja2 import TemplateError, TemplateNotFound, TemplateSyntaxError
from jinja2.sandbox import ImmutableSandboxedEnvironment
from markdown_it import MarkdownIt
from markupsafe import Markup
from sqlmodel import Session

from bot.domain import incidents
from bot.domain.incidents import Incident
from bot.domain.people import Person
from bot.domain.postmortems import anchors, rules, tables
from bot.domain.postmortems.document import Document, document
from bot.domain.postmortems.model import Postmortem
from bot.domain.postmortems.queries import ENDING, FOLDER, of, state, templates
from bot.lib.errors import Refused
from bot.lib.escaping import inline, link, passage
from bot.lib.templates import environment, folder

PAGE = "postmortem_print.html.j2"
MISTAKES = (TemplateError, TypeError, ValueError, ArithmeticError, LookupError, AttributeError)


class BrokenTemplate(Refused):
    """The template of the postmortem is broken. Mend it, or choose another."""


class NoPdf(Refused):
    """PDF needs WeasyPrint: pip install 'closeout[pdf]'. Or open the HTML in a browser and print it."""


@dataclass(frozen=True)
class Question:
    """What a template asks of people, and what they answered."""

    key: str
    question: str
    answer: str = ""
    by: int | None = None
    at: datetime | None = None


class Md(str):
    """Markdown that is meant as such; every other text in a template is escaped."""

    __slots__ = ()


def render_markdown(
    session: Session, incident: Incident, template: str | None = None, *, as_: Person | None = None
) -> str:
    """The document. With `as_`, only for someone who may see the incident."""
    _check_seen(session, incident, as_)
    known = document(session, incident)
    text, _ = _render(session, incident, template, known, lambda: Md(tables.markdown(known)))
    return text


def render_html(
    session: Session, incident: Incident, template: str | None = None, *, as_: Person | None = None
) -> str:
    """A page that stands alone and is ready to be printed."""
    _check_seen(session, incident, as_)
    known = document(session, incident)
    pages = environment(folder(session, "pages"), html=True)
    body, asked = _body(session, incident, template, known)
    given = {"incident": known, "body": Markup(body), "contents": anchors.contents(body), "questions": asked}
    return pages.get_template(PAGE).render(given)


def render_body(session: Session, incident: Incident, template: str | None = None) -> str:
    """The same without the page around it, to be put into another page. It is HTML already, and escaped."""
    return _body(session, incident, template, document(session, incident))[0]


def render_passage(text: str) -> str:
    """An answer as the document will show it: HTML, escaped."""
    return _to_html(passage(text))


def render_pdf(
    session: Session, incident: Incident, template: str | None = None, *, as_: Person | None = None
) -> bytes:
    """The printed page, where WeasyPrint is installed. It fetches nothing from anywhere."""
    try:
        weasyprint: Any = importlib.import_module("weasyprint")
    except (ImportError, OSError):
        raise NoPdf from None
    page = render_html(session, incident, template, as_=as_)
    printed: bytes = weasyprint.HTML(string=page, url_fetcher=_fetch_nothing).write_pdf()
    return printed


def _fetch_nothing(url: str, *_: object, **__: object) -> dict[str, Any]:
    raise ValueError(f"{url} is not fetched: a document must not reach out")


def questions(session: Session, incident: Incident, template: str | None = None) -> list[Question]:
    """What the template asks, in its order, with the answers that are there."""
    known = document(session, incident)
    return _render(session, incident, template, known, Md)[1]


def _body(
    session: Session, incident: Incident, template: str | None, known: Document
) -> tuple[str, list[Question]]:
    # Nobody can know the token, so nobody can write it.
    token = f"timeline-{secrets.token_hex(16)}"
    text, asked = _render(session, incident, template, known, lambda: Md(token))
    body = anchors.named(_to_html(text)).replace(f"<p>{token}</p>", tables.html(known))
    return body, asked


def _to_html(text: str) -> str:
    # Images would be fetched by whoever reads: they stay links.
    parser = MarkdownIt("commonmark", {"html": False}).enable(["table", "strikethrough"]).disable("image")
    return str(parser.render(text))


def _check_seen(session: Session, incident: Incident, as_: Person | None) -> None:
    if as_ is not None:
        incidents.find(session, incident.ref, as_=as_)


def _render(
    session: Session,
    incident: Incident,
    template: str | None,
    known: Document,
    timeline: Callable[[], Md],
) -> tuple[str, list[Question]]:
    names = templates(session)
    name = rules.check_template(template, names) if template else state(session, incident).template
    written, asked = of(session, incident), dict[str, Question]()
    given = {
        "incident": known,
        "ask": lambda key, question: _ask(written, asked, key, question),
        "timeline_table": timeline,
        "link": lambda label, address: Md(link(label, address)),
    }
    text = _fill(folder(session, FOLDER), name, names, given)
    return (text + _left_over(written, asked)).strip() + "\n", list(asked.values())


def _ask(written: Postmortem | None, asked: dict[str, Question], key: str, question: str) -> Md:
    """In a template: the answer to a question, or the question, so that nobody overlooks it."""
    kept = written.sections.get(key, {}) if written else {}
    at = datetime.fromisoformat(kept["at"]) if kept else None
    asked[key] = Question(key, question, kept.get("text", ""), kept.get("by"), at)
    if kept:
        return Md(passage(kept["text"]))
    return Md(f"> **Not answered yet.** {inline(question)}")


def _fill(where: Path, name: str, names: list[str], given: dict[str, Any]) -> str:
    try:
        return _environment(where).get_template(name + ENDING).render(given)
    except MISTAKES as error:
        others = ", ".join(other for other in names if other != name) or "none"
        raise BrokenTemplate(
            f"templates/postmortems/{name}{ENDING}, line {_line(error, name)}: {_words(error)}. "
            f"Mend it, or choose another template: {others}."
        ) from None


def _words(error: Exception) -> str:
    if isinstance(error, TemplateNotFound):
        return f"there is no template {error.name!r}"
    return (str(error) or type(error).__name__).rstrip(".")


def _line(error: Exception, name: str) -> int:
    if isinstance(error, TemplateSyntaxError):
        return error.lineno
    frames = traceback.extract_tb(error.__traceback__)
    return next(
        (frame.lineno or 1 for frame in reversed(frames) if frame.filename.endswith(name + ENDING)), 1
    )


@functools.cache
def _environment(where: Path) -> ImmutableSandboxedEnvironment:
    env = environment(where)
    env.finalize = _shown
    env.filters["clock"] = lambda moment: f"{moment:%H:%M}"
    return env


def _shown(value: Any) -> Any:
    """What a template prints is escaped, unless it is Markdown of our own making."""
    return inline(value) if isinstance(value, str) and not isinstance(value, Md) else value


def _left_over(written: Postmortem | None, asked: dict[str, Question]) -> str:
    """What was written for a question that this template does not ask: it is not lost."""
    left = {
        key: kept["text"] for key, kept in (written.sections if written else {}).items() if key not in asked
    }
    if not left:
        return ""
    parts = [
        f"### {inline(key.replace('_', ' ').capitalize())}\n\n{passage(text)}" for key, text in left.items()
    ]
    return "\n\n## Also written\n\n" + "\n\n".join(parts)
